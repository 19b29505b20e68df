import Foundation

/// What a benchmark measured.
public struct BenchmarkReport: Sendable {
    /// All rounds of one subject.
    public struct Drains: Sendable {
        var name: String
        var rounds: [BenchmarkDrain]

        var rate: Double { BenchmarkReport.median(rounds.map(\.rate)) }
        var cost: Double { BenchmarkReport.median(rounds.map(\.cost)) }
    }

    /// A journal that was filled.
    public struct Store: Sendable {
        var events: Int
        var messages: Int
        /// CPU time of decoding, appending, evaluating and committing.
        var microseconds: Double
        var bytes: Int
    }

    /// What consent costs.
    struct ConsentCost: Sendable {
        /// CPU of a message that is about nobody, in µs.
        var without: Double
        /// Of one for which a person's word is asked.
        var with: Double
    }

    /// One figure with its target, for the table.
    private struct Line {
        var what: String
        var figure: String
        var target: String
    }

    /// References first, in the order of `live` too.
    public var backlog: [Drains] = []
    /// With a publisher beside.
    public var live: [Drains] = []
    /// In bytes.
    public var resident: Int?
    /// In ms, in order of size.
    public var latencies: [Double] = []
    /// For the past of all devices of the stored events.
    var healthMilliseconds: Double?
    /// By round.
    var consentCosts: [ConsentCost] = []
    /// The same, while a bridge announces its devices in 5 MB every two seconds.
    public var announcedLatencies: [Double] = []
    /// From publishing to a page, in ms, in order of size.
    public var pageLatencies: [Double] = []
    /// Many pages and many alerts at once.
    var burst: BenchmarkPages.Burst?
    /// Messages understood by their convention alone.
    var decoding: BenchmarkDecoding.Rates?
    /// A study that was exported, and measures of a year.
    var export: BenchmarkExport.Result?
    /// The filled journal.
    public var store: Store?
    /// In seconds.
    public var starts: [Double] = []
    /// What was left out, and what disturbs the figures.
    public var notes: [String] = []

