import Foundation
public import Rules

/// What became of one thing that a study owes one home. `studies/NAME.owed.jsonl`, a line for each step, only added to.
public struct RestitutionStep: Hashable, Sendable, Codable {
    /// How far it came; each later one holds the earlier ones.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable, Comparable {
        /// It was brought to the home and shown.
        case shown
        /// It was talked about until it was understood.
        case understood
        /// The people of the home answered: `note` has it in their words.
        case answered

        /// Orders by how far it came.
        public static func < (left: State, right: State) -> Bool {
            let all = allCases
            return (all.firstIndex(of: left) ?? 0) < (all.firstIndex(of: right) ?? 0)
        }
    }

    /// What is owed, as the protocol names it.
    public var owed: String
    /// To which residence.
    public var residence: String
    /// How far it came.
    public var state: State
    /// When, UTC.
    public var at: String
    /// Who notes it.
    public var by: String
    /// What people said, in their own words.
    public var note: String
}

/// What a study owes each home, and what became of it.
public struct Restitution: Sendable {
    /// One thing owed to one residence.
    public struct Debt: Hashable, Sendable {
        /// What, as the protocol names it.
        public var owed: StudyProtocol.Owed
        /// To whom.
        public var residence: ResidenceID
        /// How far it came; nil: nothing yet.
        public var state: RestitutionStep.State?
        /// All steps, oldest first.
        public var steps: [RestitutionStep]

        /// Whether its last day is over and nothing was shown.
        public func isLate(on day: CalendarDate) -> Bool {
            state == nil && owed.by.daysSince1970 < day.daysSince1970
        }
    }

    private let study: StudyProtocol
    private let home: LoadedHome

    /// What a study owes.
    public init(study: StudyProtocol, home: LoadedHome) {
        self.study = study
        self.home = home
    }

    private var path: String { "\(home.folder)/studies/\(study.id).owed.jsonl" }

    /// Everything that is owed to every home of which somebody may take part, by its last day.
    ///
    /// - Throws: `StudyError.record` where a line of the record is none.
    public func debts() throws(StudyError) -> [Debt] {
        let steps = try steps()
        let residences = home.home.residences.filter { residence in
            residence.people.contains { study.participants?.contains($0) != false }
        }
        return study.owed.sorted { $0.by.daysSince1970 < $1.by.daysSince1970 }
            .flatMap { owed in
                residences.map { residence in
                    let own = steps.filter {
                        $0.owed == owed.name && $0.residence == residence.id.rawValue
                    }
                    return Debt(
                        owed: owed, residence: residence.id, state: own.map(\.state).max(),
                        steps: own)
                }
            }
    }

    private func steps() throws(StudyError) -> [RestitutionStep] {
        guard let data = FileManager.default.contents(atPath: path) else { return [] }
        var steps: [RestitutionStep] = []
        for (index, line) in data.split(separator: 0x0a).enumerated() {
            guard let step = try? JSONDecoder().decode(RestitutionStep.self, from: line) else {
                throw .record(file: "studies/\(study.id).owed.jsonl", line: index + 1)
            }
            steps.append(step)
        }
        return steps
    }

    /// Notes how far something came; on the disk before it returns.
    ///
    /// - Throws: `StudyError.notOwed` where the protocol owes no such thing to this home.
    public func note(
        _ owed: String, to residence: ResidenceID, _ state: RestitutionStep.State, by actor: String,
        note: String, now: Instant
    ) throws(StudyError) {
        guard try debts().contains(where: { $0.owed.name == owed && $0.residence == residence })
        else { throw .notOwed(owed, residence, study.id) }
        let step = RestitutionStep(
            owed: owed, residence: residence.rawValue, state: state, at: Timestamp.utc(now),
            by: actor, note: note)
        try StudyRecords.append(step, to: path)
    }
}
