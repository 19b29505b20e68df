import Foundation
import Rules

/// How commands lie in the journal: a kind and a JSON body with sorted keys.
enum StoredCommand {
    static func encode(_ command: Command) throws -> (kind: String, body: String) {
        switch command {
        case .acknowledge(let alert, let actor):
            ("acknowledge", try json(["alert": alert.rawValue, "by": actor]))
        case .resolve(let alert, let actor, let note):
            ("resolve", try json(["alert": alert.rawValue, "by": actor, "note": note]))
        case .answer(let alert, let isFine, let actor):
            (
                "answer",
                try json(["alert": alert.rawValue, "by": actor, "fine": isFine ? "yes" : "no"])
            )
        case .away(let residence, let isAway, let actor):
            (
                "away",
                try json([
                    "residence": residence.rawValue, "by": actor, "away": isAway ? "yes" : "no",
                ])
            )
        case .configured(let hash):
            ("configured", try json(["hash": hash]))
        case .gap(let from, let to):
            (
                "gap",
                try json(["from": String(from.milliseconds), "to": String(to.milliseconds)])
            )
        }
    }

    /// nil where the kind is not known, or the body lacks what it needs.
    static func decode(kind: String, body: String) -> Command? {
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(body.utf8))
        else { return nil }
        switch kind {
        case "acknowledge":
            guard let alert = fields["alert"], let actor = fields["by"] else { return nil }
            return .acknowledge(AlertID(rawValue: alert), by: actor)
        case "resolve":
            guard let alert = fields["alert"], let actor = fields["by"] else { return nil }
            return .resolve(AlertID(rawValue: alert), by: actor, note: fields["note"])
        case "answer":
            guard let alert = fields["alert"], let actor = fields["by"], let fine = fields["fine"]
            else { return nil }
            return .answer(AlertID(rawValue: alert), isFine: fine == "yes", by: actor)
        case "away":
            guard let residence = fields["residence"], let actor = fields["by"],
                let away = fields["away"]
            else { return nil }
            return .away(ResidenceID(rawValue: residence), away == "yes", by: actor)
        case "configured":
            return fields["hash"].map { .configured(hash: $0) }
        case "gap":
            guard let from = fields["from"].flatMap(Int64.init),
                let to = fields["to"].flatMap(Int64.init)
            else { return nil }
            return .gap(from: Instant(milliseconds: from), to: Instant(milliseconds: to))
        default:
            return nil
        }
    }

    private static func json(_ fields: [String: String?]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields.compactMapValues { $0 }), as: UTF8.self)
    }
}
