import Foundation
import Rules

/// How commands lie in the journal and travel over the control socket: a kind, and named texts as a JSON object with
/// sorted keys.
enum StoredCommand {
    /// A command that cannot be read.
    enum Failure: Error, Hashable {
        /// There is no such kind.
        case unknownKind(String)
        /// A text that the kind needs is missing or is not of its form.
        case missing(String)
    }

    static func encode(_ command: Command) throws -> (kind: String, body: String) {
        let (kind, fields) = fields(of: command)
        return (kind, try body(fields))
    }

    /// The texts of a command as they lie in the journal.
    static func body(_ fields: [String: String]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(fields), as: UTF8.self)
    }

    /// nil where the kind is not known, or the body lacks what it needs.
    static func decode(kind: String, body: String) -> Command? {
        guard let fields = try? JSONDecoder().decode([String: String].self, from: Data(body.utf8))
        else { return nil }
        return try? command(kind: kind, fields: fields)
    }

    /// A command's kind and its texts.
    static func fields(of command: Command) -> (kind: String, fields: [String: String]) {
        let (kind, fields): (String, [String: String?]) =
            switch command {
            case .acknowledge(let alert, let actor):
                ("acknowledge", ["alert": alert.rawValue, "by": actor])
            case .arrive(let alert, let actor):
                ("arrive", ["alert": alert.rawValue, "by": actor])
            case .resolve(let alert, let actor, let outcome, let note):
                (
                    "resolve",
                    [
                        "alert": alert.rawValue, "by": actor, "outcome": outcome?.name,
                        "note": note,
                    ]
                )
            case .shelve(let alert, let until, let actor, let reason):
                (
                    "shelve",
                    [
                        "alert": alert.rawValue, "until": text(until), "by": actor,
                        "reason": reason,
                    ]
                )
            case .unshelve(let alert, let actor):
                ("unshelve", ["alert": alert.rawValue, "by": actor])
            case .service(.device(let device), let isOut, let actor, let reason):
                (
                    "service",
                    [
                        "device": device.rawValue, "out": text(isOut), "by": actor,
                        "reason": reason,
                    ]
                )
            case .service(.rule(let rule, let residence), let isOut, let actor, let reason):
                (
                    "service",
                    [
                        "rule": rule.rawValue, "residence": residence.rawValue,
                        "out": text(isOut), "by": actor, "reason": reason,
                    ]
                )
            case .answer(let alert, let isFine, let actor):
                ("answer", ["alert": alert.rawValue, "by": actor, "fine": text(isFine)])
            case .away(let residence, let isAway, let actor):
                ("away", ["residence": residence.rawValue, "by": actor, "away": text(isAway)])
            case .acceptHandover(let handover, let actor):
                ("accept_handover", ["handover": handover.rawValue, "by": actor])
            case .drill(let residence, let actor):
                ("drill", ["residence": residence.rawValue, "by": actor])
            case .consent(let record): ("consent", consentFields(of: record))
            case .represented(let person, let isRepresented, let actor):
                (
                    "represented",
                    [
                        "person": person.rawValue, "represented": text(isRepresented),
                        "by": actor,
                    ]
                )
            case .pause(let person, let until, let actor):
                ("pause", ["person": person.rawValue, "until": text(until), "by": actor])
            case .resume(let person, let actor):
                ("resume", ["person": person.rawValue, "by": actor])
            case .says(let saying): ("says", sayingFields(of: saying))
            case .fault(let fault, let isPresent, let detail):
                (
                    "fault",
                    ["fault": name(of: fault), "present": text(isPresent), "detail": detail]
                )
            case .configured(let hash): ("configured", ["hash": hash])
            case .gap(let from, let to, let listens):
                ("gap", ["from": text(from), "to": text(to), "listens": listens.map(text)])
            }
        return (kind, fields.compactMapValues { $0 })
    }

    /// The command of a kind and its texts.
    static func command(kind: String, fields: [String: String]) throws(Failure) -> Command {
        let fields = CommandFields(fields)
        switch kind {
        case "acknowledge": return .acknowledge(try fields.alert, by: try fields.text("by"))
        case "arrive": return .arrive(try fields.alert, by: try fields.text("by"))
        case "resolve":
            return .resolve(
                try fields.alert, by: try fields.text("by"), outcome: try fields.outcome,
                note: fields["note"])
        case "shelve":
            return .shelve(
                try fields.alert, until: try fields.moment("until"), by: try fields.text("by"),
                reason: try fields.text("reason"))
        case "unshelve": return .unshelve(try fields.alert, by: try fields.text("by"))
        case "service":
            return .service(
                try fields.serviceScope, isOut: try fields.flag("out"), by: try fields.text("by"),
                reason: try fields.text("reason"))
        case "answer":
            return .answer(
                try fields.alert, isFine: try fields.flag("fine"), by: try fields.text("by"))
        case "away":
            return .away(
                ResidenceID(rawValue: try fields.text("residence")), try fields.flag("away"),
                by: try fields.text("by"))
        case "accept_handover":
            return .acceptHandover(
                HandoverID(rawValue: try fields.text("handover")), by: try fields.text("by"))
        case "drill":
            return .drill(
                ResidenceID(rawValue: try fields.text("residence")), by: try fields.text("by"))
        case "consent": return .consent(try fields.consent)
        case "represented":
            return .represented(
                try fields.person, try fields.flag("represented"), by: try fields.text("by"))
        case "pause":
            return .pause(
                try fields.person, until: try fields.moment("until"), by: try fields.text("by"))
        case "resume": return .resume(try fields.person, by: try fields.text("by"))
        case "says": return .says(try fields.saying)
        case "fault":
            return .fault(
                try fields.fault, isPresent: try fields.flag("present"),
                detail: try fields.text("detail"))
        case "configured": return .configured(hash: try fields.text("hash"))
        case "gap":
            return .gap(
                from: try fields.moment("from"), to: try fields.moment("to"),
                listens: fields["listens"] == nil ? nil : try fields.moment("listens"))
        default: throw .unknownKind(kind)
        }
    }

    private static func consentFields(of record: ConsentRecord) -> [String: String?] {
        [
            "person": record.person.rawValue, "purpose": record.purpose.description,
            "decision": record.decision.rawValue,
            "devices": record.scope.devices.isEmpty
                ? nil : record.scope.devices.sorted().map(\.rawValue).joined(separator: " "),
            "rooms": record.scope.rooms.isEmpty
                ? nil : record.scope.rooms.sorted().map(\.rawValue).joined(separator: " "),
            "hours": record.scope.hours?.consentText, "by": record.speaker,
            "capacity": record.capacity.rawValue, "version": given(record.information.version),
            "hash": given(record.information.hash), "form": record.information.form,
            "understanding": given(record.understanding), "checked_by": given(record.checkedBy),
            "from": text(record.from), "until": record.until.map { text($0) },
            "in_pause": text(record.goesOnInPause),
        ]
    }

    private static func sayingFields(of saying: Saying) -> [String: String?] {
        var fields: [String: String?] = [
            "person": saying.person.rawValue, "residence": saying.residence.rawValue,
            "room": saying.room?.rawValue,
        ]
        switch saying.word {
        case .fine: fields["word"] = "fine"
        case .help: fields["word"] = "help"
        case .wishes(let purpose, let shown):
            fields["word"] = "wishes"
            fields["purpose"] = purpose.description
            fields["version"] = shown.version
            fields["hash"] = shown.hash
            fields["form"] = shown.form
        }
        return fields
    }

    /// What a no has no need of is left out.
    private static func given(_ text: String) -> String? { text.isEmpty ? nil : text }

    private static func text(_ flag: Bool) -> String { flag ? "yes" : "no" }
    private static func text(_ moment: Instant) -> String { String(moment.milliseconds) }

    private static func name(of fault: HubFault) -> String {
        switch fault {
        case .brokerLink: "broker_link"
        case .channel(let name): "channel/\(name)"
        case .deviceGone(let device): "device_gone/\(device)"
        case .bridgeAway(let bridge): "bridge_away/\(bridge)"
        }
    }
}

