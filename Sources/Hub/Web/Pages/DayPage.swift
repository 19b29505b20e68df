import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// A residence's day on one time line.
enum DayPage {
    static let routes: [Route] = [
        Route(
            method: .get, path: "/residences/{residence}/day", access: .care,
            subject: .residence("residence")
        ) { visit in
            let id = ResidenceID(rawValue: visit.parameters["residence"] ?? "")
            let today = Timestamp.short(visit.site.clock.now(), in: visit.site.zone(id)).prefix(10)
            return .redirect(to: "/residences/\(id)/day/\(today)", type: .normal)
        },
        Route(
            method: .get, path: "/residences/{residence}/day/{date}", access: .care,
            subject: .residence("residence"), isLogged: true
        ) { try await page($0) },
    ]

    private static func page(_ visit: Visit) async throws -> Response {
        let site = visit.site
        guard let date = CalendarDate(text: visit.parameters["date"] ?? ""),
            let residence = site.home.home.residences.first(where: {
                $0.id.rawValue == visit.parameters["residence"]
            })
        else { throw WebFailure.notFound }
        let zone = site.zone(residence.id)
        let number = date.daysSince1970
        var from = zone.instant(day: number, milliseconds: 0, repeated: .first)
        var to = zone.instant(day: number + 1, milliseconds: 0, repeated: .first)
        let hour = visit.query("hour").flatMap(Int.init)
        if let hour {
            guard (0...23).contains(hour) else { throw WebFailure.badRequest("hour: 0 to 23") }
            from = zone.instant(
                day: number, milliseconds: Int64(hour) * 3_600_000, repeated: .first)
            to = from + .hours(1)
        }
        let devices = site.home.home.devices.filter { $0.residence == residence.id }
        let now = site.clock.now()
        let policy = site.home.configuration?.consent ?? .required
        let subjects = site.home.home.consentSubjects(zones: site.home.zones).filter {
            $0.residence == residence.id
        }
        let day = try await site.readers.read { [from, to] reader in
            let consent = ConsentTimeline(try reader.consentEntries(), policy: policy)
            let span = from..<max(from + .milliseconds(1), min(to, now))
            let closed = Dictionary(
                subjects.map { ($0.subject.device, consent.closed(.care, $0, in: span)) },
                uniquingKeysWith: { first, _ in first })
            return try ResidenceDay.read(
                residence.id, from: from, to: to, devices: devices, now: now, closed: closed,
                reader: reader)
        }
        let parts = PageParts(visit)
        let chart = DayChart(day: day, parts: parts, residence: residence)
        func text(_ day: Int64) -> String { CalendarDate(daysSince1970: day).text }
        let rows = day.lines.flatMap { line in
            line.stretches.map { stretch -> [String: Any] in
                var row: [String: Any] = [
                    "from": parts.time(stretch.from, residence.id),
                    "to": parts.time(stretch.to, residence.id), "where": chart.label(line),
                    "what": chart.what(stretch),
                ]
                if let alert = stretch.alert { row["alert"] = alert.rawValue }
                if let device = line.device, stretch.from < stretch.to || !stretch.what.isEmpty {
                    row["say"] = WordsPage.path(
                        residence.id, device: device, span: stretch.from..<stretch.to, zone: zone)
                }
                return row
            }
        }
        let title = parts.language(residence.title)
        return parts.page(
            "day", title: "\(title) \(text(number))",
            [
                "residence": title, "id": residence.id.rawValue, "date": text(number),
                "previous": text(number - 1), "next": text(number + 1), "chart": chart.svg,
                "rows": Array(rows.prefix(2000)),
                "hours": (0..<24).map { value -> [String: Any] in
                    var entry: [String: Any] = ["hour": "\(value)", "label": "\(value) h"]
                    if value == hour { entry["chosen"] = true }
                    return entry
                },
            ])
    }
}
