import Foundation
import Rules
import Testing

@testable import Hub

@Suite(
    "Tasmota, Shelly and SenML: what their devices and bridges say, each by a message of our own")
struct TasmotaShellyTests: ConventionRig {
    typealias Case = SaidCase

    private static func zigbee(_ fields: String) -> String {
        "{\"ZbReceived\":{\"0xBEEF\":{\(fields),\"Endpoint\":3,\"LinkQuality\":60}}}"
    }

    private static func event(_ fields: String) -> String {
        "{\"src\":\"shellyx-1\",\"method\":\"NotifyEvent\",\"params\":{\"ts\":1789000000,\"events\":[{\(fields)}]}}"
    }

    static let tasmota: [Case] = [
        // The input is named in the topic by some versions, in the payload by others.
        Case("stat/desk/BUTTON2", "{\"ACTION\":\"TRIPLE\"}", "button.press", .text("triple")),
        Case("stat/desk/BUTTON2", "{\"ACTION\":\"TRIPLE\"}", "button.id", .text("2")),
        Case("stat/desk/BUTTON2", "{\"ACTION\":\"CLEAR\"}", "button.press", nil),
        Case("stat/desk/SWITCH3", "{\"STATE\":\"OFF\"}", "input.3", .boolean(false)),
        Case("stat/desk/BUTTON", "11", "button.press", .text("double")),
        Case("stat/desk/BUTTON", "9", "button.press", nil),
        Case(
            "stat/desk/RESULT", "{\"Switch4\":{\"Action\":\"HOLD\"}}", "button.press",
            .text("hold")),
        Case("stat/desk/RESULT", "{\"Switch4\":{\"Action\":\"OFF\"}}", "input.4", .boolean(false)),
        Case("stat/blind/SHUTTER2", "64", "cover.position[2]", .number(64)),
        Case("tele/sc/SENSOR", "{\"Temperature\":24,\"Light\":10}", "env.temperature", .number(24)),
        Case("tele/sc/SENSOR", "{\"Temperature\":24,\"Light\":10}", "env.illuminance", nil),
        Case(
            "tele/radar/SENSOR", "{\"LD2410S\":{\"Distance\":150.0,\"People\":1}}",
            "presence.occupied", .boolean(false)),
        Case(
            "tele/radar/SENSOR", "{\"LD2410S\":{\"Distance\":150.0,\"People\":3}}",
            "presence.occupied", .boolean(true)),
        Case(
            "tele/radar/SENSOR", "{\"LD2410S\":{\"Distance\":150.0,\"People\":3}}",
            "presence.distance", .number(1.5)),
        Case("stat/cellar/LEAK", "ON", "alarm.water", .boolean(true)),
        Case("stat/cellar/LEAK", "OFF", "alarm.water", .boolean(false)),
        Case("stat/hall/SMOKE", "1", "alarm.smoke", .boolean(true)),
        Case("stat/bath/SOS", "ON", "alarm.sos", .boolean(true)),
        Case("tele/stove/POWER_LOW", "ON", "switch.on", nil),
        Case(
            "stat/attic/STATUS10",
            "{\"StatusSNS\":{\"Time\":\"2026-01-05T12:00:00\",\"SHT30\":{\"Temperature\":17.5}}}",
            "env.temperature", .number(17.5)),
        Case(
            "stat/attic/STATUS11", "{\"StatusSTS\":{\"UptimeSec\":500,\"POWER\":\"ON\"}}",
            "switch.on", .boolean(true)),
        Case(
            "stat/attic/STATUS5", "{\"StatusNET\":{\"Mac\":\"AA:BB:CC:00:11:22\"}}",
            "device.id_stable", .text("AA:BB:CC:00:11:22")),
        Case(
            "stat/attic/DEEPSLEEP", "{\"DeepSleep\":{\"Epoch\":1789000000}}", "lifecycle",
            .text("sleep")),
        // A tag that is no longer heard has no strength.
        Case(
            "tele/door/SENSOR", "{\"IBEACON_0102\":{\"RSSI\":-71}}", "presence.beacon",
            .boolean(true)),
        Case("tele/door/SENSOR", "{\"IBEACON_0102\":{\"RSSI\":-71}}", "link.rssi", .number(-71)),
        Case(
            "tele/door/SENSOR", "{\"IBEACON_0102\":{\"RSSI\":-0}}", "presence.beacon",
            .boolean(false)),
        Case("tele/door/SENSOR", "{\"IBEACON_0102\":{\"RSSI\":-0}}", "link.rssi", nil),
        Case(
            "tele/door/SENSOR",
            "{\"IBEACON\":{\"MAC\":\"AABB\",\"RSSI\":-50,\"STATE\":\"OFF\"}}", "presence.beacon",
            .boolean(false)),
        Case(
            "tele/door/SENSOR",
            "{\"IBEACON\":{\"MAC\":\"AABB\",\"RSSI\":-50,\"STATE\":\"OFF\"}}", "link.rssi", nil),
        Case(
            "tele/b/SENSOR",
            "{\"ZbState\":{\"Status\":30,\"IEEEAddr\":\"0x00124B0001020304\",\"ShortAddr\":\"0x1111\"}}",
            "device.id_stable", .text("0x00124B0001020304")),
        Case("tele/b/RESULT", "{\"ZbState\":{\"Status\":21}}", "lifecycle", nil),
        // What a remote commands is a press, and no state of a switch.
        Case("tele/b/SENSOR", zigbee("\"0006!00\":\"\",\"Power\":0"), "switch.on", nil),
        Case("tele/b/SENSOR", zigbee("\"0006!00\":\"\",\"Power\":0"), "button.press", .text("off")),
        Case("tele/b/SENSOR", zigbee("\"0006!00\":\"\",\"Power\":0"), "button.id", .text("3")),
        Case("tele/b/SENSOR", zigbee("\"Power\":0"), "switch.on", .boolean(false)),
        Case("tele/b/SENSOR", zigbee("\"0006!FD\":\"01\""), "button.press", .text("double")),
        Case(
            "tele/b/SENSOR", zigbee("\"0008!05\":\"0154\",\"DimmerMove\":1"), "button.press",
            .text("dimmer_down_hold")),
        Case("tele/b/SENSOR", zigbee("\"Dimmer\":127"), "light.level", .number(50)),
        Case("tele/b/SENSOR", zigbee("\"click\":\"double\""), "button.press", .text("double")),
        Case("tele/b/SENSOR", zigbee("\"click\":3"), "button.press", .text("triple")),
        Case("tele/b/SENSOR", zigbee("\"0006/8000\":4"), "button.press", .text("quadruple")),
        // A call by cluster IAS ACE, which Tasmota has no name for.
        Case("tele/b/SENSOR", zigbee("\"0501!02\":\"\""), "alarm.sos", .boolean(true)),
        Case("tele/b/SENSOR", zigbee("\"0501!00\":\"00\""), "alarm.sos", nil),
        Case(
            "tele/b/SENSOR", zigbee("\"0500<00\":\"0100\",\"Fire\":1"), "alarm.smoke",
            .boolean(true)),
        Case(
            "tele/b/SENSOR", zigbee("\"0500<00\":\"0000\",\"Fire\":0"), "alarm.smoke",
            .boolean(false)),
        Case("tele/b/SENSOR", zigbee("\"Water\":1,\"Tamper\":1"), "alarm.water", .boolean(true)),
        Case("tele/b/SENSOR", zigbee("\"Water\":1,\"Tamper\":1"), "alarm.tamper", .boolean(true)),
        Case("tele/b/SENSOR", zigbee("\"CO\":1"), "alarm.co", .boolean(true)),
        Case("tele/b/SENSOR", zigbee("\"PersonalAlarm\":1"), "alarm.sos", .boolean(true)),
        Case("tele/b/SENSOR", zigbee("\"Contact\":0"), "contact.open", .boolean(false)),
        Case("tele/b/SENSOR", zigbee("\"Movement\":1"), "vibration.active", .boolean(true)),
        Case("tele/b/SENSOR", zigbee("\"BatteryPercentage\":71"), "device.battery", .number(71)),
        Case("tele/b/SENSOR", zigbee("\"Reachable\":false"), "device.online", .boolean(false)),
        Case("tele/b/SENSOR", zigbee("\"LockState\":1"), "lock.locked", .boolean(true)),
        Case("tele/b/SENSOR", zigbee("\"LockState\":2"), "lock.locked", .boolean(false)),
        Case("tele/b/SENSOR", zigbee("\"LockState\":0"), "lock.locked", .unknown),
        // A counter's steps are each device's own.
        Case(
            "tele/b/SENSOR", zigbee("\"EnergyTotal\":\"0x00000000\""), "energy.total", .number(0)),
        Case("tele/b/SENSOR", zigbee("\"EnergyTotal\":\"0x000000A4\""), "energy.total", nil),
        Case("tele/b/SENSOR", zigbee("\"EnergyTotal\":2.5"), "energy.total", .number(2.5)),
        // The bridge leaves out that it received it, and the device's address as well.
        Case(
            "tele/b/BEEF/SENSOR",
            "{\"0xBEEF\":{\"Device\":\"0xBEEF\",\"Fire\":1,\"LinkQuality\":60}}", "alarm.smoke",
            .boolean(true)),
        Case(
            "tele/b/ZbReceived",
            "{\"Lamp\":{\"Device\":\"0xBEEF\",\"Dimmer\":127,\"LinkQuality\":60}}", "light.level",
            .number(50)),
        Case(
            "tele/b/Lamp/SENSOR", "{\"Device\":\"0xBEEF\",\"Dimmer\":127,\"LinkQuality\":60}",
            "light.level", .number(50)),
        Case(
            "tele/lw/SENSOR",
            "{\"Door\":{\"Node\":2,\"Device\":\"0xBEEF\",\"RSSI\":-70,\"DoorOpen\":0}}",
            "contact.open", .boolean(false)),
        Case(
            "tele/lw/SENSOR",
            "{\"LwReceived\":{\"0x0001\":{\"DevEUIh\":\"AABB0011\",\"DevEUIl\":\"22334455\",\"RSSI\":-90}}}",
            "device.id_stable", .text("AABB001122334455")),
        Case(
            "tele/lw/SENSOR", "{\"LwDecoded\":{\"0x0001\":{\"TempC_Internal\":19.5}}}",
            "env.temperature", .number(19.5)),
        Case("tele/meter/SENSOR", "{\"TIC\":{\"PAPP\":250}}", "power.active", nil),
        Case("tele/meter/SENSOR", "{\"TIC\":{\"PAPP\":250}}", "power.apparent", .number(250)),
    ]

