import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl devices proposed`: what announced itself or was heard, and has no place.
struct DevicesProposed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "proposed",
        abstract:
            "Devices that announce themselves or speak and have no place yet, and what they are.",
        discussion: """
            What announced itself comes first, whether it has spoken or not: maker, model, what it can tell, its latest \
            messages and the profiles that fit. What is announced no more stays, with since when. 'hubctl devices adopt' gives \
            one its place, 'hubctl devices replace' gives it that of another.
            """)

    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Option(help: "How many at most.")
    var limit = 50
    @Flag(help: "One JSON object a line.")
    var json = false

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit: 1 to 10000") }
    }

    func run() throws {
        let loaded = try home.load()
        let zone = home.zone(in: loaded)
        let profiles = HomeProfiles.library(loaded).profiles
        let proposals = try DeviceProposals(try home.reader, home: loaded)
        for proposal in proposals.open.prefix(limit) {
            let choices = proposal.choices(profiles)
            if json {
                print(try jsonText(Wire(proposal, choices, zone)))
            } else {
                show(proposal, choices, zone)
            }
        }
        let more = max(0, proposals.open.count - limit)
        if json { return }
        if more > 0 {
            print(
                language.isFrench
                    ? "\(more) de plus : --limit" : "\(more) more: --limit")
        }
        if proposals.notListed > 0 {
            print(
                language.isFrench
                    ? "\(Noun.announcement.counted(proposals.notListed, isFrench: true)) au-delà de ce qui est tenu en liste."
                    : "\(Noun.announcement.counted(proposals.notListed, isFrench: false)) beyond what is listed."
            )
        }
        if proposals.open.isEmpty {
            print(
                language.isFrench
                    ? "Rien ne parle sans avoir sa place." : "Nothing speaks without a place.")
        }
    }

    private func show(
        _ proposal: DeviceProposal, _ choices: [DeviceProposal.Choice], _ zone: ZoneOffsets
    ) {
        let french = language.isFrench
        let device = proposal.device
        var head = [proposal.key, device.convention]
        if !proposal.sources.isEmpty {
            head += [device.name, device.maker, device.model, device.identity]
        }
        if !device.state.isEmpty { head.append("[\(device.state)]") }
        head.append(Timestamp.short(proposal.last, in: zone))
        print(printable(head.filter { !$0.isEmpty }.joined(separator: "  ")))
        if let vanished = proposal.vanished {
            let since = Timestamp.short(vanished, in: zone)
            print("    " + (french ? "disparu depuis \(since)" : "vanished since \(since)"))
        }
        if !proposal.placed.isEmpty {
            let names = proposal.placed.map(\.rawValue).joined(separator: ", ")
            print(printable("    " + (french ? "déjà placés : " : "placed already: ") + names))
        }
        if proposal.sources.isEmpty, let says = Self.readings(proposal) {
            print(printable("    " + says))
        } else if !device.capabilities.isEmpty {
            let says = Array(device.capabilities.prefix(10)).joined(separator: ", ")
            print(printable("    " + (french ? "peut dire : " : "can tell: ") + says))
        }
        for message in proposal.messages.prefix(3) {
            let sample = String(decoding: message.sample.prefix(100), as: UTF8.self)
            print(printable("    \(message.topic)  \(message.count)×  \(sample)"))
        }
        if !choices.isEmpty {
            let names = choices.prefix(4).map(\.profile.id).joined(separator: " | ")
            print(printable("    --profile \(names)"))
        }
    }

    /// What the message says by its convention; nil where it says nothing.
    private static func readings(_ proposal: DeviceProposal) -> String? {
        guard let message = proposal.messages.first else { return nil }
        let read = Conventions.read(
            MQTTMessage(topic: message.topic, payload: message.sample, received: message.last))
        let says = read.readings.prefix(6).map { "\($0.capability) = \(text($0.value))" }
        return says.isEmpty ? nil : says.joined(separator: ", ")
    }

    private static func text(_ value: ConventionMessage.Value) -> String {
        switch value {
        case .boolean(let value): "\(value)"
        case .number(let value): Value.number(value).plainText
        case .text(let value): value
        case .unknown: "?"
        }
    }

    private struct Wire: Encodable {
        var key: String
        var identity: String
        var convention: String
        var name: String
        var maker: String
        var model: String
        var state: String
        var announcedBy: [String]
        var topics: [String]
        var capabilities: [String]
        var profiles: [String]
        var placed: [String]
        var last: String
        var vanished: String?
        var messages: [Message]

        struct Message: Encodable {
            var topic: String
            var count: Int
            var last: String
            var sample: String
        }

        init(
            _ proposal: DeviceProposal, _ choices: [DeviceProposal.Choice], _ zone: ZoneOffsets
        ) {
            key = proposal.key
            identity = proposal.device.identity
            convention = proposal.device.convention
            name = proposal.device.name
            maker = proposal.device.maker
            model = proposal.device.model
            state = proposal.device.state
            announcedBy = proposal.sources
            topics = proposal.device.topics
            capabilities = proposal.device.capabilities
            profiles = choices.map(\.profile.id)
            placed = proposal.placed.map(\.rawValue)
            last = Timestamp.local(proposal.last, in: zone)
            vanished = proposal.vanished.map { Timestamp.local($0, in: zone) }
            messages = proposal.messages.prefix(10).map {
                Message(
                    topic: $0.topic, count: $0.count, last: Timestamp.local($0.last, in: zone),
                    sample: String(decoding: $0.sample, as: UTF8.self))
            }
        }
    }
}
