import Foundation
import GRDB
public import Rules

/// Episodes as rows.
enum EpisodeRows {
    /// Stores an episode as it is now, in place of what was stored of it before.
    static func store(_ episode: Episode, in database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO episodes (id, trace, version, residence, room, person, device, began, ended,
                  settled, censored, attributes, first_sequence, last_sequence, events, merges, late)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            episode.id.rawValue, episode.trace.rawValue, episode.version,
            episode.subject.residence.rawValue, episode.subject.room?.rawValue,
            episode.subject.person?.rawValue, episode.subject.device?.rawValue,
            episode.start.milliseconds, episode.end?.milliseconds, episode.settled?.milliseconds,
            episode.censored?.rawValue, try EpisodeAttributes(episode.attributes).text(),
            episode.first.rawValue, episode.last.rawValue, episode.events, episode.merges,
            episode.late,
        ])
    }

    /// The episodes that a condition takes, oldest first.
    static func fetch(
        _ database: Database, where condition: String, arguments: StatementArguments = [],
        limit: Int = .max
    ) throws -> [Episode] {
        try Row.fetchAll(
            database,
            sql: "SELECT * FROM episodes WHERE \(condition) ORDER BY began, id LIMIT \(limit)",
            arguments: arguments
        ).compactMap(episode)
    }

    private static func episode(_ row: Row) throws -> Episode {
        func moment(_ column: String) -> Instant? {
            (row[column] as Int64?).map { Instant(milliseconds: $0) }
        }
        return Episode(
            id: EpisodeID(rawValue: row["id"]), trace: TraceID(rawValue: row["trace"]),
            version: row["version"],
            subject: Subject(
                residence: ResidenceID(rawValue: row["residence"]),
                room: (row["room"] as String?).map { RoomID(rawValue: $0) },
                person: (row["person"] as String?).map { PersonID(rawValue: $0) },
                device: (row["device"] as String?).map { DeviceID(rawValue: $0) }),
            start: Instant(milliseconds: row["began"]), end: moment("ended"),
            settled: moment("settled"),
            censored: (row["censored"] as String?).flatMap { Censoring(rawValue: $0) },
            attributes: try EpisodeAttributes.attributes(row["attributes"]),
            first: SequenceNumber(rawValue: row["first_sequence"]),
            last: SequenceNumber(rawValue: row["last_sequence"]), events: row["events"],
            merges: row["merges"], late: row["late"])
    }
}

/// An episode's attributes as a JSON object: `{"alone":true,"room":"tilleuls/kitchen"}`.
public struct EpisodeAttributes: Codable, Sendable {
    private struct JSONValue: Codable {
        var value: Value

        init(_ value: Value) { self.value = value }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                value = .unknown
            } else if let flag = try? container.decode(Bool.self) {
                value = .boolean(flag)
            } else if let number = try? container.decode(Double.self) {
                value = .number(number)
            } else {
                value = .text(try container.decode(String.self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch value {
            case .unknown: try container.encodeNil()
            case .boolean(let flag): try container.encode(flag)
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }
    }

    private var fields: [String: JSONValue]

    /// The attributes of an episode.
    public init(_ attributes: [Episode.Attribute]) {
        fields = Dictionary(attributes.map { ($0.name, JSONValue($0.value)) }) { first, _ in first }
    }

    /// Reads an object of values.
    public init(from decoder: any Decoder) throws {
        fields = try decoder.singleValueContainer().decode([String: JSONValue].self)
    }

    /// Writes an object of values.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(fields)
    }

    /// As text with sorted keys.
    public func text() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The attributes in a text, in the order of their names.
    static func attributes(_ text: String) throws -> [Episode.Attribute] {
        try JSONDecoder().decode(EpisodeAttributes.self, from: Data(text.utf8)).fields
            .sorted { $0.key < $1.key }
            .map { Episode.Attribute(name: $0.key, value: $0.value.value) }
    }
}
