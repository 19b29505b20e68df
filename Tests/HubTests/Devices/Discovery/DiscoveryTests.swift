import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Devices that announce themselves", .serialized, .enabled(if: TestBroker.isInstalled))
struct DiscoveryTests {
    private static let cord =
        "- {name: cord, residence: home, room: hall, profile: zigbee2mqtt-sos, topic: zigbee2mqtt/hall_cord}"

    private static func devices(_ lines: String...) -> String {
        "version: 1\ndevices:\(lines.isEmpty ? " []" : "")\n"
            + lines.map { "  \($0)\n" }.joined()
    }

    private func hub(_ broker: TestBroker, _ devices: String) throws -> RunningHub {
        let hub = try RunningHub(
            broker: ["url: mqtt://127.0.0.1:\(broker.port)"], files: ["devices.yaml": devices])
        try hub.start(on: broker)
        return hub
    }

    private func home(_ hub: RunningHub) throws -> LoadedHome {
        try HomeFolder.load(hub.folder.path, shippedProfiles: Repository.profiles)
    }

    private func proposals(_ hub: RunningHub) throws -> [DeviceProposal] {
        try DeviceProposals(try hub.reader, home: try home(hub)).open
    }

    private static func entity(_ number: Int) -> (String, String) {
        (
            "homeassistant/sensor/thing\(number)/config",
            "{\"stat_t\":\"things/\(number)\",\"dev\":{\"ids\":\"thing\(number)\"}}"
        )
    }

