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
        // The library puts a copy in the place of each alias, so they must be found before it reads.
        if let place = firstAlias(in: text, file: file) {
            throw Diagnostic(
                code: "yaml-alias", "anchors and aliases are not allowed; write the value out",
                at: place)
        }
        let parsed: Yams.Node?
        do {
            parsed = try Yams.compose(yaml: text, Resolver.basic)
        } catch let error as YamlError {
            throw diagnostic(error, text: text, start: start)
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

    /// The first `*name` in a text that also has `&name`. It may stand in a comment or in quotes, where it is
    /// no alias; a pair of both is rare enough there to be refused too.
    private static func firstAlias(in text: String, file: String) -> SourceLocation? {
        var anchors: Set<Substring> = []
        var line = 1
        var column = 0
        var index = text.startIndex
        while index < text.endIndex {
            let character = text[index]
            column += 1
            if character.isNewline {
                line += 1
                column = 0
            } else if character == "&" || character == "*" {
                // libyaml allows these in the names of anchors.
                let name = text[text.index(after: index)...].prefix {
                    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-")
                }
                if character == "&" {
                    if !name.isEmpty { anchors.insert(name) }
                } else if anchors.contains(name) {
                    return SourceLocation(file: file, line: line, column: column)
                }
            }
            index = text.index(after: index)
        }
        return nil
    }

    private static func diagnostic(
        _ error: YamlError, text: String, start: SourceLocation
    ) -> Diagnostic {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let place = SourceLocation(file: start.file, line: mark.line, column: mark.column)
            let line = lines(text, from: mark.line).first ?? ""
            if line.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
                return Diagnostic(
                    code: "yaml-tab", "the line begins with a tab; indent with spaces", at: place)
            }
            return Diagnostic(code: "yaml", "not YAML: \(problem)", at: place)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let name = duplicates.min() ?? "?"
            return Diagnostic(
                code: "yaml-duplicate-key",
                "key \"\(name.prefix(80))\" stands here a second time; remove one of them",
                at: second(name, in: text, after: context.mark, file: start.file),
                length: max(1, min(name.count, 80)))
        default:
            return Diagnostic(code: "yaml", "not YAML: \(error)", at: start)
        }
    }

    private static func lines(_ text: String, from line: Int) -> some Collection<Substring> {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .dropFirst(max(0, line - 1))
    }

    /// Where a key stands a second time: the library gives only the place of the mapping.
    private static func second(
        _ key: String, in text: String, after mark: Mark, file: String
    ) -> SourceLocation {
        var found = 0
        for (offset, line) in lines(text, from: mark.line).enumerated() {
            var rest = line[...]
            while let range = rest.firstRange(of: key + ":") {
                let before =
                    range.lowerBound == line.startIndex
                    ? " " : line[line.index(before: range.lowerBound)]
                if " {,\"'".contains(before) { found += 1 }
                if found == 2 {
                    return SourceLocation(
                        file: file, line: mark.line + offset,
                        column: line.distance(from: line.startIndex, to: range.lowerBound) + 1)
                }
                rest = rest[range.upperBound...]
            }
        }
        return SourceLocation(file: file, line: mark.line, column: mark.column)
    }
}
