import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Rules
import Testing

@testable import Hub

@Suite("Staff say what they saw, side by side with residents; names are from the vault")
struct WordsPageTests {
    private func get(
        _ path: String, as id: StaffID, _ rig: WebRig, language: String = "en"
    ) async throws -> TestResponse {
        let (cookie, _) = try rig.signIn(id)
        return try await rig.application.test(.router) { client in
            try await client.execute(
                uri: path, method: .get,
                headers: [.cookie: cookie, .acceptLanguage: language])
        }
    }

    private func text(_ response: TestResponse) -> String { String(buffer: response.body) }

    /// Sends a form as a browser does; gives the status.
    private func post(
        _ fields: [(String, String)], file: [UInt8]? = nil, as id: StaffID = "carer",
        to path: String = "/residences/own/words", token: String? = nil, _ rig: WebRig
    ) async throws -> Int {
        let (cookie, own) = try rig.signIn(id)
        var body = ""
        for (name, value) in fields + [("form_token", token ?? own)] {
            body += "--X\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n"
        }
        var bytes = ByteBuffer(string: body)
        if let file {
            bytes.writeString(
                "--X\r\nContent-Disposition: form-data; name=\"recording\"; filename=\"a; name=\"\r\nContent-Type: audio/ogg\r\n\r\n"
            )
            bytes.writeBytes(file)
            bytes.writeString("\r\n")
        }
        bytes.writeString("--X--\r\n")
        let sent = bytes
        let response: TestResponse = try await rig.application.test(.router) { client in
            try await client.execute(
                uri: path, method: .post,
                headers: [.cookie: cookie, .contentType: "multipart/form-data; boundary=X"],
                body: sent)
        }
        return response.status.code
    }

    /// 2026-09-21, Paris; the rig's clock stands at 16:13.
    private static let span = [
        ("person", "p1"), ("device", "own/tablet-p1"), ("from", "2026-09-21T10:00"),
        ("until", "2026-09-21T11:30"),
    ]

    @Test(
        "words, a picture, help and a recording in one form: each stands by itself, with its author"
    )
    func says() async throws {
        let rig = try WebRig()
        let sound = Array("OggS".utf8) + [0, 0x0d, 0x0a, 0x2d, 0x2d, 0xff]
        let code = try await post(
            Self.span + [
                ("words", "she laughed <b>\r\ntwice"), ("picture", "happy"),
                ("support", "helped"), ("prompts", "2"), ("share", "yes"),
            ], file: sound, rig)
        #expect(code == 303)
        let vault = try Vault(home: rig.folder.path, environment: [:])
        let said = try vault.annotations(of: "p1", by: "test", what: "annotations", at: WebRig.now)
        #expect(
            said.map(\.content) == [
                .text("she laughed <b>\ntwice"), .pictogram("happy"),
                .support(UseWord.Support(isAlone: false, prompts: 2)!),
                .recording(sound, ending: "ogg"),
            ])
        let zone = rig.site.zone("own")
        for one in said {
            #expect(one.author == "carer" && one.voice == .staff && one.mayLeave)
            #expect(one.device == "own/tablet-p1")
            #expect(WordsPage.minute(one.span.lowerBound, zone) == "2026-09-21T10:00")
            #expect(one.span.upperBound - one.span.lowerBound == .minutes(90))
        }
        let path = "/residences/own/words?person=p1&day=2026-09-21"
        let page = text(try await get(path, as: "everywhere", rig))
        #expect(page.contains("she laughed &lt;b&gt;"))
        #expect(page.contains("With help, 2 prompts a use") && page.contains("it went well"))
        #expect(!page.contains("/words/share"), "it is not theirs to give")
        #expect(text(try await get(path, as: "carer", rig)).contains("/words/share"))
        #expect(text(try await get(path, as: "carer", rig, language: "fr")).contains("Avec de l"))
        let audio = try await get("/residences/own/words/p1/recordings/4", as: "carer", rig)
        #expect(audio.headers[.contentType] == "audio/ogg")
        #expect(Array(buffer: audio.body) == sound)
        // Not under another's name, nor of what is no recording.
        for path in [
            "/residences/own/words/p2/recordings/4", "/residences/own/words/p1/recordings/1",
            "/residences/own/words/p1/recordings/99",
        ] { #expect(try await get(path, as: "carer", rig).status == .notFound, "\(path)") }
        // It is the author's to take back, and nobody else's.
        for (id, status) in [("team_leader", 404), ("carer", 303)] as [(StaffID, Int)] {
            let (cookie, token) = try rig.signIn(id)
            let code = try await rig.application.test(.router) { client in
                try await client.execute(
                    uri: "/residences/own/words/share", method: .post,
                    headers: [
                        .cookie: cookie, .contentType: "application/x-www-form-urlencoded",
                    ],
                    body: ByteBuffer(
                        string: "form_token=\(token)&person=p1&number=1&share=no&day=2026-09-21"))
            }.status.code
            #expect(code == status, "\(id)")
        }
        let left = try vault.annotation(1, of: "p1", by: "test", at: WebRig.now)
        #expect(left?.mayLeave == false && left?.content == said[0].content)
    }

