import Testing

@testable import Rules

@Suite("The rota, and what chains reach")
struct RosterTests {
    /// Central European time with its changes of 2026, as UTC offsets in seconds.
    static let paris = ZoneOffsets(
        name: "Europe/Paris",
        changes: [
            .init(from: .distantPast, offset: 3600),
            // 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC.
            .init(from: Instant(milliseconds: 1_774_746_000_000), offset: 7200),
            .init(from: Instant(milliseconds: 1_792_890_000_000), offset: 3600),
        ])
    /// Thursday 2026-01-01 00:00 in Paris.
    static let newYear = Instant(milliseconds: 1_767_222_000_000)

    static func member(_ id: StaffID, _ roles: Set<StaffRole> = [.carer]) -> StaffMember {
        StaffMember(id: id, name: id.rawValue, roles: roles)
    }

    static func shift(_ name: String, _ from: Int, _ to: Int) -> StaffPlan.Shift {
        StaffPlan.Shift(
            name: name, title: LocalizedText(english: name, french: name),
            window: Window(from: from * 60, to: to * 60))
    }

    static func roster(_ staff: StaffPlan, holidays: Holidays = Holidays()) -> Roster {
        Roster(
            staff: staff,
            localities: ["home": Locality(zone: paris, holidays: holidays)])
    }

    static let threeShifts = [
        shift("day", 7, 14), shift("evening", 14, 21), shift("night", 21, 7),
    ]

    @Test("a night belongs to the day that it starts on, and an exception takes a date's place")
    func nights() {
        let staff = StaffPlan(
            members: [Self.member("marie"), Self.member("paul")], shifts: Self.threeShifts,
            rota: StaffPlan.Rota(
                lines: [
                    .init(shift: "night", days: 0b001_0000, staff: ["paul"]),
                    .init(shift: "day", staff: ["marie"]),
                ],
                exceptions: [
                    .init(
                        first: Self.day(2), last: Self.day(2), shift: "day", staff: ["paul"])
                ]))
        let roster = Self.roster(staff)
        func on(_ hours: Int64) -> [StaffID] {
            roster.onShift("home", at: Self.newYear + .hours(hours)).staff
        }
        #expect(on(8) == ["marie"])
        #expect(on(20) == [])
        // Friday 2026-01-02: paul has the day in marie's place, and the night up to Saturday 07:00.
        #expect(on(24 + 8) == ["paul"])
        #expect(on(24 + 22) == ["paul"])
        #expect(on(48 + 6) == ["paul"])
        #expect(on(48 + 7) == ["marie"])
        #expect(
            roster.onShift("home", at: Self.newYear + .hours(8)).until == Self.newYear + .hours(14))
    }

    private static func day(_ ofJanuary: Int) -> Int64 {
        CalendarDate(year: 2026, month: 1, day: ofJanuary).daysSince1970
    }

    @Test("every second week is every second week, and a holiday is a line of its own")
    func cycles() throws {
        let staff = StaffPlan(
            members: [Self.member("a"), Self.member("b"), Self.member("c")],
            shifts: [Self.shift("day", 0, 24)],
            rota: StaffPlan.Rota(lines: [
                .init(
                    shift: "day", holidays: .excluded, cycle: .init(of: 2, week: 0),
                    staff: ["a"]),
                .init(
                    shift: "day", holidays: .excluded, cycle: .init(of: 2, week: 1),
                    staff: ["b"]),
                .init(shift: "day", holidays: .only, staff: ["c"]),
            ]))
        let holidays = Holidays(calendar: .france)
        let roster = Self.roster(staff, holidays: holidays)
        let days = (0..<28).map { day in
            roster.onShift("home", at: Self.newYear + .days(day) + .hours(12)).staff
        }
        #expect(days[0] == ["c"], "New Year's day")
        // Friday to Sunday are of one week; then the other begins on Monday the 5th.
        #expect(Set(days[1...3]).count == 1)
        #expect(days[4] != days[3])
        #expect(days[4...10].allSatisfy { $0 == days[4] })
        #expect(days[11] == days[3])
    }

    @Test(
        "holes are those that looking at every quarter of an hour of a year finds", arguments: 0..<8
    )
    func holes(seed: Int) {
        var random = Shuffle(state: UInt64(seed))
        let names: [StaffID] = ["a", "b", "c"]
        func lines(_ count: Int) -> [StaffPlan.Line] {
            (0..<count).map { _ in
                StaffPlan.Line(
                    shift: ["day", "evening", "night"].randomElement(using: &random) ?? "day",
                    days: UInt8.random(in: 1..<128, using: &random),
                    cycle: Bool.random(using: &random) ? .init() : .init(of: 2, week: 1),
                    staff: [names.randomElement(using: &random) ?? "a"])
            }
        }
        let staff = StaffPlan(
            members: names.map { Self.member($0) }, shifts: Self.threeShifts,
            rota: StaffPlan.Rota(lines: lines(9)), onCall: StaffPlan.Rota(lines: lines(4)))
        let roster = Self.roster(staff)
        let end = Self.newYear + .days(366)
        let holes = roster.holes(
            .builtIn, in: "home", from: Self.newYear, to: end, most: 100_000)
        #expect(!holes.isEmpty)
        var moment = Self.newYear
        var wrong = 0
        while moment < end {
            let reached =
                !roster.onShift("home", at: moment).staff.isEmpty
                || !roster.onCall("home", at: moment).staff.isEmpty
            let inHole = holes.contains { $0.from <= moment && moment < $0.to }
            if reached == inHole { wrong += 1 }
            moment = moment + .minutes(60)
        }
        #expect(wrong == 0, "seed \(seed)")
        #expect(zip(holes, holes.dropFirst()).allSatisfy { $0.to < $1.from })
    }

    @Test("a team leader or a number that is always there leaves no hole")
    func always() {
        var staff = StaffPlan(members: [Self.member("claire", [.teamLeader])])
        #expect(
            Self.roster(staff).holes(
                .builtIn, in: "home", from: Self.newYear, to: Self.newYear + .days(366)
            ).isEmpty)
        staff.members = []
        #expect(
            Self.roster(staff).holes(
                .builtIn, in: "home", from: Self.newYear, to: Self.newYear + .days(366)
            ).map { $0.to - $0.from } == [.days(366)])
    }

    @Test("both nights on which the clock changes are worked whole")
    func daylightSaving() {
        let staff = StaffPlan(
            members: [Self.member("paul")], shifts: Self.threeShifts,
            rota: StaffPlan.Rota(
                lines: ["day", "evening", "night"].map { .init(shift: $0, staff: ["paul"]) }))
        #expect(
            Self.roster(staff).holes(
                .builtIn, in: "home", from: Self.newYear, to: Self.newYear + .days(366)
            ).isEmpty)
    }
}

/// SplitMix64: the same for the same seed.
struct Shuffle: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
