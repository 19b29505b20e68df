/// A person's call for help from their own page.
extension Engine {
    /// A touch soon after an answer is still the same call: it may have been under way.
    static let sameCall = TimeSpan.seconds(20)

    /// A call that nobody has answered takes further touches in; after an answer, and some seconds, a touch is a new call.
    mutating func callForHelp(_ saying: Saying, at entry: CommandEntry, into steps: inout Steps) {
        let subject = Subject(
            residence: saying.residence, room: saying.room, person: saying.person)
        let own = alerts.sorted.filter {
            $0.rule == BuiltInRule.ownCall.id && $0.subject.residence == saying.residence
                && $0.subject.person == saying.person
        }
        let same = own.first {
            guard let answered = $0.acknowledged else { return true }
            return entry.received - answered < Self.sameCall
        }
        if let same {
            alerts.note(
                .again(evidence: []), to: same.id, at: entry.received,
                noticed: entry.received, into: &steps)
            // Somebody put it aside, and the person calls again.
            if same.display == .shelved {
                alerts.note(
                    .unshelve(by: nil), to: same.id, at: entry.received, noticed: entry.received,
                    into: &steps)
            }
            return
        }
        var hash = StableHash()
        hash.mix(BuiltInRule.ownCall.rawValue)
        hash.mix(subject.residence.rawValue)
        hash.mix(saying.person.rawValue)
        hash.mix(entry.sequence.rawValue)
        alerts.raise(
            Alert(
                id: AlertID(rawValue: hash.text), rule: BuiltInRule.ownCall.id, subject: subject,
                priority: BuiltInRule.ownCall.priority, began: entry.received,
                noticed: entry.received, late: false, evidence: []),
            at: entry.received, noticed: entry.received, into: &steps)
    }
}
