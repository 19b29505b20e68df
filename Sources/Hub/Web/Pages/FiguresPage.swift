import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// How alerts were answered, per residence and shift.
enum FiguresPage {
    static let routes: [Route] = [
        Route(method: .get, path: "/figures", access: .lead) { try await page($0) }
    ]

    private static func page(_ visit: Visit) async throws -> Response {
        guard let visitor = visit.visitor else { throw WebFailure.forbidden }
        let parts = PageParts(visit)
        let residences = try await figures(visit, visitor).map { item -> [String: Any] in
            [
                "title": parts.language(item.residence.title),
                "lines": item.lines.map { line($0.shift, $0.figures, visit, parts) },
            ]
        }
        return parts.page("figures", title: parts.word("figures"), ["residences": residences])
    }

    struct Item: Sendable {
        var residence: Residence
        /// nil for the whole day.
        var lines: [(shift: String?, figures: ResponseFigures)]
    }

    /// The figures of the last 28 days.
    static func figures(_ visit: Visit, _ visitor: Visitor) async throws -> [Item] {
        let now = visit.site.clock.now()
        let days = 28.0
        let residences = visit.site.residences(visitor)
        let filter = AlertFilter(
            residences: Set(residences.map(\.id)), from: now - .days(Int64(days)))
        let alerts = try await visit.site.readers.read { try $0.alerts(filter, limit: 200_000) }
        let roster = visit.site.home.plan.roster
        return residences.map { residence in
            let own = alerts.filter { $0.subject.residence == residence.id }
            var lines: [(shift: String?, figures: ResponseFigures)] = [
                (nil, ResponseFigures(own, hours: 24 * days, at: now))
            ]
            let shifts = Dictionary(grouping: own) {
                roster.onShift(residence.id, at: $0.noticed).shifts.first ?? ""
            }
            for shift in roster.staff.shifts {
                guard let alerts = shifts[shift.name] else { continue }
                let hours = Double(shift.window.minutesLong) / 60 * days
                lines.append((shift.name, ResponseFigures(alerts, hours: hours, at: now)))
            }
            return Item(residence: residence, lines: lines)
        }
    }

    private static func line(
        _ shift: String?, _ figures: ResponseFigures, _ visit: Visit, _ parts: PageParts
    ) -> [String: Any] {
        let title = visit.site.home.staff.shifts.first { $0.name == shift }?.title
        func share(_ value: Double?) -> String {
            value.map { "\(Int(($0 * 100).rounded())) %" } ?? "–"
        }
        func span(_ seconds: Double?) -> String {
            seconds.map { parts.span(.seconds(Int64($0.rounded()))) } ?? "–"
        }
        return [
            "shift": title.map { parts.language($0) } ?? parts.word("all"),
            "count": "\(figures.count)",
            "load": figures.anHour.map {
                String(format: "%.2f", $0).replacingOccurrences(
                    of: ".", with: parts.language == .french ? "," : ".")
            } ?? "–",
            "median": span(figures.medianToAcknowledge),
            "ninetieth": span(figures.ninetiethToAcknowledge),
            "within60": share(figures.within60), "within180": share(figures.within180),
            "there": span(figures.medianToBeThere), "falseShare": share(figures.falseShare),
            "chattering": share(figures.chattering), "standing": "\(figures.standing)",
        ]
    }
}

extension Window {
    /// How long it is on a day without a change of the clock, in minutes; 0 where the sun decides.
    var minutesLong: Int {
        guard case .clock(let from) = from, case .clock(let to) = to else { return 0 }
        return to > from ? to - from : to + 1440 - from
    }
}