    @Test("what is wrong is refused as a whole: nothing is stored")
    func refused() async throws {
        let rig = try WebRig()
        let words = ("words", "x")
        func status(_ changed: [(String, String)], file: [UInt8]? = nil) async throws -> Int {
            let names = Set(changed.map(\.0))
            return try await post(
                Self.span.filter { !names.contains($0.0) } + changed, file: file, rig)
        }
        #expect(try await status([]) == 400)
        #expect(try await status([words, ("person", "p3")]) == 400)
        #expect(try await status([words, ("device", "other/door")]) == 400)
        #expect(try await status([words, ("from", "2026-09-22T10:00"), ("until", "")]) == 400)
        #expect(try await status([words, ("until", "2026-09-21T09:00")]) == 400)
        #expect(try await status([words, ("from", "2026-02-30T09:00")]) == 400)
        #expect(try await status([words, ("from", "2026-09-21T9:0")]) == 400)
        #expect(try await status([words, ("picture", "<svg>")]) == 400)
        #expect(try await status([words, ("support", "alone"), ("prompts", "1")]) == 400)
        #expect(try await status([words, ("support", "helped"), ("prompts", "x")]) == 400)
        #expect(try await status([words, ("prompts", "1")]) == 400)
        #expect(try await status([("words", String(repeating: "é", count: 2001))]) == 400)
        #expect(try await status([words], file: Array("<script>".utf8)) == 400)
        #expect(
            try await status(
                [words], file: Array("OggS".utf8) + [UInt8](repeating: 0, count: 8_000_000)) == 400)
        #expect(try await post(Self.span + [words], token: "0", rig) == 403)
        #expect(try await post(Self.span + [words], as: "installer", rig) == 403)
        #expect(
            try await post(Self.span + [words], to: "/residences/other/words", rig) == 404)
        if let vault = try Vault.existing(home: rig.folder.path) {
            #expect(
                try vault.annotations(of: "p1", by: "test", what: "x", at: WebRig.now).isEmpty)
        }
        #expect(try await status([words]) == 303)
    }

    @Test("two say different things of a use: both stand there, and it is unknown")
    func contested() async throws {
        let rig = try WebRig()
        let path = "/residences/own/words?person=p1&day=2026-09-21"
        func cell() async throws -> String {
            let page = text(try await get(path, as: "carer", rig))
            let row = try #require(page.firstMatch(of: /app of p1.*?<\/td><td>(.*?)<\/td>/))
            return String(row.1)
        }
        #expect(try await cell() == "–")
        let all = [("person", "p1"), ("device", ""), ("from", "2026-09-21T00:00")]
        let day = all + [("until", "2026-09-21T23:59")]
        #expect(try await post(day + [("support", "alone")], rig) == 303)
        #expect(try await cell() == "on one&#39;s own")
        #expect(
            try await post(day + [("support", "helped")], as: "everywhere", rig) == 303)
        #expect(try await cell() == "–")
        // Who was wrong says it anew.
        #expect(try await post(day + [("support", "helped")], rig) == 303)
        #expect(try await cell() == "with help")
    }

    @Test(
        "names are seen by those who look after people, escaped; by others identifiers; each look is written down once a day"
    )
    func names() async throws {
        let rig = try WebRig()
        let vault = try Vault(home: rig.folder.path, environment: [:])
        for (id, given) in [("p1", WebRig.hostile), ("p2", "Max"), ("p3", "Elsewhere")] {
            var person = Vault.Person(id: id)
            person.given = given
            person.family = "Martin"
            try vault.add(person, residence: "own", room: nil, from: "2026-01-01")
        }
        for path in ["/people", "/residences/own/words", "/residences/own/people/p1/looks"] {
            let page = text(try await get(path, as: "team_leader", rig))
            #expect(!page.contains("<script>alert"), "\(path)")
            #expect(page.contains("&lt;script&gt;alert(1)"), "\(path)")
            #expect(!page.contains("Elsewhere"), "\(path)")
        }
        #expect(text(try await get("/people", as: "carer", rig)).contains("Max Martin"))
        for path in ["/devices", "/residences/own/devices/tablet-p2"] {
            #expect(!text(try await get(path, as: "installer", rig)).contains("Martin"), "\(path)")
        }
        // Programs are told identifiers.
        let api = text(try await get("/api/v1/residences", as: "carer", rig))
        #expect(!api.contains("Martin"))
        let looks = try vault.accesses(of: "p2").filter { $0.what == "names" }.map(\.by).sorted()
        #expect(looks == ["carer", "team_leader"])
        #expect(try vault.accesses(of: "p3").isEmpty)
        // A change is seen at once.
        var max = try vault.person("p2", by: "test", what: "show", at: WebRig.now)
        max.given = "Maxime"
        try vault.update(max)
        #expect(text(try await get("/people", as: "carer", rig)).contains("Maxime Martin"))
    }

    @Test("without the vault's key identifiers stand there, and the page says why")
    func closed() async throws {
        let rig = try WebRig()
        let vault = try Vault(home: rig.folder.path, environment: [:])
        var person = Vault.Person(id: "p1")
        person.given = "Zoé"
        try vault.add(person, residence: "own", room: nil, from: "2026-01-01")
        #expect(text(try await get("/people", as: "carer", rig)).contains("Zoé"))
        try FileManager.default.removeItem(atPath: rig.folder.file("vault.key"))
        let page = text(try await get("/people", as: "carer", rig))
        #expect(!page.contains("Zoé") && page.contains("<h3>p1</h3>"))
        #expect(page.contains("the vault&#39;s key is away"))
        let words = try await get("/residences/own/words", as: "carer", rig)
        #expect(words.status == .ok)
        #expect(text(words).contains("What was said cannot be read"))
        #expect(!text(words).contains("name=\"words\""))
    }

    @Test("two who are called the same are told apart")
    func sameName() {
        #expect(
            ResidentNames.apart(["p1": "Max", "p2": "Max", "p3": "Zoé"])
                == ["p1": "Max (p1)", "p2": "Max (p2)", "p3": "Zoé"])
    }

    @Test("who looked is one list for staff: pages and vault")
    func looks() async throws {
        let rig = try WebRig()
        let vault = try Vault(home: rig.folder.path, environment: [:])
        try vault.note("p1", by: "researcher", what: "show", at: WebRig.now - .minutes(2))
        _ = try await get("/residences/own/day/2026-09-21", as: "carer", rig)
        let page = text(try await get("/residences/own/people/p1/looks", as: "team_leader", rig))
        #expect(page.contains("a day in the home"))
        #expect(page.contains("what the vault knows of them"))
        #expect(
            try await get("/residences/own/people/p3/looks", as: "team_leader", rig).status
                == .notFound)
        for kind in PersonLook.Kind.allCases {
            #expect(!LookWords.text(of: kind, isFrench: true).hasPrefix("looked_"), "\(kind)")
            for language in WebLanguage.allCases {
                let word = EasyRead.text("looked_\(kind.rawValue)", language)
                #expect(!word.hasPrefix("looked_"), "\(kind)")
            }
        }
        let told: [String: PersonLook.Kind] = [
            "export": .copy, "erase": .erasure, "report of study s": .report,
            "export of study s": .study,
        ]
        for (what, kind) in told {
            let look = PersonLook(at: WebRig.now, by: "x", source: .vault(what))
            #expect(look.kind == kind, "\(what)")
        }
    }
}

