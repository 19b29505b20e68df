import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Rules
import Testing

@testable import Hub

@Suite("A resident's own page")
struct ResidentPageTests {
    private func get(
        _ path: String, as account: StaffID = "zoe", _ rig: WebRig, language: String = "en"
    ) async throws -> String {
        let (cookie, _) = try rig.signIn(account)
        return try await rig.application.test(.router) { client in
            let response = try await client.execute(
                uri: path, method: .get, headers: [.cookie: "\(cookie); language=\(language)"])
            #expect(response.status == .ok, "\(path): \(response.status)")
            return String(buffer: response.body)
        }
    }

    private func post(
        _ path: String, _ form: String, as account: StaffID = "zoe", _ rig: WebRig
    ) async throws -> HTTPResponse.Status {
        let (cookie, token) = try rig.signIn(account)
        return try await rig.application.test(.router) { client in
            try await client.execute(
                uri: path, method: .post,
                headers: [
                    .cookie: "\(cookie); language=en",
                    .contentType: "application/x-www-form-urlencoded",
                ], body: ByteBuffer(string: "form_token=\(token)&\(form)")
            ).status
        }
    }

    @Test("each part is in both languages, and every text has a picture and a button that reads it")
    func everyPart() async throws {
        let rig = try WebRig()
        let parts = WebService.routes(rig.live).filter {
            $0.method == .get && $0.access == .resident && $0.path != "/me/now"
        }
        #expect(parts.count == 8)
        for part in parts {
            for language in ["fr", "en"] {
                let text = try await get(part.path, rig, language: language)
                #expect(text.contains("<html lang=\"\(language)\">"), "\(part.path)")
                for line in text.components(separatedBy: "<li class=\"line ").dropFirst() {
                    #expect(line.contains("<svg class=\"pic\""), "\(part.path): \(line)")
                    #expect(line.contains("data-say=\""), "\(part.path): \(line)")
                }
                #expect(!text.contains("{"), "\(part.path): a brace is left")
                let draft = language == "fr" ? "Brouillon." : "Draft."
                #expect(text.contains(draft), "\(part.path)")
            }
        }
    }

    @Test("the draft mark goes once hub.yaml says who validated the words, and the page names them")
    func validated() async throws {
        var reader = HubReader(folder: "")
        let tree = try YAML.parse(
            "easy_read_validated_by: {names: \"six residents\", on: 2026-11-20}",
            file: "hub.yaml")
        let fields = try #require(
            Fields(
                tree, subject: "hub.yaml", known: ["easy_read_validated_by"],
                diagnostics: &reader.diagnostics))
        let validation = reader.easyRead(try #require(fields["easy_read_validated_by"]))
        #expect(validation?.names == "six residents")
        let rig = try WebRig(easyRead: validation)
        let text = try await get("/me", rig)
        #expect(text.contains("six residents, 20 November 2026"))
        #expect(!text.contains("Draft."))
    }

    @Test("the day shows their own devices' uses, and none of others who live there")
    func ownDay() async throws {
        let rig = try WebRig()
        for path in ["/me/day", "/me/recorded"] {
            let zoe = try await get(path, rig)
            #expect(zoe.contains("Tablet of p1"), "\(path)")
            #expect(!zoe.contains("Tablet of p2"), "\(path)")
            let max = try await get(path, as: "max", rig)
            #expect(max.contains("Tablet of p2"), "\(path)")
            #expect(!max.contains("Tablet of p1"), "\(path)")
        }
        let day = try await get("/me/day", rig)
        #expect(day.contains("app of p1"))
        #expect(!day.contains("app of p2"))
        // The door is everybody's: it would tell of the others.
        #expect(!day.contains("It was open."))
        #expect(try await get("/me/recorded", rig).contains("You share this with others"))
    }

    @Test("who looked: staff on pages and in the vault, of this home and no other; not oneself")
    func looks() async throws {
        let rig = try WebRig()
        let accounts = rig.site.accounts
        func look(_ by: StaffID, _ residence: ResidenceID?, _ what: String) throws {
            try accounts.record(
                .init(at: WebRig.now - .minutes(10), by: by, residence: residence, what: what))
        }
        try look("everywhere", "own", "/residences/own/day/2026-09-21")
        try look("carer", nil, "/people")
        try look("team_leader", "other", "/residences/other/day/2026-09-21")
        let vault = try Vault(home: rig.folder.path)
        try vault.note("p1", by: "installer", what: "show", at: WebRig.now - .minutes(5))
        try vault.note("p1", by: "p1", what: "annotations", at: WebRig.now - .minutes(4))
        try vault.note("p2", by: "researcher", what: "show", at: WebRig.now - .minutes(3))
        let text = try await get("/me/looks", rig)
        #expect(text.contains("looked at a day in your home."))
        #expect(text.contains("carer looked at your yes and your no."))
        #expect(text.contains("installer looked at what is known of you"))
        #expect(!text.contains("team_leader"), "a look at another home")
        #expect(!text.contains("researcher"), "a look at somebody else")
        #expect(!text.contains("read what you think"), "their own look")
    }

