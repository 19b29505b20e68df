import Testing

@testable import Rules

/// Every state times every input, written out: what happens, or why it cannot.
@Suite("The life of one alert")
struct AlertLifecycleTests {
    /// One row for each response and condition, one column for each input. A cell is what the steps are, or the refusal.
    ///
    /// Display `shown`, priority high, not latched, not vital.
    static let responses = """
        state              | again       | clear                | acknowledge           | arrive                         | resolve  | tell     | fine     | help
        asked active       | repeated    | cleared resolved     | acknowledged          | acknowledged on_site           | resolved | raised   | resolved | raised
        asked normal       | reactivated | ! isClear            | acknowledged resolved | acknowledged on_site resolved  | resolved | raised   | resolved | raised
        unacked active     | repeated    | cleared              | acknowledged          | acknowledged on_site           | resolved | ! isNotAsked | ! isNotAsked | ! isNotAsked
        unacked normal     | reactivated | ! isClear            | acknowledged resolved | acknowledged on_site resolved  | resolved | ! isNotAsked | ! isNotAsked | ! isNotAsked
        acked active       | repeated    | cleared resolved     | ! isAnswered          | on_site                        | resolved | ! isNotAsked | ! isNotAsked | ! isNotAsked
        onsite active      | repeated    | cleared resolved     | ! isAnswered          | ! isOnSite                     | resolved | ! isNotAsked | ! isNotAsked | ! isNotAsked
        resolved normal    | ! isOver    | ! isOver             | ! isOver              | ! isOver                       | ! isOver | ! isOver | ! isOver | ! isOver
        """

    /// One row for each display, one column for each input; unacknowledged and active.
    static let displays = """
        state         | shelve         | unshelve       | suppress            | unsuppress          | take_out         | put_back            | strengthen               | clear            | acknowledge
        shown         | shelved        | ! isNotShelved | suppressed          | ! isNotSuppressible | out_of_service   | ! isInService       | strengthened             | cleared          | acknowledged
        shelved       | shelved        | unshelved      | ! isNotSuppressible | ! isNotSuppressible | out_of_service   | ! isInService       | unshelved strengthened   | cleared          | acknowledged
        suppressed    | shelved        | ! isNotShelved | suppressed          | unsuppressed        | out_of_service   | ! isInService       | strengthened             | cleared resolved | acknowledged
        outofservice  | ! isOutOfService | ! isNotShelved | ! isNotSuppressible | ! isNotSuppressible | ! isOutOfService | returned_to_service | strengthened             | cleared          | acknowledged
        """

    static let now = Instant(milliseconds: 1_767_225_600_000)

    private static func alert(_ state: String) -> Alert {
        var alert = Alert(
            id: "a1", rule: "r", subject: Subject(residence: "home"), priority: .high,
            began: now, noticed: now, late: false, evidence: [])
        for word in state.split(separator: " ") {
            switch word {
            case "asked": alert.response = .asked
            case "unacked": alert.response = .unacknowledged
            case "acked": alert.response = .acknowledged
            case "onsite": alert.response = .onSite
            case "resolved": alert.response = .resolved
            case "active": alert.condition = .active
            case "normal": alert.condition = .normal
            case "shown": alert.display = .shown
            case "shelved":
                alert.display = .shelved
                alert.displayUntil = now + .hours(1)
            case "suppressed": alert.display = .suppressed
            case "outofservice": alert.display = .outOfService
            default: Issue.record("no state \(word)")
            }
        }
        return alert
    }

    private static func input(_ word: String) -> AlertLifecycle.Input {
        switch word {
        case "again": .again(evidence: [])
        case "clear": .clear(endsQuestion: true)
        case "acknowledge": .acknowledge(by: "marie")
        case "arrive": .arrive(by: "marie")
        case "resolve": .resolve(by: "marie", outcome: .real, note: nil)
        case "tell": .tell(late: false, by: nil)
        case "fine": .answer(isFine: true, by: "p1")
        case "help": .answer(isFine: false, by: "p1")
        case "shelve": .shelve(until: now + .minutes(30), by: "marie", reason: "cooking")
        case "unshelve": .unshelve(by: "marie")
        case "suppress": .suppress(by: "b2")
        case "unsuppress": .unsuppress
        case "take_out": .takeOut(by: "karim", reason: "battery")
        case "put_back": .putBack(by: "karim")
        default: .strengthen(.critical)
        }
    }

    private static func outcome(
        _ alert: Alert, _ input: AlertLifecycle.Input, _ traits: AlertTraits = AlertTraits()
    ) -> (word: String, alert: Alert) {
        var life = AlertLifecycle(alert, traits: traits, at: now, noticed: now)
        do throws(AlertLifecycle.Refusal) {
            try life.take(input)
            return (life.steps.map(\.step.name).joined(separator: " "), life.alert)
        } catch {
            return ("! " + name(error), life.alert)
        }
    }

    private static func name(_ refusal: AlertLifecycle.Refusal) -> String {
        switch refusal {
        case .isOver: "isOver"
        case .isNotAsked: "isNotAsked"
        case .isAnswered: "isAnswered"
        case .isOnSite: "isOnSite"
        case .wantsOutcome: "wantsOutcome"
        case .tooLong: "tooLong"
        case .isPast: "isPast"
        case .isNotShelved: "isNotShelved"
        case .isOutOfService: "isOutOfService"
        case .isNotSuppressible: "isNotSuppressible"
        case .isInService: "isInService"
        case .isAsStrong: "isAsStrong"
        case .isClear: "isClear"
        }
    }

