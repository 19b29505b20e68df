import Rules

/// Readings of one person's devices in the text form of the CASAS data sets (Washington State University): a line for each
/// reading, with day, time, sensor and value, in the order of time.
struct CASASText {
    private struct Line {
        var at: Int64
        var device: Int
        var value: Int
    }

    private var lines: [Line] = []
    private var devices: [String] = []
    private var values: [String] = []
    private var numbers: [String: Int] = [:]

    var isEmpty: Bool { lines.isEmpty }

    mutating func add(
        device: String, _ events: [(key: StreamKey, event: Event)], _ clock: WallClock
    ) {
        devices.append(device)
        for (key, event) in events
        where event.freshness != .restored && event.kind != .health {
            guard let text = Self.value(event.value, key.capability.rawValue) else { continue }
            let number = numbers[text] ?? values.count
            if number == values.count {
                values.append(text)
                numbers[text] = number
            }
            lines.append(
                Line(
                    at: clock.milliseconds(event.effective), device: devices.count - 1,
                    value: number))
        }
    }

    private static func value(_ value: Value, _ capability: String) -> String? {
        switch value {
        case .unknown: nil
        case .boolean(let isOn):
            capability.hasPrefix("contact.") ? (isOn ? "OPEN" : "CLOSE") : (isOn ? "ON" : "OFF")
        case .number(let number): "\(number)"
        case .text(let text):
            // Fields are apart by white space.
            String(
                String.UnicodeScalarView(
                    text.unicodeScalars.map {
                        $0.properties.isWhitespace || $0.value < 0x20 ? "_" : $0
                    }))
        }
    }

    /// Writes `casas/PERSON.txt`.
    mutating func write(person: String, in folder: String) throws -> ExportFile.Finished {
        lines.sort { ($0.at, $0.device) < ($1.at, $1.device) }
        var file = try ExportFile("casas/\(person).txt", in: folder)
        var clock = WallClock(.utc, weeks: 0)
        for line in lines {
            try file.write(clock.bytes(Instant(milliseconds: line.at), separator: " "))
            try file.write("\t\(devices[line.device])\t\(values[line.value])\n")
        }
        file.rows = lines.count
        return try file.finish()
    }
}
