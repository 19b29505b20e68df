import Foundation
import Rules
import Testing

@testable import Hub

@Suite("docs/profiles.md")
struct ProfileDocumentationTests {
    private static let text =
        (try? String(contentsOfFile: Repository.root + "/docs/profiles.md", encoding: .utf8)) ?? ""

    /// The page's YAML blocks that are profiles.
    static let profiles: [String] = text.components(separatedBy: "```yaml\n").dropFirst()
        .compactMap { $0.components(separatedBy: "\n```").first }

    @Test(
        "each profile on the page is sound, and its samples come out as it says",
        arguments: profiles)
    func example(text: String) throws {
        let (profile, diagnostics) = ProfileRig.parse(text)
        #expect(diagnostics.isEmpty, "\(diagnostics)")
        let sound = try #require(profile)
        #expect(!sound.samples.isEmpty)
        for failure in ProfileSamples.run(sound) { Issue.record("\(failure)") }
    }

    @Test("there are as many as we think")
    func count() { #expect(Self.profiles.count == 10) }

    @Test(
        "every key of the language is on the page",
        arguments: [
            "profile", "id", "title", "convention", "kind", "match", "messages", "availability",
            "liveness", "battery", "usage", "class", "above", "at_least", "merge", "script",
            "commissioning", "tests", "topic", "role",
            "retained", "time", "when", "dedupe", "readings", "capability", "unit", "from", "each",
            "instance", "map", "otherwise", "sentinels", "above", "below", "scale", "offset",
            "valid",
            "default", "repeats", "every", "change_min", "repeat_window", "stale", "at", "format",
            "means", "trusted", "max_age", "ahead", "zone", "window", "ignore", "online", "offline",
            "scope", "expect", "grace", "low", "implausible", "models", "not", "present", "least",
            "most", "keys", "payload", "payload_hex", "received", "ignored", "quarantined",
            "freshness", "occurred", "clock_fault",
        ])
    func complete(key: String) {
        #expect(Self.text.contains("`\(key)") || Self.text.contains("\(key):"), "\(key)")
    }
}
