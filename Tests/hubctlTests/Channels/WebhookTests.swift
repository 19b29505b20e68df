import Foundation
import Rules
import Testing

@testable import Hub

@Suite("hubctl notify: the ways to reach people, tried out", .serialized)
struct WebhookTests {
    /// A starting home with a webhook to a receiver.
    private func home(_ receiver: Receiver, form: String = "foyer") throws -> CommandLine {
        let line = try CommandLine()
        try line.hubctl("init", "home")
        try line.write("home/secret", "a quiet word\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: line.folder + "/home/secret")
        try line.write(
            "home/notifications.yaml",
            """
            version: 1
            channels:
              hook: {webhook: "\(receiver.url)", secret_file: secret, form: \(form)}
            """)
        return line
    }

    @Test("a webhook is signed: openssl finds the same signature over what arrived")
    func signature() throws {
        let receiver = try Receiver()
        let line = try home(receiver)
        let answer = try line.hubctl("notify", "test", "--home", "home")
        #expect(answer.code == 0, "\(answer)")
        #expect(answer.output.contains("ok"))
        let call = try #require(receiver.calls.first)
        #expect(receiver.calls.count == 1)
        let parts = try #require(call.headers["x-foyer-signature"]).split(separator: ",")
        let time = try #require(parts.first?.dropFirst(2))
        let claimed = try #require(parts.last?.dropFirst(3))
        let seconds = try #require(Int64(time))
        #expect(abs(seconds - Clock.system.now().milliseconds / 1000) < 60)
        try line.write("signed", "\(time).\(call.body)")
        let found = try line.run(
            ["dgst", "-sha256", "-hmac", "a quiet word", "signed"], program: "/usr/bin/openssl")
        #expect(found.output.hasSuffix("\(claimed)\n"), "\(found)")
        #expect(call.headers["idempotency-key"] == call.text("id"))
        #expect(call.text("kind") == "drill")
        #expect(call.text("text")?.contains("Exercice") == true)
        #expect(call.text("text")?.contains("Drill") == true)
    }

    @Test("the Alertmanager form has the fields that its receivers read")
    func alertmanager() throws {
        let receiver = try Receiver()
        let line = try home(receiver, form: "alertmanager")
        #expect(try line.hubctl("notify", "test", "--home", "home").code == 0)
        let call = try #require(receiver.calls.first)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(call.body.utf8)) as? [String: Any])
        #expect(json["version"] as? String == "4")
        #expect(json["status"] as? String == "firing")
        let alert = try #require((json["alerts"] as? [[String: Any]])?.first)
        let labels = try #require(alert["labels"] as? [String: String])
        #expect(labels["alertname"] == BuiltInRule.drill.id.rawValue)
        #expect(labels["severity"] == "medium")
        #expect(alert["endsAt"] as? String == "0001-01-01T00:00:00Z")
    }

    @Test("a receiver that refuses, or is not there, is told by name, and the command fails")
    func refused() throws {
        let receiver = try Receiver()
        let line = try home(receiver)
        receiver.fail { _ in true }
        let refused = try line.hubctl("notify", "test", "--home", "home")
        #expect(refused.code == 1)
        #expect(refused.output.contains("FAILED  hook"))
        #expect(refused.output.contains("500"))
        let unknown = try line.hubctl("notify", "test", "--home", "home", "--channel", "hok")
        #expect(unknown.code != 0)
        #expect(unknown.errors.contains("notifications.yaml has: hook"))
    }

    @Test(
        "a secret that others may read, a password in an address, an unknown form are found by check"
    )
    func wrongSettings() throws {
        let receiver = try Receiver()
        let line = try home(receiver, form: "slack")
        try line.write("home/open", "x")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: line.folder + "/home/open")
        try line.write(
            "home/notifications.yaml",
            """
            version: 1
            channels:
              one: {webhook: "https://user:password@example.org/", form: slack}
              two: {webhook: "https://example.org/", secret_file: open}
              three: {webhook: "ftp://example.org/"}
              four: {apprise_file: not-there}
              five: {}
            """)
        let answer = try line.hubctl("check", "--home", "home")
        let text = answer.output + answer.errors
        #expect(answer.code != 0)
        for code in [
            "unknown-form", "secret-in-file", "open-secret", "bad-url", "unreadable-file",
            "missing-key",
        ] { #expect(text.contains(code), "\(code): \(text)") }
    }
}
