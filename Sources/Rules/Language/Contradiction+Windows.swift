/// How windows lie to each other on the clock. Of those that look at the sun nothing is known here.
extension Window {
    /// Its beginning and end in minutes after midnight of the date that it starts on; nil where it looks at the sun.
    private var clock: (from: Int, to: Int)? {
        guard case .clock(let from) = from, case .clock(let to) = to else { return nil }
        return (from, to <= from ? to + 1440 : to)
    }

    /// How long it lasts on the clock; nil where the sun tells.
    var wallLength: TimeSpan? { clock.map { .minutes(Int64($0.to - $0.from)) } }

    /// Whether there may be a moment that lies in both; true where that is not known.
    func meets(_ other: Window) -> Bool {
        guard let mine = clock, let theirs = other.clock else { return true }
        for day in 0..<7 where days & (1 << UInt8(day)) != 0 {
            // One that starts the date before, the same date, or the next date.
            for shift in -1...1 where other.days & (1 << UInt8((day + shift + 7) % 7)) != 0 {
                let from = theirs.from + shift * 1440
                let to = theirs.to + shift * 1440
                if max(mine.from, from) < min(mine.to, to) { return true }
            }
        }
        return false
    }
}
