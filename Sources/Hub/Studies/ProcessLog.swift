import Foundation
import Rules

/// Uses as an event log for process mining: XES (IEEE 1849-2016). A trace is one person's day.
struct ProcessLog {
    /// One use, by the wall clock.
    struct Entry {
        var from: Int64
        var to: Int64
        var activity: String
        var device: String
    }

    private var file: ExportFile

    init(in folder: String) throws {
        file = try ExportFile("log.xes", in: folder)
        var head = """
            <?xml version="1.0" encoding="UTF-8"?>
            <log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">

            """
        for (name, prefix) in [
            ("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"),
            ("Organizational", "org"),
        ] {
            head +=
                "<extension name=\"\(name)\" prefix=\"\(prefix)\" uri=\"http://www.xes-standard.org/\(prefix).xesext\"/>\n"
        }
        head += """
            <global scope="trace"><string key="concept:name" value=""/></global>
            <global scope="event"><string key="concept:name" value=""/><date key="time:timestamp" value="1970-01-01T00:00:00.000+00:00"/><string key="lifecycle:transition" value="complete"/></global>
            <classifier name="Activity" keys="concept:name"/>

            """
        try file.write(head)
    }

    /// Writes one person's uses, a trace for each day.
    mutating func add(person: String, _ entries: [Entry]) throws {
        let sorted = entries.sorted {
            ($0.from, $0.device, $0.activity) < ($1.from, $1.device, $1.activity)
        }
        for (day, entries) in Self.days(sorted) {
            let date = CalendarDate(daysSince1970: day).text
            var text =
                "<trace><string key=\"concept:name\" value=\"\(person) \(date)\"/>\n"
            var events: [(at: Int64, order: Int, text: String)] = []
            for (index, entry) in entries.enumerated() {
                func event(_ at: Int64, _ transition: String) -> String {
                    "<event><string key=\"concept:name\" value=\"\(Self.escaped(entry.activity))\"/>"
                        + "<date key=\"time:timestamp\" value=\"\(Self.time(at))\"/>"
                        + "<string key=\"lifecycle:transition\" value=\"\(transition)\"/>"
                        + "<string key=\"org:resource\" value=\"\(person)\"/>"
                        + "<string key=\"device\" value=\"\(entry.device)\"/></event>\n"
                }
                if entry.to > entry.from {
                    events.append((entry.from, 2 * index, event(entry.from, "start")))
                }
                events.append((entry.to, 2 * index + 1, event(entry.to, "complete")))
            }
            events.sort { ($0.at, $0.order) < ($1.at, $1.order) }
            for event in events { text += event.text }
            try file.write(text + "</trace>\n")
            file.rows += 1
        }
    }

    consuming func finish() throws -> ExportFile.Finished {
        try file.write("</log>\n")
        return try file.finish()
    }

    private static func days(_ entries: [Entry]) -> [(Int64, [Entry])] {
        var result: [(Int64, [Entry])] = []
        for entry in entries {
            let day = Int64((Double(entry.from) / 86_400_000).rounded(.down))
            if result.last?.0 == day {
                result[result.count - 1].1.append(entry)
            } else {
                result.append((day, [entry]))
            }
        }
        return result
    }

    private static func time(_ wall: Int64) -> String {
        // XES wants an offset; the wall clock has none, and docs/studies.md says so.
        var clock = WallClock(.utc, weeks: 0)
        return clock.text(Instant(milliseconds: wall)) + "+00:00"
    }

    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // XML 1.0 has no way to write these.
            case _ where scalar.value < 0x20 || (0xfffe...0xffff).contains(scalar.value):
                result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
