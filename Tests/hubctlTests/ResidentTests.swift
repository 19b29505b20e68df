import Foundation
import FoundationNetworking
import Rules
import Testing

@testable import Hub

extension RealHub {
    /// A resident's page against a hub in a process of its own: over HTTP, into the journal, and back.
    @Suite("A resident's page and the journal", .serialized)
    struct ResidentTests {
        @Test(
            "a call survives kill -9 at once after its answer; staff answer it, and the page says who comes; replay equals live"
        )
        func call() throws {
            let home = try ResidentHome()
            defer { home.hub.end() }
            try home.start()
            let zoe = try home.browser("zoe")
            // Touched twice, and killed as soon as the second is answered.
            #expect(try zoe.post("/me/help") == 303)
            #expect(try zoe.post("/me/help") == 303)
            home.hub.kill()
            try home.start()
            let reader = try #require(home.hub.reader)
            var open = try reader.alerts(openOnly: true).filter {
                $0.rule == BuiltInRule.ownCall.id
            }
            #expect(open.count == 1)
            let call = try #require(open.first)
            #expect(call.count == 2)
            #expect(call.subject.person == "p1" && call.priority == .critical)
            #expect(try zoe.get("/me").contains("The team is told."))
            let marie = try home.browser("marie")
            #expect(try marie.get("/").contains("The person calls for help"))
            #expect(try marie.post("/alerts/\(call.id)/acknowledge") == 303)
            #expect(try zoe.get("/me/now").contains("Marie Lefort is coming."))
            home.hub.kill()
            try home.start()
            #expect(try zoe.get("/me/now").contains("Marie Lefort is coming."))
            #expect(try marie.post("/alerts/\(call.id)/arrive") == 303)
            #expect(try zoe.get("/me/now").contains("Marie Lefort is with you."))
            #expect(try marie.post("/alerts/\(call.id)/resolve", "outcome=real") == 303)
            #expect(try zoe.get("/me/now").contains("Your call is over."))
            open = try reader.alerts(openOnly: true)
            #expect(!open.contains { $0.rule == BuiltInRule.ownCall.id })
            #expect(try home.replay(reader) == live(reader))
        }

        /// What the journal has of calls: the steps, in order.
        private func live(_ reader: JournalReader) throws -> [String] {
            try reader.steps().filter { $0.step != .repeated }.map {
                "\($0.alert) \($0.step.name) \($0.at.milliseconds) \($0.actor ?? "-")"
            }
        }

        @Test("in a pause from the page no reading is stored, and after it they are again")
        func pause() throws {
            let home = try ResidentHome()
            defer { home.hub.end() }
            try home.start()
            let zoe = try home.browser("zoe")
            let tablet = try home.hub.account("devices")
            _ = try Load(tablet, count: 20).finish()
            try wait(30, home.hub.condition) { try home.hub.count() == 20 }
            #expect(try zoe.post("/me/pause", "until=hour") == 303)
            #expect(try zoe.get("/me/pause").contains("End the pause"))
            _ = try Load(tablet, count: 20).finish()
            let reader = try #require(home.hub.reader)
            try wait(30, home.hub.condition) {
                try reader.counters()["withheld/home/paused"] == 20
            }
            #expect(try home.hub.count() == 20, "a reading was stored in a pause")
            // A call for help still goes through, also over a restart.
            home.hub.kill()
            try home.start()
            #expect(try zoe.post("/me/help") == 303)
            #expect(
                try reader.alerts(openOnly: true).contains { $0.rule == BuiltInRule.ownCall.id })
            #expect(try zoe.post("/me/resume") == 303)
            _ = try Load(tablet, count: 20).finish()
            try wait(30, home.hub.condition) { try home.hub.count() == 40 }
        }

        @Test(
            "whenever the page pauses and goes on, exactly the readings outside of pauses are stored",
            arguments: [7, 11] as [UInt64])
        func anyPauses(seed: UInt64) throws {
            let home = try ResidentHome()
            defer { home.hub.end() }
            try home.start()
            let zoe = try home.browser("zoe")
            let tablet = try home.hub.account("devices")
            var random = SeededRandom(seed: seed)
            var isPaused = false
            var stored = 0
            var withheld = 0
            for _ in 0..<10 {
                switch Int.random(in: 0..<5, using: &random) {
                case 0:
                    let end = Bool.random(using: &random) ? "hour" : "tomorrow"
                    #expect(try zoe.post("/me/pause", "until=\(end)") == 303)
                    isPaused = true
                case 1:
                    #expect(try zoe.post("/me/resume") == 303)
                    isPaused = false
                case 2:
                    home.hub.kill()
                    try home.start()
                default:
                    let count = Int.random(in: 1...30, using: &random)
                    _ = try Load(tablet, count: count).finish()
                    if isPaused { withheld += count } else { stored += count }
                }
                let reader = try #require(home.hub.reader)
                try wait(30, "seed \(seed); \(home.hub.condition)") {
                    try home.hub.count() == stored
                        && (try reader.counters()["withheld/home/paused"] ?? 0) == withheld
                }
            }
            #expect(stored + withheld > 0, "seed \(seed)")
        }

