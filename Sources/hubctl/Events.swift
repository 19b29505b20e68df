import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl events …`.
struct EventsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "The journal's events.",
        subcommands: [List.self, Tail.self, Quarantine.self, Unknown.self],
        defaultSubcommand: List.self)

    /// Which events.
    struct Filter: ParsableArguments {
        @Option(help: "Of one residence.")
        var residence: String?
        @Option(help: "Of one device: its name, or residence/name.")
        var device: String?
        @Option(help: "Of one capability, such as contact.open.")
        var capability: String?

        func takes(_ stream: StreamRecord) -> Bool {
            if let residence, stream.residence.rawValue != residence { return false }
            if let capability, stream.key.capability.rawValue != capability { return false }
            guard let device else { return true }
            let id = stream.key.device.rawValue
            return id == device || id.hasSuffix("/" + device)
        }

        /// A filter that names what is neither in the journal nor in the home's files is a mistake, not silence.
        func check(_ streams: [StreamRecord], _ home: LoadedHome?) throws {
            let devices = home?.home.devices ?? []
            try check(
                "residence", residence,
                streams.map(\.residence.rawValue)
                    + (home?.home.residences ?? []).map(\.id.rawValue))
            try check(
                "capability", capability,
                streams.map(\.key.capability.rawValue)
                    + CapabilityVocabulary.entries.map(\.id.rawValue))
            let ids = streams.map(\.key.device.rawValue) + devices.map(\.id.rawValue)
            try check(
                "device", device,
                ids + ids.map { String($0.drop { $0 != "/" }.dropFirst()) })
        }

        private func check(_ option: String, _ text: String?, _ known: [String]) throws {
            guard let text, !known.contains(text) else { return }
            throw CommandFailure(
                "--\(option): there is no \(option) \"\(printable(text))\""
                    + suggestion(for: text, among: Array(Set(known)).sorted()))
        }
    }

    /// How they are shown.
    struct Style: ParsableArguments {
        @Flag(help: "One JSON object a line.")
        var json = false
        @Flag(help: "CSV with a header (RFC 4180).")
        var csv = false
        @Flag(help: "Times in UTC instead of the residence's zone.")
        var utc = false

        func validate() throws {
            if json, csv { throw ValidationError("--json and --csv: choose one") }
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Events of a span, oldest first.")
        @OptionGroup var home: HomeOption
        @OptionGroup var filter: Filter
        @OptionGroup var style: Style
        @Option(
            name: [.customLong("from"), .customLong("since")],
            help: "From a time, such as 2026-11-24T08:00, or a span before now, such as 2h.")
        var from: String?
        @Option(name: [.customLong("to"), .customLong("until")], help: "Up to a time.")
        var to: String?
        @Option(help: "The most events; the latest are taken. 0 for all.")
        var limit: Int = 100

        func validate() throws {
            if limit < 0 { throw ValidationError("--limit \(limit): 0 or more") }
        }

        func run() throws {
            let printer = EventPrinter(home: home, style: style)
            let from = try from.map { try moment($0, zone: printer.defaultZone) } ?? .distantPast
            let to = try to.map { try moment($0, zone: printer.defaultZone) } ?? .distantFuture
            guard from <= to else { throw CommandFailure("--from is after --to") }
            let reader = try home.reader
            let streams = try reader.streams()
            try filter.check(streams, printer.loaded)
            if style.csv { print(EventPrinter.header) }
            for event in try reader.events(
                in: from..<to, limit: limit == 0 ? .max : limit, where: filter.takes)
            {
                printer.show(event, streams)
            }
        }
    }

    struct Tail: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Events as they are stored, until ctrl-C.")
        @OptionGroup var home: HomeOption
        @OptionGroup var filter: Filter
        @OptionGroup var style: Style
        @Option(help: "Stop after so many; for scripts.")
        var limit: Int?

        func validate() throws {
            if let limit, limit < 1 { throw ValidationError("--limit \(limit): 1 or more") }
        }

        func run() throws {
            let printer = EventPrinter(home: home, style: style)
            let reader = try home.reader
            try filter.check(try reader.streams(), printer.loaded)
            var next = try reader.firstPlace(atOrAfter: .distantFuture)
            var version = -1
            var left = limit ?? Int.max
            if style.csv { print(EventPrinter.header) }
            while left > 0 {
                let now = try reader.dataVersion()
                if now != version {
                    version = now
                    let streams = try reader.streams()
                    try reader.replay(from: next) { entry in
                        guard case .event(let event) = entry else { return true }
                        next = SequenceNumber(rawValue: event.sequence.rawValue + 1)
                        guard let stream = streams.first(where: { $0.id == event.stream }),
                            filter.takes(stream)
                        else { return true }
                        printer.show(event, streams)
                        left -= 1
                        return left > 0
                    }
                    fflush(nil)
                }
                usleep(200_000)
            }
        }
    }

    struct Quarantine: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Messages that could not be read, latest first, with the reason.",
            discussion: """
                Once their profile is mended and the hub was started with it, --retry reads them again. The readings of \
                those that are understood then are stored as late, at the time when the message came, and they leave the \
                quarantine.
                """)
        @OptionGroup var home: HomeOption
        @Option(help: "The most messages.")
        var limit: Int = 50
        @Flag(help: "One JSON object a line.")
        var json = false
        @Flag(help: "Have the running hub read all of them again.")
        var retry = false

        func validate() throws {
            if limit < 0 { throw ValidationError("--limit \(limit): 0 or more") }
        }

        func run() throws {
            if retry { return try readAgain() }
            let zone = home.zone(in: try? home.load())
            for message in try home.reader.quarantine(limit: limit) {
                if json {
                    print(try jsonText(Wire(message, zone)))
                    continue
                }
                let payload = printable(
                    String(decoding: message.payload.prefix(120), as: UTF8.self))
                // The reason mostly begins with the topic.
                let reason =
                    message.reason.hasPrefix(message.topic)
                    ? message.reason : "\(message.topic): \(message.reason)"
                print("\(Timestamp.short(message.received, in: zone)) \(printable(reason))")
                print("    \(payload)")
            }
        }

        private func readAgain() throws {
            var all = QuarantineRetry()
            repeat {
                guard
                    case .retried(let round) = try home.control.send(
                        .retryQuarantine(after: all.last))
                else { throw CommandFailure("the hub is of another version; restart it") }
                all.looked += round.looked
                all.released += round.released
                all.readings += round.readings
                all.last = round.last
                all.more = round.more
            } while all.more
            if json { return print(try jsonText(all)) }
            print(
                "\(all.looked) \(all.looked == 1 ? "message" : "messages") read again: \(all.released) understood, \(all.readings) readings stored as late, \(all.looked - all.released) still in quarantine"
            )
        }

        private struct Wire: Encodable {
            var id: Int64
            var received: String
            var topic: String
            var reason: String
            var payload: String

            init(_ message: JournalReader.Quarantined, _ zone: ZoneOffsets) {
                id = message.id
                received = Timestamp.local(message.received, in: zone)
                topic = message.topic
                reason = message.reason
                payload = String(decoding: message.payload, as: UTF8.self)
            }
        }
    }

    struct Unknown: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Topics that belong to no device, the busiest first.")
        @OptionGroup var home: HomeOption
        @Option(help: "The most topics.")
        var limit: Int = 50

        func run() throws {
            let zone = home.zone(in: try? home.load())
            for topic in try home.reader.unknownTopics(limit: limit) {
                let sample = printable(String(decoding: topic.sample.prefix(80), as: UTF8.self))
                print(
                    "\(topic.count) × \(printable(topic.topic)) (\(Timestamp.short(topic.last, in: zone))): \(sample)"
                )
            }
        }
    }
}

/// Events as lines, JSON or CSV.
struct EventPrinter {
    private struct Wire: Encodable {
        var sequence: Int64
        var residence: String
        var device: String
        var capability: String
        var channel: String?
        var kind: String
        var value: JSONValue
        var time: String
        var received: String
        var freshness: String
    }

    private enum JSONValue: Encodable {
        case value(Value)
        func encode(to encoder: any Encoder) throws {
            guard case .value(let value) = self else { return }
            var container = encoder.singleValueContainer()
            switch value {
            case .unknown: try container.encodeNil()
            case .boolean(let flag): try container.encode(flag)
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            }
        }
    }

    static let header =
        "sequence,time,received,residence,device,capability,channel,kind,value,freshness"
    let style: EventsCommand.Style
    let loaded: LoadedHome?
    let home: HomeOption

    init(home: HomeOption, style: EventsCommand.Style) {
        self.home = home
        self.style = style
        loaded = try? home.load()
    }

    var defaultZone: ZoneOffsets { home.zone(in: loaded) }

    func show(_ event: Event, _ streams: [StreamRecord]) {
        let number = Int(event.stream.rawValue) - 1
        guard streams.indices.contains(number) else { return }
        let stream = streams[number]
        let zone = style.utc ? ZoneOffsets.utc : home.zone(of: stream.residence, in: loaded)
        let time = Timestamp.local(event.effective, in: zone)
        let received = Timestamp.local(event.received, in: zone)
        let freshness = ["live", "restored", "late"][Int(event.freshness.rawValue)]
        if style.json {
            let wire = Wire(
                sequence: event.sequence.rawValue, residence: stream.residence.rawValue,
                device: stream.key.device.rawValue, capability: stream.key.capability.rawValue,
                channel: stream.key.channel.isEmpty ? nil : stream.key.channel,
                kind: event.kind.rawValue, value: .value(event.value), time: time,
                received: received, freshness: freshness)
            print((try? jsonText(wire)) ?? "{}")
        } else if style.csv {
            let fields = [
                "\(event.sequence.rawValue)", time, received, stream.residence.rawValue,
                stream.key.device.rawValue, stream.key.capability.rawValue, stream.key.channel,
                event.kind.rawValue, event.value.plainText, freshness,
            ]
            print(fields.map(csvField).joined(separator: ","))
        } else {
            let mark = event.freshness == .live ? "" : " [\(freshness)]"
            print(
                "\(Timestamp.short(event.effective, in: zone)) \(printable("\(stream.key)")) = \(printable(event.value.plainText))\(mark)"
            )
        }
    }
}
