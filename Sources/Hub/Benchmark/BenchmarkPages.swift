import Foundation
import Rules

/// Pages that listen to a hub's live updates, as browsers do: so many connections over plain sockets, all watched by one
/// `poll`.
struct BenchmarkPages {
    /// What a burst of alerts came to, in ms from the first press.
    struct Burst: Sendable {
        var pages: Int
        var alerts: Int
        /// When half of the pages knew all alerts, and when all did.
        var half: Double
        var last: Double
        /// Of the hub, in bytes: with one page, with all.
        var residentBefore: Int
        var residentAfter: Int
    }

    /// Pages of one member of staff; a browser has a session, and one member hardly more devices than this.
    static let pagesOfMember = 20

    private let broker: BenchmarkBroker
    private let port: UInt16
    private let stop: BenchmarkStop
    private var sockets: [Int32] = []
    private var raised: [Int] = []
    private var tails: [[UInt8]] = []

    init(_ broker: BenchmarkBroker, port: UInt16, _ stop: BenchmarkStop) {
        self.broker = broker
        self.port = port
        self.stop = stop
    }

    static func member(_ number: Int) -> StaffID { StaffID(rawValue: "member\(number)") }

    /// Connects pages until there are so many.
    ///
    /// - Parameter cookies: by member.
    mutating func open(_ count: Int, cookies: [String]) throws {
        // Each page is a file of this process; most systems begin with 1,024.
        Descriptors.raise()
        while sockets.count < count {
            try stop.check()
            let cookie = cookies[sockets.count / Self.pagesOfMember % cookies.count]
            let page = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard page >= 0 else {
                throw BenchmarkError("no socket for page \(sockets.count): errno \(errno)")
            }
            sockets.append(page)
            raised.append(0)
            tails.append([])
            try connect(page)
            let request = Array(
                "GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: \(cookie)\r\n\r\n".utf8)
            guard send(page, request, request.count, Int32(MSG_NOSIGNAL)) == request.count else {
                throw BenchmarkError("the hub's pages close the connection")
            }
            guard let head = Self.read(page, waiting: 20_000),
                String(decoding: head, as: UTF8.self).hasPrefix("HTTP/1.1 200")
            else {
                throw BenchmarkError("page \(sockets.count) is not let in")
            }
        }
    }

    func close() { for page in sockets { _ = Glibc.close(page) } }

    private func connect(_ page: Int32) throws {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(page, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw BenchmarkError("nobody listens at 127.0.0.1:\(port)") }
    }

    private static func read(_ page: Int32, waiting milliseconds: Int32) -> [UInt8]? {
        var entry = pollfd(fd: page, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) == 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = recv(page, &bytes, bytes.count, 0)
        return count > 0 ? Array(bytes.prefix(count)) : nil
    }

    /// An alert that is raised, repeated or reactivated: a site that was introduced has had calls before.
    private static let word = Array("\"step\":\"r".utf8)

