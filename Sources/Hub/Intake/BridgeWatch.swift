import Rules

/// Tells when a bridge has been away for so long that somebody must know, and when it is back. What it goes by is in the
/// journal, so that a start goes on where the hub ended.
struct BridgeWatch {
    /// How long a bridge may be away before that is an alert: one that restarts takes some seconds.
    static let patience = TimeSpan.seconds(30)

    private var awaySince: [DeviceID: Instant] = [:]
    private var told: Set<DeviceID> = []
    /// Told, and there or no bridge of the home any more.
    private var isOver: Set<DeviceID> = []

    /// Of a home without bridges.
    init() {}

    /// What is committed.
    ///
    /// - Parameters:
    ///   - latest: what each device last said of its bridge.
    ///   - alerts: of bridges that are away.
    init(
        devices: [Device], latest: [(key: StreamKey, event: Event)], alerts: [Alert]
    ) {
        let bridges = Dictionary(
            devices.compactMap { device in device.bridgeID.map { (device.id, $0) } },
            uniquingKeysWith: { first, _ in first })
        var last: [DeviceID: Event] = [:]
        for (key, event) in latest where key.capability == .bridgeOnline {
            guard let bridge = bridges[key.device] else { continue }
            if let other = last[bridge], event.sequence < other.sequence { continue }
            last[bridge] = event
        }
        for (bridge, event) in last where event.value == .boolean(false) {
            awaySince[bridge] = event.received
        }
        // Somebody may have said that it is over while the bridge was away: that is told once all the same.
        for alert in alerts where alert.condition == .active {
            guard let bridge = alert.subject.device else { continue }
            let isOfNow = awaySince[bridge].map { $0 <= alert.noticed } ?? false
            if isOfNow || alert.response != .resolved { told.insert(bridge) }
        }
        isOver = told.filter { awaySince[$0] == nil }
    }

    /// When there is something to tell next; nil where nothing is awaited.
    var due: Instant? {
        if !isOver.isEmpty { return .distantPast }
        return awaySince.filter { !told.contains($0.key) }.values.min().map { $0 + Self.patience }
    }

    /// A bridge says that it is there, or is away.
    mutating func take(_ bridge: DeviceID, isThere: Bool, at moment: Instant) {
        if isThere {
            awaySince[bridge] = nil
            if told.contains(bridge) { isOver.insert(bridge) }
        } else if awaySince[bridge] == nil {
            awaySince[bridge] = moment
            isOver.remove(bridge)
        }
    }

    /// What is to be told now.
    mutating func settle(at now: Instant) -> [Command] {
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
            }
    }
}
