/// A place in a configuration file.
public struct SourceLocation: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The file as the user named it.
    public var file: String
    /// 1 for the first line.
    public var line: Int
    /// 1 for the first character of the line.
    public var column: Int

    /// A place in a file.
    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `rules/night.yaml:14:7`.
    public var description: String { "\(file):\(line):\(column)" }

    /// Orders by file, line and column.
    public static func < (left: SourceLocation, right: SourceLocation) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// A configuration file's tree with its places, free of any YAML library. Scalars stay text: nothing
/// guesses that `22:30` is a number or `on` a boolean.
public indirect enum Node: Hashable, Sendable {
    /// A single value as written, and whether it was quoted.
    case scalar(String, quoted: Bool, SourceLocation)
    /// A list.
    case list([Node], SourceLocation)
    /// Keys with values, in the order written.
    case mapping([Entry], SourceLocation)

    /// One key with its value.
    public struct Entry: Hashable, Sendable {
        /// The key's text.
        public var key: String
        /// Where the key stands.
        public var location: SourceLocation
        /// The value.
        public var value: Node

        /// One key with its value.
        public init(key: String, location: SourceLocation, value: Node) {
            self.key = key
            self.location = location
            self.value = value
        }
    }

    /// Where it begins.
    public var location: SourceLocation {
        switch self {
        case .scalar(_, _, let location), .list(_, let location), .mapping(_, let location):
            location
        }
    }

    /// True for an empty unquoted scalar, `~` or `null`: YAML's null.
    public var isNull: Bool {
        if case .scalar(let text, quoted: false, _) = self {
            return text.isEmpty || text == "~" || text == "null"
        }
        return false
    }
}

/// Something wrong, or doubtful, in a configuration file.
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
    /// How bad it is.
    public enum Severity: String, Hashable, Sendable {
        /// The file cannot be used.
        case error
        /// The file can be used; it probably does not say what was meant.
        case warning
    }

    /// How bad it is.
    public var severity: Severity
    /// A short stable code, such as `unknown-window`.
    public var code: String
    /// What is wrong, with the offending text, and what to do.
    public var message: String
    /// Where.
    public var location: SourceLocation
    /// How many characters the offending text has; at least 1.
    public var length: Int

    /// Something wrong in a file.
    public init(
        _ severity: Severity = .error, code: String, _ message: String, at location: SourceLocation,
        length: Int = 1
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.location = location
        self.length = length
    }

    /// `rules/night.yaml:14:7: error: window "nigth" is not declared; did you mean "night"?`
    public var description: String { "\(location): \(severity.rawValue): \(message)" }
}
