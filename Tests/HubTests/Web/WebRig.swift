import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Logging
import NIOCore
import Rules

@testable import Hub

/// A site under test: two residences, staff of every role, one alert in each residence, and an inbox that answers as
/// the intake loop would.
final class WebRig: Sendable {
    static let now = Instant(milliseconds: 1_790_000_000_000)
    static let password = "correct horse"

    let folder: TemporaryFolder
    let site: WebSite
    let live: Live
    let alerts: [ResidenceID: AlertID]
    let performed = Performed()

    /// What was asked of the hub.
    actor Performed {
        private(set) var commands: [Command] = []
        func add(_ command: Command) { commands.append(command) }
    }

    /// A name that would be markup if it were not escaped.
    static let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"

    static let members: [StaffMember] =
        StaffRole.allCases.map { role in
            StaffMember(
                id: StaffID(rawValue: role.rawValue), name: role.rawValue, roles: [role],
                residences: ["own"])
        } + [StaffMember(id: "everywhere", name: hostile, roles: [.carer, .teamLeader])]

    init(easyRead: EasyReadValidation? = nil) throws {
        folder = try TemporaryFolder()
        let residences = ["own", "other"].map { name in
            Residence(
                id: ResidenceID(rawValue: name),
                title: LocalizedText(english: "\(name) \(Self.hostile)", french: name),
                zone: "Europe/Paris",
                rooms: [
                    Room(
                        id: RoomID(rawValue: "\(name)/hall"),
                        title: LocalizedText(english: Self.hostile, french: Self.hostile),
                        kind: "hall")
                ], people: name == "own" ? ["p1", "p2"] : ["p3"])
        }
        let devices = residences.map { residence in
            Device(
                id: DeviceID(rawValue: "\(residence.id)/door"), name: "door",
                title: LocalizedText(english: Self.hostile, french: Self.hostile),
                residence: residence.id, room: RoomID(rawValue: "\(residence.id)/hall"),
                person: nil, kind: "door", labels: [], profile: "x",
                capabilities: [.init(capability: "contact.open", kind: .state)],
                silentAfter: .hours(1))
        }
        let tablets = ["p1", "p2"].map { person in
            Device(
                id: DeviceID(rawValue: "own/tablet-\(person)"), name: "tablet-\(person)",
                title: LocalizedText(
                    english: "Tablet of \(person) \(Self.hostile)", french: "Tablette de \(person)"),
                residence: "own", room: nil, person: PersonID(rawValue: person), kind: "tablet",
                labels: [], profile: "x",
                capabilities: [.init(capability: "usage.app_session", kind: .usage)],
                silentAfter: nil)
        }
        let home = Home(residences: residences, devices: devices + tablets)
        let rule = Rule(
            id: "door", scope: .device, priority: .high,
            title: LocalizedText(english: Self.hostile, french: Self.hostile),
            instruction: LocalizedText(english: Self.hostile, french: Self.hostile),
            trigger: .signal(
                .predicate(
                    StreamSelector(kinds: ["door"], capability: "contact.open"),
                    .oneOf([.boolean(true)]), unknownAfter: nil)))
        let rules = RuleSet(rules: [rule])
        let staff = StaffPlan(members: Self.members)
        var loaded = LoadedHome(
            folder: folder.path, configuration: nil, directory: .empty, home: home,
            rules: rules, zones: [:], diagnostics: [], sources: [:], staff: staff,
            notifications: NotificationSettings(),
            plan: Planner.plan(rules, home: home, zones: [:], staff: staff))
        loaded.configuration = HubConfiguration(
            site: "test", title: LocalizedText(english: Self.hostile, french: Self.hostile),
            zone: "Europe/Paris", residences: residences)
        loaded.configuration?.easyRead = easyRead
        alerts = try Self.journal(folder.file("foyer.sqlite"), devices, tablets)
        let accounts = try Accounts(path: folder.file("people.sqlite"), cost: .least)
        for member in Self.members {
            try accounts.add(member.id, password: Self.password, at: Self.now)
        }
        for (id, person) in [("zoe", "p1"), ("max", "p2"), ("gone", "p9")] {
            try accounts.add(
                StaffID(rawValue: id), password: Self.password,
                person: PersonID(rawValue: person), at: Self.now)
        }
        let feed = CommitFeed()
        let inbox = CommandInbox()
        site = WebSite(
            home: loaded, readers: ReaderPool(path: folder.file("foyer.sqlite")), inbox: inbox,
            accounts: accounts, feed: feed, clock: Clock { Self.now },
            visitorClock: Clock { Self.now }, settings: WebSettings(), limits: RateLimits())
        live = Live(feed: feed)
        let performed = performed
        let thread = Thread {
            // Ends with the tests' process.
            while true {
                var entry = pollfd(fd: inbox.wake, events: Int16(POLLIN), revents: 0)
                poll(&entry, 1, 50)
                for item in inbox.take() {
                    if case .perform(let command) = item.request {
                        Task {
                            await performed.add(command)
                            item.answer(.done)
                        }
                    } else if case .tryOut = item.request {
                        item.answer(.done)
                    } else {
                        item.answer(.refused("not in a test"))
                    }
                }
            }
        }
        thread.start()
    }

