import ArgumentParser
import Foundation
import Hub
import Logging
import Rules
import ServiceLifecycle
import Synchronization
import UnixSignals

/// `hubctl simulate`: a recorded home speaks again.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Publish a recorded home over MQTT, as its devices would.",
        discussion: """
            FILE is a CSV of "ISO local time;channel;value", one event a line. The mapping file says which \
            device each channel belongs to; devices/maps/homeassist.yaml is an example.

            Lines that cannot be read are counted, and the first ones are shown with their numbers.
            """)

    @Argument(help: "The recording.")
    var file: String

    @Option(name: .long, help: "The mapping file: channels, devices, rooms, zone.")
    var map: String

    @Option(
        name: [.customLong("as")],
        help:
            "How the devices speak: \(Convention.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var convention: String = Convention.zigbee2mqtt.rawValue

    @Option(
        name: .long, help: "So many times as fast as it happened, or \"max\": all at once.")
    var speed: String = "max"

    @Option(name: .long, help: "mqtt[s]://[user[:password]@]host[:port].")
    var broker: String = "mqtt://127.0.0.1:1883"

    @Option(
        name: .long,
        help: "A file whose first line is the password; else FOYER_PASSWORD, where it is set.")
    var passwordFile: String?

    @Option(name: .long, help: "PEM file with the authority to trust, for mqtts.")
    var caFile: String?

    @Option(name: .long, help: "Leave out what is before this local time.")
    var from: String?

    @Option(name: .long, help: "Leave out what is at or after this local time.")
    var to: String?

    @Option(
        name: .long,
        help: "Which time the payloads carry: recorded, or now, for a hub that runs by the clock.")
    var times: String = RecordingSource.Times.recorded.rawValue

    @Option(name: .long, help: "Play a longer time without anything as long as this one, e.g. 1h.")
    var longestGap: String?

    @Option(name: .long, help: "Quality of service, 0 or 1.")
    var qos: Int = 1

    @Option(name: .long, help: "How many messages may be unacknowledged, 1 to 1000.")
    var maxInflight: Int = 500

    @Flag(name: .long, help: "Print topics and payloads, and publish nothing.")
    var dryRun = false

    @Option(
        name: .long,
        help: "Write hub.yaml, devices.yaml and a first rule of this home there, and stop.")
    var writeHome: String?

    func validate() throws {
        guard Convention(rawValue: convention) != nil else {
            throw ValidationError(
                "--as \(convention): there are "
                    + Convention.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard RecordingSource.Times(rawValue: times) != nil else {
            throw ValidationError("--times \(times): there are recorded, now")
        }
        guard PlaybackSpeed(text: speed) != nil else {
            throw ValidationError("--speed \(speed): a number above 0, or max")
        }
        guard (0...1).contains(qos) else { throw ValidationError("--qos \(qos): 0 or 1") }
        guard (1...1000).contains(maxInflight) else {
            throw ValidationError("--max-inflight \(maxInflight): 1 to 1000")
        }
        if let longestGap, TimeSpan(text: longestGap) == nil {
            throw ValidationError("--longest-gap \(longestGap): a duration such as 30m or 1h")
        }
        for (name, value) in [("--from", from), ("--to", to)] {
            if let value, LocalTimestamp(lenient: value) == nil {
                throw ValidationError(
                    "\(name) \(value): a time such as 2017-03-26T08:00, or a date")
            }
        }
    }

    func run() async throws {
        do {
            try await simulate()
        } catch let error as SimulationError {
            throw CommandFailure(error.description)
        }
    }

    private func simulate() async throws {
        let mapping = try loadMap()
        let convention = Convention(rawValue: convention) ?? .zigbee2mqtt
        if let writeHome {
            for path in try mapping.writeHome(to: writeHome, convention: convention) {
                print("wrote \(path)")
            }
            print("run it with: hubctl run --home \(writeHome)")
            return
        }
        guard let zone = SimulationZone.offsets(of: mapping.zone) else {
            throw SimulationError.file(
                path: map,
                reason: "zone \"\(mapping.zone)\" is not known; use one like Europe/Paris")
        }
        let player = RecordingPlayer(
            file: file, map: mapping, zone: zone,
            options: RecordingSource.Options(
                convention: convention, times: RecordingSource.Times(rawValue: times) ?? .recorded,
                from: instant(from, zone), to: instant(to, zone)),
            pacer: Pacer(
                speed: PlaybackSpeed(text: speed) ?? .maximum,
                longestGap: longestGap.flatMap { TimeSpan(text: $0) }),
            target: try target())
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: player, successTerminationBehavior: .gracefullyShutdownGroup)
                ], gracefulShutdownSignals: [.sigint, .sigterm],
                logger: Logger(label: "simulate") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
    }

    private func loadMap() throws(SimulationError) -> RecordingMap {
        guard let text = try? String(contentsOfFile: map, encoding: .utf8) else {
            throw .file(path: map, reason: "cannot be read as a mapping file")
        }
        return try RecordingMap.parse(text, file: map)
    }

    private func instant(_ text: String?, _ zone: ZoneOffsets) -> Instant? {
        guard let text, let time = LocalTimestamp(lenient: text) else { return nil }
        var resolver = LocalTimeResolver(zone: zone)
        return resolver.resolve(time)
    }

    private func target() throws(SimulationError) -> RecordingPlayer.Target {
        if dryRun { return .print }
        var address = try PublisherAddress(text: broker)
        if let passwordFile {
            guard let text = try? String(contentsOfFile: passwordFile, encoding: .utf8),
                let line = text.split(whereSeparator: \.isNewline).first
            else { throw .file(path: passwordFile, reason: "cannot be read as a password file") }
            address.password = String(line)
        } else if address.password == nil {
            address.password = ProcessInfo.processInfo.environment["FOYER_PASSWORD"]
        }
        return .broker(
            address.session(
                clientID: "foyer-simulate-\(ProcessInfo.processInfo.processIdentifier)",
                authorityFile: caFile),
            BrokerPublisher.Options(
                qualityOfService: UInt8(qos), window: maxInflight))
    }
}

