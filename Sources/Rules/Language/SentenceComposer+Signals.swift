/// Signals as clauses. What is denied is pushed inwards as far as it goes, so that a sentence says "nobody moves"
/// rather than "it is not so that somebody moves".
extension SentenceComposer {
    mutating func signal(
        _ expression: SignalExpression, _ polarity: Clause.Polarity,
        _ aspect: Clause.Aspect = .holds
    ) -> Clause {
        switch expression {
        case .predicate, .silent:
            return any([expression], polarity, aspect)
        case .any(let parts):
            if let byWindow = byWindow(parts, polarity) { return byWindow }
            return any(parts, polarity, aspect)
        case .all(let parts):
            return all(parts, polarity, aspect)
        case .not(let inner):
            if let (windows, isOutside) = Self.windows(expression) {
                return .time(windows, isOutside: isOutside != polarity.isNegative)
            }
            switch polarity {
            case .yes: return signal(inner, .no, aspect)
            case .no, .noMore: return signal(inner, .yes, aspect)
            }
        case .atLeast(let count, let parts):
            return .atLeast(
                count, parts.map { signal($0, .yes) }, isDenied: polarity.isNegative)
        case .during(let window):
            return .time([window], isOutside: polarity.isNegative)
        case .away:
            return .away(polarity)
        case .dwell(let enter, let leave):
            return dwell(enter, leave, polarity)
        case .rate(let selector, let limit, let over):
            let fact = facts([(selector, Self.meaning(selector, .any))])[0]
            return deny(.rate(fact, limit, over: over), .holds, polarity)
        case .baseline(let baseline):
            return deny(self.baseline(baseline), .holds, polarity)
        case .released, .holding, .absence, .missed, .count, .spent:
            return timed(expression, polarity)
        }
    }

    // MARK: With a time

    private mutating func timed(
        _ expression: SignalExpression, _ polarity: Clause.Polarity
    ) -> Clause {
        let isDenied = polarity.isNegative
        switch expression {
        case .released(let inner, let after):
            return isDenied
                ? .timed(signal(inner, .no), .lasting(after))
                : .timed(signal(inner, .yes), .recently(after))
        case .holding(let inner, let span, let tolerate, let extendOn):
            noteHolding(tolerate, extendOn)
            return deny(lasting(inner, span), .holds, polarity)
        case .absence(let event, let span):
            return isDenied
                ? .timed(
                    self.event(event, .yes),
                    .times(1, within: span, distinct: nil, isDenied: false))
                : .timed(self.event(event, .no), .lasting(span))
        case .missed(let event, let window):
            return .timed(
                self.event(event, isDenied ? .yes : .no),
                .window([window], isOutside: false))
        case .count where Self.clockFaults(expression) != [expression]:
            return any([expression], polarity, .holds)
        case .count(let event, let count, let within, let distinct):
            if isDenied, count == 1 {
                return .timed(self.event(event, .no), .lasting(within))
            }
            return .timed(
                distinct == .room
                    ? Self.placeless(self.event(event, .yes)) : self.event(event, .yes),
                .times(count, within: within, distinct: distinct, isDenied: isDenied))
        case .spent(let inner, let moreThan, let accumulation):
            let clause = signal(inner, .yes)
            return switch accumulation {
            case .over(let over):
                .timed(
                    clause, .inAll(moreThan, over: over, during: nil, isDenied: isDenied))
            case .during(let window):
                .timed(
                    clause,
                    .inAll(
                        moreThan, over: nil, during: window, isDenied: isDenied))
            }
        default:
            return signal(expression, polarity)
        }
    }

    /// Without "inside", where the rooms are counted anyhow.
    private static func placeless(_ clause: Clause) -> Clause {
        guard case .fact(var fact, let aspect, let polarity) = clause,
            fact.things.place == .inside
        else { return clause }
        fact.things.place = .none
        return .fact(fact, aspect, polarity)
    }

    private mutating func noteHolding(_ tolerate: TimeSpan, _ extendOn: EventExpression?) {
        if tolerate > .zero { note(.breaks(tolerate)) }
        if let extendOn { note(.restartsOn(event(extendOn, .yes))) }
    }

    /// A duration. A window within it is said around it: "at night, open for five minutes".
    private mutating func lasting(_ inner: SignalExpression, _ span: TimeSpan) -> Clause {
        guard case .all(let parts) = inner else {
            return .timed(signal(inner, .yes), .lasting(span))
        }
        let timesOfDay = parts.compactMap(Self.windows)
        let rest = parts.filter { Self.windows($0) == nil }
        guard timesOfDay.count == 1, let (windows, isOutside) = timesOfDay.first, !rest.isEmpty
        else { return .timed(signal(inner, .yes), .lasting(span)) }
        return .timed(
            .timed(all(rest, .yes, .holds), .through(span)),
            .window(windows, isOutside: isOutside))
    }

    /// `for: {day: 30m, night: 15m}`; nil where the parts are something else.
    private mutating func byWindow(
        _ parts: [SignalExpression], _ polarity: Clause.Polarity
    ) -> Clause? {
        guard parts.count > 1 else { return nil }
        var base: SignalExpression?
        var spans: [Clause.SpanInWindow] = []
        var extra: (TimeSpan, EventExpression?) = (.zero, nil)
        for part in parts {
            guard case .all(let pair) = part, pair.count == 2,
                let (windows, isOutside) = Self.windows(pair[0]), !isOutside,
                case .holding(let inner, let span, let tolerate, let extendOn) = pair[1],
                base == nil || base == inner
            else { return nil }
            base = inner
            extra = (tolerate, extendOn)
            spans.append(Clause.SpanInWindow(span: span, windows: windows))
        }
        guard let base else { return nil }
        noteHolding(extra.0, extra.1)
        return deny(.timed(signal(base, .yes), .lastingByWindow(spans)), .holds, polarity)
    }

