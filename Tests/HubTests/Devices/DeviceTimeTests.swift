import Foundation
import Rules
import Testing

@testable import Hub

@Suite("The device's own time")
struct DeviceTimeTests {
    private static let reading = "{capability: contact.open, from: /open}"
    private static let press = "{capability: button.press, from: /press}"

    private func rig(_ time: String, zone: ZoneOffsets = .utc) throws -> ProfileRig {
        try ProfileRig(
            """
            messages:
              - topic: "home/{name}"
                time: \(time)
                readings: [\(Self.reading), \(Self.press)]
            """, zone: zone)
    }

    /// The reading's occurred time, or `none`, with faults behind it.
    private func occurred(
        _ raw: String, _ time: String, zone: ZoneOffsets = .utc
    ) throws -> String {
        var rig = try rig(time, zone: zone)
        let decoded = rig.decode("{\"open\":true,\"at\":\(raw)}")
        let text = decoded.readings.first?.reading.occurred.map(\.iso) ?? "none"
        return ([text] + decoded.faults.map { "!\($0.reason.code)" }).joined(separator: " ")
    }

    @Test(
        "every format that devices write",
        arguments: [
            ("auto", "\"2026-03-01T12:00:00Z\"", "2026-03-01T12:00:00Z"),
            ("auto", "\"2026-03-01 11:59:59.25+00:00\"", "2026-03-01T11:59:59.250Z"),
            ("auto", "\"2026-03-01T12:59:59+0100\"", "2026-03-01T11:59:59Z"),
            ("auto", "\"2026-03-01T06:29:59-05:30\"", "2026-03-01T11:59:59Z"),
            ("auto", "1772366399", "2026-03-01T11:59:59Z"),
            ("auto", "1772366399.5", "2026-03-01T11:59:59.500Z"),
            ("auto", "1772366399000", "2026-03-01T11:59:59Z"),
            ("auto", "1772366399000000", "2026-03-01T11:59:59Z"),
            ("auto", "1772366399000000000", "2026-03-01T11:59:59Z"),
            ("auto", "\"1772366399\"", "2026-03-01T11:59:59Z"),
            ("epoch_s", "1772366399", "2026-03-01T11:59:59Z"),
            ("epoch_ms", "1772366399000", "2026-03-01T11:59:59Z"),
            ("epoch_us", "1772366399000000", "2026-03-01T11:59:59Z"),
            ("epoch_ns", "1772366399000000000", "2026-03-01T11:59:59Z"),
            ("iso", "1772366399", "none !clock"),
            ("epoch_s", "\"2026-03-01T12:00:00Z\"", "none !clock"),
            ("auto", "\"12:00\"", "none !clock"), ("auto", "true", "none !clock"),
            ("auto", "[]", "none !clock"), ("auto", "\"2026-02-29T12:00:00Z\"", "none !clock"),
            ("auto", "\"2026-13-01T12:00:00Z\"", "none !clock"),
            ("auto", "\"2026-03-01T24:00:00Z\"", "none !clock"),
            ("auto", "1e300", "none !clock"), ("auto", "-1e300", "none !clock"),
            ("auto", "null", "none"),
            ("auto", "\"\(String(repeating: "9", count: 70))\"", "none !clock"),
        ])
    func formats(format: String, raw: String, expected: String) throws {
        #expect(try occurred(raw, "{at: /at, format: \(format)}") == expected, "\(raw)")
    }

    @Test(
        "a clock that cannot be right is not used, and told",
        arguments: [
            ("0", "none !clock"), ("\"1970-01-01T00:02:11Z\"", "none !clock"),
            ("\"1970-01-01T00:02:11\"", "none !clock"),
            ("\"2014-12-31T23:59:59Z\"", "none !clock"),
            ("\"2026-03-01T12:05:00Z\"", "2026-03-01T12:05:00Z"),
            ("\"2026-03-01T12:05:01Z\"", "none !clock"),
            ("\"2106-02-07T06:28:15Z\"", "none !clock"),
        ])
    func implausible(raw: String, expected: String) throws {
        #expect(try occurred(raw, "{at: /at}") == expected)
    }

