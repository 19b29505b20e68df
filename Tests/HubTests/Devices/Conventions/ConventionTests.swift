import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Conventions: traps, each by a message of our own")
struct ConventionTests: ConventionRig {
    struct Case: Sendable, CustomTestStringConvertible {
        var topic: String
        var payload: String
        var convention: String
        var capability: String
        var value: ConventionMessage.Value?
        var testDescription: String { "\(topic) \(payload): \(capability)" }

        init(
            _ topic: String, _ payload: String, _ convention: String, _ capability: String,
            _ value: ConventionMessage.Value?
        ) {
            self.topic = topic
            self.payload = payload
            self.convention = convention
            self.capability = capability
            self.value = value
        }
    }

    static let cases: [Case] = [
        Case(
            "zigbee2mqtt/rad", "{\"fall_down_status\":\"fall\"}", "zigbee2mqtt", "alarm.fall",
            .boolean(true)),
        Case(
            "zigbee2mqtt/rad", "{\"fall_down_status\":\"maybe_fall\"}", "zigbee2mqtt",
            "alarm.fall", .boolean(false)),
        Case(
            "zigbee2mqtt/rad", "{\"fall_down_status\":null}", "zigbee2mqtt", "alarm.fall",
            .unknown),
        Case(
            "application/1/device/24e124/event/up",
            "{\"object\":{\"magnet_status\":\"open\"}}", "chirpstack_v4", "contact.open",
            .boolean(true)),
        Case(
            "application/1/device/24e124/event/up",
            "{\"object\":{\"magnet_status\":\"close\"}}", "chirpstack_v4", "contact.open",
            .boolean(false)),
        Case(
            "zigbee2mqtt/cord", "{\"action\":\"panic\"}", "zigbee2mqtt", "alarm.sos", .boolean(true)
        ),
        Case("zigbee2mqtt/cord", "{\"action\":\"\"}", "zigbee2mqtt", "alarm.sos", nil),
        Case("zigbee2mqtt/cord", "{\"action\":null}", "zigbee2mqtt", "button.press", nil),
        Case(
            "zigbee2mqtt/door", "{\"contact\":true}", "zigbee2mqtt", "contact.open", .boolean(false)
        ),
        Case("zigbee2mqtt/door", "{\"contact\":null}", "zigbee2mqtt", "contact.open", .unknown),
        Case(
            "zigbee2mqtt/door", "{\"contact\":false,\"voltage\":3000,\"battery\":90}",
            "zigbee2mqtt", "device.battery_voltage", .number(3)),
        Case(
            "zigbee2mqtt/plug", "{\"state\":\"ON\",\"voltage\":231}", "zigbee2mqtt",
            "power.voltage", .number(231)),
        Case(
            "zigbee2mqtt/two", "{\"state_l1\":\"ON\",\"state_l2\":\"OFF\"}", "zigbee2mqtt",
            "switch.on[l2]", .boolean(false)),
        Case(
            "zigbee2mqtt/remote", "{\"action\":\"2_double\"}", "zigbee2mqtt", "button.id",
            .text("2")),
        Case(
            "zigbee2mqtt/door/availability", "{\"state\":\"offline\"}", "zigbee2mqtt",
            "device.online", .boolean(false)),
        Case("zigbee2mqtt/door/set", "{\"state\":\"ON\"}", "zigbee2mqtt", "switch.on", nil),
        Case(
            "zigbee2mqtt/h", "{\"temperature\":-100,\"humidity\":50}", "zigbee2mqtt",
            "env.temperature", .unknown),
        Case(
            "tele/stove/SENSOR", "{\"Time\":\"1970-01-01T00:01:00\",\"ENERGY\":{\"Power\":[3,4]}}",
            "tasmota", "power.active[2]", .number(4)),
        Case("stat/lamp/POWER2", "ON", "tasmota", "switch.on[2]", .boolean(true)),
        Case("cmnd/lamp/POWER", "ON", "tasmota", "switch.on", nil),
        Case(
            "shellies/shellyht-1/sensor/temperature", "-99.5", "shelly_gen1", "env.temperature",
            .unknown),
        Case(
            "shellies/shellyht-1/sensor/temperature", "-1", "shelly_gen1", "env.temperature",
            .number(-1)),
        Case("shellies/shelly1-1/relay/0", "on", "shelly_gen1", "switch.on", .boolean(true)),
        Case(
            "shellies/shellyplug-1/relay/0/energy", "6000", "shelly_gen1", "energy.total",
            .number(0.1)),
        Case("shellies/shelly1-1/relay/0/command", "on", "shelly_gen1", "switch.on", nil),
        Case(
            "shellysmoke-1/status/smoke:0", "{\"id\":0,\"alarm\":true}", "shelly_gen2",
            "alarm.smoke", .boolean(true)),
        Case("homie/5/cord/button/action", "press", "homie5", "button.press", .text("press")),
        Case("homie/5/lamp/light/brightness/$target", "40", "homie5", "light.level", nil),
        Case(
            "hall/binary_sensor/front_door/state", "ON", "esphome", "contact.open", .boolean(true)),
        Case("hall/sensor/hall_temperature/state", "nan", "esphome", "env.temperature", .unknown),
        Case(
            "zwave/hall/113/0/Smoke_Alarm/Sensor_status", "{\"time\":1789000000000,\"value\":2}",
            "zwave_js_ui", "alarm.smoke", .boolean(true)),
        Case("zwave/hall/37/0/targetValue/set", "true", "zwave_js_ui", "switch.on", nil),
        Case(
            "home/gw/BTtoMQTT/AA", "{\"tempc\":\"20.5\",\"rssi\":-60}", "openmqttgateway",
            "env.temperature", .number(20.5)),
        Case(
            "owntracks/a/b", "{\"_type\":\"encrypted\",\"data\":\"x\"}", "owntracks",
            "location.lat", nil),
        Case(
            "senml/x", "[{\"n\":\"t\",\"u\":\"Cel\",\"v\":20}]", "senml", "env.temperature",
            .number(20)),
        // RFC 8428, 4.1: what the base says goes on in the records behind it, and base values are added.
        Case(
            "senml/x",
            "[{\"bn\":\"d:\",\"bu\":\"Pa\",\"bv\":100000},{\"n\":\"p\",\"v\":1325}]", "senml",
            "env.pressure", .number(1013.25)),
        Case(
            "senml/x", "[{\"n\":\"t\",\"u\":\"K\",\"v\":273.15}]", "senml", "env.temperature",
            .number(0)),
        Case(
            "senml/x", "[{\"bn\":\"d:\",\"bu\":\"kW\"},{\"n\":\"p\",\"v\":2}]", "senml",
            "power.active", .number(2000)),
        Case("frigate/front/person", "2", "frigate", "presence.count", .number(2)),
        Case("frigate/front/person/snapshot", "x", "frigate", "presence.count", nil),
        Case("home/hall/door", "true", "text", "contact.open", nil),
        Case("home/hall/door", "open", "text", "contact.open", .boolean(true)),
        Case(
            "tele/attic/SENSOR",
            "{\"SI7021\":{\"Temperature\":68,\"Humidity\":40},\"TempUnit\":\"F\"}",
            "tasmota", "env.temperature", .number(20)),
        Case(
            "rtl_433/pi/events", "{\"model\":\"Acurite\",\"id\":1,\"temperature_F\":50}", "rtl_433",
            "env.temperature", .number(10)),
        Case(
            "rtl_433/pi/devices/Acurite-Tower/A/11524/temperature_C", "18.20000", "rtl_433",
            "env.temperature", .number(18.2)),
        Case(
            "rtl_433/pi/devices/Honeywell-Security/734121/state", "open", "rtl_433",
            "contact.open", .boolean(true)),
        Case(
            "rtl_433/pi/devices/Acurite-Tower/A/11524/id", "11524", "rtl_433", "device.id", nil),
        Case(
            "homie/5/lamp/$alert/battery", "low", "homie5", "alert.id", .text("battery")),
        Case(
            "zigbee2mqtt/m", "{\"illuminance\":9000,\"illuminance_lux\":8}", "zigbee2mqtt",
            "env.illuminance", .number(8)),
        Case(
            "home/cord", "{\"action\":\"sos\",\"battery\":\"80\"}", "json", "alarm.sos",
            .boolean(true)),
    ]

