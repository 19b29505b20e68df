import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// Signing in and out.
enum SignInPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/sign-in", access: .anybody) { visit in
            page(visit, problem: nil, account: "")
        },
        Route(method: .post, path: "/sign-in", access: .anybody) { try await signIn($0) },
        Route(method: .post, path: "/sign-out", access: .anyone) { visit in
            if let visitor = visit.visitor { try visit.site.accounts.signOut(visitor.sessionToken) }
            var response = Response.redirect(to: "/sign-in", type: .normal)
            response.headers[values: .setCookie].append(cookie(visit, "", seconds: 0))
            return response
        },
    ]

    private static func page(
        _ visit: Visit, problem: String?, account: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        let parts = PageParts(visit)
        let title = visit.site.home.configuration.map { visit.language($0.title) } ?? ""
        var context: [String: Any] = ["site": title, "account": account]
        if let problem { context["problem"] = problem }
        return parts.page("sign-in", title: parts.word("sign_in"), status: status, context)
    }

    private static func signIn(_ visit: Visit) async throws -> Response {
        let account = String((visit.form["account"] ?? "").prefix(200))
            .trimmingCharacters(in: .whitespaces)
        let password = visit.form["password"] ?? ""
        let site = visit.site
        let now = site.visitorClock.now()
        if let wait = site.limits.take(.signIn, account.lowercased(), at: now) {
            throw WebFailure.tooMany(wait)
        }
        let lasting = site.settings.session
        // A guess costs 100 ms: not on the threads that serve everybody.
        let outcome = try await withCheckedThrowingContinuation { continuation in
            guesses.async {
                continuation.resume(
                    with: Result {
                        try site.accounts.signIn(
                            StaffID(rawValue: account), password: password, lasting: lasting,
                            at: now)
                    })
            }
        }
        let parts = PageParts(visit)
        switch outcome {
        case .signedIn(let token):
            var response = Response.redirect(to: "/", type: .normal)
            response.headers[values: .setCookie].append(
                cookie(visit, token, seconds: lasting.milliseconds / 1000))
            response.headers[values: .setCookie].append(
                "language=\(visit.language.rawValue); Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly"
            )
            return response
        case .refused:
            return page(
                visit, problem: parts.word("wrong"), account: account, status: .unauthorized)
        case .locked(let until):
            var response = page(
                visit, problem: parts.word("locked"), account: account, status: .tooManyRequests)
            response.headers[.retryAfter] = "\(max(1, (until - now).milliseconds / 1000))"
            return response
        }
    }

    /// One guess at a time: each takes 32 MiB.
    private static let guesses = DispatchQueue(label: "passwords")

    static func cookie(_ visit: Visit, _ token: String, seconds: Int64) -> String {
        let gate = Gate(site: visit.site)
        return "\(gate.cookieName)=\(token); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax"
            + (visit.site.settings.isEncrypted ? "; Secure" : "")
    }
}