        @Test(
            "fine is on the staff's page; a wish is completed by staff, and a no from the page ends it at once"
        )
        func words() throws {
            let home = try ResidentHome()
            defer { home.hub.end() }
            try home.start()
            let zoe = try home.browser("zoe")
            let marie = try home.browser("marie")
            #expect(try !marie.get("/now").contains("They say: I am fine"))
            #expect(try zoe.post("/me/fine") == 303)
            #expect(try marie.get("/now").contains("They say: I am fine"))
            let page = try zoe.get("/me/answers")
            #expect(page.contains("We look at when tablets are used."))
            let match = try #require(
                page.firstMatch(
                    of:
                        /name="purpose" value="study\/tablets"><input type="hidden" name="shown" value="([0-9a-f]{64})"/
                ))
            let summary = ConsentText.hash(ofFile: home.hub.folder + "/studies/tablets/easy.en.txt")
            #expect(String(match.1) == summary)
            let yes = "purpose=study%2Ftablets&answer=yes&shown=\(match.1)"
            #expect(try zoe.post("/me/answers", yes) == 303)
            let reader = try #require(home.hub.reader)
            func records() throws -> [ConsentRecord] {
                try reader.consentEntries().compactMap {
                    if case .consent(let record) = $0.command { record } else { nil }
                }
            }
            #expect(try records().isEmpty, "a wish is no yes")
            #expect(try marie.get("/people").contains("Wishes to say yes"))
            let done = "person=p1&purpose=study%2Ftablets&understanding="
            #expect(try marie.post("/residences/home/people/agreement", done) == 400)
            #expect(
                try marie.post("/residences/home/people/agreement", done + "said+it+back") == 303)
            let record = try #require(try records().last)
            #expect(record.decision == .agrees && record.speaker == "p1")
            #expect(record.checkedBy == "marie" && record.understanding == "said it back")
            #expect(record.information.hash == summary && record.information.form == "easy_read")
            #expect(try zoe.get("/me/answers").contains("You said yes."))
            #expect(
                try zoe.post("/me/answers", "purpose=study%2Ftablets&answer=no") == 303)
            #expect(try records().last?.decision == .withdraws)
            #expect(try zoe.get("/me/answers").contains("You said no."))
            #expect(
                try marie.post("/residences/home/people/agreement", done + "again") == 400,
                "a wish that was answered is none any more")
        }

        @Test("an account is bound to somebody who lives there; what is wrong is said")
        func accounts() throws {
            let home = try ResidentHome()
            defer { home.hub.end() }
            let line = try CommandLine()
            func add(_ arguments: String...) throws -> String {
                let answer = try line.run(
                    ["accounts", "add"] + arguments + ["--home", home.hub.folder])
                #expect(answer.code != 0)
                return answer.errors
            }
            #expect(
                try add("max", "--role", "resident", "--person", "p9").contains(
                    "nobody \"p9\" lives in a residence of hub.yaml"))
            #expect(try add("max", "--role", "resident").contains("needs --person"))
            #expect(try add("max", "--role", "carer").contains("write resident"))
            #expect(try add("max", "--person", "p1").contains("goes with --role resident"))
            #expect(
                try add("marie", "--role", "resident", "--person", "p1").contains("staff.yaml"))
            #expect(
                try add("max", "--role", "resident", "--person", "p1", "--administrator")
                    .contains("leave out --administrator"))
            let list = try line.run(["accounts", "list", "--home", home.hub.folder])
            #expect(list.output.contains("zoe  resident, the page of p1"))
        }
    }
}

/// A home in which somebody lives who has a page, with a study that asks them.
private final class ResidentHome {
    static let password = "a long enough password"

    let hub: HubProcess
    let web: UInt16

