import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// What a resident can do on their page. Each is a command in the journal, stored before it is answered; who did it stands there
/// by the opaque identifier.
enum ResidentActs {
    static let routes: [Route] = [
        act("help", to: "/me") { resident in .says(resident.saying(.help)) },
        act("fine", to: "/me") { resident in .says(resident.saying(.fine)) },
        act("pause", to: "/me/pause") { resident in
            guard
                let end = ResidentPage.PauseEnd(rawValue: resident.visit.form["until"] ?? ""),
                let until = end.moment(after: resident.now, in: resident.zone)
            else { throw WebFailure.badRequest("until: hour, tonight or tomorrow") }
            return .pause(resident.person, until: until, by: resident.person.rawValue)
        },
        act("resume", to: "/me/pause") { resident in
            .resume(resident.person, by: resident.person.rawValue)
        },
        act("answers", to: "/me/answers") { resident in
            try await ResidentAnswers(resident).command()
        },
    ]

    private static func act(
        _ name: String, to page: String,
        _ command: @escaping @Sendable (Resident) async throws -> Command
    ) -> Route {
        Route(method: .post, path: "/me/\(name)", access: .resident) { visit in
            let resident = try Resident(visit)
            try await visit.site.perform(try await command(resident))
            return .redirect(to: page, type: .normal)
        }
    }
}

extension Resident {
    /// Something that the person says.
    func saying(_ word: Saying.Word) -> Saying {
        Saying(person: person, residence: residence.id, room: room, word: word)
    }

    /// What is said where a page cannot be given, or something was not done.
    func failed(_ status: HTTPResponse.Status) -> Response {
        page(
            "me-lines", heading: word("failed"), picture: .draft, status: status,
            [
                "lines": [
                    line(.resume, word("failed_again")),
                    line(.help, word("failed_help"), mood: "called"),
                ]
            ])
    }
}
