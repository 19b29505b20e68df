import Foundation
import Hub
import Rules
import Testing

@testable import hubctl

@Suite("The starting home")
struct StartingHomeTests {
    @Test("what init writes has neither errors nor warnings")
    func sound() throws {
        let folder = NSTemporaryDirectory() + "foyer-init-" + UUID().uuidString.prefix(8)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.createDirectory(
            atPath: folder + "/rules", withIntermediateDirectories: true)
        for (name, text) in StartingHome.files {
            try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
        }
        let profiles = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "devices").path
        let home = try HomeFolder.load(folder, shippedProfiles: profiles)
        #expect(home.diagnostics.isEmpty, "\(home.report)")
        #expect(home.plan.instances.count == 4)
        // What it writes out is what would hold without it.
        let written = try #require(home.configuration)
        var broker = written.broker
        #expect(written.clientID == "foyer-site")
        broker.clientID = nil
        #expect(broker == BrokerSettings())
        #expect(written.intake == IntakeSettings())
    }
}
