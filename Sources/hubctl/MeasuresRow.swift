import Hub
import Rules

/// The measures of one device for programs: a line of CSV, or a JSON object, which has the hours and the blind spans besides.
struct MeasuresRow: Encodable {
    private enum Cell {
        case text(String?)
        case count(Int)
        case number(Double?)
    }

    private static let columns: [(name: String, cell: @Sendable (DeviceUse.Result) -> Cell)] = [
        ("device", { .text($0.measures.device.rawValue) }),
        ("person", { .text($0.device.person?.rawValue) }),
        ("coverage", { .number($0.measures.coverage) }),
        ("observed_days", { .count($0.measures.observedDays) }),
        ("uses", { .count($0.measures.uses) }),
        ("uses_per_day", { .number($0.measures.usesPerDay?.value) }),
        ("uses_per_day_low", { .number($0.measures.usesPerDay?.low) }),
        ("uses_per_day_high", { .number($0.measures.usesPerDay?.high) }),
        ("days_with_use", { .number($0.measures.daysWithUse) }),
        ("median_s", { .number($0.measures.medianSeconds) }),
        ("low_quartile_s", { .number($0.measures.lowQuartile) }),
        ("high_quartile_s", { .number($0.measures.highQuartile) }),
        ("censored", { .count($0.measures.censored) }),
        ("stability", { .number($0.measures.stability) }),
        ("variability", { .number($0.measures.variability) }),
        ("diversity_bits", { .number($0.measures.diversity) }),
        ("weekly_change", { .number($0.measures.weeklyChange?.value) }),
        ("weekly_change_low", { .number($0.measures.weeklyChange?.low) }),
        ("weekly_change_high", { .number($0.measures.weeklyChange?.high) }),
        ("quiet_since", { .text($0.measures.quietSince?.iso) }),
        ("alone", { .count($0.measures.support.alone) }),
        ("helped", { .count($0.measures.support.helped) }),
        ("automatic", { .count($0.measures.support.automatic) }),
        ("support_unknown", { .count($0.measures.support.unknown) }),
        ("support_contested", { .count($0.measures.support.contested) }),
        ("support_known", { .number($0.measures.support.known) }),
        ("autonomy", { .number($0.measures.support.autonomy?.value) }),
        ("autonomy_low", { .number($0.measures.support.autonomy?.low) }),
        ("autonomy_high", { .number($0.measures.support.autonomy?.high) }),
        ("autonomy_least", { .number($0.measures.support.autonomyBounds?.lowerBound) }),
        ("autonomy_most", { .number($0.measures.support.autonomyBounds?.upperBound) }),
        ("prompts_per_use", { .number($0.measures.support.promptsPerUse?.value) }),
        ("prompts_per_use_low", { .number($0.measures.support.promptsPerUse?.low) }),
        ("prompts_per_use_high", { .number($0.measures.support.promptsPerUse?.high) }),
        ("prompts_uses", { .count($0.measures.support.prompted) }),
        ("appropriation", { .number($0.measures.support.appropriation?.value) }),
        ("appropriation_low", { .number($0.measures.support.appropriation?.low) }),
        ("appropriation_high", { .number($0.measures.support.appropriation?.high) }),
        ("appropriation_weeks", { .count($0.measures.support.weeks) }),
        ("appropriation_weeks_left_out", { .count($0.measures.support.weeksLeftOut) }),
    ]

    /// The names of the columns, in the order of `csv`.
    static let header = columns.map(\.name).joined(separator: ",")

    private let result: DeviceUse.Result

    init(_ result: DeviceUse.Result) { self.result = result }

    /// Its line (RFC 4180), without the line's end; what is not known is empty.
    var csv: String {
        Self.columns.map { column in
            switch column.cell(result) {
            case .text(let text): csvField(text ?? "")
            case .count(let count): "\(count)"
            case .number(let number): number.map { "\($0)" } ?? ""
            }
        }.joined(separator: ",")
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct Blind: Encodable {
        var from: String
        var to: String
        var reason: String
    }

    private struct Divergent: Encodable {
        var from: String
        var to: String
        var what: String?
        var ways: [String]
    }

    /// What is not known is left out.
    func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: Key.self)
        for column in Self.columns {
            let key = Key(column.name)
            switch column.cell(result) {
            case .text(let text): try object.encodeIfPresent(text, forKey: key)
            case .count(let count): try object.encode(count, forKey: key)
            case .number(let number): try object.encodeIfPresent(number, forKey: key)
            }
        }
        try object.encode(result.measures.hours, forKey: Key("hours"))
        try object.encode(
            result.observed.blind.map {
                Blind(from: $0.from.iso, to: $0.to.iso, reason: $0.reason.rawValue)
            }, forKey: Key("blind"))
        // Use by use and not as a number: in no column of a table it is added up, or compared.
        try object.encode(
            result.divergent.map {
                Divergent(
                    from: $0.use.from.iso, to: $0.use.to.iso,
                    what: $0.use.what.isEmpty ? nil : $0.use.what, ways: $0.ways.map(\.rawValue))
            }, forKey: Key("divergent"))
    }
}
