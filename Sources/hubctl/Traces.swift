import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl traces …`.
struct TracesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "traces", abstract: "Episodes of use that trace rules found.",
        subcommands: [List.self, Show.self], defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Episodes of a span, oldest first.",
            discussion: """
                An episode holds from its start up to, and not at, its end. One with a word in the last column is \
                censored: it lasted at least so long, and why its true end is not known is what the word says.
                """)
        @OptionGroup var home: HomeOption
        @Option(help: "Of one residence.")
        var residence: String?
        @Option(help: "Of one trace rule.")
        var trace: String?
        @Option(help: "About one person.")
        var person: String?
        @Option(help: "About one device: residence/name.")
        var device: String?
        @Option(help: "From a time, such as 2026-11-24T08:00, or a span before now, such as 2h.")
        var from: String?
        @Option(help: "Up to a time.")
        var to: String?
        @Flag(help: "One JSON object a line.")
        var json = false
        @Flag(help: "CSV with a header (RFC 4180).")
        var csv = false
        @Flag(help: "Times in UTC instead of the residence's zone.")
        var utc = false
        @Option(help: "en or fr. Default: your locale's.")
        var lang: String?

        func run() throws {
            let printer = EpisodePrinter(option: home, utc: utc, lang: lang)
            let start = try from.map { try moment($0, zone: printer.defaultZone) }
            let end = try to.map { try moment($0, zone: printer.defaultZone) }
            guard start ?? .distantPast <= end ?? .distantFuture else {
                throw ValidationError("--from is after --to")
            }
            let episodes = try home.reader.episodes(
                EpisodeFilter(
                    residence: residence.map { ResidenceID(rawValue: $0) },
                    trace: trace.map { TraceID(rawValue: $0) },
                    person: person.map { PersonID(rawValue: $0) },
                    device: device.map { DeviceID(rawValue: $0) },
                    span: start == nil && end == nil
                        ? nil : (start ?? .distantPast)..<(end ?? .distantFuture)))
            if json {
                for episode in episodes { print(try printer.json(episode)) }
            } else if csv {
                print(printer.csvHeader)
                for episode in episodes { print(try printer.csv(episode)) }
            } else if episodes.isEmpty {
                print(printer.french ? "Aucun épisode." : "No episodes.")
            } else {
                print(printer.heading)
                for episode in episodes { print(printer.line(episode)) }
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "One episode, and the events of the range that it was made from.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The episode's identifier, or the beginning of it.")
        var id: String
        @Flag(help: "As JSON.")
        var json = false
        @Option(help: "en or fr. Default: your locale's.")
        var lang: String?

        func run() throws {
            let reader = try home.reader
            guard let episode = try reader.episode(id) else {
                throw ValidationError(
                    "there is no episode \"\(id)\", or there are several that begin so")
            }
            let printer = EpisodePrinter(option: home, utc: false, lang: lang)
            if json { return print(try printer.json(episode)) }
            print(printer.heading)
            print(printer.line(episode))
            for line in printer.details(episode) { print("  " + line) }
            let streams = try reader.streams()
            for event in try reader.events(at: [episode.first, episode.last]) {
                let key = streams.first { $0.id == event.stream }?.key
                print(
                    "  \(printer.time(event.effective, episode)) \(printer.french ? "événement" : "event") "
                        + "\(event.sequence.rawValue): \(key.map { printable("\($0)") } ?? "?") = "
                        + printable(event.value.plainText))
            }
        }
    }
}

/// Episodes as lines, JSON or CSV.
struct EpisodePrinter {
    private struct Wire: Encodable {
        var id: String
        var trace: String
        var version: String
        var residence: String
        var room: String?
        var person: String?
        var device: String?
        var start: String
        var end: String?
        var settled: String?
        var censored: String?
        var attributes: EpisodeAttributes
        var first: Int64
        var last: Int64
        var events: Int
        var merges: Int
        var late: Bool
    }

    let option: HomeOption
    let home: LoadedHome?
    let utc: Bool
    let french: Bool

    init(option: HomeOption, utc: Bool, lang: String?) {
        self.option = option
        self.utc = utc
        home = try? option.load()
        french =
            Language.chosen(option: lang, environment: ProcessInfo.processInfo.environment)
            == .french
    }

    var defaultZone: ZoneOffsets { utc ? .utc : option.zone(in: home) }

    private func zone(_ episode: Episode) -> ZoneOffsets {
        utc ? .utc : option.zone(of: episode.subject.residence, in: home)
    }

    func time(_ moment: Instant, _ episode: Episode) -> String {
        Timestamp.short(moment, in: zone(episode))
    }

    /// The columns that `line` fills.
    var heading: String {
        let words =
            french
            ? ["épisode", "trace", "sujet", "début", "fin", "durée", "fin inconnue"]
            : ["episode", "trace", "about", "start", "end", "duration", "end not known"]
        return Self.row(words)
    }

    func line(_ episode: Episode) -> String {
        let ongoing = french ? "en cours" : "goes on"
        let length = episode.end.map { end in
            let span = TimeSpan(milliseconds: (end - episode.start).milliseconds / 1000 * 1000)
            return (episode.censored == nil ? "" : "≥ ") + span.text
        }
        return printable(
            Self.row([
                episode.id.rawValue, episode.trace.rawValue, "\(episode.subject)",
                time(episode.start, episode), episode.end.map { time($0, episode) } ?? ongoing,
                length ?? "", episode.censored.map(reason) ?? "",
            ]))
    }

    private static func row(_ columns: [String]) -> String {
        let widths = [12, 20, 24, 19, 19, 12, 0]
        let cells = zip(columns, widths).map { text, width in
            width == 0 ? text : text + String(repeating: " ", count: max(0, width - text.count))
        }
        return cells.joined(separator: "  ")
    }

    func details(_ episode: Episode) -> [String] {
        var lines: [String] = []
        if let title = home?.rules.traces.first(where: { $0.id == episode.trace })?.title {
            lines.append(french ? title.french : title.english)
        }
        for attribute in episode.attributes {
            let unknown = french ? "inconnu" : "not known"
            let text = attribute.value == .unknown ? unknown : attribute.value.plainText
            lines.append(printable("\(attribute.name)\(colon(isFrench: french))\(text)"))
        }
        let range = "\(episode.first.rawValue)–\(episode.last.rawValue)"
        let events = Noun.event.counted(episode.events, isFrench: french)
        let merges = Noun.interruption.counted(episode.merges, isFrench: french)
        lines.append(
            french
                ? "\(events), de \(range) ; \(merges) ; règle \(episode.version)"
                : "\(events), of \(range); \(merges); rule \(episode.version)"
        )
        if episode.late { lines.append(french ? "raconté après coup" : "told late") }
        return lines
    }

    private func reason(_ censoring: Censoring) -> String {
        guard french else { return censoring.rawValue.replacingOccurrences(of: "_", with: " ") }
        switch censoring {
        case .deviceSilent: return "appareil muet"
        case .deviceOffline: return "appareil injoignable"
        case .hubDown: return "concentrateur arrêté"
        case .paused: return "pause demandée"
        case .noConsent: return "pas d’accord"
        case .stateUnknown: return "état inconnu"
        case .endUnseen: return "fin non observée"
        case .overlapped: return "recouvert par un autre"
        case .ruleChanged: return "règle modifiée"
        }
    }

    func json(_ episode: Episode) throws -> String {
        let zone = zone(episode)
        return try jsonText(
            Wire(
                id: episode.id.rawValue, trace: episode.trace.rawValue, version: episode.version,
                residence: episode.subject.residence.rawValue,
                room: episode.subject.room?.rawValue, person: episode.subject.person?.rawValue,
                device: episode.subject.device?.rawValue,
                start: Timestamp.local(episode.start, in: zone),
                end: episode.end.map { Timestamp.local($0, in: zone) },
                settled: episode.settled.map { Timestamp.local($0, in: zone) },
                censored: episode.censored?.rawValue,
                attributes: EpisodeAttributes(episode.attributes), first: episode.first.rawValue,
                last: episode.last.rawValue, events: episode.events, merges: episode.merges,
                late: episode.late))
    }

    /// The columns of `csv`.
    var csvHeader: String {
        let columns =
            french
            ? "episode,trace,version,residence,piece,personne,appareil,debut,fin,secondes,fin_inconnue,attributs,premier,dernier,evenements,interruptions,tardif"
            : "episode,trace,version,residence,room,person,device,start,end,seconds,censored,attributes,first,last,events,merges,late"
        return columns
    }

    func csv(_ episode: Episode) throws -> String {
        let zone = zone(episode)
        let subject = episode.subject
        let seconds = episode.end.map { Double(($0 - episode.start).milliseconds) / 1000 }
        let what: [String] = [
            episode.id.rawValue, episode.trace.rawValue, episode.version,
            subject.residence.rawValue, subject.room?.rawValue ?? "",
            subject.person?.rawValue ?? "", subject.device?.rawValue ?? "",
        ]
        let when: [String] = [
            Timestamp.local(episode.start, in: zone),
            episode.end.map { Timestamp.local($0, in: zone) } ?? "",
            seconds.map { "\($0)" } ?? "", episode.censored?.rawValue ?? "",
        ]
        let madeFrom: [String] = [
            try EpisodeAttributes(episode.attributes).text(), "\(episode.first.rawValue)",
            "\(episode.last.rawValue)", "\(episode.events)", "\(episode.merges)",
            episode.late ? "1" : "0",
        ]
        let fields = what + when + madeFrom
        return fields.map(csvField).joined(separator: ",")
    }
}
