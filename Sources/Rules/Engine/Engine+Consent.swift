/// What may be taken in of a device now.
struct Permit: Hashable, Sendable {
    /// Why not for alerts; nil where it may.
    var safety: ConsentBook.Refusal?
    /// Why not for traces; nil where it may.
    var care: ConsentBook.Refusal?
    /// Whether some study may have it.
    var isForStudy = false

    /// Why nothing may be taken in; nil where some purpose allows it.
    var refusal: ConsentBook.Refusal? { care == nil || isForStudy ? nil : safety }

    /// Whether a node may be fed.
    func allows(_ isForCare: Bool) -> Bool { (isForCare ? care : safety) == nil }
}

/// The nodes that a device feeds, and those above.
struct Sight: Hashable, Sendable {
    /// Fed by its streams, sorted.
    var sources: [Int32] = []
    /// Operators that take silence for an answer, children first.
    var keepers: [Int32] = []
    /// Its instances of traces.
    var traces: [Int32] = []
}

extension Plan {
    /// Notes for each device what it is that would be misled if the device were not seen.
    mutating func lookForSight() {
        var byDevice: [DeviceID: Set<Int32>] = [:]
        for (key, nodes) in sources { byDevice[key.device, default: []].formUnion(nodes) }
        sight = consentSubjects.map { subject in
            let direct = byDevice[subject.subject.device] ?? []
            var above: Set<Int32> = []
            var open = Array(direct)
            while let node = open.popLast() {
                for index in parentRange(node) where above.insert(parents[index]).inserted {
                    open.append(parents[index])
                }
            }
            let sorted = above.sorted()
            return Sight(
                sources: direct.sorted(),
                keepers: sorted.filter {
                    switch operations[Int($0)] {
                    case .absence, .notFollowed, .missed, .dwell: true
                    default: false
                    }
                },
                traces: sorted.compactMap {
                    if case .trace(let number) = operations[Int($0)] { number } else { nil }
                })
        }
    }
}

/// A person's word at work: what it forbids is neither seen nor taken for silence.
extension Engine {
    /// Why a reading of a device may not be stored at all, for no purpose allows it; nil where one does. A device that is
    /// not in the plan is nobody's.
    ///
    /// - Parameters:
    ///   - moment: the hub's clock.
    ///   - happened: when it happened, where it is told later: what a person's no or pause forbade then is not taken in
    ///     afterwards.
    public func refusal(
        of device: DeviceID, at moment: Instant, happened: Instant? = nil
    ) -> ConsentBook.Refusal? {
        guard let index = index(of: device) else { return nil }
        if let end = plan.consentSubjects[index].endsAt, moment >= end { return .nobody }
        // Time may have come to a change that no entry has shown the engine yet.
        let permit =
            moment < consentDue && now != .distantPast
            ? permits[index] : permit(of: plan.consentSubjects[index], at: moment).permit
        return both(permit, index, happened: happened ?? moment).refusal
    }

    /// What may be taken in of something that happened, by what people say now and what they had said then.
    func permit(of index: Int, happened: Instant) -> Permit {
        both(permits[index], index, happened: happened)
    }

    /// A purpose has to allow it at both times.
    private func both(_ now: Permit, _ index: Int, happened: Instant) -> Permit {
        guard happened < permitsSince else { return now }
        let then = permit(of: plan.consentSubjects[index], at: happened).permit
        return Permit(
            safety: now.safety ?? then.safety, care: now.care ?? then.care,
            isForStudy: now.isForStudy && then.isForStudy)
    }

    private func index(of device: DeviceID) -> Int? { subjectIndex[device].map { Int($0) } }

    private func permit(
        of subject: ConsentSubject, at moment: Instant
    ) -> (permit: Permit, holdsUntil: Instant) {
        func judge(_ purpose: Purpose) -> ConsentBook.Judgement {
            consent.refusal(
                purpose, about: subject.subject, at: moment, in: subject.locality,
                under: plan.consentPolicy)
        }
        let safety = judge(.safety)
        let care = judge(.care)
        var holdsUntil = min(safety.holdsUntil, care.holdsUntil)
        if let end = subject.endsAt {
            guard moment < end else {
                return (Permit(safety: .nobody, care: .nobody), .distantFuture)
            }
            holdsUntil = min(holdsUntil, end)
        }
        var permit = Permit(safety: safety.refusal, care: care.refusal)
        for study in consent.studies {
            let judgement = judge(study)
            holdsUntil = min(holdsUntil, judgement.holdsUntil)
            if judgement.refusal == nil { permit.isForStudy = true }
        }
        return (permit, holdsUntil)
    }

