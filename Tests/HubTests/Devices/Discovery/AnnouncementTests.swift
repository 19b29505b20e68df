import Foundation
import Rules
import Testing

@testable import Hub

@Suite("What announces devices")
struct AnnouncementTests {
    static func read(_ topic: String, _ payload: String) -> Announcement? {
        read(topic, Array(payload.utf8))
    }

    static func read(_ topic: String, _ payload: [UInt8]) -> Announcement? {
        Announcements.read(
            MQTTMessage(
                topic: topic, payload: payload, retained: true,
                received: Instant(milliseconds: 1_790_000_000_000)))
    }

    static func device(_ topic: String, _ payload: String) -> AnnouncedDevice? {
        switch read(topic, payload)?.change {
        case .present(let device, _): device
        case .all(let devices): devices.first
        default: nil
        }
    }

    /// As the projects' own documentation shows them.
    static let devices = """
        [{"ieee_address":"0x00124b00120144ae","type":"Coordinator","friendly_name":"Coordinator","interview_completed":true},
        {"ieee_address":"0x00158d00018255df","type":"EndDevice","friendly_name":"hall_cord","interview_completed":true,
        "supported":true,"disabled":false,"power_source":"Battery","definition":{"model":"TS0215A_sos","vendor":"TuYa",
        "description":"SOS button","exposes":[
        {"type":"numeric","name":"battery","property":"battery","access":1,"unit":"%"},
        {"type":"enum","name":"action","property":"action","access":1,"values":["emergency"]},
        {"type":"numeric","name":"linkquality","property":"linkquality","access":1}]}},
        {"ieee_address":"0x00158d0001825000","type":"EndDevice","friendly_name":"new","interview_completed":false,
        "interviewing":true,"definition":null}]
        """

