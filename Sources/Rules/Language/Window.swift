/// A span of the day, in the residence's wall time. Belongs to the date it starts on, and exists at most once for
/// each date.
///
/// An end that lies before its beginning is one of the next date where the beginning is in the afternoon and the
/// end in the morning (sunrise is morning, sunset afternoon), or where both are times of the clock: `22:30` to
/// `06:30`, `sunset` to `06:30`. Otherwise such a window does not exist that date: `17:00` to `sunset` where the
/// sun sets at 16:50.
///
/// Where the sun does not set, sunrise is taken as its lowest point before noon and sunset as that after noon;
/// where it does not rise, both are its highest point. Nothing is added to or taken from these. So from sunset to
/// sunrise there is nothing in the time of the midnight sun, and the whole day in the polar night.
public struct Window: Hashable, Sendable {
    /// Where it begins or ends.
    public enum Edge: Hashable, Sendable {
        /// Minutes after local midnight, 0 … 1440.
        case clock(Int)
        /// So long after sunrise; before it where negative.
        case sunrise(TimeSpan)
        /// So long after sunset; before it where negative.
        case sunset(TimeSpan)
    }

    /// What holidays are to it.
    public enum HolidayUse: String, Hashable, Sendable {
        /// Days like others.
        case ignored
        /// It does not start on them (`not_on: holidays`).
        case excluded
        /// It starts on them only (`only_on: holidays`).
        case only
    }

    /// How far from sunrise or sunset an edge may lie.
    public static let longestOffset = TimeSpan.hours(6)

    /// The name in `windows:`, for sentences and messages; empty for one written in place.
    public var name: String
    /// Its beginning.
    public var from: Edge
    /// Its end; not within the window.
    public var to: Edge
    /// On which days it starts: bit 0 Monday … bit 6 Sunday.
    public var days: UInt8
    /// Whether it starts on holidays.
    public var holidays: HolidayUse

    /// A span of the day.
    public init(
        name: String = "", from: Edge, to: Edge, days: UInt8 = 0b111_1111,
        holidays: HolidayUse = .ignored
    ) {
        self.name = name
        self.from = from
        self.to = to
        self.days = days
        self.holidays = holidays
    }

    /// A span of the day between two times of the clock, in minutes after local midnight.
    public init(
        name: String = "", from: Int, to: Int, days: UInt8 = 0b111_1111,
        holidays: HolidayUse = .ignored
    ) {
        self.init(
            name: name, from: .clock(from), to: .clock(to), days: days, holidays: holidays)
    }

    /// Whether it looks at the sun, and so needs to know where the residence is.
    public var needsSun: Bool { from.isOfTheSun || to.isOfTheSun }

    /// Whether its end is one of the date after that of its beginning.
    public var endsOnNextDate: Bool {
        switch (from, to) {
        case (.clock(let from), .clock(let to)): to <= from
        case (.sunrise(let from), .sunrise(let to)), (.sunset(let from), .sunset(let to)):
            to <= from
        default: !from.isMorning && to.isMorning
        }
    }
}

extension Window.Edge {
    /// Whether it is sunrise or sunset.
    public var isOfTheSun: Bool {
        if case .clock = self { return false }
        return true
    }

    var isMorning: Bool {
        switch self {
        case .clock(let minutes): minutes < 720
        case .sunrise: true
        case .sunset: false
        }
    }

    /// As it is written in a rule file: `22:30`, `sunset+20m`.
    public var text: String {
        switch self {
        case .clock(let minutes):
            let minute = minutes % 60
            return
                "\(minutes / 60 < 10 ? "0" : "")\(minutes / 60):\(minute < 10 ? "0" : "")\(minute)"
        case .sunrise(let span): return "sunrise" + Self.signed(span)
        case .sunset(let span): return "sunset" + Self.signed(span)
        }
    }

    private static func signed(_ span: TimeSpan) -> String {
        if span == .zero { return "" }
        return (span > .zero ? "+" : "") + span.text
    }

    fileprivate func describe(into hash: inout StableHash) {
        switch self {
        case .clock(let minutes): hash.mix(Int64(minutes))
        case .sunrise(let span):
            hash.mix("sunrise")
            hash.mix(span.milliseconds)
        case .sunset(let span):
            hash.mix("sunset")
            hash.mix(span.milliseconds)
        }
    }
}

extension Window {
    /// Mixes in all that changes when it is: its times, and what it looks at in a locality.
    func describe(into hash: inout StableHash, in locality: Locality) {
        from.describe(into: &hash)
        to.describe(into: &hash)
        hash.mix(Int64(days))
        hash.mix(locality.zone.name)
        if needsSun, let position = locality.position {
            hash.mix(Int64(bitPattern: position.latitude.bitPattern))
            hash.mix(Int64(bitPattern: position.longitude.bitPattern))
        }
        if holidays != .ignored {
            hash.mix(holidays.rawValue)
            locality.holidays.describe(into: &hash)
        }
    }
}
