public import Rules

/// Explanations as people read them on a terminal, in English or French: one condition a line, what is so with ✓, what
/// is not with ✗, what is not known with ?.
public struct ExplanationText {
    private let home: Home
    private let zone: ZoneOffsets
    private let isFrench: Bool

    /// - Parameters:
    ///   - home: what devices and rooms are called.
    ///   - zone: the residence's, for times.
    public init(home: Home, zone: ZoneOffsets, isFrench: Bool) {
        self.home = home
        self.zone = zone
        self.isFrench = isFrench
    }

    /// The tree of conditions, one a line.
    public func lines(_ conditions: [Explanation]) -> [String] {
        conditions.flatMap { lines($0, depth: 1) }
    }

    private func lines(_ condition: Explanation, depth: Int) -> [String] {
        var line = String(repeating: "    ", count: depth) + mark(condition) + " "
        line += role(condition.role) + what(condition)
        let facts = facts(condition)
        if !facts.isEmpty { line += "  – " + facts.joined(separator: ", ") }
        return [line] + condition.parts.flatMap { lines($0, depth: depth + 1) }
    }

    private func mark(_ condition: Explanation) -> String {
        switch condition.value {
        case .yes: "✓"
        case .no: condition.isEvent ? "·" : "✗"
        case .unknown: "?"
        }
    }

    private func role(_ role: Explanation.Role) -> String {
        switch role {
        case .part: ""
        case .trigger: pick("when: ", "quand : ")
        case .guardCondition: pick("only while: ", "seulement si : ")
        case .unless: pick("not while: ", "sauf si : ")
        case .clear: pick("ends when: ", "se termine quand : ")
        case .raise(let priority):
            pick("\(priority.name) while: ", "\(ExplanationWords.french(priority)) si : ")
        case .away: ""
        }
    }

    private func facts(_ condition: Explanation) -> [String] {
        var facts: [String] = []
        if let progress = condition.progress {
            let reached = span(progress.reached)
            let wanted = span(progress.wanted)
            facts.append(pick("held \(reached) of \(wanted)", "tenu \(reached) sur \(wanted)"))
        }
        if let since = condition.since, condition.kind.hasTime {
            let time = time(since)
            facts.append(
                condition.isEvent
                    ? pick("last at \(time)", "la dernière fois à \(time)")
                    : pick("since \(time)", "depuis \(time)"))
        }
        if let event = condition.event {
            facts.append(pick("event \(event.rawValue)", "événement \(event.rawValue)"))
        }
        return facts
    }

    // MARK: Why not

    /// Why an instance of a rule was not firing, in a sentence or two.
    public func whyNot(_ situation: RuleHistory.Situation) -> String {
        guard let path = situation.conditions.lazy.map(\.wanting).first(where: { !$0.isEmpty }),
            let condition = path.last
        else {
            return pick(
                "nothing was wanting: it fires at the event itself",
                "il ne manquait rien : elle se déclenche à l'événement même")
        }
        if condition.role == .unless {
            return pick(
                "it does not fire while this is so: \(described(condition))",
                "elle ne se déclenche pas tant que c'est le cas : \(described(condition))")
        }
        if let progress = path.lazy.reversed().compactMap(\.progress).first {
            let reached = span(progress.reached)
            let wanted = span(progress.wanted)
            return pick(
                "it had held \(reached) of \(wanted)", "cela durait depuis \(reached) sur \(wanted)"
            )
        }
        let state =
            condition.value == .unknown ? pick("not known", "inconnu") : pick("not so", "faux")
        var text = "\(state): \(described(condition))"
        if let since = condition.since, condition.kind.hasTime {
            let last =
                condition.isEvent
                ? pick("last at \(time(since))", "la dernière fois à \(time(since))")
                : pick("since \(time(since))", "depuis \(time(since))")
            text += ", " + last
        }
        if let event = condition.event {
            text += " (\(pick("event", "événement")) \(event.rawValue))"
        }
        let run = path.lazy.reversed().compactMap { situation.broken.run(of: $0) }.first
        if let run { text += "\n" + broken(run) }
        return text
    }

    /// With its parts, where it is a combination of others.
    private func described(_ condition: Explanation) -> String {
        guard !condition.parts.isEmpty else { return what(condition) }
        let parts = condition.parts.prefix(4).map { described($0) }.joined(separator: "; ")
        return "\(what(condition)) [\(parts)\(condition.parts.count > 4 ? "; …" : "")]"
    }

    private func broken(_ run: BrokenRuns.Run) -> String {
        let reached = span(run.reached)
        let wanted = span(run.wanted)
        return pick(
            "before that it held \(reached) of \(wanted), from \(time(run.since)); broken at "
                + "\(time(run.at)) by event \(run.by.rawValue)",
            "avant cela, cela a duré \(reached) sur \(wanted), à partir de \(time(run.since)) ; interrompu à "
                + "\(time(run.at)) par l'événement \(run.by.rawValue)")
    }

