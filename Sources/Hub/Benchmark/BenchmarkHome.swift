import Foundation
import Rules

// Benchmark: what `hubctl bench` measures with. It starts brokers, references and hubs as processes of their own, as
// they run in a home, and looks at them from outside.

/// A made-up site to measure with: residences of twenty devices each, and rules as a care provider would have them.
struct BenchmarkHome {
    /// A kind of device of each residence, in the order of the residence's list.
    struct Device {
        var name: String
        var profile: String
        var room: String
        var kind: String?
    }

    static let devices: [Device] = [
        Device(name: "front_door", profile: "contact", room: "hall", kind: "front_door"),
        Device(name: "bathroom_door", profile: "contact", room: "bathroom", kind: "door"),
        Device(name: "fridge", profile: "contact", room: "kitchen", kind: "fridge"),
        Device(name: "window", profile: "contact", room: "bedroom", kind: "window"),
        Device(name: "hall_motion", profile: "motion", room: "hall"),
        Device(name: "kitchen_motion", profile: "motion", room: "kitchen"),
        Device(name: "living_motion", profile: "motion", room: "living"),
        Device(name: "bathroom_motion", profile: "motion", room: "bathroom"),
        Device(name: "bedroom_motion", profile: "motion", room: "bedroom"),
        Device(name: "landing_motion", profile: "motion", room: "living"),
        Device(name: "stove", profile: "plug", room: "kitchen", kind: "stove"),
        Device(name: "television", profile: "plug", room: "living", kind: "television"),
        Device(name: "living_climate", profile: "climate", room: "living"),
        Device(name: "bedroom_climate", profile: "climate", room: "bedroom"),
        Device(name: "bathroom_climate", profile: "climate", room: "bathroom"),
        Device(name: "smoke", profile: "smoke", room: "kitchen"),
        Device(name: "leak", profile: "leak", room: "bathroom"),
        Device(name: "bed_call", profile: "sos", room: "bedroom"),
        Device(name: "bathroom_call", profile: "sos", room: "bathroom"),
        Device(name: "remote", profile: "button", room: "living"),
    ]

    /// What there is to measure on.
    enum Rules {
        /// The twenty rules of `BenchmarkRules` over as many residences as give so many instances.
        case instances(Int)
        /// So many rules, each written for one device.
        case written(Int)
    }

    /// Where pages are served, and for how many members of staff.
    struct Pages {
        var port: UInt16
        var members: Int
    }

    let residences: Int
    let rules: Rules
    var pages: Pages?
    /// Whether all that the devices say is about somebody, who has to have agreed.
    var isAboutPeople = false

    init(residences: Int, rules: Rules) {
        self.residences = residences
        self.rules = rules
    }

    var deviceCount: Int { residences * Self.devices.count }

    static func residence(_ number: Int) -> String { "r\(number)" }

    /// Who lives in a residence.
    static func person(_ residence: Int) -> PersonID { PersonID(rawValue: "p\(residence)") }

    static func topic(_ residence: Int, _ device: Int) -> String {
        "zigbee2mqtt/r\(residence)_\(devices[device].name)"
    }

    /// How many of the residences the rules are for.
    private var watched: Int {
        switch rules {
        case .instances(let count):
            (count + BenchmarkRules.shared.count - 1) / BenchmarkRules.shared.count
        case .written: 0
        }
    }

    /// Writes the home's folder.
    func write(to folder: String, port: UInt16, clientID: String) throws {
        let manager = FileManager.default
        try manager.createDirectory(
            atPath: folder + "/rules", withIntermediateDirectories: true)
        try hub(port, clientID).write(
            toFile: folder + "/hub.yaml", atomically: true, encoding: .utf8)
        try placements.write(
            toFile: folder + "/devices.yaml", atomically: true, encoding: .utf8)
        if let pages {
            let staff = (0..<pages.members).map { number in
                let id = BenchmarkPages.member(number)
                return "  - {id: \(id), name: \(id), roles: [carer]}\n"
            }
            try ("version: 1\nstaff:\n" + staff.joined()).write(
                toFile: folder + "/staff.yaml", atomically: true, encoding: .utf8)
        }
        try ruleText.write(
            toFile: folder + "/rules/all.yaml", atomically: true, encoding: .utf8)
    }

    private func hub(_ port: UInt16, _ clientID: String) -> String {
        let rooms = ["hall", "kitchen", "living", "bathroom", "bedroom"]
            .map { "{id: \($0), kind: \($0 == "living" ? "living_room" : $0)}" }
            .joined(separator: ", ")
        return """
            version: 1
            site: {id: bench}
            zone: Europe/Paris
            listen: \(pages.map { "127.0.0.1:\($0.port)" } ?? "off")
            broker:
              url: mqtt://127.0.0.1:\(port)
              client_id: \(clientID)
              subscribe: ["zigbee2mqtt/#"]
            residences:

            """
                + (0..<residences).map { residence(of: $0, rooms) }
                .joined()
    }

    private func residence(of number: Int, _ rooms: String) -> String {
        let people = isAboutPeople ? ", people: [\(Self.person(number))]" : ""
        return "  - {id: \(Self.residence(number))\(people), rooms: [\(rooms)]}\n"
    }

    private var placements: String {
        var text = "version: 1\ndevices:\n"
        for residence in 0..<residences {
            let person = isAboutPeople ? ", person: \(Self.person(residence))" : ""
            let labels = residence < watched ? ", labels: [watched]" : ""
            for (number, device) in Self.devices.enumerated() {
                let kind = device.kind.map { ", kind: \($0)" } ?? ""
                text +=
                    "  - {name: r\(residence)_\(device.name), profile: zigbee2mqtt-\(device.profile), "
                    + "topic: \(Self.topic(residence, number)), residence: \(Self.residence(residence)), "
                    + "room: \(device.room)\(person)\(kind)\(labels)}\n"
            }
        }
        return text
    }

    private var ruleText: String {
        switch rules {
        case .instances(let count): BenchmarkRules.text(count: count)
        case .written(let count): BenchmarkRules.written(count, residences: residences)
        }
    }
}