    @Test("is proposed before it speaks, once, and after restarts of hub and broker too")
    func restarts() async throws {
        let broker = try TestBroker()
        let hub = try hub(broker, Self.devices())
        try broker.publish(
            [("zigbee2mqtt/bridge/devices", AnnouncementTests.devices)], retain: true)
        try broker.publish(
            [
                (
                    "homeassistant/sensor/0x00158d00018255df/battery/config",
                    #"{"stat_t":"zigbee2mqtt/hall_cord","dev_cla":"battery","dev":{"ids":["zigbee2mqtt_0x00158d00018255df"],"name":"hall_cord"}}"#
                )
            ], retain: true)
        #expect(wait { (try? proposals(hub).count) == 2 })
        let first = try #require(try proposals(hub).first { $0.device.name == "hall_cord" })
        #expect(first.device.model == "TS0215A_sos" && first.messages.isEmpty)
        #expect(first.sources.count == 2)
        var library = ProfileLibrary()
        library.add(folder: Repository.profiles)
        let choice = try #require(first.choices(library.profiles).first)
        #expect(choice.profile.id == "zigbee2mqtt-sos" && choice.topic == "zigbee2mqtt/hall_cord")
        try await hub.stop()
        try hub.start(on: broker)
        try broker.publish(
            [("zigbee2mqtt/bridge/devices", AnnouncementTests.devices)], retain: true)
        try broker.publish([("zigbee2mqtt/hall_cord", "{\"battery\":90}")])
        #expect(
            wait {
                (try? proposals(hub).first { $0.device.name == "hall_cord" }?.messages.count) == 1
            })
        #expect(try proposals(hub).count == 2)
        try await hub.stop()
    }

    @Test(
        "one that vanishes stays, with since when; one that has its place is told of once, until it is back"
    )
    func vanishes() async throws {
        let broker = try TestBroker()
        let hub = try hub(broker, Self.devices(Self.cord))
        let list = ("zigbee2mqtt/bridge/devices", AnnouncementTests.devices)
        try broker.publish([list, Self.entity(1)])
        #expect(wait { (try? hub.reader.announced().count) == 3 })
        let leave = (
            "zigbee2mqtt/bridge/event",
            #"{"type":"device_leave","data":{"ieee_address":"0x00158d00018255df"}}"#
        )
        try broker.publish([leave, leave, (Self.entity(1).0, "")])
        #expect(wait { (try? hub.reader.announced().count { $0.vanished != nil }) == 2 })
        try broker.publish([("zigbee2mqtt/bridge/devices", "[]")])
        #expect(wait { (try? hub.reader.announced().count { $0.vanished != nil }) == 3 })
        let alerts = try hub.reader.alerts(openOnly: false)
        #expect(alerts.map(\.rule) == [BuiltInRule.deviceGone.id])
        #expect(alerts.first?.subject == Subject(residence: "home", device: "home/cord"))
        try await hub.stop()
        try hub.start(on: broker)
        let ledger = DeviceLedger(try hub.reader.deviceChanges())
        #expect(ledger.goneSince("home/cord") != nil)
        try broker.publish([list])
        #expect(wait { (try? hub.reader.alerts(openOnly: false).first?.condition) == .normal })
        #expect(
            try hub.reader.deviceChanges(of: "home/cord").map(\.kind) == [
                .placed, .vanished, .returned,
            ])
        #expect(try hub.reader.alerts(openOnly: false).count == 1)
        try await hub.stop()
    }

    @Test("a renamed device is gone from its place, which says where it speaks now")
    func renamed() async throws {
        let broker = try TestBroker()
        let hub = try hub(broker, Self.devices(Self.cord))
        try broker.publish([("zigbee2mqtt/bridge/devices", AnnouncementTests.devices)])
        #expect(wait { (try? hub.reader.announced().count) == 2 })
        try broker.publish([
            (
                "zigbee2mqtt/bridge/devices",
                AnnouncementTests.devices.replacingOccurrences(of: "hall_cord", with: "other")
            )
        ])
        #expect(wait { (try? hub.reader.alerts(openOnly: true).count) == 1 })
        let change = try #require(try hub.reader.deviceChanges(of: "home/cord").last)
        #expect(change.kind == .vanished && change.detail.contains("zigbee2mqtt/other"))
        try await hub.stop()
    }

    @Test(
        "another device keeps place and history; the old one does not count, and its test neither")
    func replaced() async throws {
        let broker = try TestBroker()
        let hub = try hub(broker, Self.devices(Self.cord))
        let press = #"{"action":"emergency","tamper":true}"#
        try broker.publish([("zigbee2mqtt/hall_cord", press)])
        #expect(wait { (try? hub.events().count) == 2 })
        let device = try #require(try home(hub).home.devices.first)
        #expect(DeviceLedger(try hub.reader.deviceChanges()).untested(device).isEmpty)
        try await hub.stop()
        try DeviceReplacing(
            device: "home/cord", profile: "zigbee2mqtt-sos-latched", topic: "zigbee2mqtt/new"
        )
        .save(in: hub.folder.path, shippedProfiles: Repository.profiles)
        try hub.start(on: broker)
        #expect(
            DeviceLedger(try hub.reader.deviceChanges()).untested(device) == [
                DeviceAlarm("alarm.sos")
            ])
        try broker.publish([
            ("zigbee2mqtt/hall_cord", press), ("zigbee2mqtt/new", #"{"sos":true}"#),
        ])
        #expect(wait { (try? hub.events().count { $0.text.contains("alarm.sos") }) == 2 })
        // How the old one was says nothing of the new one: its first word is not taken for a repeat.
        #expect(
            try hub.events().contains {
                $0.text.hasPrefix("home/cord alarm.tamper=") && $0.event.value == .unknown
            })
        #expect(try hub.reader.unknownTopics().map(\.topic) == ["zigbee2mqtt/hall_cord"])
        let changes = try hub.reader.deviceChanges(of: "home/cord")
        #expect(changes.map(\.kind) == [.placed, .tested, .replaced, .tested])
        #expect(changes[2].topic == "zigbee2mqtt/new" && changes[2].detail.contains("hall_cord"))
        try await hub.stop()
    }

    @Test(
        "an alarm waits for a test until it is seen, live, and says who tried it; a restart changes nothing"
    )
    func pressItNow() async throws {
        let broker = try TestBroker()
        let hub = try hub(broker, Self.devices(Self.cord))
        let device = try #require(try home(hub).home.devices.first)
        func untested() throws -> [String] {
            DeviceLedger(try hub.reader.deviceChanges()).untested(device).map(\.description)
        }
        #expect(try untested() == ["alarm.sos"])
        // Neither what the broker had kept nor a battery is a press.
        try broker.publish([("zigbee2mqtt/hall_cord", #"{"action":"","battery":90}"#)])
        #expect(wait { (try? hub.events().count) == 1 })
        try await hub.stop()
        try hub.start(on: broker)
        #expect(try untested() == ["alarm.sos"])
        #expect(throws: (any Error).self) { try hub.control.send(.tryOut("home/none", by: "Ann")) }
        try hub.control.send(.tryOut("home/cord", by: "Ann"))
        try broker.publish([("zigbee2mqtt/hall_cord", #"{"action":"emergency"}"#)])
        #expect(wait { (try? untested()) == [] })
        let seen = try #require(try hub.reader.deviceChanges(of: device.id).last)
        #expect(
            seen.kind == .tested && seen.alarm == DeviceAlarm("alarm.sos") && seen.actor == "Ann")
        #expect(seen.detail == #"zigbee2mqtt/hall_cord {"action":"emergency"}"#)
        // The next press is a call like any other, and no second test.
        try broker.publish([("zigbee2mqtt/hall_cord", #"{"action":"panic"}"#)])
        #expect(wait { (try? hub.events().count { $0.text.contains("alarm.sos") }) == 2 })
        #expect(try hub.reader.deviceChanges(of: device.id).count == 3)
        try await hub.stop()
        try hub.start(on: broker)
        #expect(try untested().isEmpty)
        try await hub.stop()
    }

    @Test("a network that is told again touches only what changed, and what is gone")
    func toldAgain() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal.open(path: folder.file("foyer.sqlite"))
        let first = Instant(milliseconds: 1_790_000_000_000)
        let second = first + .minutes(10)
        func network(_ names: [String]) throws -> Announcement {
            let devices = names.enumerated().filter { !$1.isEmpty }.map {
                #"{"ieee_address":"0x\#(String(0x158d_0000_0000 + $0, radix: 16))","friendly_name":"\#($1)","definition":{"model":"a \"b\" \\ é","exposes":[{"name":"contact","access":1}]}}"#
            }
            return try #require(
                AnnouncementTests.read(
                    "zigbee2mqtt/bridge/devices", "[\(devices.joined(separator: ","))]"))
        }
        func tell(_ names: [String], at now: Instant) throws -> [JournalWriter.TouchedDevice] {
            var touched: [JournalWriter.TouchedDevice] = []
            let announcement = try network(names)
            try journal.commit { writer in
                var listed: Int?
                touched = try writer.announce(announcement, received: now, listed: &listed)
            }
            return touched
        }
        let all = (0..<500).map { "device \($0)" }
        #expect(try tell(all, at: first).count == 500)
        #expect(try tell(all, at: second).isEmpty)
        let reader = try JournalReader(path: journal.path)
        #expect(try reader.announced().allSatisfy { $0.last == second && $0.first == first })
        #expect(try reader.announced().first?.device.model == #"a "b" \ é"#)
        var changed = all
        changed[3] = "renamed"
        changed[7] = ""
        let touched = try tell(changed, at: second + .seconds(1))
        #expect(
            touched.map(\.after) == [[], ["zigbee2mqtt/renamed"]]
                && touched.map(\.before)
                    == [["zigbee2mqtt/device 7"], ["zigbee2mqtt/device 3"]]
        )
        #expect(try reader.announced().filter { $0.vanished != nil }.count == 1)
        // What was gone and is there again is told of.
        changed[7] = "device 7"
        #expect(
            try tell(changed, at: second + .seconds(2)).map(\.after) == [["zigbee2mqtt/device 7"]])
        #expect(try reader.announced().allSatisfy { $0.vanished == nil })
    }

    @Test("a hundred thousand that announce themselves are bounded, counted, and harm nobody")
    func flood() throws {
        let folder = try TemporaryFolder()
        let journal = try Journal.open(path: folder.file("foyer.sqlite"))
        let now = Instant(milliseconds: 1_790_000_000_000)
        let kept = JournalWriter.maximumAnnounced
        for batch in 0..<25 {
            try journal.commit { writer in
                var listed: Int?
                for number in (batch * 4000)..<((batch + 1) * 4000) {
                    let (topic, payload) = Self.entity(number)
                    let found = try #require(AnnouncementTests.read(topic, payload))
                    _ = try writer.announce(found, received: now, listed: &listed)
                }
            }
        }
        let reader = try JournalReader(path: journal.path)
        #expect(try reader.announced().count == kept)
        #expect(try reader.counters()["announced_not_listed"] == 100_000 - kept)
        // What is known already goes on, and what vanished makes room for what is new.
        try journal.commit { writer in
            var listed: Int?
            let gone = try #require(AnnouncementTests.read(Self.entity(7).0, ""))
            #expect(try writer.announce(gone, received: now, listed: &listed).count == 1)
            let new = try #require(
                AnnouncementTests.read(Self.entity(200_000).0, Self.entity(200_000).1))
            #expect(try writer.announce(new, received: now, listed: &listed).count == 1)
        }
        let all = try reader.announced()
        #expect(all.count == kept && all.contains { $0.device.identity == "thing200000" })
        #expect(!all.contains { $0.device.identity == "thing7" })
    }
}
