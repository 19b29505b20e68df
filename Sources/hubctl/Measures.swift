import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl measures`: what can be said of the use of devices.
struct MeasuresCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measures",
        abstract: "Measures of use: coverage, frequency, duration, rhythm, change.",
        discussion: """
            All is said of the time in which a device was watched: one that died is not one that is used no more. \
            docs/measures.md has each formula with its unit and source. Times are by when things happened. --watched tells \
            instead when each device was watched for each purpose, and why not; --response how alerts were answered, of a \
            residence and its shifts, never of people.
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Option(help: "Of one residence.")
    var residence: String?
    @Option(help: "Of the devices of one person.")
    var person: String?
    @Option(help: "Of one device: residence/name.")
    var device: String?
    @Option(help: "From a time, such as 2026-11-24, or a span before now, such as 28d.")
    var from: String?
    @Option(help: "Up to a time.")
    var to: String?
    @Option(help: "Who looks at what people said of uses. Default: $USER.")
    var by: String?
    @Flag(help: "When each device was watched, and why not, instead of its measures.")
    var watched = false
    @Option(
        help: "With --watched: for safety, care or study/NAME only. Default: each that there is.")
    var purpose: String?
    @Flag(help: "How alerts were answered and how many there were, instead of devices' measures.")
    var response = false
    @Flag(help: "One JSON object a line.")
    var json = false
    @Flag(help: "CSV with a header (RFC 4180).")
    var csv = false
    @Flag(help: "A FHIR bundle (R4, R4B, R5) for one person's own file.")
    var fhir = false

    func validate() throws {
        if [json, csv, fhir].count(where: { $0 }) > 1 {
            throw ValidationError("one of --json, --csv and --fhir")
        }
        if fhir, person == nil { throw ValidationError("--fhir needs --person") }
        if [watched, response, fhir].count(where: { $0 }) > 1 {
            throw ValidationError("one of --watched, --response and --fhir")
        }
        if response, person != nil || device != nil {
            throw ValidationError("--response is of a residence, never of a person or a device")
        }
        if purpose != nil, !watched { throw ValidationError("--purpose goes with --watched") }
    }

    func run() throws {
        let loaded = try home.load()
        if let person { try requireKnown(person, in: loaded) }
        let residences = try residences(loaded)
        let use = DeviceUse(
            home: loaded, reader: try home.reader,
            stays: try Stays.known(home: loaded.folder))
        let zone = zone(in: loaded)
        guard let span = try use.span() else {
            throw CommandFailure("the journal is empty: there is nothing to measure yet")
        }
        let start = try from.map { try moment($0, zone: zone) } ?? span.lowerBound
        let end = try to.map { try moment($0, zone: zone) } ?? span.upperBound
        guard start < end else {
            throw CommandFailure(
                "there is nothing from \(Timestamp.short(start, in: zone)) to \(Timestamp.short(end, in: zone))"
            )
        }
        if response { return try tellResponse(of: residences, in: start..<end, loaded) }
        let chosen = loaded.home.devices.filter(isChosen)
        guard !chosen.isEmpty else {
            throw CommandFailure(
                device.map {
                    "there is no device \"\(printable($0))\""
                        + suggestion(for: $0, among: loaded.home.devices.map(\.id.rawValue))
                } ?? "no device is chosen; see 'hubctl check --home \(home.folder)'")
        }
        if watched { return try tellWatches(use, in: start..<end, loaded, zone) }
        let results = try use.measures(
            in: start..<end, where: isChosen, words: words(loaded),
            progress: { Console.progress("\(Int($0 * 100)) %") })
        Console.endProgress()
        if fhir {
            return print(
                try FHIRBundle.text(
                    PersonID(rawValue: person ?? ""), results, in: start..<end), terminator: "")
        }
        if csv { print(MeasuresRow.header) }
        for result in results {
            if json {
                print(try jsonText(MeasuresRow(result)))
            } else if csv {
                print(MeasuresRow(result).csv)
            } else {
                let zone = home.zone(of: result.device.residence, in: loaded)
                for line in text(result, zone) { print(printable(line)) }
            }
        }
    }

    /// What people said of the support that uses had; where the vault stays closed, that is told.
    private func words(_ loaded: LoadedHome) -> [UseWord] {
        let people = loaded.home.residences.filter {
            residence == nil || $0.id.rawValue == residence
        }.flatMap(\.people).filter { person == nil || $0.rawValue == person }
        do {
            return try Vault.existing(home: loaded.folder)?.useWords(
                of: people, by: AnnotationsCommand.user(by), what: "measures",
                at: Clock.system.now()) ?? []
        } catch {
            Console.note(
                language.isFrench
                    ? "ce que des personnes ont dit des usages n'est pas compté : \(error)"
                    : "what people said of uses is not counted: \(error)")
            return []
        }
    }

    /// The zone that times are taken in: where the chosen device, person or residence is.
    private func zone(in loaded: LoadedHome) -> ZoneOffsets {
        if let person { return home.zone(ofPerson: person, in: loaded) }
        return home.zone(
            of: loaded.home.devices.first { $0.id.rawValue == device }?.residence
                ?? residence.map { ResidenceID(rawValue: $0) }, in: loaded)
    }

    private func residences(_ loaded: LoadedHome) throws -> [Residence] {
        let all = loaded.home.residences
        guard let residence else { return all }
        guard let one = all.first(where: { $0.id.rawValue == residence }) else {
            throw CommandFailure(
                "there is no residence \"\(printable(residence))\""
                    + suggestion(for: residence, among: all.map(\.id.rawValue)))
        }
        return [one]
    }

    func isChosen(_ device: Device) -> Bool {
        (residence == nil || device.residence.rawValue == residence)
            && (person == nil || device.person?.rawValue == person)
            && (self.device == nil || device.id.rawValue == self.device)
    }

    // MARK: For people

    private func text(_ result: DeviceUse.Result, _ zone: ZoneOffsets) -> [String] {
        let measures = result.measures
        let isFrench = language.isFrench
        func say(_ english: String, _ french: String) -> String { isFrench ? french : english }
        let numbers = NumberWords(isFrench: isFrench)
        let title = isFrench ? result.device.title.french : result.device.title.english
        var lines = ["\(result.device.id)  \(title)"]
        func add(_ english: String, _ french: String, _ value: String) {
            let name = say(english, french).padding(toLength: 22, withPad: " ", startingAt: 0)
            lines.append("  \(name) \(value)")
        }
        add(
            "watched", "observé",
            numbers.percent(measures.coverage)
                + ", " + Noun.day.counted(measures.observedDays, isFrench: isFrench))
        guard measures.observedDays > 0 else { return lines }
        if let rate = measures.usesPerDay {
            add(
                "uses a watched day", "usages par jour",
                "\(numbers.fixed(rate.value, 2)) (\(numbers.fixed(rate.low, 2))–\(numbers.fixed(rate.high, 2)))"
            )
        }
        if let share = measures.daysWithUse {
            add("days with use", "jours avec usage", numbers.percent(share))
        }
        if measures.uses > 0, measures.medianSeconds != nil || measures.censored > 0 {
            add(
                "duration", "durée",
                "\(numbers.time(measures.medianSeconds)) (\(numbers.time(measures.lowQuartile))–\(numbers.time(measures.highQuartile)))"
                    + (measures.censored > 0
                        ? say(
                            ", \(measures.censored) without an end that was seen",
                            ", \(measures.censored) dont la fin n'a pas été vue") : ""))
        }
        if measures.uses > 0 { add("hours 0–23", "heures 0–23", bars(measures.hours)) }
        if let stability = measures.stability, let variability = measures.variability {
            add(
                "rhythm", "rythme",
                "IS \(numbers.fixed(stability, 2)), IV \(numbers.fixed(variability, 2))")
        }
        if let bits = measures.diversity {
            add("diversity", "diversité", "\(numbers.fixed(bits, 2)) bit")
        }
        if let change = measures.weeklyChange {
            add(
                "change a week", "évolution par semaine",
                "\(numbers.fixed(change.value, 3)) (\(numbers.fixed(change.low, 3))–\(numbers.fixed(change.high, 3)))"
            )
        }
        for line in supportLines(measures.support, numbers) { add(line.0, line.1, line.2) }
        if let quiet = measures.quietSince {
            add("not used since", "sans usage depuis", Timestamp.short(quiet, in: zone))
        }
        return lines + DivergentWords(result, isFrench: isFrench).lines(in: zone)
    }

    private func supportLines(
        _ support: UseMeasures.Support, _ numbers: NumberWords
    ) -> [(String, String, String)] {
        func say(_ english: String, _ french: String) -> String {
            language.isFrench ? french : english
        }
        var lines: [(String, String, String)] = []
        if let known = support.known {
            var text = say(
                "known of \(numbers.percent(known)): \(support.alone) alone, \(support.helped) helped, \(support.unknown) unknown",
                "connue pour \(numbers.percent(known)) : \(support.alone) sans aide, \(support.helped) avec, \(support.unknown) inconnus"
            )
            if support.contested > 0 {
                text += say(
                    " (of \(support.contested) people say different things)",
                    " (pour \(support.contested), les avis diffèrent)")
            }
            if support.automatic > 0 {
                text += say(
                    ", \(support.automatic) begun by an automation",
                    ", \(support.automatic) lancés par un automatisme")
            }
            lines.append(("help", "aide", text))
        }
        if let autonomy = support.autonomy {
            var text =
                "\(numbers.percent(autonomy.value)) (\(numbers.percent(autonomy.low))–\(numbers.percent(autonomy.high)))"
            if let bounds = support.autonomyBounds, support.unknown > 0 {
                text += say(
                    "; whatever the unknown ones are: \(numbers.percent(bounds.lowerBound)) to \(numbers.percent(bounds.upperBound))",
                    " ; quels que soient les inconnus : de \(numbers.percent(bounds.lowerBound)) à \(numbers.percent(bounds.upperBound))"
                )
            }
            lines.append(("on one's own", "sans aide", text))
        }
        if let prompts = support.promptsPerUse {
            lines.append(
                (
                    "prompts a use", "rappels par usage",
                    "\(numbers.fixed(prompts.value, 2)) (\(numbers.fixed(prompts.low, 2))–\(numbers.fixed(prompts.high, 2)))"
                        + say(", of ", ", sur ")
                        + Noun.use.counted(support.prompted, isFrench: language.isFrench)
                ))
        }
        if let slope = support.appropriation {
            lines.append(
                (
                    "appropriation a week", "appropriation par sem.",
                    "\(numbers.fixed(slope.value, 3)) (\(numbers.fixed(slope.low, 3))–\(numbers.fixed(slope.high, 3)))"
                        + say(", over ", ", sur ")
                        + Noun.week.counted(support.weeks, isFrench: language.isFrench)
                        + say(
                            ", left out: \(support.weeksLeftOut)",
                            " ; laissé de côté : \(support.weeksLeftOut)")
                ))
        }
        return lines
    }

    /// 24 bars, the highest for the fullest hour.
    private func bars(_ hours: [Int]) -> String {
        let marks = Array("·▁▂▃▄▅▆▇█")
        let most = max(1, hours.max() ?? 1)
        return String(
            hours.map { count in
                count == 0 ? marks[0] : marks[1 + (marks.count - 2) * count / most]
            })
    }
}
