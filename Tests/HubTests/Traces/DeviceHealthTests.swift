import Rules
import Testing

@testable import Hub

@Suite("Health of devices: known answers")
struct DeviceHealthTests {
    private static let now = Instant(milliseconds: 1_800_000_000_000)

    private static func event(
        _ capability: Capability, _ value: Value, hours: Double, kind: ReadingKind = .health,
        freshness: Freshness = .live, own: Double? = nil
    ) -> (key: StreamKey, event: Event) {
        let received = now - TimeSpan(milliseconds: Int64(hours * 3_600_000))
        let effective = own.map { now - TimeSpan(milliseconds: Int64($0 * 3_600_000)) }
        return (
            StreamKey(device: "home/thing", capability: capability, channel: ""),
            Event(
                sequence: SequenceNumber(rawValue: 1), stream: StreamID(rawValue: 1), kind: kind,
                value: value, received: received, effective: effective ?? received,
                freshness: freshness)
        )
    }

    private static func device(sleeps: Bool, silentAfter: TimeSpan? = .hours(30)) -> Device {
        var device = Device(
            id: "home/thing", name: "thing", title: LocalizedText(english: "T", french: "T"),
            residence: "home", room: nil, person: nil, kind: "door", labels: [], profile: "p",
            capabilities: ["device.online", "bridge.online"].map {
                DeviceCapability(capability: $0, kind: .health)
            }, silentAfter: silentAfter)
        device.sleeps = sleeps
        device.bridge = "zigbee2mqtt/bridge/state"
        return device
    }

    private static func health(
        _ events: [(key: StreamKey, event: Event)], sleeps: Bool
    ) -> DeviceHealth.State {
        DeviceHealth.all([device(sleeps: sleeps)], latest: events, at: now)[0].state
    }

    @Test(
        "what sleeps is well while it cannot be reached, until it is silent; what is always on is not"
    )
    func classes() {
        let away = Self.event("device.online", .boolean(false), hours: 1)
        let heard = Self.event("contact.open", .boolean(false), hours: 5, kind: .state)
        #expect(Self.health([heard, away], sleeps: true) == .well)
        #expect(Self.health([heard, away], sleeps: false) == .offline)
        let old = Self.event("contact.open", .boolean(false), hours: 31, kind: .state)
        #expect(Self.health([old, away], sleeps: true) == .offline)
        #expect(Self.health([old], sleeps: true) == .silent)
        #expect(Self.health([], sleeps: true) == .unheard)
    }

    @Test("a bridge that says it is there, or is away, is no sign of life of its devices")
    func bridge() {
        let old = Self.event("contact.open", .boolean(false), hours: 31, kind: .state)
        let there = Self.event("bridge.online", .boolean(true), hours: 0.1)
        #expect(Self.health([old, there], sleeps: true) == .silent)
        let away = Self.event("bridge.online", .boolean(false), hours: 0.1)
        #expect(Self.health([old, away], sleeps: true) == .bridgeAway)
    }

    @Test("what never spoke is unheard, whatever its bridge says; its own restored words count")
    func neverSpoke() {
        let bridge = Self.event("bridge.online", .boolean(true), hours: 0.1)
        let there = Self.event("device.online", .boolean(true), hours: 0.1)
        let said = [bridge, there]
        let health = DeviceHealth.all(
            [Self.device(sleeps: true)], latest: said, at: Self.now)[0]
        #expect(health.state == .unheard)
        #expect(health.lastSeen == nil)
        let restored = Self.event(
            "contact.open", .boolean(false), hours: 1, kind: .state, freshness: .restored)
        #expect(Self.health(said + [restored], sleeps: true) == .well)
    }

    /// One reading a day, the first so many days ago.
    private static func daily(
        _ count: Int, first: Int, level: Double, loss: Double = 1
    ) -> [(at: Instant, level: Double)] {
        var readings: [(at: Instant, level: Double)] = []
        for day in 0..<count {
            let ago = Int64(24 * (first - day))
            readings.append((at: now - TimeSpan.hours(ago), level: level - loss * Double(day)))
        }
        return readings
    }

    @Test("a battery that loses one percent a day has as many days as it has percent above 20")
    func trend() throws {
        let days = Self.daily(20, first: 19, level: 90.0)
        let battery = try #require(DeviceHistory.battery(days, at: Self.now))
        #expect(abs(battery.days - 51) < 0.01)
        #expect(abs(battery.atLeast - 51) < 0.01 && abs(battery.atMost - 51) < 0.01)
        // One odd reading does not pull it.
        var odd = days
        odd[10].level = 75
        let other = try #require(DeviceHistory.battery(odd, at: Self.now))
        #expect(abs(other.days - 51) < 1)
    }

