import Rules

/// Tells when a bridge has been away for so long that somebody must know, and when it is back: by its own word (a last will), or
/// because nothing that hangs on it is heard any more, as when it hangs and its connection stays. What it goes by is in
/// the journal, so that a start goes on where the hub ended.
struct BridgeWatch {
    /// How long a bridge may say that it is away before that is an alert: one that restarts takes some seconds.
    static let patience = TimeSpan.seconds(30)
    /// The silence of fewer devices may be their own.
    static let fewest = 2

    /// Where too few were heard to tell, that is looked at again after so long.
    private static let again = TimeSpan.minutes(10)

    /// A device that hangs on a bridge.
    private struct Behind {
        var bridge: DeviceID
        var silentAfter: TimeSpan?
        var interval: TimeSpan?
        /// When it was last heard; `.distantPast`: never.
        var heard = Instant.distantPast
    }

    /// By place in the directory; nil: it hangs on none.
    private var behind: [Behind?] = []
    /// What hangs on each bridge: places in `behind`.
    private var groups: [DeviceID: [Int]] = [:]
    /// After how long the first rule tells of the silence of something that hangs on a bridge.
    private var silences: [DeviceID: TimeSpan] = [:]
    /// Since when the broker is there: whoever hears nobody cannot tell who is silent. Nil: it is not.
    private var hearsSince: Instant?
    /// When to look for silence next.
    private var nextLook = Instant.distantFuture

    private var awaySince: [DeviceID: Instant] = [:]
    private var told: Set<DeviceID> = []
    /// Those of `told` that did not say so themselves.
    private var silent: Set<DeviceID> = []
    /// Told, and there or no bridge of the home any more.
    private var isOver: Set<DeviceID> = []

    /// Of a home without bridges.
    init() {}

    /// What is committed.
    ///
    /// - Parameters:
    ///   - devices: in the order of the directory.
    ///   - silences: after how long the first rule tells of the silence of something that hangs on a bridge.
    ///   - latest: what each device last said, and last said of its bridge.
    ///   - alerts: of bridges that are away.
    init(
        devices: [Device], silences: [DeviceID: TimeSpan],
        latest: [(key: StreamKey, event: Event)], alerts: [Alert]
    ) {
        self.silences = silences
        behind = devices.map { device in
            device.bridgeID.map {
                Behind(bridge: $0, silentAfter: device.silentAfter, interval: device.interval)
            }
        }
        var places: [DeviceID: Int] = [:]
        for (place, device) in devices.enumerated() {
            guard let bridge = behind[place]?.bridge else { continue }
            places[device.id] = place
            groups[bridge, default: []].append(place)
        }
        var last: [DeviceID: Event] = [:]
        for (key, event) in latest {
            guard let place = places[key.device], let device = behind[place] else { continue }
            if key.capability == .bridgeOnline {
                if let other = last[device.bridge], event.sequence < other.sequence { continue }
                last[device.bridge] = event
            } else if Self.isSignOfLife(key.capability, event.freshness) {
                behind[place]?.heard = max(device.heard, event.received)
            }
        }
        for (bridge, event) in last where event.value == .boolean(false) {
            awaySince[bridge] = event.received
        }
        // Somebody may have said that it is over while the bridge was away: that is told once all the same.
        for alert in alerts where alert.condition == .active {
            guard let bridge = alert.subject.device else { continue }
            let isOfNow: Bool
            if let since = awaySince[bridge] {
                isOfNow = since <= alert.noticed
            } else {
                let word = last[bridge].map {
                    $0.freshness == .restored ? .distantPast : $0.received
                }
                isOfNow =
                    groups[bridge].map {
                        max(lastHeard($0), word ?? .distantPast) < alert.noticed
                    } ?? false
                if isOfNow { silent.insert(bridge) }
            }
            if isOfNow || alert.response != .resolved { told.insert(bridge) }
        }
        isOver = told.filter { awaySince[$0] == nil && !silent.contains($0) }
    }

    /// When there is something to tell or to look at next; nil where nothing is awaited.
    var due: Instant? {
        if !isOver.isEmpty { return .distantPast }
        let away = awaySince.filter { !told.contains($0.key) }.values.min().map {
            $0 + Self.patience
        }
        guard hearsSince != nil, nextLook != .distantFuture else { return away }
        return min(nextLook, away ?? .distantFuture)
    }

