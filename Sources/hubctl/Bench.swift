import ArgumentParser
import Foundation
import Hub
import ServiceLifecycle
import UnixSignals

/// `hubctl bench`: how fast the hub is on this machine.
struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure the hub on this machine, against plain MQTT subscribers.",
        discussion: """
            Starts brokers, subscribers and hubs on loopback, in a temporary folder on the disk of --folder, and \
            prints tables. A whole run takes some minutes. Reference and hub take turns; figures are medians over the \
            rounds. Run it on a release build: ./run bench does.
            """)

    @Option(help: "Messages of each drain.")
    var messages = 100_000
    @Option(help: "How often each drain is repeated.")
    var rounds = 3
    @Option(
        parsing: .upToNextOption,
        help:
            "Only these parts: \(Benchmark.Options.Part.allCases.map(\.rawValue).joined(separator: ", "))."
    )
    var only: [String] = []
    @Option(parsing: .upToNextOption, help: "Numbers of rule instances to drain with.")
    var instances = [0, 10, 100, 1000, 10_000]
    @Option(help: "Residences of the site, with twenty devices each.")
    var residences = 500
    @Option(help: "Events that are stored for size and start-up.")
    var events = 1_000_000
    @Option(help: "Events that a study exports.")
    var exportEvents = 10_000_000
    @Option(help: "For how many seconds alerts are timed.")
    var seconds = 20
    @Option(help: "Live pages that listen.")
    var pages = 1000
    @Option(help: "Alerts that these pages hear of at once.")
    var burst = 50
    @Option(help: "Where the temporary folder is made: the disk that is measured.")
    var folder = "."
    @Flag(help: "Keep the temporary folder.")
    var keep = false
    @Flag(help: "Print JSON, with every round.")
    var json = false

    func validate() throws {
        for part in only where Benchmark.Options.Part(rawValue: part) == nil {
            throw ValidationError("--only: there is no part \"\(part)\"")
        }
        guard (1...2000).contains(pages), (1...500).contains(burst) else {
            throw ValidationError("--pages: 1 to 2000; --burst: 1 to 500")
        }
        guard exportEvents >= 10_000 else {
            throw ValidationError("--export-events: the least is 10000")
        }
        guard messages >= 1000, rounds >= 1, events >= 50_000, seconds >= 1,
            (1...5000).contains(residences)
        else {
            throw ValidationError(
                "the least is --messages 1000, --rounds 1, --events 50000, --seconds 1, --residences 1"
            )
        }
        // Each of the twenty rules has one instance a residence.
        if let most = instances.max(),
            most > residences * 20 || instances.contains(where: { $0 < 0 })
        {
            throw ValidationError(
                "--instances: 0 to \(residences * 20) with \(residences) residences")
        }
    }

    func run() async throws {
        #if DEBUG
            Console.note("This is a debug build: its figures mean nothing. Use ./run bench.")
        #endif
        let stop = StopFlag()
        // Swift's own handling of ctrl-C would end us before what was started is stopped.
        let signals = Task {
            for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { stop.set() }
        }
        defer { signals.cancel() }
        let path = self.folder + "/foyer-bench-\(getpid())"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        defer { if !keep { try? FileManager.default.removeItem(atPath: path) } }
        let options = self.options
        let load = Self.load
        var report: BenchmarkReport
        do {
            report = try await OwnThread.run(named: "bench") { () throws in
                try Benchmark(
                    options: options, folder: URL(fileURLWithPath: path).path,
                    stop: BenchmarkStop { stop.isSet }, progress: { Console.progress($0) }
                ).run()
            }
        } catch {
            Console.endProgress()
            throw error
        }
        Console.endProgress()
        let cores = ProcessInfo.processInfo.activeProcessorCount
        report.notes.append(
            "Machine: \(cores) cores; load before the run \(String(format: "%.1f", load)), after it "
                + "\(String(format: "%.1f", Self.load)).")
        print(json ? try report.json() : report.text)
    }

    private var options: Benchmark.Options {
        var options = Benchmark.Options()
        if !only.isEmpty {
            options.parts = Set(only.compactMap { Benchmark.Options.Part(rawValue: $0) })
        }
        options.messages = messages
        options.rounds = rounds
        options.instances = instances.sorted()
        options.residences = residences
        options.storedEvents = events
        options.exportedEvents = exportEvents
        options.seconds = seconds
        options.pages = pages
        options.burst = burst
        if let devices = SharedFiles.devices() {
            options.referenceSource = devices + "/../Benchmarks/subscriber.c"
        }
        return options
    }

    /// The mean number of processes that wanted to run in the last minute.
    private static var load: Double {
        var loads = [0.0, 0, 0]
        getloadavg(&loads, 3)
        return loads[0]
    }
}