    /// Judges anew what may be taken in of every device, and lets conditions know what they do not see any more, or see
    /// again.
    mutating func reconsider(at moment: Instant, noticed: Instant, into steps: inout Steps) {
        consentDue = .distantFuture
        permitsSince = moment
        var changes: [(index: Int, before: Permit)] = []
        for (index, subject) in plan.consentSubjects.enumerated() {
            let (permit, holdsUntil) = permit(of: subject, at: moment)
            // Never now again, whatever a clock says.
            consentDue = min(consentDue, max(holdsUntil, moment + .milliseconds(1)))
            guard permit != permits[index] else { continue }
            changes.append((index, permits[index]))
            permits[index] = permit
        }
        guard !changes.isEmpty else { return }
        var hidden: [Int32] = []
        var shown: [Int32] = []
        for (index, before) in changes {
            for isForCare in [false, true] {
                let wasAllowed = before.allows(isForCare)
                guard wasAllowed != permits[index].allows(isForCare) else { continue }
                let sight = plan.sight[index]
                let nodes = (sight.sources + sight.keepers).filter {
                    plan.isForCare[Int($0)] == isForCare
                }
                for node in nodes { blinded[Int(node)] += wasAllowed ? 1 : -1 }
                if wasAllowed { hidden += nodes } else { shown += nodes }
                if wasAllowed, isForCare { interrupt(sight.traces, index, at: moment) }
            }
        }
        begin(at: moment, noticed: noticed, late: false, restored: true, place: sequence)
        for node in Set(hidden).sorted() where blinded[Int(node)] > 0 { hide(node) }
        for node in Set(shown).sorted() where blinded[Int(node)] == 0 { show(node) }
        propagate(into: &steps)
    }

    private mutating func interrupt(_ numbers: [Int32], _ index: Int, at moment: Instant) {
        guard now != .distantPast else { return }
        let reason: Censoring
        if case .paused = permits[index].care { reason = .paused } else { reason = .noConsent }
        interruptTraces(reason, at: moment, numbers)
    }

    /// What a node knew of a device is not known any more.
    private mutating func hide(_ node: Int32) {
        let index = Int(node)
        timers.cancel(node)
        switch plan.operations[index] {
        case .predicate(_, let unknownAfter):
            set(node, unknownAfter == Operation.never ? .no : .unknown)
        case .alive, .absence, .missed:
            set(node, .unknown)
        case .dwell:
            set(node, .no)
        case .reading:
            states[index].value = .unknown
        case .rate:
            lists[Int(plan.listIndex[index])] = []
            set(node, .unknown)
        case .notFollowed:
            states[index].mark = NodeState.never
            if plan.listIndex[index] >= 0 { lists[Int(plan.listIndex[index])] = [] }
        default: break
        }
    }

    /// A device is seen again: what counts its silence begins to count.
    private mutating func show(_ node: Int32) {
        switch plan.operations[Int(node)] {
        case .alive, .absence: start(node)
        case .missed:
            states[Int(node)].mark = NodeState.never
        default: break
        }
    }
}

// MARK: As bytes

extension Engine {
    func writeConsent(to writer: inout ByteWriter) {
        writer.write(unsigned: UInt64(consent.history.count))
        for record in consent.history { record.write(to: &writer) }
        let represented = consent.represented.sorted()
        writer.write(unsigned: UInt64(represented.count))
        for person in represented { writer.write(person.rawValue) }
        let pauses = consent.pauses.sorted { $0.key < $1.key }
        writer.write(unsigned: UInt64(pauses.count))
        for (person, spans) in pauses {
            writer.write(person.rawValue)
            writer.write(unsigned: UInt64(spans.count))
            for span in spans {
                writer.write(signed: span.lowerBound.milliseconds)
                writer.write(signed: span.upperBound.milliseconds)
            }
        }
        writer.write(unsigned: UInt64(permits.count))
        for (index, permit) in permits.enumerated() {
            writer.write(plan.consentSubjects[index].subject.device.rawValue)
            permit.safety.write(to: &writer)
            permit.care.write(to: &writer)
            writer.write(UInt8(permit.isForStudy ? 1 : 0))
        }
    }

    mutating func readConsent(
        from reader: inout ByteReader, hasSpans: Bool
    ) throws(CheckpointError) {
        for _ in 0..<(try reader.count()) { consent.add(try ConsentRecord(from: &reader)) }
        var represented: [PersonID] = []
        for _ in 0..<(try reader.count()) {
            represented.append(PersonID(rawValue: try reader.text()))
        }
        for person in consent.represented { consent.setRepresented(person, false) }
        for person in represented { consent.setRepresented(person, true) }
        for _ in 0..<(try reader.count()) {
            let person = PersonID(rawValue: try reader.text())
            for _ in 0..<(hasSpans ? try reader.count() : 1) {
                // Before spans were kept only the end of the last one was.
                let from =
                    hasSpans ? Instant(milliseconds: try reader.signed()) : .distantPast
                consent.pause(
                    person, from: from, until: Instant(milliseconds: try reader.signed()))
            }
        }
        for _ in 0..<(try reader.count()) {
            let device = DeviceID(rawValue: try reader.text())
            let permit = Permit(
                safety: try ConsentBook.Refusal?(from: &reader),
                care: try ConsentBook.Refusal?(from: &reader), isForStudy: try reader.byte() != 0)
            guard let index = index(of: device) else { continue }
            permits[index] = permit
            let sight = plan.sight[index]
            for node in sight.sources + sight.keepers
            where !permit.allows(plan.isForCare[Int(node)]) { blinded[Int(node)] += 1 }
        }
        // The home may have changed since: all is judged anew as soon as time goes on.
        if now != .distantPast { consentDue = now }
    }
}