/// The texts of a command, read one by one.
private struct CommandFields {
    private let fields: [String: String]

    init(_ fields: [String: String]) { self.fields = fields }

    subscript(key: String) -> String? { fields[key] }

    func text(_ key: String) throws(StoredCommand.Failure) -> String {
        guard let text = fields[key] else { throw .missing(key) }
        return text
    }

    func flag(_ key: String) throws(StoredCommand.Failure) -> Bool {
        switch try text(key) {
        case "yes": return true
        case "no": return false
        default: throw .missing(key)
        }
    }

    func moment(_ key: String) throws(StoredCommand.Failure) -> Instant {
        guard let milliseconds = Int64(try text(key)) else { throw .missing(key) }
        return Instant(milliseconds: milliseconds)
    }

    var alert: AlertID {
        get throws(StoredCommand.Failure) { AlertID(rawValue: try text("alert")) }
    }

    var person: PersonID {
        get throws(StoredCommand.Failure) { PersonID(rawValue: try text("person")) }
    }

    var consent: ConsentRecord {
        get throws(StoredCommand.Failure) {
            guard let purpose = Purpose(try text("purpose")) else { throw .missing("purpose") }
            guard let decision = ConsentRecord.Decision(rawValue: try text("decision")) else {
                throw .missing("decision")
            }
            guard let capacity = ConsentCapacity(rawValue: try text("capacity")) else {
                throw .missing("capacity")
            }
            var hours: Window?
            if let text = fields["hours"] {
                guard let window = Window(consentText: text) else { throw .missing("hours") }
                hours = window
            }
            func names(_ key: String) -> [String] {
                (fields[key] ?? "").split(separator: " ").map(String.init)
            }
            return ConsentRecord(
                person: try person, purpose: purpose, decision: decision,
                scope: ConsentScope(
                    devices: Set(names("devices").map { DeviceID(rawValue: $0) }),
                    rooms: Set(names("rooms").map { RoomID(rawValue: $0) }), hours: hours),
                speaker: try text("by"), capacity: capacity,
                information: ConsentRecord.Information(
                    // A no needs none of these.
                    version: fields["version"] ?? "", hash: fields["hash"] ?? "",
                    form: try text("form")),
                understanding: fields["understanding"] ?? "",
                checkedBy: fields["checked_by"] ?? "",
                from: try moment("from"),
                until: fields["until"] == nil ? nil : try moment("until"),
                goesOnInPause: try flag("in_pause"))
        }
    }

