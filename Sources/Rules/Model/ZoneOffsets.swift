/// A time zone as a value: its UTC offsets and when they change. Taken from the system's zone data at the
/// edge and kept in the journal, so that a later version of the zone data does not change the past.
public struct ZoneOffsets: Hashable, Sendable {
    /// One offset and from when it holds.
    public struct Change: Hashable, Sendable {
        /// From when it holds.
        public var from: Instant
        /// Local time minus UTC, in seconds.
        public var offset: Int32

        /// One offset and from when it holds.
        public init(from: Instant, offset: Int32) {
            self.from = from
            self.offset = offset
        }
    }

    /// The IANA name, such as `Europe/Paris`.
    public var name: String
    /// Oldest first; the first one also holds before its own time. Never empty.
    public var changes: [Change]

    /// A zone by its changes, oldest first; UTC where there are none.
    public init(name: String, changes: [Change]) {
        self.name = name
        self.changes =
            changes.isEmpty ? [Change(from: .distantPast, offset: 0)] : changes
    }

    /// Coordinated universal time.
    public static let utc = ZoneOffsets(name: "UTC", changes: [])
}
