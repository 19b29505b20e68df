import Rules
import Testing

@testable import Hub

@Suite("A device's wrong clock")
struct ClockOffsetTests {
    @Test(
        "is told as seconds ahead or behind, and not told while it is right, or where the message is retained"
    )
    func told() throws {
        var rig = try ProfileRig.readings(
            "{capability: contact.open, kind: state, from: /open}", time: "{at: /at}")
        func offsets(_ time: Instant, retained: Bool = false) -> [Value] {
            let decoded = rig.decode(
                "{\"open\":true,\"at\":\"\(Timestamp.utc(time))\"}", retained: retained)
            guard case .readings(let readings) = decoded.outcome else { return [] }
            return readings.map(\.reading).filter { $0.capability == "device.clock_offset" }
                .map(\.value)
        }
        #expect(offsets(ProfileRig.noon) == [])
        #expect(offsets(ProfileRig.noon - .hours(3)) == [])
        #expect(offsets(ProfileRig.noon + .hours(2)) == [.number(7200)])
        #expect(offsets(Instant(milliseconds: 1000)) == [.number(-1_772_366_399)])
        #expect(offsets(ProfileRig.noon + .hours(2), retained: true) == [])
        #expect(rig.profile.capabilities.contains { $0.capability == "device.clock_offset" })
    }
}
