import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import Rules

/// What Hummingbird knows of a request: where it comes from, besides its own.
struct WebContext: RequestContext, RemoteAddressRequestContext {
    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress
    }
}

/// Somebody who is signed in.
struct Visitor: Hashable, Sendable {
    /// Who, with roles and residences.
    var member: StaffMember
    /// Goes with each form.
    var formToken: String
    /// Of the session, from the cookie.
    var sessionToken: String
    /// Who lives here, where it is a resident; nil for staff.
    var person: PersonID?

    /// Whether they may see what is about a residence. A resident sees what is about themselves, on pages of their own.
    func maySee(_ residence: ResidenceID) -> Bool {
        person == nil && member.works(in: residence)
    }
}

/// One request, as a page sees it.
struct Visit: Sendable {
    /// The request's path with its query.
    var uri: URI
    /// Parts of the path by name.
    var parameters: [String: String]
    /// Who asks; nil where nobody is signed in.
    var visitor: Visitor?
    /// The fields of a form.
    var form: [String: String] = [:]
    /// The files of a form, by the field's name.
    var files: [String: Data] = [:]
    /// What residents are called, where the visitor may see that.
    var residents = ResidentNames.Seen()
    /// In which language.
    var language: WebLanguage
    /// The site.
    var site: WebSite

    /// A part of the query; nil where it is not given.
    func query(_ name: String) -> String? {
        uri.queryParameters[Substring(name)].map { String($0) }
    }
}

/// A language of the pages.
enum WebLanguage: String, Hashable, Sendable, CaseIterable {
    case french = "fr"
    case english = "en"

    /// The words of a text in this language.
    func callAsFunction(_ text: LocalizedText) -> String {
        self == .french ? text.french : text.english
    }

    /// What a browser asks for (RFC 9110, 12.5.4), as far as French and English go.
    static func preferred(_ header: String?) -> WebLanguage {
        for part in (header ?? "").split(separator: ",") {
            let tag = part.split(separator: ";").first.map { $0.filter { $0 != " " } } ?? ""
            if tag.hasPrefix("fr") { return .french }
            if tag.hasPrefix("en") { return .english }
        }
        return .french
    }
}

/// What a page cannot give, and how it is said.
enum WebFailure: Error, Hashable, Sendable {
    /// There is no such thing, or none that this visitor may know of.
    case notFound
    /// This visitor may not.
    case forbidden
    /// The form is not one of ours, or is old.
    case badForm
    /// What was asked for is not of its form; what is wrong.
    case badRequest(String)
    /// The hub said no, in its words.
    case refused(String)
    /// Too many requests; try again after so many seconds.
    case tooMany(Int)
    /// The hub cannot answer now.
    case unavailable(String)

    var status: HTTPResponse.Status {
        switch self {
        case .notFound: .notFound
        case .forbidden, .badForm: .forbidden
        case .badRequest: .badRequest
        case .refused: .conflict
        case .tooMany: .tooManyRequests
        case .unavailable: .serviceUnavailable
        }
    }
}
