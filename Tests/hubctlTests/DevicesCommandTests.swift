import Foundation
import Hub
import Testing

@testable import hubctl

@Suite("Devices on the command line", .serialized)
struct DevicesCommandTests {
    private static let cord = """
        [{"ieee_address":"0x00158d00018255df","type":"EndDevice","friendly_name":"cord","interview_completed":true,
        "definition":{"model":"TS0215A_sos","vendor":"TuYa","exposes":[{"type":"enum","name":"action","property":"action",
        "access":1,"values":["emergency"]}]}},
        {"ieee_address":"0x00158d00018255ee","type":"EndDevice","friendly_name":"spare","interview_completed":true,
        "definition":{"model":"TS0215A_sos","vendor":"TuYa","exposes":[{"type":"enum","name":"action","property":"action",
        "access":1,"values":["emergency"]}]}}]
        """

    @Test("what two gateways hear is adopted as one; the topic of a third is told, and added")
    func gateways() throws {
        let home = try LiveHome()
        let line = home.line
        defer { try? home.stop() }
        try home.start()
        func hear(_ gateway: String) throws -> String {
            let topic = "home/\(gateway)/BTtoMQTT/A4C138000001"
            try home.publish(
                topic, #"{"id":"A4:C1:38:00:00:01","model_id":"MCCGQ02HL","open":true}"#)
            return topic
        }
        let topics = [try hear("attic"), try hear("cellar")]
        let adopted = try line.hubctl(
            "devices", "adopt", topics[1], "--title", "Gate", "--room", "home/hall", "--home",
            "home")
        #expect(topics.allSatisfy(adopted.output.contains), "\(adopted)")
        #expect(try line.hubctl("reload", "--home", "home").code == 0)
        #expect(try list(line, "home/gate").contains("also heard on: home/"))
        let third = try hear("yard")
        #expect(
            try list(line, "home/gate").contains(
                "another gateway hears it; to add that: hubctl devices adopt \(third) --also home/gate"
            ))
        let proposed = try line.hubctl("devices", "proposed", "--home", "home", "--lang", "en")
        #expect(!proposed.output.contains("A4C138000001"), "\(proposed)")
        let added = try line.hubctl(
            "devices", "adopt", third, "--also", "home/gate", "--home", "home")
        #expect(added.code == 0, "\(added)")
        let shown = try list(line, "home/gate")
        #expect(shown.contains(third) && !shown.contains("to add that"), "\(shown)")
    }

