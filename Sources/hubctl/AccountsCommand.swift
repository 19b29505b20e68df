import ArgumentParser
import Foundation
import Glibc
import Hub
import Rules

/// `hubctl accounts …`.
struct AccountsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accounts", abstract: "Who may sign in to the pages.",
        subcommands: [
            Add.self, List.self, Password.self, Disable.self, Enable.self, Remove.self, Looks.self,
        ], defaultSubcommand: List.self)

    /// The account's password: asked for, or from standard input.
    struct PasswordSource: ParsableArguments {
        @Flag(
            help: "Read the password from standard input, its first line, instead of asking for it."
        )
        var passwordStdin = false

        func read() throws -> String {
            if passwordStdin || isatty(STDIN_FILENO) == 0 {
                guard let line = readLine(strippingNewline: true) else {
                    throw CommandFailure("no password on standard input")
                }
                return line
            }
            func ask(_ prompt: String) -> String { String(cString: getpass(prompt)) }
            let password = ask("Password: ")
            guard ask("Again: ") == password else {
                throw CommandFailure("the two are not the same; nothing was changed")
            }
            return password
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let somebody of staff.yaml sign in, or a resident to their own page.",
            discussion: """
                What staff may see and do follows from their roles and residences in staff.yaml. The first account is \
                the administrator's: --administrator. A resident sees one page about themselves, and nothing else: \
                --role resident --person p1.
                """)
        @OptionGroup var home: HomeOption
        @Argument(help: "Their identifier in staff.yaml; any name for a resident.")
        var id: String
        @Flag(help: "Manages the site; need not stand in staff.yaml.")
        var administrator = false
        @Option(
            help: "\"resident\" for somebody who lives there. Staff have their roles in staff.yaml."
        )
        var role: String?
        @Option(help: "Of a resident: who they are, as in hub.yaml.")
        var person: String?
        @OptionGroup var password: PasswordSource

        func run() throws {
            let loaded = try home.load()
            let id = StaffID(rawValue: id)
            if let person = try resident(loaded) {
                try accounts(loaded).add(
                    id, password: try password.read(), person: person, at: Clock.system.now())
                print("\(id): may sign in to the page of \(person)")
                return
            }
            guard administrator || loaded.staff.member(id) != nil else {
                throw CommandFailure(
                    "staff.yaml has no \"\(printable(id.rawValue))\"\(suggestion(for: id.rawValue, among: loaded.staff.members.map(\.id.rawValue)))"
                )
            }
            try accounts(loaded).add(
                id, password: try password.read(), isAdministrator: administrator,
                at: Clock.system.now())
            print("\(id): may sign in")
        }

        /// Who lives there and is to have a page; nil where the account is for staff.
        private func resident(_ loaded: LoadedHome) throws -> PersonID? {
            guard let role else {
                guard person == nil else {
                    throw ValidationError("--person goes with --role resident")
                }
                return nil
            }
            guard role == "resident" else {
                throw ValidationError(
                    "--role is \"\(printable(role))\"; write resident, or nothing: staff have their roles in staff.yaml"
                )
            }
            guard !administrator else {
                throw ValidationError(
                    "a resident's account manages nothing: leave out --administrator")
            }
            guard let person else {
                throw ValidationError("--role resident needs --person, as in hub.yaml")
            }
            guard loaded.staff.member(StaffID(rawValue: id)) == nil else {
                throw CommandFailure(
                    "\"\(printable(id))\" stands in staff.yaml; give the resident's account another name"
                )
            }
            let people = loaded.home.residences.flatMap(\.people).map(\.rawValue)
            guard people.contains(person) else {
                throw CommandFailure(
                    "nobody \"\(printable(person))\" lives in a residence of hub.yaml\(suggestion(for: person, among: people))"
                )
            }
            return PersonID(rawValue: person)
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The accounts, by name.")
        @OptionGroup var home: HomeOption

        func run() throws {
            let loaded = try home.load()
            for account in try accounts(loaded).accounts() {
                var roles = Set(loaded.staff.member(account.id)?.roles.map(\.rawValue) ?? [])
                if let person = account.person { roles = ["resident, the page of \(person)"] }
                if account.isAdministrator { roles.insert(StaffRole.administrator.rawValue) }
                print(
                    printable(
                        "\(account.id)  \(roles.sorted().joined(separator: ", "))"
                            + (account.isDisabled ? "  disabled" : "")))
            }
        }
    }

    struct Password: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Give an account another password. Whoever is signed in with it is signed out.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The account.")
        var id: String
        @OptionGroup var password: PasswordSource

        func run() throws {
            try accounts(home.load()).setPassword(
                StaffID(rawValue: id), try password.read())
            print("\(printable(id)): the password is another now")
        }
    }

    struct Disable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an account sign in no more, at once.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The account.")
        var id: String

        func run() throws {
            try accounts(home.load()).setDisabled(StaffID(rawValue: id), true)
            print("\(printable(id)): disabled")
        }
    }

    struct Enable: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let an account sign in again; also ends a lock after wrong passwords.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The account.")
        var id: String

        func run() throws {
            try accounts(home.load()).setDisabled(StaffID(rawValue: id), false)
            print("\(printable(id)): may sign in")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an account away. What it did stays in the journal.")
        @OptionGroup var home: HomeOption
        @Argument(help: "The account.")
        var id: String

        func run() throws {
            try accounts(home.load()).remove(StaffID(rawValue: id))
            print("\(printable(id)): removed")
        }
    }

    struct Looks: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who looked at whose data, newest first.")
        @OptionGroup var home: HomeOption
        @Option(help: "Of one residence.")
        var residence: String?
        @Option(help: "How many at most.")
        var limit = 50

        func run() throws {
            let loaded = try home.load()
            let looks = try accounts(loaded).accessLog(
                residence: residence.map { ResidenceID(rawValue: $0) }, limit: limit)
            for look in looks {
                let zone = loaded.plan.roster.zone(
                    of: look.residence ?? loaded.home.residences.first?.id ?? .hub)
                print(
                    printable(
                        "\(Timestamp.short(look.at, in: zone))  \(look.by)  \(look.residence?.rawValue ?? "-")  \(look.what)"
                    ))
            }
            if looks.isEmpty { print("Nobody looked so far.") }
        }
    }
}

private func accounts(_ home: LoadedHome) throws -> Accounts {
    do { return try Accounts(path: home.folder + "/people.sqlite") } catch {
        throw CommandFailure("\(error)")
    }
}
