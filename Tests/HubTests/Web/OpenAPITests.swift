import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Rules
import Testing

@testable import Hub

@Suite("The API and its OpenAPI description")
struct OpenAPITests {
    private static func description() throws -> [String: Any] {
        try #require(
            try JSONSerialization.jsonObject(with: Data(OpenAPI.description.utf8))
                as? [String: Any])
    }

    private static func at(_ path: [String], _ json: Any) -> Any? {
        path.reduce(json as Any?) { ($0 as? [String: Any])?[$1] }
    }

    @Test("each route of the API is described, with its method, and nothing else is")
    func routes() throws {
        let rig = try WebRig()
        let paths = try #require(Self.description()["paths"] as? [String: [String: Any]])
        let described = Set(
            paths.flatMap { path, methods in methods.keys.map { "\($0.uppercased()) \(path)" } })
        let routes = Set(
            WebService.routes(rig.live).filter { $0.path.hasPrefix("/api/") }
                .map { "\($0.method) \($0.path)" })
        #expect(described == routes)
    }

    /// One answer of the API.
    private struct Answer: Sendable {
        var path: String
        var method: String
        var status: Int
        var type: String
        var body: String
    }

    private static func answers(
        _ rig: WebRig, _ operations: [(path: String, method: String)], alert: AlertID
    ) async throws -> [Answer] {
        let (cookie, token) = try rig.signIn("team_leader")
        return try await rig.application.test(.router) { client in
            var answers: [Answer] = []
            for (path, method) in operations {
                for id in [alert.rawValue, "nowhere"] {
                    var headers: HTTPFields = [.cookie: cookie, .contentType: "application/json"]
                    headers[try #require(HTTPField.Name("X-Form-Token"))] = token
                    let answer = try await client.execute(
                        uri: path.replacingOccurrences(of: "{id}", with: id),
                        method: method == "get" ? .get : .post, headers: headers,
                        body: method == "post" ? ByteBuffer(string: "{}") : nil)
                    answers.append(
                        Answer(
                            path: path, method: method, status: Int(answer.status.code),
                            type: answer.headers[.contentType] ?? "",
                            body: String(buffer: answer.body)))
                }
            }
            return answers
        }
    }

    @Test("answers are as described, field by field, and so are refusals")
    func answers() async throws {
        let rig = try WebRig()
        let document = try Self.description()
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let operations = paths.sorted { $0.key < $1.key }.flatMap { path, methods in
            methods.keys.sorted().map { (path: path, method: $0) }
        }
        let alert = try #require(rig.alerts["own"])
        let answers = try await Self.answers(rig, operations, alert: alert)
        #expect(answers.count == 2 * operations.count)
        #expect(answers.contains { $0.status == 200 } && answers.contains { $0.status == 404 })
        for answer in answers {
            let what = "\(answer.method) \(answer.path)"
            let responses = try #require(
                Self.at([answer.path, answer.method, "responses"], paths) as? [String: Any])
            let described = try #require(
                responses["\(answer.status)"] ?? responses["default"],
                "\(what): \(answer.status) is not described")
            let media = try #require(
                Self.at(["content"], Self.resolved(described, document)) as? [String: Any])
            let type = try #require(media.keys.first)
            #expect(answer.type.hasPrefix(type), "\(what)")
            let body = try JSONSerialization.jsonObject(with: Data(answer.body.utf8))
            let schema = try #require(Self.at([type, "schema"], media))
            let problems = Self.problems(body, schema, document, what)
            #expect(problems.isEmpty, "\(problems)")
        }
    }

    @Test(
        "the check finds a missing field, a wrong type, a word that is not in the list, and a field nobody described"
    )
    func bites() throws {
        let document = try Self.description()
        let schema: [String: Any] = ["$ref": "#/components/schemas/Problem"]
        func found(_ body: [String: Any]) -> Int {
            Self.problems(body, schema, document, "").count
        }
        #expect(found(["title": "a", "detail": "b", "status": "c"]) == 0)
        #expect(found(["title": "a", "detail": "b"]) == 1)
        #expect(found(["title": 1, "detail": "b", "status": "c"]) == 1)
        #expect(found(["title": "a", "detail": "b", "status": "c", "more": 1]) == 1)
        #expect(Self.problems("x", ["enum": ["a", "b"]], document, "").count == 1)
    }

    private static func resolved(_ schema: Any, _ document: [String: Any]) -> Any {
        guard let reference = (schema as? [String: Any])?["$ref"] as? String else { return schema }
        let path = reference.dropFirst(2).split(separator: "/").map(String.init)
        return at(path, document).map { resolved($0, document) } ?? [:]
    }

    /// What of a value is not as a schema says: the part of JSON Schema that the description uses.
    private static func problems(
        _ value: Any, _ schema: Any, _ document: [String: Any], _ place: String
    ) -> [String] {
        guard let schema = resolved(schema, document) as? [String: Any] else {
            return ["\(place): no schema"]
        }
        if let words = schema["enum"] as? [String] {
            return words.contains(value as? String ?? "")
                ? [] : ["\(place): \(value) is not of \(words)"]
        }
        if let constant = schema["const"] as? Bool {
            return value as? Bool == constant ? [] : ["\(place): \(value)"]
        }
        switch schema["type"] as? String {
        case "string":
            guard let text = value as? String else { return ["\(place): \(value) is no text"] }
            guard schema["format"] as? String == "date-time" else { return [] }
            return Instant(iso: text) == nil ? ["\(place): \(text) is no time"] : []
        case "integer": return value is Int ? [] : ["\(place): \(value) is no whole number"]
        case "boolean": return value is Bool ? [] : ["\(place): \(value) is no boolean"]
        case "array":
            guard let values = value as? [Any] else { return ["\(place): no list"] }
            return values.enumerated().flatMap {
                problems($0.element, schema["items"] ?? [:], document, "\(place)[\($0.offset)]")
            }
        case "object":
            guard let fields = value as? [String: Any] else { return ["\(place): no object"] }
            guard let known = schema["properties"] as? [String: Any] else { return [] }
            let missing = (schema["required"] as? [String] ?? []).filter { fields[$0] == nil }
            return missing.map { "\(place): no \($0)" }
                + fields.flatMap { name, value in
                    known[name].map { problems(value, $0, document, "\(place).\(name)") }
                        ?? ["\(place).\(name) is not described"]
                }
        default: return ["\(place): the schema has a type that the test does not know"]
        }
    }
}
