/// A verb with the forms that sentences need.
enum EnglishVerb {
    case be
    case does(String, String, String)
    case thereIs

    /// `the door opens`, `nobody has moved`, `they do not press`.
    func text(
        subject: String, rest: String, _ polarity: Clause.Polarity,
        _ tense: SentenceEnglish.Tense, isNone: Bool = false
    ) -> String {
        if isNone, polarity.isNegative, let none = Self.none(subject) {
            return text(subject: none, rest: rest, .yes, tense)
                + (polarity == .noMore ? " any more" : "")
        }
        let isPlural = subject == "they"
        let isNobody = subject == "somebody" && polarity.isNegative
        let who = isNobody ? "nobody" : subject
        let end = rest.isEmpty ? "" : " " + rest
        let more = isNobody && polarity == .noMore ? " any more" : ""
        let denied = polarity.isNegative && !isNobody
        switch (self, tense) {
        case (.thereIs, _):
            let verb = tense == .perfect ? "there has been" : "there is"
            switch polarity {
            case .yes: return verb + end
            case .no: return verb + " no" + end
            case .noMore: return verb + " no more" + end
            }
        case (.be, .present):
            let no = denied ? (polarity == .noMore ? " no longer" : " not") : ""
            return "\(who) \(isPlural ? "are" : "is")\(no)\(end)\(more)"
        case (.be, .perfect):
            return "\(who) \(isPlural ? "have" : "has")\(denied ? " not" : "") been\(end)\(more)"
        case (.does(let base, let third, _), .present):
            if denied, polarity == .no {
                return "\(who) \(isPlural ? "do" : "does") not \(base)\(end)"
            }
            return "\(who)\(denied ? " no longer" : "") \(isPlural ? base : third)\(end)\(more)"
        case (.does(_, _, let participle), .perfect):
            return
                "\(who) \(isPlural ? "have" : "has")\(denied ? " not" : "") \(participle)\(end)\(more)"
        }
    }
}

extension EnglishVerb {
    /// `no window`, for `a window`; nil where the subject is a certain one.
    private static func none(_ subject: String) -> String? {
        for article in ["a ", "an "] where subject.hasPrefix(article) {
            let rest = String(subject.dropFirst(article.count))
            let words = rest.split(separator: " ", omittingEmptySubsequences: false).map(
                String.init)
            var kept: [String] = []
            for (index, word) in words.enumerated() {
                let isArticle = word == "a" || word == "an"
                let isInList =
                    index > 0 && (words[index - 1] == "or" || words[index - 1].hasSuffix(","))
                if !(isArticle && isInList) { kept.append(word) }
            }
            return "no " + kept.joined(separator: " ")
        }
        return nil
    }
}

/// Facts in English: what each kind of reading means to people.
extension SentenceEnglish {
    private static let opens = EnglishVerb.does("open", "opens", "opened")

    func fact(
        _ fact: Fact, _ aspect: Clause.Aspect, _ polarity: Clause.Polarity, _ tense: Tense
    ) -> String {
        switch fact.meaning {
        case .state(let capability, let flag):
            return state(capability, flag, fact, aspect, polarity, tense)
        case .changes(let capability):
            let subject = isNumber(capability) ? quantity(fact) : thing(fact)
            return EnglishVerb.does("change", "changes", "changed").text(
                subject: subject, rest: "", polarity, tense)
        case .words(let capability, let words):
            return said(capability, words, fact, aspect, polarity, tense)
        case .number(let capability, let comparison, let limit):
            return number(capability, comparison, limit, fact, aspect, polarity, tense)
        case .numbers(let capability, let numbers):
            let list = EnglishWords.list(
                numbers.map { EnglishWords.number($0) + EnglishWords.unit(capability) })
            return EnglishVerb.be.text(subject: quantity(fact), rest: list, polarity, tense)
        case .batteryLow:
            return EnglishVerb.be.text(
                subject: "the battery of \(thing(fact))", rest: "nearly empty", polarity, tense)
        case .clockOff(let seconds):
            let off = EnglishWords.duration(.milliseconds(Int64(seconds * 1000)))
            return EnglishVerb.be.text(
                subject: "the clock of \(thing(fact))", rest: "more than \(off) off", polarity,
                tense)
        case .heard:
            return EnglishVerb.does("give", "gives", "given").text(
                subject: thing(fact), rest: "a sign of life", polarity, tense, isNone: isNone(fact))
        case .silence:
            return EnglishVerb.does("give", "gives", "given").text(
                subject: thing(fact), rest: "a sign of life", polarity.isNegative ? .yes : .no,
                tense)
        }
    }

