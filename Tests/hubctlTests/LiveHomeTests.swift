import Foundation
import Rules
import Testing

@testable import Hub

/// A home that `hubctl init` wrote, and its running hub with its own broker.
final class LiveHome {
    let line: CommandLine
    let port: UInt16
    private var hub: Process?

    init() throws {
        line = try CommandLine()
        port = UInt16.random(in: 28_001...32_000)
        try line.hubctl("init", "home")
        let text = try line.read("home/hub.yaml")
        try line.write("home/hub.yaml", text.replacingOccurrences(of: "1883", with: "\(port)"))
    }

    func start() throws {
        hub = try line.start("run", "--home", "home")
        let isOnline = try eventually {
            try line.hubctl("status", "--home", "home", "--json").output
                .contains("\"state\":\"online\"")
        }
        try #require(isOnline, "\((try? line.read("log")) ?? "")")
    }

    /// Publishes as a device, and waits until the hub has taken it in.
    func publish(_ topic: String, _ payload: String, retain: Bool = false) throws {
        let before = messages
        var address = try PublisherAddress(text: "mqtt://devices@127.0.0.1:\(port)")
        address.password = try line.read("home/broker/devices.password")
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let publisher = try BrokerPublisher(address.session(clientID: "device"))
        try publisher.publish(Publication(topic: topic, payload: payload, retained: retain))
        try publisher.finish()
        #expect(eventually { messages > before })
    }

    private var messages: Int {
        guard
            case .status(let status)? = try? ControlClient(path: line.folder + "/home/hub.sock")
                .send(.status)
        else { return 0 }
        return status.messages
    }

    func stop() throws {
        guard let hub else { return }
        hub.terminate()
        let isOver = eventually(10) { !hub.isRunning }
        if !isOver { kill(hub.processIdentifier, SIGKILL) }
        #expect(isOver, "the hub does not end")
        self.hub = nil
    }
}

@Suite(
    "A home of one's own, from init to stop", .serialized,
    .enabled(if: ManagedBroker.find("mosquitto") != nil))
struct LiveHomeTests {
    @Test(
        "devices speak, events are listed, alerts are answered, and all of it is there after a restart"
    )
    func day() throws {
        let home = try LiveHome()
        let line = home.line
        defer { try? home.stop() }
        try home.start()
        try home.publish("zigbee2mqtt/front_door", "{\"contact\":false,\"battery\":91}")
        try home.publish("zigbee2mqtt/call_button", "{\"action\":\"emergency\"}")
        try home.publish("zigbee2mqtt/front_door", "{\"contact\":tr")
        try home.publish("zigbee2mqtt/front_door", "{\"contact\":\"x\",\"last_seen\":12}")
        try home.publish("zigbee2mqtt/new_thing", "{\"a\":1}")
        try events(line)
        try oddities(line)
        let id = try alerts(home)
        try home.stop()
        try home.start()
        let shown = try line.hubctl("alerts", "show", id, "--home", "home", "--lang", "fr").output
        #expect(shown.contains("terminée"), "\(shown)")
        let verify = try line.hubctl("verify", "--home", "home")
        #expect(verify.code == 0)
        #expect(verify.output.split(separator: "\n").allSatisfy { $0.hasPrefix("ok ") })
        try home.stop()
        #expect(try line.read("log").contains("taking in messages"))
    }

