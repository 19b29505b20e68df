import Foundation
public import Rules

/// The cases of one rule test, ready to run, or what is wrong with it.
public struct LoadedScenarios: Sendable {
    /// The test's file as the user named it.
    public var file: String
    /// The cases; those with errors are left out.
    public var scenarios: [Scenario] = []
    /// Everything wrong or doubtful in the test, its rules and its home.
    public var diagnostics: [Diagnostic] = []
    /// The texts of the files, by the names that diagnostics give.
    public var sources: [String: String] = [:]

    /// Whether it must not be run.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// All diagnostics with their lines, for a terminal.
    public var report: String { DiagnosticRendering(sources: sources).text(diagnostics) }
}

/// Loads rule tests: the test itself, the rule files and the home that it names, which lie beside it.
public struct ScenarioLoader {
    private var loaded: LoadedScenarios
    private let folder: String

    private init(file: String) {
        loaded = LoadedScenarios(file: file)
        folder = URL(fileURLWithPath: file).deletingLastPathComponent().relativePath
    }

    /// Loads a test from a file.
    public static func load(_ file: String) -> LoadedScenarios {
        var loader = ScenarioLoader(file: file)
        guard let node = loader.tree(file, at: nil) else { return loader.loaded }
        loader.read(node)
        return loader.loaded
    }

    /// Loads a test from a text.
    ///
    /// - Parameter file: how messages call it, and what the files that it names lie beside.
    public static func load(_ text: String, file: String) -> LoadedScenarios {
        var loader = ScenarioLoader(file: file)
        loader.loaded.sources[file] = text
        do {
            loader.read(try YAML.parse(text, file: file))
        } catch {
            loader.loaded.diagnostics.append(error)
        }
        return loader.loaded
    }

    private mutating func read(_ node: Node) {
        var reader = ScenarioReader()
        let head = reader.head(node)
        loaded.diagnostics += reader.diagnostics
        guard let head, !loaded.hasErrors else { return }
        guard let setting = setting(head) else { return }
        var cases = ScenarioReader()
        loaded.scenarios = cases.scenarios(head, for: setting)
        loaded.diagnostics += cases.diagnostics.sorted { $0.location < $1.location }
    }

    private mutating func setting(_ head: ScenarioReader.Head) -> ScenarioReader.Setting? {
        var home = head.home
        var zoneName = head.zone
        var rules = RuleSet()
        var clocks = head.clocks
        if let given = head.homeFolder {
            guard let found = self.home(given, head) else { return nil }
            home = found.home
            rules = found.rules
            clocks = Self.clocks(of: found)
            guard let residence = residence(of: home, head) else { return nil }
            zoneName.text = residence.zone
        }
        if let node = head.holidays {
            var reader = HubReader(folder: "")
            home.holidays = reader.holidays(node) ?? home.holidays
            loaded.diagnostics += reader.diagnostics
        }
        guard let zone = zone(zoneName) else { return nil }
        if !head.ruleFiles.isEmpty || head.ownRules != nil {
            var trees = head.ruleFiles.compactMap { tree(path($0.text), at: $0) }
            if let own = head.ownRules { trees.append(own) }
            let (parsed, diagnostics) = RuleParser.parse(files: trees, home: home)
            // What is doubtful in the rules, "rules check" says; here only what makes them useless.
            loaded.diagnostics += diagnostics.filter { $0.severity == .error }
            rules = parsed
        }
        guard !loaded.hasErrors else { return nil }
        if !head.only.isEmpty {
            let known = rules.rules.map(\.id.rawValue)
            for name in head.only where !known.contains(name.text) {
                error(
                    "unknown-rule",
                    "there is no rule \"\(name.text.prefix(80))\""
                        + suggestion(for: name.text, among: known), at: name)
            }
            let wanted = head.only.map { RuleID(rawValue: $0.text) }
            rules.rules = rules.rules.filter { wanted.contains($0.id) }
        }
        let plan = Planner.plan(
            rules, home: home, zones: ZoneLoader.load(for: home.residences))
        loaded.diagnostics += plan.notes
        return ScenarioReader.Setting(home: home, zone: zone, plan: plan, clocks: clocks)
    }

