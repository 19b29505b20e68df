import Foundation
public import Rules

/// Rule files that are given one by one, apart from a home's `rules/` folder.
public struct RuleFiles: Sendable {
    /// The rules without fault; of use only where `hasErrors` is false.
    public var rules: RuleSet
    /// Everything wrong or doubtful, by file and place.
    public var diagnostics: [Diagnostic]
    /// The files' texts, by their paths as given: for messages.
    public var sources: [String: String]

    /// Rules with what was found in them.
    public init(rules: RuleSet, diagnostics: [Diagnostic], sources: [String: String]) {
        self.rules = rules
        self.diagnostics = diagnostics
        self.sources = sources
    }

    /// True where the rules must not be used.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// All diagnostics with their lines, for a terminal.
    public var report: String { DiagnosticRendering(sources: sources).text(diagnostics) }

    /// Reads rule files.
    ///
    /// - Parameters:
    ///   - paths: YAML files, or folders of them; within a folder by name.
    ///   - home: what the rules are for; a home without residences is taken as not known.
    public static func load(_ paths: [String], home: Home = Home()) -> RuleFiles {
        var sources: [String: String] = [:]
        var diagnostics: [Diagnostic] = []
        var trees: [Node] = []
        for path in paths.flatMap(files) where sources[path] == nil {
            do {
                let text = try HomeFolder.text(of: path, named: path)
                sources[path] = text
                trees.append(try YAML.parse(text, file: path))
            } catch {
                diagnostics.append(error)
            }
        }
        let (rules, found) = RuleParser.parse(
            files: trees, home: home, zones: ZoneLoader.load(for: home.residences),
            today: Timestamp.today())
        return RuleFiles(rules: rules, diagnostics: diagnostics + found, sources: sources)
    }

    /// The rule files of a folder; a path that is no folder is itself.
    private static func files(_ path: String) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        else { return [path] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter {
            !$0.hasPrefix(".") && ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml"))
        }.sorted().map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
    }
}
