import Foundation
public import Rules

/// Shows diagnostics with the line that they are about and a caret under the fault.
public struct DiagnosticRendering: Sendable {
    /// The most diagnostics that are shown; the rest are counted.
    public static let maximumShown = 100
    /// The longest part of a source line that is shown, in characters.
    public static let maximumWidth = 120

    private let lines: [String: [Substring]]

    /// - Parameter sources: the files' texts, by the names that diagnostics give.
    public init(sources: [String: String]) {
        lines = sources.mapValues {
            // CRLF is one character in Swift, and a line's end all the same.
            $0.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        }
    }

    /// All diagnostics, one after the other, in order of file and place; empty for none.
    public func text(_ diagnostics: [Diagnostic]) -> String {
        var text = diagnostics.prefix(Self.maximumShown).map { self.text($0) }.joined()
        if diagnostics.count > Self.maximumShown {
            text += "… and \(diagnostics.count - Self.maximumShown) more\n"
        }
        return text
    }

    /// One diagnostic:
    ///
    ///     rules/night.yaml:14:19: error: window "nigth" is not declared; did you mean "night"? [unknown-window]
    ///        14 |     guard: {during: nigth}
    ///           |                     ^~~~~
    public func text(_ diagnostic: Diagnostic) -> String {
        let head = Self.printable("\(diagnostic) [\(diagnostic.code)]") + "\n"
        let place = diagnostic.location
        guard let lines = lines[place.file], lines.indices.contains(place.line - 1) else {
            return head
        }
        let line = Self.withoutSecrets(lines[place.line - 1])
        guard !line.isEmpty, place.column >= 1, place.column <= line.count + 1 else { return head }
        // A long line is shown from shortly before the fault.
        let skipped = place.column > Self.maximumWidth - 20 ? place.column - 40 : 0
        let rest = line.dropFirst(skipped)
        let shown = Self.printable(String(rest.prefix(Self.maximumWidth)))
        let mark = (skipped > 0 ? "…" : "") + shown
        let number = String(place.line)
        let gutter = String(repeating: " ", count: max(0, 5 - number.count)) + number
        let blank = String(repeating: " ", count: gutter.count)
        let indent = place.column - 1 - skipped + (skipped > 0 ? 1 : 0)
        let room = max(1, mark.count - indent)
        let length = min(max(1, diagnostic.length), room)
        let caret =
            String(repeating: " ", count: indent) + "^"
            + String(repeating: "~", count: length - 1)
        return head + "\(gutter) | \(mark)\n\(blank) | \(caret)\n"
    }

    /// A line in which what stands for a password in a URL is covered, character by character: what is shown ends up in
    /// logs.
    private static func withoutSecrets(_ line: Substring) -> Substring {
        guard let scheme = line.range(of: "://"),
            let at = line[scheme.upperBound...].lastIndex(of: "@"),
            let colon = line[scheme.upperBound..<at].firstIndex(of: ":")
        else { return line }
        let secret = line.index(after: colon)..<at
        return Substring(
            line.replacingCharacters(
                in: secret, with: String(repeating: "*", count: line[secret].count)))
    }

    /// All diagnostics as one JSON list with file, line, column, length, severity, code and message.
    public static func json(_ diagnostics: [Diagnostic]) -> String {
        let rows = diagnostics.map { diagnostic in
            Row(
                file: diagnostic.location.file, line: diagnostic.location.line,
                column: diagnostic.location.column, length: diagnostic.length,
                severity: diagnostic.severity.rawValue, code: diagnostic.code,
                message: diagnostic.message)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(rows) else { return "[]" }
        return String(decoding: data, as: UTF8.self)
    }

    private struct Row: Encodable {
        let file: String
        let line: Int
        let column: Int
        let length: Int
        let severity: String
        let code: String
        let message: String
    }

    /// A text whose control characters cannot act on a terminal: each becomes one visible character.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.value {
                    case 0x09: " "
                    case 0..<0x20, 0x7F..<0xA0: "\u{FFFD}"
                    // Marks that turn the direction of writing can make a line read as another.
                    case 0x202A...0x202E, 0x2066...0x2069, 0x2028, 0x2029: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}
