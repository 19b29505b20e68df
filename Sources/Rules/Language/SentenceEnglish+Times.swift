/// Times and numbers in English.
extension EnglishWords {
    private static let dayNames = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]

    /// `5 minutes`, `1 hour 30 minutes`, `28 days`.
    static func duration(_ span: TimeSpan) -> String {
        let parts = SpanParts(span)
        var words: [String] = []
        for (count, unit) in [
            (parts.days, "day"), (parts.hours, "hour"), (parts.minutes, "minute"),
        ] where count > 0 {
            words.append("\(count) \(unit)\(count == 1 ? "" : "s")")
        }
        if parts.milliseconds > 0 || words.isEmpty {
            let seconds = number(Double(parts.milliseconds) / 1000)
            words.append("\(seconds) second\(seconds == "1" ? "" : "s")")
        }
        return words.joined(separator: " ")
    }

    static func days(_ count: Int) -> String { "\(count) day\(count == 1 ? "" : "s")" }

    static func date(_ year: Int, _ month: Int, _ day: Int) -> String {
        guard (1...12).contains(month) else { return "\(year)" }
        return "\(day) \(months[month - 1]) \(year)"
    }

    static func timing(_ timing: Clause.Timing) -> String {
        switch timing {
        case .lasting(let span), .through(let span):
            return "for " + duration(span)
        case .lastingByWindow(let spans):
            return spans.map { "for \(duration($0.span)) \(windows($0.windows))" }
                .joined(separator: ", or ")
        case .soon(let span, let same):
            return "within " + duration(span) + self.same(same)
        case .times(let count, let within, let distinct, let isDenied):
            return times(count, within, distinct, isDenied)
        case .inAll(let span, let over, let during, let isDenied):
            let amount = "for \(isDenied ? "no more than" : "more than") \(duration(span)) in all"
            if let over { return amount + " within " + duration(over) }
            return during.map { amount + " " + window($0) } ?? amount
        case .window(let windows, let isOutside):
            guard isOutside else { return self.windows(windows) }
            if windows.count == 1, let rest = windows[0].complement { return window(rest) }
            return "except " + self.windows(windows)
        case .recently(let span):
            return "now or less than \(duration(span)) ago"
        case .unusual(let unusual):
            return self.unusual(unusual)
        }
    }

    private static func times(
        _ count: Int, _ within: TimeSpan, _ distinct: EventField?, _ isDenied: Bool
    ) -> String {
        let bound = isDenied ? "fewer than" : "at least"
        let span = " within " + duration(within)
        if let distinct {
            let (one, many, preposition) =
                switch distinct {
                case .device: ("device", "different devices", "on")
                case .room: ("room", "different rooms", "in")
                case .person: ("person", "different people", "for")
                case .value: ("value", "different values", "with")
                }
            return "\(preposition) \(bound) \(count) \(count == 1 ? one : many)" + span
        }
        return "\(bound) \(count == 1 ? "once" : "\(count) times")" + span
    }

    private static func unusual(_ unusual: Clause.Unusual) -> String {
        let much = unusual.isClear ? "much" : "a little"
        let row = unusual.daysInRow > 1 ? ", \(unusual.daysInRow) days in a row" : ""
        switch unusual.measure {
        case .often:
            return "\(much) \(unusual.isAbove ? "more" : "less") often than usual" + row
        case .long:
            return (unusual.isAbove ? "for \(much) longer" : "for \(much) less time")
                + " than usual" + row
        case .first, .last:
            let which = unusual.measure == .first ? "first" : "last"
            return "for the \(which) time of the day \(much) "
                + "\(unusual.isAbove ? "later" : "earlier") than usual" + row
        }
    }

    static func same(_ field: EventField?) -> String {
        switch field {
        case nil: ""
        case .device?: ", with the same device"
        case .room?: ", in the same room"
        case .person?: ", for the same person"
        case .value?: ", with the same value"
        }
    }

    // MARK: Times of day

    static func windows(_ windows: [Window]) -> String {
        list(windows.map(window))
    }

    /// `between 10:30 pm and 6:30 am`, `on Monday to Friday, except on holidays`.
    static func window(_ window: Window) -> String {
        var words: [String] = []
        if !window.isWholeDay {
            words.append("between \(edge(window.from)) and \(edge(window.to))")
        }
        if window.days != 0b111_1111 { words.append(days(of: window)) }
        switch window.holidays {
        case .ignored: break
        case .excluded: words.append("except on holidays")
        case .only: words.append("on holidays only")
        }
        return words.isEmpty ? "at any time of the day" : words.joined(separator: " ")
    }

    private static func days(of window: Window) -> String {
        if window.days == 0b110_0000 { return "at the weekend" }
        if window.dayRuns.allSatisfy({ $0.first == $0.last }) {
            let names = window.dayRuns.map { dayNames[$0.first] + "s" }
            return "on "
                + (names.count > 1
                    ? names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
                    : names.first ?? "")
        }
        let runs = window.dayRuns.map { run in
            run.first == run.last
                ? "on " + dayNames[run.first] + "s"
                : "from \(dayNames[run.first]) to \(dayNames[run.last])"
        }
        guard let last = runs.last, runs.count > 1 else { return runs.first ?? "" }
        return runs.dropLast().joined(separator: ", ") + " and " + last
    }

    private static func edge(_ edge: Window.Edge) -> String {
        switch edge {
        case .clock(let minutes): clock(minutes)
        case .sunrise(let span): near(span, "sunrise")
        case .sunset(let span): near(span, "sunset")
        }
    }

    private static func near(_ span: TimeSpan, _ sun: String) -> String {
        if span == .zero { return sun }
        let distance = duration(.milliseconds(abs(span.milliseconds)))
        return distance + (span < .zero ? " before " : " after ") + sun
    }

    private static func clock(_ minutes: Int) -> String {
        if minutes % 1440 == 0 { return "midnight" }
        if minutes == 720 { return "noon" }
        let hour = (minutes / 60 + 11) % 12 + 1
        let minute = minutes % 60
        let digits = minute == 0 ? "" : ":" + (minute < 10 ? "0" : "") + "\(minute)"
        return "\(hour)\(digits) \(minutes < 720 ? "am" : "pm")"
    }

    // MARK: Numbers

    static func number(_ value: Double) -> String {
        let text = RuleParser.text(value)
        return text.hasPrefix("-") ? "−" + text.dropFirst() : text
    }

    static func unit(_ capability: Capability) -> String { SentenceUnits.unit(capability) }

    static func quantity(_ capability: Capability) -> String {
        switch capability {
        case "env.temperature", "device.temperature": "the temperature"
        case "env.humidity": "the humidity"
        case "env.illuminance", "light.level": "the light"
        case "env.pressure": "the air pressure"
        case "env.co2": "the CO₂ of the air"
        case "presence.count": "the number of people"
        case "presence.distance": "the distance"
        case "cover.position": "the opening"
        case "power.active": "the electric power"
        case "power.voltage", "device.battery_voltage": "the voltage"
        case "power.current": "the electric current"
        case "energy.total": "the electricity used"
        case "device.battery": "the battery"
        case "device.clock_offset": "the clock error"
        case "link.lqi", "link.rssi", "link.snr": "the radio strength"
        case "location.lat", "location.lon": "the position"
        case "location.accuracy": "the accuracy of the position"
        default: "the value “\(plain(capability.rawValue))”"
        }
    }
}

