import Foundation

/// Times how long it takes from publishing a press of a call button to the alert's MQTT message, while all devices
/// together say 100 things a second.
struct BenchmarkLatency {
    private let broker: BenchmarkBroker
    private let residences: Int
    private let stop: BenchmarkStop

    /// One of so many messages is a call; the others are what devices say all day.
    private static let messagesPerCall = 5

    init(_ broker: BenchmarkBroker, residences: Int, _ stop: BenchmarkStop) {
        self.broker = broker
        self.residences = residences
        self.stop = stop
    }

    /// - Parameter announcing: whether a bridge tells of all its devices every two seconds meanwhile, in 5 MB.
    /// - Returns: milliseconds, in order of size.
    func measure(seconds: Int, announcing: Bool = false) throws -> [Double] {
        let listener = try BrokerSession(
            broker.session("bench-staff", subscriptions: ["foyer/+/alerts/+"]))
        try listener.waitForAnswer()
        defer { listener.abandon() }
        let speaker = try BrokerSession(broker.session("bench-devices"))
        try speaker.waitForAnswer()
        defer { speaker.abandon() }
        let bridge = try BrokerSession(broker.session("bench-bridge"))
        try bridge.waitForAnswer()
        defer { bridge.abandon() }
        let announcement = announcing ? BenchmarkAnnouncement.payload() : []
        var traffic = BenchmarkTraffic(residences: residences, seed: 7)
        var pressed: [String: ContinuousClock.Instant] = [:]
        var latencies: [Double] = []
        var inbox: [InboundMessage] = []
        let start = ContinuousClock.now + .milliseconds(200)
        var calls = 0
        for number in 0..<(seconds * 100 + 100) {
            let due = start + .milliseconds(10 * number)
            repeat {
                try take(listener, &inbox, &pressed, &latencies)
                _ = try? speaker.misc()
                _ = try? bridge.misc()
            } while wait(listener, until: due)
            try drainAnswers(speaker)
            try stop.check()
            // The last second is for answers only.
            guard number < seconds * 100 else { continue }
            if announcing, number % 200 == 50 {
                _ = try bridge.publish(
                    topic: BenchmarkAnnouncement.topic, payload: announcement, retain: false)
                try bridge.release()
                try drainAnswers(bridge)
            }
            if number % Self.messagesPerCall == 0 {
                let residence = calls % residences
                calls += 1
                pressed[BenchmarkHome.residence(residence)] = .now
                try publish(BenchmarkTraffic.call(residence: residence), speaker)
            } else {
                try publish(traffic.next(at: Clock.system.now()), speaker)
            }
        }
        guard pressed.isEmpty else {
            throw BenchmarkError("\(pressed.count) calls of \(calls) were not answered by an alert")
        }
        return latencies.sorted()
    }

    private func publish(_ publication: Publication, _ session: BrokerSession) throws {
        _ = try session.publish(
            topic: publication.topic, payload: Array(publication.payload.utf8), retain: false)
        try session.release()
    }

    private func drainAnswers(_ session: BrokerSession) throws {
        var inbox: [InboundMessage] = []
        try session.read(into: &inbox, limit: 100)
        session.published = []
    }

    /// The first message about a residence after its press is the alert's.
    private func take(
        _ session: BrokerSession, _ inbox: inout [InboundMessage],
        _ pressed: inout [String: ContinuousClock.Instant], _ latencies: inout [Double]
    ) throws {
        inbox.removeAll(keepingCapacity: true)
        try session.read(into: &inbox, limit: 100)
        let now = ContinuousClock.now
        for message in inbox where !message.retained {
            let residence = String(message.topic.split(separator: "/")[1])
            guard let then = pressed.removeValue(forKey: residence) else { continue }
            latencies.append((now - then).seconds * 1000)
        }
        try session.release()
    }

    /// - Returns: whether something came before the time was over.
    private func wait(_ session: BrokerSession, until due: ContinuousClock.Instant) -> Bool {
        let left = (due - .now).seconds
        guard left > 0 else { return false }
        session.waitReadable(milliseconds: Int32((left * 1000).rounded(.up)))
        return ContinuousClock.now < due
    }
}