    /// Whether "a door does not" means that none does: not where the rule is about one device each.
    private func isNone(_ fact: Fact) -> Bool { scope != .device && !fact.things.isDefinite }

    /// Who does it: the person, where the rule is about each person's own things.
    private func somebody(_ fact: Fact) -> String {
        if case .own = fact.things.name { return "they" }
        return "somebody"
    }

    // MARK: Yes and no

    private func state(
        _ capability: Capability, _ flag: Bool, _ fact: Fact, _ aspect: Clause.Aspect,
        _ polarity: Clause.Polarity, _ tense: Tense
    ) -> String {
        let isEvent = aspect == .happens
        let subject = thing(fact)
        // Words for the contrary.
        switch (capability, flag) {
        case ("contact.open", _):
            let word = flag ? "open" : "closed"
            if isEvent {
                let verb =
                    flag ? Self.opens : EnglishVerb.does("close", "closes", "closed")
                return verb.text(
                    subject: subject, rest: "", polarity, tense, isNone: isNone(fact))
            }
            return EnglishVerb.be.text(
                subject: subject, rest: word, polarity, tense, isNone: isNone(fact))
        case ("switch.on", _):
            let word = (isEvent ? "switched " : "") + (flag ? "on" : "off")
            return EnglishVerb.be.text(
                subject: subject, rest: word, polarity, tense, isNone: isNone(fact))
        case ("lock.locked", _):
            return EnglishVerb.be.text(
                subject: subject, rest: flag ? "locked" : "unlocked", polarity, tense,
                isNone: isNone(fact))
        case ("bed.occupied", false) where somebody(fact) == "they" && !isEvent:
            return EnglishVerb.be.text(subject: "they", rest: "out of bed", polarity, tense)
        case ("bed.occupied", _) where isEvent:
            return flag
                ? EnglishVerb.does("go", "goes", "gone").text(
                    subject: somebody(fact), rest: "to bed", polarity, tense)
                : EnglishVerb.does("get", "gets", "got").text(
                    subject: somebody(fact), rest: "up", polarity, tense)
        default:
            break
        }
        let (said, isEnd) = Self.turned(polarity, flag: flag)
        let ending: Clause.Polarity = isEnd && isEvent ? .noMore : said
        return positive(capability, fact, isEvent: isEvent, ending, tense)
    }

    /// "Does not" said of a no is a yes.
    private static func turned(
        _ polarity: Clause.Polarity, flag: Bool
    ) -> (Clause.Polarity, isEnd: Bool) {
        guard !flag else { return (polarity, false) }
        return polarity == .yes ? (.no, true) : (.yes, false)
    }

