/// Why devices are not heard though nothing may be wrong with them.
enum SilenceCause: Hashable, Sendable {
    /// The link to the broker is down: no device can be heard.
    case link
    /// A bridge is away: no device behind it can be heard.
    case bridge(DeviceID)
}

/// One instance of a rule that tells of silence.
struct SilenceKey: Hashable, Sendable {
    var rule: RuleID
    var subject: Subject
}

extension Alert {
    /// What it tells that others may be silent for; nil for most alerts.
    var silenceCause: SilenceCause? {
        switch BuiltInRule(id: rule) {
        case .brokerLink: .link
        case .bridgeAway: subject.device.map { .bridge($0) }
        default: nil
        }
    }
}

/// One alert stands for others: they are suppressed by design, with its name as the reason (ISA-18.2 and IEC 62682,
/// "designed suppression"), and come back when what it tells of is over and they are still so.
extension AlertBook {
    /// The open alert that tells why what another alert is about cannot be heard; nil where there is none.
    private func stands(for alert: Alert) -> Alert? {
        sorted.first { other in
            guard let cause = other.silenceCause else { return false }
            return other.condition == .active && explains(cause, alert)
        }
    }

    /// Whether a cause is enough for the silence that an alert tells of.
    private func explains(_ cause: SilenceCause, _ alert: Alert) -> Bool {
        guard traits(of: alert).tellsOfSilence else { return false }
        switch cause {
        case .link: return true
        case .bridge(let bridge):
            return bridges[SilenceKey(rule: alert.rule, subject: alert.subject)] == bridge
        }
    }

    /// Looks whether a new alert calls, or something stands in its way.
    mutating func place(_ alert: Alert, at moment: Instant, into steps: inout Steps) {
        if let out = outOfService.first(where: {
            $0.scope.covers(alert.subject, rule: alert.rule)
        }) {
            note(
                .takeOut(by: out.by, reason: out.reason), to: alert.id, at: moment,
                noticed: moment, into: &steps)
        }
        if let cause = alert.silenceCause {
            changed(cause, at: moment, into: &steps)
        } else if traits(of: alert).tellsOfSilence, let other = stands(for: alert) {
            note(
                .suppress(by: other.id), to: alert.id, at: moment, noticed: moment, into: &steps)
        }
    }

    /// The link to the broker broke, or a bridge went away; or it is back.
    mutating func changed(_ cause: SilenceCause, at moment: Instant, into steps: inout Steps) {
        let behind = sorted.filter { explains(cause, $0) }
        let isThere = !sorted.contains { $0.silenceCause == cause && $0.condition == .active }
        if !isThere {
            hearing[cause] = nil
            for alert in behind {
                hold(alert, at: moment, noticed: moment, into: &steps)
            }
        } else if behind.contains(where: { $0.display == .suppressed }) {
            hearing[cause] = moment + Self.hearingTime
        }
        schedule()
    }

    /// The time to be heard again is over: what was not, calls.
    mutating func hearAgain(due: Instant, noticed: Instant, into steps: inout Steps) {
        let over = hearing.filter { $0.value <= due }.keys
        guard !over.isEmpty else { return }
        for cause in over { hearing[cause] = nil }
        for alert in sorted where alert.display == .suppressed {
            if hold(alert, at: due, noticed: noticed, into: &steps) { continue }
            // Something else that it was not heard for is over too, but since less than that time.
            if hearing.keys.contains(where: { explains($0, alert) }) { continue }
            note(.unsuppress, to: alert.id, at: due, noticed: noticed, into: &steps)
        }
    }

    /// Suppresses an alert that another one stands for now.
    ///
    /// - Returns: whether one does.
    @discardableResult
    private mutating func hold(
        _ alert: Alert, at: Instant, noticed: Instant, into steps: inout Steps
    ) -> Bool {
        guard let other = stands(for: alert) else { return false }
        let former = alert.displayReason.flatMap { open[AlertID(rawValue: $0)] }
        let isHeld = alert.display == .suppressed && former?.condition == .active
        if !isHeld {
            note(.suppress(by: other.id), to: alert.id, at: at, noticed: noticed, into: &steps)
        }
        return true
    }
}