    static let shelly: [Case] = [
        Case("shellies/shellygas-1/sensor/gas", "heavy", "alarm.gas", .boolean(true)),
        Case("shellies/shellygas-1/sensor/gas", "none", "alarm.gas", .boolean(false)),
        Case("shellies/shellygas-1/sensor/gas", "test", "alarm.gas", nil),
        Case("shellies/shellygas-1/sensor/gas", "unknown", "alarm.gas", .unknown),
        Case("shellies/shellydimmer-1/longpush/1", "1", "button.press", .text("hold")),
        Case("shellies/shellydimmer-1/longpush/1", "0", "button.press", nil),
        Case(
            "shellies/shellymotionsensor-1/status",
            "{\"motion\":false,\"timestamp\":1,\"vibration\":true,\"lux\":12,\"bat\":80}",
            "presence.motion", .boolean(false)),
        Case(
            "shellies/shellymotionsensor-1/status",
            "{\"motion\":false,\"timestamp\":1,\"vibration\":true,\"lux\":12,\"bat\":80}",
            "vibration.active", .boolean(true)),
        Case(
            "shellies/shelly1pm-1/ext_temperatures",
            "{\"0\":{\"tC\":20.5},\"1\":{\"tC\":-99.5}}", "env.temperature", .number(20.5)),
        Case(
            "shellies/shelly1pm-1/ext_temperatures",
            "{\"0\":{\"tC\":20.5},\"1\":{\"tC\":-99.5}}", "env.temperature[1]", .unknown),
        Case("shellies/shellyem-1/emeter/0/total", "1500", "energy.total", .number(1.5)),
        Case("shellies/shellyem-1/emeter/0/energy", "90", "energy.total", nil),
        Case(
            "shellies/shelly25-1/info",
            "{\"mac\":\"AA00\",\"relays\":[{\"ison\":true},{\"ison\":false}],\"wifi_sta\":{\"rssi\":-70}}",
            "switch.on[1]", .boolean(false)),
        Case(
            "shellies/shellysmoke-1/info", "{\"smoke\":true,\"bat\":{\"value\":55}}", "alarm.smoke",
            .boolean(true)),
        Case(
            "shellyx-1/events/rpc", event("\"component\":\"input:1\",\"event\":\"config_changed\""),
            "button.press", nil),
        Case(
            "shellyx-1/events/rpc",
            event("\"component\":\"bthome\",\"event\":\"device_discovered\""),
            "button.press", nil),
        Case(
            "shellyx-1/events/rpc",
            event("\"component\":\"bthomedevice:201\",\"event\":\"long_push\""), "button.press",
            .text("hold")),
        Case(
            "shellyx-1/events/rpc",
            event(
                "\"component\":\"script:3\",\"event\":\"blu\",\"data\":{\"BTHome_version\":2,\"pid\":9,\"Button\":1,\"Battery\":44,\"addr\":\"aa:bb\"}"
            ), "button.press", .text("single")),
        Case(
            "shellyx-1/events/rpc",
            event(
                "\"component\":\"script:3\",\"event\":\"blu\",\"data\":{\"BTHome_version\":2,\"pid\":9,\"Button\":1,\"Battery\":44,\"addr\":\"aa:bb\"}"
            ), "device.battery", .number(44)),
        Case(
            "shellyx-1/rpc", "{\"method\":\"Switch.Set\",\"params\":{\"on\":true}}", "switch.on",
            nil),
        Case(
            "shellyx-1/status/em:0", "{\"a_voltage\":231.5,\"total_act_power\":900}",
            "power.active", .number(900)),
        Case("shellyx-1/status/emdata:0", "{\"total_act\":2500}", "energy.total", .number(2.5)),
        Case("shellyx-1/status/number:202", "{\"value\":21.5}", "number[202]", .number(21.5)),
        Case("shellyx-1/status/enum:203", "{\"value\":\"eco\"}", "enum[203]", .text("eco")),
        Case(
            "shellyx-1/status/bthomedevice:204", "{\"battery\":33,\"rssi\":-80}",
            "device.battery[204]", .number(33)),
        Case(
            "shellyx-1/status/sys", "{\"mac\":\"AA11\",\"unixtime\":0}", "device.id_stable",
            .text("AA11")),
        Case(
            "lab/ble",
            "{\"addr\":\"aa:bb\",\"rssi\":-66,\"service_data\":{\"BTHome_version\":2,\"window\":1}}",
            "contact.open", .boolean(true)),
    ]

