import Crypto
import Foundation
import Rules

/// A notice as channels carry it: a short text for people, and JSON for machines.
struct NoticeMessage: Sendable {
    let notice: Notice
    let alerts: [Alert]
    let home: LoadedHome

    /// What, where, since when, what to do: in both languages, French first; fit for an SMS of two parts.
    var text: String {
        let lines = [line(french: true), line(french: false)]
        return lines.joined(separator: "\n")
    }

    /// A heading of one line.
    var title: String {
        let site = home.configuration?.title.french ?? "Foyer"
        return alerts.first.map { "\(site) – \(title(of: $0, french: true))" } ?? site
    }

    private func title(of alert: Alert, french: Bool) -> String {
        let title = home.plan.rule(alert.rule)?.title
        return title.map { french ? $0.french : $0.english } ?? alert.rule.rawValue
    }

    private func line(french: Bool) -> String {
        guard let alert = alerts.first else {
            switch notice.kind {
            case .handover: return french ? "Relève à accepter." : "A handover waits."
            default: return french ? "Message de Foyer." : "A message of Foyer."
            }
        }
        let residence = home.home.residences.first { $0.id == alert.subject.residence }
        let room = residence?.rooms.first { $0.id == alert.subject.room }
        func said(_ text: LocalizedText) -> String { french ? text.french : text.english }
        // Which device it is the page says; but of a bridge this is what it is about.
        let bridge = alert.subject.device.flatMap { home.home.bridge($0) }
        let place = [
            residence.map { said($0.title) }, room.map { said($0.title) },
            bridge.map { said($0.title) },
        ].compactMap { $0 }.joined(separator: ", ")
        let zone = home.plan.roster.zone(of: alert.subject.residence)
        let since = Timestamp.short(alert.began, in: zone).dropFirst(11).prefix(5)
        var line = word(french: french)
        line += "\(title(of: alert, french: french)) – \(place) – \(since)."
        if alerts.count > 1 { line += " +\(alerts.count - 1)." }
        if [.alert, .reminder, .strengthened, .unshelved, .drill].contains(notice.kind),
            let text = home.plan.rule(alert.rule)?.instruction
        {
            line += " " + said(text)
        }
        return line
    }

    private func word(french: Bool) -> String {
        switch notice.kind {
        case .alert: ""
        case .reminder: french ? "Rappel : " : "Reminder: "
        case .strengthened: french ? "Plus urgent : " : "More urgent: "
        case .unshelved: french ? "De nouveau : " : "Again: "
        case .answered: french ? "Quelqu'un y va : " : "Somebody goes: "
        case .resolved: french ? "Terminé : " : "Over: "
        case .handover: french ? "Relève : " : "Handover: "
        case .digest: french ? "Récapitulatif : " : "Digest: "
        // The alert's own title says that it is one.
        case .drill: ""
        }
    }

    private struct Body: Encodable {
        var id: String
        var kind: String
        var residence: String
        var recipient: String
        var due: String
        var late: Bool
        var title: String
        var text: String
        var alerts: [AlertMessage]
    }

    /// Foyer's own form.
    func json(recipient: String) throws -> Data {
        let body = Body(
            id: notice.id.rawValue, kind: notice.kind.name, residence: notice.residence.rawValue,
            recipient: recipient, due: Timestamp.utc(notice.due),
            late: notice.noticed > notice.due, title: title, text: text,
            alerts: alerts.map {
                AlertMessage($0, rule: home.plan.rule($0.rule), home: home.home, events: [])
            })
        return try Self.encoder.encode(body)
    }

    private struct Alertmanager: Encodable {
        struct Entry: Encodable {
            var status: String
            var labels: [String: String]
            var annotations: [String: String]
            var startsAt: String
            var endsAt: String
            var fingerprint: String
        }
        var version = "4"
        var groupKey: String
        var status: String
        var receiver: String
        var groupLabels: [String: String]
        var commonLabels: [String: String]
        var commonAnnotations: [String: String]
        var externalURL = ""
        var truncatedAlerts = 0
        var alerts: [Entry]
    }

    /// As Alertmanager's webhook sends it: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
    func alertmanager(receiver: String) throws -> Data {
        let entries = alerts.map { alert in
            Alertmanager.Entry(
                status: alert.response == .resolved ? "resolved" : "firing",
                labels: [
                    "alertname": alert.rule.rawValue, "severity": alert.priority.name,
                    "residence": alert.subject.residence.rawValue,
                    "instance": alert.subject.description,
                ],
                annotations: [
                    "summary": title(of: alert, french: false), "description": text,
                ],
                startsAt: Timestamp.utc(alert.began),
                endsAt: alert.resolved.map(Timestamp.utc) ?? "0001-01-01T00:00:00Z",
                fingerprint: alert.id.rawValue)
        }
        let isFiring = entries.contains { $0.status == "firing" }
        return try Self.encoder.encode(
            Alertmanager(
                groupKey: notice.id.rawValue, status: isFiring ? "firing" : "resolved",
                receiver: receiver, groupLabels: ["residence": notice.residence.rawValue],
                commonLabels: ["residence": notice.residence.rawValue],
                commonAnnotations: [:], alerts: entries))
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// `t=SECONDS,v1=HEX`: HMAC-SHA256 over `SECONDS.BODY`, so that a receiver can refuse what is old or not ours.
    static func signature(_ body: Data, secret: String, seconds: Int64) -> String {
        var signed = Data("\(seconds).".utf8)
        signed.append(body)
        let code = HMAC<SHA256>.authenticationCode(
            for: signed, using: SymmetricKey(data: Data(secret.utf8)))
        return "t=\(seconds),v1=" + code.map { String(format: "%02x", $0) }.joined()
    }
}
