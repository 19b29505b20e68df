public import Rules

/// What `hubctl check` says of alarms that set off no rule: whoever presses calls nobody.
public enum UnheardAlarms {
    /// An alarm that no rule hears, and why.
    public struct Finding: Hashable, Sendable {
        /// Whose it is.
        public var device: DeviceID
        /// What no rule hears.
        public var alarms: [DeviceAlarm]
        /// Rules that would hear it if it were somebody's.
        public var ofPeople: [RuleID]
        /// Rules that would hear it if it stood in a room.
        public var ofRooms: [RuleID]

        /// What, why, and what to do.
        public var description: String {
            let names = alarms.map(\.description).joined(separator: ", ")
            return "device \"\(device)\": no rule hears \(names), so it raises no alert: \(reason)"
        }

        private var reason: String {
            func quoted(_ rules: [RuleID]) -> String {
                (rules.count == 1 ? "rule " : "rules ")
                    + rules.prefix(3).map { "\"\($0)\"" }.joined(separator: ", ")
            }
            if !ofPeople.isEmpty {
                return
                    "\(quoted(ofPeople)) would, per person, and it is nobody's; give it a person (person: …), "
                    + "or write \"per: device\" into the rule"
            }
            if !ofRooms.isEmpty {
                return
                    "\(quoted(ofRooms)) would, per room, and it stands in none; give it a room (room: …), "
                    + "or write \"per: device\" into the rule"
            }
            return
                "none is about it; write a rule, or take one of the library (hubctl rules library)"
        }
    }

    /// All of a home's, in the order of devices.yaml; none where its files have errors, for then no rule is known.
    public static func all(_ home: LoadedHome) -> [Finding] {
        if home.hasErrors { return [] }
        var found: [Finding] = []
        for device in home.home.devices {
            let alarms = device.alarms(unheardBy: home.plan)
            if !alarms.isEmpty {
                found.append(
                    Finding(device: device.id, alarms: alarms, ofPeople: [], ofRooms: []))
            }
        }
        if found.isEmpty { return [] }
        let unheard = Set(found.map(\.device))
        // What would be heard, were it somebody's, or in a room: asked of the planner itself.
        let people = plan(home) { device, residence in
            guard unheard.contains(device.id), device.person == nil else { return }
            device.person = residence.people.first
        }
        let rooms = plan(home) { device, residence in
            guard unheard.contains(device.id), device.room == nil else { return }
            device.room = residence.rooms.first?.id
        }
        for index in found.indices {
            let device = home.home.devices.first { $0.id == found[index].device }
            guard let device else { continue }
            let keys = found[index].alarms.map { device.stream(of: $0) }
            if let people { found[index].ofPeople = heard(keys, by: people) }
            if let rooms { found[index].ofRooms = heard(keys, by: rooms) }
        }
        return found
    }

    /// A warning for each such device, at its place in devices.yaml.
    public static func diagnostics(_ home: LoadedHome) -> [Diagnostic] {
        let found = all(home)
        if found.isEmpty { return [] }
        let places = DevicePlaces(home)
        return found.map {
            Diagnostic(
                .warning, code: "alarm-unheard", $0.description, at: places[$0.device])
        }
    }

    private static func heard(_ keys: [StreamKey], by plan: Plan) -> [RuleID] {
        var found: [RuleID] = []
        for rule in keys.flatMap({ plan.rulesHearing($0) }) where !found.contains(rule) {
            found.append(rule)
        }
        return found
    }

    /// The plan of the same rules over a home that is a little different; nil where it would be the same.
    private static func plan(
        _ home: LoadedHome, _ change: (inout Device, Residence) -> Void
    ) -> Plan? {
        var changed = home.home
        for index in changed.devices.indices {
            let residence = changed.residences.first { $0.id == changed.devices[index].residence }
            if let residence { change(&changed.devices[index], residence) }
        }
        guard changed.devices != home.home.devices else { return nil }
        return Planner.plan(home.rules, home: changed, zones: home.zones)
    }
}

/// Where devices.yaml places each device.
struct DevicePlaces {
    private var places: [DeviceID: SourceLocation] = [:]

    init(_ home: LoadedHome) {
        guard let text = home.sources["devices.yaml"],
            let tree = try? YAML.parse(text, file: "devices.yaml")
        else { return }
        var reader = DevicesReader(residences: home.home.residences, profiles: nil)
        for device in reader.read(tree) { places[device.id] = device.location }
    }

    subscript(_ device: DeviceID) -> SourceLocation {
        places[device] ?? SourceLocation(file: "devices.yaml", line: 1, column: 1)
    }
}
