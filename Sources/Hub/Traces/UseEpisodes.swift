public import Rules

/// One use of a device: something happened, or held for a while.
public struct Use: Hashable, Sendable {
    /// When it began.
    public var from: Instant
    /// When it was last known to go on; equal to `from` for what has no length.
    public var to: Instant
    /// Whether its end was not seen: it lasted at least so long.
    public var isCensored: Bool
    /// What was used: an application, a button's press; empty where the device does one thing.
    public var what: String

    /// Whether it was on one's own; `unknown` until somebody or something tells.
    public var support = UseSupport.unknown
    /// From where that is known; nil where it is not.
    public var knownFrom: UseSupport.Source?
    /// Whether people say different things of it; then it is unknown.
    public var isContested = false
    /// How many prompts came before it or while it went on; nil: nothing tells of prompts.
    public var prompts: Int?

    /// One use.
    public init(from: Instant, to: Instant, isCensored: Bool = false, what: String = "") {
        self.from = from
        self.to = to
        self.isCensored = isCensored
        self.what = what
    }
}

/// Makes uses of what a device said: presses and applications as they are, states while they hold, power while it is drawn.
/// What was restored is no use; a state whose end nobody saw is a use without an end, and not one of a week.
public enum UseEpisodes {
    /// From this power on something is in use, in watts: above what televisions and chargers draw while they wait.
    public static let inUse = 10.0
    /// Uses of one thing that lie closer together are one: a motion sensor's rest between two movements.
    public static let merged = PowerUse.usualMerge

    /// Words that come with a press or a use, and are none themselves.
    private static let tellsOfUse: Set<String> = [
        "button.id", "control.source", "usage.support", "usage.prompt",
    ]

    /// The word of an application that was left.
    private static let closed = "closed"

    /// An application that goes on.
    private struct Session {
        var from: Instant
        var what: String
    }

    /// The uses of one device.
    ///
    /// - Parameters:
    ///   - events: of all its streams, by their effective time.
    ///   - observed: when it was watched.
    ///   - power: what of its power counts as one use, where its profile says.
    public static func uses(
        _ events: [(key: StreamKey, event: Event)], observed: Observability,
        power: PowerUse? = nil
    ) -> [Use] {
        var uses: [Use] = []
        var open: [StreamKey: Instant] = [:]
        var sessions: [StreamKey: Session] = [:]
        var last = Instant.distantPast
        // Of a device that never tells that an application was left, its start is all there is.
        let tellsEnds = events.contains { isEnd($0.key, $0.event) }
        let drawsPower = events.contains { $0.key.capability == "power.active" }
        func close(_ key: StreamKey, at moment: Instant) {
            guard let from = open.removeValue(forKey: key) else { return }
            // Where the device fell silent meanwhile, it ended somewhere after the last that was seen.
            let end = observed.end(ofWatchAt: from) ?? from
            uses.append(
                end < moment
                    ? Use(from: from, to: end, isCensored: true) : Use(from: from, to: moment))
        }
        func leave(_ key: StreamKey, at moment: Instant?) {
            guard let session = sessions.removeValue(forKey: key) else { return }
            let seen = observed.end(ofWatchAt: session.from) ?? session.from
            let isSeen = moment.map { $0 <= seen } ?? false
            // Without a word of its end it lasted up to the last that the device said meanwhile, at least.
            let end = isSeen ? moment ?? last : max(session.from, min(last, seen))
            uses.append(
                Use(from: session.from, to: end, isCensored: !isSeen, what: session.what))
        }
        for (key, event) in events where event.freshness != .restored {
            defer { last = event.effective }
            let capability = key.capability.rawValue
            guard !capability.hasPrefix("device."), !capability.hasPrefix("link.") else { continue }
            let moment = event.effective
            switch (event.kind, event.value) {
            case (.measurement, .number(let watts)) where capability == "power.active":
                if watts >= power?.above ?? inUse {
                    if let from = open[key], (observed.end(ofWatchAt: from) ?? from) < moment {
                        close(key, at: moment)
                    }
                    if open[key] == nil { open[key] = moment }
                } else {
                    close(key, at: moment)
                }
            case (.state, .boolean(let isOn)) where !(drawsPower && capability == "switch.on"):
                if isOn {
                    if let from = open[key], (observed.end(ofWatchAt: from) ?? from) < moment {
                        close(key, at: moment)
                    }
                    if open[key] == nil { open[key] = moment }
                } else {
                    close(key, at: moment)
                }
            case (.pulse, .boolean(true)):
                uses.append(Use(from: moment, to: moment, what: capability))
            case (.usage, .text(let word)) where tellsEnds && capability == "usage.app_session":
                if word == closed {
                    leave(key, at: moment)
                } else if sessions[key]?.what != word {
                    leave(key, at: nil)
                    sessions[key] = Session(from: moment, what: word)
                }
            case (.pulse, .text(let word)), (.usage, .text(let word)):
                if !tellsOfUse.contains(capability) {
                    uses.append(Use(from: moment, to: moment, what: word))
                }
            default: continue
            }
        }
        for (key, from) in open {
            let end = min(observed.end(ofWatchAt: from) ?? from, observed.period.upperBound)
            uses.append(Use(from: from, to: max(from, end), isCensored: true))
            open[key] = nil
        }
        for key in Array(sessions.keys) { leave(key, at: nil) }
        let sorted = uses.sorted { ($0.from, $0.to, $0.what) < ($1.from, $1.to, $1.what) }
        let merge = drawsPower ? power?.merge ?? merged : merged
        let shortest = drawsPower ? power?.atLeast ?? .zero : .zero
        // What a press tells has no length; a use whose end nobody saw may have been longer.
        return joined(sorted, closerThan: merge).filter {
            !$0.what.isEmpty || $0.isCensored || $0.to - $0.from >= shortest
        }
    }

    private static func isEnd(_ key: StreamKey, _ event: Event) -> Bool {
        key.capability == "usage.app_session" && event.value == .text(closed)
            && event.freshness != .restored
    }

    private static func joined(_ uses: [Use], closerThan merged: TimeSpan) -> [Use] {
        var result: [Use] = []
        for use in uses {
            if let last = result.last, last.what.isEmpty, use.what.isEmpty, last.to > last.from,
                use.from - last.to < merged, !last.isCensored
            {
                result[result.count - 1].to = max(last.to, use.to)
                result[result.count - 1].isCensored = use.isCensored
            } else {
                result.append(use)
            }
        }
        return result
    }
}
