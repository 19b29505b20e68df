/// Turns the tree of staff.yaml into a typed `StaffPlan`. Everything wrong is reported at once, with its place.
public struct StaffParser {
    private let home: Home
    private var diagnostics: [Diagnostic] = []
    private var members: [StaffMember] = []
    private var shifts: [StaffPlan.Shift] = []

    /// Reads staff.yaml.
    ///
    /// - Returns: the plan, as far as it is without fault, and everything wrong. Use it only where no diagnostic is an
    ///   error.
    public static func parse(_ node: Node, home: Home) -> (StaffPlan, [Diagnostic]) {
        var parser = StaffParser(home: home)
        let plan = parser.plan(node)
        return (plan, parser.diagnostics)
    }

    private init(home: Home) { self.home = home }

    private mutating func plan(_ node: Node) -> StaffPlan {
        guard
            let fields = Fields(
                node, subject: "staff.yaml",
                known: [
                    "version", "staff", "shifts", "rota", "on_call", "chains", "digest", "drills",
                ], diagnostics: &diagnostics)
        else { return StaffPlan() }
        for item in fields["staff"]?.items ?? [] {
            if let member = member(item) { members.append(member) }
        }
        for entry in fields["shifts"]?.entries("shifts", diagnostics: &diagnostics) ?? [] {
            if let shift = shift(entry) { shifts.append(shift) }
        }
        let rota = fields["rota"].map { self.rota($0, "rota") } ?? StaffPlan.Rota()
        let onCall = fields["on_call"].map { self.rota($0, "on_call") } ?? StaffPlan.Rota()
        var chains: [Chain] = []
        for entry in fields["chains"]?.entries("chains", diagnostics: &diagnostics) ?? [] {
            if let chain = chain(entry) { chains.append(chain) }
        }
        return StaffPlan(
            members: members, shifts: shifts, rota: rota, onCall: onCall, chains: chains,
            digest: fields["digest"].flatMap { clock($0, "digest") },
            drills: fields["drills"].flatMap { drills($0) })
    }

    private mutating func error(_ code: String, _ message: String, at node: Node, length: Int = 1) {
        diagnostics.append(
            Diagnostic(code: code, message, at: node.location, length: max(1, min(length, 80))))
    }

    // MARK: Members

    private mutating func member(_ node: Node) -> StaffMember? {
        guard
            let fields = Fields(
                node, subject: "a member of staff",
                known: ["id", "name", "roles", "residences", "contacts"],
                diagnostics: &diagnostics),
            let idNode = fields.required(
                "id", subject: "a member of staff", diagnostics: &diagnostics),
            let id = idNode.text("id", diagnostics: &diagnostics)
        else { return nil }
        if let problem = Names.problem(id) {
            error("bad-name", "a member of staff, id: \(problem)", at: idNode, length: id.count)
            return nil
        }
        let what = "member of staff \"\(id)\""
        if members.contains(where: { $0.id.rawValue == id }) {
            error("duplicate-id", "\(what) stands here twice", at: idNode, length: id.count)
        }
        let name = fields["name"]?.text("\(what), name", diagnostics: &diagnostics) ?? id
        if name.utf8.count > 200 {
            error("text-too-long", "\(what), name has more than 200 bytes", at: node)
        }
        var roles: Set<StaffRole> = []
        if let list = fields.required("roles", subject: what, diagnostics: &diagnostics) {
            for item in list.items {
                guard let text = item.text("\(what), roles", diagnostics: &diagnostics) else {
                    continue
                }
                if let role = StaffRole(rawValue: text) {
                    roles.insert(role)
                } else {
                    error(
                        "unknown-role",
                        "\(what): \"\(text.prefix(40))\" is not a role; there are "
                            + StaffRole.allCases.map(\.rawValue).joined(separator: ", "),
                        at: item, length: text.count)
                }
            }
        }
        var contacts: [StaffMember.Contact] = []
        for entry in fields["contacts"]?.entries("\(what), contacts", diagnostics: &diagnostics)
            ?? []
        {
            let address =
                entry.value.text("\(what), contacts", diagnostics: &diagnostics) ?? ""
            contacts.append(StaffMember.Contact(channel: entry.key, address: address))
        }
        return StaffMember(
            id: StaffID(rawValue: id), name: name, roles: roles,
            residences: fields["residences"].map { residences($0, what) } ?? [],
            contacts: contacts)
    }

    private mutating func residences(_ node: Node, _ what: String) -> [ResidenceID] {
        node.items.compactMap { item in
            guard let text = item.text("\(what), residences", diagnostics: &diagnostics) else {
                return nil
            }
            let id = ResidenceID(rawValue: text)
            if home.residences.isEmpty || home.residences.contains(where: { $0.id == id }) {
                return id
            }
            error(
                "unknown-residence",
                "\(what): there is no residence \"\(text.prefix(80))\" in hub.yaml"
                    + suggestion(for: text, among: home.residences.map(\.id.rawValue)),
                at: item, length: text.count)
            return nil
        }
    }