    private func cells(_ table: String) -> [[String]] {
        table.split(separator: "\n").map {
            $0.split(separator: "|").map { cell in
                cell.split(separator: " ").joined(separator: " ")
            }
        }
    }

    @Test("each state and each input, as the table says", arguments: [responses, displays])
    func table(_ table: String) {
        let rows = cells(table)
        var checked = 0
        for row in rows.dropFirst() {
            for (column, expected) in row.enumerated().dropFirst() {
                let input = rows[0][column]
                let before = Self.alert(row[0])
                let (word, after) = Self.outcome(before, Self.input(input))
                #expect(word == expected, "\(row[0]) × \(input)")
                if expected.hasPrefix("!") { #expect(after == before, "\(row[0]) × \(input)") }
                checked += 1
            }
        }
        #expect(checked == (rows.count - 1) * (rows[0].count - 1))
    }

    @Test("every combination of the three axes takes every input, and none ends without reason")
    func everyCombination() {
        let inputs = Set(
            cells(Self.responses)[0].dropFirst() + cells(Self.displays)[0].dropFirst()
        ).sorted()
        #expect(inputs.count == 15)
        var ended = 0
        for response in ["asked", "unacked", "acked", "onsite"] {
            for condition in ["active", "normal"] {
                for display in ["shown", "shelved", "suppressed", "outofservice"] {
                    for input in inputs {
                        let before = Self.alert("\(response) \(condition) \(display)")
                        let (word, after) = Self.outcome(before, Self.input(input))
                        #expect(after.id == before.id && !word.isEmpty)
                        guard after.response == .resolved else { continue }
                        ended += 1
                        // Somebody said so, the person is well, or the condition is over and it was answered (or
                        // another alert stands for it).
                        let isAnswered = response == "acked" || response == "onsite"
                        let answers = ["acknowledge", "arrive"].contains(input)
                        let isOver = after.condition == .normal
                        #expect(
                            input == "resolve" || input == "fine"
                                || response == "asked"
                                    && input == "clear"
                                || isOver && (isAnswered || answers || display == "suppressed"),
                            "\(response) \(condition) \(display) × \(input)")
                    }
                }
            }
        }
        #expect(ended > 40)
    }

    @Test("a latched alert ends only when somebody says what it was")
    func latched() {
        var traits = AlertTraits()
        traits.isLatched = true
        let alert = Self.alert("acked normal shown")
        #expect(
            Self.outcome(alert, .resolve(by: "m", outcome: nil, note: "x"), traits).word
                == "! wantsOutcome")
        #expect(Self.outcome(alert, .arrive(by: "m"), traits).word == "on_site")
        let (word, after) = Self.outcome(
            alert, .resolve(by: "m", outcome: .technical, note: "x"), traits)
        #expect(word == "resolved")
        #expect(after.outcome == .technical && after.note == "x" && after.resolvedBy == "m")
    }

    @Test(
        "what life may depend on is put aside for an hour at most, and no other alert stands for it"
    )
    func vital() {
        var traits = AlertTraits()
        traits.isVital = true
        let alert = Self.alert("unacked active shown")
        func shelve(_ span: TimeSpan, _ traits: AlertTraits) -> String {
            Self.outcome(
                alert, .shelve(until: Self.now + span, by: "m", reason: "toast"), traits
            ).word
        }
        #expect(shelve(.minutes(60), traits) == "shelved")
        #expect(shelve(.minutes(61), traits) == "! tooLong")
        #expect(shelve(.minutes(61), AlertTraits()) == "shelved")
        #expect(shelve(.hours(25), AlertTraits()) == "! tooLong")
        #expect(shelve(.zero, AlertTraits()) == "! isPast")
        #expect(Self.outcome(alert, .suppress(by: "b2"), traits).word == "! isNotSuppressible")
    }

    @Test("below medium an alert ends with its condition, unless it is latched")
    func low() {
        var alert = Self.alert("unacked active shown")
        alert.priority = .low
        #expect(Self.outcome(alert, .clear(endsQuestion: true)).word == "cleared resolved")
        var traits = AlertTraits()
        traits.isLatched = true
        #expect(Self.outcome(alert, .clear(endsQuestion: true), traits).word == "cleared")
    }

    @Test("each step tells who and why")
    func whoAndWhy() throws {
        var life = AlertLifecycle(
            Self.alert("unacked active shown"), traits: AlertTraits(), at: Self.now,
            noticed: Self.now)
        try life.take(.shelve(until: Self.now + .minutes(5), by: "marie", reason: "cooking"))
        try life.take(.acknowledge(by: "paul"))
        try life.take(.resolve(by: "claire", outcome: .false, note: "toast"))
        #expect(
            life.steps.map { "\($0.step.name) \($0.actor ?? "-") \($0.note ?? "-")" } == [
                "shelved marie cooking", "acknowledged paul -", "resolved claire toast",
            ])
    }
}
