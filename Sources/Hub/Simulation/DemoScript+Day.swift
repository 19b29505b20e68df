public import Rules

extension DemoScript {
    /// The messages of one day, 24 hours from `starts` on, in the order of time.
    ///
    /// - Parameters:
    ///   - date: days since 1970-01-01 of the date it starts on.
    ///   - ordinal: 0 for the first day, with its incidents; later days are ordinary, and what fell silent on
    ///     the first stays so.
    ///   - zone: the offsets of the script's zone.
    public func day(_ date: Int64, ordinal: Int, zone: ZoneOffsets) -> [TimedPublication] {
        var expansion = DayExpansion(script: self, date: date, ordinal: ordinal, zone: zone)
        return expansion.messages()
    }

    /// When a day starts.
    public func start(of date: Int64, zone: ZoneOffsets) -> Instant {
        zone.instant(day: date, milliseconds: starts.milliseconds, repeated: .first)
    }
}

/// Spreads a script out over one day.
private struct DayExpansion {
    /// Something said, before it is known what else the device knows at that moment.
    private struct Saying {
        enum Content {
            case members(kept: [String: DemoScript.Member], once: [String: DemoScript.Member])
            case availability(Bool)
        }
        var at: Instant
        var order: Int
        var device: String
        var content: Content
    }

    let script: DemoScript
    let date: Int64
    let ordinal: Int
    let zone: ZoneOffsets
    let start: Instant
    let end: Instant
    private var sayings: [Saying] = []
    private var presence: [String: [Range<Int64>]] = [:]
    private var silentFrom: [String: Instant] = [:]

    init(script: DemoScript, date: Int64, ordinal: Int, zone: ZoneOffsets) {
        self.script = script
        self.date = date
        self.ordinal = ordinal
        self.zone = zone
        start = script.start(of: date, zone: zone)
        end = script.start(of: date + 1, zone: zone)
    }

    private func random(_ name: String) -> SeededRandom {
        SeededRandom(seed: script.seed &+ UInt64(ordinal), name: name)
    }

    /// The moment of a time of day within this day: one before `starts` is on the next date.
    private func moment(_ time: TimeSpan) -> Instant {
        let day = time < script.starts ? date + 1 : date
        return zone.instant(day: day, milliseconds: time.milliseconds, repeated: .first)
    }

    mutating func messages() -> [TimedPublication] {
        for (index, step) in script.steps.enumerated() {
            if step.isIncident, ordinal > 0 {
                // What died stays dead.
                if case .falls(let device) = step.act { silentFrom[device] = start }
                continue
            }
            run(step, from: moment(step.at), name: "step \(index)")
        }
        for device in script.devices { reports(of: device) }
        for curve in script.curves { follow(curve) }
        for (device, spans) in presence.sorted(by: { $0.key < $1.key }) {
            move(device, spans: spans)
        }
        return render()
    }

    private mutating func run(_ step: DemoScript.Step, from base: Instant, name: String) {
        var random = random(name)
        let jitter = step.jitter.milliseconds
        let at = base + .milliseconds(random.between(-jitter, jitter))
        switch step.act {
        case .says(let device, let kept, let once):
            say(device, at, .members(kept: kept, once: once))
        case .availability(let device, let online):
            say(device, at, .availability(online))
        case .falls(let device):
            silentFrom[device] = min(at, silentFrom[device] ?? at)
        case .moves(let device, let span):
            let stop = at + max(span, .seconds(1))
            presence[device, default: []].append(at.milliseconds..<stop.milliseconds)
        case .opens(let device, let span):
            say(device, at, .members(kept: ["contact": .flag(false)], once: [:]))
            say(device, at + span, .members(kept: ["contact": .flag(true)], once: [:]))
        case .runs(let device, let span, let power, let idle):
            let range = DemoScript.Member.between(power.lowerBound, power.upperBound, digits: 1)
            var moment = at
            while moment < at + span {
                say(device, moment, .members(kept: ["power": range], once: [:]))
                moment = moment + .seconds(random.between(50, 100))
            }
            say(device, at + span, .members(kept: ["power": .number(idle)], once: [:]))
        case .does(let routine):
            for (index, step) in (script.routines[routine] ?? []).enumerated() {
                run(step, from: at + step.at, name: "\(name), \(routine) \(index)")
            }
        }
    }

    /// The device's first words of the day, and what it reports unasked.
    private mutating func reports(of device: DemoScript.Device) {
        var random = random("reports of \(device.name)")
        let nothing = Saying.Content.members(kept: [:], once: [:])
        if !device.first.isEmpty || device.speech == .zigbee2mqtt {
            say(device.name, start + .milliseconds(random.between(500, 20_000)), nothing)
        }
        guard let span = device.reports else { return }
        let fifth = span.milliseconds / 5
        var at = start + .milliseconds(random.between(fifth, span.milliseconds))
        while at < end {
            say(device.name, at, nothing)
            at = at + span + .milliseconds(random.between(-fifth, fifth))
        }
    }

    private mutating func follow(_ curve: DemoScript.Curve) {
        var random = random("curve of \(curve.device) \(curve.key)")
        var at = start + .milliseconds(random.between(20_000, curve.every.milliseconds))
        let middle = (curve.low + curve.high) / 2
        while at < end {
            let hours = Double((at - moment(curve.peak)).milliseconds) / 3_600_000
            let wave = DayExpansion.cosine(turn: hours / 24)
            let value = middle + (curve.high - curve.low) / 2 * wave
            let low = value - curve.noise
            let member = DemoScript.Member.between(low, value + curve.noise, digits: curve.digits)
            say(curve.device, at, .members(kept: [curve.key: member], once: [:]))
            at = at + curve.every + .milliseconds(random.between(-5000, 5000))
        }
    }