/// A duration in the units that people use.
struct SpanParts {
    var days: Int64 = 0
    var hours: Int64 = 0
    var minutes: Int64 = 0
    /// What is left.
    var milliseconds: Int64

    /// Whole hours up to two days stay hours, whole minutes up to two hours minutes: as they were most likely
    /// meant.
    init(_ span: TimeSpan) {
        milliseconds = abs(span.milliseconds)
        if milliseconds > 172_800_000 || milliseconds == 172_800_000 {
            days = milliseconds / 86_400_000
            milliseconds %= 86_400_000
        }
        if milliseconds >= 3_600_000 {
            hours = milliseconds / 3_600_000
            milliseconds %= 3_600_000
        }
        if milliseconds >= 60_000 {
            minutes = milliseconds / 60_000
            milliseconds %= 60_000
        }
    }
}

/// Units, the same in both languages.
enum SentenceUnits {
    static func unit(_ capability: Capability) -> String {
        switch capability {
        case "env.temperature", "device.temperature": " °C"
        case "env.humidity", "device.battery", "cover.position", "light.level": " %"
        case "env.illuminance": " lx"
        case "env.pressure": " hPa"
        case "env.co2": " ppm"
        case "presence.distance", "location.accuracy": " m"
        case "power.active": " W"
        case "power.voltage", "device.battery_voltage": " V"
        case "power.current": " A"
        case "energy.total": " kWh"
        case "link.rssi": " dBm"
        case "link.snr": " dB"
        case "device.clock_offset": " s"
        default: ""
        }
    }
}
