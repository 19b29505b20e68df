import Foundation
import Testing

@Suite("How the sources hang together")
struct StructureTests {
    /// Which folder of Hub may use which. A folder uses those that an event has passed before it comes there; the
    /// wiring, `Hub.swift`, uses all. Widen it only where the data flows that way.
    static let allowed: [String: Set<String>] = [
        // Profiles are YAML texts, and a home's configuration is told with its devices.
        "Configuration": ["Devices"],
        "Devices": ["Configuration"],
        "Journal": ["Configuration", "Devices"],
        "Alerts": ["Configuration", "Journal"],
        "Intake": ["Configuration", "Devices", "Journal", "Alerts"],
        // The rules run again: over the journal, or over a recorded home.
        "Backtest": ["Configuration", "Journal", "Simulation"],
        // Measures the whole way of an event, with everything that lies on it.
        "Benchmark": [
            "Configuration", "Devices", "Intake", "Journal", "Alerts", "Simulation", "Backtest",
            "People", "Traces", "Studies", "Rights",
        ],
        // What the rules came to, in words.
        "Explanations": ["Configuration", "Journal"],
        "Traces": ["Configuration", "Journal"],
        // People say what they saw of a use.
        "People": ["Configuration", "Journal", "Traces"],
        "Studies": ["Configuration", "Journal", "Traces", "People"],
        // What a person may ask for: all of it, or none of it any more; and what goes by itself in time.
        "Rights": ["Configuration", "Devices", "Journal", "Traces", "People", "Studies"],
        "Web": [
            "Configuration", "Devices", "Intake", "Journal", "Alerts", "Traces", "People",
            "Studies", "Explanations", "Backtest",
        ],
        // Plays devices, from outside of the hub: a publisher at the other end of the broker.
        "Simulation": ["Configuration", "Intake"],
    ]

    @Test("a folder of Hub uses only those that come before it in the way of an event")
    func folders() throws {
        let edges = try SourceTree().edges(of: "Hub")
        #expect(edges.count > 8, "the scan finds hardly anything: \(edges.keys)")
        for (edge, uses) in edges where !edge.from.isEmpty {
            let folders = try #require(
                Self.allowed[edge.from], "\(edge.from) is not in the table of folders")
            #expect(folders.contains(edge.to), "\(edge): \(uses.joined(separator: ", "))")
        }
    }

    @Test("each foreign library is imported in one place, and Rules imports no Foundation")
    func imports() throws {
        let homes: [String: Set<String>] = [
            "Yams": ["Hub/Configuration"],
            "CMosquitto": ["Hub/Intake"],
            "GRDB": ["Hub/Journal", "Hub/People"],
            "GRDBSQLite": ["Hub/Journal", "Hub/People"],
            "Hummingbird": ["Hub/Web"],
            "HummingbirdTLS": ["Hub/Web"],
            "Mustache": ["Hub/Web"],
            "CryptoExtras": ["Hub/People"],
        ]
        var seen: Set<String> = []
        for file in try SourceTree().files {
            for module in file.imports {
                guard let allowed = homes[module] else { continue }
                seen.insert(module)
                #expect(allowed.contains(file.folder), "\(file.path) imports \(module)")
            }
            guard file.path.hasPrefix("Rules/") else { continue }
            let pure = file.imports.filter { $0.hasSuffix("Module") || $0 == "OrderedCollections" }
            #expect(file.imports == pure, "\(file.path) imports \(file.imports)")
        }
        #expect(seen.isSuperset(of: ["Yams", "CMosquitto", "GRDB"]))
    }

    @Test("hubctl opens no database, no broker and no YAML by itself")
    func hubctl() throws {
        for file in try SourceTree().files where file.path.hasPrefix("hubctl/") {
            #expect(
                file.imports.isDisjoint(with: ["GRDB", "CMosquitto", "Yams"]), "\(file.path)")
        }
    }

    @Test("the scan sees a use, and is not misled by comments, texts and members")
    func scan() {
        let file = SourceTree.file(
            "Hub/A/x.swift",
            """
            @testable import Foundation
            public import Rules
            // Hidden
            /* Veiled
               too */
            public final class Mine { struct Inner {} ; let a: Other, b: Outer.Member = "Text \\(Inside)" }
            """)
        #expect(file.imports == ["Foundation", "Rules"])
        #expect(file.folder == "Hub/A")
        #expect(SourceTree.declared(in: file) == ["Mine"])
        #expect(SourceTree.nested(in: file) == ["Mine", "Inner"])
        #expect(
            SourceTree.used(in: file) == ["Foundation", "Rules", "Mine", "Inner", "Other", "Outer"])
    }
}