    @Test("a pause has an end that is offered, and only these")
    func pauseEnds() async throws {
        let zone = ZoneOffsets.utc
        let morning = Instant(milliseconds: 1_790_000_000_000 / 86_400_000 * 86_400_000) + .hours(9)
        typealias End = ResidentPage.PauseEnd
        #expect(End.hour.moment(after: morning, in: zone) == morning + .hours(1))
        #expect(End.tonight.moment(after: morning, in: zone) == morning + .hours(11))
        #expect(End.tonight.moment(after: morning + .hours(11), in: zone) == nil)
        #expect(End.tomorrow.moment(after: morning, in: zone) == morning + .hours(23))
        let rig = try WebRig()
        #expect(try await post("/me/pause", "until=hour", rig) == .seeOther)
        #expect(try await post("/me/pause", "until=never", rig) == .badRequest)
        #expect(try await post("/me/resume", "", rig) == .seeOther)
        #expect(
            await rig.performed.commands == [
                .pause("p1", until: WebRig.now + .hours(1), by: "p1"), .resume("p1", by: "p1"),
            ])
    }

    @Test("the person's words go into the vault as theirs; the study may have them if they say so")
    func thoughts() async throws {
        let rig = try WebRig()
        let form = "day=today&part=afternoon"
        #expect(try await post("/me/think", form + "&face=happy&share=no", rig) == .seeOther)
        #expect(
            try await post(
                "/me/think", form + "&face=words&words=we+made+%3Ccake%3E&share=yes", rig)
                == .seeOther)
        #expect(
            try await post("/me/think", form + "&face=words&words=&share=no", rig) == .badRequest)
        #expect(try await post("/me/think", form + "&face=happy&share=perhaps", rig) == .badRequest)
        #expect(
            try await post("/me/think", "day=today&part=noon&face=happy&share=no", rig)
                == .badRequest)
        func stored() throws -> [Annotation] {
            try Vault(home: rig.folder.path).annotations(
                of: "p1", by: "test", what: "test", at: WebRig.now)
        }
        #expect(try stored().map(\.content) == [.pictogram("happy"), .text("we made <cake>")])
        #expect(try stored().allSatisfy { $0.author == "p1" && $0.voice == .resident })
        #expect(try stored().map(\.mayLeave) == [false, true])
        let page = try await get("/me/think", rig)
        #expect(page.contains("we made &lt;cake&gt;"))
        // The author changes their mind; another resident cannot for them.
        #expect(try await post("/me/share", "id=2&share=no", as: "max", rig) == .notFound)
        #expect(try stored().map(\.mayLeave) == [false, true])
        #expect(try await post("/me/share", "id=2&share=no", rig) == .seeOther)
        #expect(try stored().map(\.mayLeave) == [false, false])
        #expect(try await !get("/me/think", as: "max", rig).contains("cake"))
    }

    @Test("a no is a no at once; a yes is a wish, of the very text that was shown")
    func answers() async throws {
        let rig = try WebRig()
        let page = try await get("/me/answers", rig)
        let match = try #require(page.firstMatch(of: /name="shown" value="([0-9a-f]{64})"/))
        let hash = String(match.1)
        #expect(
            try await post("/me/answers", "purpose=care&answer=yes&shown=\(hash)", rig) == .seeOther
        )
        #expect(
            try await post("/me/answers", "purpose=care&answer=yes&shown=00", rig) == .conflict,
            "another text than is shown")
        #expect(try await post("/me/answers", "purpose=care&answer=no", rig) == .seeOther)
        #expect(
            try await post("/me/answers", "purpose=safety&answer=no", rig) == .notFound,
            "what the page does not ask cannot be answered")
        let done = await rig.performed.commands
        #expect(done.count == 2)
        guard case .says(let saying) = done[0],
            case .wishes(.care, let shown) = saying.word, case .consent(let record) = done[1]
        else {
            Issue.record("\(done)")
            return
        }
        #expect(shown.hash == hash && shown.form == "easy_read")
        #expect(record.decision == .refuses && record.speaker == "p1" && record.capacity == .person)
    }

    @Test("a wish stands until the person says something else about the same")
    func wishes() {
        let shown = ConsentRecord.Information(version: "1", hash: "00", form: "easy_read")
        func entry(_ sequence: Int64, _ command: Command) -> CommandEntry {
            CommandEntry(
                sequence: SequenceNumber(rawValue: sequence), received: WebRig.now, command: command
            )
        }
        func wish(_ sequence: Int64, _ purpose: Purpose) -> CommandEntry {
            entry(
                sequence,
                .says(Saying(person: "p1", residence: "own", word: .wishes(purpose, shown))))
        }
        func no(_ sequence: Int64, _ capacity: ConsentCapacity) -> CommandEntry {
            entry(
                sequence,
                .consent(
                    ConsentRecord(
                        person: "p1", purpose: .care, decision: .refuses, speaker: "x",
                        capacity: capacity, information: shown, from: WebRig.now)))
        }
        func standing(_ sayings: [CommandEntry], _ entries: [CommandEntry]) -> [Purpose] {
            StandingWish.standing(sayings, after: entries).map(\.purpose)
        }
        #expect(standing([wish(1, .care), wish(2, .study("s"))], []) == [.care, .study("s")])
        #expect(
            standing([wish(1, .care), wish(2, .study("s"))], [no(3, .person)]) == [.study("s")])
        #expect(standing([wish(4, .care)], [no(3, .person)]) == [.care])
        #expect(standing([wish(1, .care)], [no(3, .tutor)]) == [.care], "theirs is their own")
    }

    @Test("what people say on their page is stored and read back as it was said")
    func stored() throws {
        let shown = ConsentRecord.Information(version: "2", hash: "ab", form: "easy_read")
        for word in [Saying.Word.fine, .help, .wishes(.study("s"), shown)] {
            for room in [nil, "own/hall"] as [RoomID?] {
                let command = Command.says(
                    Saying(person: "p1", residence: "own", room: room, word: word))
                let (kind, body) = try StoredCommand.encode(command)
                #expect(StoredCommand.decode(kind: kind, body: body) == command)
            }
        }
        #expect(StoredCommand.decode(kind: "says", body: "{\"person\":\"p1\"}") == nil)
    }

    @Test("where something fails the page says so in easy words, and says what else helps")
    func failure() async throws {
        let rig = try WebRig()
        let (cookie, token) = try rig.signIn("zoe")
        rig.site.inbox.close(reason: "the hub stops")
        try await rig.application.test(.router) { client in
            let response = try await client.execute(
                uri: "/me/help", method: .post,
                headers: [
                    .cookie: "\(cookie); language=en",
                    .contentType: "application/x-www-form-urlencoded",
                ], body: ByteBuffer(string: "form_token=\(token)"))
            #expect(response.status == .conflict)
            let text = String(buffer: response.body)
            #expect(text.contains("It did not work."))
            #expect(text.contains("use your call button"))
            #expect(!text.contains("class=\"top\"><a class=\"brand\""))
        }
    }

    @Test("a page that is opened keeps its session; one that is not opened for a month is closed")
    func session() async throws {
        let rig = try WebRig()
        let (cookie, _) = try rig.signIn("zoe")
        let token = String(cookie.dropFirst("foyer=".count))
        let (staff, _) = try rig.signIn("carer")
        _ = try await rig.application.test(.router) { client in
            try await client.execute(uri: "/me", method: .get, headers: [.cookie: cookie])
        }
        let accounts = rig.site.accounts
        #expect(try accounts.session(token, at: WebRig.now + .days(29)) != nil)
        #expect(try accounts.session(token, at: WebRig.now + .days(31)) == nil)
        // A page that stays open asks what is so now, and stays open.
        try accounts.prolong(token, lasting: .days(30), at: WebRig.now + .hours(23))
        #expect(
            try accounts.session(token, at: WebRig.now + .days(30) + .hours(12)) == nil,
            "written down once a day")
        try accounts.prolong(token, lasting: .days(30), at: WebRig.now + .hours(25))
        #expect(try accounts.session(token, at: WebRig.now + .days(30) + .hours(12)) != nil)
        #expect(
            try accounts.session(String(staff.dropFirst(6)), at: WebRig.now + .hours(2)) == nil)
        try accounts.prolong(token, lasting: .days(9), at: WebRig.now + .days(32))
        #expect(
            try accounts.session(token, at: WebRig.now + .days(32)) == nil,
            "one that is over does not come back")
    }
}