    /// Reads what has come, and counts alerts.
    private mutating func take(milliseconds: Int32) throws {
        var entries = sockets.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return }
        for index in entries.indices where entries[index].revents != 0 {
            guard let bytes = Self.read(sockets[index], waiting: 0) else {
                throw BenchmarkError("the hub closed page \(index)")
            }
            // A word may come in two parts.
            let text = tails[index] + bytes
            var place = 0
            var end = 0
            while place + Self.word.count <= text.count {
                if text[place..<(place + Self.word.count)].elementsEqual(Self.word) {
                    raised[index] += 1
                    place += Self.word.count
                    end = place
                } else {
                    place += 1
                }
            }
            tails[index] = Array(text[max(end, text.count - Self.word.count + 1)...])
        }
    }

    /// Everybody calls at once: until when does each page know all of it?
    mutating func burst(of alerts: Int) throws -> (half: Double, last: Double) {
        let speaker = try BrokerSession(broker.session("bench-burst"))
        try speaker.waitForAnswer()
        defer { speaker.abandon() }
        let before = raised
        let start = ContinuousClock.now
        for residence in 0..<alerts {
            let call = BenchmarkTraffic.call(residence: residence)
            _ = try speaker.publish(
                topic: call.topic, payload: Array(call.payload.utf8), retain: false)
        }
        try speaker.release()
        var half = Double.nan
        while true {
            try take(milliseconds: 100)
            let done = zip(raised, before).count { $0 - $1 >= alerts }
            let now = (ContinuousClock.now - start).seconds * 1000
            if half.isNaN, done * 2 >= sockets.count { half = now }
            if done == sockets.count { return (half, now) }
            guard now < 30_000 else {
                throw BenchmarkError(
                    "\(sockets.count - done) of \(sockets.count) pages do not hear of all alerts")
            }
            try stop.check()
        }
    }

    /// What devices say that raises no alert: only the press that is timed does.
    private func quiet(_ traffic: inout BenchmarkTraffic) -> Publication {
        while true {
            let next = traffic.next(at: Clock.system.now())
            if !["_call", "_smoke", "_leak"].contains(where: { next.topic.hasSuffix($0) }) {
                return next
            }
        }
    }

    /// One call after the other, among 100 messages a second: from publishing to the first page.
    ///
    /// - Returns: milliseconds, in order of size.
    mutating func latencies(seconds: Int, from first: Int, to last: Int) throws -> [Double] {
        let speaker = try BrokerSession(broker.session("bench-speaker"))
        try speaker.waitForAnswer()
        defer { speaker.abandon() }
        var traffic = BenchmarkTraffic(residences: last, seed: 11)
        var latencies: [Double] = []
        var waiting: ContinuousClock.Instant?
        let start = ContinuousClock.now
        var residence = first
        var count = raised[0]
        for number in 0..<(seconds * 100) {
            let due = start + .milliseconds(10 * number)
            var left = (due - .now).seconds
            while left > 0 || waiting != nil && number % 10 == 9 {
                try take(milliseconds: Int32(max(1, left * 1000)))
                if let then = waiting, raised[0] > count {
                    latencies.append((ContinuousClock.now - then).seconds * 1000)
                    waiting = nil
                }
                left = (due - .now).seconds
                if left < -10 { throw BenchmarkError("an alert did not reach the page in 10 s") }
            }
            var inbox: [InboundMessage] = []
            try speaker.read(into: &inbox, limit: 100)
            speaker.published = []
            try stop.check()
            let publication: Publication
            if number % 10 == 0, residence < last {
                publication = BenchmarkTraffic.call(residence: residence)
                residence += 1
                count = raised[0]
                waiting = .now
            } else {
                publication = quiet(&traffic)
            }
            _ = try speaker.publish(
                topic: publication.topic, payload: Array(publication.payload.utf8), retain: false)
            try speaker.release()
        }
        return latencies.sorted()
    }
}

/// Live pages: part of the benchmark.
extension Benchmark {
    /// How many residences call while pages are timed one after the other.
    private static let calls = 200

    func pages(_ report: inout BenchmarkReport) throws {
        let members =
            (options.pages + BenchmarkPages.pagesOfMember - 1)
            / BenchmarkPages.pagesOfMember
        let broker = try BenchmarkBroker(folder: folder, stop)
        defer { broker.stop() }
        var home = BenchmarkHome(
            residences: options.burst + Self.calls,
            rules: .instances((options.burst + Self.calls) * BenchmarkRules.shared.count))
        let port = try BenchmarkBroker.freePort()
        home.pages = BenchmarkHome.Pages(port: port, members: members)
        let hub = HubSubject("hub with pages", "hub-pages", home, folder: folder, stop)
        defer { hub.stop() }
        progress("pages: a site of \(home.residences) residences")
        try hub.enrol(broker)
        let accounts = try Accounts(path: hub.folder + "/people.sqlite", cost: .least)
        var cookies: [String] = []
        for number in 0..<members {
            let now = Clock.system.now()
            let password = UUID().uuidString
            try accounts.add(BenchmarkPages.member(number), password: password, at: now)
            if case .signedIn(let token) = try accounts.signIn(
                BenchmarkPages.member(number), password: password, lasting: .hours(1), at: now)
            {
                cookies.append("foyer=\(token)")
            }
        }
        try hub.launch(broker)
        try hub.waitUntilOnline()
        try stop.wait(seconds: 20, for: "the pages") {
            (try? Reachability.require(host: "127.0.0.1", port: port, milliseconds: 200)) != nil
        }
        var pages = BenchmarkPages(broker, port: port, stop)
        defer { pages.close() }
        try pages.open(1, cookies: cookies)
        progress("pages: 100 messages a second for \(options.seconds) s, one page")
        report.pageLatencies = try pages.latencies(
            seconds: options.seconds, from: options.burst, to: options.burst + Self.calls)
        let before = try hub.process?.usage().resident ?? 0
        progress("pages: \(options.pages) of them, \(options.burst) alerts at once")
        try pages.open(options.pages, cookies: cookies)
        let (half, last) = try pages.burst(of: options.burst)
        report.burst = BenchmarkPages.Burst(
            pages: options.pages, alerts: options.burst, half: half, last: last,
            residentBefore: before, residentAfter: try hub.process?.usage().resident ?? 0)
    }
}
