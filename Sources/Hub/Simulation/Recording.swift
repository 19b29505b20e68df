import Foundation
public import Rules

/// One line of a recorded home: a sensor's channel said something at a moment.
public struct RecordedEvent: Hashable, Sendable {
    /// The line in the file; 1 for the first.
    public var line: Int
    /// When.
    public var at: Instant
    /// The channel's name in the recording, such as `ContactS_E`.
    public var channel: String
    /// What it said, as written.
    public var value: String

    /// One line of a recorded home.
    public init(line: Int, at: Instant, channel: String, value: String) {
        self.line = line
        self.at = at
        self.channel = channel
        self.value = value
    }
}

/// Lines of a recording that could not be used. All are counted; the first few are kept to be shown.
public struct RecordingFaults: Hashable, Sendable {
    /// One line that could not be used.
    public struct Fault: Hashable, Sendable, CustomStringConvertible {
        /// The file.
        public var file: String
        /// The line; 1 for the first.
        public var line: Int
        /// Why, with the offending text.
        public var reason: String

        /// `house.csv:17: "25:00" is no time …`
        public var description: String { "\(file):\(line): \(reason)" }
    }

    /// How many faults are kept.
    public static let kept = 10

    /// How many lines could not be used.
    public private(set) var count = 0
    /// The first of them.
    public private(set) var first: [Fault] = []

    /// No faults yet.
    public init() {}

    mutating func add(file: String, line: Int, _ reason: String) {
        count += 1
        if first.count < Self.kept {
            first.append(Fault(file: file, line: line, reason: reason))
        }
    }
}

/// Reads a recorded home, a CSV of `ISO local time;channel;value`, line by line: whatever its length, one
/// block of it is in memory.
///
/// A header, blank lines, a byte-order mark, `\r\n` and `,` or a tab instead of `;` are taken as well. What
/// is not a line of a recording is counted in `faults`, and the lines after it go on.
public struct Recording {
    /// Lines longer than this many bytes are faults.
    public static let maximumLine = 4096
    private static let block = 64 * 1024

    /// Lines that could not be used so far.
    public private(set) var faults = RecordingFaults()
    /// Lines read so far.
    public private(set) var lines = 0

    private let name: String
    private let file: FileHandle
    private var resolver: LocalTimeResolver
    private var buffer: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    private var separator: UInt8?

    /// Opens a recording.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - zone: what its local times without an offset are in.
    public init(path: String, zone: ZoneOffsets) throws(SimulationError) {
        do {
            file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } catch {
            throw .file(
                path: path, reason: "cannot be opened: \((error as NSError).localizedDescription)")
        }
        name = path
        resolver = LocalTimeResolver(zone: zone)
    }

    /// The next event; nil at the end of the file.
    public mutating func next() throws(SimulationError) -> RecordedEvent? {
        while let line = try nextLine() {
            lines += 1
            if let event = event(of: line) { return event }
        }
        return nil
    }

    private mutating func event(of line: ArraySlice<UInt8>) -> RecordedEvent? {
        var line = line
        if lines == 1, line.starts(with: [0xef, 0xbb, 0xbf]) { line = line.dropFirst(3) }
        if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
        if line.allSatisfy({ $0 == UInt8(ascii: " ") }) { return nil }
        guard line.count <= Self.maximumLine else {
            fault("longer than \(Self.maximumLine) bytes")
            return nil
        }
        guard let text = String(validating: line, as: UTF8.self) else {
            fault("not UTF-8 text")
            return nil
        }
        let separator = separator(of: line)
        let fields = text.utf8.split(
            separator: separator, maxSplits: 2, omittingEmptySubsequences: false
        ).map { trim(Substring($0)) }
        guard fields.count == 3, !fields[1].isEmpty else {
            fault("\"\(text.prefix(60))\" is not \"ISO time;channel;value\"")
            return nil
        }
        guard let time = LocalTimestamp(text: fields[0]) else {
            // A header is the one first line that is allowed to be something else.
            if lines > 1 || fields[0].utf8.first.map({ (48...57).contains($0) }) == true {
                fault("\"\(fields[0].prefix(40))\" is no time such as 2017-03-26T08:05:09.864")
            }
            return nil
        }
        return RecordedEvent(
            line: lines, at: resolver.resolve(time), channel: String(fields[1]),
            value: String(fields[2]))
    }

    private mutating func separator(of line: ArraySlice<UInt8>) -> UInt8 {
        if let separator { return separator }
        let found =
            [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: ",")]
            .first { line.contains($0) } ?? UInt8(ascii: ";")
        separator = found
        return found
    }

    private func trim(_ text: Substring) -> Substring {
        var text = text
        while text.first == " " || text.first == "\"" { text.removeFirst() }
        while text.last == " " || text.last == "\"" { text.removeLast() }
        return text
    }

    private mutating func fault(_ reason: String) {
        faults.add(file: name, line: lines, reason)
    }

    /// The bytes up to the next line feed. Of a line without end only as much is kept as tells that it is too
    /// long.
    private mutating func nextLine() throws(SimulationError) -> ArraySlice<UInt8>? {
        var overlong: ArraySlice<UInt8>?
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { position = end + 1 }
                return overlong ?? buffer[position..<end]
            }
            if isAtEnd {
                defer { position = buffer.count }
                if let overlong { return overlong }
                return position < buffer.count ? buffer[position...] : nil
            }
            if buffer.count - position > Self.maximumLine {
                overlong = overlong ?? buffer[position...]
                position = buffer.count
            }
            try fill()
        }
    }

    private mutating func fill() throws(SimulationError) {
        let more: Data?
        do {
            more = try file.read(upToCount: Self.block)
        } catch {
            throw .file(
                path: name, reason: "cannot be read: \((error as NSError).localizedDescription)")
        }
        buffer.removeFirst(position)
        position = 0
        guard let more, !more.isEmpty else {
            isAtEnd = true
            return
        }
        buffer.append(contentsOf: more)
    }
}
