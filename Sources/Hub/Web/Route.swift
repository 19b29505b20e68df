import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// One way into the site: what it answers to, who may, and about which residence. Every route is one of these; the gate
/// is asked before its handler, so that there is none without a rule.
struct Route: Sendable {
    /// Who may.
    enum Access: Hashable, Sendable {
        /// Anybody, signed in or not.
        case anybody
        /// Whoever is signed in, residents too: the way in and the way out.
        case anyone
        /// Whoever of staff is signed in.
        case signedIn
        /// The resident who is signed in, about themselves.
        case resident
        /// Who has one of these roles.
        case roles(Set<StaffRole>)

        /// Those who look after residents.
        static let care = Access.roles([.carer, .teamLeader])
        /// Those who look after devices too.
        static let devices = Access.roles([.carer, .teamLeader, .installer])
        /// Those who put devices in.
        static let installation = Access.roles([.teamLeader, .installer])
        /// Those who answer for how things are done.
        static let lead = Access.roles([.teamLeader])
    }

    /// What it is about.
    enum Subject: Hashable, Sendable {
        /// The whole site: each page shows only what the visitor may see.
        case site
        /// The residence that this part of the path names.
        case residence(String)
        /// The alert that this part of the path names, and so its residence.
        case alert(String)
    }

    var method: HTTPRequest.Method
    var path: String
    var access: Access
    var subject: Subject = .site
    /// Whether looking at it is looking at somebody's data, and noted as that.
    var isLogged = false
    /// How long a file in its form may be, in bytes; 0: it takes none.
    var longestFile = 0
    var handle: @Sendable (Visit) async throws -> Response
}
