// On Linux the first module that includes time.h counts as its owner, and that is this one.
import CDispatch
import Foundation
import Rules

/// Fills a home's journal as the intake loop would, without a broker: the same decoding, appending, evaluating and
/// committing, with times of the past.
struct BenchmarkStore {
    private let home: LoadedHome
    private let site: BenchmarkHome
    let journal: Journal
    private let settings: IntakeLoopSettings
    private var traffic: BenchmarkTraffic
    private var engine: Engine
    private var repeats: RepeatFilter
    private var decoder: DeviceDecoder
    private var places: StreamPlaces
    private var redelivery = RedeliveryFilter()
    private var packet: UInt16 = 0
    private(set) var messages = 0
    /// CPU time of the transactions, without the making of messages, in microseconds.
    private(set) var microseconds = 0.0

    /// - Parameter folder: a home's, as `BenchmarkHome` writes it.
    init(folder: String, site: BenchmarkHome) throws {
        self.site = site
        home = try HomeFolder.load(folder)
        guard !home.hasErrors, let configuration = home.configuration else {
            throw BenchmarkError(home.report)
        }
        let body = ConfigurationBody(home)
        settings = IntakeLoopSettings(
            session: SessionSettings(
                host: "127.0.0.1", port: 1, clientID: configuration.clientID, subscriptions: []),
            plan: home.plan, home: home.home, directory: home.directory,
            configuration: body.hash, configurationBody: body.text)
        journal = try Journal.open(path: folder + "/foyer.sqlite")
        traffic = BenchmarkTraffic(residences: site.residences)
        engine = Engine(plan: home.plan)
        repeats = RepeatFilter(home.directory)
        decoder = DeviceDecoder(home.directory)
        places = StreamPlaces(home.directory)
    }

    /// How many entries the journal has.
    var stored: Int { Int(engine.sequence.rawValue) }

    /// Stores messages until there are so many events, the last one a second ago; a checkpoint is written every so
    /// often, the last one `behind` entries before the end.
    mutating func fill(events: Int, behind: Int, _ stop: BenchmarkStop) throws {
        // About as many events as messages come: five messages a second are what the largest site has today.
        var now = Clock.system.now() - TimeSpan(milliseconds: Int64(events) * 200 + 1000)
        if stored == 0 { try introduce(at: now) }
        var checkpointed = 0
        while stored < events {
            try stop.check()
            var batch: [InboundMessage] = []
            for _ in 0..<1000 { batch.append(inbound(traffic.next(at: now - .milliseconds(400)))) }
            now = min(now + .seconds(200), Clock.system.now() - .seconds(1))
            let isDue = stored - checkpointed >= 20_000 && stored <= events - behind
            if isDue { checkpointed = stored }
            try take(batch, at: now, checkpoint: isDue)
        }
    }

    /// Each device says something once, so that what is measured later is no beginning.
    ///
    /// - Parameter moment: when; a second ago where it is left out.
    mutating func introduce(at moment: Instant? = nil) throws {
        let now = moment ?? Clock.system.now() - .seconds(1)
        try take([], at: now, checkpoint: false)
        for residence in 0..<site.residences {
            var batch: [InboundMessage] = []
            for device in BenchmarkHome.devices.indices {
                batch.append(inbound(traffic.message(residence, device, at: now)))
            }
            try take(batch, at: now, checkpoint: residence == site.residences - 1)
        }
    }

    private mutating func inbound(_ publication: Publication) -> InboundMessage {
        packet = packet == .max ? 1 : packet + 1
        return InboundMessage(
            topic: publication.topic, payload: Array(publication.payload.utf8),
            qualityOfService: 1, retained: false, packetID: packet)
    }

    /// One transaction, as `IntakeLoop.write` has it.
    private mutating func take(
        _ messages: [InboundMessage], at now: Instant, checkpoint: Bool
    ) throws {
        let before = Self.threadTime()
        defer { microseconds += Self.threadTime() - before }
        var batch = IntakeBatch(
            engine: engine, repeats: repeats, redelivery: redelivery, decoder: decoder,
            places: places, settings: settings, now: now)
        engine = Engine(plan: Plan())
        repeats = RepeatFilter(.empty)
        decoder = DeviceDecoder(.empty)
        places = StreamPlaces(.empty)
        try journal.commit { [settings, site] writer in
            if self.messages == 0, messages.isEmpty {
                try writer.configuration(
                    hash: settings.configuration, body: settings.configurationBody, received: now)
                try batch.take(.configured(hash: settings.configuration), &writer)
                for residence in 0..<(site.isAboutPeople ? site.residences : 0) {
                    for purpose in [Purpose.safety, .care] {
                        let consent = Self.consent(of: BenchmarkHome.person(residence), to: purpose)
                        try batch.take(.consent(consent), &writer)
                    }
                }
            }
            for message in messages { try batch.take(message, &writer) }
            try batch.finish(&writer)
            try writer.delivered(batch.publications.map(\.id))
            if checkpoint {
                try writer.checkpoint(
                    batch.engine.checkpoint(), mark: now, configuration: settings.configuration)
            }
        }
        engine = batch.engine
        repeats = batch.repeats
        decoder = batch.decoder
        places = batch.places
        redelivery = batch.redelivery
        self.messages += messages.count
    }

    /// A person's word, as simple as it may be.
    static func consent(of person: PersonID, to purpose: Purpose) -> ConsentRecord {
        ConsentRecord(
            person: person, purpose: purpose, decision: .agrees, speaker: person.rawValue,
            capacity: .person, information: .init(version: "1", hash: "00", form: "plain"),
            understanding: "yes", checkedBy: "bench", from: .distantPast)
    }

    private static func threadTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    /// Closes the journal, with its log moved into the database.
    func close() throws { try journal.close() }
}
