import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import Rules

/// Stands before every route: who asks, may they, is the form one of ours.
struct Gate: Sendable {
    let site: WebSite

    static let largestForm = 16 * 1024

    var cookieName: String { site.settings.isEncrypted ? "__Host-foyer" : "foyer" }

    /// Answers a request by a route, or says why not.
    func pass(_ route: Route, _ request: Request, _ context: WebContext) async -> Response {
        let language = language(request)
        let isAPI = route.path.hasPrefix("/api/")
        var visit = Visit(
            uri: request.uri, parameters: Self.parameters(context), visitor: nil,
            language: language, site: site)
        do {
            let now = site.visitorClock.now()
            let address = context.remoteAddress?.ipAddress ?? "?"
            visit.visitor = try visitor(request, at: now)
            // Many people may come from one address: behind a proxy they all do.
            let who = visit.visitor.map { "member \($0.member.id)" } ?? address
            if let wait = site.limits.take(.request, who, at: now) {
                throw WebFailure.tooMany(wait)
            }
            try await authorize(route, visit)
            if route.method == .post {
                (visit.form, visit.files) = try await form(request, visit, route)
            }
            if !isAPI { visit.residents = residents(route, visit, at: now) }
            if route.isLogged, let visitor = visit.visitor, visitor.person == nil {
                try site.accounts.record(
                    Accounts.Access(
                        at: now, by: visitor.member.id,
                        residence: try await residence(route, visit), what: request.uri.path))
            }
            return finish(try await route.handle(visit))
        } catch let failure as WebFailure {
            return finish(ErrorPage.response(failure, visit, isAPI: isAPI))
        } catch SignInNeeded.signIn {
            if isAPI {
                return finish(ErrorPage.problem(.unauthorized, "sign in first"))
            }
            return finish(.redirect(to: "/sign-in", type: .normal))
        } catch {
            context.logger.error("\(route.method) \(route.path): \(error)")
            return finish(
                ErrorPage.response(.unavailable("\(type(of: error))"), visit, isAPI: isAPI))
        }
    }

    private enum SignInNeeded: Error { case signIn }

    private static func parameters(_ context: WebContext) -> [String: String] {
        var parameters: [String: String] = [:]
        for (key, value) in context.parameters {
            parameters[String(key)] = String(value).removingPercentEncoding ?? String(value)
        }
        return parameters
    }

    // MARK: Who

    private func visitor(_ request: Request, at now: Instant) throws -> Visitor? {
        guard let token = request.cookies[cookieName]?.value, token.utf8.count == 64,
            let session = try site.accounts.session(token, at: now)
        else { return nil }
        return Visitor(
            member: site.member(session), formToken: session.formToken, sessionToken: token,
            person: session.person)
    }

    private func authorize(_ route: Route, _ visit: Visit) async throws {
        switch route.access {
        case .anybody: return
        case .anyone:
            guard visit.visitor != nil else { throw SignInNeeded.signIn }
        case .resident:
            guard let visitor = visit.visitor else { throw SignInNeeded.signIn }
            guard visitor.person != nil else { throw WebFailure.forbidden }
        case .signedIn:
            guard let visitor = visit.visitor else { throw SignInNeeded.signIn }
            guard visitor.person == nil else { throw WebFailure.forbidden }
        case .roles(let roles):
            guard let visitor = visit.visitor else { throw SignInNeeded.signIn }
            guard visitor.person == nil, !visitor.member.roles.isDisjoint(with: roles) else {
                throw WebFailure.forbidden
            }
        }
        guard route.subject != .site else { return }
        // Whoever may not see a residence is not told whether there is one.
        guard let residence = try await residence(route, visit),
            visit.visitor?.maySee(residence) == true
        else { throw WebFailure.notFound }
    }

    private func residence(_ route: Route, _ visit: Visit) async throws -> ResidenceID? {
        switch route.subject {
        case .site: return nil
        case .residence(let name):
            let id = ResidenceID(rawValue: visit.parameters[name] ?? "")
            return site.home.home.residences.contains { $0.id == id } ? id : nil
        case .alert(let name):
            let id = visit.parameters[name] ?? ""
            return try await site.readers.read { try $0.alert(id)?.subject.residence }
        }
    }

