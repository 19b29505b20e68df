import Foundation
import Rules
import Testing

@testable import Hub

/// The real home of ../shared/data/homeassist as this test understands it, by itself: what each line of the CSV must
/// become in the journal.
private struct RecordedHome {
    /// `2017-01-16T17:50:17.385 presence.motion = true`, in order, by device.
    var expected: [String: [String]] = [:]
    let text: String

    static let devices = [
        "ContactS_E": "front_door", "ContactS_Fridge": "fridge_door",
        "ContactS_Cupboard": "cupboard_door", "MotionD_E": "entrance_motion",
        "MotionD_K": "kitchen_motion", "MotionD_L": "living_motion", "MotionD_B": "bedroom_motion",
        "MotionD_Ba": "bathroom_motion", "MotionD_T": "toilet_motion", "MotionD_S": "spare_motion",
        "EMeter_Coffeemaker": "coffee_plug", "EMeter_L": "lamp_plug",
    ]

    /// - Parameter merged: whether each message repeats all that the device knows, as Zigbee2MQTT's do.
    init(path: String, lines: Int, merged: Bool, seconds: Bool) throws {
        let all = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        let some = all.prefix(lines)
        text = some.joined(separator: "\n") + "\n"
        var known: [String: [String: String]] = [:]
        for line in some {
            let parts = line.split(separator: ";").map(String.init)
            let channel = parts[1].split(separator: ".").map(String.init)
            let field = channel.count > 1 ? channel[1] : ""
            guard let device = Self.devices[channel[0]], field != "CommFailure", field != "Tripped"
            else { continue }
            guard let reading = Self.reading(channel[0], field, parts[2]) else { continue }
            if !merged, field == "BatteryLevel" { continue }
            var told = merged ? known[device] ?? [:] : [:]
            told[reading.capability] = reading.value
            known[device] = told
            let time = String(parts[0].prefix(seconds ? 19 : 23))
            for (capability, value) in told.sorted(by: { $0.key < $1.key }) {
                expected[device, default: []].append("\(time) \(capability) = \(value)")
            }
        }
    }

    private static func reading(
        _ sensor: String, _ field: String, _ raw: String
    ) -> (capability: String, value: String)? {
        guard let number = Double(raw) else { return nil }
        let isOn = number != 0
        switch field {
        case "BatteryLevel": return ("device.battery", Value.number(number).plainText)
        case "Status": return ("switch.on", "\(isOn)")
        default: break
        }
        if sensor.hasPrefix("ContactS") { return ("contact.open", "\(isOn)") }
        if sensor.hasPrefix("MotionD") { return ("presence.motion", "\(isOn)") }
        // The meter has faults of its own: what cannot be is unknown in the journal.
        return ("power.active", number < -5 ? "unknown" : Value.number(number).plainText)
    }
}

@Suite(
    "A real home speaks again", .serialized,
    .enabled(if: ManagedBroker.find("mosquitto") != nil))
struct RecordedHomeTests {
    /// All 95,157 by hand: FOYER_RECORDING=95157 ./test --filter RecordedHomeTests.
    static let lines = Int(ProcessInfo.processInfo.environment["FOYER_RECORDING"] ?? "") ?? 5000
    static let path = CommandLine.root + "/../shared/data/homeassist/dataset.csv"

