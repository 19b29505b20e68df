import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl notify …`.
struct NotifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "Try out the ways to reach people, and see what was told.",
        subcommands: [Test.self, List.self], defaultSubcommand: List.self)

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a message that says that it is a test.",
            discussion:
                "Goes out at once, and needs no running hub. Exit code 1 where a channel does not get through."
        )
        @OptionGroup var home: HomeOption
        @Option(help: "Only by this channel.")
        var channel: String?
        @Option(help: "To somebody of staff.yaml, by each of their contacts.")
        var staff: String?

        func run() async throws {
            let loaded = try home.load()
            let results = try await ChannelTest(home: loaded).run(
                channel: channel, staff: staff.map { StaffID(rawValue: $0) })
            guard !results.isEmpty else {
                throw CommandFailure(
                    "there is no such channel; notifications.yaml has: \(loaded.notifications.channels.map(\.name).joined(separator: ", "))"
                )
            }
            for result in results {
                print(
                    printable(
                        "\(result.problem == nil ? "ok    " : "FAILED")  \(result.channel)  \(result.address)  \(result.problem ?? "")"
                    ))
            }
            if results.contains(where: { $0.problem != nil }) { throw ExitCode(1) }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What was told to whom, and by which way, newest last.")
        @OptionGroup var home: HomeOption
        @Option(help: "How many at most.")
        var limit = 30
        @OptionGroup var language: LanguageOption

        func validate() throws {
            guard (1...10_000).contains(limit) else { throw ValidationError("--limit: 1 to 10000") }
        }

        func run() throws {
            let loaded = try home.load()
            let reader = try home.reader
            let notices = try reader.notices(limit: limit)
            for notice in notices {
                let zone = home.zone(of: notice.residence, in: loaded)
                let who =
                    switch notice.recipient {
                    case .staff(let id): loaded.staff.member(id)?.name ?? id.rawValue
                    case .contact(let contact): "\(contact.channel) \(contact.address)"
                    }
                print(
                    printable(
                        "\(Timestamp.short(notice.noticed, in: zone))  \(notice.kind.name)  \(who)  \(notice.alerts.map(\.rawValue).joined(separator: " "))"
                    ))
                for attempt in try reader.attempts(of: notice.id) {
                    print(
                        printable(
                            "    \(Timestamp.short(attempt.at, in: zone))  \(attempt.channel)  \(attempt.outcome)  \(attempt.detail)"
                        ))
                }
            }
            if notices.isEmpty {
                print(language.isFrench ? "Rien n'a été annoncé." : "Nothing was told so far.")
            }
        }
    }
}
