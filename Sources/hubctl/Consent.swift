import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl consent …`.
struct ConsentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "What people said about what may be recorded of them.",
        discussion: """
            Words are only ever added. A person's no holds until the person says yes, whoever else says yes. Where a \
            person has a representative, both have to agree. Purposes: safety (alerts), care (traces of use), study/NAME.
            """,
        subcommands: [List.self, Yes.self, No.self, Representative.self, State.self],
        defaultSubcommand: State.self)

    /// What every word has.
    struct Word: ParsableArguments {
        @Argument(help: "Whose data it is about, as in hub.yaml.")
        var person: String
        @Option(help: "safety, care or study/NAME.")
        var purpose: String
        @Option(help: "Who says it, by an opaque identifier. Default: the person.")
        var by: String?
        @Option(help: "In what capacity: person, curator, tutor, mandated_person.")
        var capacity = "person"
        @Option(help: "Only readings of this device: residence/name. May stand several times.")
        var device: [String] = []
        @Option(help: "Only readings in this room: residence/room. May stand several times.")
        var room: [String] = []
        @Option(
            help:
                "Only at these hours, such as 08:00-20:00, or \"08:00-20:00 12345\" with days, Monday is 1."
        )
        var hours: String?
        @Option(
            help:
                "From when on, such as 2027-01-01. Default: now. A yes works from when it is said at the earliest."
        )
        var from: String?

        /// From when it holds.
        func begin(in home: HomeOption, _ loaded: LoadedHome?, now: Instant) throws -> Instant {
            try from.map { try moment($0, zone: home.zone(ofPerson: person, in: loaded)) } ?? now
        }

        /// Refuses a study that the home does not have: what was said is only ever added to, and a mistyped no would leave the
        /// study open that was meant.
        func requireStudy(in home: HomeOption) throws {
            guard case .study(let study)? = Purpose(purpose) else { return }
            let known = StudyFile.all(in: home.folder).map(\.rawValue)
            guard !known.contains(study.rawValue) else { return }
            throw CommandFailure(
                "there is no study \"\(printable(study.rawValue))\" in studies/"
                    + suggestion(for: study.rawValue, among: known))
        }

        func record(
            _ decision: ConsentRecord.Decision, from: Instant, until: Instant? = nil,
            information: ConsentRecord.Information, understanding: String = "",
            checkedBy: String = "", goesOnInPause: Bool = false
        ) throws -> ConsentRecord {
            guard let purpose = Purpose(purpose) else {
                throw ValidationError(
                    "--purpose is \"\(printable(purpose))\"; write safety, care or study/NAME")
            }
            for (option, name) in [("--by", by), ("--checked-by", checkedBy)] {
                guard let name, option == "--by" || decision == .agrees else { continue }
                guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                    throw ValidationError(
                        "\(option) is \"\(printable(name))\"; write an opaque identifier without blanks, such as m1: what was "
                            + "said is never erased, and a name would stay with it")
                }
            }
            guard let capacity = ConsentCapacity(rawValue: capacity) else {
                throw ValidationError(
                    "--capacity is \"\(printable(capacity))\"; write "
                        + ConsentCapacity.allCases.map(\.rawValue).joined(separator: ", "))
            }
            var window: Window?
            if let hours {
                window = Window(consentText: hours)
                if window == nil {
                    throw ValidationError(
                        "--hours is \"\(printable(hours))\"; write them as 08:00-20:00")
                }
            }
            let record = ConsentRecord(
                person: PersonID(rawValue: person), purpose: purpose, decision: decision,
                scope: ConsentScope(
                    devices: Set(device.map { DeviceID(rawValue: $0) }),
                    rooms: Set(room.map { RoomID(rawValue: $0) }), hours: window),
                speaker: by ?? person, capacity: capacity, information: information,
                understanding: understanding, checkedBy: checkedBy, from: from, until: until,
                goesOnInPause: goesOnInPause)
            if let problem = record.incoherence { throw CommandFailure(problem) }
            return record
        }
    }

    struct Yes: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Somebody agrees.",
            discussion: """
                What was shown, how understanding was checked and by whom are part of a yes. Where the person has a \
                representative, say theirs too, with --by and --capacity.
                """)
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @OptionGroup var word: Word
        @Option(help: "The file with the text that was shown; its SHA-256 is written down.")
        var text: String
        @Option(help: "The version of the text.")
        var textVersion: String
        @Option(help: "Its form: easy_read, audio, pictograms, plain.")
        var form = "easy_read"
        @Option(help: "How understanding was checked, in words.")
        var understanding: String
        @Option(help: "Who checked it, by an opaque identifier.")
        var checkedBy: String
        @Option(help: "Until when, such as 2027-06-30. Default: until something else is said.")
        var until: String?
        @Flag(help: "For safety: alerts go on while the person pauses.")
        var alsoInPause = false

        func run() throws {
            guard ["easy_read", "audio", "pictograms", "plain"].contains(form) else {
                throw ValidationError(
                    "--form is \"\(printable(form))\"; write easy_read, audio, pictograms or plain")
            }
            guard let hash = ConsentText.hash(ofFile: text) else {
                throw CommandFailure(
                    "cannot read \"\(printable(text))\": is it the text that was shown?")
            }
            let loaded = try? home.load()
            let record = try word.record(
                .agrees, from: try word.begin(in: home, loaded, now: Clock.system.now()),
                until: try until.map {
                    try moment($0, zone: home.zone(ofPerson: word.person, in: loaded))
                },
                information: .init(version: textVersion, hash: hash, form: form),
                understanding: understanding, checkedBy: checkedBy, goesOnInPause: alsoInPause)
            try word.requireStudy(in: home)
            try home.control.send(.perform(.consent(record)))
            try ConsentCommand.sayOutcome(
                of: record, in: home, ConsentWords(isFrench: language.isFrench))
        }
    }

    struct No: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Somebody refuses, or takes back a yes. Holds at once; no reason is asked.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @OptionGroup var word: Word

        func run() throws {
            let said = ConsentTimeline(try home.reader.consentEntries(), policy: .required).book
            let record = try word.record(
                .refuses,
                from: try word.begin(in: home, try? home.load(), now: Clock.system.now()),
                information: .init(version: "", hash: "", form: "plain"))
            // A yes from before ends also where the study's file is not there any more.
            if !said.studies.contains(record.purpose) { try word.requireStudy(in: home) }
            var final = record
            if said.history.contains(where: {
                $0.person == record.person && $0.purpose == record.purpose
                    && $0.capacity == record.capacity && $0.decision == .agrees
            }) {
                final.decision = .withdraws
            }
            try home.control.send(.perform(.consent(final)))
            try ConsentCommand.sayOutcome(
                of: final, in: home, ConsentWords(isFrench: language.isFrench))
        }
    }

    /// What was said, and what holds now: a yes alone may change nothing.
    private static func sayOutcome(
        of record: ConsentRecord, in home: HomeOption, _ say: ConsentWords
    ) throws {
        print(printable(say.said(record)))
        guard let loaded = try? home.load() else { return }
        let now = Clock.system.now()
        if let begin = say.begin(
            of: record, at: now, zone: home.zone(ofPerson: record.person.rawValue, in: loaded))
        {
            print(begin)
        }
        let book = ConsentTimeline(
            try home.reader.consentEntries(), policy: loaded.configuration?.consent ?? .required
        ).book
        print(say.outcome(of: record, book: book, home: loaded, at: now))
    }

    struct Representative: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Note that a person has a representative, whose yes is needed besides their own.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @OptionGroup var actor: AlertsCommand.Actor
        @Argument(help: "The person, as in hub.yaml.")
        var person: String
        @Flag(help: "The person has none any more.")
        var none = false

        func run() throws {
            try home.control.send(
                .perform(.represented(PersonID(rawValue: person), !none, by: actor.name)))
            let say = ConsentWords(isFrench: language.isFrench)
            print(say.representative(of: PersonID(rawValue: person), !none))
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "All that was said, in order.")
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @Option(help: "Of one person.")
        var person: String?
        @Flag(help: "As JSON, one word a line.")
        var json = false

        func run() throws {
            let loaded = try? home.load()
            if let person { try requireKnown(person, in: loaded) }
            let say = ConsentWords(isFrench: language.isFrench)
            for entry in try home.reader.consentEntries() {
                guard let word = ConsentLine(entry),
                    person == nil || person == word.person.rawValue
                else { continue }
                if json {
                    print(try jsonText(word.wire))
                } else {
                    let zone = home.zone(ofPerson: word.person.rawValue, in: loaded)
                    print(printable(say.line(word, in: zone)))
                }
            }
        }
    }

    struct State: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What holds now: of each device, for each purpose, and what was withheld.")
        @OptionGroup var home: HomeOption
        @Option(help: "Of one person.")
        var person: String?
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try home.load()
            if let person { try requireKnown(person, in: loaded) }
            let policy = loaded.configuration?.consent ?? .required
            let reader = try home.reader
            let book = ConsentTimeline(try reader.consentEntries(), policy: policy).book
            let now = Clock.system.now()
            let say = ConsentWords(isFrench: language.isFrench)
            print(say.text(policy))
            for subject in loaded.home.consentSubjects(zones: loaded.zones) {
                let people = subject.subject.people
                guard person == nil || people.contains(PersonID(rawValue: person ?? "")) else {
                    continue
                }
                let words = ([.safety, .care] + book.studies).map { purpose in
                    let refusal = book.refusal(
                        purpose, about: subject.subject, at: now, in: subject.locality,
                        under: policy
                    ).refusal
                    return say.answer(purpose, refusal)
                }
                print(
                    printable(
                        "\(subject.subject.device)  [\(people.map(\.rawValue).joined(separator: " "))]  "
                            + words.joined(separator: "; ")))
            }
            for (name, count) in try reader.counters().sorted(by: { $0.key < $1.key }) {
                guard let line = say.withheld(name, count) else { continue }
                print(printable(line))
            }
        }
    }
}

/// `hubctl pause`: a person is not to be recorded for a while.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "A person is not to be recorded for a while. No reason is asked.",
        discussion:
            "Nothing of the person is stored meanwhile, and no silence is taken for an answer. Alerts go on only "
            + "where the person said so in a yes for safety. Where a pause is on already, the longer one holds."
    )
    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @OptionGroup var actor: AlertsCommand.Actor
    @Argument(help: "The person, as in hub.yaml.")
    var person: String
    @Option(name: .customLong("for"), help: "For how long, such as 30m, 2h or 1d.")
    var span = "1h"

    func run() throws {
        guard let span = TimeSpan(text: span), span > .zero, span <= .days(366) else {
            throw ValidationError(
                "--for is \"\(printable(self.span))\"; write a span such as 30m, 2h or 1d")
        }
        let until = Clock.system.now() + span
        try home.control.send(
            .perform(.pause(PersonID(rawValue: person), until: until, by: actor.name)))
        let id = PersonID(rawValue: person)
        let lasts = ConsentTimeline(try home.reader.consentEntries(), policy: .required).book
            .pausedUntil(id, at: until - .milliseconds(1))
        print(
            ConsentWords(isFrench: language.isFrench).pause(
                of: id, until: lasts ?? until, isLonger: lasts.map { $0 > until } ?? false,
                in: home.zone(ofPerson: person, in: try? home.load())))
    }
}

/// `hubctl resume`: a person is to be recorded again.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "The end of a person's pause.")
    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @OptionGroup var actor: AlertsCommand.Actor
    @Argument(help: "The person, as in hub.yaml.")
    var person: String

    func run() throws {
        try home.control.send(.perform(.resume(PersonID(rawValue: person), by: actor.name)))
        print(ConsentWords(isFrench: language.isFrench).resumed(PersonID(rawValue: person)))
    }
}
