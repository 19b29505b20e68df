import Foundation
import Rules

/// How a residence is, as the JSON that subscribers of `foyer/<residence>/state` receive, retained: for a light, a
/// buzzer or a dashboard that need not follow each alert.
struct ResidenceMessage: Encodable, Sendable {
    var residence: String
    var title: AlertMessage.Text
    /// How many alerts are open and not put aside.
    var open: Int
    /// How many of them wait for somebody to say "I am going".
    var calling: Int
    /// The highest priority among those open; `none` where there are none.
    var priority: String
    /// The foremost of them.
    var alert: AlertMessage.Text?
    /// Since when it is so.
    var since: String?

    /// - Parameter alerts: all that are open in the hub, in any order.
    init(_ residence: Residence, alerts: [Alert], plan: Plan) {
        let shown = alerts.filter {
            $0.subject.residence == residence.id && $0.display == .shown
                && $0.condition != .pending
        }
        let foremost = shown.max {
            let left = ($0.response == .unacknowledged ? 1 : 0, $0.priority.rawValue)
            let right = ($1.response == .unacknowledged ? 1 : 0, $1.priority.rawValue)
            // Of equals the one that waits longest; the identifier makes the order whole.
            return left != right
                ? left < right
                : ($1.noticed.milliseconds, $1.id.rawValue)
                    < ($0.noticed.milliseconds, $0.id.rawValue)
        }
        self.residence = residence.id.rawValue
        title = AlertMessage.Text(residence.title)
        open = shown.count
        calling = shown.count { $0.response == .unacknowledged && $0.priority >= .medium }
        priority = shown.map(\.priority).max()?.name ?? "none"
        alert = foremost.map { alert in
            AlertMessage.Text(
                plan.rule(alert.rule)?.title
                    ?? LocalizedText(
                        english: alert.rule.rawValue, french: alert.rule.rawValue))
        }
        since = foremost.map { Timestamp.utc($0.began) }
    }

    /// The topic of a residence.
    static func topic(_ residence: ResidenceID) -> String { "foyer/\(residence)/state" }

    /// Keys are sorted: the same state gives the same bytes.
    func encoded() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts and numbers only: this cannot fail.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }
}