    // MARK: Shifts and rota

    /// The parts that rule files have, too: windows and days.
    private mutating func reading<Result>(_ body: (inout RuleParser) -> Result) -> Result {
        var parser = RuleParser(home: Home())
        defer { diagnostics += parser.diagnostics }
        return body(&parser)
    }

    private mutating func shift(_ entry: Node.Entry) -> StaffPlan.Shift? {
        let what = "shift \"\(entry.key)\""
        guard
            let fields = Fields(
                entry.value, subject: what, known: ["from", "to", "title"],
                diagnostics: &diagnostics)
        else { return nil }
        let title =
            fields["title"]?.localizedText("\(what), title", diagnostics: &diagnostics)
            ?? LocalizedText(english: entry.key, french: entry.key)
        guard case .mapping(let entries, let location) = entry.value else { return nil }
        let window = Node.mapping(entries.filter { $0.key != "title" }, location)
        guard let read = reading({ $0.window(window, name: entry.key) }) else { return nil }
        if read.needsSun {
            error("bad-time", "\(what) must begin and end at times of the clock", at: entry.value)
        }
        return StaffPlan.Shift(name: entry.key, title: title, window: read)
    }

    private mutating func rota(_ node: Node, _ what: String) -> StaffPlan.Rota {
        var rota = StaffPlan.Rota()
        for item in node.items {
            guard
                let fields = Fields(
                    item, subject: "a line of \(what)",
                    known: [
                        "shift", "days", "residences", "staff", "not_on", "only_on", "week", "of",
                        "date", "until",
                    ], diagnostics: &diagnostics),
                let shift = shiftName(fields, what)
            else { continue }
            let places = fields["residences"].map { residences($0, what) } ?? []
            let staff = (fields["staff"]?.items ?? []).compactMap { self.staff($0, what) }
            if let dateNode = fields["date"] {
                guard let first = date(dateNode, what) else { continue }
                let last = fields["until"].flatMap { date($0, what) } ?? first
                if last < first {
                    error("bad-date", "\(what): until lies before date", at: dateNode)
                }
                rota.exceptions.append(
                    StaffPlan.Exception(
                        first: first, last: max(first, last), shift: shift, residences: places,
                        staff: staff))
                continue
            }
            if staff.isEmpty {
                error("missing-key", "a line of \(what) needs \"staff\"", at: item)
            }
            let days =
                fields["days"].flatMap { node in
                    reading { $0.days(node, subject: what) }
                } ?? 0b111_1111
            rota.lines.append(
                StaffPlan.Line(
                    shift: shift, residences: places, days: days,
                    holidays: holidays(fields, what), cycle: cycle(fields, what), staff: staff))
        }
        return rota
    }

    private mutating func shiftName(_ fields: Fields, _ what: String) -> String? {
        guard
            let node = fields.required(
                "shift", subject: "a line of \(what)", diagnostics: &diagnostics),
            let text = node.text("\(what), shift", diagnostics: &diagnostics)
        else { return nil }
        if shifts.contains(where: { $0.name == text }) { return text }
        error(
            "unknown-shift",
            "\(what): there is no shift \"\(text.prefix(80))\""
                + suggestion(for: text, among: shifts.map(\.name)), at: node, length: text.count)
        return nil
    }

    private mutating func staff(_ node: Node, _ what: String) -> StaffID? {
        guard let text = node.text("\(what), staff", diagnostics: &diagnostics) else { return nil }
        let id = StaffID(rawValue: text)
        if members.contains(where: { $0.id == id }) { return id }
        error(
            "unknown-staff",
            "\(what): there is no member of staff \"\(text.prefix(80))\""
                + suggestion(for: text, among: members.map(\.id.rawValue)), at: node,
            length: text.count)
        return nil
    }

    private mutating func date(_ node: Node, _ what: String) -> Int64? {
        guard let text = node.text("\(what), date", diagnostics: &diagnostics) else { return nil }
        if let date = CalendarDate(text: text) { return date.daysSince1970 }
        error(
            "bad-date", "\(what): \"\(text.prefix(40))\" is not a date; write such as 2026-12-25",
            at: node, length: text.count)
        return nil
    }

    private mutating func holidays(_ fields: Fields, _ what: String) -> Window.HolidayUse {
        if fields["not_on"] != nil { return .excluded }
        return fields["only_on"] != nil ? .only : .ignored
    }

    private mutating func cycle(_ fields: Fields, _ what: String) -> StaffPlan.Cycle {
        let of =
            fields["of"]?.integer("\(what), of", in: 1...52, diagnostics: &diagnostics) ?? 1
        let week =
            fields["week"]?.integer(
                "\(what), week", in: 0...(of - 1), diagnostics: &diagnostics) ?? 0
        return StaffPlan.Cycle(of: Int64(of), week: Int64(week))
    }

