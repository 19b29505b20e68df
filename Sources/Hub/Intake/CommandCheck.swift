public import Rules

/// Whether a command can be done as things stand. What cannot is refused before it is stored, with the reason.
struct CommandCheck {
    let engine: Engine
    let home: Home
    /// When it would be taken in.
    let now: Instant

    /// Why it cannot be done, and what can; nil where it can.
    func refusal(of command: Command) -> String? {
        switch command {
        case .acknowledge, .arrive, .resolve, .shelve, .unshelve, .answer:
            return engine.alerts.refusal(of: command, at: now)
        case .away(let residence, _, _), .drill(let residence, _):
            guard home.residences.contains(where: { $0.id == residence }) else {
                return "there is no residence \"\(residence)\" in hub.yaml"
            }
            return nil
        case .service(let scope, _, _, _): return refusal(of: scope)
        case .acceptHandover(let id, _):
            return engine.waitingHandovers.contains { $0.id == id }
                ? nil : "handover \(id) was accepted already, or there is none such"
        case .consent(let record): return refusal(of: record)
        case .represented(let person, _, _), .resume(let person, _): return unknown(person)
        case .pause(let person, let until, _):
            if until <= now { return "a pause ends in the future; give a time after now" }
            return unknown(person)
        case .says(let saying):
            guard
                home.residences.contains(where: {
                    $0.id == saying.residence && $0.people.contains(saying.person)
                })
            else { return "nobody \"\(saying.person)\" lives in \"\(saying.residence)\"" }
            return nil
        case .configured, .gap, .fault: return "this is not for people to say"
        }
    }

    private func unknown(_ person: PersonID) -> String? {
        home.residences.contains { $0.people.contains(person) }
            ? nil : "nobody \"\(person)\" lives in a residence of hub.yaml"
    }

    private func refusal(of record: ConsentRecord) -> String? {
        if let refusal = unknown(record.person) { return refusal }
        if let device = record.scope.devices.sorted().first(where: { device in
            !home.devices.contains { $0.id == device }
        }) {
            return "there is no device \"\(device)\" in devices.yaml"
        }
        let rooms = home.residences.flatMap(\.rooms).map(\.id)
        if let room = record.scope.rooms.sorted().first(where: { !rooms.contains($0) }) {
            return "there is no room \"\(room)\" in hub.yaml"
        }
        guard record.decision == .agrees else { return nil }
        // A no needs no reason and no form; a yes does.
        if let refusal = record.incoherence { return refusal }
        if record.understanding.isEmpty || record.checkedBy.isEmpty {
            return "a yes needs how understanding was checked, and by whom"
        }
        if record.information.version.isEmpty || record.information.hash.isEmpty {
            return "a yes needs the text that was shown, with its version"
        }
        if let until = record.until, until <= record.from {
            return "a yes ends after it begins"
        }
        if let until = record.until, until <= now {
            return "this yes would be over already; give an end after now"
        }
        return nil
    }

    private func refusal(of scope: ServiceScope) -> String? {
        switch scope {
        case .device(let device):
            home.devices.contains { $0.id == device }
                ? nil : "there is no device \"\(device)\" in devices.yaml"
        case .rule(let rule, let residence):
            if !engine.plan.rules.contains(where: { $0.id == rule }) {
                "there is no rule \"\(rule)\""
            } else if !home.residences.contains(where: { $0.id == residence }) {
                "there is no residence \"\(residence)\" in hub.yaml"
            } else {
                nil
            }
        }
    }
}

extension ConsentRecord {
    /// Why nobody can speak so: as the person without being the person, or as a representative of themselves; nil where it fits.
    public var incoherence: String? {
        guard !isCoherent else { return nil }
        return capacity.isRepresentative
            ? "\(person) cannot be their own \(capacity.rawValue); give --by with the identifier of who represents them, or leave "
                + "--capacity out for the person's own word"
            : "only \(person) speaks as the person, and \"\(speaker)\" is somebody else; give --capacity curator, tutor or "
                + "mandated_person, or leave --by out where it is the person's own word"
    }
}
