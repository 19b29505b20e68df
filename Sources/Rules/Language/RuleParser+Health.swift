/// Conditions on a device's health: `{kind: motion, device: {silent_for: 4h, battery_below: 15}}`. True where
/// any of them is.
extension RuleParser {
    static let healthKeys = [
        "name", "silent_for", "battery_below", "link_below", "clock_off_by", "tamper",
    ]
    /// A battery is well again this much above the limit, in %.
    private static let batteryHysteresis = 5.0

    mutating func health(_ fields: Fields, what: String) -> SignalExpression? {
        guard let node = fields["device"] else { return nil }
        let name = "\(what), device"
        guard
            let health = Fields(
                node, subject: name, known: Self.healthKeys, diagnostics: &diagnostics)
        else { return nil }
        for key in Self.testKeys + ["clear_above", "clear_below", "unknown_after", "reading"] {
            guard let entry = fields.entry(key) else { continue }
            error(
                "mixed-forms",
                "\(what): \"\(key)\" does not go with a device's health; write {any: [...]} around two "
                    + "conditions",
                at: entry.location, length: key.count)
            return nil
        }
        let errorsBefore = diagnostics.count
        let selector = selector(fields, health, what: what)
        var parts: [SignalExpression] = []
        if let value = health["silent_for"], let span = positive(value, what: "\(name), silent_for")
        {
            parts.append(.silent(selector, for: span))
        }
        func predicate(_ capability: Capability, _ test: ValueTest) -> SignalExpression {
            var selector = selector
            selector.capability = capability
            return .predicate(selector, test, unknownAfter: nil)
        }
        if let limit = number("battery_below", health, in: 1...99, what: name) {
            let clear = min(100, limit + Self.batteryHysteresis)
            parts += [
                predicate("device.battery", .below(limit, clearAbove: clear)),
                predicate("device.battery_low", .oneOf([.boolean(true)])),
            ]
        }
        if let limit = number("link_below", health, in: -150...255, what: name) {
            // What a link says is of one scale or the other: dBm is negative, LQI is not.
            let capability: Capability = limit < 0 ? "link.rssi" : "link.lqi"
            parts.append(predicate(capability, .below(limit, clearAbove: limit)))
        }
        if let value = health["clock_off_by"],
            let span = positive(value, what: "\(name), clock_off_by")
        {
            parts.append(clock(offBy: span, selector))
        }
        if let value = health["tamper"],
            let flag = value.boolean("\(name), tamper", diagnostics: &diagnostics)
        {
            parts.append(predicate("alarm.tamper", .oneOf([.boolean(flag)])))
        }
        let errors = diagnostics.count
        guard errors == errorsBefore else { return nil }
        if parts.isEmpty {
            error(
                "missing-value",
                "\(name) needs at least one of "
                    + Self.healthKeys.dropFirst().joined(separator: ", "),
                at: node.location)
            return nil
        }
        return parts.count == 1 ? parts[0] : .any(parts)
    }

    /// A wrong clock is told while it is wrong, at least once an hour, and not once it is right again.
    private func clock(offBy span: TimeSpan, _ selector: StreamSelector) -> SignalExpression {
        var selector = selector
        selector.capability = "device.clock_offset"
        let seconds = Double(span.milliseconds) / 1000
        let isOff = SignalExpression.any([
            .predicate(selector, .above(seconds, clearBelow: seconds), unknownAfter: nil),
            .predicate(selector, .below(-seconds, clearAbove: -seconds), unknownAfter: nil),
        ])
        return .count(.during(.seen(selector), isOff), atLeast: 1, within: .hours(2))
    }

    private mutating func selector(
        _ fields: Fields, _ health: Fields, what: String
    ) -> StreamSelector {
        let names = words(health["name"], what: "\(what), device, name")
        var rooms =
            words(fields["room"], what: "\(what), room")
            + words(fields["rooms"], what: "\(what), rooms")
        let allRooms = rooms == ["all"]
        if allRooms { rooms = [] }
        let anywhere =
            fields["anywhere"]?.boolean("\(what), anywhere", diagnostics: &diagnostics) ?? false
        return StreamSelector(
            names: names, kinds: words(fields["kind"], what: "\(what), kind"),
            labels: words(fields["label"], what: "\(what), label")
                + words(fields["labels"], what: "\(what), labels"),
            rooms: rooms, anywhere: anywhere || allRooms || !names.isEmpty, capability: "")
    }

    private mutating func number(
        _ key: String, _ fields: Fields, in range: ClosedRange<Double>, what: String
    ) -> Double? {
        guard let node = fields[key],
            let number = node.number("\(what), \(key)", diagnostics: &diagnostics)
        else { return nil }
        if range.contains(number) { return number }
        error(
            "bad-number",
            "\(what), \(key) must lie between \(Self.text(range.lowerBound)) and "
                + Self.text(range.upperBound),
            at: node.location)
        return nil
    }
}
