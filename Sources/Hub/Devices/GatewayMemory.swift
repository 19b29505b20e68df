import Rules

/// What one stream of a device that several gateways hear said of late, and who heard it.
///
/// Two gateways that hear one press tell it twice, one of them a moment later; and one that lags still tells how it was
/// when the other tells how it is. Neither is seen by the value alone, only where another address says it.
struct GatewayMemory: Sendable {
    /// A gateway by the bit of its address, so that those that said the same are one number.
    private static func bit(_ address: UInt8) -> UInt16 { 1 << UInt16(address & 15) }

    /// How well a gateway hears a device is of that gateway: for so long only one of them tells it.
    static let link = TimeSpan.minutes(10)

    /// So many presses are remembered: more within two seconds are none of a person.
    private static let mostPresses = 16

    private struct Press: Sendable {
        var value: Value
        var moment: Instant
        var first: UInt8
        var heardBy: UInt16
    }

    private var presses: [Press] = []
    private var released: (moment: Instant, by: UInt8)?
    private var change: (moment: Instant, saidBy: UInt16)?
    private var linked: (moment: Instant, by: UInt8)?

    /// What becomes of a reading before the profile's own repeats are looked at.
    ///
    /// - Parameters:
    ///   - last: what was stored last; nil where nothing was.
    ///   - moment: when it was told.
    mutating func verdict(
        on decoded: DecodedReading, last: Value?, at moment: Instant
    ) -> RepeatFilter.Verdict {
        switch decoded.reading.kind {
        case .pulse, .usage: return isCopy(decoded, at: moment) ? .noise : .kept
        case .state: return contradicts(decoded, last, at: moment) ? .contradiction : .kept
        case .measurement, .health:
            guard decoded.reading.capability.rawValue.hasPrefix("link.") else { return .kept }
            if let linked, linked.by != decoded.address,
                Self.isWithin(Self.link, from: linked.moment, to: moment)
            {
                return .noise
            }
            linked = (moment, decoded.address)
            return .kept
        }
    }

    /// Takes in a reading that is stored.
    mutating func keep(_ decoded: DecodedReading, last: Value?, at moment: Instant) {
        switch decoded.reading.kind {
        case .pulse, .usage:
            if presses.count >= Self.mostPresses { presses.removeFirst() }
            presses.append(
                Press(
                    value: decoded.reading.value, moment: moment, first: decoded.address,
                    heardBy: Self.bit(decoded.address)))
            released = nil
        case .state where decoded.reading.freshness != .late && decoded.reading.value != last:
            change = (moment, Self.bit(decoded.address))
        default: break
        }
    }

    /// Whether the end of a press that is told as a level is one: not where another gateway has just told its beginning.
    mutating func releases(_ decoded: DecodedReading, at moment: Instant) -> Bool {
        if let press = presses.last, press.heardBy & Self.bit(decoded.address) == 0,
            Self.isRecent(press.moment, moment)
        {
            return false
        }
        if released == nil { released = (moment, decoded.address) }
        return true
    }

    /// A press that another gateway told, and this one not yet. Two of one gateway are two, and each is told once by the other.
    private mutating func isCopy(_ decoded: DecodedReading, at moment: Instant) -> Bool {
        // The device counts its presses itself: that is surer than time.
        if decoded.repeats.isCounted, decoded.copyMark != nil { return false }
        if let released, released.by != decoded.address, decoded.repeats.untilReset,
            Self.isRecent(released.moment, moment)
        {
            return true
        }
        let own = Self.bit(decoded.address)
        let copied = presses.firstIndex {
            $0.heardBy & own == 0 && $0.value == decoded.reading.value
                && Self.isRecent($0.moment, moment)
        }
        guard let copied else { return false }
        presses[copied].heardBy |= own
        return true
    }

    /// Something else than what another gateway has just told as a change, by one that did not tell that change itself: it may
    /// lag, and then tells how it was.
    private mutating func contradicts(
        _ decoded: DecodedReading, _ last: Value?, at moment: Instant
    ) -> Bool {
        guard decoded.reading.freshness != .late, let last, let known = change else { return false }
        let own = Self.bit(decoded.address)
        if decoded.reading.value == last {
            change?.saidBy |= own
            return false
        }
        return known.saidBy & own == 0 && Self.isOneOfFew(last)
            && Self.isOneOfFew(decoded.reading.value) && Self.isRecent(known.moment, moment)
    }

    /// Of a number that goes up or down nobody can tell whether it lags.
    private static func isOneOfFew(_ value: Value) -> Bool {
        switch value {
        case .boolean, .text: true
        case .number, .unknown: false
        }
    }

    private static func isRecent(_ moment: Instant, _ now: Instant) -> Bool {
        isWithin(RepeatFilter.betweenGateways, from: moment, to: now)
    }

    private static func isWithin(
        _ span: TimeSpan, from moment: Instant, to now: Instant
    ) -> Bool {
        let elapsed = now - moment
        return elapsed < span && elapsed > .zero - span
    }
}