    static func median(_ numbers: [Double]) -> Double {
        guard !numbers.isEmpty else { return .nan }
        let sorted = numbers.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// The median over the rounds of one subject's figure divided by another's of the same round: what slows a whole
    /// round down falls out.
    private static func ratio(
        _ left: Drains, _ right: Drains, _ figure: KeyPath<BenchmarkDrain, Double>
    ) -> Double {
        median(
            zip(left.rounds, right.rounds).map { $0[keyPath: figure] / $1[keyPath: figure] })
    }

    // MARK: For people

    /// The tables.
    public var text: String {
        var parts: [String] = []
        if !backlog.isEmpty { parts.append(table("Draining a backlog", backlog)) }
        if !live.isEmpty { parts.append(table("Live, with a publisher beside", live)) }
        let lines = self.lines
        if !lines.isEmpty {
            parts.append(
                Self.table(
                    [["what", "figure", "to reach"]]
                        + lines.map { [$0.what, $0.figure, $0.target] }))
        }
        return (parts + notes).joined(separator: "\n\n")
    }

    private func table(_ title: String, _ drains: [Drains]) -> String {
        let storing = drains.count > 1 && drains[1].name.hasPrefix("C") ? drains[1] : nil
        var rows = [[title, "messages/s", "of mosquitto_sub", "CPU µs/message", "of C"]]
        for drain in drains {
            rows.append([
                drain.name, String(Int(drain.rate)),
                Self.fixed(Self.ratio(drain, drains[0], \.rate), 2),
                Self.fixed(drain.cost, 1),
                storing.map { Self.fixed(Self.ratio(drain, $0, \.cost), 2) } ?? "",
            ])
        }
        return Self.table(rows)
    }

    private var lines: [Line] {
        var lines: [Line] = []
        if let few = backlog.first(where: { $0.name.contains(" 10 ") }),
            let many = backlog.first(where: { $0.name.contains(" 10000 ") })
        {
            lines.append(
                Line(
                    what: "CPU with 10,000 instances, of that with 10",
                    figure: Self.fixed(Self.ratio(many, few, \.cost), 2), target: "1.3"))
        }
        if let store {
            lines.append(
                Line(
                    what: "bytes an event, over \(store.events) events",
                    figure: Self.fixed(Double(store.bytes) / Double(store.events), 1), target: "24")
            )
            lines.append(
                Line(
                    what:
                        "CPU µs a message without MQTT, \(Self.fixed(Double(store.events) / Double(store.messages), 2)) events each",
                    figure: Self.fixed(store.microseconds / Double(store.messages), 1),
                    target: "10"))
        }
        if let healthMilliseconds, let store {
            lines.append(
                Line(
                    what: "ms for the health of 1,000 devices, \(store.events) events",
                    figure: Self.fixed(healthMilliseconds, 0), target: ""))
        }
        if !consentCosts.isEmpty {
            let ratio = Self.median(consentCosts.map { $0.with / $0.without })
            lines.append(
                Line(
                    what: "CPU a message with consent of all people, of that about nobody",
                    figure: Self.fixed(ratio, 2), target: ""))
        }
        if let resident {
            lines.append(
                Line(
                    what: "MB resident, 1,000 devices and 1,000 rules",
                    figure: Self.fixed(Double(resident) / 1e6, 0), target: "100"))
        }
        if !latencies.isEmpty {
            lines.append(
                Line(
                    what: "ms from publishing to alert, p50 of \(latencies.count)",
                    figure: Self.fixed(Self.percentile(latencies, 0.5), 1), target: ""))
            lines.append(
                Line(
                    what: "… p99", figure: Self.fixed(Self.percentile(latencies, 0.99), 1),
                    target: "10"))
        }
        if let most = announcedLatencies.last {
            lines.append(
                Line(
                    what: "… while a bridge announces 5 MB every 2 s, p50, p99, most",
                    figure: [0.5, 0.99].map { Self.percentile(announcedLatencies, $0) }
                        .map { Self.fixed($0, 1) }.joined(separator: ", ")
                        + ", \(Self.fixed(most, 1))",
                    target: "100"))
        }
        lines += pageLines
        if let decoding {
            lines.append(
                Line(
                    what: "messages/s understood by their convention, one core",
                    figure: "\(Int(decoding.conventions))", target: "300000"))
            lines.append(
                Line(
                    what: "messages/s understood by the profiles of 1,000 devices, one core",
                    figure: "\(Int(decoding.profiles))", target: "300000"))
            lines.append(
                Line(
                    what: "ms for an announcement of 5 MB",
                    figure: Self.fixed(decoding.announcement, 0), target: "100"))
        }
        if let export {
            lines += [
                Line(
                    what: "s for the export of \(export.readings) readings of 100 people",
                    figure: Self.fixed(export.exportSeconds, 1), target: "60"),
                Line(
                    what: "MB resident at most meanwhile, before",
                    figure:
                        "\(Self.fixed(Double(export.residentPeak) / 1e6, 0)), \(Self.fixed(Double(export.residentBefore) / 1e6, 0))",
                    target: "flat"),
                Line(
                    what: "s for the measures of a year of 100 people",
                    figure: Self.fixed(export.measureSeconds, 1), target: "10"),
                Line(
                    what: "s to erase one of them, and for the engine of the start after it",
                    figure:
                        "\(Self.fixed(export.eraseSeconds, 1)), \(Self.fixed(export.recoverSeconds, 1))",
                    target: ""),
            ]
        }
        if !starts.isEmpty, let store {
            lines.append(
                Line(
                    what: "s from start to online, \(store.events) events, after a kill",
                    figure: Self.fixed(Self.median(starts), 2), target: "0.5"))
        }
        return lines
    }

    private var pageLines: [Line] {
        var lines: [Line] = []
        if !pageLatencies.isEmpty {
            lines.append(
                Line(
                    what:
                        "ms from publishing to a live page, 100 messages/s, p50 of \(pageLatencies.count)",
                    figure: Self.fixed(Self.percentile(pageLatencies, 0.5), 1), target: ""))
            lines.append(
                Line(
                    what: "… p99", figure: Self.fixed(Self.percentile(pageLatencies, 0.99), 1),
                    target: "100"))
        }
        if let burst {
            lines.append(
                Line(
                    what:
                        "ms until half of \(burst.pages) pages know \(burst.alerts) alerts that come at once",
                    figure: Self.fixed(burst.half, 0), target: ""))
            lines.append(
                Line(what: "… all of them", figure: Self.fixed(burst.last, 0), target: "1000"))
            lines.append(
                Line(
                    what: "MB resident with these pages, of them for the pages",
                    figure:
                        "\(Self.fixed(Double(burst.residentAfter) / 1e6, 0)), \(Self.fixed(Double(burst.residentAfter - burst.residentBefore) / 1e6, 0))",
                    target: ""))
        }
        return lines
    }

    private static func percentile(_ sorted: [Double], _ share: Double) -> Double {
        sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    private static func fixed(_ number: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", number)
    }

    /// Rows as Markdown, so that a table can be put into a page as it is.
    private static func table(_ rows: [[String]]) -> String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            "| "
                + zip(row, widths).enumerated().map { column, cell in
                    let blanks = String(repeating: " ", count: cell.1 - cell.0.count)
                    return column == 0 ? cell.0 + blanks : blanks + cell.0
                }.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { column, width in
            String(repeating: "-", count: width - 1) + (column == 0 ? "-" : ":")
        }
        return ([line(rows[0]), line(rule)] + rows.dropFirst().map(line)).joined(separator: "\n")
    }

    // MARK: For programs

    private struct Encoded: Encodable {
        struct Drain: Encodable {
            var name: String
            var messagesPerSecond: [Double]
            var microsecondsPerMessage: [Double]
        }

        var backlog: [Drain]
        var live: [Drain]
        var residentBytes: Int?
        var alertMilliseconds: [String: Double]?
        var announcedAlertMilliseconds: [Double]
        var pageMilliseconds: [String: Double]?
        var burstMilliseconds: [String: Double]?
        var burstResidentBytes: [Int]?
        var decodedPerSecond: Double?
        var decodedByProfilePerSecond: Double?
        var announcementMilliseconds: Double?
        var exportSeconds: Double?
        var measureSeconds: Double?
        var eraseSeconds: Double?
        var recoverSeconds: Double?
        var storedEvents: Int?
        var storedMessages: Int?
        var bytesPerEvent: Double?
        var startSeconds: [Double]
        var notes: [String]
    }

    /// The same as JSON, with every round.
    public func json() throws -> String {
        func drains(_ drains: [Drains]) -> [Encoded.Drain] {
            drains.map {
                Encoded.Drain(
                    name: $0.name, messagesPerSecond: $0.rounds.map(\.rate),
                    microsecondsPerMessage: $0.rounds.map(\.cost))
            }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        let encoded = Encoded(
            backlog: drains(backlog), live: drains(live), residentBytes: resident,
            alertMilliseconds: latencies.isEmpty
                ? nil
                : [
                    "p50": Self.percentile(latencies, 0.5),
                    "p99": Self.percentile(latencies, 0.99),
                ],
            announcedAlertMilliseconds: announcedLatencies,
            pageMilliseconds: pageLatencies.isEmpty
                ? nil
                : [
                    "p50": Self.percentile(pageLatencies, 0.5),
                    "p99": Self.percentile(pageLatencies, 0.99),
                ],
            burstMilliseconds: burst.map { ["half": $0.half, "last": $0.last] },
            burstResidentBytes: burst.map { [$0.residentBefore, $0.residentAfter] },
            decodedPerSecond: decoding?.conventions,
            decodedByProfilePerSecond: decoding?.profiles,
            announcementMilliseconds: decoding?.announcement,
            exportSeconds: export?.exportSeconds, measureSeconds: export?.measureSeconds,
            eraseSeconds: export?.eraseSeconds, recoverSeconds: export?.recoverSeconds,
            storedEvents: store?.events,
            storedMessages: store?.messages,
            bytesPerEvent: store.map { Double($0.bytes) / Double($0.events) },
            startSeconds: starts, notes: notes)
        return String(decoding: try encoder.encode(encoded), as: UTF8.self)
    }
}
