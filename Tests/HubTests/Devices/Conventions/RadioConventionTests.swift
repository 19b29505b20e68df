import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Conventions of radios, gateways and makers: traps, each by a message of our own")
struct RadioConventionTests: ConventionRig {
    /// A message, what it must say, what it must not say, and its flags.
    struct Case: Sendable, CustomTestStringConvertible {
        var topic: String
        var payload: String
        var says: [String: ConventionMessage.Value]
        var hides: [String] = []
        var flags: [String] = []
        var testDescription: String { "\(topic) \(payload)" }
    }

    private func check(_ one: Case) {
        let read = Self.read(one.topic, one.payload)
        for (name, value) in one.says { #expect(read.value(name) == value, "\(name): \(read)") }
        for name in one.hides {
            #expect(
                !read.readings.contains { $0.capability.hasPrefix(name) }, "\(name): \(read)")
        }
        for flag in one.flags { #expect(read.flags.contains(flag), "\(flag): \(read)") }
    }

    // MARK: rtl_433

    private static func radio(
        _ payload: String, _ says: [String: ConventionMessage.Value], hides: [String] = [],
        flags: [String] = []
    ) -> Case {
        Case(
            topic: "rtl_433/pi/events", payload: payload, says: says, hides: hides, flags: flags)
    }

    static let radios: [Case] = [
        // A PIR's state is no door's, and its command no button's.
        radio(
            #"{"model":"Kerui-Security","id":77001,"cmd":10,"motion":1,"state":"motion"}"#,
            ["presence.motion": .boolean(true), "device.id": .text("77001")],
            hides: ["contact", "button"]),
        radio(
            #"{"model":"Kerui-Security","id":77001,"cmd":14,"opened":1,"state":"open"}"#,
            ["contact.open": .boolean(true)], hides: ["button"]),
        radio(
            #"{"model":"Kerui-Security","id":77001,"cmd":5,"water":1,"state":"water"}"#,
            ["alarm.water": .boolean(true)], hides: ["button", "contact"]),
        radio(
            #"{"model":"Kerui-Security","id":77001,"cmd":11,"tamper":1,"state":"tamper"}"#,
            ["alarm.tamper": .boolean(true)], hides: ["contact"]),
        radio(
            #"{"model":"DSC-Security","id":1234567,"closed":1,"event":1,"tamper":0,"battery_ok":1}"#,
            [
                "contact.open": .boolean(false), "alarm.tamper": .boolean(false),
                "device.battery_low": .boolean(false), "device.id": .text("1234567"),
            ]),
        radio(
            #"{"model":"X10-Security","id":"a1b2","code":"8c","event":"MS10A MOTION READY"}"#,
            ["presence.motion": .boolean(false)]),
        radio(
            #"{"model":"X10-Security","id":"a1b2","code":"88","event":"KR15A PANIC"}"#,
            ["alarm.sos": .boolean(true)]),
        radio(
            #"{"model":"X10-Security","id":"a1b2","code":"06","event":"KR10A KEY-FOB ARM"}"#,
            ["button.press": .text("arm")]),
        radio(
            #"{"model":"SimpliSafe Sensor","device":"9Z8Y7","state":1,"extradata":"Contact Open"}"#,
            ["contact.open": .boolean(true), "device.id": .text("SimpliSafe Sensor/9Z8Y7")]),
        // The code that was typed is nobody's business.
        radio(
            #"{"model":"SimpliSafe Keypad","device":"9Z8Y7","extradata":"Disarm Pin: 4711"}"#,
            ["device.id": .text("SimpliSafe Keypad/9Z8Y7")], hides: ["button", "alarm"]),
        radio(
            #"{"model":"Interlogix","id":"0a0b0c","device_type":"motion","battery":"LOW"}"#,
            [
                "presence.motion": .boolean(true), "device.battery_low": .boolean(true),
                "device.id": .text("0a0b0c"),
            ]),
        // A remote control is taken for this one too: no fire.
        radio(
            #"{"model":"Smoke-GS558","id":4242,"unit":3,"learn":0,"code":"aabbcc"}"#,
            ["device.class": .text("smoke")], hides: ["alarm"], flags: ["semantics_unclear"]),
        radio(#"{"model":"Generic-Motion","code":"12345"}"#, ["presence.motion": .boolean(true)]),
        radio(
            #"{"model":"Skylink-Motion","id":"1a2b3","motion":"false"}"#,
            ["presence.motion": .boolean(false)]),
        radio(
            #"{"model":"Honeywell-ActivLink","subtype":"Contact","id":"7","open":-1,"tampered":1}"#,
            ["alarm.tamper": .boolean(true)], hides: ["contact"]),
        radio(
            #"{"model":"Honeywell-ActivLink","subtype":"Doorbell","id":"7","battery_ok":1}"#,
            ["button.press": .text("single")]),
        radio(
            #"{"model":"Govee-Water","id":3100,"event":"Water Leak","detect_wet":1,"leak_num":2}"#,
            ["alarm.water": .boolean(true)]),
        radio(
            #"{"model":"Govee-Water","id":3100,"event":"Battery Report","battery_ok":0.64,"battery_mV":2568}"#,
            ["device.battery": .number(64), "device.battery_voltage": .number(2.568)],
            hides: ["device.battery_low", "alarm"]),
        radio(
            #"{"model":"Bresser-Leakage","id":"00112233","channel":1,"alarm":0,"battery_ok":1}"#,
            ["alarm.water": .boolean(false)]),
        radio(
            #"{"model":"Cavius-Security","id":5,"battery_ok":1,"message":32,"text":"Fire alarm"}"#,
            ["alarm.smoke": .boolean(true)]),
        radio(
            #"{"model":"Cavius-Security","id":5,"message":16,"text":"Warning/Water detected"}"#,
            [:], hides: ["alarm"], flags: ["semantics_unclear"]),
        radio(
            #"{"model":"Nexa-Security","id":99,"channel":1,"unit":2,"state":"ON"}"#,
            ["switch.on": .boolean(true)], hides: ["contact"]),
        radio(
            #"{"model":"Chuango-Security","id":31,"cmd":"Alarm","cmd_id":2}"#,
            ["button.press": .text("alarm")], hides: ["alarm"]),
        radio(
            #"{"model":"Nexus-TH","id":8,"temperature_C":19.5,"rssi":-0.2,"snr":18.5}"#,
            [
                "env.temperature": .number(19.5), "link.rssi": .number(-0.2),
                "link.snr": .number(18.5),
            ]),
        radio(
            #"{"model":"Acurite-00276rm","subtype":3,"id":9,"temperature_C":4.5,"water":1}"#,
            ["alarm.water": .boolean(true), "env.temperature": .number(4.5)]),
        radio(
            #"{"model":"Acurite-00275rm","id":9,"temperature_C":20.5,"temperature_1_C":11.5}"#,
            ["env.temperature": .number(20.5), "env.temperature[1]": .number(11.5)]),
        radio(#"{"model":"Meter","id":9,"water":412}"#, [:], hides: ["alarm"]),
        radio(
            #"{"type":"remote control","model":"Gate-432","code":2718}"#,
            ["remote.code": .text("2718")]),
    ]

    @Test("rtl_433: each decoder has its own words", arguments: radios)
    func radio(one: Case) { check(one) }

    // MARK: OpenMQTTGateway, Theengs

    private static func beacon(
        _ payload: String, _ says: [String: ConventionMessage.Value], hides: [String] = [],
        flags: [String] = []
    ) -> Case {
        Case(
            topic: "home/TheengsGateway/BTtoMQTT/AA11BB22CC33", payload: payload, says: says,
            hides: hides, flags: flags)
    }

    static let beacons: [Case] = [
        beacon(
            #"{"model_id":"SBBT-002C","type":"BTN","packet":7,"batt":80,"button":2}"#,
            [
                "button.press": .text("double"), "device.battery": .number(80),
                "dedupe.id": .number(7),
            ]),
        beacon(
            #"{"model_id":"SBBT-004CEU","type":"BTN","button1":0,"button2":9,"button3":0,"button4":0}"#,
            ["button.press": .text("hold"), "button.id": .text("2")]),
        beacon(
            #"{"type":"THB","button":0,"tempc":20,"hum":50}"#, ["env.temperature": .number(20)],
            hides: ["button"]),
        beacon(
            #"{"type":"CTMO","contact":"timeout not closed","motion":false,"batt":50}"#,
            ["contact.open": .boolean(true), "presence.motion": .boolean(false)]),
        beacon(#"{"type":"CTMO","contact":"closed"}"#, ["contact.open": .boolean(false)]),
        beacon(#"{"type":"CTMO","contact":"ajar"}"#, ["contact.open": .unknown]),
        // How far a blind is open, and that it moves, is neither a door nor a person.
        beacon(
            #"{"type":"WCVR","open":0,"motion":true,"batt":61}"#,
            ["cover.position": .number(0)], hides: ["contact", "presence"]),
        beacon(#"{"type":"ACTR","state":"on"}"#, ["switch.on": .boolean(true)]),
        beacon(
            #"{"type":"THB","tempc":21,"hum":40,"batt_low":true}"#,
            ["device.battery_low": .boolean(true)]),
        beacon(
            #"{"type":"ENRG","avg":1.5,"avgu":"kW","sum":12.5,"sumu":"kWh"}"#,
            ["power.active": .number(1500), "energy.total": .number(12.5)]),
        beacon(
            #"{"type":"ACEL","tempc":127.99,"hum":127.5,"pres":1155.35,"accx":32.1,"volt":65.5}"#,
            ["env.temperature": .unknown], hides: ["env.pressure", "device.battery_voltage"],
            flags: ["sentinel"]),
        beacon(
            #"{"type":"TIRE","tempc":18,"pres":2.1}"#, ["env.temperature": .number(18)],
            hides: ["env.pressure"]),
        beacon(#"{"type":"BODY","state":"idle","pressure":48}"#, [:], hides: ["env.pressure"]),
        beacon(
            #"{"type":"THB","volt":3.01,"power":1,"open":0}"#,
            ["contact.open": .boolean(false)], hides: ["power"]),
        beacon(#"{"type":"CTMO","encr":2,"cipher":"00aa","mic":"11"}"#, [:], flags: ["encrypted"]),
        beacon(
            #"{"type":"BBQ","tempc1":30,"tempf1":86,"tempc2":70}"#,
            ["env.temperature[1]": .number(30), "env.temperature[2]": .number(70)]),
        beacon(#"{"tempf":"68"}"#, ["env.temperature": .number(20)]),
        Case(
            topic: "home/OMG_hall/LWT", payload: "offline",
            says: ["bridge.online": .boolean(false)]),
        Case(
            topic: "home/OMG_hall/commands/MQTTtoBT/config", payload: #"{"interval":1000}"#,
            says: [:], flags: ["command"]),
        Case(
            topic: "attic/raw/OMG_hall/RTL_433toMQTT/Nexus-TH/1/9",
            payload: #"{"model":"Nexus-TH","id":9,"temperature_C":17.5}"#,
            says: ["env.temperature": .number(17.5), "device.id": .text("Nexus-TH/9")]),
        Case(
            topic: "home/OMG_hall/RTL_433toMQTT",
            payload: #"{"model":"status","rssi":-40,"train":1}"#, says: [:], hides: ["link"],
            flags: ["not_data"]),
        Case(
            topic: "home/OMG_hall/433toMQTT", payload: "7654321",
            says: ["remote.code": .text("7654321")]),
        Case(topic: "home/OMG_hall/433toMQTT/bits", payload: "24", says: [:], hides: ["remote"]),
        Case(topic: "home/OMG_hall/SRFBtoMQTT", payload: "0", says: [:], hides: ["remote"]),
        Case(
            topic: "home/BTtoMQTT/AA11BB22CC33", payload: "-61",
            says: ["link.rssi": .number(-61)]),
        Case(
            topic: "home/OMG_hall/CLIMAtoMQTT/ds1820/0x01", payload: #"{"temp":50,"unit":"F"}"#,
            says: ["env.temperature": .number(10)]),
        Case(
            topic: "home/OMG_hall/HCSR501toMQTT", payload: #"{"hcsr501":"true"}"#,
            says: ["presence.motion": .boolean(true)]),
        Case(
            topic: "home/OMG_hall/PilighttoMQTT",
            payload: #"{"message":{"unit":1,"id":5,"state":"opened"},"protocol":"x"}"#,
            says: ["contact.open": .boolean(true)]),
        // A topic that begins with a module's name has no gateway before it.
        Case(topic: "BTtoMQTT/OMG_hall/LWT", payload: "online", says: [:]),
    ]

    @Test("gateways: what a number means the kind of device says", arguments: beacons)
    func gateway(one: Case) { check(one) }

    // MARK: LoRaWAN

    private static func uplink(
        _ object: String, _ says: [String: ConventionMessage.Value], hides: [String] = [],
        flags: [String] = []
    ) -> Case {
        Case(
            topic: "application/a/device/0a0b0c0d0e0f0001/event/up",
            payload: #"{"deviceInfo":{"devEui":"0a0b0c0d0e0f0001"},"object":\#(object)}"#,
            says: says, hides: hides, flags: flags)
    }

    static let uplinks: [Case] = [
        uplink(
            #"{"battery":70,"press":"long"}"#,
            ["button.press": .text("hold"), "device.battery": .number(70)]),
        uplink(#"{"pir":"trigger"}"#, ["presence.motion": .boolean(true)]),
        uplink(#"{"pir":"idle"}"#, ["presence.motion": .boolean(false)]),
        uplink(#"{"occupancy":"vacant"}"#, ["presence.occupied": .boolean(false)]),
        uplink(#"{"leakage_status":"leak"}"#, ["alarm.water": .boolean(true)]),
        uplink(#"{"leakage_status":"normal"}"#, ["alarm.water": .boolean(false)]),
        uplink(#"{"leakage_status":"odd"}"#, ["alarm.water": .unknown]),
        uplink(
            #"{"state":"open","install":"yes"}"#,
            ["contact.open": .boolean(true), "alarm.tamper": .boolean(false)]),
        uplink(
            #"{"state":"open","power":12,"voltage":230}"#, ["switch.on": .boolean(true)],
            hides: ["contact"]),
        uplink(#"{"state":"open"}"#, [:], hides: ["contact"], flags: ["semantics_unclear"]),
        uplink(#"{"magnet_status":"opened"}"#, ["contact.open": .boolean(true)]),
        // A limit's word is no temperature that is unknown.
        uplink(
            #"{"temperature":30,"temperature_alarm":"high"}"#, ["env.temperature": .number(30)],
            flags: []),
        uplink(
            #"{"temperatureSensor":{"1":18.5},"humiditySensor":{"2":44}}"#,
            ["env.temperature": .number(18.5), "env.humidity": .number(44)]),
        uplink(
            #"{"air_temperature":{"value":12.5,"unit":"°C"}}"#, ["env.temperature": .number(12.5)]),
        uplink(
            #"{"relative_humidity_2":41,"barometric_pressure_3":101300,"presence_4":1}"#,
            [
                "env.humidity": .number(41), "env.pressure": .number(1013),
                "presence.occupied": .boolean(true),
            ]),
        uplink(
            #"{"TempC_SHT":"20.25","Hum_SHT":"55","BatV":3.05}"#,
            [
                "env.temperature": .number(20.25), "env.humidity": .number(55),
                "device.battery_voltage": .number(3.05),
            ]),
        uplink(
            #"{"DOOR_OPEN_STATUS":1,"ALARM":1}"#, ["contact.open": .boolean(true)],
            hides: ["alarm"]),
        uplink(#"{"WATER_LEAK_STATUS":1}"#, ["alarm.water": .boolean(true)]),
        uplink(
            #"{"Latitude":0,"Longitude":0,"ALARM_status":"TRUE","BatV":3.9}"#,
            ["alarm.sos": .boolean(true)], hides: ["location"]),
        uplink(
            #"{"latitude":48.5,"longitude":2.25}"#,
            ["location.lat": .number(48.5), "location.lon": .number(2.25)]),
        uplink(
            #"{"battery":3.62}"#, ["device.battery_voltage": .number(3.62)],
            hides: ["device.battery["]),
        uplink(
            #"{"motion":4,"vdd":3600}"#,
            ["presence.motion": .boolean(true), "device.battery_voltage": .number(3.6)]),
        // The radar speaks in words or in numbers.
        uplink(
            #"{"detection_status":"fall","target_status":"abnormal"}"#,
            ["alarm.fall": .boolean(true)]),
        uplink(#"{"detection_status":4,"target_status":1}"#, ["alarm.fall": .boolean(true)]),
        uplink(
            #"{"detection_status":2,"target_status":0}"#,
            ["alarm.fall": .boolean(false), "bed.occupied": .boolean(true)]),
        uplink(
            #"{"events":[{"alarm_id":9,"alarm_type":0,"alarm_status":1}]}"#,
            ["alarm.fall": .boolean(true), "episode.id": .number(9)]),
    ]

    @Test("LoRaWAN: codecs' names and words", arguments: uplinks)
    func codec(one: Case) { check(one) }

    @Test("the last of ChirpStack 3 has the topics of 4")
    func chirpStackThree() {
        let read = Self.read(
            "application/7/device/0102030405060708/event/up",
            #"{"applicationID":"7","devEUI":"AQIDBAUGBwg=","rxInfo":[{"time":"2026-01-05T10:00:00Z","rssi":-80}],"fCnt":3,"objectJSON":"{\"temperature\":21}"}"#
        )
        #expect(read.convention == "chirpstack_v3")
        #expect(read.flags == ["old_version"])
        #expect(read.device == "0102030405060708")
        #expect(read.value("device.id_stable") == .text("0102030405060708"))
        #expect(read.value("env.temperature") == .number(21))
        #expect(read.readings.allSatisfy { $0.time == Instant(iso: "2026-01-05T10:00:00Z") })
        let error = Self.read(
            "application/7/device/0102030405060708/event/error",
            #"{"devEUI":"AQIDBAUGBwg=","type":"OTAA","error":"no"}"#)
        #expect(error.value("log.code") == .text("OTAA"))
    }

    @Test("a battery that cannot be measured is unknown, and one on mains has no level")
    func status() {
        let topic = "application/a/device/0a0b/event/status"
        let unknown = Self.read(
            topic, #"{"deviceInfo":{"devEui":"0a0b"},"margin":7,"batteryLevelUnavailable":true}"#)
        #expect(unknown.value("device.battery") == .unknown)
        #expect(unknown.value("link.margin") == .number(7))
        let mains = Self.read(
            topic,
            #"{"deviceInfo":{"devEui":"0a0b"},"externalPowerSource":true,"batteryLevel":0}"#)
        #expect(mains.value("device.battery") == nil)
    }

    @Test("The Things Stack: a place that was solved, and what became of a downlink")
    func thingsStack() {
        let place = Self.read(
            "v3/app/devices/dev/location/solved",
            #"{"end_device_ids":{"dev_eui":"0A0B"},"location_solved":{"location":{"latitude":1.5,"longitude":2.5,"accuracy":30}}}"#
        )
        #expect(place.value("location.lat") == .number(1.5))
        #expect(place.value("location.accuracy") == .number(30))
        #expect(Self.read("v3/app/devices/dev/down/ack", "{}").flags == ["not_data"])
        #expect(Self.read("v3/app/devices/dev/down/push", "{}").flags == ["command"])
    }

    // MARK: Makers

    static let makers: [Case] = [
        Case(
            topic: "radar/1",
            payload: #"{"device_info":{"device_mac":"aa"},"trigger_data":{"event":5,"status":1}}"#,
            says: ["presence.occupied": .boolean(false)]),
        // A report of how it is says nothing of an end.
        Case(
            topic: "radar/1",
            payload: #"{"device_info":{"device_mac":"aa"},"trigger_data":{"event":4,"status":4}}"#,
            says: ["presence.occupied": .boolean(true)]),
        // That somebody put an alarm aside brings nobody back to bed.
        Case(
            topic: "radar/1",
            payload: #"{"device_info":{"device_mac":"aa"},"trigger_data":{"event":3,"status":3}}"#,
            says: ["alarm.active": .boolean(false)], hides: ["bed"]),
        Case(
            topic: "radar/1",
            payload: #"{"device_info":{"device_mac":"aa"},"trigger_data":{"event":8,"status":1}}"#,
            says: ["alarm.active": .boolean(true)]),
        Case(
            topic: "yl-home/h/d/report",
            payload:
                #"{"event":"SmartRemoter.StatusChange","deviceId":"d","data":{"event":{"keyMask":2,"type":"LongPress"},"battery":3}}"#,
            says: ["button.press": .text("hold"), "button.id": .text("2")]),
        Case(
            topic: "yl-home/h/d/report",
            payload:
                #"{"event":"SmartRemoter.Report","deviceId":"d","data":{"event":{"keyMask":0,"type":"Press"},"battery":3}}"#,
            says: ["device.battery_level_4": .number(3)], hides: ["button"],
            flags: ["pulse_reset"]),
        Case(
            topic: "yl-home/h/d/report",
            payload:
                #"{"event":"COSmokeSensor.Alert","deviceId":"d","data":{"state":{"smokeAlarm":true,"gasAlarm":false}}}"#,
            says: ["alarm.smoke": .boolean(true), "alarm.co": .boolean(false)]),
        // One that does not say how it is is not at rest.
        Case(
            topic: "yl-home/h/d/report",
            payload: #"{"event":"LeakSensor.setInterval","deviceId":"d","data":{"interval":5}}"#,
            says: ["alarm.water": .unknown]),
        Case(
            topic: "yl-home/h/d/report",
            payload:
                #"{"event":"Lock.Alert","deviceId":"d","data":{"state":"locked","alertType":"bell"}}"#,
            says: ["lock.locked": .boolean(true), "button.press": .text("single")]),
        Case(
            topic: "/appliance/x/publish",
            payload:
                #"{"header":{},"payload":{"waterLeak":[{"id":"01","sample":[[1,1789990000],[0,1789990500]]}]}}"#,
            says: ["alarm.water": .boolean(true)], flags: ["batch"]),
        Case(
            topic: "/appliance/x/publish", payload: #"{"smokeAlarm":[{"id":"01","status":25}]}"#,
            says: ["alarm.smoke": .boolean(true)]),
        Case(
            topic: "/appliance/x/publish", payload: #"{"smokeAlarm":[{"id":"01","status":23}]}"#,
            says: ["device.test_mode": .boolean(true)], hides: ["alarm"]),
        Case(
            topic: "zigbee/send",
            payload:
                #"{"cmd":"read_rsp","did":"lumi.01","results":[{"res_name":"8.0.2102","value":{"status":"offline","time":9}}]}"#,
            says: ["device.online": .boolean(false), "device.id_stable": .text("lumi.01")]),
        Case(
            topic: "zigbee/recv",
            payload: #"{"cmd":"read","did":"lumi.01","params":[{"res_name":"8.0.2102"}]}"#,
            says: [:], hides: ["device"], flags: ["command"]),
        Case(
            topic: "zigbee/send",
            payload:
                #"{"cmd":"heartbeat","params":[{"did":"lumi.02","res_list":[{"res_name":"8.0.2008","value":3005}]}]}"#,
            says: ["device.battery_voltage": .number(3.005)]),
        Case(
            topic: "spBv1.0/home/NDEATH/edge", payload: "x",
            says: ["bridge.online": .boolean(false)],
            flags: ["unsupported"]),
        Case(
            topic: "spBv1.0/home/DBIRTH/edge/dev",
            payload:
                #"{"metrics":[{"name":"In/Button","value":true},{"name":"In/Humidity","value":40}]}"#,
            says: [
                "device.online": .boolean(true), "button.down": .boolean(true),
                "env.humidity": .number(40), "metrics": .text("In/Button, In/Humidity"),
            ]),
        Case(
            topic: "spBv1.0/STATE/host", payload: #"{"online":false,"timestamp":1}"#,
            says: ["bridge.online": .boolean(false)]),
    ]

    @Test("makers' own reports", arguments: makers)
    func maker(one: Case) { check(one) }

    @Test("a leak of an hour ago is late, and what ended it is live")
    func lateLeak() {
        let read = Self.read(
            "/appliance/x/publish",
            #"{"waterLeak":[{"id":"01","sample":[[1,1789990000],[0,1789993600]]}]}"#)
        #expect(read.readings.map(\.freshness) == [.late, .live])
        #expect(read.device == "01")
    }

    // MARK: Plain

    static let plainValues: [Case] = [
        // What a driver writes where a reading failed.
        Case(topic: "hall/temperature", payload: "nan", says: ["env.temperature": .unknown]),
        Case(topic: "hall/humidity", payload: "-inf", says: ["env.humidity": .unknown]),
        Case(topic: "hall/temperature", payload: "68 °F", says: ["env.temperature": .number(20)]),
        Case(topic: "hall/humidity", payload: "45%", says: ["env.humidity": .number(45)]),
        Case(topic: "hall/door/state", payload: "open", says: ["contact.open": .boolean(true)]),
        Case(topic: "hall/lamp/state", payload: "OFF", says: ["switch.on": .boolean(false)]),
        Case(topic: "hall/lamp", payload: "OFF", says: [:], hides: ["switch"]),
        Case(
            topic: "hall/dht", payload: #"{"temperature":50,"unit":"F"}"#,
            says: ["env.temperature": .number(10)]),
        Case(
            topic: "hall/bme", payload: #"{"temp":20,"press":1001.5}"#,
            says: ["env.pressure": .number(1001.5)]),
        Case(
            topic: "hall/dht", payload: #"{"sensor":"D","data":{"temp":21.5,"hum":40}}"#,
            says: ["env.temperature": .number(21.5), "env.humidity": .number(40)]),
        Case(
            topic: "hall/dht", payload: #"{"temperature":{"value":50,"unit":"F"}}"#,
            says: ["env.temperature": .number(10)]),
        // In a unit that is none of ours it is no value.
        Case(
            topic: "hall/bme", payload: #"{"pressure":{"value":29.9,"unit":"inHg"}}"#, says: [:],
            hides: ["env"]),
    ]

    @Test("plain values, with units and without", arguments: plainValues)
    func plain(one: Case) { check(one) }

    @Test("whatever is told can be written as JSON")
    func writable() throws {
        for payload in ["nan", "inf", "-nan", "1e999"] {
            for topic in [
                "a/temperature", "rtl_433/h/devices/M/1/temperature_C", "home/OMG/BTtoMQTT/x",
            ] {
                for reading in Self.read(topic, payload).readings {
                    if case .number(let number) = reading.value { #expect(number.isFinite) }
                }
            }
        }
    }
}
