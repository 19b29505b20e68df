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
        let now = visit.site.clock.now()
        let home = visit.site.home
        let residences = visit.site.residences(visitor)
        let items = try await visit.site.readers.read { reader in
            try ResidenceResponse.all(
                of: residences, in: (now - .days(days))..<(now + .milliseconds(1)), home: home,
                reader: reader, at: now)
        }
        let sections = items.map { item -> [String: Any] in
            [
                "title": parts.language(item.residence.title),
                "lines": item.lines.map { line($0.shift, $0.figures, visit, parts) },
            ]
        }
        return parts.page("figures", title: parts.word("figures"), ["residences": sections])
    }

    /// How far back it looks.
    private static let days: Int64 = 28

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
