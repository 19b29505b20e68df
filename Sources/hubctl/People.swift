import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl people …`.
struct PeopleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people",
        abstract:
            "Who the people are: names, contacts, where they live. Sealed, and apart from the journal.",
        discussion: """
            The journal and its exports know opaque identifiers only, such as p1 of hub.yaml. What belongs to them lies in \
            vault.sqlite, sealed with the key in vault.key: keep a copy of the key in another place than the backups. Who \
            looks is written down, and can be told to the person: 'hubctl people accesses'.
            """,
        subcommands: [
            Add.self, Change.self, List.self, Show.self, Move.self, Away.self, Leave.self,
            Accesses.self,
        ], defaultSubcommand: List.self)

    /// What is known of a person.
    struct Facts: ParsableArguments {
        @Option(help: "Given name.")
        var given: String?
        @Option(help: "Family name.")
        var family: String?
        @Option(help: "Year of birth.")
        var born: Int?
        @Option(
            help:
                "Who to reach about the person, such as \"sister Anne, 06 …\". May stand several times."
        )
        var contact: [String] = []
        @Option(
            help: "Who speaks for the person, such as \"tutor: M. Petit\". May stand several times."
        )
        var representative: [String] = []
        @Option(help: "Whatever staff need to know.")
        var notes: String?

        func put(into person: inout Vault.Person) {
            if let given { person.given = given }
            if let family { person.family = family }
            if let born { person.born = born }
            if !contact.isEmpty { person.contacts = contact }
            if !representative.isEmpty { person.representatives = representative }
            if let notes { person.notes = notes }
        }
    }

    /// On which day.
    struct Day: ParsableArguments {
        @Option(help: "On which day, such as 2026-11-24. Default: today.")
        var on: String?

        func text() throws -> String {
            guard let on else { return Timestamp.today() }
            guard on.utf8.count == 10, Instant(iso: on + "T00:00:00Z") != nil else {
                throw ValidationError(
                    "--on is \"\(printable(on))\"; write a day such as 2026-11-24")
            }
            return on
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take in a person of hub.yaml.",
            discussion:
                "What stands on a command line may stay in the shell's history; in bash, begin the line with a space."
        )
        @OptionGroup var home: HomeOption
        @Argument(help: "Their opaque identifier, as in hub.yaml.")
        var id: String
        @OptionGroup var facts: Facts
        @OptionGroup var day: Day

        func run() throws {
            let loaded = try home.load()
            guard
                let residence = loaded.home.residences.first(where: {
                    $0.people.contains(PersonID(rawValue: id))
                })
            else {
                throw CommandFailure(
                    "nobody \"\(printable(id))\" lives in a residence of hub.yaml"
                        + suggestion(
                            for: id, among: loaded.home.residences.flatMap(\.people).map(\.rawValue)
                        ))
            }
            var person = Vault.Person(id: id)
            facts.put(into: &person)
            let room = residence.rooms.first { $0.person?.rawValue == id }?.id
            try Vault(home: home.folder).add(
                person, residence: residence.id, room: room, from: try day.text())
            print("\(id): lives in \(residence.id)")
        }
    }

    struct Change: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say anew what is known of a person; what is not given stays as it is.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: AlertsCommand.Actor
        @Argument(help: "The person.")
        var id: String
        @OptionGroup var facts: Facts

        func run() throws {
            let vault = try opened(home)
            var person = try vault.person(
                PersonID(rawValue: id), by: actor.name, what: "change", at: Clock.system.now())
            facts.put(into: &person)
            try vault.update(person)
            print("\(id): changed")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Everybody, with name and where they live.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: AlertsCommand.Actor
        @OptionGroup var language: LanguageOption

        func run() throws {
            let vault = try opened(home)
            let people = try vault.people()
            let today = Timestamp.today()
            for id in people {
                let person = try vault.person(
                    id, by: actor.name, what: "list", at: Clock.system.now())
                let stays = try vault.stays(of: id)
                let whereabouts = whereabouts(stays, on: today, language.isFrench)
                print(printable("\(id)  \(person.given) \(person.family)  \(whereabouts)"))
            }
            if people.isEmpty { print(language.isFrench ? "Personne." : "Nobody.") }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "What is known of a person.")
        @OptionGroup var home: HomeOption
        @OptionGroup var actor: AlertsCommand.Actor
        @Argument(help: "The person.")
        var id: String
        @Flag(help: "As JSON.")
        var json = false
        @OptionGroup var language: LanguageOption

        private struct Answer: Encodable {
            var person: Vault.Person
            var stays: [Vault.Stay]
        }

        func run() throws {
            let vault = try opened(home)
            let id = PersonID(rawValue: id)
            let person = try vault.person(id, by: actor.name, what: "show", at: Clock.system.now())
            let stays = try vault.stays(of: id)
            if json { return print(try jsonText(Answer(person: person, stays: stays))) }
            let isFrench = language.isFrench
            func line(_ english: String, _ french: String, _ value: String) {
                guard !value.isEmpty else { return }
                let name = (isFrench ? french : english).padding(
                    toLength: 16, withPad: " ", startingAt: 0)
                print(printable("\(name) \(value)"))
            }
            line("identifier", "identifiant", person.id)
            line(
                "name", "nom",
                [person.given, person.family].filter { !$0.isEmpty }.joined(separator: " "))
            line("born", "année", person.born.map { "\($0)" } ?? "")
            for contact in person.contacts { line("contact", "contact", contact) }
            for other in person.representatives { line("representative", "représentant", other) }
            line("notes", "notes", person.notes)
            for stay in stays {
                line(
                    "from \(stay.from)", "du \(stay.from)",
                    place(stay, isFrench)
                        + (stay.to.map { isFrench ? ", au \($0)" : ", to \($0)" } ?? ""))
            }
        }
    }

    struct Move: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A person moves to another residence or room, or comes back from being away.",
            discussion: "Change hub.yaml too: it says whom the readings of a room concern.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The person.")
        var id: String
        @Option(help: "To which residence.")
        var to: String
        @Option(help: "To which room: its name in the residence.")
        var room: String?
        @OptionGroup var day: Day

        func run() throws {
            let loaded = try home.load()
            let residence = loaded.home.residences.first { $0.id.rawValue == to }
            guard let residence else {
                throw CommandFailure(
                    "there is no residence \"\(printable(to))\""
                        + suggestion(for: to, among: loaded.home.residences.map(\.id.rawValue)))
            }
            let room = try room.map { name -> RoomID in
                let id = RoomID(rawValue: "\(to)/\(name)")
                guard residence.rooms.contains(where: { $0.id == id }) else {
                    throw CommandFailure("residence \"\(to)\" has no room \"\(printable(name))\"")
                }
                return id
            }
            let day = try day.text()
            try opened(home).turn(PersonID(rawValue: id), to: (residence.id, room), on: day)
            let place = room?.rawValue ?? to
            print(
                isFuture(day)
                    ? "\(id): will live in \(place) from \(day)" : "\(id): lives in \(place)")
        }
    }

    struct Away: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A person is away: a holiday, a hospital. 'people move' brings them back.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The person.")
        var id: String
        @OptionGroup var day: Day

        func run() throws {
            let day = try day.text()
            try opened(home).turn(PersonID(rawValue: id), to: (nil, nil), on: day)
            print(isFuture(day) ? "\(id): will be away from \(day)" : "\(id): away")
        }
    }

    struct Leave: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A person lives here no more. What is known of them stays until it is erased."
        )
        @OptionGroup var home: HomeOption
        @Argument(help: "The person.")
        var id: String
        @OptionGroup var day: Day

        func run() throws {
            let day = try day.text()
            try opened(home).turn(PersonID(rawValue: id), to: nil, on: day)
            print(isFuture(day) ? "\(id): will leave on \(day)" : "\(id): left")
            // Without the home's files nothing of them is recorded here either.
            let residences = (try? home.load())?.home.residences ?? []
            if residences.contains(where: { $0.people.contains(PersonID(rawValue: id)) }) {
                print(
                    "take \(id) out of hub.yaml then; until that is done the sensors of their room and their devices go on"
                )
            }
        }
    }

    struct Accesses: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Who looked at a person's data, on the pages and in the vault, in easy words, latest first."
        )
        @OptionGroup var home: HomeOption
        @Argument(help: "The person.")
        var id: String
        @OptionGroup var language: LanguageOption

        func run() throws {
            let loaded = try? home.load()
            let zone = home.zone(ofPerson: id, in: loaded)
            let isFrench = language.isFrench
            let person = PersonID(rawValue: id)
            // Where the home's files cannot be read, the vault alone tells.
            let all =
                try loaded.map { try PersonLooks(of: person, home: $0) }
                ?? PersonLooks(
                    of: person, in: nil, since: .distantPast, worksThere: { _ in true },
                    accounts: nil, home: home.folder)
            if !all.isWhole {
                Console.note(
                    isFrench
                        ? "le coffre ne peut pas être ouvert : ses regards manquent"
                        : "the vault cannot be opened: its looks are missing")
            }
            for look in all.looks {
                let name =
                    loaded?.staff.members.first { $0.id.rawValue == look.by }?.name ?? look.by
                let word = LookWords.text(of: look.kind, isFrench: isFrench)
                print(
                    printable(
                        "\(Timestamp.short(look.at, in: zone))  \(name)\(colon(isFrench: isFrench))\(word)"
                    ))
            }
            if all.looks.isEmpty {
                // Who was erased is in no file any more; who looked is kept, and told above.
                try requireKnown(id, in: loaded)
                print(isFrench ? "Personne n'a regardé." : "Nobody looked.")
            }
        }
    }
}

/// The vault of a home that has one.
private func opened(_ home: HomeOption) throws -> Vault {
    guard let vault = try Vault.existing(home: home.folder) else {
        throw CommandFailure("nobody is in the vault yet; 'hubctl people add' takes in a person")
    }
    return vault
}

/// Whether a day is still to come.
private func isFuture(_ day: String) -> Bool { day > Timestamp.today() }

/// Where somebody is on a day, and what is to come.
private func whereabouts(_ stays: [Vault.Stay], on day: String, _ isFrench: Bool) -> String {
    func say(_ english: String, _ french: String) -> String { isFrench ? french : english }
    guard let last = stays.last else { return "" }
    var parts: [String] = []
    if let stay = stays.last(where: { $0.from <= day && ($0.to.map { day < $0 } ?? true) }) {
        parts.append(place(stay, isFrench))
    } else if let to = last.to, to <= day {
        return say("left on \(to)", "parti le \(to)")
    }
    if last.from > day {
        parts.append(say("from \(last.from) ", "dès le \(last.from) ") + place(last, isFrench))
    } else if let to = last.to {
        parts.append(say("leaves on \(to)", "part le \(to)"))
    }
    return parts.joined(separator: ", ")
}

/// Refuses an identifier of nobody: an answer about nobody would look as if there were nothing to tell. Who left hub.yaml and is
/// in the vault is somebody.
///
/// - Parameter home: nil where its files cannot be read: then nobody knows.
func requireKnown(_ person: String, in home: LoadedHome?) throws {
    guard let home else { return }
    var known = Set(home.home.residences.flatMap(\.people).map(\.rawValue))
    if let vault = try? Vault.existing(home: home.folder), let people = try? vault.people() {
        known.formUnion(people.map(\.rawValue))
    }
    guard !known.contains(person) else { return }
    throw CommandFailure(
        "nobody \"\(printable(person))\" lives in a residence of hub.yaml"
            + suggestion(for: person, among: known.sorted()))
}

private func place(_ stay: Vault.Stay?, _ isFrench: Bool) -> String {
    guard let stay else { return "" }
    guard let residence = stay.residence else { return isFrench ? "absent" : "away" }
    return stay.room ?? residence
}
