/// What the hub itself cannot do, as alerts.
extension Engine {
    /// Whether the hub is known to be unable to do something: an alert of it is open whose condition has not ended.
    public func knows(_ fault: HubFault) -> Bool {
        alerts.open.values.contains {
            $0.rule == fault.rule.id && $0.subject == fault.subject && $0.condition == .active
        }
    }

    mutating func setFault(
        _ fault: HubFault, isPresent: Bool, at entry: CommandEntry, into steps: inout Steps
    ) {
        let current = alerts.sorted.last {
            $0.rule == fault.rule.id && $0.subject == fault.subject
        }
        guard isPresent else {
            guard let current else { return }
            alerts.note(
                .clear(endsQuestion: true), to: current.id, at: entry.received,
                noticed: entry.received, into: &steps)
            return
        }
        if let current, current.response == .unacknowledged || current.condition == .active {
            guard current.condition != .active else { return }
            alerts.note(
                .again(evidence: []), to: current.id, at: entry.received,
                noticed: entry.received, into: &steps)
            return
        }
        var hash = StableHash()
        hash.mix(fault.rule.rawValue)
        hash.mix(fault.subject.description)
        hash.mix(entry.sequence.rawValue)
        alerts.raise(
            Alert(
                id: AlertID(rawValue: hash.text), rule: fault.rule.id, subject: fault.subject,
                priority: priority(of: fault), began: entry.received, noticed: entry.received,
                late: false, evidence: []),
            at: entry.received, noticed: entry.received, into: &steps)
    }

    private func priority(of fault: HubFault) -> Priority {
        guard case .bridgeAway(let bridge) = fault else { return fault.rule.priority }
        return plan.bridgesForSafety.contains(bridge) ? fault.rule.priority : .medium
    }
}

extension HubFault {
    /// The rule whose alerts tell of it.
    public var rule: BuiltInRule {
        switch self {
        case .brokerLink: .brokerLink
        case .channel: .channel
        case .deviceGone: .deviceGone
        case .bridgeAway: .bridgeAway
        }
    }

    /// What its alerts are about: the hub, one of its channels, a device or a bridge.
    public var subject: Subject {
        switch self {
        case .brokerLink: Subject(residence: .hub)
        case .channel(let name):
            Subject(residence: .hub, device: DeviceID(rawValue: "hub/\(name)"))
        case .deviceGone(let device), .bridgeAway(let device):
            // A device's name, as that of a bridge, begins with its residence's.
            Subject(
                residence: ResidenceID(
                    rawValue: String(device.rawValue.prefix { $0 != "/" })), device: device)
        }
    }
}
