import Foundation
import Rules

/// What needs a journal with many events: its size, and how soon a hub is online on it.
extension Benchmark {
    func stored(_ report: inout BenchmarkReport) throws {
        let home = BenchmarkHome(residences: 50, rules: .instances(1000))
        let broker = try BenchmarkBroker(folder: folder, stop)
        defer { broker.stop() }
        let hub = HubSubject("hub, a million events", "hub-stored", home, folder: folder, stop)
        defer { hub.stop() }
        progress("storage: \(options.storedEvents) events")
        try home.write(to: hub.folder, port: broker.port, clientID: hub.clientID)
        var store = try BenchmarkStore(folder: hub.folder, site: home)
        try store.fill(events: options.storedEvents, behind: 19_000, stop)
        try store.close()
        report.store = BenchmarkReport.Store(
            events: store.stored, messages: store.messages, microseconds: store.microseconds,
            bytes: try JournalReader(path: hub.folder + "/foyer.sqlite").eventBytes())
        report.healthMilliseconds = try health(hub.folder)
        report.consentCosts = try consentCosts()
        guard options.parts.contains(.startup) else { return }
        for round in 1...max(3, options.rounds) {
            progress("start-up, round \(round)")
            report.starts.append(try start(hub, broker))
        }
    }

    /// How long the page of all devices looks into their past.
    private func health(_ folder: String) throws -> Double {
        let loaded = try HomeFolder.load(folder)
        let reader = try JournalReader(path: folder + "/foyer.sqlite")
        var times: [Double] = []
        for round in 1...5 {
            progress("health of \(loaded.home.devices.count) devices, round \(round)")
            try stop.check()
            let start = ContinuousClock.now
            let histories = try DeviceHistory.all(
                loaded.home.devices, in: reader, at: Clock.system.now())
            guard histories.count == loaded.home.devices.count else {
                throw BenchmarkError("not all devices have a history")
            }
            _ = try reader.latestEvents()
            times.append((ContinuousClock.now - start).seconds * 1000)
        }
        return BenchmarkReport.median(times)
    }

    /// CPU of a message that is about nobody, and of one for which somebody's word is asked, in turns.
    private func consentCosts() throws -> [BenchmarkReport.ConsentCost] {
        var costs: [BenchmarkReport.ConsentCost] = []
        for round in 1...max(3, options.rounds) {
            progress("consent, round \(round)")
            var cost = BenchmarkReport.ConsentCost(without: 0, with: 0)
            for isAboutPeople in round % 2 == 0 ? [false, true] : [true, false] {
                var home = BenchmarkHome(residences: 50, rules: .instances(1000))
                home.isAboutPeople = isAboutPeople
                let place = "\(folder)/consent-\(round)-\(isAboutPeople)"
                try home.write(to: place, port: 1, clientID: "bench")
                var store = try BenchmarkStore(folder: place, site: home)
                try store.fill(events: min(100_000, options.storedEvents), behind: 0, stop)
                try store.close()
                let microseconds = store.microseconds / Double(store.messages)
                if isAboutPeople { cost.with = microseconds } else { cost.without = microseconds }
            }
            costs.append(cost)
        }
        return costs
    }

    /// From the start of the process to "online", and then killed, so that the next start finds no fresh checkpoint.
    private func start(_ hub: HubSubject, _ broker: BenchmarkBroker) throws -> Double {
        let topic = "foyer/hub/\(hub.clientID)/status"
        let watcher = try BrokerSession(broker.session("bench-watcher", subscriptions: [topic]))
        try watcher.waitForAnswer()
        defer { watcher.abandon() }
        var inbox: [InboundMessage] = []
        let started = ContinuousClock.now
        try hub.launch(broker)
        var seconds = 0.0
        try stop.wait(seconds: 60, for: "\(hub.name) online", every: 0) {
            watcher.waitReadable(milliseconds: 20)
            inbox.removeAll()
            try watcher.read(into: &inbox, limit: 10)
            try watcher.release()
            seconds = (ContinuousClock.now - started).seconds
            return inbox.contains {
                !$0.retained && String(decoding: $0.payload, as: UTF8.self).contains("online")
            }
        }
        hub.process?.stop(SIGKILL)
        return seconds
    }
}
