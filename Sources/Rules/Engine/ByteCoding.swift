/// Writes numbers and texts into bytes, small ones short.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ byte: UInt8) { bytes.append(byte) }

    /// LEB128: seven bits a byte, least first.
    mutating func write(unsigned number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Zigzag, then LEB128: small negative numbers are short too.
    mutating func write(signed number: Int64) {
        write(unsigned: UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    mutating func write(fixed number: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    mutating func write(_ text: String) {
        write(unsigned: UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func write(_ text: String?) {
        write(UInt8(text == nil ? 0 : 1))
        if let text { write(text) }
    }

    mutating func write(_ moment: Instant?) {
        write(UInt8(moment == nil ? 0 : 1))
        if let moment { write(signed: moment.milliseconds) }
    }
}

/// Reads what `ByteWriter` wrote. Never reads past the end, whatever the bytes are.
struct ByteReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func byte() throws(CheckpointError) -> UInt8 {
        guard position < bytes.count else { throw .damaged(offset: position) }
        position += 1
        return bytes[position - 1]
    }

    mutating func unsigned() throws(CheckpointError) -> UInt64 {
        var result: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            let next = try byte()
            guard shift < 63 || (shift == 63 && next <= 1) else {
                throw .damaged(offset: position)
            }
            result |= UInt64(next & 0x7f) << shift
            if next & 0x80 == 0 { return result }
            shift += 7
        }
    }

    mutating func signed() throws(CheckpointError) -> Int64 {
        let number = try unsigned()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }

    mutating func fixed() throws(CheckpointError) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            result |= UInt64(try byte()) << shift
        }
        return result
    }

    /// A count of things of which each takes at least one byte, so that damage cannot ask for endless memory.
    mutating func count() throws(CheckpointError) -> Int {
        let count = try unsigned()
        guard count <= UInt64(remaining) else { throw .damaged(offset: position) }
        return Int(count)
    }

    mutating func text() throws(CheckpointError) -> String {
        let count = try count()
        let text = String(decoding: bytes[position..<(position + count)], as: UTF8.self)
        position += count
        return text
    }

    mutating func optionalText() throws(CheckpointError) -> String? {
        try byte() == 0 ? nil : try text()
    }

    mutating func optionalMoment() throws(CheckpointError) -> Instant? {
        try byte() == 0 ? nil : Instant(milliseconds: try signed())
    }
}

/// Why a checkpoint cannot be used. The journal can always be replayed instead.
public enum CheckpointError: Error, Hashable, CustomStringConvertible {
    /// It was written by a version of the engine whose state means something else.
    case otherVersion(Int)
    /// It ends too soon or says what cannot be.
    case damaged(offset: Int)

    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .otherVersion(let version):
            "the checkpoint is of engine version \(version), this is \(Engine.checkpointVersion); "
                + "the journal will be replayed instead"
        case .damaged(let offset):
            "the checkpoint is damaged at byte \(offset); the journal will be replayed instead"
        }
    }
}
