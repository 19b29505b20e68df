import Foundation
import Rules
import Testing

@testable import Hub

@Suite("The demonstration")
struct DemonstrationTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "devices")

    @Test("its home has no errors, and its script tells the same day for the same seed")
    func sound() throws {
        let home = try HomeFolder.load(
            Self.folder.appending(path: "demo").path, shippedProfiles: Self.folder.path)
        #expect(!home.hasErrors, "\(home.report)")
        let path = Self.folder.appending(path: "demo/script.yaml").path
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let script = try DemoScript.parse(text, file: "script.yaml")
        let zone = try #require(home.zones[script.zone])
        let day = script.day(20_500, ordinal: 0, zone: zone)
        #expect(day.count > 1000)
        #expect(day == script.day(20_500, ordinal: 0, zone: zone))
    }
}