    private func events(_ line: CommandLine) throws {
        // By how much the clock of 1970 is off depends on today.
        let all = try line.hubctl("events", "list", "--home", "home").output
            .split(separator: "\n").map { String($0.dropFirst(20)) }
            .map { $0.replacing(/(clock_offset = -)\d+/) { "\($0.1)…" } }
        #expect(
            all == [
                "home/front_door contact.open = true", "home/front_door device.battery = 91",
                "home/call_button alarm.sos = true",
                "home/front_door device.clock_offset = -…",
                "home/front_door contact.open = unknown",
            ])
        func list(_ options: String...) throws -> [String] {
            try line.run(["events", "list", "--home", "home"] + options).output
                .split(separator: "\n").map(String.init)
        }
        #expect(try list("--device", "front_door").count == 4)
        #expect(try list("--device", "home/call_button").count == 1)
        #expect(try list("--capability", "contact.open", "--limit", "1").count == 1)
        #expect(try list("--residence", "home", "--from", "1h", "--to", "1s").count <= 5)
        #expect(try list("--from", "2001-01-01", "--to", "2002-01-01").isEmpty)
        // Times are taken as they are printed, in the residence's zone and in UTC.
        let printed = try #require(try list("--device", "call_button").first).prefix(19)
        #expect(try list("--device", "call_button", "--from", String(printed)).count == 1)
        let csv = try list("--csv", "--utc", "--device", "call_button")
        let exact = try #require(csv.dropFirst().first).split(separator: ",")[1]
        #expect(try list("--device", "call_button", "--from", String(exact)).count == 1)
        #expect(try list("--device", "call_button", "--to", String(exact)).isEmpty)
        #expect(
            csv[0]
                == "sequence,time,received,residence,device,capability,channel,kind,value,freshness"
        )
        #expect(csv[1].hasSuffix(",home,home/call_button,alarm.sos,,pulse,true,live"))
        let json = try list("--json", "--capability", "device.battery")
        #expect(json.count == 1)
        #expect(json[0].contains("\"value\":91") && json[0].contains("\"kind\":\"health\""))
        let wrong = try line.hubctl("events", "list", "--home", "home", "--device", "front_dor")
        #expect(wrong.code == 1)
        #expect(wrong.errors.contains("did you mean \"front_door\"?"), "\(wrong.errors)")
    }

    private func oddities(_ line: CommandLine) throws {
        let quarantine = try line.hubctl("events", "quarantine", "--home", "home").output
        #expect(
            quarantine.contains("zigbee2mqtt/front_door: not JSON: the text ends within a value"))
        let unknown = try line.hubctl("events", "unknown", "--home", "home").output
        #expect(unknown.contains("1 × zigbee2mqtt/new_thing"))
        let faults = try line.hubctl("devices", "faults", "--home", "home").output
        #expect(faults.contains("home/front_door clock, 1 ×"), "\(faults)")
        #expect(faults.contains("the profile's map has no \"x\""))
        let again = try line.hubctl("events", "quarantine", "--retry", "--home", "home")
        #expect(
            again.output
                == "1 message read again: 0 understood, 0 readings stored as late, 1 still in quarantine\n",
            "\(again)")
    }

    /// - Returns: the call's identifier.
    private func alerts(_ home: LiveHome) throws -> String {
        let line = home.line
        let list = try line.hubctl("alerts", "list", "--home", "home").output
        #expect(list.split(separator: "\n").count == 1, "\(list)")
        let id = String(list.prefix { $0 != " " })
        #expect(list.contains(" critical unacknowledged ") && list.hasSuffix("Home, p1: Call\n"))
        let french = try line.hubctl("alerts", "list", "--home", "home", "--lang", "fr").output
        #expect(
            french.contains(" critique sans réponse ") && french.hasSuffix("Maison, p1 : Appel\n"))
        let json = try line.hubctl("alerts", "list", "--home", "home", "--json").output
        #expect(json.contains("\"capability\":\"alarm.sos\""), "\(json)")
        let watch = try line.start(
            "alerts", "watch", "--home", "home", "--limit", "1", output: "watch")
        // Until it is there to see one.
        #expect(
            try eventually {
                try home.publish("zigbee2mqtt/call_button", "{\"action\":\"emergency\"}")
                return try !line.read("watch").isEmpty
            })
        #expect(eventually { !watch.isRunning })
        if watch.isRunning { watch.terminate() }
        let resolved = try line.hubctl(
            "alerts", "resolve", String(id.prefix(5)), "--by", "Nadia", "--outcome", "real",
            "--note",
            "Thé froid.",
            "--home", "home")
        #expect(resolved.output == "\(id): resolved by Nadia (real)\n", "\(resolved)")
        let shown = try line.hubctl("alerts", "show", id, "--home", "home", "--lang", "fr").output
        for words in [
            "terminée par Nadia", "Aller voir la personne", "déclenchée", "événement", "Thé froid.",
        ] {
            #expect(shown.contains(words), "\(words) is not in:\n\(shown)")
        }
        let twice = try line.hubctl("alerts", "ack", id, "--home", "home")
        #expect(twice.code == 1)
        #expect(twice.errors.contains("is not open"))
        #expect(
            try line.hubctl("alerts", "ack", "zzzz", "--home", "home").errors
                .contains("there is no alert \"zzzz\""))
        #expect(try line.hubctl("alerts", "list", "--home", "home").output == "No alerts.\n")
        return id
    }

    @Test(
        "a device that is unknown is proposed, adopted, and heard after a reload; nothing is lost meanwhile"
    )
    func adoption() throws {
        let home = try LiveHome()
        let line = home.line
        defer { try? home.stop() }
        try home.start()
        try home.publish("zigbee2mqtt/0x1", "{\"contact\":true,\"battery\":80}")
        try home.publish("zigbee2mqtt/0x2", "{\"gibberish\":1}")
        let proposed = try line.hubctl("devices", "proposed", "--home", "home").output
        #expect(proposed.contains("zigbee2mqtt/0x1  zigbee2mqtt"), "\(proposed)")
        #expect(proposed.contains("contact.open = false"))
        #expect(proposed.contains("--profile zigbee2mqtt-contact"))
        let wrong = try line.hubctl(
            "devices", "adopt", "zigbee2mqtt/0x3", "--title", "x", "--room", "home/hall", "--home",
            "home")
        #expect(wrong.code != 0 && wrong.errors.contains("did you mean"), "\(wrong)")
        let unread = try line.hubctl(
            "devices", "adopt", "zigbee2mqtt/0x2", "--title", "x", "--room", "home/hall", "--home",
            "home")
        #expect(unread.code != 0 && unread.errors.contains("no profile"), "\(unread)")
        let adopted = try line.hubctl(
            "devices", "adopt", "zigbee2mqtt/0x1", "--title", "Fenêtre", "--room", "home/kitchen",
            "--home", "home")
        #expect(adopted.code == 0, "\(adopted)")
        #expect(try line.hubctl("reload", "--home", "home").code == 0)
        try home.publish("zigbee2mqtt/0x1", "{\"contact\":false,\"battery\":80}")
        let events = try line.hubctl("events", "list", "--home", "home").output
        #expect(events.contains("home/fenetre contact.open = true"), "\(events)")
        #expect(
            try !line.hubctl("devices", "proposed", "--home", "home").output.contains("0x1"))
        // With an error in a file the hub goes on with what it has.
        let rules = try line.read("home/rules/start.yaml")
        try line.write("home/rules/start.yaml", rules + "  nonsense\n")
        let refused = try line.hubctl("reload", "--home", "home")
        #expect(refused.code != 0 && refused.errors.contains("goes on with what it has"))
        #expect(try line.hubctl("status", "--home", "home").output.contains("online"))
        try line.write("home/rules/start.yaml", rules)
    }
}
