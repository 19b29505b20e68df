/// Composes what a rule means, as a `Statement` that each language can say.
struct SentenceComposer {
    let home: Home
    let scope: Rule.Scope
    let rooms: [RoomID: Room]
    private(set) var notes: [SentenceNote] = []

    init(home: Home, scope: Rule.Scope) {
        self.home = home
        self.scope = scope
        var rooms: [RoomID: Room] = [:]
        for residence in home.residences {
            for room in residence.rooms { rooms[room.id] = room }
        }
        self.rooms = rooms
    }

    /// The statement of a rule.
    static func statement(_ rule: Rule, home: Home) -> Statement {
        var composer = SentenceComposer(home: home, scope: rule.scope)
        let condition = composer.condition(of: rule)
        let unless = rule.unless.map { composer.signal($0, .yes) }
        composer.noteLife(of: rule)
        composer.noteCare(of: rule)
        var notes: [SentenceNote] = []
        if let ask = rule.askFirst {
            notes.append(.ask(ask.question))
            notes.append(.unanswered(ask.wait, chain: rule.chain))
        }
        return Statement(
            scope: rule.scope, condition: condition, unless: unless, priority: rule.priority,
            chain: rule.chain, notes: notes + composer.notes, asksFirst: rule.askFirst != nil)
    }

    /// Who answers for a rule, how it is called on the telephone, and when it is looked at again.
    static func keeping(of rule: Rule) -> [SentenceNote] {
        var notes: [SentenceNote] = []
        if let owner = rule.owner { notes.append(.owner(owner)) }
        let date = (rule.reviewBy ?? "").split(separator: "-").compactMap { Int($0) }
        if date.count == 3 { notes.append(.review(year: date[0], month: date[1], day: date[2])) }
        if let code = rule.code { notes.append(.code(code)) }
        return notes
    }

    mutating func note(_ note: SentenceNote) {
        if !notes.contains(note) { notes.append(note) }
    }

    private mutating func condition(of rule: Rule) -> Clause {
        switch rule.trigger {
        case .event(let event):
            guard let condition = rule.guardCondition else { return self.event(event, .yes) }
            return self.event(event.guarded(by: condition), .yes)
        case .signal(let signal):
            guard let condition = rule.guardCondition else { return self.signal(signal, .yes) }
            return self.signal(.all([signal, condition]), .yes)
        }
    }

    /// When an alert begins anew and when it ends.
    private mutating func noteLife(of rule: Rule) {
        switch rule.episode {
        case .risingEdge: break
        case .quiet(let span): note(.sameWithin(span))
        case .signal(let signal): note(.onceWhile(self.signal(signal, .yes)))
        }
        switch rule.clear {
        case .event(let event): note(.clear(self.event(event, .yes)))
        case .signal(let signal): note(.clear(self.signal(signal, .yes)))
        case nil: break
        }
        if rule.latch { note(.latch) }
        for raise in rule.raises { note(.raise(raise.priority, signal(raise.condition, .yes))) }
    }

    private mutating func noteCare(of rule: Rule) {
        if rule.onUnknown != .hold { note(.unknown(rule.onUnknown)) }
        if rule.onGap != .continue { note(.gap(rule.onGap)) }
        if rule.whileAway != .run { note(.away(rule.whileAway)) }
    }

    // MARK: Events

    mutating func event(_ expression: EventExpression, _ polarity: Clause.Polarity) -> Clause {
        switch expression {
        case .reading, .seen:
            return Self.joined(
                facts(Self.leaves(of: [expression]).map { ($0.selector, $0.meaning) }).map {
                    .fact($0, .happens, polarity)
                }, isAnd: false)
        case .any(let parts):
            return any(parts, polarity)
        case .begins(let inner):
            return signal(inner, polarity, .happens)
        case .ends(let inner):
            return ended(inner, polarity)
        case .sequence(let steps, let within, let until, let same):
            let run = Clause.sequence(
                steps.map { event($0, .yes) }, within: within, isOrdered: true, same: same)
            return deny(
                until.map { .meanwhile(run, event($0, .no)) } ?? run, .happens, polarity)
        case .allOf(let parts, let within):
            return deny(
                .sequence(
                    parts.map { event($0, .yes) }, within: within, isOrdered: false, same: nil),
                .happens, polarity)
        case .notFollowed(let after, let no, let within, let same):
            return deny(
                .and([event(after, .yes), .timed(event(no, .no), .soon(within, same: same))]),
                .happens, polarity)
        case .during(let inner, let condition):
            if let (windows, isOutside) = Self.windows(condition) {
                return .timed(event(inner, polarity), .window(windows, isOutside: isOutside))
            }
            return .whileTrue(event(inner, polarity), signal(condition, .yes))
        }
    }

    /// A door that is no longer open shuts: where the contrary has a word, it is said.
    private mutating func ended(
        _ inner: SignalExpression, _ polarity: Clause.Polarity
    ) -> Clause {
        let clause = signal(inner, .noMore)
        if case .fact(var fact, _, _) = clause, case .state(let capability, let flag) = fact.meaning
        {
            fact.meaning = .state(capability, !flag)
            return .fact(fact, .happens, polarity)
        }
        return polarity == .yes ? clause : signal(inner, .yes)
    }

    /// The readings among some events, and what they say; nil for the others.
    private static func leaves(
        of events: [EventExpression]
    ) -> [(selector: StreamSelector, meaning: Fact.Meaning)] {
        events.compactMap { event in
            switch event {
            case .reading(let selector, let test): (selector, meaning(selector, test))
            case .seen(let selector): (selector, .heard)
            default: nil
            }
        }
    }

    private mutating func any(
        _ parts: [EventExpression], _ polarity: Clause.Polarity
    ) -> Clause {
        let flat = parts.flatMap { part -> [EventExpression] in
            if case .any(let inner) = part { return inner }
            return [part]
        }
        var clauses: [Clause] = facts(Self.leaves(of: flat)).map { .fact($0, .happens, polarity) }
        for part in flat {
            switch part {
            case .reading, .seen: continue
            default: clauses.append(event(part, polarity))
            }
        }
        return Self.joined(clauses, isAnd: polarity.isNegative)
    }

    // MARK: Joining

    /// Several clauses as one, without repeats.
    static func joined(_ clauses: [Clause], isAnd: Bool) -> Clause {
        var different: [Clause] = []
        for clause in clauses {
            let parts: [Clause] =
                switch clause {
                case .and(let inner) where isAnd: inner
                case .or(let inner) where !isAnd: inner
                default: [clause]
                }
            for part in parts where !different.contains(part) { different.append(part) }
        }
        if different.count == 1 { return different[0] }
        return isAnd ? .and(different) : .or(different)
    }

    func deny(
        _ clause: Clause, _ aspect: Clause.Aspect, _ polarity: Clause.Polarity
    ) -> Clause {
        polarity == .yes ? clause : .denied(clause, aspect, polarity)
    }
}
