import Foundation
public import Rules

/// An alert as the JSON that subscribers of `foyer/<residence>/alerts/<alert id>` receive. Keys are sorted, times are
/// ISO 8601 in UTC with milliseconds: the same alert gives the same bytes.
public struct AlertMessage: Encodable, Sendable {
    struct Text: Encodable, Sendable {
        var en: String
        var fr: String

        init(_ text: LocalizedText) {
            en = text.english
            fr = text.french
        }
    }

    struct Place: Encodable, Sendable {
        var residence: String
        var residence_title: Text?
        var room: String?
        var room_title: Text?
        var person: String?
        var device: String?
        var device_title: Text?
    }

    struct Evidence: Encodable, Sendable {
        var sequence: Int64
        var device: String
        var capability: String
        var value: String
        var time: String
    }

    var id: String
    var rule: String
    var severity: String
    var condition: String
    var response: String
    var display: String
    var display_until: String?
    var display_by: String?
    var display_reason: String?
    var title: Text
    var text: Text?
    var question: Text?
    var place: Place
    var began: String
    var noticed: String
    var late: Bool
    var count: Int
    var acknowledged: String?
    var acknowledged_by: String?
    var on_site: String?
    var on_site_by: String?
    var outcome: String?
    var resolved: String?
    var resolved_by: String?
    var note: String?
    var events: [Evidence]

    /// An alert as JSON, with the events that made it.
    public static func encoded(
        _ alert: Alert, rule: Rule?, home: Home, events: [(event: Event, key: StreamKey)]
    ) -> [UInt8] {
        AlertMessage(alert, rule: rule, home: home, events: events).encoded()
    }

    /// The topic of an alert.
    static func topic(_ alert: Alert) -> String {
        "foyer/\(alert.subject.residence)/alerts/\(alert.id)"
    }

    /// What the person is asked where the rule has no words of its own.
    static let isAllWell = LocalizedText(english: "Is all well?", french: "Tout va bien ?")

    init(_ alert: Alert, rule: Rule?, home: Home, events: [(event: Event, key: StreamKey)]) {
        id = alert.id.rawValue
        self.rule = alert.rule.rawValue
        severity = alert.priority.name
        condition = alert.condition.name
        response = alert.response.name
        display = alert.display.name
        display_until = alert.displayUntil.map(Timestamp.utc)
        display_by = alert.displayBy
        display_reason = alert.displayReason
        title = Text(
            rule?.title
                ?? LocalizedText(english: alert.rule.rawValue, french: alert.rule.rawValue))
        text = rule?.instruction.map(Text.init)
        if alert.response == .asked { question = Text(rule?.askFirst?.question ?? Self.isAllWell) }
        let residence = home.residences.first { $0.id == alert.subject.residence }
        let room = residence?.rooms.first { $0.id == alert.subject.room }
        let device = alert.subject.device.flatMap { home.title(of: $0) }
        place = Place(
            residence: alert.subject.residence.rawValue,
            residence_title: residence.map { Text($0.title) },
            room: alert.subject.room?.rawValue, room_title: room.map { Text($0.title) },
            person: alert.subject.person?.rawValue, device: alert.subject.device?.rawValue,
            device_title: device.map { Text($0) })
        began = Timestamp.utc(alert.began)
        noticed = Timestamp.utc(alert.noticed)
        late = alert.late
        count = alert.count
        acknowledged = alert.acknowledged.map(Timestamp.utc)
        acknowledged_by = alert.acknowledgedBy
        on_site = alert.onSite.map(Timestamp.utc)
        on_site_by = alert.onSiteBy
        outcome = alert.outcome?.name
        resolved = alert.resolved.map(Timestamp.utc)
        resolved_by = alert.resolvedBy
        note = alert.note
        self.events = events.map { item in
            Evidence(
                sequence: item.event.sequence.rawValue, device: item.key.device.rawValue,
                capability: item.key.capability.rawValue, value: item.event.value.plainText,
                time: Timestamp.utc(item.event.effective))
        }
    }

    /// The bytes.
    func encoded() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings, numbers and booleans only: there is nothing that cannot be encoded.
        return (try? encoder.encode(self)).map { [UInt8]($0) } ?? []
    }
}