    // MARK: Parts

    private mutating func home(
        _ given: ScenarioReader.LocatedText, _ head: ScenarioReader.Head
    ) -> LoadedHome? {
        do {
            let found = try HomeFolder.load(path(given.text))
            guard !found.hasErrors else {
                show(found, at: given)
                return nil
            }
            return found
        } catch {
            self.error("bad-home", error.description, at: given)
            return nil
        }
    }

    /// The errors of a home, by their places.
    private mutating func show(_ home: LoadedHome, at given: ScenarioReader.LocatedText) {
        let errors = home.diagnostics.filter { $0.severity == .error }
        error(
            "bad-home", "the home \(given.text) has \(LoadedHome.count(errors.count, "error"))",
            at: given)
        let folder = path(given.text)
        for (name, text) in home.sources { loaded.sources["\(folder)/\(name)"] = text }
        loaded.diagnostics += errors.map { error in
            var error = error
            error.location.file = "\(folder)/\(error.location.file)"
            return error
        }
    }

    private mutating func residence(
        of home: Home, _ head: ScenarioReader.Head
    ) -> Residence? {
        guard let given = head.residence else {
            if let first = home.residences.first { return first }
            error(
                "bad-home", "the home has no residence",
                at: head.homeFolder ?? ScenarioReader.LocatedText(text: "", location: place))
            return nil
        }
        if let found = home.residences.first(where: { $0.id.rawValue == given.text }) {
            return found
        }
        error(
            "unknown-residence",
            "the home has no residence \"\(given.text.prefix(80))\""
                + suggestion(for: given.text, among: home.residences.map(\.id.rawValue)),
            at: given)
        return nil
    }

    /// Devices whose profile reads a time from their messages have a clock of their own.
    private static func clocks(of home: LoadedHome) -> [DeviceID: Scenario.DeviceClock] {
        var clocks: [DeviceID: Scenario.DeviceClock] = [:]
        for device in home.home.devices {
            let messages = home.directory.profiles[device.profile]?.messages ?? []
            guard let time = messages.lazy.compactMap(\.time).first else { continue }
            clocks[device.id] = Scenario.DeviceClock(isOwn: true, maximumAge: time.maxAge)
        }
        return clocks
    }

    private mutating func zone(_ given: ScenarioReader.LocatedText) -> ZoneOffsets? {
        if let zone = ZoneLoader.load(given.text) { return zone }
        let near = suggestion(for: given.text, among: ZoneLoader.names)
        error(
            "unknown-zone",
            "there is no time zone \"\(given.text.prefix(80))\""
                + (near.isEmpty ? "; write a name such as Europe/Paris" : near), at: given)
        return nil
    }

    private mutating func tree(_ path: String, at place: ScenarioReader.LocatedText?) -> Node? {
        do {
            let text = try HomeFolder.text(of: path, named: path)
            loaded.sources[path] = text
            return try YAML.parse(text, file: path)
        } catch {
            if let place, error.code == "unreadable-file" {
                self.error(
                    "unreadable-file",
                    "the rule file \(path) cannot be read; paths are from the test's own folder",
                    at: place)
            } else {
                loaded.diagnostics.append(error)
            }
            return nil
        }
    }

    private func path(_ name: String) -> String {
        name.hasPrefix("/") || folder == "." || folder.isEmpty ? name : "\(folder)/\(name)"
    }

    private var place: SourceLocation { SourceLocation(file: loaded.file, line: 1, column: 1) }

    private mutating func error(
        _ code: String, _ message: String, at given: ScenarioReader.LocatedText
    ) {
        loaded.diagnostics.append(
            Diagnostic(
                code: code, message, at: given.location,
                length: max(1, min(given.text.count, 80))))
    }
}