    // MARK: Combinations

    private mutating func any(
        _ parts: [SignalExpression], _ polarity: Clause.Polarity, _ aspect: Clause.Aspect
    ) -> Clause {
        if let (windows, isOutside) = Self.windows(.any(parts)) {
            return .time(windows, isOutside: isOutside != polarity.isNegative)
        }
        let flat = parts.flatMap { part -> [SignalExpression] in
            if case .any(let inner) = part { return inner.flatMap(Self.clockFaults) }
            return Self.clockFaults(part)
        }
        var leaves: [(StreamSelector, Fact.Meaning)] = []
        var clauses: [Clause] = []
        for part in flat {
            switch part {
            case .predicate(let selector, let test, let unknownAfter):
                if let unknownAfter { note(.staleAfter(unknownAfter)) }
                leaves.append((selector, Self.meaning(selector, test)))
            case .silent(let selector, let span):
                let silence = facts([(selector, .silence)])[0]
                let heard = facts([(selector, .heard)])[0]
                clauses.append(
                    polarity.isNegative
                        ? .timed(
                            .fact(heard, .happens, .yes),
                            .times(1, within: span, distinct: nil, isDenied: false))
                        : .timed(.fact(silence, .happens, .yes), .lasting(span)))
            default:
                clauses.append(signal(part, polarity, aspect))
            }
        }
        let said: [Clause] = facts(leaves).map { .fact($0, aspect, polarity) }
        return Self.joined(said + clauses, isAnd: polarity.isNegative)
    }

    private mutating func all(
        _ parts: [SignalExpression], _ polarity: Clause.Polarity, _ aspect: Clause.Aspect
    ) -> Clause {
        let flat = parts.flatMap { part -> [SignalExpression] in
            if case .all(let inner) = part { return inner }
            return [part]
        }
        guard polarity == .yes else {
            return Self.joined(flat.map { signal($0, polarity, aspect) }, isAnd: false)
        }
        var clauses: [Clause] = []
        var timesOfDay: [([Window], Bool)] = []
        for part in flat {
            if let window = Self.windows(part) {
                timesOfDay.append(window)
            } else {
                clauses.append(signal(part, .yes, aspect))
            }
        }
        guard !clauses.isEmpty else {
            return Self.joined(
                timesOfDay.map { .time($0.0, isOutside: $0.1) }, isAnd: true)
        }
        return timesOfDay.reduce(Self.joined(clauses, isAnd: true)) {
            .timed($0, .window($1.0, isOutside: $1.1))
        }
    }

    /// A wrong clock is told again and again while it is wrong (`clock_off_by`): what is said is that it is.
    private static func clockFaults(_ expression: SignalExpression) -> [SignalExpression] {
        guard case .count(.during(.seen(let selector), .any(let faults)), 1, _, nil) = expression,
            selector.capability == "device.clock_offset"
        else { return [expression] }
        return faults
    }

    // MARK: The others

    /// In there until seen elsewhere. Where it begins with a movement in a room, it is somebody's being there.
    private mutating func dwell(
        _ enter: EventExpression, _ leave: EventExpression, _ polarity: Clause.Polarity
    ) -> Clause {
        let entered = event(enter, .yes)
        guard case .fact(let fact, _, .yes) = entered,
            case .state(let capability, true) = fact.meaning,
            capability == "presence.motion" || capability == "presence.occupied",
            case .rooms = fact.things.place
        else {
            return deny(.since(entered, event(leave, .no)), .holds, polarity)
        }
        note(.presence(enter: entered, leave: event(leave, .yes)))
        let there = Fact(things: fact.things, meaning: .state("presence.occupied", true))
        return .fact(there, .holds, polarity)
    }

    private mutating func baseline(_ baseline: Baseline) -> Clause {
        note(.comparedWith(days: baseline.days, atLeast: baseline.minimumDays))
        let measure: Clause.Unusual.Measure
        let clause: Clause
        switch baseline.metric {
        case .count(let event): (measure, clause) = (.often, self.event(event, .yes))
        case .spent(let signal): (measure, clause) = (.long, self.signal(signal, .yes))
        case .first(let event): (measure, clause) = (.first, self.event(event, .yes))
        case .last(let event): (measure, clause) = (.last, self.event(event, .yes))
        }
        return .timed(
            clause,
            .unusual(
                Clause.Unusual(
                    measure: measure, isAbove: baseline.isAbove,
                    isClear: baseline.deviations >= 2000, daysInRow: baseline.daysInRow)))
    }

    // MARK: Times of day

    /// The times of day that a signal stands for, where it is nothing else; nil where it is.
    static func windows(
        _ expression: SignalExpression
    ) -> (windows: [Window], isOutside: Bool)? {
        switch expression {
        case .during(let window):
            return ([window], false)
        case .any(let parts):
            let found = parts.compactMap(windows)
            guard !found.isEmpty, found.count == parts.count, !found.contains(where: \.isOutside)
            else { return nil }
            return (found.flatMap(\.windows), false)
        case .not(let inner):
            guard let (windows, isOutside) = windows(inner) else { return nil }
            return (windows, !isOutside)
        default:
            return nil
        }
    }
}
