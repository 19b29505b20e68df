import Rules

/// No camera and no microphone in a private room, unless a dated, reasoned exception is on record.
enum PrivateRooms {
    /// The kinds of devices that see or hear.
    static let kinds: Set<String> = ["camera", "microphone", "baby_monitor", "voice_recorder"]
    /// The kinds of rooms that are private whoever lives there.
    static let rooms: Set<String> = ["bedroom", "bathroom", "toilet", "shower_room"]

    static func diagnostics(_ home: Home, _ placements: [DevicePlacement]) -> [Diagnostic] {
        let rooms = home.residences.flatMap(\.rooms).filter {
            $0.person != nil || Self.rooms.contains($0.kind)
        }
        let places = Dictionary(
            placements.map { ($0.id, $0.location) }, uniquingKeysWith: { first, _ in first })
        return home.devices.compactMap { device in
            let sees = kinds.contains(device.kind) || device.labels.contains(where: kinds.contains)
            guard sees, device.exceptionEnds == nil,
                let room = rooms.first(where: { $0.id == device.room })
            else { return nil }
            return Diagnostic(
                code: "camera-in-private-room",
                "device \"\(device.id)\" sees or hears in the private room \"\(room.id)\"; take it away, or add "
                    + "\"exception:\" with reason, decided, by and until",
                at: places[device.id] ?? SourceLocation(file: "devices.yaml", line: 1, column: 1))
        }
    }
}
