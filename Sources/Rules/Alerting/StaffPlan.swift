/// Who works where and when, and who is told in what order: staff.yaml in typed form.
public struct StaffPlan: Hashable, Sendable {
    /// A shift: a span of the day in the residence's wall time.
    public struct Shift: Hashable, Sendable {
        /// Its name in the rota.
        public var name: String
        /// What people call it.
        public var title: LocalizedText
        /// From when to when.
        public var window: Window

        /// A shift.
        public init(name: String, title: LocalizedText, window: Window) {
            self.name = name
            self.title = title
            self.window = window
        }
    }

    /// One line of the weekly rota: who has a shift on which days.
    public struct Line: Hashable, Sendable {
        /// The shift's name.
        public var shift: String
        /// In which residences; empty for all.
        public var residences: [ResidenceID]
        /// On which days the shift starts: bit 0 Monday … bit 6 Sunday.
        public var days: UInt8
        /// Whether it is worked on holidays.
        public var holidays: Window.HolidayUse
        /// In which weeks: every week where `of` is 1, else those whose number since Monday 1970-01-05 leaves `week`.
        public var cycle: Cycle
        /// Who.
        public var staff: [StaffID]

        /// One line of the weekly rota.
        public init(
            shift: String, residences: [ResidenceID] = [], days: UInt8 = 0b111_1111,
            holidays: Window.HolidayUse = .ignored, cycle: Cycle = Cycle(), staff: [StaffID]
        ) {
            self.shift = shift
            self.residences = residences
            self.days = days
            self.holidays = holidays
            self.cycle = cycle
            self.staff = staff
        }
    }

    /// Weeks that come round: week 0 of 2, week 1 of 2.
    public struct Cycle: Hashable, Sendable {
        /// How many weeks it takes to come round.
        public var of: Int64
        /// Which of them, from 0.
        public var week: Int64

        /// Every week, or one of some that come round.
        public init(of: Int64 = 1, week: Int64 = 0) {
            self.of = of
            self.week = week
        }

        func contains(_ day: Int64) -> Bool {
            // 1970-01-05 was a Monday.
            let week = (day - 4 - LocalDay.weekday(day)) / 7
            return ((week % of) + of) % of == self.week
        }
    }

    /// Who has a shift on some dates, in place of the weekly rota.
    public struct Exception: Hashable, Sendable {
        /// From which date, as days since 1970.
        public var first: Int64
        /// To which, within.
        public var last: Int64
        /// The shift's name.
        public var shift: String
        /// In which residences; empty for all.
        public var residences: [ResidenceID]
        /// Who; nobody where the shift is not worked.
        public var staff: [StaffID]

        /// Who has a shift on some dates.
        public init(
            first: Int64, last: Int64, shift: String, residences: [ResidenceID] = [],
            staff: [StaffID]
        ) {
            self.first = first
            self.last = last
            self.shift = shift
            self.residences = residences
            self.staff = staff
        }
    }

    /// A rota: of shifts in the residences, or of those on call.
    public struct Rota: Hashable, Sendable {
        /// The weekly lines.
        public var lines: [Line]
        /// What takes their place on some dates; the last one that fits counts.
        public var exceptions: [Exception]

        /// A rota.
        public init(lines: [Line] = [], exceptions: [Exception] = []) {
            self.lines = lines
            self.exceptions = exceptions
        }

        /// Whether anybody ever works in a residence by it.
        public func covers(_ residence: ResidenceID) -> Bool {
            lines.contains { $0.residences.isEmpty || $0.residences.contains(residence) }
        }
    }

    /// Scheduled drills.
    public struct Drills: Hashable, Sendable {
        /// Every how many weeks.
        public var everyWeeks: Int64
        /// On which days: bit 0 Monday … bit 6 Sunday.
        public var days: UInt8
        /// Minutes after local midnight.
        public var minutes: Int

        /// Scheduled drills.
        public init(everyWeeks: Int64, days: UInt8, minutes: Int) {
            self.everyWeeks = everyWeeks
            self.days = days
            self.minutes = minutes
        }
    }

    /// Everybody who works here.
    public var members: [StaffMember]
    /// The shifts.
    public var shifts: [Shift]
    /// Who has which shift.
    public var rota: Rota
    /// Who can be called besides.
    public var onCall: Rota
    /// The chains of escalation, by name; `default` is taken where a rule names none.
    public var chains: [Chain]
    /// When low priorities are told, collected; minutes after local midnight. nil: never.
    public var digest: Int?
    /// When chains are tried out; nil: only when somebody asks for it.
    public var drills: Drills?

    /// A site without staff: alerts reach the page and MQTT only.
    public init(
        members: [StaffMember] = [], shifts: [Shift] = [], rota: Rota = Rota(),
        onCall: Rota = Rota(), chains: [Chain] = [], digest: Int? = nil, drills: Drills? = nil
    ) {
        self.members = members
        self.shifts = shifts
        self.rota = rota
        self.onCall = onCall
        self.chains = chains
        self.digest = digest
        self.drills = drills
    }

    /// A member by identifier; nil where there is none.
    public func member(_ id: StaffID) -> StaffMember? { members.first { $0.id == id } }

    /// The chain of a name; for nil, or a name that is not known, the default one.
    public func chain(_ name: String?) -> Chain {
        chains.first { $0.name == name } ?? chains.first { $0.name == Chain.defaultName }
            ?? .builtIn
    }
}

/// In what order people are told of an alert until somebody answers.
public struct Chain: Hashable, Sendable {
    /// Whom a step tells.
    public enum Target: Hashable, Sendable {
        /// Those who have the shift in the residence.
        case onShift
        /// Those who are on call for it.
        case onCall
        /// Those of a role who work in the residence.
        case role(StaffRole)
        /// Somebody by name.
        case staff(StaffID)
        /// A number or an address that somebody always answers.
        case contact(StaffMember.Contact)
    }

    /// One step: tell some, and wait.
    public struct Step: Hashable, Sendable {
        /// Whom; together.
        public var notify: [Target]
        /// How long they have to answer before the next step.
        public var wait: TimeSpan

        /// One step.
        public init(notify: [Target], wait: TimeSpan) {
            self.notify = notify
            self.wait = wait
        }
    }

    /// The name that rules give.
    public var name: String
    /// What people call it.
    public var title: LocalizedText
    /// The steps, in order; never empty. After the last one it begins anew, until somebody answers.
    public var steps: [Step]
    /// How long somebody who said "I am going" has until they are asked whether they are there.
    public var arriveWithin: TimeSpan

    /// A chain.
    public init(
        name: String, title: LocalizedText, steps: [Step], arriveWithin: TimeSpan = .minutes(10)
    ) {
        self.name = name
        self.title = title
        self.steps = steps
        self.arriveWithin = arriveWithin
    }

    /// The name of the chain of rules that name none.
    public static let defaultName = "default"

    /// The chain of a site that gives none: the shift, those on call, the team leaders, and again.
    public static let builtIn = Chain(
        name: defaultName,
        title: LocalizedText(
            english: "the shift, then those on call, then the team leaders",
            french: "l'équipe en poste, puis l'astreinte, puis les chefs de service"),
        steps: [
            Step(notify: [.onShift], wait: .minutes(2)),
            Step(notify: [.onShift, .onCall], wait: .minutes(3)),
            Step(notify: [.onCall, .role(.teamLeader)], wait: .minutes(5)),
        ])
}