    @Test("another battery begins the trend anew, and there is not enough to say of it")
    func replaced() throws {
        var days = Self.daily(20, first: 30, level: 40.0)
        days += Self.daily(4, first: 3, level: 100.0)
        #expect(DeviceHistory.battery(days, at: Self.now) == nil)
        #expect(DeviceHistory.battery(Array(days.prefix(20)), at: Self.now) != nil)
    }

    @Test("too few days, or a charge that stays, say nothing")
    func unknown() {
        let few = Self.daily(4, first: 3, level: 90.0)
        #expect(DeviceHistory.battery(few, at: Self.now) == nil)
        let level = Self.daily(20, first: 19, level: 100.0, loss: 0)
        #expect(DeviceHistory.battery(level, at: Self.now) == nil)
    }

    @Test("an uptime that goes back is a restart, however often it is told again at start")
    func reboots() {
        let history = DeviceHistory(
            [
                Self.event("device.uptime", .number(5000), hours: 9),
                Self.event("device.uptime", .number(20), hours: 8),
                Self.event("device.uptime", .number(10), hours: 7, freshness: .restored),
                Self.event("device.uptime", .number(3000), hours: 6),
                Self.event("device.uptime", .number(7), hours: 5),
            ], at: Self.now)
        #expect(history.reboots == 2)
        #expect(!history.isFlapping && history.contradictions == 0)
    }

    @Test(
        "ten changes of its availability within an hour are flapping, nine are not, nor ten in a day"
    )
    func flapping() {
        func history(_ changes: Int, every minutes: Double) -> DeviceHistory {
            DeviceHistory(
                (0...changes).map {
                    Self.event(
                        "device.online", .boolean($0 % 2 == 0),
                        hours: 30 - Double($0) * minutes / 60)
                }, at: Self.now)
        }
        #expect(history(10, every: 5).isFlapping)
        #expect(!history(9, every: 5).isFlapping)
        #expect(!history(10, every: 60).isFlapping)
    }

    @Test(
        "three starts within a minute, twice in the week, are chattering; once is somebody at the door; movement never is"
    )
    func chattering() {
        func history(_ capability: Capability, minutes: [Double], of device: Device? = nil)
            -> DeviceHistory
        {
            DeviceHistory(
                minutes.flatMap { minute in
                    (0..<6).map {
                        Self.event(
                            capability, .boolean($0 % 2 == 1),
                            hours: 100 - minute / 60 - Double($0) * 8 / 3600, kind: .state)
                    }
                }, of: device, at: Self.now)
        }
        #expect(history("contact.open", minutes: [0, 600]).flapping == ["contact.open"])
        #expect(!history("contact.open", minutes: [0]).isFlapping)
        #expect(history("alarm.water", minutes: [0, 5]).isFlapping)
        #expect(!history("presence.motion", minutes: [0, 5, 10]).isFlapping)
        // What the profile says counts more.
        var device = Self.device(sleeps: true)
        device.capabilities = [
            DeviceCapability(capability: "contact.open", kind: .state, watchesFlapping: false),
            DeviceCapability(capability: "presence.occupied", kind: .state, watchesFlapping: true),
        ]
        #expect(!history("contact.open", minutes: [0, 600], of: device).isFlapping)
        #expect(history("presence.occupied", minutes: [0, 600], of: device).isFlapping)
    }

    @Test("two values for one moment of its own clock contradict; the same told twice does not")
    func contradictions() {
        func open(_ value: Bool, _ hours: Double, own: Double) -> (key: StreamKey, event: Event) {
            Self.event("contact.open", .boolean(value), hours: hours, kind: .state, own: own)
        }
        let twice = [open(true, 2, own: 3), open(true, 1.9, own: 3), open(false, 1, own: 1.5)]
        #expect(DeviceHistory(twice, at: Self.now).contradictions == 0)
        let two = [open(true, 2, own: 3), open(false, 1.9, own: 3)]
        #expect(DeviceHistory(two, at: Self.now).contradictions == 1)
    }

    @Test(
        "somebody has to go where it is not well, or its battery may be at its end within two weeks"
    )
    func hand() {
        func health(_ level: Double) -> DeviceHealth {
            DeviceHealth.all(
                [Self.device(sleeps: true)],
                latest: [Self.event("device.battery", .number(level), hours: 1)], at: Self.now)[0]
        }
        #expect(!health(60).needsHand(DeviceHistory()))
        #expect(health(20).needsHand(DeviceHistory()))
        var soon = DeviceHistory()
        soon.battery = .init(days: 30, atLeast: 13, atMost: 90)
        #expect(health(60).needsHand(soon))
        soon.battery = .init(days: 30, atLeast: 15, atMost: 90)
        #expect(!health(60).needsHand(soon))
    }
}