    @Test(
        "published at full speed as either convention, the journal says what the recording says, at its times",
        arguments: ["zigbee2mqtt", "tasmota"])
    func speaks(convention: String) throws {
        guard FileManager.default.fileExists(atPath: Self.path) else {
            print("skipped: ../shared/data/homeassist is not beside this checkout")
            return
        }
        let isMerged = convention == "zigbee2mqtt"
        let recorded = try RecordedHome(
            path: Self.path, lines: Self.lines, merged: isMerged, seconds: !isMerged)
        let line = try CommandLine()
        try line.write("recording.csv", recorded.text)
        let map = CommandLine.root + "/devices/maps/homeassist.yaml"
        let port = UInt16.random(in: 32_001...36_000)
        try line.hubctl(
            "simulate", "recording.csv", "--map", map, "--as", convention, "--write-home", "home")
        let hub = try line.read("home/hub.yaml")
        try line.write("home/hub.yaml", hub + "broker: {managed: {port: \(port)}}\n")
        let check = try line.hubctl("check", "--home", "home")
        try #require(check.code == 0, "\(check.output)\(check.errors)")
        let process = try line.start("run", "--home", "home", "--log-level", "warning")
        defer { process.terminate() }
        try #require(
            try eventually { try status(line)?.state == "online" },
            "\((try? line.read("log")) ?? "")")
        let played = try line.hubctl(
            "simulate", "recording.csv", "--map", map, "--as", convention, "--speed", "max",
            "--broker", "mqtt://devices@127.0.0.1:\(port)", "--password-file",
            "home/broker/devices.password")
        try #require(played.code == 0, "\(played.errors)")
        let sent = Int(played.errors.prefix { $0.isNumber }) ?? 0
        #expect(sent > Self.lines * 9 / 10, "\(played.errors)")
        #expect(try eventually(120) { (try status(line)?.messages ?? 0) >= sent })
        try compare(line, recorded)
        #expect(try status(line)?.quarantined == 0)
        #expect(try status(line)?.unknown == 0)
        #expect(try line.hubctl("stop", "--home", "home").code == 0)
        #expect(eventually(10) { !process.isRunning })
        #expect(try line.hubctl("verify", "--home", "home").code == 0)
        try measures(line, recorded)
    }

    /// Of this home it is known that every device which "stopped" had died: none is one that is used no more.
    private func measures(_ line: CommandLine, _ recorded: RecordedHome) throws {
        let answer = try line.hubctl("measures", "--home", "home", "--csv")
        #expect(answer.code == 0, "\(answer.errors)")
        let lines = answer.output.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let quiet = try #require(lines.first?.firstIndex(of: "quiet_since"))
        let rows = lines.dropFirst()
        #expect(rows.count >= recorded.expected.count)
        var used = 0
        for row in rows {
            let coverage = try #require(Double(row[2]))
            #expect((0...1).contains(coverage), "\(row)")
            if recorded.expected[String(row[0].dropFirst("recorded/".count))] != nil {
                #expect(coverage > 0, "\(row)")
                used += Int(row[4]) ?? 0
            }
            #expect(row[quiet] == "", "\(row[0]) is said to be used no more")
        }
        #expect(used > 50)
        try watches(line, coverage: rows.map { ($0[0], Double($0[2]) ?? -1) })
    }

    /// The spans in which a device was watched and not are the whole period, and their share is the coverage.
    private func watches(_ line: CommandLine, coverage: [(String, Double)]) throws {
        let answer = try line.hubctl(
            "measures", "--home", "home", "--watched", "--purpose", "care", "--csv")
        #expect(answer.code == 0, "\(answer.errors)")
        let rows = answer.output.split(separator: "\n").dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for (device, share) in coverage {
            let own = rows.filter { $0[0] == device }
            let spans = try own.map { (try format.parse($0[3]), try format.parse($0[4]), $0[5]) }
            for (one, next) in zip(spans, spans.dropFirst()) { #expect(one.1 == next.0) }
            let first = try #require(spans.first?.0)
            let whole = try #require(spans.last?.1).timeIntervalSince(first)
            let watched = spans.filter { $0.2 == "watched" }
                .reduce(0) { $0 + $1.1.timeIntervalSince($1.0) }
            #expect(abs(watched / whole - share) < 1e-6, "\(device)")
        }
        let response = try line.hubctl("measures", "--home", "home", "--response", "--json")
        #expect(response.code == 0, "\(response.errors)")
        #expect(response.output.contains("\"residence\":\"recorded\""))
        #expect(response.output.contains("\"alerts\":"))
    }

    private func status(_ line: CommandLine) throws -> HubStatus? {
        guard
            case .status(let status)? = try? ControlClient(path: line.folder + "/home/hub.sock")
                .send(.status)
        else { return nil }
        return status
    }

    private func compare(_ line: CommandLine, _ recorded: RecordedHome) throws {
        let answer = try line.hubctl("events", "list", "--home", "home", "--limit", "0", "--csv")
        var found: [String: [String]] = [:]
        for row in answer.output.split(separator: "\n").dropFirst() {
            let fields = row.split(separator: ",", omittingEmptySubsequences: false).map(
                String.init)
            let (time, device, capability) = (fields[1], fields[4], fields[5])
            if capability == "device.online" || capability.hasPrefix("link.") { continue }
            #expect(fields[9] == "late", "\(row)")
            // To the second, where the convention tells no more.
            let stamp = time.prefix(recorded.isToTheSecond ? 19 : 23)
            found[String(device.dropFirst("recorded/".count)), default: []]
                .append("\(stamp) \(capability) = \(fields[8])")
        }
        #expect(Set(found.keys) == Set(recorded.expected.keys))
        for (device, expected) in recorded.expected {
            let events = found[device] ?? []
            #expect(events.count == expected.count, "\(device)")
            // Within one message the order of readings is the profile's.
            #expect(events.sorted() == expected.sorted(), "\(device)")
        }
    }
}

extension RecordedHome {
    fileprivate var isToTheSecond: Bool {
        expected.values.first?.first.map { $0.prefix { $0 != " " }.count == 19 } ?? false
    }
}
