import Foundation
import Rules
import Testing

@testable import Hub

@Suite("Rules as sentences")
struct RuleSentencesTests {
    /// A home with titles; what it has once is called by them.
    static let home: Home = {
        func text(_ english: String, _ french: String) -> LocalizedText {
            LocalizedText(english: english, french: french)
        }
        func device(
            _ name: String, _ kind: String, _ room: String?, _ title: LocalizedText,
            person: PersonID? = nil, labels: [String] = []
        ) -> Device {
            Device(
                id: DeviceID(rawValue: "lilas/\(name)"), name: name, title: title,
                residence: "lilas", room: room.map { RoomID(rawValue: "lilas/\($0)") },
                person: person, kind: kind, labels: labels, profile: "test", capabilities: [],
                silentAfter: nil)
        }
        let rooms: [(String, LocalizedText)] = [
            ("hall", text("Hall", "Entrée")), ("kitchen", text("Kitchen", "Cuisine")),
            ("bathroom", text("Bathroom", "Salle de bains")),
            ("bedroom", text("Bedroom", "Chambre")),
        ]
        return Home(
            residences: [
                Residence(
                    id: "lilas", title: text("Lilas", "Lilas"), zone: "Europe/Paris",
                    position: GeographicPosition(latitude: 48.85, longitude: 2.35),
                    rooms: rooms.map { name, title in
                        Room(
                            id: RoomID(rawValue: "lilas/\(name)"), title: title, kind: name,
                            person: name == "bedroom" ? "p1" : nil)
                    }, people: ["p1"])
            ],
            devices: [
                device(
                    "front_door", "door", "hall", text("Front door", "Porte d'entrée"),
                    labels: ["outside"]),
                device("back_door", "door", "kitchen", text("Back door", "Porte de derrière")),
                device(
                    "hall_motion", "motion", "hall",
                    text("Movement in the hall", "Mouvement dans l'entrée")),
                device(
                    "bedroom_motion", "motion", "bedroom",
                    text("Movement in the bedroom", "Mouvement dans la chambre")),
                device("stove", "stove", "kitchen", text("Stove", "Cuisinière")),
                device("window_1", "window", "bedroom", text("Window 1", "Fenêtre 1")),
                device("window_2", "window", "kitchen", text("Window 2", "Fenêtre 2")),
                device("fridge", "fridge", "kitchen", text("Fridge", "Réfrigérateur")),
                device(
                    "call", "call_button", "bedroom", text("Call button", "Bouton d'appel"),
                    person: "p1"),
                device("tablet", "tablet", nil, text("Tablet", "Tablette"), person: "p1"),
                device("smoke", "smoke", "kitchen", text("Smoke detector", "Détecteur de fumée")),
            ])
    }()

    static func said(_ yaml: String, home: Home) -> String {
        do {
            let node = try YAML.parse(yaml, file: "rules/r.yaml")
            let (rules, diagnostics) = RuleParser.parse(files: [node], home: home)
            let errors = diagnostics.filter { $0.severity == .error }
            guard errors.isEmpty else { return errors.map(\.message).joined(separator: "\n") }
            let traces = rules.traces.map { trace in
                let sentence = Sentence.of(trace, in: home)
                return "\(sentence.english)\n\(sentence.french)"
            }
            let said = rules.rules.map { rule in
                let sentence = Sentence.of(rule, in: home)
                let keeping = Sentence.keeping(of: rule)
                return sentence.english + (keeping.map { " [\($0.english)]" } ?? "") + "\n"
                    + sentence.french + (keeping.map { " [\($0.french)]" } ?? "")
            }
            return (said + traces).joined(separator: "\n")
        } catch {
            return error.description
        }
    }

    @Test("every operator and every key of a rule is said in English and in French")
    func operators() throws {
        try GoldenMessages("rule-sentences.txt").check { Self.said($0, home: Self.home) }
    }

    @Test("the demonstration's rules are said with the titles of its home")
    func demonstration() throws {
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../..").standardizedFileURL
        let home = try HomeFolder.load(
            repository.appendingPathComponent("devices/demo").path)
        try GoldenMessages("demo-sentences.txt").check { input in
            let id = input.trimmingCharacters(in: .whitespacesAndNewlines)
            guard let rule = home.rules.rules.first(where: { $0.id.rawValue == id }) else {
                return "there is no such rule"
            }
            let sentence = Sentence.of(rule, in: home.home)
            return "\(sentence.english)\n\(sentence.french)"
        }
        let said = try GoldenMessages("demo-sentences.txt").cases.map {
            $0.input.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        #expect(said == home.rules.rules.map(\.id.rawValue))
    }

    @Test("without a home, devices are called by their kind, or by the name in the rule")
    func withoutHome() {
        let said = Self.said(
            """
            rules:
              - id: r
                priority: info
                when: {any: [{device: front_door, reading: contact, becomes: open}, {device: pantry_hatch, reading: contact, becomes: open}, {kind: motion, room: kitchen}]}
            """, home: Home())
        #expect(
            said == """
                If the front door opens or the pantry hatch opens or somebody moves in the kitchen, write it down.
                Si la porte d'entrée s'ouvre ou que l'appareil « pantry hatch » s'ouvre ou que quelqu'un bouge dans la cuisine, le noter.
                """)
    }
}
