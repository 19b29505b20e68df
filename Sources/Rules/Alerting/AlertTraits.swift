/// What of a rule decides over the life of its alerts.
public struct AlertTraits: Hashable, Sendable {
    /// Stays open until somebody says what happened.
    public var isLatched = false
    /// Smoke, carbon monoxide, gas, a seizure, a fall, a call: may be put aside for an hour at most, and no other alert stands for
    /// it.
    public var isVital = false
    /// Tells that a device is not heard: says nothing of its own where no device can be heard.
    public var tellsOfSilence = false

    /// The traits of an alert whose rule is not known.
    public init() {}

    /// The traits of a built-in rule's alert: a person's own call stays open until somebody says what it was.
    init(builtIn rule: RuleID) {
        isLatched = rule == BuiltInRule.ownCall.id
        isVital = isLatched
    }

    /// Readings that life may depend on.
    static let vitalCapabilities: Set<Capability> = [
        "alarm.smoke", "alarm.co", "alarm.gas", "alarm.seizure", "alarm.sos", "alarm.fall",
        "alarm.heat",
    ]
    /// Kinds of devices that life may depend on, whatever the reading is called.
    static let vitalKinds: Set<String> = [
        "smoke", "co", "gas", "call_button", "sos", "pull_cord", "fall", "epilepsy_bed", "seizure",
    ]

    /// What a rule says of its alerts.
    ///
    /// - Parameter kinds: the kinds of the home's devices by name, for rules that give a device by name.
    public init(_ rule: Rule, kinds: [String: [String]] = [:]) {
        isLatched = rule.latch
        var selectors: [StreamSelector] = []
        switch rule.trigger {
        case .event(let event): event.collectSelectors(into: &selectors)
        case .signal(let signal): signal.collectSelectors(into: &selectors)
        }
        isVital = selectors.contains { selector in
            Self.vitalCapabilities.contains(selector.capability)
                || selector.capability.isOfTheThing
                    && (selector.kinds + selector.names.flatMap { kinds[$0] ?? [] })
                        .contains(where: Self.vitalKinds.contains)
        }
        if case .signal(let signal) = rule.trigger { tellsOfSilence = signal.isSilence }
    }
}

extension Device {
    /// Whether life may depend on it being heard.
    public var isForSafety: Bool {
        AlertTraits.vitalKinds.contains(kind)
            || capabilities.contains { AlertTraits.vitalCapabilities.contains($0.capability) }
    }
}

extension Capability {
    /// Whether it tells what the device is there for, rather than how the device itself is.
    fileprivate var isOfTheThing: Bool {
        !rawValue.hasPrefix("device.") && !rawValue.hasPrefix("link.")
            && !rawValue.hasPrefix("health.")
    }
}

extension EventExpression {
    fileprivate func collectSelectors(into selectors: inout [StreamSelector]) {
        switch self {
        case .reading(let selector, _): selectors.append(selector)
        // Any sign of life is no alarm.
        case .seen: break
        case .begins(let signal), .ends(let signal): signal.collectSelectors(into: &selectors)
        case .any(let parts), .sequence(let parts, _, _, _), .allOf(let parts, _):
            for part in parts { part.collectSelectors(into: &selectors) }
        case .notFollowed(let after, _, _, _): after.collectSelectors(into: &selectors)
        case .during(let inner, _): inner.collectSelectors(into: &selectors)
        }
    }
}

extension SignalExpression {
    /// What makes it true; what must be absent for it is not counted.
    fileprivate func collectSelectors(into selectors: inout [StreamSelector]) {
        switch self {
        case .predicate(let selector, _, _), .rate(let selector, _, _):
            selectors.append(selector)
        case .released(let inner, _), .holding(let inner, _, _, _), .spent(let inner, _, _):
            inner.collectSelectors(into: &selectors)
        case .all(let parts), .any(let parts), .atLeast(_, let parts):
            for part in parts { part.collectSelectors(into: &selectors) }
        case .count(let event, _, _, _): event.collectSelectors(into: &selectors)
        case .dwell(let enter, _): enter.collectSelectors(into: &selectors)
        case .not, .absence, .missed, .baseline, .silent, .away, .during: break
        }
    }

    /// Whose silence makes it true, of one that `isSilence`.
    var silenceSelectors: [StreamSelector] {
        switch self {
        case .silent(let selector, _), .predicate(let selector, _, _): [selector]
        case .absence(let event, _): event.signsOfLife
        case .holding(let inner, _, _, _), .released(let inner, _): inner.silenceSelectors
        case .all(let parts), .any(let parts): parts.flatMap(\.silenceSelectors)
        default: []
        }
    }

    /// Whether it is true because a device is not heard, and for no other reason.
    var isSilence: Bool {
        switch self {
        case .silent: true
        case .absence(let event, _): event.isSignOfLife
        case .predicate(let selector, _, _): selector.capability == Planner.online
        case .holding(let inner, _, _, _), .released(let inner, _): inner.isSilence
        case .all(let parts), .any(let parts): !parts.isEmpty && parts.allSatisfy(\.isSilence)
        default: false
        }
    }
}

extension EventExpression {
    fileprivate var signsOfLife: [StreamSelector] {
        switch self {
        case .seen(let selector): [selector]
        case .any(let parts): parts.flatMap(\.signsOfLife)
        default: []
        }
    }

    fileprivate var isSignOfLife: Bool {
        switch self {
        case .seen: true
        case .any(let parts): !parts.isEmpty && parts.allSatisfy(\.isSignOfLife)
        default: false
        }
    }
}
