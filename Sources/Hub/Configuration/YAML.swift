public import Rules
import Yams

/// Turns YAML text into the product's own tree. The only file that knows a YAML library.
public enum YAML {
    /// The deepest nesting that a configuration file may have.
    public static let maximumDepth = 64
    /// The largest configuration file, in bytes.
    public static let maximumBytes = 4 * 1024 * 1024

    /// Reads one YAML document.
    ///
    /// Scalars stay text, so that YAML 1.1's readings of `22:30` (a number in base 60) and `on` (a
    /// boolean) never happen. Anchors and aliases are refused: a small file could grow without bound.
    ///
    /// - Throws: a `Diagnostic` with the place of what could not be read.
    public static func parse(_ text: String, file: String) throws(Diagnostic) -> Rules.Node {
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard text.utf8.count <= maximumBytes else {
            throw Diagnostic(
                code: "yaml-too-large",
                "the file has more than \(maximumBytes) bytes; split it", at: start)
        }
        let parsed: Yams.Node?
        do {
            parsed = try Yams.compose(yaml: text, Resolver.basic)
        } catch let error as YamlError {
            throw diagnostic(error, start: start)
        } catch {
            throw Diagnostic(code: "yaml", "\(error)", at: start)
        }
        guard let parsed else { return .scalar("", quoted: false, start) }
        return try convert(parsed, file: file, depth: 0)
    }

    private static func convert(
        _ node: Yams.Node, file: String, depth: Int
    ) throws(Diagnostic) -> Rules.Node {
        let place = SourceLocation(
            file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
        guard depth < maximumDepth else {
            throw Diagnostic(
                code: "yaml-too-deep", "nested deeper than \(maximumDepth) levels", at: place)
        }
        switch node {
        case .scalar(let scalar):
            let quoted = scalar.style != .plain && scalar.style != .any
            return .scalar(scalar.string, quoted: quoted, place)
        case .sequence(let sequence):
            var items: [Rules.Node] = []
            for item in sequence {
                items.append(try convert(item, file: file, depth: depth + 1))
            }
            return .list(items, place)
        case .mapping(let mapping):
            var entries: [Rules.Node.Entry] = []
            var seen: Set<String> = []
            for (key, value) in mapping {
                let keyPlace = SourceLocation(
                    file: file, line: key.mark?.line ?? place.line,
                    column: key.mark?.column ?? place.column)
                guard case .scalar(let name) = key else {
                    throw Diagnostic(code: "yaml-key", "a key must be a plain word", at: keyPlace)
                }
                guard seen.insert(name.string).inserted else {
                    throw Diagnostic(
                        code: "yaml-duplicate-key",
                        "key \"\(name.string)\" stands here a second time; remove one of them",
                        at: keyPlace, length: name.string.count)
                }
                entries.append(
                    Rules.Node.Entry(
                        key: name.string, location: keyPlace,
                        value: try convert(value, file: file, depth: depth + 1)))
            }
            return .mapping(entries, place)
        case .alias:
            throw Diagnostic(
                code: "yaml-alias", "anchors and aliases are not allowed; write the value out",
                at: place)
        }
    }

    private static func diagnostic(_ error: YamlError, start: SourceLocation) -> Diagnostic {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return Diagnostic(
                code: "yaml", "not YAML: \(problem)",
                at: SourceLocation(file: start.file, line: mark.line, column: mark.column))
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "\"\($0)\"" }.sorted().joined(separator: ", ")
            return Diagnostic(
                code: "yaml-duplicate-key",
                "key \(names) stands here a second time; remove one of them",
                at: SourceLocation(
                    file: start.file, line: context.mark.line, column: context.mark.column))
        default:
            return Diagnostic(code: "yaml", "not YAML: \(error)", at: start)
        }
    }
}