extension Optional<ConsentBook.Refusal> {
    func write(to writer: inout ByteWriter) {
        let (code, person): (UInt8, PersonID?) =
            switch self {
            case nil: (0, nil)
            case .nobody: (1, nil)
            case .refused(let person): (2, person)
            case .representativeRefused(let person): (3, person)
            case .notAsked(let person): (4, person)
            case .representativeNotAsked(let person): (5, person)
            case .paused(let person): (6, person)
            }
        writer.write(code)
        writer.write(person?.rawValue)
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        let code = try reader.byte()
        let person = try reader.optionalText().map { PersonID(rawValue: $0) }
        switch (code, person) {
        case (0, nil): self = nil
        case (1, nil): self = .nobody
        case (2, let person?): self = .refused(person)
        case (3, let person?): self = .representativeRefused(person)
        case (4, let person?): self = .notAsked(person)
        case (5, let person?): self = .representativeNotAsked(person)
        case (6, let person?): self = .paused(person)
        default: throw .damaged(offset: 0)
        }
    }
}

extension ConsentRecord {
    func write(to writer: inout ByteWriter) {
        writer.write(person.rawValue)
        writer.write(purpose.description)
        writer.write(decision.rawValue)
        let devices = scope.devices.sorted()
        writer.write(unsigned: UInt64(devices.count))
        for device in devices { writer.write(device.rawValue) }
        let rooms = scope.rooms.sorted()
        writer.write(unsigned: UInt64(rooms.count))
        for room in rooms { writer.write(room.rawValue) }
        writer.write(scope.hours?.consentText)
        writer.write(speaker)
        writer.write(capacity.rawValue)
        writer.write(information.version)
        writer.write(information.hash)
        writer.write(information.form)
        writer.write(understanding)
        writer.write(checkedBy)
        writer.write(signed: from.milliseconds)
        writer.write(until)
        writer.write(UInt8(goesOnInPause ? 1 : 0))
    }

    init(from reader: inout ByteReader) throws(CheckpointError) {
        let person = PersonID(rawValue: try reader.text())
        guard let purpose = Purpose(try reader.text()),
            let decision = Decision(rawValue: try reader.text())
        else { throw .damaged(offset: 0) }
        var scope = ConsentScope()
        for _ in 0..<(try reader.count()) {
            scope.devices.insert(DeviceID(rawValue: try reader.text()))
        }
        for _ in 0..<(try reader.count()) {
            scope.rooms.insert(RoomID(rawValue: try reader.text()))
        }
        scope.hours = try reader.optionalText().flatMap(Window.init(consentText:))
        let speaker = try reader.text()
        guard let capacity = ConsentCapacity(rawValue: try reader.text()) else {
            throw .damaged(offset: 0)
        }
        let information = Information(
            version: try reader.text(), hash: try reader.text(), form: try reader.text())
        self.init(
            person: person, purpose: purpose, decision: decision, scope: scope, speaker: speaker,
            capacity: capacity, information: information, understanding: try reader.text(),
            checkedBy: try reader.text(), from: Instant(milliseconds: try reader.signed()),
            until: try reader.optionalMoment(), goesOnInPause: try reader.byte() != 0)
    }
}

extension Window {
    /// Hours of the day as `HH:MM-HH:MM`, with the days after a space as digits 1 (Monday) … 7 where not all: the form in
    /// which consent is said. Nil where the window has an edge at the sun.
    public var consentText: String? {
        guard case .clock(let from) = from, case .clock(let to) = to else { return nil }
        func text(_ minutes: Int) -> String {
            let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
            return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
        }
        let digits = (0..<7).filter { days & (1 << UInt8($0)) != 0 }.map { String($0 + 1) }.joined()
        return "\(text(from))-\(text(to))" + (days == 0b111_1111 ? "" : " " + digits)
    }

    /// Hours of the day from `HH:MM-HH:MM` or `HH:MM-HH:MM 12345`; nil for another form.
    public init?(consentText text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        let edges = parts.first.map { $0.split(separator: "-") } ?? []
        func minutes(_ text: Substring) -> Int? {
            let numbers = text.split(separator: ":", omittingEmptySubsequences: false)
            guard numbers.count == 2, numbers[1].utf8.count == 2, let hour = Int(numbers[0]),
                let minute = Int(numbers[1]), (0...24).contains(hour), (0..<60).contains(minute),
                hour * 60 + minute <= 1440
            else { return nil }
            return hour * 60 + minute
        }
        guard (1...2).contains(parts.count), edges.count == 2, let from = minutes(edges[0]),
            let to = minutes(edges[1]), from != to
        else { return nil }
        var days: UInt8 = parts.count == 1 ? 0b111_1111 : 0
        if parts.count == 2 {
            for digit in parts[1] {
                guard let day = digit.wholeNumberValue, (1...7).contains(day) else { return nil }
                days |= 1 << UInt8(day - 1)
            }
        }
        self.init(from: from, to: to, days: days)
    }
}
