import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore

/// What is said where a page cannot be given.
enum ErrorPage {
    static func response(_ failure: WebFailure, _ visit: Visit, isAPI: Bool) -> Response {
        var response: Response
        if isAPI {
            response = problem(failure.status, detail(failure) ?? "\(failure)")
        } else if let resident = try? Resident(visit) {
            response = resident.failed(failure.status)
        } else {
            let parts = PageParts(visit)
            var context: [String: Any] = ["heading": parts.word(word(failure))]
            if let detail = detail(failure) { context["detail"] = detail }
            response = parts.page(
                "error", title: parts.word(word(failure)), status: failure.status, context)
        }
        if case .tooMany(let seconds) = failure { response.headers[.retryAfter] = "\(seconds)" }
        return response
    }

    private static func word(_ failure: WebFailure) -> String {
        switch failure {
        case .notFound: "error_not_found"
        case .forbidden: "error_forbidden"
        case .badForm: "error_form"
        case .badRequest: "error_request"
        case .refused: "error_refused"
        case .tooMany: "error_too_many"
        case .unavailable: "error_unavailable"
        }
    }

    private static func detail(_ failure: WebFailure) -> String? {
        switch failure {
        case .badRequest(let detail), .refused(let detail): detail
        case .notFound: nil
        case .forbidden, .badForm, .tooMany, .unavailable: nil
        }
    }

    /// An error as RFC 9457 has it.
    static func problem(_ status: HTTPResponse.Status, _ detail: String) -> Response {
        let body = ["title": status.reasonPhrase, "detail": detail, "status": "\(status.code)"]
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? encoder.encode(body)) ?? Data()
        return Response(
            status: status, headers: [.contentType: "application/problem+json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