    @Test("what a message says, and what it does not", arguments: cases)
    func meaning(one: Case) {
        let read = Self.read(one.topic, one.payload)
        #expect(read.convention == one.convention)
        #expect(read.value(one.capability) == one.value, "\(read)")
    }

    @Test("what was kept is never a press, and a state of it is restored")
    func retained() {
        let press = Self.read(
            "zigbee2mqtt/cord", "{\"action\":\"emergency\",\"battery\":80}", retained: true)
        #expect(press.value("alarm.sos") == nil)
        #expect(press.flags.contains("replay"))
        #expect(press.readings.allSatisfy { $0.freshness == .restored })
        let snapshot = Self.read(
            "shellyplus1-1/events/rpc",
            "{\"src\":\"s\",\"method\":\"NotifyFullStatus\",\"params\":{\"ts\":1789000000,\"switch:0\":{\"output\":true}}}"
        )
        #expect(snapshot.readings.first { $0.capability == "switch.on" }?.freshness == .restored)
    }

    @Test("both spellings of a radar's fall are a fall")
    func fall() {
        let plain =
            "{\"device_info\":{\"device_mac\":\"aa\"},\"trigger_data\":{\"event\":0,\"status\":1}}"
        let odd =
            "{\"device info\":{\"device mac\":\"aa\",\"trigger data\":{\"event\":0,\"status\":1}}}"
        for payload in [plain, odd] {
            #expect(Self.read("radar/1", payload).value("alarm.fall") == .boolean(true))
        }
    }