    // MARK: Words

    func what(_ condition: Explanation) -> String {
        switch condition.kind {
        case .nothing: pick("no such device here", "aucun appareil de ce genre ici")
        case .state(let key, let test): "\(name(key)): \(wanted(test))"
        case .reading(let key, let test):
            "\(name(key)): " + pick("tells ", "indique ") + wanted(test)
        case .seen(let key): "\(device(key.device)): " + pick("says anything", "donne signe de vie")
        case .heard(let id, let within):
            "\(device(id)): "
                + (within.map {
                    pick("heard of within \(span($0))", "a donné signe de vie depuis \(span($0))")
                } ?? pick("is online", "est en ligne"))
        case .rate(let key, let limit, let over): "\(name(key)): \(rate(limit, over))"
        case .window(let window): self.window(window)
        default: form(condition.kind)
        }
    }

    private func form(_ kind: Explanation.Kind) -> String {
        switch kind {
        case .all: pick("all of these", "tout ceci")
        case .any: pick("one of these", "une de ces choses")
        case .not: pick("not this", "pas ceci")
        case .atLeast(let count):
            pick("at least \(count) of these", "au moins \(count) de ces choses")
        case .released(let after):
            pick("this, and \(span(after)) after", "ceci, et encore \(span(after))")
        case .holding(let wanted):
            pick("this, for \(span(wanted))", "ceci, pendant \(span(wanted))")
        case .dwell: pick("from the first until the second", "du premier au second")
        case .absence(let wanted):
            pick("none of this for \(span(wanted))", "rien de ceci pendant \(span(wanted))")
        case .count(let count, let within, let now):
            pick(
                "\(count) of this within \(span(within)); there are \(now)",
                "\(count) fois ceci en \(span(within)) ; il y en a \(now)")
        case .missed: pick("in this window, not once this", "dans cette plage, pas une fois ceci")
        case .spent(let most): pick("this, \(span(most)) in all", "ceci, \(span(most)) en tout")
        case .baseline(let days):
            pick(
                "unlike the days before (\(days) are known)",
                "autrement que les jours d'avant (\(days) sont connus)")
        case .isAway: pick("everybody is away", "tout le monde est absent")
        case .begins: pick("this begins", "ceci commence")
        case .ends: pick("this ends", "ceci se termine")
        case .sequence(let within, let done):
            pick(
                "these one after the other within \(span(within)); \(done) have come",
                "ceci l'un après l'autre en \(span(within)) ; \(done) sont venus")
        case .together(let within):
            pick("all of these within \(span(within))", "tout ceci en \(span(within))")
        case .notFollowed(let within):
            pick(
                "the first, and then none of the second for \(span(within))",
                "le premier, puis rien du second pendant \(span(within))")
        case .eventDuring:
            pick("the first, while the second is so", "le premier, tant que le second est vrai")
        case .nothing, .state, .reading, .seen, .heard, .rate, .window: ""
        }
    }

    private func window(_ window: Window) -> String {
        let times = "\(window.from.text)–\(window.to.text)"
        let name = window.name.isEmpty ? times : "\(window.name) (\(times))"
        return pick("within \(name)", "dans la plage \(name)")
    }

    private func rate(_ limit: RateLimit, _ over: TimeSpan) -> String {
        let amount = Value.number(limit.amount).plainText
        let rise = limit.isAbove ? pick("more than", "plus de") : pick("less than", "moins de")
        return "\(rise) \(amount) \(pick("per", "par")) \(span(limit.per)) (\(span(over)))"
    }

    private func name(_ key: StreamKey) -> String {
        let what = ExplanationWords.capability(key.capability, isFrench: isFrench)
        return device(key.device) + ", " + what + (key.channel.isEmpty ? "" : " [\(key.channel)]")
    }

    private func device(_ id: DeviceID) -> String {
        guard let device = home.devices.first(where: { $0.id == id }) else { return id.rawValue }
        return isFrench ? device.title.french : device.title.english
    }

    private func wanted(_ test: ValueTest) -> String {
        ExplanationWords.test(test, isFrench: isFrench)
    }

    private func span(_ span: TimeSpan) -> String {
        // Milliseconds are of no use to people.
        let seconds = span.milliseconds / 1000
        return ExplanationWords.span(seconds: seconds, isFrench: isFrench)
    }

    private func time(_ moment: Instant) -> String { Timestamp.short(moment, in: zone) }

    private func pick(_ english: String, _ french: String) -> String { isFrench ? french : english }
}

extension Explanation.Kind {
    /// Whether it is of interest since when it is so; of combinations it is not.
    fileprivate var hasTime: Bool {
        switch self {
        case .all, .any, .not, .atLeast, .eventDuring, .nothing: false
        default: true
        }
    }
}
