import Rules

/// The journal's numbers of the streams that the directory knows, by place: an event finds its stream with one look,
/// and not by three names. Holds only while the journal that gave the numbers does; a start, or a failed commit, begins
/// anew.
struct StreamPlaces: Sendable {
    private static let types = 3
    /// By place and type of value; 0 where it was not asked for yet.
    private var numbers: [Int32]

    init(_ directory: DeviceDirectory) {
        numbers = Array(repeating: 0, count: directory.streams.count * Self.types)
    }

    /// The stream of a place for a value; nil where it is not known here.
    func stream(_ place: Int, _ value: Value) -> StreamID? {
        guard let type = ValueType(value) else { return nil }
        let number = numbers[place * Self.types + Int(type.rawValue)]
        return number == 0 ? nil : StreamID(rawValue: number)
    }

    /// Keeps what the journal said. A value that is unknown has no type, and goes to whichever stream was used last: it
    /// is looked up each time.
    mutating func keep(_ stream: StreamID, _ place: Int, _ value: Value) {
        guard let type = ValueType(value) else { return }
        numbers[place * Self.types + Int(type.rawValue)] = stream.rawValue
    }
}
