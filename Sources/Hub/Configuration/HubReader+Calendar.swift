import Foundation
import Rules

/// Where residences are, and the site's holidays.
extension HubReader {
    /// `latitude` and `longitude`, in degrees; nil where neither is given.
    mutating func position(_ fields: Fields, what: String) -> GeographicPosition? {
        let latitude = degrees(fields, "latitude", limit: 90, what: what)
        let longitude = degrees(fields, "longitude", limit: 180, what: what)
        for (key, other) in [("latitude", "longitude"), ("longitude", "latitude")] {
            guard let node = fields[key], fields[other] == nil else { continue }
            error("missing-key", "\(what) has \"\(key)\" and so needs \"\(other)\" too", at: node)
        }
        guard let latitude, let longitude else { return nil }
        return GeographicPosition(latitude: latitude, longitude: longitude)
    }

    /// A residence's own position, else the site's; a warning where its sun does not go with its clock.
    mutating func placed(
        _ fields: Fields, _ what: String, zone: String, otherwise: GeographicPosition?
    ) -> GeographicPosition? {
        guard let position = position(fields, what: what) ?? otherwise else { return nil }
        // On 1 January 2026: summer time moves the clock by an hour at most.
        let moment = Date(timeIntervalSince1970: 1_767_225_600)
        guard let zone = TimeZone(identifier: zone) else { return position }
        let meridian = Double(zone.secondsFromGMT(for: moment)) / 240
        let apart = (position.longitude - meridian).remainder(dividingBy: 360)
        // In the far west of China the clock is three hours ahead of the sun; nowhere four.
        if apart.magnitude > 60 {
            let node = fields["longitude"] ?? fields["id"]
            diagnostics.append(
                Diagnostic(
                    .warning, code: "longitude-and-zone",
                    "\(what): longitude \(position.longitude) is far from time zone "
                        + "\(zone.identifier); is its sign right? East is positive, west negative",
                    at: node?.location ?? fields.location))
        }
        return position
    }

    private mutating func degrees(
        _ fields: Fields, _ key: String, limit: Double, what: String
    ) -> Double? {
        guard let node = fields[key],
            let text = node.text("\(what), \(key)", diagnostics: &diagnostics)
        else { return nil }
        if let number = Double(text), number.magnitude <= limit { return number }
        let (positive, negative) = key == "latitude" ? ("north", "south") : ("east", "west")
        error(
            "bad-position",
            "\(what), \(key): \"\(text.prefix(40))\" is not an angle from -\(Int(limit)) to \(Int(limit)); write "
                + "degrees with a decimal point, positive for \(positive) and negative for \(negative)",
            at: node, length: max(1, min(text.count, 40)))
        return nil
    }

    /// `[2026-12-25, {from: …, to: …}]`, `fr`, or `{calendar: fr, also: […], except: […]}`.
    mutating func holidays(_ node: Node) -> Holidays? {
        switch node {
        case .list(let items, _):
            return Holidays(spans: items.compactMap { span($0, what: "holidays") })
        case .scalar(let text, _, _) where CalendarDate(text: text) == nil:
            return calendar(node).map { Holidays(calendar: $0) }
        case .scalar:
            return span(node, what: "holidays").map { Holidays(spans: [$0]) }
        case .mapping:
            guard
                let fields = Fields(
                    node, subject: "holidays", known: ["calendar", "also", "except"],
                    diagnostics: &diagnostics)
            else { return nil }
            let calendar = fields["calendar"].flatMap { self.calendar($0) }
            let also = (fields["also"]?.items ?? []).compactMap {
                span($0, what: "holidays, also")
            }
            let exceptions = (fields["except"]?.items ?? []).compactMap {
                date($0, what: "holidays, except")
            }
            return Holidays(spans: also, calendar: calendar, except: exceptions)
        }
    }

    private mutating func calendar(_ node: Node) -> Holidays.Calendar? {
        guard let text = node.text("holidays, calendar", diagnostics: &diagnostics) else {
            return nil
        }
        if let calendar = Holidays.Calendar(rawValue: text) { return calendar }
        error(
            "unknown-calendar",
            "holidays: \"\(text.prefix(40))\" is neither a date such as 2026-12-25 nor a calendar that is known"
                + suggestion(for: text, among: Holidays.Calendar.allCases.map(\.rawValue)),
            at: node, length: max(1, min(text.count, 40)))
        return nil
    }

    /// One date, or `{from: …, to: …}` with both included.
    private mutating func span(_ node: Node, what: String) -> ClosedRange<Int64>? {
        guard case .mapping = node else { return date(node, what: what).map { $0...$0 } }
        guard
            let fields = Fields(
                node, subject: "a span of \(what)", known: ["from", "to"],
                diagnostics: &diagnostics)
        else { return nil }
        let from = fields.required("from", subject: what, diagnostics: &diagnostics)
            .flatMap { date($0, what: "\(what), from") }
        let to = fields.required("to", subject: what, diagnostics: &diagnostics)
        guard let from, let to, let end = date(to, what: "\(what), to") else { return nil }
        guard from <= end else {
            error("bad-date", "\(what): the span ends before it begins; swap from and to", at: to)
            return nil
        }
        return from...end
    }

    private mutating func date(_ node: Node, what: String) -> Int64? {
        guard let text = node.text(what, diagnostics: &diagnostics) else { return nil }
        if let date = CalendarDate(text: text) { return date.daysSince1970 }
        error(
            "bad-date",
            "\(what): \"\(text.prefix(40))\" is not a date; write year, month and day, such as 2026-12-25",
            at: node, length: max(1, min(text.count, 40)))
        return nil
    }
}