/// Plays a recording on a thread of its own, until its end or until it is asked to stop.
struct RecordingPlayer: Service {
    enum Target: Sendable {
        case print
        case broker(SessionSettings, BrokerPublisher.Options)
    }

    let file: String
    let map: RecordingMap
    let zone: ZoneOffsets
    let options: RecordingSource.Options
    let pacer: Pacer
    let target: Target

    func run() async throws {
        let stop = StopFlag()
        try await withGracefulShutdownHandler {
            try await OwnThread.run(named: "simulate") { () throws(SimulationError) in
                try play(stop)
            }
        } onGracefulShutdown: {
            stop.set()
        }
    }

    private func play(_ stop: StopFlag) throws(SimulationError) {
        var source = try RecordingSource(path: file, map: map, zone: zone, options: options)
        let clock = Clock.system
        let start = clock.now()
        var lastLine = start
        let zone = zone
        func progress(_ result: PlaybackResult) {
            // Asking for the time at each message would cost more than some of them do.
            guard result.published & 0xff == 0 else { return }
            let now = clock.now()
            guard now - lastLine >= .milliseconds(500) else { return }
            lastLine = now
            let rate = Self.rate(result.published, now - start)
            Console.progress(
                "\(result.published) messages, \(rate)/s, at \(Self.text(result.reached, zone))")
        }
        let result: PlaybackResult
        switch target {
        case .print:
            var printer = PrintingPublisher()
            result = try Hub.play(
                &source, to: &printer, pacer: pacer, clock: clock, shouldStop: { stop.isSet },
                progress: { _ in })
        case .broker(let configuration, let options):
            var publisher = try BrokerPublisher(configuration, options: options)
            result = try Hub.play(
                &source, to: &publisher, pacer: pacer, clock: clock, shouldStop: { stop.isSet },
                progress: progress)
        }
        Console.endProgress()
        report(result, source, took: clock.now() - start)
    }

    private func report(_ result: PlaybackResult, _ source: RecordingSource, took: TimeSpan) {
        let done = result.isComplete ? "" : ", stopped"
        Console.note(
            "\(result.published) messages in \(took.text) (\(Self.rate(result.published, took))/s)"
                + ", up to \(Self.text(result.reached, zone))\(done)")
        let tally = source.tally
        if tally.outside > 0 { Console.note("\(tally.outside) lines before --from or after --to") }
        if tally.ignored > 0 { Console.note("\(tally.ignored) lines of ignored channels") }
        for (field, count) in tally.unspeakable.sorted(by: { $0.key < $1.key }) {
            Console.note(
                "\(count) lines of \(field), which \(options.convention.rawValue) cannot say")
        }
        for (channel, count) in tally.unmapped.sorted(by: { $0.key < $1.key }) {
            Console.note("\(count) lines of \(channel), which the map does not name")
        }
        let faults = source.allFaults
        for fault in faults.first { Console.note(fault.description) }
        if faults.count > 0 { Console.note("\(faults.count) lines could not be read") }
    }

    private static func rate(_ count: Int, _ span: TimeSpan) -> Int {
        Int(Double(count) * 1000 / Double(max(1, span.milliseconds)))
    }

    private static func text(_ moment: Instant?, _ zone: ZoneOffsets) -> String {
        moment?.localText(in: zone) ?? "the beginning"
    }
}

/// Prints what would be published.
struct PrintingPublisher: Publisher {
    func publish(_ publication: Publication) {
        print(
            publication.topic + (publication.retained ? " (retained) " : " ") + publication.payload)
    }

    func serve(for span: TimeSpan) {
        // why: nothing is printed meanwhile, and there is no connection to wait on.
        Thread.sleep(forTimeInterval: Double(span.milliseconds) / 1000)
    }

    func finish() {}
}