    @Test("Zigbee2MQTT lists its devices but for itself, with maker, model and what they tell")
    func zigbee() throws {
        let announcement = try #require(
            Self.read("zigbee2mqtt/bridge/devices", Self.devices))
        guard case .all(let found) = announcement.change else {
            Issue.record("not a whole list: \(announcement)")
            return
        }
        #expect(found.map(\.identity) == ["0x00158d00018255df", "0x00158d0001825000"])
        #expect(found[0].maker == "TuYa" && found[0].model == "TS0215A_sos")
        #expect(found[0].topics == ["zigbee2mqtt/hall_cord"])
        #expect(found[0].capabilities == ["device.battery", "alarm.sos", "link.lqi"])
        #expect(found[0].state.isEmpty && found[1].state == "interviewing")
        let left = Self.read(
            "zigbee2mqtt/bridge/event",
            #"{"type":"device_leave","data":{"ieee_address":"0x00158d00018255df","friendly_name":"hall_cord"}}"#
        )
        #expect(left?.source == announcement.source)
        #expect(left?.change == .gone(identity: "0x00158d00018255df"))
    }

    @Test("Home Assistant's discovery tells one entity or a whole device, in long or short words")
    func homeAssistant() throws {
        let one = try #require(
            Self.device(
                "homeassistant/binary_sensor/door-1/contact/config",
                #"{"~":"house/door","dev_cla":"door","stat_t":"~/state","uniq_id":"u1","dev":{"ids":["80:7D:3A:00:00:01"],"name":"Door","mf":"ACME","mdl":"D1"}}"#
            ))
        #expect(one.identity == "807d3a000001" && one.maker == "ACME" && one.model == "D1")
        #expect(one.topics == ["house/door/state"] && one.capabilities == ["contact.open"])
        let whole = try #require(
            Self.device(
                "homeassistant/device/0AFFD2/config",
                #"{"dev":{"ids":"ea334450945afc","name":"Kitchen","mf":"Bla"},"o":{"name":"bla2mqtt"},"cmps":{"a":{"p":"sensor","device_class":"temperature","value_template":"{{ value_json.temperature}}","unique_id":"t"},"b":{"p":"sensor","device_class":"humidity","unique_id":"h"},"c":{"p":"sensor"}},"state_topic":"sensorBedroom/state","qos":2}"#
            ))
        #expect(whole.identity == "ea334450945afc" && whole.name == "Kitchen")
        #expect(whole.topics == ["sensorBedroom/state"])
        #expect(whole.capabilities == ["env.temperature", "env.humidity"])
        #expect(
            Self.read("homeassistant/device/0AFFD2/config", "")?.change == .gone(identity: nil))
        // What the hub itself tells, and a change of form, are no devices.
        #expect(
            Self.read(
                "homeassistant/device/foyer_x/config",
                #"{"device":{"identifiers":["foyer_x"]},"origin":{"name":"Foyer"},"components":{}}"#
            ) == nil)
        #expect(Self.read("homeassistant/sensor/x/config", #"{"migrate_discovery":true}"#) == nil)
    }

    @Test("one device is one, whoever announces it")
    func identity() {
        #expect(DeviceIdentity.plain("zigbee2mqtt_0x00158d00018255df") == "0x00158d00018255df")
        for text in ["A8:03:2A:BE:54:DC", "a8032abe54dc", "shellyplus1-a8032abe54dc"] {
            #expect(DeviceIdentity.plain(text) == "a8032abe54dc")
        }
        #expect(DeviceIdentity.plain("living-room") == "living-room")
    }

    @Test(
        "Tasmota, Shelly, ESPHome, Homie, OpenMQTTGateway, ChirpStack and Z-Wave say what they are")
    func others() throws {
        let tasmota = try #require(
            Self.device(
                "tasmota/discovery/DC4F2280CEA8/config",
                #"{"ip":"192.168.1.2","dn":"Kettle","fn":["Kettle",null],"hn":"kettle","mac":"DC4F2280CEA8","md":"Nous A1T","ty":0,"if":0,"ofln":"Offline","onln":"Online","state":["OFF","ON","TOGGLE","HOLD"],"sw":"12.1.1","t":"kettle","ft":"%prefix%/%topic%/","tp":["cmnd","stat","tele"],"rl":[1,0,0,0],"swc":[-1,-1],"btn":[0,0],"so":{"4":0},"lk":0,"ver":1}"#
            ))
        #expect(tasmota.model == "Nous A1T" && tasmota.identity == "dc4f2280cea8")
        #expect(tasmota.topics.contains("tele/kettle/SENSOR"))
        #expect(tasmota.capabilities == ["switch.on"])
        let sensors = try #require(
            Self.device(
                "tasmota/discovery/DC4F2280CEA8/sensors",
                #"{"sn":{"Time":"2024-03-31T08:46:17","ENERGY":{"Total":3.1,"Power":12,"Voltage":230,"Current":0.1}},"ver":1}"#
            ))
        #expect(sensors.capabilities.contains("power.active"))
        #expect(sensors.identity == tasmota.identity)
        let first = try #require(
            Self.device(
                "shellies/announce",
                #"{"id":"shellyflood-B929CC","model":"SHWT-1","mac":"68C63AB929CC","ip":"192.168.1.5","new_fw":false,"fw_ver":"x"}"#
            ))
        #expect(first.model == "SHWT-1" && first.capabilities.contains("alarm.water"))
        let second = try #require(Self.device("shellyplus1pm-a8032abe54dc/online", "true"))
        #expect(second.identity == "a8032abe54dc" && second.capabilities.contains("power.active"))
        #expect(Self.read("somebody/online", "true") == nil)
        let node = try #require(
            Self.device(
                "esphome/discover/bedroom",
                #"{"ip":"192.168.1.9","name":"bedroom","friendly_name":"Bedroom","mac":"a4cf12f474c7","board":"esp32dev","version":"2024.5.0"}"#
            ))
        #expect(node.name == "Bedroom" && node.identity == "a4cf12f474c7")
        #expect(Self.device("bedroom/status", "online")?.convention == "esphome")
        #expect(Self.read("homeassistant/status", "online") == nil)
        let homie = try #require(
            Self.device(
                "homie/5/super-car/$description",
                #"{"homie":"5.0","version":7,"name":"Super car","nodes":{"engine":{"properties":{"temperature":{"datatype":"float","unit":"°C"}}}}}"#
            ))
        #expect(homie.name == "Super car" && homie.capabilities == ["env.temperature"])
        #expect(homie.topics == ["homie/5/super-car/engine/temperature"])
        #expect(
            Self.read("homie/5/super-car/$state", "")
                == Announcement(source: "homie/5/super-car", change: .gone(identity: nil)))
        #expect(
            Self.device("homie/super-car/engine/temperature/$datatype", "float")?.topics
                == ["homie/super-car/engine/temperature"])
        let gateway = try #require(
            Self.device(
                "home/OpenMQTTGateway/BTtoMQTT/A4C138000001",
                #"{"id":"A4:C1:38:00:00:01","name":"LYWSD03MMC","brand":"Xiaomi","model":"Mi Jia round","model_id":"LYWSDCGQ","type":"THB","tempc":20.5,"hum":50,"batt":90,"rssi":-60}"#
            ))
        #expect(gateway.maker == "Xiaomi" && gateway.identity == "a4c138000001")
        #expect(gateway.capabilities.contains("env.temperature"))
        // An address that stands for a name takes no name's place, whichever comes first.
        var nameless = try #require(
            Self.device(
                "home/OMG/BTtoMQTT/A4C138000001",
                #"{"id":"A4:C1:38:00:00:01","model_id":"LYWSDCGQ","tempc":20.5}"#))
        var named = gateway
        named.merge(nameless)
        #expect(named.name == "LYWSD03MMC")
        nameless.complete(with: gateway)
        #expect(nameless.name == "LYWSD03MMC")
        let join = try #require(
            Self.device(
                "application/a1/device/0101010101010101/event/join",
                #"{"deviceInfo":{"deviceName":"bed","deviceProfileName":"EM300","devEui":"0101010101010101"},"devAddr":"00189440"}"#
            ))
        #expect(join.name == "bed" && join.model == "EM300")
        #expect(
            Self.device(
                "zwave/hall/nodeinfo",
                #"{"id":5,"manufacturer":"Aeotec","productLabel":"ZW100","name":"hall"}"#)?.model
                == "ZW100")
    }

    @Test("no message of the published corpus that announces is taken for less or for more")
    func corpus() throws {
        guard let path = Repository.shared("messages/corpus.jsonl"),
            let text = try? String(contentsOfFile: path, encoding: .utf8)
        else {
            print("skipped: the corpus of messages is not there")
            return
        }
        struct Line: Decodable {
            var id: String
            var topic: String
            var payload: String
            var enc: String?
        }
        var found: [String: Announcement] = [:]
        for line in text.split(separator: "\n") {
            let message = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
            if message.enc != nil { continue }
            found[message.id] = Self.read(message.topic, message.payload)
        }
        for id in ["c0070", "c0075", "c0086", "c0088", "c0091", "c0101", "c0167", "c0176", "c0197"]
        {
            guard case .present? = found[id]?.change else {
                guard case .all(let all)? = found[id]?.change, !all.isEmpty else {
                    Issue.record("\(id) announces nothing")
                    continue
                }
                continue
            }
        }
        for id in ["c0063", "c0076", "c0090", "c0209"] {
            guard case .gone? = found[id]?.change else {
                Issue.record("\(id) takes nothing away")
                continue
            }
        }
        for id in ["c0077", "c0079", "c0080", "c0094"] { #expect(found[id] == nil, "\(id)") }
    }

    @Test("whatever a device calls itself, it is bounded, and no wildcard or NUL is an address")
    func hostile() throws {
        let long = String(repeating: "x", count: 900_000)
        let device = try #require(
            Self.device("homeassistant/sensor/x/config", #"{"stat_t":"a/+/b","name":"\#(long)"}"#))
        #expect(device.topics.isEmpty && device.name.utf8.count <= 120)
        // One character of many bytes.
        let zalgo = "e" + String(repeating: "\u{301}", count: 300_000)
        let one = try #require(
            Self.device("homeassistant/sensor/x/config", #"{"stat_t":"a/b","name":"\#(zalgo)"}"#))
        #expect(one.name.utf8.count <= 120 && one.topics == ["a/b"])
        let control = try #require(
            Self.device(
                "homeassistant/sensor/x/config",
                #"{"stat_t":"a/\u0000b","name":"a\u0000\u001b[2Jb","uniq_id":"\u0000"}"#))
        #expect(control.topics.isEmpty && !control.name.unicodeScalars.contains { $0.value < 32 })
        #expect(Self.read("homeassistant/sensor/x/config", [0x7b, 0xff, 0xfe, 0x7d]) == nil)
        #expect(Self.read("zigbee2mqtt/bridge/devices", [0xff, 0x00]) == nil)
        let topics = (0..<5000).map { "\"c\($0)\":{\"p\":\"sensor\",\"stat_t\":\"t/\($0)\"}" }
        let many = try #require(
            Self.device(
                "homeassistant/device/x/config",
                "{\"dev\":{\"ids\":\"m\"},\"cmps\":{\(topics.joined(separator: ","))}}"))
        #expect(many.topics.count == AnnouncedDevice.maximumParts)
        for payload in ["[]", "{}", "null", "[[[[", "\"\"", "1", "[1,null,\"x\",{}]"] {
            for topic in [
                "zigbee2mqtt/bridge/devices", "zigbee2mqtt/bridge/event", "shellies/announce",
                "tasmota/discovery/x/config", "tasmota/discovery/x/sensors",
                "homie/5/x/$description",
                "homie/x/y/z/$datatype", "a/online", "esphome/discover/x", "home/x/BTtoMQTT/y",
                "application/a/device/b/event/up", "v3/a@b/devices/c/up",
                "zwave/_EVENTS/node_removed",
                "zwave/_EVENTS/x/node/node_removed", "homeassistant/device/x/config", "x/config",
                "/",
                "////config",
            ] { _ = Self.read(topic, payload) }
        }
    }
}