@Suite("A form with a file")
struct MultipartFormTests {
    private static let type = "multipart/form-data; boundary=\"b\""

    private func form(_ body: String, _ type: String = Self.type) -> MultipartForm? {
        MultipartForm(Data(body.utf8), contentType: type)
    }

    private func part(_ head: String, _ content: String) -> String {
        "--b\r\nContent-Disposition: form-data; \(head)\r\n\r\n\(content)\r\n"
    }

    @Test("fields and files, whatever a file is called and holds")
    func reads() throws {
        let body =
            part("name=\"a\"", "1\r\n2") + part("name=\"f\"; filename=\"x\"; name=\"a\"", "--c\r\n")
            + part("name=\"none\"; filename=\"\"", "") + "--b--\r\n"
        let read = try #require(form(body))
        #expect(read.fields == ["a": "1\r\n2"])
        #expect(read.files == ["f": Data("--c\r\n".utf8)])
    }

    @Test("what is not of that form is none")
    func refuses() {
        let good = part("name=\"a\"", "1")
        #expect(form(good + "--b--") != nil)
        for body in [
            "", "--b", good, "x" + good + "--b--", good + good + "--b--", good + "--b\r\n\r\n--b--",
            "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
            "--b\r\n" + String(repeating: "h", count: 2000) + "\r\n\r\nx\r\n--b--",
            (0..<30).map { part("name=\"f\($0)\"", "") }.joined() + "--b--",
            part("name=\"a\"", String(repeating: "x", count: 20_000)) + "--b--",
        ] { #expect(form(body) == nil, "\(body.prefix(60))") }
        #expect(form(good + "--b--", "multipart/form-data") == nil)
        #expect(form(good + "--b--", "multipart/mixed; boundary=b") == nil)
        #expect(form(good + "--b--", "multipart/form-data; boundary=") == nil)
    }

    @Test("no bytes make it fail otherwise")
    func random() {
        var random = SeededGenerator(seed: 21)
        let pieces = [
            "--b", "\r\n", "--", "Content-Disposition: form-data; ", "name=\"a\"", ";", "filename",
            "x", "\"",
        ]
        for _ in 0..<3000 {
            let body = (0..<Int.random(in: 0...14, using: &random))
                .map { _ in pieces.randomElement(using: &random)! }.joined()
            _ = form(body)
        }
    }

    @Test("a recording is told by its bytes")
    func recordings() {
        let known: [(String, [UInt8])] = [
            ("ogg", Array("OggS".utf8)), ("wav", Array("RIFF1234WAVEfmt".utf8)),
            ("webm", [0x1a, 0x45, 0xdf, 0xa3, 1]), ("m4a", [0, 0, 0, 32] + Array("ftypM4A ".utf8)),
            ("mp3", Array("ID3".utf8)), ("mp3", [0xff, 0xfb, 0x90]),
        ]
        for (ending, bytes) in known { #expect(VoiceFile.ending(of: bytes) == ending) }
        for bytes in [
            [], [0xff], [0xff, 0xd8, 0xff], Array("<html>".utf8), Array("RIFF1234AVI ".utf8),
        ]
            as [[UInt8]]
        { #expect(VoiceFile.ending(of: bytes) == nil) }
        for ending in Annotation.endings {
            #expect(VoiceFile.type(of: ending).hasPrefix("audio/"), "\(ending)")
        }
    }
}