    @Test("a simple template is a JSON Pointer, another one is left alone")
    func templates() {
        #expect(HomeAssistantConvention.pointer("{{ value_json.a.b }}") == "/a/b")
        #expect(HomeAssistantConvention.pointer("{{value_json['a b'][0]}}") == "/a b/0")
        #expect(HomeAssistantConvention.pointer("{{ value_json.a | float }}") == nil)
        #expect(HomeAssistantConvention.pointer("{% if value_json.a %}1{% endif %}") == nil)
    }
}

@Suite("Conventions: hostile messages")
struct HostileConventionTests {
    private static let topics = [
        "", "/", "//", "+/#", "zigbee2mqtt", "zigbee2mqtt/", "zigbee2mqtt//bridge/", "homie/",
        "homie/5/",
        "homie/5/$broadcast", "shellies/", "shellies/x", "tele/", "stat//", "tasmota/discovery/",
        "zwave/",
        "zwave/1/2/3", "home/x/BTtoMQTT", "home/x/RTL_433toMQTT", "rtl_433", "owntracks/",
        "frigate",
        "application//device///", "application/1/device/2/event/up", "v3/a/devices/b/up",
        "a/events/rpc",
        "a/status/switch:0", "homeassistant/config", "homeassistant/sensor/x/config",
        "a/b/sensor/x/state", "x\0y",
    ]