    static let senml: [Case] = [
        Case("s", "[{\"bn\":\"d:\",\"n\":\"smoke\",\"vb\":true}]", "alarm.smoke", .boolean(true)),
        Case(
            "s", "[{\"bn\":\"d:\",\"n\":\"valve\",\"vb\":true}]", "input.on[valve]", .boolean(true)),
        Case(
            "s",
            "[{\"bn\":\"d1/\",\"n\":\"t\",\"u\":\"Cel\",\"v\":20},{\"bn\":\"d2/\",\"n\":\"t\",\"u\":\"Cel\",\"v\":21}]",
            "env.temperature[d2/t]", .number(21)),
        Case("s", "[{\"bn\":\"d:\",\"n\":\"card\",\"vd\":\"AQID\"}]", "data[card]", .text("AQID")),
    ]

    @Test("what a message says, and what it does not", arguments: tasmota + shelly + senml)
    func meaning(one: Case) { expect(one) }

    @Test("a command of an unknown alarm is unclear, and a request is a command")
    func flags() {
        #expect(
            Self.read("tele/b/SENSOR", Self.zigbee("\"0500!00\":\"010000\"")).flags
                == ["semantics_unclear"])
        #expect(Self.read("shellyx-1/rpc", "{\"method\":\"Switch.Set\"}").flags == ["command"])
    }

    @Test("a call that was kept is not made again")
    func retained() {
        let call = Self.read("tele/b/SENSOR", Self.zigbee("\"0501!02\":\"\""), retained: true)
        #expect(call.value("alarm.sos") == nil && call.flags.contains("replay"))
    }

    @Test("what the bridge remembers of a device is restored")
    func remembered() {
        let read = Self.read(
            "tele/b/SENSOR",
            "{\"ZbInfo\":{\"0xBEEF\":{\"Device\":\"0xBEEF\",\"Name\":\"Lamp\",\"IEEEAddr\":\"0x01AB\",\"Power\":1,\"Dimmer\":127,\"Reachable\":true}}}"
        )
        #expect(read.device == "Lamp" && read.value("device.id_stable") == .text("0x01AB"))
        #expect(read.value("switch.on") == .boolean(true))
        #expect(read.value("light.level") == .number(50))
        #expect(read.readings.allSatisfy { $0.freshness == .restored })
    }

    @Test("two packets in one are corrupt, wherever the second begins")
    func twoInOne() {
        let first = Array("{\"Time\":\"2026-01-05T12:00:00\",\"ENERGY\":{\"Power\":5,".utf8)
        let second: [UInt8] = [0x30, 0xD2, 0x02, 0x00, 0x09] + Array("tele/x/STATE{".utf8)
        let read = Conventions.read(
            MQTTMessage(
                topic: "tele/x/SENSOR", payload: first + second, retained: false,
                received: Instant(milliseconds: 1_790_000_000_000)))
        #expect(read.quarantined != nil && read.flags == ["not_utf8", "corrupt"])
    }

    @Test("what Tasmota announces: who it is, where it speaks, what it has")
    func announced() {
        let payload =
            "{\"mac\":\"AA00BB11CC22\",\"md\":\"Basic\",\"t\":\"desk\",\"rl\":[1,1,0],\"swc\":[-1,4],\"btn\":[0,1]}"
        let read = Self.read("tasmota/discovery/AA00BB11CC22/config", payload, retained: true)
        #expect(read.value("device.id_stable") == .text("AA00BB11CC22"))
        #expect(read.value("topic") == .text("desk"))
        #expect(
            read.value("capabilities") == .text("switch.on[1] switch.on[2] input.2 button.press"))
    }
}
