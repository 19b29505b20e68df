import Foundation
import Rules

/// Measures the hub against a subscriber that only reads, and one that only stores, on the machine where it runs.
///
/// Machines are noisy: reference and subject take turns within one run, and what is told is the median of the rounds.
public struct Benchmark {
    /// What is measured, and how much of it.
    public struct Options: Sendable {
        /// A part of the benchmark.
        public enum Part: String, Sendable, CaseIterable {
            case backlog, live, storage, memory, latency, startup, pages, decoding,
                export
        }

        /// What to measure.
        public var parts: Set<Part> = Set(Part.allCases)
        /// How many messages a drain has.
        public var messages = 100_000
        /// How often each drain is repeated.
        public var rounds = 3
        /// With how many rule instances.
        public var instances = [0, 10, 100, 1000, 10_000]
        /// Residences of the site, with twenty devices each.
        public var residences = 500
        /// How many events are stored for size and start.
        public var storedEvents = 1_000_000
        /// For how many seconds alerts are timed.
        public var seconds = 20
        /// How many live pages listen.
        public var pages = 1000
        /// How many alerts they hear of at once.
        public var burst = 50
        /// How many events a study exports.
        public var exportedEvents = 10_000_000
        /// The source of the reference that stores; see Benchmarks/subscriber.c.
        public var referenceSource = "Benchmarks/subscriber.c"

        /// The defaults: a run of some minutes.
        public init() {}
    }

    let options: Options
    let folder: String
    let stop: BenchmarkStop
    let progress: (String) -> Void

    /// - Parameters:
    ///   - folder: an empty one on the disk that is to be measured; the caller removes it.
    ///   - stop: whether to end early.
    ///   - progress: called with what is being done.
    public init(
        options: Options, folder: String, stop: BenchmarkStop,
        progress: @escaping (String) -> Void
    ) {
        self.options = options
        self.folder = folder
        self.stop = stop
        self.progress = progress
    }

    /// Runs all parts. Whatever it starts has ended when this returns.
    public func run() throws -> BenchmarkReport {
        var report = BenchmarkReport()
        let parts = options.parts
        if parts.contains(.backlog) { report.backlog = try backlog(&report) }
        if parts.contains(.live) { report.live = try live(&report) }
        if parts.contains(.memory) || parts.contains(.latency) { try answers(&report) }
        if parts.contains(.decoding) {
            progress("decoding")
            report.decoding = try BenchmarkDecoding.measure(folder: folder, stop)
        }
        if parts.contains(.export) {
            report.export = try BenchmarkExport(
                events: options.exportedEvents, folder: folder, stop, progress
            ).measure()
        }
        if parts.contains(.pages) { try pages(&report) }
        if parts.contains(.storage) || parts.contains(.startup) { try stored(&report) }
        return report
    }

    // MARK: Draining

    private func references(_ report: inout BenchmarkReport) throws -> [any BenchmarkSubject] {
        let raw = try ReferenceSubject.raw(stop)
        guard
            let storing = ReferenceSubject.storing(
                source: options.referenceSource, folder: folder, stop)
        else {
            report.notes.append(
                "The storing reference is skipped: cc cannot compile \(options.referenceSource) here "
                    + "(it needs libmosquitto-dev and libsqlite3-dev).")
            return [raw]
        }
        return [raw, storing]
    }

    private func hub(_ instances: Int) -> HubSubject {
        HubSubject(
            "hub, \(instances) instances", "hub-\(instances)",
            BenchmarkHome(residences: options.residences, rules: .instances(instances)),
            folder: folder, stop)
    }

    /// Everybody has the same messages queued at the same broker, and takes them one after the other.
    private func backlog(_ report: inout BenchmarkReport) throws -> [BenchmarkReport.Drains] {
        let subjects = try references(&report) + options.instances.map { hub($0) }
        var drains: [[BenchmarkDrain]] = subjects.map { _ in [] }
        for round in 1...options.rounds {
            let broker = try BenchmarkBroker(folder: folder, stop)
            defer { broker.stop() }
            for subject in subjects { try subject.enrol(broker) }
            progress("backlog, round \(round) of \(options.rounds): publishing")
            try publish(to: broker, seed: UInt64(round))
            for turn in subjects.indices {
                // Another one begins each time.
                let index = (turn + round) % subjects.count
                let subject = subjects[index]
                progress("backlog, round \(round) of \(options.rounds): \(subject.name)")
                defer { subject.stop() }
                try subject.start(broker, expecting: options.messages)
                drains[index].append(try subject.finish())
            }
        }
        return zip(subjects, drains).map { BenchmarkReport.Drains(name: $0.name, rounds: $1) }
    }

    /// Each has a broker for itself, with a publisher beside it.
    private func live(_ report: inout BenchmarkReport) throws -> [BenchmarkReport.Drains] {
        let most = options.instances.filter { $0 <= 1000 }.max()
        let subjects = try references(&report) + (most.map { [hub($0)] } ?? [])
        var drains: [[BenchmarkDrain]] = subjects.map { _ in [] }
        for round in 1...options.rounds {
            for (index, subject) in subjects.enumerated() {
                progress("live, round \(round) of \(options.rounds): \(subject.name)")
                let broker = try BenchmarkBroker(folder: folder, stop)
                defer { broker.stop() }
                defer { subject.stop() }
                try subject.enrol(broker)
                try subject.start(broker, expecting: options.messages)
                try publish(to: broker, seed: UInt64(round))
                drains[index].append(try subject.finish())
            }
        }
        return zip(subjects, drains).map { BenchmarkReport.Drains(name: $0.name, rounds: $1) }
    }

    private func publish(to broker: BenchmarkBroker, seed: UInt64) throws {
        let publisher = try BrokerPublisher(
            broker.session("bench-devices"), options: BrokerPublisher.Options(window: 1000))
        var traffic = BenchmarkTraffic(residences: options.residences, seed: seed)
        var now = Clock.system.now()
        for number in 0..<options.messages {
            if number % 64 == 0 {
                now = Clock.system.now()
                try stop.check()
            }
            try publisher.publish(traffic.next(at: now))
        }
        try publisher.finish()
    }

    // MARK: One residence after the other asks for help

    /// Memory and latency, on the site that the sizes are given for: 1,000 devices, 1,000 rules.
    private func answers(_ report: inout BenchmarkReport) throws {
        let home = BenchmarkHome(residences: 50, rules: .written(1000))
        let broker = try BenchmarkBroker(folder: folder, stop)
        defer { broker.stop() }
        let hub = HubSubject("hub, 1000 rules", "hub-rules", home, folder: folder, stop)
        defer { hub.stop() }
        progress("memory: 1000 devices, 1000 rules")
        try hub.enrol(broker)
        try hub.start(broker, expecting: options.messages)
        if options.parts.contains(.memory) {
            var small = self.options
            small.residences = 50
            try Benchmark(options: small, folder: folder, stop: stop, progress: progress)
                .publish(to: broker, seed: 1)
            _ = try hub.finish()
            report.resident = try hub.process?.usage().resident
        }
        if options.parts.contains(.latency) {
            progress("latency: 100 messages a second for \(options.seconds) s")
            let latency = BenchmarkLatency(broker, residences: 50, stop)
            report.latencies = try latency.measure(seconds: options.seconds)
            progress("latency: the same, with an announcement of 5 MB every 2 s")
            report.announcedLatencies = try latency.measure(
                seconds: options.seconds, announcing: true)
        }
    }
}
