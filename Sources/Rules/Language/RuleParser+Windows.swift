/// Windows: spans of the day in the residence's wall time.
extension RuleParser {
    static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    /// Reads `{from: "22:30", to: "06:30", days: [mon..fri]}`.
    mutating func window(_ node: Node, name: String) -> Window? {
        let subject = name.isEmpty ? "a window" : "window \"\(name)\""
        guard
            let fields = Fields(
                supported(node, unsupported: ["not_on"]), subject: subject,
                known: ["from", "to", "days"], diagnostics: &diagnostics)
        else { return nil }
        let fromNode = fields.required("from", subject: subject, diagnostics: &diagnostics)
        let toNode = fields.required("to", subject: subject, diagnostics: &diagnostics)
        let days = fields["days"].map { self.days($0, subject: subject) } ?? 0b111_1111
        guard let fromNode, let toNode,
            let from = timeOfDay(fromNode, subject: "\(subject), from", last: 1439),
            let to = timeOfDay(toNode, subject: "\(subject), to", last: 1440), let days
        else { return nil }
        if from == to {
            warning(
                "whole-day-window",
                "\(subject) ends when it begins and so lasts the whole day; "
                    + "write to: \"24:00\" with from: \"00:00\" if that is meant",
                at: toNode.location)
        }
        return Window(name: name, from: from, to: to, days: days)
    }

    private mutating func timeOfDay(_ node: Node, subject: String, last: Int) -> Int? {
        guard let text = node.text(subject, diagnostics: &diagnostics) else { return nil }
        if text.hasPrefix("sunrise") || text.hasPrefix("sunset") {
            error(
                "unsupported",
                "\(subject): \"\(text.prefix(40))\": sunrise and sunset are not supported yet by this "
                    + "version; write a time such as 21:30",
                at: node.location, length: text.count)
            return nil
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let isShort = parts.allSatisfy { part in
            (1...2).contains(part.utf8.count)
                && part.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        }
        if parts.count == 2, isShort, parts[1].count == 2, let hour = Int(parts[0]),
            let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= last
        {
            return hour * 60 + minute
        }
        error(
            "bad-time",
            "\(subject): \"\(text.prefix(40))\" is not a time of day; write \"00:00\" to "
                + (last == 1440 ? "\"24:00\"" : "\"23:59\""),
            at: node.location, length: min(text.count, 40))
        return nil
    }

    /// Days as bits, Monday first: `[mon..fri, sun]`, or one such item alone.
    private mutating func days(_ node: Node, subject: String) -> UInt8? {
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
