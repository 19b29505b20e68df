import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules
import Synchronization

/// What the rules as they stand now would have raised over everything that was recorded.
enum BacktestPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/rules/backtest", access: .devices) { try await page($0) }
    ]

    private static func page(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let site = visit.site
        var backtest = try await site.backtests.latest(site)
        let visible = Set(site.residences(visitor).map(\.id))
        backtest.keep { visible.contains($0.alert.subject.residence) }
        let load = AlarmLoad(
            backtest, rules: site.home.rules, home: site.home.home, zones: site.home.zones)
        let length = backtest.end - (backtest.alerts.first?.alert.began ?? backtest.end)
        let rules = load.rules.map { found -> [String: Any] in
            let rule = site.home.rules.rules.first { $0.id == found.rule }
            let own = backtest.alerts.filter { $0.alert.rule == found.rule }
            var entry = parts.priority(rule?.priority ?? .info)
            entry["title"] = rule?.title.map { parts.language($0) } ?? found.rule.rawValue
            entry["sentence"] =
                rule.map { parts.language(Sentence.of($0, in: site.home.home)) } ?? ""
            entry["count"] = "\(found.alerts)"
            entry["longest"] = found.alerts > 0 ? parts.span(found.longest) : "–"
            entry["chattering"] = "\(found.chattering)"
            entry["standing"] = "\(found.standing)"
            entry["last"] =
                own.last.map {
                    parts.time($0.alert.began, $0.alert.subject.residence)
                } ?? "–"
            return entry
        }
        return parts.page(
            "backtest", title: parts.word("backtest"),
            [
                "rules": rules, "entries": "\(backtest.entries)",
                "alerts": "\(backtest.alerts.count)",
                "days": "\(max(0, length.milliseconds) / 86_400_000)",
            ])
    }
}

/// The latest backtest: made once for all who ask, and anew after a while. One at a time, so that nobody can keep the
/// machine busy by asking again.
final class BacktestDesk: Sendable {
    private struct Made {
        var at: Instant
        var task: Task<JournalBacktest, any Error>
    }

    /// So long a backtest is new enough.
    static let fresh = TimeSpan.minutes(10)
    private let made = Mutex<Made?>(nil)

    /// The latest one, or a new one.
    func latest(_ site: WebSite) async throws -> JournalBacktest {
        let now = site.visitorClock.now()
        let task = made.withLock { made in
            if let made, now - made.at < Self.fresh { return made.task }
            let task = Task { [plan = site.home.plan, readers = site.readers] in
                try await readers.read { try JournalBacktest($0, plan: plan) }
            }
            made = Made(at: now, task: task)
            return task
        }
        do { return try await task.value } catch {
            made.withLock { $0 = nil }
            throw error
        }
    }
}