    private func positive(
        _ capability: Capability, _ fact: Fact, isEvent: Bool, _ polarity: Clause.Polarity,
        _ tense: Tense
    ) -> String {
        let who = somebody(fact)
        let subject = thing(fact)
        let there = place(fact)
        func does(_ base: String, _ third: String, _ past: String, _ rest: String) -> String {
            EnglishVerb.does(base, third, past).text(subject: who, rest: rest, polarity, tense)
        }
        func thereIs(_ noun: String) -> String {
            EnglishVerb.thereIs.text(
                subject: "", rest: noun + room(fact), polarity, tense)
        }
        switch capability {
        case "presence.motion":
            return isEvent
                ? does("move", "moves", "moved", there)
                : EnglishVerb.be.text(
                    subject: who, rest: there.isEmpty ? "moving" : "moving \(there)", polarity,
                    tense)
        case "presence.occupied":
            return EnglishVerb.be.text(
                subject: who, rest: there.isEmpty ? "there" : there, polarity, tense)
        case "bed.occupied":
            return EnglishVerb.be.text(subject: who, rest: "in bed", polarity, tense)
        case "alarm.smoke": return thereIs("smoke")
        case "alarm.water": return thereIs("water on the floor")
        case "alarm.gas": return thereIs("gas")
        case "alarm.heat":
            return EnglishVerb.be.text(
                subject: thing(fact, usual: "stove"), rest: "too hot", polarity, tense)
        case "alarm.co": return thereIs("carbon monoxide")
        case "alarm.enuresis":
            let bed = who == "they" ? "their bed" : "the bed"
            return EnglishVerb.be.text(subject: bed, rest: "wet", polarity, tense)
        case "alarm.tamper":
            return EnglishVerb.be.text(
                subject: subject, rest: "taken off or opened", polarity, tense)
        case "alarm.sos":
            return does("press", "presses", "pressed", thing(fact, usual: "call_button"))
        case "alarm.fall":
            if case .own = fact.things.place { return does("fall", "falls", "fallen", "") }
            return does("fall", "falls", "fallen", room(fact).trimmed)
        case "alarm.seizure": return does("have", "has", "had", "a seizure")
        case "device.online":
            return EnglishVerb.does("answer", "answers", "answered").text(
                subject: subject, rest: "", polarity, tense)
        case "bridge.online":
            return EnglishVerb.does("work", "works", "worked").text(
                subject: "the radio of \(subject)", rest: "", polarity, tense)
        case "device.battery_low":
            return EnglishVerb.be.text(
                subject: "the battery of \(subject)", rest: "nearly empty", polarity, tense)
        case "vibration.active":
            return EnglishVerb.does("move", "moves", "moved").text(
                subject: subject, rest: "", polarity, tense)
        default:
            return EnglishVerb.does("say", "says", "said").text(
                subject: subject, rest: "“\(EnglishWords.plain(capability.rawValue))”", polarity,
                tense)
        }
    }

    // MARK: Words

    private func said(
        _ capability: Capability, _ words: [String], _ fact: Fact, _ aspect: Clause.Aspect,
        _ polarity: Clause.Polarity, _ tense: Tense
    ) -> String {
        let who = somebody(fact)
        let quoted = EnglishWords.list(words.map { "“\($0)”" })
        func does(_ base: String, _ third: String, _ past: String, _ rest: String) -> String {
            EnglishVerb.does(base, third, past).text(
                subject: who, rest: rest.trimmed, polarity, tense)
        }
        func uses(_ noun: String, _ usual: String) -> String {
            let on = thing(fact, usual: usual)
            return words.isEmpty
                ? does("use", "uses", "used", on)
                : does("use", "uses", "used", "\(noun) \(quoted) on \(on)")
        }
        switch capability {
        case "button.press":
            let how = EnglishWords.list(words.map(EnglishWords.press).filter { !$0.isEmpty })
            let button = thing(fact, usual: "call_button")
            return does("press", "presses", "pressed", "\(button) \(how)")
        case "button.id": return does("press", "presses", "pressed", "button \(quoted)")
        case "access.tag":
            return does(
                "show", "shows", "shown",
                "\(words.isEmpty ? "a tag" : "tag \(quoted)") to \(thing(fact, usual: "tag_reader"))"
            )
        case "remote.code": return does("use", "uses", "used", "a remote control \(quoted)")
        case "control.source":
            let on = thing(fact, usual: "light")
            return words == ["automation"]
                ? EnglishVerb.be.text(
                    subject: on, rest: "switched by an automation", polarity, tense)
                : does("switch", "switches", "switched", on)
        case "location.transition":
            if words == ["enter"] { return does("arrive", "arrives", "arrived", "") }
            if words == ["leave"] { return does("leave", "leaves", "left", "") }
            return does("arrive or leave", "arrives or leaves", "arrived or left", "")
        case "location.zone":
            let zone = words.isEmpty ? "in a known place" : "in the place \(quoted)"
            return EnglishVerb.be.text(
                subject: who, rest: words == ["home"] ? "at home" : zone, polarity, tense)
        case "med.dose": return dose(words, fact, polarity, tense)
        case "usage.app_session": return uses("the application", "tablet")
        case "usage.symbol":
            return does(
                "show", "shows", "shown",
                "\(words.isEmpty ? "a picture" : "the picture \(quoted)") on \(thing(fact, usual: "tablet"))"
            )
        case "usage.schedule_step":
            return does("do", "does", "done", "a step of the day's plan \(quoted)")
        case "usage.voice":
            return does("speak", "speaks", "spoken", "with \(thing(fact, usual: "tablet"))")
        case "usage.appliance_session": return uses("the programme", "appliance")
        case "usage.support":
            let on = thing(fact, usual: "tablet")
            let how = words == ["alone"] ? " alone" : words == ["helped"] ? " with help" : ""
            return does("use", "uses", "used", on + how)
        case "usage.prompt":
            return EnglishVerb.does("prompt", "prompts", "prompted").text(
                subject: thing(fact, usual: "tablet"), rest: words.isEmpty ? "" : quoted,
                polarity, tense)
        default:
            return EnglishVerb.does("say", "says", "said").text(
                subject: thing(fact), rest: words.isEmpty ? "something" : quoted, polarity, tense)
        }
    }