    @Test("how far ahead a clock may be is the profile's to say")
    func ahead() throws {
        #expect(
            try occurred("\"2026-03-01T12:00:30Z\"", "{at: /at, ahead: 10s}") == "none !clock")
        #expect(
            try occurred("\"2026-03-01T12:30:00Z\"", "{at: /at, ahead: 1h}")
                == "2026-03-01T12:30:00Z")
    }

    @Test("what is a little ahead takes effect when it was received, never after")
    func neverAfterReceived() throws {
        var rig = try rig("{at: /at}")
        let reading = try #require(
            rig.decode("{\"open\":true,\"at\":\"2026-03-01T12:04:00Z\"}").readings.first?.reading)
        #expect(effectiveTime(of: reading, received: ProfileRig.noon) == ProfileRig.noon)
    }

    @Test("a clock that is not trusted is not used, however old its time is")
    func untrusted() throws {
        var rig = try rig("{at: /at, trusted: false, stale: ignore}")
        let decoded = rig.decode("{\"open\":true,\"at\":\"2026-03-01T09:00:00Z\"}")
        #expect(ProfileRig.text(decoded) == "contact.open=true")
        #expect(decoded.readings.first?.reading.occurred == nil)
    }

    @Test("wall time without an offset is what the profile says: nothing, UTC, or the residence's")
    func wallTime() throws {
        let paris = ZoneOffsets(
            name: "Europe/Paris", changes: [.init(from: .distantPast, offset: 3600)])
        let raw = "\"2026-03-01T12:59:00\""
        #expect(try occurred(raw, "{at: /at}", zone: paris) == "none")
        #expect(try occurred(raw, "{at: /at, zone: local}", zone: paris) == "2026-03-01T11:59:00Z")
        #expect(
            try occurred("\"2026-03-01T11:59:00\"", "{at: /at, zone: utc}", zone: paris)
                == "2026-03-01T11:59:00Z")
    }

    @Test(
        "an old message is told late, restores state, or is nothing",
        arguments: [
            ("{at: /at}", "contact.open=true(late) button.press=\"single\"(late)"),
            ("{at: /at, stale: late}", "contact.open=true(late) button.press=\"single\"(late)"),
            ("{at: /at, stale: state_only}", "contact.open=true(restored)"),
            ("{at: /at, stale: ignore}", "ignored: stale"),
            ("{at: /at, means: last_contact}", "contact.open=true(restored)"),
            ("{at: /at, max_age: 4h}", "contact.open=true button.press=\"single\""),
        ])
    func stale(time: String, expected: String) throws {
        var rig = try rig(time)
        let payload = "{\"open\":true,\"press\":\"single\",\"at\":\"2026-03-01T09:00:00Z\"}"
        #expect(rig.says(payload) == expected)
    }

    @Test("exactly as old as allowed is not old")
    func edge() throws {
        var rig = try rig("{at: /at, max_age: 2m}")
        #expect(rig.says("{\"open\":true,\"at\":\"2026-03-01T11:58:00Z\"}") == "contact.open=true")
        #expect(
            rig.says("{\"open\":true,\"at\":\"2026-03-01T11:57:59.999Z\"}")
                == "contact.open=true(late)")
    }

    @Test("the first time that is there counts")
    func severalPlaces() throws {
        #expect(
            try occurred("null,\"ts\":1772366399", "{at: [/at, /ts]}") == "2026-03-01T11:59:59Z")
    }

    @Test("the last contact does not say when something happened, so it cannot be told late")
    func lastContactLate() {
        #expect(
            ProfileRig.problems(
                "messages:\n  - {topic: \"a/{b}\", time: {at: /t, means: last_contact, stale: late}, readings: [{capability: contact.open, from: /o}]}"
            ) == ["5: stale-last-contact"])
    }

    @Test("a moment and its text are one, over random moments of 400 years")
    func roundTrip() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let moment = Instant(
                milliseconds: Int64.random(
                    in: -6_000_000_000_000...12_000_000_000_000, using: &random))
            #expect(DeviceTime.iso(moment.iso) == .instant(moment), "\(moment.iso) (seed \(seed))")
        }
    }
}