    private static func check(_ read: ConventionMessage, _ what: @autoclosure () -> String) {
        for reading in read.readings {
            switch reading.value {
            case .number(let number): #expect(number.isFinite, "\(what())")
            case .text(let text): #expect(text.count <= 256, "\(what())")
            default: break
            }
        }
        if read.quarantined != nil { #expect(read.readings.isEmpty, "\(what())") }
        #expect(read.device.count <= 200)
    }

    private static func read(_ topic: String, _ payload: [UInt8]) -> ConventionMessage {
        Conventions.read(
            MQTTMessage(
                topic: topic, payload: payload, retained: false,
                received: Instant(milliseconds: 1_790_000_000_000)))
    }

    @Test(
        "huge texts, deep nesting, null bytes, wrong UTF-8, numbers without end: told, and nothing falls"
    )
    func payloads() {
        let long = String(repeating: "x", count: 1 << 20)
        let deep = String(repeating: "[", count: 100_000)
        let payloads: [[UInt8]] = [
            [], [0], [0xFF, 0xFE], Array("{".utf8), Array("null".utf8), Array("[]".utf8),
            Array("{\"action\":\"\(long)\",\"event\":\"\(long)\",\"_type\":\"\(long)\"}".utf8),
            Array(deep.utf8), Array("{\"a\":\(deep)".utf8), Array(long.utf8),
            Array(
                "{\"value\":1e308,\"button\":1e300,\"event\":-1e300,\"time\":1e300,\"tst\":-1e99}"
                    .utf8),
            Array("{\"t\":1e18,\"v\":1e308,\"bt\":-1e308,\"n\":\"a\"}".utf8),
            Array("[{\"bt\":1e308,\"v\":1,\"t\":-1e308},{\"v\":2}]".utf8),
            Array("{\"BTHome_version\":2,\"button\":1e300,\"pid\":1e300}".utf8),
            Array(
                "{\"last_seen\":\"99999-99-99T99:99:99Z\",\"voltage\":-1e308,\"brightness\":1e308}"
                    .utf8),
            Array(
                "{\"params\":{\"events\":[{\"component\":5,\"event\":7}]},\"method\":\"NotifyEvent\"}"
                    .utf8),
            Array("{\"trigger_data\":{\"event\":1e300,\"status\":1e300},\"device_info\":{}}".utf8),
            [0x7B, 0x22, 0x61, 0x22, 0x3A, 0x22, 0xE6, 0x22, 0x7D],
        ]
        for topic in Self.topics {
            for payload in payloads {
                Self.check(
                    Self.read(topic, payload),
                    "\(topic) \(String(decoding: payload.prefix(80), as: UTF8.self))")
            }
        }
    }

    @Test("messages that were damaged at random: never an alarm out of nothing, never a crash")
    func mutations() throws {
        var seeds = ConventionTests.cases.map { (topic: $0.topic, payload: Array($0.payload.utf8)) }
        if Corpus.isThere {
            seeds += try Corpus.load().map {
                (topic: $0.message.topic, payload: $0.message.payload)
            }
        }
        let rounds =
            ProcessInfo.processInfo.environment["FOYER_MUTATIONS"].flatMap(Int.init) ?? 20_000
        var random = SeededGenerator(seed: 7)
        for _ in 0..<rounds {
            let seed = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            var payload = seed.payload
            for _ in 0..<Int.random(in: 1...4, using: &random) where !payload.isEmpty {
                let at = Int.random(in: 0..<payload.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: payload[at] = UInt8.random(in: 0...255, using: &random)
                case 1: payload.remove(at: at)
                case 2:
                    payload.removeLast(min(payload.count, Int.random(in: 1...20, using: &random)))
                default:
                    payload.insert(
                        contentsOf: payload.prefix(Int.random(in: 0...12, using: &random)), at: at)
                }
            }
            let topic =
                Int.random(in: 0..<5, using: &random) == 0
                ? Self.topics.randomElement(using: &random) ?? "" : seed.topic
            Self.check(Self.read(topic, payload), topic)
        }
    }

    @Test(
        "a bridge's announcement of five megabytes is read, and a larger payload than the limit is refused"
    )
    func large() {
        let one =
            "{\"friendly_name\":\"x\",\"type\":\"EndDevice\",\"power_source\":\"Battery\",\"definition\":{\"exposes\":[{\"name\":\"state\",\"access\":7,\"values\":[1,2,3]}]}}"
        let count = 5_000_000 / one.utf8.count
        let payload = "[" + Array(repeating: one, count: count).joined(separator: ",") + "]"
        let read = Self.read("zigbee2mqtt/bridge/devices", Array(payload.utf8))
        #expect(read.value("devices") == .number(Double(count)))
        guard
            case .all(let devices)? = Announcements.read(
                MQTTMessage(
                    topic: BenchmarkAnnouncement.topic, payload: BenchmarkAnnouncement.payload(),
                    retained: true, received: Instant(milliseconds: 1_790_000_000_000)))?.change
        else {
            Issue.record("five megabytes announce nothing")
            return
        }
        #expect(devices.count == 1420)
        #expect(
            Set(devices[1419].capabilities) == [
                "contact.open", "device.battery", "power.voltage", "link.lqi", "presence.motion",
                "env.temperature",
            ])
        let over = Self.read("x", Array(repeating: 0x20, count: Conventions.maximumPayload + 1))
        #expect(over.flags == ["too_large"])
    }

