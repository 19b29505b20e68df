import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// Where those begin whose work is elsewhere: who they are here.
enum AccountPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/account", access: .signedIn) { visit in
            guard let visitor = visit.visitor else { throw WebFailure.forbidden }
            let parts = PageParts(visit)
            let roles = visitor.member.roles.map(\.rawValue).sorted().joined(separator: ", ")
            return parts.page(
                "error", title: visitor.member.name,
                ["heading": visitor.member.name, "detail": roles])
        }
    ]
}
