/// Windows: spans of the day in the residence's wall time.
extension RuleParser {
    static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Reads `{from: "22:30", to: sunrise-20m, days: [mon..fri], not_on: holidays}`.
    mutating func window(_ node: Node, name: String) -> Window? {
        let subject = name.isEmpty ? "a window" : "window \"\(name)\""
        guard
            let fields = Fields(
                node, subject: subject, known: ["from", "to", "days", "not_on", "only_on"],
                diagnostics: &diagnostics)
        else { return nil }
        let fromNode = fields.required("from", subject: subject, diagnostics: &diagnostics)
        let toNode = fields.required("to", subject: subject, diagnostics: &diagnostics)
        let days = fields["days"].map { self.days($0, subject: subject) } ?? 0b111_1111
        let from = fromNode.flatMap { edge($0, subject: "\(subject), from", last: 1439) }
        let to = toNode.flatMap { edge($0, subject: "\(subject), to", last: 1440) }
        let holidays = holidayUse(fields, subject: subject)
        guard let fromNode, let toNode, let from, let to, let days, let holidays else {
            return nil
        }
        let window = Window(name: name, from: from, to: to, days: days, holidays: holidays)
        if window.needsSun {
            requirePosition(
                subject, edge: from.isOfTheSun ? from : to,
                at: from.isOfTheSun ? fromNode : toNode)
        }
        warn(of: window, subject, fields, to: toNode)
        return window
    }

    /// `22:30`, `sunrise`, `sunset+20m`.
    private mutating func edge(_ node: Node, subject: String, last: Int) -> Window.Edge? {
        guard let text = node.text(subject, diagnostics: &diagnostics) else { return nil }
        let length = max(1, min(text.count, 40))
        for (word, make) in [
            ("sunrise", Window.Edge.sunrise), ("sunset", Window.Edge.sunset),
        ] where text.hasPrefix(word) {
            let rest = String(text.dropFirst(word.count).filter { $0 != " " })
            if rest.isEmpty { return make(.zero) }
            let span = TimeSpan(text: rest.dropFirst())
            guard let span, rest.hasPrefix("+") || rest.hasPrefix("-") else {
                error(
                    "bad-time",
                    "\(subject): \"\(text.prefix(40))\" is not a time of day; write \(word), or such as "
                        + "\(word)+20m or \(word)-1h30m",
                    at: node.location, length: length)
                return nil
            }
            guard span <= Window.longestOffset else {
                error(
                    "bad-time",
                    "\(subject): \"\(text.prefix(40))\" is more than \(Window.longestOffset.text) from "
                        + "\(word); write a time of the clock",
                    at: node.location, length: length)
                return nil
            }
            return make(rest.hasPrefix("-") ? .zero - span : span)
        }
        return clock(text, last: last).map { .clock($0) }
            ?? {
                error(
                    "bad-time",
                    "\(subject): \"\(text.prefix(40))\" is not a time of day; write \"00:00\" to "
                        + (last == 1440 ? "\"24:00\"" : "\"23:59\"")
                        + ", sunrise, sunset, or such as sunset+20m",
                    at: node.location, length: length)
                return nil
            }()
    }

    /// Minutes after midnight.
    func clock(_ text: String, last: Int) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isShort = parts.allSatisfy { part in
            (1...2).contains(part.utf8.count)
                && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        guard parts.count == 2, isShort, parts[1].count == 2, let hour = Int(parts[0]),
            let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= last
        else { return nil }
        return hour * 60 + minute
    }

    /// `not_on: holidays` or `only_on: holidays`.
    private mutating func holidayUse(_ fields: Fields, subject: String) -> Window.HolidayUse? {
        var uses: [Window.HolidayUse] = []
        var isGood = true
        for (key, use) in [("not_on", Window.HolidayUse.excluded), ("only_on", .only)] {
            guard let node = fields[key] else { continue }
            guard let text = node.text("\(subject), \(key)", diagnostics: &diagnostics) else {
                isGood = false
                continue
            }
            if text != "holidays" {
                isGood = false
                error(
                    "bad-holidays",
                    "\(subject), \(key): \"\(text.prefix(40))\" is not known; write \(key): holidays, and use "
                        + "days for days of the week",
                    at: node.location, length: max(1, min(text.count, 40)))
            }
            uses.append(use)
        }
        guard isGood else { return nil }
        if uses.count == 2 {
            error(
                "bad-holidays",
                "\(subject) has both not_on and only_on, and so would never exist; keep one",
                at: fields.entry("only_on")?.location ?? fields.location, length: 7)
            return nil
        }
        return uses.first ?? .ignored
    }

    /// Days as bits, Monday first: `[mon..fri, sun]`, or one such item alone.
    mutating func days(_ node: Node, subject: String) -> UInt8? {
        var days: UInt8 = 0
        var isGood = true
        for item in node.items {
            guard let text = item.text("\(subject), days", diagnostics: &diagnostics) else {
                isGood = false
                continue
            }
            guard let bits = Self.days(text) else {
                isGood = false
                error(
                    "bad-day",
                    "\(subject), days: \"\(text.prefix(40))\" is not a day; write mon, tue, wed, thu, "
                        + "fri, sat, sun or a span such as mon..fri",
                    at: item.location, length: min(text.count, 40))
                continue
            }
            days |= bits
        }
        if isGood, days == 0 {
            error(
                "bad-day", "\(subject), days: there is no day; leave days out for every day",
                at: node.location)
            return nil
        }
        return isGood ? days : nil
    }

    /// `mon`, or `fri..mon`, which goes over the week's end.
    private static func days(_ text: String) -> UInt8? {
        if let day = weekdays.firstIndex(of: text) { return 1 << UInt8(day) }
        guard text.utf8.count == 8, text.dropFirst(3).hasPrefix(".."),
            let first = weekdays.firstIndex(of: String(text.prefix(3))),
            let last = weekdays.firstIndex(of: String(text.suffix(3)))
        else { return nil }
        var bits: UInt8 = 0
        var day = first
        while true {
            bits |= 1 << UInt8(day)
            if day == last { return bits }
            day = (day + 1) % 7
        }
    }

    /// The value of `during` or `outside`: a window's name, a window written in place, or a list of
    /// them; true within any.
    mutating func during(_ node: Node) -> SignalExpression? {
        var windows: [SignalExpression] = []
        var isGood = true
        for item in node.items {
            let window: SignalExpression? = level(item) { parser in
                guard case .scalar(let name, _, _) = item else {
                    return parser.window(item, name: "").map { .during($0) }
                }
                switch parser.use(name, at: item, sections: [.windows]) {
                case .window(let window): return .during(window)
                case .event, .signal:
                    parser.error(
                        "expected-window",
                        "\"\(name)\" is not a window; write {all: [..., \(name)]} for a signal",
                        at: item.location, length: name.count)
                    return nil
                case nil: return nil
                }
            }
            if let window { windows.append(window) } else { isGood = false }
        }
        guard isGood else { return nil }
        if windows.isEmpty {
            error("missing-window", "a window's name is needed here", at: node.location)
            return nil
        }
        return windows.count == 1 ? windows[0] : .any(windows)
    }
}