    private func dose(
        _ words: [String], _ fact: Fact, _ polarity: Clause.Polarity, _ tense: Tense
    ) -> String {
        let who = somebody(fact)
        let medicine = who == "they" ? "their medicine" : "the medicine"
        let verbs: [String] = words.map { word in
            switch word {
            case "dispensed":
                EnglishVerb.does("give", "gives", "given").text(
                    subject: thing(fact, usual: "medication"), rest: "a dose", polarity, tense)
            case "taken":
                EnglishVerb.does("take", "takes", "taken").text(
                    subject: who, rest: medicine, polarity, tense)
            case "missed":
                EnglishVerb.does("miss", "misses", "missed").text(
                    subject: who, rest: "a dose", polarity, tense)
            default:
                EnglishVerb.does("say", "says", "said").text(
                    subject: thing(fact, usual: "medication"), rest: "“\(word)”", polarity, tense)
            }
        }
        guard !verbs.isEmpty else {
            return EnglishVerb.does("use", "uses", "used").text(
                subject: who, rest: thing(fact, usual: "medication"), polarity, tense)
        }
        return verbs.joined(separator: polarity.isNegative ? " and " : " or ")
    }

    // MARK: Numbers

    private func isNumber(_ capability: Capability) -> Bool {
        Vocabulary.entry(capability.rawValue)?.type == .number
    }

    private func number(
        _ capability: Capability, _ comparison: Fact.Comparison, _ limit: Double, _ fact: Fact,
        _ aspect: Clause.Aspect, _ polarity: Clause.Polarity, _ tense: Tense
    ) -> String {
        let amount = EnglishWords.number(limit) + EnglishWords.unit(capability)
        let isUp = comparison == .above || comparison == .atLeast
        let bound =
            switch comparison {
            case .above: "more than \(amount)"
            case .below: "less than \(amount)"
            case .atLeast: "\(amount) or more"
            case .atMost: "\(amount) or less"
            }
        if capability == "power.active" {
            let word = (aspect == .happens ? "switched " : "") + (isUp ? "on" : "off")
            return EnglishVerb.be.text(
                subject: thing(fact), rest: "\(word) (\(bound))", polarity, tense,
                isNone: isNone(fact))
        }
        if ["link.lqi", "link.rssi", "link.snr"].contains(capability) {
            return EnglishVerb.be.text(
                subject: "the radio of \(thing(fact))", rest: isUp ? "strong" : "weak", polarity,
                tense)
        }
        let (rises, rest) =
            switch comparison {
            case .above: ("rises", "above \(amount)")
            case .below: ("falls", "below \(amount)")
            case .atLeast: ("rises", "to \(bound)")
            case .atMost: ("falls", "to \(bound)")
            }
        if aspect == .happens {
            let verb =
                rises == "rises"
                ? EnglishVerb.does("rise", "rises", "risen")
                : EnglishVerb.does("fall", "falls", "fallen")
            return verb.text(subject: quantity(fact), rest: rest, polarity, tense)
        }
        let held = comparison == .above || comparison == .below ? rest : bound
        return EnglishVerb.be.text(subject: quantity(fact), rest: held, polarity, tense)
    }

    /// What is measured, and where: `the temperature in the kitchen`.
    func quantity(_ fact: Fact) -> String {
        guard let capability = fact.meaning.capability else { return thing(fact) }
        let noun = EnglishWords.quantity(capability)
        let isOfRoom =
            capability.rawValue.hasPrefix("env.") || capability == "presence.count"
            || capability == "light.level"
        if isOfRoom, !["fridge", "freezer", "oven"].contains(fact.things.kind ?? "") {
            return noun + room(fact)
        }
        return "\(noun) of \(thing(fact))"
    }
}

extension String {
    /// Without blanks at either end.
    var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
