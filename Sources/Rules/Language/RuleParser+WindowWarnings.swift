/// What is doubtful about a window: that it never exists, or not all the year round.
extension RuleParser {
    /// Sunrise and sunset need to know where each residence is.
    mutating func requirePosition(_ subject: String, edge: Window.Edge, at node: Node) {
        let without = home.home.residences.filter { $0.position == nil }
        guard let first = without.first else { return }
        let others = without.count == 1 ? "" : " and \(without.count - 1) more"
        error(
            "no-position",
            "\(subject): \(edge.text) cannot be known in residence \"\(first.id)\"\(others), whose place is not "
                + "given; write latitude and longitude in hub.yaml",
            at: node.location, length: edge.text.count)
    }

    /// Warnings about a window that was read.
    mutating func warn(of window: Window, _ subject: String, _ fields: Fields, to: Node) {
        if window.from == window.to {
            warning(
                "whole-day-window",
                "\(subject) ends when it begins and so lasts the whole day; "
                    + "write to: \"24:00\" with from: \"00:00\" if that is meant",
                at: to.location)
        }
        guard home.isKnown else { return }
        if window.holidays != .ignored { warn(ofHolidays: window, subject, fields) }
        if window.needsSun { warn(ofSun: window, subject, fields) }
    }

    private mutating func warn(ofHolidays window: Window, _ subject: String, _ fields: Fields) {
        let holidays = home.home.holidays
        let key = window.holidays == .only ? "only_on" : "not_on"
        let place = fields.entry(key)?.location ?? fields.location
        if holidays.isEmpty {
            warning(
                window.holidays == .only ? "window-never" : "no-holidays",
                "\(subject), \(key): hub.yaml gives no holidays, so "
                    + (window.holidays == .only
                        ? "this window never exists" : "this changes nothing")
                    + "; write such as holidays: {calendar: fr} there",
                at: place, length: key.count)
            return
        }
        guard window.holidays == .only, window.days != 0b111_1111 else { return }
        let isMet = holidays.candidates.contains { day in
            window.days & (1 << UInt8(LocalDay.weekday(day))) != 0 && holidays.contains(day)
        }
        if !isMet {
            warning(
                "window-never",
                "\(subject) never exists: no holiday falls on one of its days",
                at: place, length: key.count)
        }
    }

    /// How many places a window is tried in: those of one site are mostly alike.
    private static let placesTried = 10

    private mutating func warn(ofSun window: Window, _ subject: String, _ fields: Fields) {
        var seen: Set<Locality> = []
        for residence in home.home.residences {
            guard residence.position != nil, let zone = zones[residence.zone] else { continue }
            let locality = Locality(zone: zone, position: residence.position)
            guard seen.insert(locality).inserted else { continue }
            if seen.count > Self.placesTried { return }
            let year = WindowYear(window, in: locality)
            guard let (code, text) = year.remark else { continue }
            let key = window.from.isOfTheSun ? "from" : "to"
            warning(
                code, "\(subject): in residence \"\(residence.id)\" \(text)",
                at: fields.entry(key)?.location ?? fields.location, length: key.count)
            return
        }
    }
}

extension Holidays {
    /// Dates among which every holiday that is written down, and a holiday of each kind, is: enough to see
    /// whether any falls on some day of the week.
    fileprivate var candidates: [Int64] {
        var result = spans.flatMap { span in
            Array(span.lowerBound...min(span.upperBound, span.lowerBound + 6))
        }
        if calendar != nil {
            // A date comes round to every day of the week within 12 years.
            let first = CalendarDate(year: 2024, month: 1, day: 1).daysSince1970
            result += Array(first..<(first + 12 * 366))
        }
        return result
    }
}

/// A window over one year, to see when it does not exist and when the sun does not rise or set.
private struct WindowYear {
    /// How much of a day the window takes.
    private enum Extent {
        case none
        case some
        case whole

        init(_ span: (start: Instant, end: Instant)?) {
            guard let span else {
                self = .none
                return
            }
            // Noon wanders by half a minute from day to day.
            self = span.end - span.start >= .hours(24) - .minutes(2) ? .whole : .some
        }

        /// What becomes of the window then.
        func text(otherwise: String) -> String {
            switch self {
            case .none: "this window does not exist then"
            case .some: otherwise
            case .whole: "this window lasts the whole day then"
            }
        }
    }

    private enum Day {
        case plain
        case missing
        case staysUp(Extent)
        case staysDown(Extent)
    }

    private static let first = CalendarDate(year: 2025, month: 1, day: 1).daysSince1970
    private var days: [Day] = []

    init(_ window: Window, in locality: Locality) {
        days = (0..<365).map { index in
            let day = Self.first + Int64(index)
            let extent = Extent(window.span(startingOn: day, in: locality))
            guard let (sun, noon) = Window.Edge.sun(on: day, in: locality) else { return .plain }
            switch (sun.rise(near: noon), sun.set(near: noon)) {
            case (.staysUp, _), (_, .staysUp): return .staysUp(extent)
            case (.staysDown, _), (_, .staysDown): return .staysDown(extent)
            default: return extent == .none ? .missing : .plain
            }
        }
    }

    /// What is to be said, and the warning's code; nil where the window exists all the year round and the sun
    /// rises and sets every day.
    var remark: (code: String, text: String)? {
        let missing = spans { if case .missing = $0 { true } else { false } }
        let up = spans { if case .staysUp = $0 { true } else { false } }
        let down = spans { if case .staysDown = $0 { true } else { false } }
        if missing.isEmpty, up.isEmpty, down.isEmpty { return nil }
        let never = days.allSatisfy {
            switch $0 {
            case .missing, .staysUp(.none), .staysDown(.none): true
            default: false
            }
        }
        if never {
            return (
                "window-never",
                "this window never exists: its end comes before its beginning all the year round"
            )
        }
        var parts: [String] = []
        if !missing.isEmpty {
            parts.append(
                "this window does not exist \(Self.text(missing)), when its end would come before its beginning"
            )
        }
        if let first = up.first, case .staysUp(let extent) = days[first.0] {
            parts.append(
                "the sun does not set \(Self.text(up)): "
                    + extent.text(otherwise: "its lowest points are taken for sunrise and sunset"))
        }
        if let first = down.first, case .staysDown(let extent) = days[first.0] {
            parts.append(
                "the sun does not rise \(Self.text(down)): "
                    + extent.text(otherwise: "its highest point is taken for sunrise and sunset"))
        }
        return ("window-not-always", parts.joined(separator: "; "))
    }

    /// Spans of days in the circle of the year, as indices of the first and the last.
    private func spans(where matches: (Day) -> Bool) -> [(Int, Int)] {
        let flags = days.map(matches)
        guard flags.contains(true) else { return [] }
        guard let gap = flags.firstIndex(of: false) else { return [(0, flags.count - 1)] }
        var result: [(Int, Int)] = []
        for step in 0..<flags.count where flags[(gap + step) % flags.count] {
            let index = (gap + step) % flags.count
            if let last = result.last, (last.1 + 1) % flags.count == index {
                result[result.count - 1].1 = index
            } else {
                result.append((index, index))
            }
        }
        return result
    }

    private static func text(_ spans: [(Int, Int)]) -> String {
        let shown = spans.prefix(3).map { "from \(date($0.0)) to \(date($0.1))" }
        return shown.joined(separator: ", ") + (spans.count > 3 ? " and at other times" : "")
    }

    private static func date(_ index: Int) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September",
            "October", "November", "December",
        ]
        let date = CalendarDate(daysSince1970: first + Int64(index))
        return "\(date.day) \(months[date.month - 1])"
    }
}