    private mutating func clock(_ node: Node, _ what: String) -> Int? {
        guard let text = node.text(what, diagnostics: &diagnostics) else { return nil }
        if let minutes = reading({ $0.clock(text, last: 1439) }) { return minutes }
        error(
            "bad-time",
            "\(what): \"\(text.prefix(40))\" is not a time of day; write such as \"08:00\"",
            at: node, length: text.count)
        return nil
    }

    private mutating func drills(_ node: Node) -> StaffPlan.Drills? {
        guard
            let fields = Fields(
                node, subject: "drills", known: ["every_weeks", "days", "at"],
                diagnostics: &diagnostics),
            let at = fields.required("at", subject: "drills", diagnostics: &diagnostics),
            let minutes = clock(at, "drills, at")
        else { return nil }
        let weeks =
            fields["every_weeks"]?.integer(
                "drills, every_weeks", in: 1...52, diagnostics: &diagnostics) ?? 4
        let days =
            fields["days"].flatMap { node in reading { $0.days(node, subject: "drills") } } ?? 1
        return StaffPlan.Drills(everyWeeks: Int64(weeks), days: days, minutes: minutes)
    }

    // MARK: Chains

    private mutating func chain(_ entry: Node.Entry) -> Chain? {
        let what = "chain \"\(entry.key)\""
        guard
            let fields = Fields(
                entry.value, subject: what, known: ["title", "steps", "arrive_within"],
                diagnostics: &diagnostics),
            let list = fields.required("steps", subject: what, diagnostics: &diagnostics)
        else { return nil }
        var steps: [Chain.Step] = []
        for item in list.items {
            if let step = step(item, what) { steps.append(step) }
        }
        guard !steps.isEmpty else {
            error("expected-list", "\(what) needs at least one step", at: list)
            return nil
        }
        return Chain(
            name: entry.key,
            title: fields["title"]?.localizedText("\(what), title", diagnostics: &diagnostics)
                ?? LocalizedText(english: entry.key, french: entry.key),
            steps: steps,
            arriveWithin: fields["arrive_within"]?.timeSpan(
                "\(what), arrive_within", diagnostics: &diagnostics) ?? .minutes(10))
    }

    private mutating func step(_ node: Node, _ what: String) -> Chain.Step? {
        guard
            let fields = Fields(
                node, subject: "a step of \(what)", known: ["notify", "wait"],
                diagnostics: &diagnostics),
            let notify = fields.required(
                "notify", subject: "a step of \(what)", diagnostics: &diagnostics)
        else { return nil }
        let targets = notify.items.compactMap { target($0, what) }
        let wait =
            fields["wait"]?.timeSpan("\(what), wait", diagnostics: &diagnostics) ?? .minutes(3)
        if wait < .seconds(10) || wait > .hours(24), let waitNode = fields["wait"] {
            error("bad-duration", "\(what), wait: from 10s to 1d", at: waitNode)
        }
        return targets.isEmpty ? nil : Chain.Step(notify: targets, wait: wait)
    }

    private mutating func target(_ node: Node, _ what: String) -> Chain.Target? {
        if case .mapping = node {
            guard
                let fields = Fields(
                    node, subject: "a number in \(what)", known: ["channel", "address"],
                    diagnostics: &diagnostics),
                let channel = fields.required(
                    "channel", subject: what, diagnostics: &diagnostics)?
                    .text("\(what), channel", diagnostics: &diagnostics)
            else { return nil }
            let address =
                fields["address"]?.text("\(what), address", diagnostics: &diagnostics) ?? ""
            return .contact(StaffMember.Contact(channel: channel, address: address))
        }
        guard let text = node.text("\(what), notify", diagnostics: &diagnostics) else { return nil }
        switch text {
        case "on_shift": return .onShift
        case "on_call": return .onCall
        case "team_leader": return .role(.teamLeader)
        default:
            let id = StaffID(rawValue: text)
            if let member = members.first(where: { $0.id == id }) {
                if member.roles.isDisjoint(with: [.carer, .teamLeader]) {
                    error(
                        "bad-target",
                        "\(what): \"\(text)\" is neither carer nor team leader, and would not answer",
                        at: node, length: text.count)
                }
                return .staff(id)
            }
            error(
                "unknown-target",
                "\(what): \"\(text.prefix(80))\" is nobody; write on_shift, on_call, team_leader, a member of "
                    + "staff, or {channel: sms, address: \"+33…\"}"
                    + suggestion(
                        for: text,
                        among: members.map(\.id.rawValue) + ["on_shift", "on_call", "team_leader"]),
                at: node, length: text.count)
            return nil
        }
    }
}
