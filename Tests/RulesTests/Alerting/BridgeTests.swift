import Testing

@testable import Rules

@Suite("A bridge that is away is told once")
struct BridgeTests {
    private static let bridge: DeviceID = "r/bridge:z/bridge/state"

    /// Three that hang on the bridge, one that does not; each with a rule for its silence.
    private func rig() -> Rig {
        let silent = SignalExpression.silent(
            StreamSelector(capability: "device.online"), for: .hours(1))
        var rule = rule("silent", .medium, when: .signal(silent))
        rule.scope = .device
        return Rig([rule], bridge: ("z/bridge/state", ["door", "window", "button"]))
    }

    private func away(_ isAway: Bool) -> Command {
        .fault(.bridgeAway(Self.bridge), isPresent: isAway, detail: "last will")
    }

    private func display(_ rig: Rig) -> [String] {
        rig.engine.alerts.sorted.filter { $0.rule == "silent" }
            .map { "\($0.subject.device?.rawValue ?? "-") \($0.display.name)" }.sorted()
    }

    @Test(
        "devices behind it do not call for their silence, others do; what stays silent calls ten minutes after it is back"
    )
    func once() throws {
        var rig = rig()
        for name in ["door", "window", "button", "motion"] { rig.say(name, true, at: 0) }
        rig.command(away(true), at: 600)
        rig.wait(until: 4000)
        let alert = try #require(rig.engine.alerts.sorted.first { $0.rule == "bridge-away" })
        #expect(alert.subject == Subject(residence: "r", device: Self.bridge))
        #expect(alert.priority == .high)
        let behind = display(rig).filter { $0.hasSuffix("suppressed") }
        #expect(behind == ["r/button suppressed", "r/door suppressed", "r/window suppressed"])
        #expect(display(rig).contains("r/motion shown"))
        rig.command(away(false), at: 5000)
        rig.say("door", false, at: 5060)
        rig.wait(until: 5599)
        #expect(display(rig).filter { $0.hasSuffix("suppressed") }.count == 2)
        // A checkpoint in between changes nothing.
        let restored = try Engine.restored(from: rig.engine.checkpoint(), plan: rig.engine.plan)
        rig.engine = restored.engine
        rig.declareAll()
        rig.wait(until: 5600)
        let calling = display(rig).filter { $0.hasSuffix("shown") }
        #expect(calling.contains("r/window shown") && calling.contains("r/button shown"))
        #expect(!display(rig).contains { $0.hasPrefix("r/door") })
    }

    @Test("those that fell silent before it was told are put behind it then")
    func later() {
        var rig = rig()
        rig.say("door", true, at: 0)
        rig.wait(until: 3700)
        #expect(display(rig).contains("r/door shown"))
        rig.command(away(true), at: 3800)
        #expect(display(rig).contains("r/door suppressed"))
    }

    @Test(
        "what was not heard because of the link stays behind a bridge that is away when the link is back"
    )
    func both() throws {
        var rig = rig()
        rig.say("door", true, at: 0)
        rig.command(.fault(.brokerLink, isPresent: true, detail: ""), at: 10)
        rig.wait(until: 3700)
        rig.command(away(true), at: 3800)
        rig.command(.fault(.brokerLink, isPresent: false, detail: ""), at: 4000)
        rig.wait(until: 4600)
        let bridge = try #require(rig.engine.alerts.sorted.first { $0.rule == "bridge-away" })
        let door = try #require(
            rig.engine.alerts.sorted.first { $0.subject.device == "r/door" })
        #expect(door.display == .suppressed && door.displayReason == bridge.id.rawValue)
        #expect(display(rig).contains("r/motion shown"))
    }

    @Test("a bridge that nothing for safety hangs on matters less")
    func priority() throws {
        var rig = Rig([], bridge: ("z/bridge/state", ["door", "plug"]))
        rig.command(away(true), at: 0)
        #expect(rig.engine.alerts.sorted.first?.priority == .medium)
    }

    @Test("it says how many hang on it, and what matters of them")
    func words() throws {
        let rig = rig()
        let bridge = try #require(rig.home.bridge(Self.bridge))
        #expect(
            bridge.title.english
                == "Bridge z/bridge/state: 3 devices behind it, for safety: button")
        #expect(
            bridge.title.french
                == "Passerelle z/bridge/state : 3 appareils derrière elle, pour la sécurité : button"
        )
        #expect(rig.home.bridge("r/bridge:other") == nil && rig.home.bridge("r/door") == nil)
    }
}