    /// A movement sensor says when it begins and ceases to see somebody: it ceases a while after the last
    /// movement, and sees somebody who sits still again only when they move. Two people in a room are one
    /// presence.
    private mutating func move(_ device: String, spans: [Range<Int64>]) {
        var random = random("movement at \(device)")
        var merged: [Range<Int64>] = []
        for span in spans.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, span.lowerBound <= last.upperBound + 120_000 {
                merged[merged.count - 1] =
                    last.lowerBound..<max(last.upperBound, span.upperBound)
            } else {
                merged.append(span)
            }
        }
        for span in merged {
            var at = span.lowerBound
            while at < span.upperBound {
                let seen = random.between(60_000, min(200_000, max(61_000, span.upperBound - at)))
                occupied(device, at, true)
                occupied(device, at + seen, false)
                at += seen + random.between(8_000, 70_000)
            }
        }
    }

    private mutating func occupied(_ device: String, _ at: Int64, _ isSeen: Bool) {
        say(
            device, Instant(milliseconds: at),
            .members(kept: ["occupancy": .flag(isSeen)], once: [:]))
    }

    private mutating func say(_ device: String, _ at: Instant, _ content: Saying.Content) {
        // Jitter and long acts may reach over the day's edges, where they would meet the next day's.
        guard at < end else { return }
        sayings.append(
            Saying(at: max(at, start), order: sayings.count, device: device, content: content))
    }

    /// A cosine of a turn (1 is a whole one) by its series, so that no other library's rounding decides a
    /// message.
    static func cosine(turn: Double) -> Double {
        var part = turn - turn.rounded(.down)
        if part > 0.5 { part = 1 - part }
        let angle = part * 2 * Double.pi
        let square = angle * angle
        var term = 1.0
        var sum = 1.0
        for index in 1...12 {
            term *= -square / Double((2 * index - 1) * (2 * index))
            sum += term
        }
        return sum
    }

    private mutating func render() -> [TimedPublication] {
        let devices = Dictionary(
            script.devices.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var known: [String: [String: DemoScript.Member]] = [:]
        var randoms: [String: SeededRandom] = [:]
        var result: [TimedPublication] = []
        result.reserveCapacity(sayings.count)
        sayings.sort { ($0.at, $0.order) < ($1.at, $1.order) }
        for saying in sayings {
            guard let device = devices[saying.device] else { continue }
            let died = silentFrom[saying.device].map { saying.at >= $0 } ?? false
            switch saying.content {
            case .availability(let online):
                // It is the bridge that says so, of a dead device too.
                let word = online ? "online" : "offline"
                result.append(
                    TimedPublication(
                        at: saying.at,
                        publication: Publication(
                            topic: device.topic + "/availability",
                            payload: "{\"state\":\"\(word)\"}", retained: true)))
            case .members(let kept, let once):
                if died { continue }
                var random = randoms[device.name] ?? random("values of \(device.name)")
                // Drawn once: what is cached is said again as it was.
                func draw(_ members: [String: DemoScript.Member]) -> [(String, DemoScript.Member)] {
                    members.sorted { $0.key < $1.key }.map {
                        ($0.key, Self.draw($0.value, &random))
                    }
                }
                var state =
                    known[device.name] ?? Dictionary(uniqueKeysWithValues: draw(device.first))
                let drawn = draw(kept)
                for (key, value) in drawn { state[key] = value }
                known[device.name] = state
                var said = device.speech == .zigbee2mqtt || drawn.isEmpty ? state : [:]
                for (key, value) in drawn { said[key] = value }
                for (key, value) in draw(once) { said[key] = value }
                let payload = Self.payload(said, of: device, at: saying.at, random: &random)
                randoms[device.name] = random
                result.append(
                    TimedPublication(
                        at: saying.at,
                        publication: Publication(topic: device.topic, payload: payload)))
            }
        }
        return result
    }

    private static func draw(
        _ member: DemoScript.Member, _ random: inout SeededRandom
    ) -> DemoScript.Member {
        guard case .between(let low, let high, let digits) = member else { return member }
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        return .number((random.between(low, high) * scale).rounded() / scale)
    }

    private static func payload(
        _ members: [String: DemoScript.Member], of device: DemoScript.Device, at: Instant,
        random: inout SeededRandom
    ) -> String {
        var texts = members.mapValues(text)
        switch device.speech {
        case .zigbee2mqtt:
            texts["last_seen"] = "\"\(at.utcText)\""
            texts["linkquality"] = "\(random.between(90, 140))"
        case .json:
            texts["time"] = "\"\(at.utcText)\""
        }
        let sorted = texts.sorted { $0.key < $1.key }
        return "{" + sorted.map { "\(JSONText.string($0.key)):\($0.value)" }.joined(separator: ",")
            + "}"
    }

    private static func text(_ member: DemoScript.Member) -> String {
        switch member {
        case .null: "null"
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): JSONText.number(number)
        case .text(let text): JSONText.string(text)
        case .between(let low, _, _): JSONText.number(low)
        }
    }
}
