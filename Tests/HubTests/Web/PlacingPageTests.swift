import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Rules
import Testing

@testable import Hub

@Suite("The page that places a device")
struct PlacingPageTests {
    /// The page of an announced pull cord, of which one message was heard.
    private func page(heard sample: String) async throws -> String {
        let rig = try WebRig()
        let announced = try #require(
            Announcements.read(
                MQTTMessage(
                    topic: "zigbee2mqtt/bridge/devices",
                    payload: Array(AnnouncementTests.devices.utf8), received: WebRig.now)))
        let journal = try Journal.open(path: rig.folder.file("foyer.sqlite"))
        try journal.commit { writer in
            var listed: Int?
            _ = try writer.announce(announced, received: WebRig.now, listed: &listed)
            try writer.countUnknown(
                topic: "zigbee2mqtt/hall_cord", count: 1, sample: Array(sample.utf8),
                received: WebRig.now)
        }
        try journal.close()
        let (cookie, _) = try rig.signIn("installer")
        let answer = try await rig.application.test(.router) { client in
            try await client.execute(
                uri: "/devices/place?topic=zigbee2mqtt/hall_cord", method: .get,
                headers: [.cookie: cookie, .acceptLanguage: "en"])
        }
        return String(buffer: answer.body)
    }

    private let chosen = #"name="profile" value="zigbee2mqtt-sos" required checked"#
    private let nothing = "It reads nothing of what was heard so far."

    @Test("chooses the profile that reads what was heard, and none that reads nothing of it")
    func doubt() async throws {
        let called = try await page(heard: #"{"action":"emergency"}"#)
        #expect(called.contains(chosen), "\(called)")
        let odd = try await page(heard: #"{"pulled":"yes"}"#)
        #expect(odd.contains(#"value="zigbee2mqtt-sos" required>"#), "\(odd)")
        #expect(odd.contains(nothing) && !odd.contains(" checked"))
    }
}