    @Test("an old message is judged only where it is known when it was taken in")
    func age() throws {
        let received = try #require(Instant(iso: "2026-01-05T12:00:00Z"))
        func read(_ topic: String, _ payload: String, _ judges: Bool) -> ConventionMessage {
            Conventions.read(
                MQTTMessage(topic: topic, payload: Array(payload.utf8), received: received),
                judgesAge: judges)
        }
        let cord =
            #"{"action":"emergency","battery":9,"last_seen":"2026-01-05T11:57:59Z"}"#
        #expect(
            read("zigbee2mqtt/cord", cord, false).readings.map(\.freshness) == [.live, .live])
        // What Zigbee2MQTT publishes again tells how things are; no press in it happens.
        let old = read("zigbee2mqtt/cord", cord, true)
        #expect(old.readings.map(\.capability) == ["device.battery"])
        #expect(old.readings.map(\.freshness) == [.restored] && old.flags.contains("replay"))
        let fresh = read("zigbee2mqtt/cord", cord.replacing("11:57:59", with: "11:58:01"), true)
        #expect(fresh.readings.map(\.freshness) == [.live, .live])
        let fix = #"{"_type":"location","lat":1,"lon":2,"tst":1767268700}"#
        #expect(
            Set(read("owntracks/a/b", fix, true).readings.map(\.freshness)) == [.late])
    }

    @Test("what a discovered entity tells is known by its class, its field, or its unit")
    func discovered() {
        func capability(_ topic: String, _ payload: String, _ channel: String = "") -> String? {
            let name = channel.isEmpty ? "capability" : "capability[\(channel)]"
            guard case .text(let text)? = Self.read(topic, Array(payload.utf8)).value(name) else {
                return nil
            }
            return text
        }
        let sensor = "homeassistant/sensor/a/b/config"
        let shared = #""stat_t":"tele/a/SENSOR","#
        #expect(
            capability(
                sensor,
                "{\(shared)\"val_tpl\":\"{{ value_json.humidity }}\",\"unit_of_meas\":\"%\"}")
                == "env.humidity")
        #expect(capability(sensor, "{\(shared)\"unit_of_meas\":\"°C\"}") == "env.temperature")
        #expect(capability(sensor, "{\(shared)\"unit_of_meas\":\"%\"}") == "generic")
        #expect(
            capability(
                "homeassistant/binary_sensor/a/b/config",
                "{\(shared)\"val_tpl\":\"{{ value_json.water_leak }}\"}") == "alarm.water")
        // A number under the name of an alarm is none, and a class says more than a field.
        #expect(
            capability(sensor, "{\(shared)\"val_tpl\":\"{{ value_json.smoke }}\"}") == "generic")
        #expect(
            capability(
                sensor,
                "{\(shared)\"dev_cla\":\"power\",\"val_tpl\":\"{{ value_json.temperature }}\"}")
                == "power.active")
        let device =
            #"{"dev":{"ids":"x"},"o":{"name":"y"},"stat_t":"x/state","cmps":{"t":{"p":"sensor","dev_cla":"temperature","val_tpl":"{{ value_json.t }}"},"d":{"p":"binary_sensor","device_class":"door"},"n":{"p":"sensor"},"gone":{"p":"sensor"}}}"#
        let whole = "homeassistant/device/x/config"
        #expect(
            capability(whole, device.replacing(#","gone":{"p":"sensor"}"#, with: ""))
                == "env.temperature contact.open")
        #expect(capability(whole, device, "d") == "contact.open")
        #expect(
            Self.read(whole, Array(device.utf8)).value("extract[t]") == .text("/t"))
        #expect(Self.read(whole, Array(device.utf8)).value("state_topic") == .text("x/state"))
    }

    @Test("every flag that the code can give is in the document")
    func flags() throws {
        let document = try String(
            contentsOfFile: Repository.root + "/docs/devices.md", encoding: .utf8)
        let start = try #require(document.range(of: "\nFlags: "))
        let listed =
            String(document[start.upperBound...]).components(separatedBy: "\n\n").first ?? ""
        var given: Set<String> = []
        let folders = ["Sources/Hub/Devices/Conventions", "Sources/hubctl"]
        for folder in folders {
            let path = Repository.root + "/" + folder
            for name in try FileManager.default.contentsOfDirectory(atPath: path)
            where name.hasSuffix(".swift")
                && (folder.hasSuffix("Conventions") || name == "ConventionLine.swift")
            {
                let text = try String(contentsOfFile: path + "/" + name, encoding: .utf8)
                given.formUnion(Self.words(in: text))
            }
        }
        #expect(given.count > 40, "\(given.sorted())")
        for flag in given.sorted() { #expect(listed.contains("`\(flag)`"), "\(flag)") }
    }

    /// The flags in a source text: what `flag(…)` is given, what `quarantine(…)` is given after its reason, and lists of
    /// flags.
    private static func words(in text: String) -> Set<String> {
        var found: Set<String> = []
        for call in ["flag(", "quarantine(", ".flags = ["] {
            var rest = text[...]
            while let start = rest.range(of: call) {
                rest = rest[start.upperBound...]
                let end = rest.firstIndex { $0 == "\n" } ?? rest.endIndex
                // An argument may stand on the next line.
                let line =
                    rest[..<end].trimmingCharacters(in: .whitespaces).isEmpty
                    ? rest.prefix(200) : rest[..<end]
                let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
                for (index, part) in parts.enumerated() where index % 2 == 1 {
                    let isWord = part.utf8.allSatisfy {
                        ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
                    }
                    // What a message is compared with is no flag.
                    let before = parts[index - 1]
                    let isCompared = before.hasSuffix("hasPrefix(") || before.hasSuffix("== ")
                    if isWord, !isCompared, part.utf8.count > 3 { found.insert(String(part)) }
                }
            }
        }
        return found
    }
}
