import Rules

/// Keeps the few from being recognised in a table: values that fewer than so many people share are left out.
struct SmallCells: Sendable {
    /// One person's marks by which somebody might be recognised.
    struct Marks: Hashable, Sendable {
        /// The residence's pseudonym; empty: left out.
        var residence: String
        /// The band of birth years; empty: left out.
        var birth: String
    }

    /// By person.
    private(set) var marks: [PersonID: Marks]
    /// How many values were left out.
    private(set) var suppressed = 0

    /// Leaves out the band where fewer people than `threshold` share residence and band, then the residence where fewer share
    /// what remains.
    init(_ all: [PersonID: Marks], threshold: Int) {
        marks = all
        leaveOut(threshold) { marks in
            if marks.birth.isEmpty { return false }
            marks.birth = ""
            return true
        }
        leaveOut(threshold) { marks in
            if marks.residence.isEmpty { return false }
            marks.residence = ""
            return true
        }
    }

    private mutating func leaveOut(_ threshold: Int, _ change: (inout Marks) -> Bool) {
        let classes = Dictionary(grouping: marks.keys) { marks[$0] }
        for (found, people) in classes where people.count < threshold {
            guard var changed = found, change(&changed) else { continue }
            suppressed += people.count
            for person in people { marks[person] = changed }
        }
    }

    /// The size of the smallest class of people whom the marks do not tell apart (Sweeney 2002); 0 for nobody.
    var k: Int {
        Dictionary(grouping: marks.values) { $0 }.values.map(\.count).min() ?? 0
    }
}