    @Test(
        "what announced itself is adopted by its name, waits for a test, is pressed, vanishes, and is replaced with its history"
    )
    func walk() throws {
        let home = try LiveHome()
        let line = home.line
        defer { try? home.stop() }
        try home.start()
        try home.publish("zigbee2mqtt/bridge/devices", Self.cord, retain: true)
        let proposed = try line.hubctl("devices", "proposed", "--home", "home", "--lang", "en")
            .output
        #expect(
            proposed.contains("zigbee2mqtt/cord  zigbee2mqtt  cord  TuYa  TS0215A_sos"),
            "\(proposed)")
        #expect(proposed.contains("can tell: alarm.sos"))
        #expect(proposed.contains("--profile zigbee2mqtt-sos"))
        let adopted = try line.hubctl(
            "devices", "adopt", "0x00158d00018255df", "--title", "Cord", "--room", "home/hall",
            "--home", "home")
        #expect(adopted.output.contains("alarm.sos: waits for a test"), "\(adopted)")
        #expect(try line.hubctl("reload", "--home", "home").code == 0)
        try home.publish("zigbee2mqtt/cord", #"{"battery":90}"#)
        #expect(try list(line, "home/cord").contains("waiting for a test: alarm.sos"))
        #expect(try doctor(line).contains("home/cord: alarm.sos was never seen to work"))
        let tooLate = try line.hubctl(
            "devices", "test", "home/cord", "--by", "Ann", "--wait", "0", "--lang", "en", "--home",
            "home")
        #expect(tooLate.code == 1 && tooLate.output.contains("Not seen: alarm.sos"), "\(tooLate)")
        try home.publish("zigbee2mqtt/cord", #"{"action":"emergency"}"#)
        let tested = try list(line, "home/cord")
        #expect(!tested.contains("waiting for a test"), "\(tested)")
        #expect(tested.contains("tested  alarm.sos  Ann  zigbee2mqtt/cord"), "\(tested)")
        #expect(try !doctor(line).contains("home/cord: alarm.sos"))
        // A press from a device that nobody tried is a call all the same.
        let alerts = try line.hubctl("alerts", "list", "--home", "home", "--lang", "en").output
        #expect(!alerts.isEmpty)

        try home.publish(
            "zigbee2mqtt/bridge/event",
            #"{"type":"device_leave","data":{"ieee_address":"0x00158d00018255df"}}"#)
        #expect(try list(line, "home/cord").contains("vanished since"))
        #expect(try doctor(line).contains("home/cord is announced no more"))
        let wrong = try line.hubctl(
            "devices", "replace", "home/core", "spare", "--why", "lost", "--home", "home")
        #expect(wrong.code != 0 && wrong.errors.contains("did you mean"), "\(wrong)")
        let unsaid = try line.hubctl("devices", "replace", "home/cord", "spare", "--home", "home")
        #expect(unsaid.code == 64 && unsaid.errors.contains("--why"), "\(unsaid)")
        let replaced = try line.hubctl(
            "devices", "replace", "home/cord", "spare", "--by", "Claire", "--why", "torn off",
            "--home", "home")
        #expect(replaced.output.contains("zigbee2mqtt-sos on zigbee2mqtt/spare"), "\(replaced)")
        #expect(try line.hubctl("reload", "--home", "home").code == 0)
        try home.publish("zigbee2mqtt/spare", #"{"battery":80}"#)
        let after = try list(line, "home/cord")
        #expect(!after.contains("vanished since"), "\(after)")
        #expect(after.contains("waiting for a test: alarm.sos"), "\(after)")
        #expect(
            after.contains(
                "replaced  Claire  zigbee2mqtt-sos  zigbee2mqtt/spare  torn off – before: zigbee2mqtt-sos"
            ))
        let json = try line.hubctl("devices", "list", "--json", "--home", "home").output
        #expect(json.contains(#""device":"home/cord""#))
    }

    @Test("a profile that reads nothing of what was heard is not taken, unless somebody names it")
    func readsNothing() throws {
        let home = try LiveHome()
        let line = home.line
        defer { try? home.stop() }
        try home.start()
        try home.publish("zigbee2mqtt/bridge/devices", Self.cord, retain: true)
        func adopt(_ more: String...) throws -> CommandLine.Answer {
            try line.run(
                [
                    "devices", "adopt", "zigbee2mqtt/cord", "--title", "Cord", "--room",
                    "home/hall",
                    "--home", "home",
                ] + more)
        }
        try home.publish("zigbee2mqtt/cord", #"{"pulled":"yes"}"#)
        let refused = try adopt()
        #expect(refused.code == 1 && refused.errors.contains("no profile reads what was heard"))
        for text in [
            #"zigbee2mqtt/cord  {"pulled":"yes"}"#,
            "hubctl devices draft zigbee2mqtt/cord --home home", "--profile zigbee2mqtt-sos",
        ] { #expect(refused.errors.contains(text), "\(refused)") }
        #expect(try !line.read("home/devices.yaml").contains("zigbee2mqtt/cord"))
        // Its battery, too, is read by the profile that fits what it announces: that is enough.
        let spare = "zigbee2mqtt/spare"
        try home.publish(spare, #"{"battery":90}"#)
        let other = try line.hubctl(
            "devices", "adopt", spare, "--title", "Spare", "--room", "home/hall", "--home", "home")
        #expect(other.code == 0 && other.output.contains("zigbee2mqtt-sos"), "\(other)")
        let named = try adopt("--profile", "zigbee2mqtt-sos")
        #expect(named.code == 0, "\(named)")
        #expect(
            named.errors.contains(
                "warning: profile zigbee2mqtt-sos reads nothing of what was heard"),
            "\(named)")
        // The rule for calls is of each person, and it is nobody's.
        #expect(
            named.errors.contains("warning: device \"home/cord\": no rule hears alarm.sos"),
            "\(named)")
        #expect(named.errors.contains("it is nobody's"))
        let check = try line.hubctl("check", "--home", "home")
        #expect(check.code == 0 && check.output.contains("[alarm-unheard]"), "\(check)")
        let tried = try line.hubctl(
            "devices", "test", "home/cord", "--by", "Ann", "--wait", "0", "--home", "home")
        #expect(tried.errors.contains("no rule hears alarm.sos"), "\(tried)")
        let french = try line.hubctl(
            "devices", "list", "home/cord", "--lang", "fr", "--home", "home")
        #expect(french.output.contains("jamais entendu"), "\(french)")
        // Nobody announced this one: a battery alone does not tell what it is.
        try home.publish("zigbee2mqtt/stranger", #"{"battery":90}"#)
        let stranger = try line.hubctl(
            "devices", "adopt", "zigbee2mqtt/stranger", "--title", "X", "--room", "home/hall",
            "--home", "home")
        #expect(stranger.code == 1, "\(stranger)")
        #expect(stranger.errors.contains("does not tell what it is"), "\(stranger)")
    }

    @Test("a device that only Home Assistant's discovery tells of is adopted by what it announces")
    func discovered() throws {
        let home = try LiveHome()
        let line = home.line
        defer { try? home.stop() }
        try home.start()
        try home.publish(
            "homeassistant/binary_sensor/own/door/config",
            #"{"name":"Door","dev_cla":"door","stat_t":"lab/own/door","dev":{"ids":["own-17"],"name":"Own door"}}"#,
            retain: true)
        try home.publish("lab/own/door", "ON")
        let adopted = try line.hubctl(
            "devices", "adopt", "Own door", "--title", "Cellar", "--room", "home/hall", "--home",
            "home")
        #expect(adopted.code == 0, "\(adopted)")
        #expect(
            adopted.output.contains("profiles/own-own-door-own17.yaml: made of what it announces"))
        #expect(try line.hubctl("reload", "--home", "home").code == 0)
        try home.publish("lab/own/door", "OFF")
        let events = try line.hubctl("events", "list", "--home", "home").output
        #expect(events.contains("home/cellar") || events.contains("cellar"), "\(events)")
        #expect(events.contains("contact.open"), "\(events)")
    }

    private func list(_ line: CommandLine, _ device: String) throws -> String {
        try line.hubctl("devices", "list", device, "--lang", "en", "--home", "home").output
    }

    private func doctor(_ line: CommandLine) throws -> String {
        try line.hubctl("doctor", "--home", "home").output
    }
}
