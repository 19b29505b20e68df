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
    private static let block = 256 * 1024

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
        guard let line = try nextFields() else { return nil }
        return RecordedEvent(
            line: line.line, at: line.at, channel: text(line.channel), value: text(line.value))
    }

    /// One line that can be used, its channel and value still bytes of `buffer`: valid until the next one.
    struct Line {
        var line: Int
        var at: Instant
        var channel: Range<Int>
        var value: Range<Int>
    }

    /// The next line that can be used; nil at the end of the file.
    mutating func nextFields() throws(SimulationError) -> Line? {
        while let (range, isOverlong) = try nextLine() {
            lines += 1
            if isOverlong {
                fault("longer than \(Self.maximumLine) bytes")
            } else if let line = fields(of: range) {
                return line
            }
        }
        return nil
    }

    /// Bytes of the latest line.
    func bytes(_ range: Range<Int>) -> ArraySlice<UInt8> { buffer[range] }

    /// Bytes of the latest line as text; they were looked at already.
    func text(_ range: Range<Int>) -> String { String(decoding: buffer[range], as: UTF8.self) }

    private mutating func fields(of range: Range<Int>) -> Line? {
        var range = range
        if lines == 1, buffer[range].starts(with: [0xef, 0xbb, 0xbf]) {
            range = range.lowerBound + 3..<range.upperBound
        }
        if buffer[range].last == UInt8(ascii: "\r") {
            range = range.lowerBound..<range.upperBound - 1
        }
        guard range.count <= Self.maximumLine else {
            fault("longer than \(Self.maximumLine) bytes")
            return nil
        }
        let separator = separator(of: range)
        var first = range.upperBound
        var second = range.upperBound
        var all: UInt8 = 0
        for index in range {
            let byte = buffer[index]
            all |= byte
            guard byte == separator else { continue }
            if first == range.upperBound {
                first = index
            } else if second == range.upperBound {
                second = index
            }
        }
        if all & 0x80 != 0, String(validating: buffer[range], as: UTF8.self) == nil {
            fault("not UTF-8 text")
            return nil
        }
        let channel = first < second ? trim(first + 1..<second) : 0..<0
        guard second < range.upperBound, !channel.isEmpty else {
            if buffer[range].allSatisfy({ $0 == UInt8(ascii: " ") }) { return nil }
            fault("\"\(text(range).prefix(60))\" is not \"ISO time;channel;value\"")
            return nil
        }
        let moment = trim(range.lowerBound..<first)
        guard let time = LocalTimestamp(bytes: buffer[moment]) else {
            // A header is the one first line that is allowed to be something else.
            if lines > 1 || buffer[moment].first.map({ (48...57).contains($0) }) == true {
                fault("\"\(text(moment).prefix(40))\" is no time such as 2017-03-26T08:05:09.864")
            }
            return nil
        }
        return Line(
            line: lines, at: resolver.resolve(time), channel: channel,
            value: trim(second + 1..<range.upperBound))
    }

    private mutating func separator(of range: Range<Int>) -> UInt8 {
        if let separator { return separator }
        let line = buffer[range]
        guard !line.allSatisfy({ $0 == UInt8(ascii: " ") }) else { return UInt8(ascii: ";") }
        let found =
            [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: ",")]
            .first { line.contains($0) } ?? UInt8(ascii: ";")
        separator = found
        return found
    }

    private func trim(_ range: Range<Int>) -> Range<Int> {
        func isLeftOut(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\"")
        }
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, isLeftOut(buffer[start]) { start += 1 }
        while end > start, isLeftOut(buffer[end - 1]) { end -= 1 }
        return start..<end
    }

    private mutating func fault(_ reason: String) {
        faults.add(file: name, line: lines, reason)
    }

    /// Where the bytes up to the next line feed are; what of a line is too long is not kept, and `isOverlong`.
    private mutating func nextLine() throws(SimulationError) -> (
        range: Range<Int>, isOverlong: Bool
    )? {
        var isOverlong = false
        while true {
            if let end = lineFeed() {
                defer { position = end + 1 }
                return (position..<end, isOverlong || end - position > Self.maximumLine + 1)
            }
            if isAtEnd {
                guard position < buffer.count || isOverlong else { return nil }
                defer { position = buffer.count }
                return (position..<buffer.count, isOverlong)
            }
            if buffer.count - position > Self.maximumLine + 1 {
                isOverlong = true
                position = buffer.count
            }
            try fill()
        }
    }

    private func lineFeed() -> Int? {
        buffer.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress, position < bytes.count,
                let found = memchr(start + position, 0x0a, bytes.count - position)
            else { return nil }
            return UnsafeRawPointer(found) - start
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