    init() throws {
        hub = try HubProcess()
        web = UInt16.random(in: 28_001...32_000)
        try hub.write(
            "hub.yaml",
            """
            version: 1
            site: {id: crash}
            zone: Europe/Paris
            listen: 127.0.0.1:\(web)
            residences:
              - {id: home, people: [p1], rooms: [{id: hall, kind: hall}, {id: bedroom, kind: bedroom, person: p1}]}
            broker:
              managed: {port: \(hub.port), listen: 127.0.0.1}
            """)
        try hub.write(
            "devices.yaml",
            """
            version: 1
            devices:
              - {name: tablet, residence: home, person: p1, profile: json-app, topic: home/tablet}
            """)
        try hub.write(
            "staff.yaml",
            """
            version: 1
            staff:
              - {id: marie, name: Marie Lefort, roles: [carer]}
            """)
        try FileManager.default.createDirectory(
            atPath: hub.folder + "/studies/tablets", withIntermediateDirectories: true)
        let texts = [
            "notice.md": "The whole notice.", "easy.en.txt": "We look at when tablets are used.\n",
            "easy.fr.txt": "On regarde quand on utilise les tablettes.\n",
        ]
        for (name, text) in texts { try hub.write("studies/tablets/\(name)", text) }
        let hash = try #require(
            ConsentText.hash(ofFile: hub.folder + "/studies/tablets/notice.md"))
        try hub.write("studies/tablets.yaml", Self.study(hash))
        let accounts = try Accounts(path: hub.folder + "/people.sqlite")
        let now = Clock.system.now()
        try accounts.add("marie", password: Self.password, at: now)
        try accounts.add("zoe", password: Self.password, person: "p1", at: now)
    }

    private static func study(_ hash: String) -> String {
        """
        version: 1
        title: {en: Tablets at home, fr: Des tablettes chez soi}
        question: {en: Who uses a tablet and when?, fr: "Qui utilise une tablette, et quand ?"}
        agreed:
          residents: {on: 2026-10-01, who: "five residents, at the house meeting"}
          professionals: {on: 2026-10-02, who: the team}
          researchers: {on: 2026-10-03, who: the laboratory}
        investigators:
          - {name: "Carberry, Josiah", affiliation: Brown University}
        publisher: An association
        legal: riph3
        ethics: {opinion: favourable, committee: CPP Ouest, reference: 26.01, on: 2026-10-10}
        notice:
          file: studies/tablets/notice.md
          version: "1"
          sha256: \(hash)
          easy_read: {en: studies/tablets/easy.en.txt, fr: studies/tablets/easy.fr.txt}
        variables:
          - {name: use, title: {en: Use, fr: Usage}, measure: uses_per_day}
        participants: all
        devices: all
        rooms: all
        from: 2026-10-20
        until: 2099-12-31
        phases: []
        keep_until: 2100-12-31
        then: erase
        shift_dates: true
        owed:
          - {name: report, title: {en: A report, fr: Un compte rendu}, by: 2100-06-30}
        questionnaires: []
        """
    }

    func start() throws {
        try hub.startAndSettle()
        try wait(30, "the pages") {
            (try? Reachability.require(host: "127.0.0.1", port: web, milliseconds: 200)) != nil
        }
    }

    func browser(_ account: String) throws -> Browser {
        let browser = Browser(port: web)
        _ = try browser.send(
            "/sign-in", "account=\(account)&password=a+long+enough+password")
        return browser
    }

    /// What the engine makes of the whole journal, told as the stored steps are.
    func replay(_ reader: JournalReader) throws -> [String] {
        let home = try HomeFolder.load(
            hub.folder, shippedProfiles: CommandLine.root + "/devices")
        #expect(!home.hasErrors, "\(home.report)")
        var engine = Engine(plan: home.plan)
        for stream in try reader.streams() { engine.declare(stream.id, stream.key) }
        var steps: Steps = []
        try reader.replay { entry in
            engine.take(entry, into: &steps)
            return true
        }
        return steps.filter { $0.step != .repeated }.map {
            "\($0.alert.id) \($0.step.name) \($0.at.milliseconds) \($0.actor ?? "-")"
        }
    }
}

/// Asks for pages as a browser does: with cookies, and the token of the form on the page before.
private final class Browser {
    private let port: UInt16
    private let session: URLSession

    init(port: UInt16) {
        self.port = port
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpAdditionalHeaders = ["Accept-Language": "en"]
        session = URLSession(
            configuration: configuration, delegate: NoRedirects(), delegateQueue: nil)
    }

    private final class NoRedirects: NSObject, URLSessionTaskDelegate, Sendable {
        func urlSession(
            _ session: URLSession, task: URLSessionTask,
            willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
            completionHandler: @escaping @Sendable (URLRequest?) -> Void
        ) { completionHandler(nil) }
    }

    private final class Answer: Sendable {
        nonisolated(unsafe) var value: (Int, String)?
    }

    func send(_ path: String, _ form: String? = nil) throws -> (code: Int, text: String) {
        var request = URLRequest(url: try #require(URL(string: "http://127.0.0.1:\(port)\(path)")))
        if let form {
            request.httpMethod = "POST"
            request.httpBody = Data(form.utf8)
            request.setValue(
                "application/x-www-form-urlencoded", forHTTPHeaderField: "Content-Type")
        }
        let answer = Answer()
        let done = DispatchSemaphore(value: 0)
        session.dataTask(with: request) { data, response, _ in
            answer.value = (
                (response as? HTTPURLResponse)?.statusCode ?? 0,
                String(decoding: data ?? Data(), as: UTF8.self)
            )
            done.signal()
        }.resume()
        _ = done.wait(timeout: .now() + 20)
        return try #require(answer.value)
    }

    func get(_ path: String) throws -> String {
        let answer = try send(path)
        #expect(answer.code == 200, "\(path): \(answer.code)")
        return answer.text
    }

    /// Posts a form with the token that the person's first page has.
    func post(_ path: String, _ form: String = "") throws -> Int {
        var text = try send("/me").text
        if !text.contains("name=\"form_token\"") { text = try send("/people").text }
        let token = try #require(text.firstMatch(of: /name="form_token" value="([0-9a-f]+)"/)).1
        return try send(path, "form_token=\(token)&\(form)").code
    }
}
