import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// The rules as sentences, with how often each called.
enum RulesPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/rules", access: .devices) { try await page($0) }
    ]

    private static func page(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let filter = AlertFilter(
            residences: Set(visit.site.residences(visitor).map(\.id)),
            from: visit.site.clock.now() - .days(28))
        let alerts = try await visit.site.readers.read { try $0.alerts(filter, limit: 100_000) }
        let byRule = Dictionary(grouping: alerts, by: \.rule)
        let rules = visit.site.home.rules.rules.sorted {
            ($1.priority.rawValue, $0.id.rawValue) < ($0.priority.rawValue, $1.id.rawValue)
        }.map { rule -> [String: Any] in
            let own = byRule[rule.id] ?? []
            var entry = parts.priority(rule.priority)
            entry["title"] = rule.title.map { parts.language($0) } ?? rule.id.rawValue
            entry["sentence"] = parts.language(Sentence.of(rule, in: visit.site.home.home))
            entry["count"] = "\(own.count)"
            let wrong = own.count { $0.outcome == .false }
            if wrong > 0 { entry["falseCount"] = "\(wrong)" }
            if let text = rule.instruction { entry["instruction"] = parts.language(text) }
            entry["chain"] =
                rule.priority < .medium
                ? "" : parts.language(visit.site.home.staff.chain(rule.chain).title)
            return entry
        }
        return parts.page("rules", title: parts.word("rules"), ["rules": rules])
    }
}
