import Rules

/// No camera and no microphone in a private room, unless a dated, reasoned exception is on record.
enum PrivateRooms {
    /// The kinds of devices that see or hear.
    static let kinds: Set<String> = ["camera", "microphone", "baby_monitor", "voice_recorder"]
    /// The kinds of rooms that are private whoever lives there.
    static let rooms: Set<String> = ["bedroom", "bathroom", "toilet", "shower_room"]

    /// An exception that ends within this is told of, so that a decision can be taken before.
    static let notice = TimeSpan.days(30)

    /// What is wrong or doubtful of devices that see or hear in private rooms.
    ///
    /// - Parameter now: by which exceptions end.
    static func diagnostics(
        _ home: Home, _ placements: [DevicePlacement], now: Instant
    ) -> [Diagnostic] {
        let rooms = home.residences.flatMap(\.rooms).filter {
            $0.person != nil || Self.rooms.contains($0.kind)
        }
        let places = Dictionary(
            placements.map { ($0.id, $0.location) }, uniquingKeysWith: { first, _ in first })
        return home.devices.compactMap { device in
            let sees = kinds.contains(device.kind) || device.labels.contains(where: kinds.contains)
            guard sees, let room = rooms.first(where: { $0.id == device.room }) else { return nil }
            let place =
                places[device.id] ?? SourceLocation(file: "devices.yaml", line: 1, column: 1)
            guard let end = device.exceptionEnds else {
                return Diagnostic(
                    code: "camera-in-private-room",
                    "device \"\(device.id)\" sees or hears in the private room \"\(room.id)\"; take it away, or add "
                        + "\"exception:\" with reason, decided, by and until", at: place)
            }
            let what =
                "device \"\(device.id)\" sees or hears in the private room \"\(room.id)\", and its exception"
            let day = Timestamp.utc(end).prefix(10)
            if end <= now {
                return Diagnostic(
                    .warning, code: "exception-ended",
                    "\(what) ended on \(day): nothing of it is taken in; take the device away, or decide anew and write reason, decided, by and until",
                    at: place)
            }
            guard end <= now + notice else { return nil }
            return Diagnostic(
                .warning, code: "exception-ends",
                "\(what) ends on \(day); take the device away by then, or decide anew and write reason, decided, by and until",
                at: place)
        }
    }
}
