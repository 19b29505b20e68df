import Testing

@testable import Hub

@Suite("Topic patterns")
struct TopicPatternTests {
    @Test(
        "a placeholder stands for one level, or a part of one, or with dots for one level or more",
        arguments: [
            ("{base}/{name}", "zigbee2mqtt/door", ["base": "zigbee2mqtt", "name": "door"]),
            ("{base}/{name}", "zigbee2mqtt/hall/door", nil),
            ("{base}/{name}", "zigbee2mqtt", nil),
            ("{base}/{name}", "zigbee2mqtt/", nil),
            ("tele/{device}/SENSOR", "tele/plug/SENSOR", ["device": "plug"]),
            ("tele/{device}/SENSOR", "tele/plug/sensor", nil),
            (
                "{node}/binary_sensor/{id}_door/state", "n/binary_sensor/a_door/state",
                ["node": "n", "id": "a"]
            ),
            ("{node}/{id}_door", "n/_door", nil),
            ("{prefix...}/events/rpc", "a/b/c/events/rpc", ["prefix": "a/b/c"]),
            ("{prefix...}/events/rpc", "events/rpc", nil),
            ("a/{rest...}", "a/b//c", ["rest": "b//c"]),
            ("{x}/{x}", "a/a", ["x": "a"]),
            ("{x}/{x}", "a/b", nil),
            ("/{x}", "/a", ["x": "a"]),
            ("a/{x}", "a/e\u{301}", ["x": "e\u{301}"]),
        ] as [(String, String, [String: String]?)])
    func match(pattern: String, topic: String, bindings: [String: String]?) throws {
        #expect(try TopicPattern(pattern).match(topic) == bindings)
    }

    @Test("topics are equal where their bytes are, not where Unicode would take them for one")
    func bytes() throws {
        #expect(try TopicPattern("a/caf\u{e9}").match("a/cafe\u{301}") == nil)
    }

    @Test(
        "what is no pattern is refused, with what to write",
        arguments: [
            ("", "a topic has 1 to 65535 bytes"), ("a/+", "no +, #"), ("a/#", "no +, #"),
            ("a/\0", "no +, #"), ("a/{", "write {x}"), ("a/}", "write {x}"), ("a/{}", "write {x}"),
            ("a/{x y}", "write {x}"), ("a/{x}{y}", "write {x}"), ("{a...}/{b...}", "stands once"),
            ("a{b...}", "stands once"), (String(repeating: "a", count: 65_536), "65535 bytes"),
        ])
    func refused(text: String, message: String) {
        #expect {
            try TopicPattern(text)
        } throws: { error in
            "\(error)".contains(message)
        }
    }

    @Test("the filter to subscribe to takes in every topic of the pattern")
    func filters() throws {
        #expect(try TopicPattern("{base}/{name}/state").filter == "+/+/state")
        #expect(try TopicPattern("a/{x...}/b").filter == "a/#")
        #expect(try TopicPattern("a/{x}_door").filter == "a/+")
    }

    @Test("of two patterns of one device that fit, the one that says more counts")
    func mostLiteral() throws {
        var rig = try ProfileRig(
            """
            messages:
              - topic: "home/{name}"
                readings: [{capability: contact.open, from: /open}]
              - topic: "home/{name}/{rest...}"
                readings: [{capability: alarm.tamper, kind: state, from: /open}]
              - topic: "home/{name}/state"
                readings: [{capability: switch.on, from: /open}]
            """)
        #expect(rig.says("{\"open\":true}") == "contact.open=true")
        #expect(rig.says("{\"open\":true}", topic: "home/door/state") == "switch.on=true")
        #expect(rig.says("{\"open\":true}", topic: "home/door/x/y") == "alarm.tamper=true")
    }
}