    /// A bridge says that it is there, or is away.
    ///
    /// - Parameter isLive: whether it says so now. What the broker had kept of a bridge that hangs is still that it is there.
    mutating func take(_ bridge: DeviceID, isThere: Bool, isLive: Bool, at moment: Instant) {
        if isThere {
            awaySince[bridge] = nil
            guard told.contains(bridge), isLive || !silent.contains(bridge) else { return }
            silent.remove(bridge)
            isOver.insert(bridge)
        } else if awaySince[bridge] == nil {
            awaySince[bridge] = moment
            isOver.remove(bridge)
            silent.remove(bridge)
        }
    }

    /// A device tells something of itself.
    mutating func hear(_ place: Int, _ reading: Reading, at moment: Instant) {
        guard behind.indices.contains(place), behind[place] != nil,
            Self.isSignOfLife(reading.capability, reading.freshness)
        else { return }
        behind[place]?.heard = moment
        // Mostly none is, and then it need not be asked which one this is.
        if !silent.isEmpty, let bridge = behind[place]?.bridge, silent.remove(bridge) != nil {
            isOver.insert(bridge)
        }
    }

    /// Whether the broker is there.
    mutating func hears(_ isConnected: Bool, at moment: Instant) {
        if !isConnected {
            hearsSince = nil
        } else if hearsSince == nil {
            hearsSince = moment
            if groups.values.contains(where: { $0.count >= Self.fewest }) { nextLook = moment }
        }
    }

    /// What is to be told now.
    ///
    /// - Parameter isHidden: whether nothing of a device at a place may be recorded: nothing follows from its silence.
    mutating func settle(at now: Instant, isHidden: (Int) -> Bool) -> [Command] {
        guard let due, due <= now else { return [] }
        let back = isOver.sorted()
        told.subtract(back)
        isOver = []
        let away = awaySince.filter { !told.contains($0.key) && now - $0.value >= Self.patience }
            .keys.sorted()
        told.formUnion(away)
        return back.map { .fault(.bridgeAway($0), isPresent: false, detail: "it is back") }
            + away.map {
                .fault(
                    .bridgeAway($0), isPresent: true,
                    detail: "it says so since \(Self.patience.text)")
            } + look(at: now, isHidden)
    }

    /// Looks which bridges have become silent, and when to look again.
    private mutating func look(at now: Instant, _ isHidden: (Int) -> Bool) -> [Command] {
        guard let hearsSince, nextLook <= now else { return [] }
        nextLook = .distantFuture
        var found: [Command] = []
        for (bridge, places) in groups.sorted(by: { $0.key < $1.key })
        where places.count >= Self.fewest {
            let last = lastHeard(places)
            // What was silent before the others is so by itself.
            let were = places.filter { !isHidden($0) }.compactMap { behind[$0] }.filter { device in
                device.heard != .distantPast
                    && device.silentAfter.map { last - device.heard < $0 } ?? false
            }
            let since = max(last, hearsSince)
            guard !told.contains(bridge), awaySince[bridge] == nil,
                let patience = patience(with: bridge, were)
            else {
                nextLook = min(nextLook, now + Self.again)
                continue
            }
            guard since + patience <= now else {
                nextLook = min(nextLook, since + patience)
                continue
            }
            told.insert(bridge)
            silent.insert(bridge)
            nextLook = min(nextLook, now + Self.again)
            found.append(
                .fault(
                    .bridgeAway(bridge), isPresent: true,
                    detail:
                        "nothing was heard of its \(were.count) devices for \((now - since).text)"
                ))
        }
        return found
    }

    /// After how long without any of these devices their bridge counts as away: half of what the first of them may be silent, so
    /// that it is told before them and for all of them; but two of them must have missed a report.
    ///
    /// - Returns: nil where that are too few.
    private func patience(with bridge: DeviceID, _ devices: [Behind]) -> TimeSpan? {
        let rule = silences[bridge]
        let least = (devices.map(\.silentAfter) + [rule]).compactMap { $0 }.min()
        // Whoever wrote a rule that takes it for silent sooner knows that it reports more often than its profile says.
        let known = rule.map { TimeSpan.milliseconds($0.milliseconds * 2 / 3) }
        let reports = devices.compactMap(\.interval).map { min($0, known ?? $0) }.sorted()
        guard let least, reports.count >= Self.fewest else { return nil }
        return .milliseconds(
            max(least.milliseconds / 2, reports[Self.fewest - 1].milliseconds * 11 / 10))
    }

    private func lastHeard(_ places: [Int]) -> Instant {
        places.lazy.compactMap { behind[$0]?.heard }.max() ?? .distantPast
    }

    /// What a bridge or the broker says of a device, or kept of it, is none.
    private static func isSignOfLife(_ capability: Capability, _ freshness: Freshness) -> Bool {
        freshness != .restored && capability != .bridgeOnline && capability != .online
    }
}
