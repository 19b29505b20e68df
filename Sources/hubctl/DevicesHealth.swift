import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl devices health`: how each device is, and how long its battery lasts.
struct DevicesHealth: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "How each device is: last heard, battery and its trend, link, clock, restarts.",
        discussion: """
            With * where somebody has to do something. docs/devices.md has each formula and threshold. A bridge that is away is \
            told once, with how many devices hang on it.
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Flag(help: "One JSON object a line, for every device.")
    var json = false

    func run() throws {
        let loaded = try home.load()
        let reader = try home.reader
        let now = Clock.system.now()
        let devices = loaded.home.devices
        let all = try DeviceHealth.all(devices, in: reader, at: now)
        let histories = try DeviceHistory.all(devices, in: reader, at: now)
        var behind: [String: Int] = [:]
        for (number, device) in devices.enumerated() {
            let (health, history) = (all[number], histories[number])
            let zone = home.zone(of: device.residence, in: loaded)
            if json {
                print(try jsonText(Wire(device, health, history, zone)))
            } else if health.state == .bridgeAway, let bridge = device.bridge {
                behind[bridge, default: 0] += 1
            } else {
                print(line(device, health, history, zone))
            }
        }
        for (bridge, count) in behind.sorted(by: { $0.key < $1.key }) {
            print(
                language.isFrench
                    ? "* passerelle \(printable(bridge)) absente : \(Noun.device.counted(count, isFrench: true)) derrière elle"
                    : "* bridge \(printable(bridge)) is away: \(Noun.device.counted(count, isFrench: false)) behind it"
            )
        }
        if devices.isEmpty, !json {
            print(language.isFrench ? "Aucun appareil n'a sa place." : "No device has a place.")
        }
    }

    private func line(
        _ device: Device, _ health: DeviceHealth, _ history: DeviceHistory, _ zone: ZoneOffsets
    ) -> String {
        let french = language.isFrench
        let state = health.state.text(inFrench: french)
        var parts = [
            (health.needsHand(history) ? "* " : "  ") + printable(device.id.rawValue), state,
        ]
        if let seen = health.lastSeen { parts.append(Timestamp.short(seen, in: zone)) }
        if let level = health.battery {
            let pile = french ? "pile" : "battery"
            if let left = history.battery {
                parts.append(
                    "\(pile) \(Int(level.rounded())) %, \(Int(left.days)) (\(Int(left.atLeast))–\(Int(left.atMost))) "
                        + (french ? "jours jusqu'à 20 %" : "days to 20 %"))
            } else {
                parts.append(
                    "\(pile) \(Int(level.rounded())) %, "
                        + (french ? "tendance inconnue" : "not enough to say how long"))
            }
        }
        if let link = health.link {
            parts.append("\(link.capability.rawValue) \(Int(link.value))")
        }
        if let offset = health.clockOffset {
            parts.append((french ? "horloge fausse de" : "clock wrong by") + " \(Int(offset)) s")
        }
        if history.reboots > 0 {
            parts.append("\(history.reboots) " + (french ? "redémarrages" : "restarts"))
        }
        if history.isFlapping {
            parts.append(
                (french ? "va et vient : " : "flapping: ")
                    + history.flapping.joined(separator: ", "))
        }
        if history.contradictions > 0 {
            parts.append("\(history.contradictions) contradictions")
        }
        if history.disagreements > 0 {
            parts.append(
                (french
                    ? "ses passerelles se contredisent :" : "its gateways contradict each other:")
                    + " \(history.disagreements)")
        }
        return parts.joined(separator: "  ")
    }

    private struct Wire: Encodable {
        var device: String
        var state: String
        var seen: String?
        var silentAfterSeconds: Double?
        var expectation: String
        var battery: Double?
        var batteryDays: Double?
        var batteryDaysAtLeast: Double?
        var batteryDaysAtMost: Double?
        var link: String?
        var linkValue: Double?
        var clockOffset: Double?
        var restarts: Int
        var flapping: Bool
        var flappingStates: [String]
        var contradictions: Int
        var gatewayContradictions: Int
        var bridge: String?
        var needsHand: Bool

        init(
            _ device: Device, _ health: DeviceHealth, _ history: DeviceHistory,
            _ zone: ZoneOffsets
        ) {
            self.device = device.id.rawValue
            state = health.state.rawValue
            seen = health.lastSeen.map { Timestamp.local($0, in: zone) }
            silentAfterSeconds = device.silentAfter.map { Double($0.milliseconds) / 1000 }
            expectation = device.sleeps ? "sleeping" : "always_on"
            battery = health.battery
            batteryDays = history.battery?.days
            batteryDaysAtLeast = history.battery?.atLeast
            batteryDaysAtMost = history.battery?.atMost
            link = health.link?.capability.rawValue
            linkValue = health.link?.value
            clockOffset = health.clockOffset
            restarts = history.reboots
            flapping = history.isFlapping
            flappingStates = history.flapping
            contradictions = history.contradictions
            gatewayContradictions = history.disagreements
            bridge = device.bridge
            needsHand = health.needsHand(history)
        }
    }
}
