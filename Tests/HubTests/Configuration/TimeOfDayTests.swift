import Foundation
import Testing

@testable import Hub
@testable import Rules

@Suite("Time of day: hub.yaml, zones and the manual")
struct TimeOfDayTests {
    @Test(
        "each kind of window is what it should be in each night of a change, by this machine's zone data",
        arguments: ChangeNights.rows)
    func changeNights(_ row: ChangeNights.Row) throws {
        let zone = try #require(ZoneLoader.load(row.zone))
        let locality = Locality(zone: zone, position: WallTime.positions[row.zone])
        #expect(ChangeNights.problem(row, in: locality) == nil)
    }

    private static func hub(_ keys: String, residence: String = "") throws -> (
        HubConfiguration?, [Diagnostic]
    ) {
        let text = """
            version: 1
            site: s
            zone: Europe/Paris
            \(keys)
            residences:
              - {id: a\(residence)}
              - {id: b}
            """
        var reader = HubReader(folder: "/")
        let configuration = reader.read(try YAML.parse(text, file: "hub.yaml"))
        return (configuration, reader.diagnostics)
    }

    @Test("a residence is where hub.yaml says, or where it says of itself")
    func positions() throws {
        let (hub, diagnostics) = try Self.hub(
            "latitude: 48.85\nlongitude: 2.35", residence: ", latitude: 47.2, longitude: -1.55")
        #expect(diagnostics.isEmpty)
        #expect(
            hub?.residences.map(\.position) == [
                GeographicPosition(latitude: 47.2, longitude: -1.55),
                GeographicPosition(latitude: 48.85, longitude: 2.35),
            ])
        #expect(try Self.hub("").0?.residences.map(\.position) == [nil, nil])
    }

    @Test("holidays are dates, spans, a calendar, or all of these")
    func holidays() throws {
        let day = WallTime.day("2026-12-24")
        #expect(try Self.hub("").0?.holidays == Holidays())
        #expect(
            try Self.hub("holidays: [2026-12-24, {from: 2026-12-27, to: 2026-12-31}]").0?.holidays
                == Holidays(spans: [day...day, (day + 3)...(day + 7)]))
        #expect(try Self.hub("holidays: fr").0?.holidays == Holidays(calendar: .france))
        #expect(
            try Self.hub(
                "holidays: {calendar: fr-alsace-moselle, also: [2026-12-24], except: 2026-12-25}"
            ).0?.holidays
                == Holidays(spans: [day...day], calendar: .alsaceMoselle, except: [day + 1]))
    }

    @Test(
        "what is wrong with places and holidays is said",
        arguments: [
            (
                "latitude: 48.85",
                "hub.yaml:4:11: error: hub.yaml has \"latitude\" and so needs \"longitude\" too"
            ),
            (
                "latitude: 91\nlongitude: 2",
                "hub.yaml:4:11: error: hub.yaml, latitude: \"91\" is not an angle from -90 to 90; write degrees "
                    + "with a decimal point, positive for north and negative for south"
            ),
            (
                "latitude: 48,85\nlongitude: nan",
                "hub.yaml:4:11: error: hub.yaml, latitude: \"48,85\" is not an angle from -90 to 90; write degrees "
                    + "with a decimal point, positive for north and negative for south"
            ),
            (
                "holidays: [2026-02-30]",
                "hub.yaml:4:12: error: holidays: \"2026-02-30\" is not a date; write year, month and day, such as "
                    + "2026-12-25"
            ),
            (
                "holidays: {calendar: fx}",
                "hub.yaml:4:22: error: holidays: \"fx\" is neither a date such as 2026-12-25 nor a calendar that is "
                    + "known; did you mean \"fr\"?"
            ),
            (
                "holidays: [{from: 2026-12-25, to: 2026-12-24}]",
                "hub.yaml:4:35: error: holidays: the span ends before it begins; swap from and to"
            ),
            (
                "latitude: 48.85\nlongitude: -112.35",
                "hub.yaml:7:10: warning: residence \"a\": longitude -112.35 is far from time zone Europe/Paris; is its "
                    + "sign right? East is positive, west negative"
            ),
        ])
    func mistakes(_ keys: String, _ message: String) throws {
        let (_, diagnostics) = try Self.hub(keys)
        #expect(diagnostics.first?.description == message)
    }

    // MARK: Windows in a home

    private static func home(_ places: [(zone: String, GeographicPosition?)], _ holidays: Holidays)
        -> Home
    {
        Home(
            residences: places.enumerated().map { index, place in
                let name = index == 0 ? "home" : "home\(index)"
                return Residence(
                    id: ResidenceID(rawValue: name),
                    title: LocalizedText(english: name, french: name),
                    zone: place.zone, position: place.1, rooms: [], people: [])
            }, devices: SampleHome.home.devices, holidays: holidays)
    }

    /// What the parser says of some windows, but that no rule uses them.
    private static func messages(_ windows: String, in home: Home) throws -> String {
        let text = windows.hasPrefix("version") ? windows : "version: 1\n" + windows
        let (_, diagnostics) = RuleParser.parse(
            files: [try YAML.parse(text, file: "rules/a.yaml")], home: home,
            zones: ZoneLoader.load(for: home.residences))
        return diagnostics.filter { $0.code != "unused-name" }
            .map { "\($0.severity.rawValue): \($0.message)" }.joined(separator: "\n")
    }

    private static let paris = GeographicPosition(latitude: 48.85, longitude: 2.35)
    private static let tromso = GeographicPosition(latitude: 69.65, longitude: 18.96)

    @Test("sunset needs to know where each residence is")
    func noPosition() throws {
        let home = Self.home(
            [("Europe/Paris", Self.paris), ("Europe/Paris", nil), ("Europe/Paris", nil)], Holidays()
        )
        #expect(
            try Self.messages("windows:\n  dark: {from: \"20:00\", to: sunrise-20m}\n", in: home)
                == "error: window \"dark\": sunrise-20m cannot be known in residence \"home1\" and 1 more, whose "
                + "place is not given; write latitude and longitude in hub.yaml")
    }

    @Test(
        "a window that never exists, or not all the year round, is a warning",
        arguments: [
            ("Europe/Paris", paris, "{from: sunset+20m, to: sunrise-20m}", ""),
            ("Europe/Paris", paris, "{from: sunset, to: \"23:00\", days: [sat]}", ""),
            (
                "Europe/Paris", paris, "{from: \"22:30\", to: sunset}",
                "warning: window \"w\": in residence \"home\" this window never exists: its end comes before its "
                    + "beginning all the year round"
            ),
            (
                "Europe/Paris", paris, "{from: \"17:00\", to: sunset}",
                "warning: window \"w\": in residence \"home\" this window does not exist from 25 November to 27 December, "
                    + "when its end would come before its beginning"
            ),
            (
                "Europe/Oslo", tromso, "{from: sunset+20m, to: sunrise-20m}",
                "warning: window \"w\": in residence \"home\" the sun does not set from 17 May to 25 July: this window "
                    + "does not exist then; the sun does not rise from 27 November to 14 January: this window lasts the "
                    + "whole day then"
            ),
            (
                "Europe/Paris", paris,
                "{from: \"08:00\", to: \"09:00\", days: [tue], only_on: holidays}",
                "warning: window \"w\" never exists: no holiday falls on one of its days"
            ),
        ])
    func warnings(_ zone: String, _ place: GeographicPosition, _ window: String, _ expected: String)
        throws
    {
        let day = WallTime.day("2026-05-25")
        let home = Self.home([(zone, place)], Holidays(spans: [day...day]))
        let found = try Self.messages("windows:\n  w: \(window)\n", in: home)
        #expect(found == expected)
    }

    @Test("holidays and places change when a window is, and so its name in checkpoints")
    func names() {
        func name(_ window: Window, _ locality: Locality) -> UInt64 {
            var hash = StableHash()
            window.describe(into: &hash, in: locality)
            return hash.value
        }
        let dark = Window(from: .sunset(.zero), to: .sunrise(.zero))
        let night = Window(from: 1350, to: 390)
        let work = Window(from: 1350, to: 390, holidays: .excluded)
        let here = Locality(zone: .utc, position: Self.paris)
        let there = Locality(zone: .utc, position: Self.tromso)
        let off = Locality(zone: .utc, position: Self.paris, holidays: Holidays(calendar: .france))
        #expect(name(dark, here) != name(dark, there))
        #expect(name(dark, here) == name(dark, off))
        #expect(name(night, here) == name(night, there) && name(night, here) == name(night, off))
        #expect(name(work, here) != name(work, off))
        #expect(name(work, off) != name(night, off))
    }

    // MARK: The manual

    @Test("every example of the manual is read, and gives the messages that the manual shows")
    func manual() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/rules/windows.md").path
        let parts = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "```")
        let home = Self.home([("Europe/Paris", Self.paris)], Holidays(calendar: .france))
        var read = 0
        for index in stride(from: 1, to: parts.count, by: 2) where parts[index].hasPrefix("yaml\n")
        {
            let example = String(parts[index].dropFirst(5))
            var expected = ""
            if index + 2 < parts.count, parts[index + 2].hasPrefix("text\n") {
                expected = parts[index + 2].dropFirst(5).trimmingCharacters(in: .newlines)
            }
            read += 1
            if example.hasPrefix("# hub.yaml\n") {
                let (hub, diagnostics) = try Self.hub(String(example.dropFirst(11)))
                #expect(hub != nil && diagnostics.isEmpty, "\(example)")
            } else {
                let found = try Self.messages(example, in: home)
                #expect(found == expected, "\(example)")
            }
        }
        #expect(read >= 10)
    }
}