    /// A journal in which each residence's door is open, and an alert tells of it.
    private static func journal(
        _ path: String, _ devices: [Device], _ tablets: [Device]
    ) throws -> [ResidenceID: AlertID] {
        let journal = try Journal.open(path: path)
        var alerts: [ResidenceID: AlertID] = [:]
        try journal.commit { writer in
            for (index, device) in devices.enumerated() {
                let stream = try writer.stream(
                    for: StreamKey(device: device.id, capability: "contact.open", channel: ""),
                    residence: device.residence, kind: .state, value: .boolean(true))
                let event = try writer.append(
                    stream: stream, value: .boolean(true), received: now - .minutes(5),
                    effective: now - .minutes(5), freshness: .live)
                var alert = Alert(
                    id: AlertID(rawValue: "alert\(index)aaaaaa"), rule: "door",
                    subject: Subject(
                        residence: device.residence, room: device.room, device: device.id),
                    priority: .high, began: now - .minutes(5), noticed: now - .minutes(5),
                    late: false, evidence: [event.sequence])
                alert.note = hostile
                alert.displayReason = hostile
                try writer.record(
                    AlertTransition(
                        step: .raised, at: alert.began, noticed: alert.noticed, note: hostile,
                        alert: alert))
                alerts[device.residence] = alert.id
            }
            for tablet in tablets {
                let stream = try writer.stream(
                    for: StreamKey(device: tablet.id, capability: "usage.app_session"),
                    residence: "own", kind: .usage, value: .text(""))
                _ = try writer.append(
                    stream: stream,
                    value: .text("app of \(tablet.person?.rawValue ?? "")\(hostile)"),
                    received: now - .minutes(3), effective: now - .minutes(3), freshness: .live)
            }
            _ = try writer.append(
                .says(
                    Saying(
                        person: "p1", residence: "own",
                        word: .wishes(
                            .care, .init(version: hostile, hash: "00", form: "easy_read")))),
                received: now - .minutes(2))
            try writer.countUnknown(
                topic: "zigbee2mqtt/\(hostile)", count: 3, sample: Array(hostile.utf8),
                received: now)
            try writer.setMark(now)
        }
        try journal.close()
        return alerts
    }

    /// A vault in which each member of staff said something of p1, numbered by their place, each with a recording.
    func makeVault() throws -> Vault {
        let vault = try Vault(home: folder.path, environment: [:])
        for member in Self.members {
            try vault.annotate(
                Annotation(
                    person: "p1", span: (Self.now - .minutes(9))..<Self.now,
                    author: member.id.rawValue, voice: .staff,
                    content: .recording(Array("OggS".utf8), ending: "ogg"), at: Self.now))
        }
        return vault
    }

    var application: some ApplicationProtocol {
        Application(router: WebService.router(site, live: live))
    }

    /// Signs somebody in; gives the cookie and the form's token.
    func signIn(_ id: StaffID) throws -> (cookie: String, formToken: String) {
        guard
            case .signedIn(let token) = try site.accounts.signIn(
                id, password: Self.password, lasting: .hours(1), at: Self.now),
            let session = try site.accounts.session(token, at: Self.now)
        else { throw CancellationError() }
        return ("foyer=\(token)", session.formToken)
    }

    /// A route's path with what is asked for put in.
    static func path(_ route: Route, residence: ResidenceID, alert: AlertID) -> String {
        (route.path == "/devices/place" && route.method == .get
            ? "\(route.path)?topic=\(PageParts.query("zigbee2mqtt/\(hostile)"))" : route.path)
            .replacingOccurrences(of: "{residence}", with: residence.rawValue)
            .replacingOccurrences(of: "{device}", with: "door")
            .replacingOccurrences(of: "{person}", with: residence == "own" ? "p1" : "p3")
            .replacingOccurrences(of: "{number}", with: "1")
            .replacingOccurrences(of: "{id}", with: alert.rawValue)
            .replacingOccurrences(of: "{date}", with: "2026-09-21")
    }
}
