import Hub
import Rules

/// One word of what people said about what may be recorded: who it is about, and what it was.
struct ConsentLine {
    let entry: CommandEntry
    /// Whose data it is about.
    let person: PersonID

    /// Nil for a command that is about something else.
    init?(_ entry: CommandEntry) {
        switch entry.command {
        case .consent(let record): person = record.person
        case .represented(let person, _, _), .pause(let person, _, _), .resume(let person, _):
            self.person = person
        default: return nil
        }
        self.entry = entry
    }

    /// The same for programs: times in UTC, and what was not said is not there.
    struct Wire: Encodable {
        var sequence: Int64
        var at: String
        var kind: String
        var person: String
        var by: String
        var purpose: String?
        var decision: String?
        var capacity: String?
        var devices: [String]?
        var rooms: [String]?
        var hours: String?
        var from: String?
        var until: String?
        var also_in_pause: Bool?
        var text_version: String?
        var text_sha256: String?
        var form: String?
        var understanding: String?
        var checked_by: String?
        var represented: Bool?
    }

    /// The word for programs.
    var wire: Wire {
        var wire = Wire(
            sequence: entry.sequence.rawValue, at: Timestamp.utc(entry.received), kind: "",
            person: person.rawValue, by: "")
        switch entry.command {
        case .consent(let record): fill(&wire, record)
        case .represented(_, let isRepresented, let actor):
            (wire.kind, wire.by, wire.represented) = ("represented", actor, isRepresented)
        case .pause(_, let until, let actor):
            (wire.kind, wire.by, wire.until) = ("pause", actor, Timestamp.utc(until))
        case .resume(_, let actor): (wire.kind, wire.by) = ("resume", actor)
        default: break
        }
        return wire
    }

    private func fill(_ wire: inout Wire, _ record: ConsentRecord) {
        (wire.kind, wire.by) = ("consent", record.speaker)
        wire.purpose = "\(record.purpose)"
        wire.decision = record.decision.rawValue
        wire.capacity = record.capacity.rawValue
        if !record.scope.devices.isEmpty {
            wire.devices = record.scope.devices.sorted().map(\.rawValue)
        }
        if !record.scope.rooms.isEmpty { wire.rooms = record.scope.rooms.sorted().map(\.rawValue) }
        wire.hours = record.scope.hours?.consentText
        wire.from = Timestamp.utc(record.from)
        wire.until = record.until.map { Timestamp.utc($0) }
        guard record.decision == .agrees else { return }
        wire.also_in_pause = record.goesOnInPause
        wire.text_version = record.information.version
        wire.text_sha256 = record.information.hash
        wire.form = record.information.form
        wire.understanding = record.understanding
        wire.checked_by = record.checkedBy
    }
}
