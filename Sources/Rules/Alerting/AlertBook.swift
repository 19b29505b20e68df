/// The alerts that are open, and the rules of their life (first part of ISA-18.2's three axes: condition and
/// response). A value: the engine keeps it, checkpoints it and replays it.
///
/// An alert is open from `raised` to `resolved`. It resolves by itself once its condition has ended, if it is
/// below medium or somebody has acknowledged it, and it is not latched; else somebody must say so.
public struct AlertBook: Sendable, Hashable {
    /// The open alerts, by identifier.
    public private(set) var open: [AlertID: Alert] = [:]

    /// The most journal places that an alert keeps as evidence.
    public static let maximumEvidence = 32

    /// A book without alerts.
    public init() {}

    /// The open alerts, sorted by identifier.
    public var sorted: [Alert] { open.values.sorted { $0.id < $1.id } }

    /// When something that was put aside calls for attention again; nil where nothing is.
    var nextDue: Instant? { nil }

    /// Does what is due at a moment.
    mutating func fire(due: Instant, noticed: Instant, into steps: inout Steps) {}

    /// Puts in an alert as it was stored.
    mutating func adopt(_ alert: Alert) { open[alert.id] = alert }

    /// Takes out an alert without a step; for alerts that were never committed.
    mutating func drop(_ id: AlertID) { open[id] = nil }

    mutating func raise(_ alert: Alert, at: Instant, noticed: Instant, into steps: inout Steps) {
        open[alert.id] = alert
        steps.append(AlertTransition(step: .raised, at: at, noticed: noticed, alert: alert))
    }

    /// The person is asked before staff are told.
    mutating func ask(_ alert: Alert, at: Instant, noticed: Instant, into steps: inout Steps) {
        var alert = alert
        alert.response = .asked
        open[alert.id] = alert
        steps.append(AlertTransition(step: .asked, at: at, noticed: noticed, alert: alert))
    }

    /// Staff are told: nobody answered in time.
    mutating func tell(
        _ id: AlertID, at: Instant, noticed: Instant, late: Bool, actor: String? = nil,
        into steps: inout Steps
    ) {
        guard var alert = open[id], alert.response == .asked else { return }
        alert.response = .unacknowledged
        alert.late = alert.late || late
        open[id] = alert
        steps.append(
            AlertTransition(step: .raised, at: at, noticed: noticed, actor: actor, alert: alert))
    }

    /// The person answered: all is well, which ends it, or help is wanted, which tells staff at once. After staff
    /// were told the person's word changes nothing any more.
    mutating func answer(
        _ id: AlertID, isFine: Bool, by actor: String, at: Instant, into steps: inout Steps
    ) {
        guard let alert = open[id], alert.response == .asked else { return }
        if isFine {
            resolve(id, by: actor, note: alert.note, at: at, into: &steps)
        } else {
            tell(id, at: at, noticed: at, late: false, actor: actor, into: &steps)
        }
    }

    /// The priority of an open alert rises. It never falls.
    mutating func strengthen(
        _ id: AlertID, to priority: Priority, at: Instant, noticed: Instant,
        into steps: inout Steps
    ) {
        guard var alert = open[id], alert.priority < priority else { return }
        alert.priority = priority
        open[id] = alert
        steps.append(AlertTransition(step: .strengthened, at: at, noticed: noticed, alert: alert))
    }

    /// The condition came again, or the event happened again, within an open, unanswered alert.
    mutating func again(
        _ id: AlertID, at: Instant, noticed: Instant, evidence: [SequenceNumber],
        into steps: inout Steps
    ) {
        guard var alert = open[id] else { return }
        let wasActive = alert.condition == .active
        alert.condition = .active
        alert.cleared = nil
        alert.count += 1
        alert.evidence = Self.merged(alert.evidence, evidence)
        open[id] = alert
        steps.append(
            AlertTransition(
                step: wasActive ? .repeated : .reactivated, at: at, noticed: noticed,
                alert: alert))
    }

    /// The condition ended. While the person is asked that ends the question too, unless `endsQuestion` is false.
    mutating func clear(
        _ id: AlertID, latched: Bool, endsQuestion: Bool = true, at: Instant, noticed: Instant,
        into steps: inout Steps
    ) {
        guard var alert = open[id], alert.condition != .normal else { return }
        alert.condition = .normal
        alert.cleared = at
        open[id] = alert
        steps.append(AlertTransition(step: .cleared, at: at, noticed: noticed, alert: alert))
        if alert.response == .asked {
            if endsQuestion { end(id, at: at, noticed: noticed, into: &steps) }
            return
        }
        settle(id, latched: latched, at: at, noticed: noticed, into: &steps)
    }

    /// Somebody said "I am going". A second acknowledgement changes nothing.
    mutating func acknowledge(
        _ id: AlertID, by actor: String, latched: Bool, at: Instant, into steps: inout Steps
    ) {
        guard var alert = open[id],
            alert.response == .unacknowledged || alert.response == .asked
        else { return }
        alert.response = .acknowledged
        alert.acknowledged = at
        alert.acknowledgedBy = actor
        open[id] = alert
        steps.append(
            AlertTransition(step: .acknowledged, at: at, noticed: at, actor: actor, alert: alert))
        settle(id, latched: latched, at: at, noticed: at, into: &steps)
    }

    /// Somebody said that it is over.
    mutating func resolve(
        _ id: AlertID, by actor: String, note: String?, at: Instant, into steps: inout Steps
    ) {
        guard var alert = open[id] else { return }
        alert.response = .resolved
        alert.resolved = at
        alert.resolvedBy = actor
        alert.note = note
        open[id] = nil
        steps.append(
            AlertTransition(step: .resolved, at: at, noticed: at, actor: actor, alert: alert))
    }

    private mutating func settle(
        _ id: AlertID, latched: Bool, at: Instant, noticed: Instant, into steps: inout Steps
    ) {
        guard let alert = open[id], alert.condition == .normal, !latched,
            alert.priority < .medium || alert.response == .acknowledged
        else { return }
        end(id, at: at, noticed: noticed, into: &steps)
    }

    /// Over by itself.
    private mutating func end(
        _ id: AlertID, at: Instant, noticed: Instant, into steps: inout Steps
    ) {
        guard var alert = open[id] else { return }
        alert.response = .resolved
        alert.resolved = at
        open[id] = nil
        steps.append(
            AlertTransition(step: .resolved, at: at, noticed: noticed, alert: alert))
    }

    static func merged(_ old: [SequenceNumber], _ new: [SequenceNumber]) -> [SequenceNumber] {
        let all = Set(old).union(new).sorted()
        return all.count > maximumEvidence ? Array(all.suffix(maximumEvidence)) : all
    }
}

/// What an entry of the journal led to, in order.
public typealias Steps = [AlertTransition]