    var saying: Saying {
        get throws(StoredCommand.Failure) {
            let word: Saying.Word
            switch try text("word") {
            case "fine": word = .fine
            case "help": word = .help
            case "wishes":
                guard let purpose = Purpose(try text("purpose")) else { throw .missing("purpose") }
                word = .wishes(
                    purpose,
                    ConsentRecord.Information(
                        version: try text("version"), hash: try text("hash"),
                        form: try text("form")))
            default: throw .missing("word")
            }
            return Saying(
                person: try person, residence: ResidenceID(rawValue: try text("residence")),
                room: fields["room"].map { RoomID(rawValue: $0) }, word: word)
        }
    }

    var outcome: Outcome? {
        get throws(StoredCommand.Failure) {
            guard let text = fields["outcome"] else { return nil }
            guard let outcome = Outcome(name: text) else { throw .missing("outcome") }
            return outcome
        }
    }

    var serviceScope: ServiceScope {
        get throws(StoredCommand.Failure) {
            if let device = fields["device"] { return .device(DeviceID(rawValue: device)) }
            return .rule(
                RuleID(rawValue: try text("rule")),
                ResidenceID(rawValue: try text("residence")))
        }
    }

    var fault: HubFault {
        get throws(StoredCommand.Failure) {
            let name = try text("fault")
            if name == "broker_link" { return .brokerLink }
            func device(_ prefix: String) -> DeviceID? {
                name.hasPrefix(prefix)
                    ? DeviceID(rawValue: String(name.dropFirst(prefix.count))) : nil
            }
            if let gone = device("device_gone/") { return .deviceGone(gone) }
            if let bridge = device("bridge_away/") { return .bridgeAway(bridge) }
            guard name.hasPrefix("channel/") else { throw .missing("fault") }
            return .channel(String(name.dropFirst("channel/".count)))
        }
    }
}