    /// Names for those who look after the people: on their own pages, and on those of devices.
    private func residents(_ route: Route, _ visit: Visit, at now: Instant) -> ResidentNames.Seen {
        guard
            route.access == .care || route.access == .devices || route.access == .installation
                || route.access == .lead, let visitor = visit.visitor, visitor.person == nil,
            !visitor.member.roles.isDisjoint(with: [.carer, .teamLeader])
        else { return ResidentNames.Seen() }
        return site.residentNames.seen(
            of: site.residences(visitor).flatMap(\.people), by: visitor.member.id,
            home: site.home.folder, at: now)
    }

    // MARK: Forms

    private func form(
        _ request: Request, _ visit: Visit, _ route: Route
    ) async throws -> ([String: String], [String: Data]) {
        // A browser says where a form comes from; another site's is refused whatever it holds.
        if let origin = request.headers[.origin], origin != "null",
            let host = request.head.authority,
            URL(string: origin).map({ url in
                url.port.map { "\(url.host ?? ""):\($0)" } ?? url.host ?? ""
            }) != host
        {
            throw WebFailure.badForm
        }
        let body: ByteBuffer
        let most = Self.largestForm + route.longestFile
        do { body = try await request.body.collect(upTo: most) } catch {
            throw WebFailure.badRequest("the form has more than \(most) bytes")
        }
        let fields: [String: String]
        var files: [String: Data] = [:]
        if request.headers[.contentType]?.hasPrefix("application/json") == true {
            // An API's fields are texts, as a form's are. Another site cannot send this type without being asked first.
            guard
                let json = try? JSONDecoder().decode(
                    [String: String].self, from: Data(body.readableBytesView))
            else { throw WebFailure.badRequest("one JSON object of texts is expected") }
            fields = json
        } else if route.longestFile > 0, let type = request.headers[.contentType],
            type.lowercased().hasPrefix("multipart/")
        {
            guard let form = MultipartForm(Data(body.readableBytesView), contentType: type),
                form.files.values.allSatisfy({ $0.count <= route.longestFile })
            else { throw WebFailure.badRequest("the form cannot be read") }
            (fields, files) = (form.fields, form.files)
        } else {
            guard
                let form = try? URLEncodedFormDecoder().decode(
                    [String: String].self, from: String(buffer: body))
            else { throw WebFailure.badRequest("the form cannot be read") }
            fields = form
        }
        if let visitor = visit.visitor, route.access != .anybody {
            let given = fields["form_token"] ?? request.headers[.formToken] ?? ""
            guard Self.isEqual(given, visitor.formToken) else { throw WebFailure.badForm }
        }
        return (fields, files)
    }

    /// Takes the same time whichever byte differs.
    static func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private func language(_ request: Request) -> WebLanguage {
        if let asked = request.uri.queryParameters["lang"],
            let language = WebLanguage(rawValue: String(asked))
        {
            return language
        }
        if let kept = request.cookies["language"]?.value, let language = WebLanguage(rawValue: kept)
        {
            return language
        }
        return .preferred(request.headers[.acceptLanguage])
    }

    // MARK: Headers

    private func finish(_ response: Response) -> Response {
        var response = response
        for (name, value) in Self.headers where response.headers[name] == nil {
            response.headers[name] = value
        }
        if site.settings.isEncrypted {
            response.headers[.strictTransportSecurity] = "max-age=31536000"
        }
        return response
    }

    /// On every answer. Nothing from elsewhere, nothing inline, no other site around us.
    static let headers: [(HTTPField.Name, String)] = [
        (
            .contentSecurityPolicy,
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
                + "manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
        ),
        (.xContentTypeOptions, "nosniff"),
        (.referrerPolicy, "same-origin"),
        (.permissionsPolicy, "camera=(), microphone=(), geolocation=()"),
        (.cacheControl, "no-store"),
    ]
}

extension HTTPField.Name {
    /// The form's token for scripts, which have no form.
    static let formToken = Self.known("X-Form-Token")
    static let referrerPolicy = Self.known("Referrer-Policy")
    static let permissionsPolicy = Self.known("Permissions-Policy")

    private static func known(_ name: String) -> Self {
        guard let field = Self(name) else { preconditionFailure("\(name) is a field's name") }
        return field
    }
}
