import Foundation
import Testing

/// The recorded home of the HomeAssist project, which stands beside the repository and not in it.
enum RecordedHome {
    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let path = repository + "/../shared/data/homeassist/dataset.csv"
    static let mapPath = repository + "/devices/maps/homeassist.yaml"
    static let rulesPath = repository + "/rules/published/homeassist.yaml"

    static var isThere: Bool { FileManager.default.fileExists(atPath: path) }
    static let comment: Comment = "the recording is not in ../shared/data/homeassist"
}

/// When a signal is on: sorted spans in ms since 1970, half-open, apart from each other; the last one may have no end.
struct Spans {
    static let forever = Int64.max
    var list: [(from: Int64, to: Int64)]

    init(_ list: [(from: Int64, to: Int64)]) { self.list = list }

    /// Off where this is on. What is before the recording is off, as in the publication.
    var inverted: Spans {
        var result: [(from: Int64, to: Int64)] = []
        var start = Int64.min
        for span in list {
            if span.from > start { result.append((start, span.from)) }
            start = span.to
        }
        if start != Self.forever { result.append((start, Self.forever)) }
        return Spans(result)
    }

    /// On where both are.
    func and(_ other: Spans) -> Spans {
        var result: [(from: Int64, to: Int64)] = []
        var rest = other.list[...]
        for span in list {
            while let next = rest.first, next.to <= span.from { rest.removeFirst() }
            for next in rest {
                guard next.from < span.to else { break }
                result.append((max(span.from, next.from), min(span.to, next.to)))
            }
        }
        return Spans(result)
    }

    /// Those that last at least so long, seen up to the end of the recording.
    func atLeast(_ length: Int64, until end: Int64) -> Spans {
        Spans(list.filter { min($0.to, end) - max($0.from, 0) >= length && $0.from > 0 })
    }

    /// The instants at which it goes on.
    var rises: [Int64] { list.map(\.from).filter { $0 > 0 } }
    /// The instants at which it goes off.
    var falls: [Int64] { list.map(\.to).filter { $0 != Self.forever } }
    /// Each instant made a span of its own of this length, overlaps joined.
    static func recent(_ instants: [Int64], _ length: Int64) -> Spans {
        var result: [(from: Int64, to: Int64)] = []
        for instant in instants {
            if let last = result.last, instant <= last.to {
                result[result.count - 1].to = instant + length
            } else {
                result.append((instant, instant + length))
            }
        }
        return Spans(result)
    }
}

/// The recording read in the plainest way, with nothing of the product: the independent side of the comparison.
struct PlainRecording {
    private(set) var lines: [(at: Int64, channel: String, value: String)] = []
    var end: Int64 { lines.last?.at ?? 0 }

    init(path: String) throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        var midnights: [Substring: Int64] = [:]
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ";", omittingEmptySubsequences: false)
            let date = fields[0].prefix(10)
            if midnights[date] == nil {
                let parts = date.split(separator: "-").compactMap { Int($0) }
                let components = DateComponents(year: parts[0], month: parts[1], day: parts[2])
                let midnight = try #require(calendar.date(from: components))
                midnights[date] = Int64(midnight.timeIntervalSince1970) * 1000
            }
            let clock = fields[0].dropFirst(11).split(whereSeparator: { ":.".contains($0) })
                .compactMap { Int64($0) }
            let time = ((clock[0] * 60 + clock[1]) * 60 + clock[2]) * 1000 + clock[3]
            let local = try #require(midnights[date]) + time
            var at = Self.instant(local)
            // In the hour that comes twice, a step back is the second time.
            if let last = lines.last?.at, at < last, Self.instant(local) != local - 3_600_000 {
                at = local - 3_600_000
            }
            lines.append((at, String(fields[1]), String(fields[2])))
        }
    }

    /// Paris in 2017: an hour ahead, two from 26 March 2:00 to 29 October 3:00 (the first of each where twice).
    static func instant(_ local: Int64) -> Int64 {
        let summer: Int64 = 1_490_493_600_000  // 2017-03-26T02:00 as if UTC
        let winter: Int64 = 1_509_246_000_000  // 2017-10-29T03:00 as if UTC
        return local - (local >= summer && local < winter ? 7_200_000 : 3_600_000)
    }

    /// When a channel says 1, or at least so much. Off before its first line, as in the publication.
    func spans(_ channel: String, atLeast limit: Double = 1) -> Spans {
        var result: [(from: Int64, to: Int64)] = []
        for line in lines where line.channel == channel {
            let isOn = (Double(line.value) ?? 0) >= limit
            let wasOn = result.last?.to == Spans.forever
            if isOn, !wasOn { result.append((line.at, Spans.forever)) }
            if !isOn, wasOn { result[result.count - 1].to = line.at }
        }
        return Spans(result)
    }

    /// Every day's span between two hours of the local clock; `to` at or below `from` is on the next day.
    func daily(from: Int64, to: Int64) -> [(from: Int64, to: Int64)] {
        let day: Int64 = 86_400_000
        let first = (lines.first?.at ?? 0) / day - 1
        return (first...(end / day + 1)).map { number in
            let start = number * day + from * 3_600_000
            let stop = (to > from ? number : number + 1) * day + to * 3_600_000
            return (Self.instant(start), Self.instant(stop))
        }
    }
}
