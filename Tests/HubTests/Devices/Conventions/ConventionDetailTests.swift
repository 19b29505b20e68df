import Rules
import Testing

@testable import Hub

@Suite("Conventions: what is told in more ways than one, each by a message of our own")
struct ConventionDetailTests: ConventionRig {
    typealias Case = SaidCase

    @Test(
        "Zigbee2MQTT: presses of older versions, locks, endpoints, the bridge's log",
        arguments: [
            Case("zigbee2mqtt/cord", #"{"click":"emergency"}"#, "alarm.sos", .boolean(true)),
            Case("zigbee2mqtt/knob", #"{"click":"double"}"#, "button.press", .text("double")),
            Case(
                "zigbee2mqtt/knob", #"{"click":"right","action":"double_right"}"#, "button.press",
                .text("double")),
            Case("zigbee2mqtt/knob", #"{"action":"hold_left"}"#, "button.id", .text("left")),
            Case("zigbee2mqtt/knob", #"{"action":"open"}"#, "button.press", .text("open")),
            Case(
                "zigbee2mqtt/radiator", #"{"local_temperature":19,"position":40}"#,
                "cover.position", nil),
            Case(
                "zigbee2mqtt/radiator", #"{"local_temperature":19,"window_open":false}"#,
                "contact.open", nil),
            Case(
                "zigbee2mqtt/bridge/devices",
                #"[{"type":"Coordinator"},{"friendly_name":"cord","definition":{"exposes":[{"property":"battery"},{"type":"light","features":[{"property":"state"}]}]}}]"#,
                "cord.exposes", .text("battery state")),
            Case(
                "zigbee2mqtt/bridge/devices", #"[{"type":"Coordinator"},{"type":"Router"}]"#,
                "devices", .number(2)),
            Case("cellar/bridge/state", #"{"state":"online"}"#, "bridge.online", .boolean(true)),
            Case("cmnd/bridge/state", "", "bridge.online", nil),
            Case(
                "cellar/bridge/event",
                #"{"type":"device_leave","data":{"ieee_address":"0x01"}}"#, "lifecycle",
                .text("left")),
            Case(
                "cellar/door/availability", #"{"state":"offline"}"#, "device.online",
                .boolean(false)),
            Case("zigbee2mqtt/knob/action", "", "lifecycle", nil),
            Case("zigbee2mqtt/knob/action", "", "button.press", nil),
            Case("zigbee2mqtt/door/contact", "", "contact.open", .unknown),
            Case(
                "zigbee2mqtt/door/last_seen", "2026-05-06T07:08:09Z", "device.check_in",
                .boolean(true)),
            Case("zigbee2mqtt/gate", #"{"state":"ON","lock_state":"locked"}"#, "switch.on", nil),
            Case("zigbee2mqtt/gate/action", "keypad_unlock", "lock.operation", .text("unlock")),
            Case("zigbee2mqtt/gate/action", "keypad_unlock", "lock.method", .text("keypad")),
            Case("zigbee2mqtt/gate/action", "keypad_unlock", "button.press", nil),
            Case(
                "zigbee2mqtt/gate", #"{"action":"unlock","action_source_name":"rfid"}"#,
                "lock.method", .text("rfid")),
            Case(
                "zigbee2mqtt/gate", #"{"action":"unlock_failure_invalid_pin_or_id"}"#,
                "lock.operation", nil),
            Case(
                "zigbee2mqtt/gate", #"{"state":"LOCK","door_state":"open"}"#, "contact.open",
                .boolean(true)),
            Case(
                "zigbee2mqtt/gate", #"{"state":"LOCK","door_state":"error_jammed"}"#,
                "contact.open", .unknown),
            Case(
                "zigbee2mqtt/two", #"{"power_l2":12.5,"state_l2":"ON"}"#, "power.active[l2]",
                .number(12.5)),
            Case(
                "zigbee2mqtt/three", #"{"current_phase_b":2.5}"#, "power.current[b]", .number(2.5)),
            Case(
                "zigbee2mqtt/two", #"{"brightness_left":127}"#, "light.level[left]", .number(50)),
            Case(
                "zigbee2mqtt/door", #"{"battery":70,"voltage":null}"#, "device.battery_voltage",
                .unknown),
            Case(
                "zigbee2mqtt/bridge/logging", #"{"level":"error","message":"no route"}"#,
                "log.text", .text("no route")),
            Case(
                "zigbee2mqtt/bridge/logging", #"{"level":"debug","message":"no route"}"#,
                "log.text", nil),
            Case(
                "zigbee2mqtt/bridge/log",
                #"{"type":"pairing","message":"interview_failed","meta":{"friendly_name":"cord"}}"#,
                "lifecycle", .text("interview_failed")),
        ])
    func zigbee(one: Case) { expect(one) }

    @Test(
        "Homie: statistics, nodes that are named for what they are, and booleans that could be anything",
        arguments: [
            Case("homie/cord/$stats/battery", "71", "device.battery", .number(71)),
            Case("homie/cord/$stats/uptime", "90", "device.uptime_s", .number(90)),
            Case("homie/cord/$stats/signal", "40", "link.rssi", nil),
            Case("homie/cord/$online", "false", "device.online", .boolean(false)),
            Case(
                "homie/cord/$mac", "02:00:00:00:00:01", "device.id_stable",
                .text("02:00:00:00:00:01")),
            Case(
                "homie/5/cord/$description", #"{"homie":"5.0","version":3}"#, "homie.version",
                .text("5.0")),
            Case("/homie/5/cord/$alert/battery", "weak", "alert.text", .text("weak")),
            Case("homie/hall/door/state", "open", "contact.open", .boolean(true)),
            Case("homie/hall/door/state", "open", "switch.on", nil),
            Case("homie/hall/motion/state", "true", "presence.motion", .boolean(true)),
            Case("homie/hall/temperature/degrees", "20.5", "env.temperature", .number(20.5)),
            Case("homie/hall/lamp-2/state", "on", "switch.on", .boolean(true)),
            Case("homie/hall/sensor/contact", "true", "contact.open", nil),
            Case("homie/hall/front/locked", "true", "switch.on", nil),
            Case("homie/hall/lamps_1/intensity", "60", "light.level", .number(60)),
        ])
    func homie(one: Case) { expect(one) }

    @Test(
        "Z-Wave JS UI: topics by name, who sleeps, and what is no all-clear",
        arguments: [
            Case(
                "zwave/hall/door/notification/endpoint_0/Access_Control/Door_state",
                #"{"value":23}"#, "contact.open", .boolean(false)),
            Case(
                "zwave/hall/plug/switch_binary/endpoint_2/currentValue", "true", "switch.on[2]",
                .boolean(true)),
            Case(
                "zwave/hall/113/0/Access_Control/Door_state", #"{"value":5633}"#, "contact.open",
                .boolean(true)),
            Case(
                "zwave/hall/113/0/Smoke_Alarm/Alarm_status", #"{"value":6}"#, "alarm.smoke", nil),
            Case(
                "zwave/hall/113/0/Smoke_Alarm/Maintenance_status", #"{"value":0}"#, "alarm.smoke",
                nil),
            Case(
                "zwave/hall/113/0/CO_Alarm/Sensor_status", #"{"value":2}"#, "alarm.co",
                .boolean(true)),
            Case(
                "zwave/hall/113/0/Heat_Alarm/Heat_sensor_status", #"{"value":2}"#, "alarm.heat",
                .boolean(true)),
            Case(
                "zwave/hall/113/0/Access_Control/Lock_state", #"{"value":11}"#, "lock.locked",
                .unknown),
            Case(
                "zwave/hall/113/0/Access_Control/Lock_state", #"{"value":6}"#, "lock.locked",
                .boolean(false)),
            Case(
                "zwave/hall/notification/Keypad_unlock_operation", #"{"value":null}"#,
                "lock.method", .text("keypad")),
            Case("zwave/hall/98/0/currentMode", #"{"value":255}"#, "lock.locked", .boolean(true)),
            Case("zwave/hall/98/0/autoRelockTime", #"{"value":0}"#, "lock.locked", nil),
            Case(
                "zwave/hall/98/0/doorStatus", #"{"value":"open"}"#, "contact.open", .boolean(true)),
            Case("zwave/gate/102/0/currentState", #"{"value":0}"#, "cover.position", .number(0)),
            Case("zwave/gate/102/0/currentState", #"{"value":252}"#, "cover.position", .unknown),
            Case(
                "zwave/hall/49/0/Air_temperature", #"{"value":68,"unit":"°F"}"#,
                "env.temperature", .number(20)),
            Case("zwave/hall/49/0/Barometric_pressure", "100.5", "env.pressure", .number(1005)),
            Case("zwave/hall/49/0/Water_temperature", "41", "env.temperature", nil),
            Case("zwave/hall/49/0/Voltage", "229", "power.voltage", .number(229)),
            Case(
                "zwave/hall/status", #"{"value":false,"status":"Asleep"}"#, "device.online",
                .boolean(true)),
            Case(
                "zwave/hall/status", #"{"value":false,"status":"Dead"}"#, "device.online",
                .boolean(false)),
            Case("zwave/driver/status", "true", "bridge.online", .boolean(true)),
            Case(
                "zwave/_CLIENTS/ZWAVE_GATEWAY-a/status", #"{"value":false}"#, "bridge.online",
                .boolean(false)),
            Case("zwave/_EVENTS/ZWAVE_GATEWAY-a/node/x/status", "true", "bridge.online", nil),
            Case("zwave/knob/91/0/slowRefresh", "1", "button.press", nil),
            Case("zwave/knob/91/0/scene/002", "3", "button.press", .text("double")),
        ])
    func zwave(one: Case) { expect(one) }

    @Test(
        "Home Assistant: a class means what its component does, and where it stands who is there",
        arguments: [
            Case(
                "homeassistant/sensor/m/gas/config", #"{"stat_t":"m/g","dev_cla":"gas"}"#,
                "capability", .text("generic")),
            Case(
                "homeassistant/binary_sensor/m/gas/config", #"{"stat_t":"m/g","dev_cla":"gas"}"#,
                "capability", .text("alarm.gas")),
            Case(
                "homeassistant/binary_sensor/m/p/config", #"{"stat_t":"m/p","dev_cla":"power"}"#,
                "capability", .text("binary")),
            Case(
                "homeassistant/valve/m/gas/config", #"{"stat_t":"m/v","dev_cla":"gas"}"#,
                "capability", .text("cover.position")),
            Case(
                "homeassistant/cover/m/c/config", #"{"stat_t":"m/c","dev_cla":"door"}"#,
                "capability", .text("cover.position")),
            Case(
                "homeassistant/number/m/s/config",
                #"{"stat_t":"m/s","dev_cla":"temperature","unit_of_meas":"°C"}"#, "capability",
                .text("generic")),
            Case(
                "homeassistant/button/m/restart/config", #"{"cmd_t":"m/restart"}"#, "capability",
                .text("generic")),
            Case(
                "homeassistant/switch/m/a/config",
                #"{"~":"m","stat_t":"~/s","avty":[{"t":"~/one"},{"topic":"two"}]}"#,
                "availability", .text("m/one two")),
            Case(
                "homeassistant/switch/m/a/config", #"{"stat_t":"s","avty":{"t":"m/one"}}"#,
                "availability", .text("m/one")),
            Case(
                "homeassistant/device_automation/m/a/config",
                #"{"atype":"trigger","t":"m/action","pl":"pulled","type":"cord"}"#, "payload",
                .text("pulled")),
            Case(
                "homeassistant/sensor/m/t/config",
                #"{"stat_t":"m/t","val_tpl":"{{ value_json.room.t | float | round(1) }}"}"#,
                "extract", .text("/room/t")),
            Case(
                "homeassistant/sensor/m/t/config",
                #"{"stat_t":"m/t","val_tpl":"{{ value_json.t | float * 2 }}"}"#, "extract", nil),
            Case(
                "homeassistant/binary_sensor/m/b/config",
                #"{"stat_t":"m/b","val_tpl":"{% if value_json.push == 'L' %}ON{% else %}OFF{% endif %}"}"#,
                "extract", .text("/push")),
            Case(
                "homeassistant/binary_sensor/m/b/config",
                #"{"stat_t":"m/b","val_tpl":"{% if value_json.push == 'L' %}ON{% else %}OFF{% endif %}"}"#,
                "template", .text("if-equals")),
            Case(
                "homeassistant/binary_sensor/m/b/config",
                #"{"stat_t":"m/b","val_tpl":"{% if value_json.n >= 3 %}ON{% else %}OFF{% endif %}"}"#,
                "extract", nil),
            Case("ha/lock/m/gate/config", #"{"stat_t":"m"}"#, "capability", .text("lock.locked")),
            Case("ha/lock/m/gate/config", "", "lifecycle", .text("entity_removed")),
            Case("ha/door/m/gate/config", #"{"stat_t":"m"}"#, "capability", nil),
            Case("attic/panel/button3", "long_press", "button.press", .text("long_press")),
            Case("attic/panel/button3", "long_press", "button.id", .text("3")),
            Case("attic/panel/button3", "OFF", "button.press", nil),
            Case("attic/panel/button", "0", "button.press", nil),
            Case("attic/reader/tag_scanned", "04A1B2C3", "access.tag", .text("04A1B2C3")),
            Case("attic/reader", #"{"MFRC522":{"UID":"04A1"}}"#, "access.tag", .text("04A1")),
        ])
    func homeAssistant(one: Case) { expect(one) }

    @Test(
        "ESPHome, Frigate, OwnTracks: a resistance, a jammed lock, cats and cars, a beacon without a place",
        arguments: [
            Case("attic/sensor/attic_gas/state", "1", "alarm.gas", nil),
            Case("attic/sensor/attic_gas/state", "41200", "generic.value", .number(41200)),
            Case(
                "attic/sensor/attic_device_temperature/state", "44", "device.temperature",
                .number(44)),
            Case("attic/lock/gate/state", "JAMMED", "lock.locked", .unknown),
            Case("attic/lock/gate/state", "UNLOCKED", "lock.locked", .boolean(false)),
            Case(
                "attic/event/bell/state", #"{"event_type":"double"}"#, "button.press",
                .text("double")),
            Case("frigate/yard/all", "3", "presence.count", nil),
            Case(
                "frigate/events", #"{"type":"new","after":{"id":"1.5-a","camera":"yard"}}"#,
                "episode.id", .text("1.5-a")),
            Case(
                "owntracks/a/b/event",
                #"{"_type":"transition","t":"b","event":"enter","desc":"keys","lat":0,"lon":0,"acc":0}"#,
                "location.lat", .unknown),
            Case(
                "owntracks/a/b/event",
                #"{"_type":"transition","t":"c","event":"leave","desc":"home","lat":1,"lon":2}"#,
                "location.zone", .text("home")),
        ])
    func others(one: Case) { expect(one) }

    @Test("an episode before a camera has its time, and no name")
    func episode() {
        let read = Self.read(
            "frigate/events",
            #"{"type":"new","after":{"id":"1.5-a","camera":"yard","sub_label":["Ann",0.9],"frame_time":1789999999.5}}"#
        )
        #expect(read.device == "yard")
        #expect(read.readings.map(\.time) == [Instant(milliseconds: 1_789_999_999_500)])
        #expect(!"\(read)".contains("Ann"))
    }

    @Test("whom a place's name is told of is there only on entering")
    func zone() {
        func kind(_ event: String) -> ReadingKind? {
            Self.read(
                "owntracks/a/b/event",
                #"{"_type":"transition","event":"\#(event)","desc":"home","lat":1,"lon":2}"#
            ).readings.first { $0.capability == "location.zone" }?.kind
        }
        #expect(kind("enter") == .state)
        #expect(kind("leave") == .pulse)
    }

    @Test("what was done with a lock is no state that is restored")
    func keptOperation() {
        let kept = Self.read(
            "zwave/hall/notification/Manual_lock_operation", #"{"value":null}"#, retained: true)
        #expect(kept.readings.isEmpty && kept.flags.contains("replay"))
    }

    @Test("an attribute that is let go is a press that ended, one that was kept is cleared")
    func emptyAttribute() {
        #expect(Self.read("zigbee2mqtt/knob/action", "").flags == ["pulse_reset"])
        #expect(
            Self.read("zigbee2mqtt/knob/action", "", retained: true).value("lifecycle")
                == .text("retained_cleared"))
    }
}
