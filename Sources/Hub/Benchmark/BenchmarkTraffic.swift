import Rules

/// What the devices of a `BenchmarkHome` say: a mix as in a home, mostly movement and measurements, each message with
/// what devices send along (battery, link quality, and in every other residence the time).
struct BenchmarkTraffic {
    private let residences: Int
    private var random: SeededRandom
    /// By device of the site: what it said last, so that states change and are not only repeated.
    private var flags: [Bool]
    private var levels: [Int16]
    /// What follows from what was said: a door that was opened is shut, and whoever came in moves.
    private var following: [(residence: Int, device: Int)] = []

    init(residences: Int, seed: UInt64 = 1) {
        self.residences = residences
        random = SeededRandom(seed: seed)
        flags = Array(repeating: false, count: residences * BenchmarkHome.devices.count)
        levels = Array(repeating: 0, count: flags.count)
    }

    /// The next message.
    mutating func next(at now: Instant) -> Publication {
        if let next = following.popLast() { return message(next.residence, next.device, at: now) }
        let residence = Int(random.next() % UInt64(residences))
        let device = device()
        // Doors that stay open and people who stay out would raise an alert every some seconds.
        if device < 4 {
            if device == 0 { following.append((residence, 4)) }
            following.append((residence, device))
        }
        return message(residence, device, at: now)
    }

    /// What a device of a residence says.
    mutating func message(_ residence: Int, _ device: Int, at now: Instant) -> Publication {
        let place = residence * BenchmarkHome.devices.count + device
        var members = ""
        switch BenchmarkHome.devices[device].profile {
        case "contact":
            flags[place].toggle()
            members = "\"contact\":\(flags[place])"
        case "motion":
            flags[place].toggle()
            members = "\"occupancy\":\(flags[place])"
        case "plug":
            // Around 0 W and 900 W, with a step that counts.
            flags[place].toggle()
            let watts = flags[place] ? 900 + Int64(random.next() % 200) : 0
            members = "\"power\":\(watts),\"state\":\"ON\""
        case "climate":
            let level = Int64(levels[place]) + (random.next() % 2 == 0 ? 2 : -2)
            levels[place] = Int16(max(-20, min(20, level)))
            members =
                "\"humidity\":\(50 + levels[place] / 10),\"temperature\":\(Self.tenths(210 + Int64(levels[place])))"
        case "sos":
            if random.next() % 20 == 0 { members = "\"action\":\"emergency\"" }
        case "smoke": members = "\"smoke\":false"
        case "leak": members = "\"water_leak\":false"
        default: members = "\"action\":\"single\""
        }
        if !members.isEmpty { members += "," }
        members += "\"battery\":\(80 + place % 20),\"linkquality\":\(100 + random.next() % 10)"
        if residence % 2 == 0 { members += ",\"last_seen\":\"\(now.utcText)\"" }
        return Publication(
            topic: BenchmarkHome.topic(residence, device), payload: "{\(members)}")
    }

    /// A press of the call button of a residence's bedroom.
    static func call(residence: Int) -> Publication {
        Publication(
            topic: BenchmarkHome.topic(residence, 17), payload: "{\"action\":\"emergency\"}")
    }

    private mutating func device() -> Int {
        // Places in the list of devices. Of what is said, some 42 in 100 is movement, 20 doors, 25 climate, 11 plugs.
        switch random.next() % 100 {
        case ..<46: 4 + Int(random.next() % 6)
        case ..<56: Int(random.next() % 4)
        case ..<85: 12 + Int(random.next() % 3)
        case ..<98: 10 + Int(random.next() % 2)
        case 98: 15 + Int(random.next() % 2)
        default: 17 + Int(random.next() % 3)
        }
    }

    private static func tenths(_ number: Int64) -> String { "\(number / 10).\(number % 10)" }
}
