import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl rules backtest`: rules over what was recorded.
struct RulesBacktest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backtest",
        abstract: "Run rules over what was recorded.",
        discussion: """
            Over a home's journal (--home) it runs the home's rules, or those of --rules, over every entry as it was, and \
            says how many alerts they give: by rule, person, hour and shift (morning from 7:00, afternoon from 14:00, night \
            from 21:00); the longest; floods (more than 10 in 10 minutes), chattering (3 or more in a minute) and standing \
            alerts (more than 24 h). With --against the same for older rules, and which alerts are added and which are \
            lost, each with the events that made it, and whether staff had found the lost ones real, by their notes. \
            Nothing is written.

            With --csv it reads a recorded home straight from a file, without a hub: --map says which device each channel \
            is (devices/maps/homeassist.yaml is an example), --rules which rules to run. With --json it writes one line \
            for each transition of a rule's condition, in order:

              {"at":…,"rule":…,"instance":…,"episode":…,"to":"pending"|"active"|"clearing"|"normal"}

            "at" is the exact instant (milliseconds, local time of the residence with its offset): an event's own time, or \
            the due time of the timer that ran out. A rule holds from the instant of "active" until the instant of the \
            next "normal" of the same rule and instance, which is not within; without one it still holds at the end of \
            the file. "pending" says that only a "for" is wanting; "normal" follows where it breaks off. "clearing" says \
            that the rule holds on over a break that "tolerate" or "release" bridges; "active" or "normal" follows. A rule \
            that tells of an event and has no "clear" is active and normal at one instant. "episode" is the instant at \
            which the episode began: of "pending" where there is one, else of "active"; rule, instance and episode together \
            are one firing. Time ends with the last line of the file: what would fall due later does not happen.
            """)

    @Option(help: "The recording, a CSV of \"ISO local time;channel;value\".")
    var csv: String?

    @Option(help: "The mapping file of the recording: channels, devices, rooms, zone.")
    var map: String?

    @Option(
        name: .customLong("rules"), parsing: .upToNextOption,
        help: "Rule files, or folders of them.")
    var ruleFiles: [String] = []

    @OptionGroup var home: HomeOption

    @Option(help: "Rules to compare with: a file, or a folder of them.")
    var against: String?

    @Option(help: "Only alerts (with --csv: transitions) from this time on.")
    var from: String?

    @Option(help: "Only alerts (with --csv: transitions) before this time.")
    var to: String?

    @Option(help: "Only alerts of this residence.")
    var residence: String?

    @Flag(help: "With --csv one JSON object a line for every transition, else one for all.")
    var json = false

    func validate() throws {
        guard csv == nil else {
            guard map != nil else { throw ValidationError("--csv needs --map FILE") }
            guard !ruleFiles.isEmpty else { throw ValidationError("--csv needs --rules FILE") }
            guard against == nil, residence == nil, home.home == nil else {
                throw ValidationError(
                    "--against, --residence and --home go with a journal, not with --csv")
            }
            return
        }
        guard map == nil else { throw ValidationError("--map goes with --csv FILE") }
    }

    func run() throws {
        if let csv, let map {
            try overRecording(csv, map: map)
        } else {
            try overJournal()
        }
    }

    // MARK: A recording

    private func overRecording(_ csv: String, map: String) throws {
        let recordingMap = try Self.map(map)
        let rules = try usable(RuleFiles.load(ruleFiles, home: recordingMap.home))
        var backtest = try RecordingBacktest(path: csv, map: recordingMap, rules: rules)
        for note in backtest.plan.notes { Console.note("\(note)") }
        let zone = backtest.zone
        let first = try from.map { try moment($0, zone: zone) } ?? .distantPast
        let end = try to.map { try moment($0, zone: zone) } ?? .distantFuture
        var output = LineOutput()
        var summary = ConditionSummary(plan: backtest.plan)
        try backtest.run { transition in
            guard transition.at >= first, transition.at < end else { return }
            if json {
                output.write(transition.json(in: zone))
            } else {
                summary.add(transition)
            }
        }
        if !json {
            for line in summary.lines(in: zone) { output.write(line) }
        }
        output.flush()
        report(backtest.readings)
    }

    /// Rules without errors; warnings and errors are shown.
    private func usable(_ rules: RuleFiles) throws -> RuleSet {
        if !rules.diagnostics.isEmpty { Console.note(rules.report) }
        if rules.hasErrors { throw ExitCode(1) }
        return rules.rules
    }

    // MARK: A journal

    private func overJournal() throws {
        let loaded = try home.load()
        let isOurs = ruleFiles.isEmpty
        if loaded.configuration == nil || isOurs && loaded.hasErrors {
            Console.note(loaded.report)
            throw ExitCode(1)
        }
        let rules =
            isOurs ? loaded.rules : try usable(RuleFiles.load(ruleFiles, home: loaded.home))
        let zone = home.zone(of: residence.map { ResidenceID(rawValue: $0) }, in: loaded)
        let backtest = try run(rules, loaded, zone, "running the rules")
        let comparison = try against.map { path in
            let old = try usable(RuleFiles.load([path], home: loaded.home))
            return BacktestComparison(
                new: backtest, old: try run(old, loaded, zone, "running the older rules"))
        }
        let reader = try home.reader
        let report = JournalBacktestReport(
            backtest: backtest,
            load: AlarmLoad(backtest, rules: rules, home: loaded.home, zones: loaded.zones),
            comparison: comparison, reader: reader, zone: zone, stored: try StoredAlerts(reader))
        var output = LineOutput()
        if json {
            output.write(try report.json())
        } else {
            for line in try report.lines() { output.write(line) }
        }
        output.flush()
    }

    private func run(
        _ rules: RuleSet, _ loaded: LoadedHome, _ zone: ZoneOffsets, _ what: String
    ) throws -> JournalBacktest {
        let plan = Planner.plan(rules, home: loaded.home, zones: loaded.zones)
        for note in plan.notes { Console.note("\(note)") }
        var backtest = try JournalBacktest(home.reader, plan: plan) { share in
            Console.progress(what, share: share)
        }
        Console.endProgress()
        backtest.keep(
            from: try from.map { try moment($0, zone: zone) },
            to: try to.map { try moment($0, zone: zone) },
            residence: residence.map { ResidenceID(rawValue: $0) })
        return backtest
    }

    private static func map(_ path: String) throws -> RecordingMap {
        try RecordingMap.parse(try HomeFolder.text(of: path, named: path), file: path)
    }

    /// What of the file was not used, on standard error.
    private func report(_ readings: RecordedReadings) {
        let faults = readings.allFaults
        for fault in faults.first { Console.note("\(fault)") }
        if faults.count > faults.first.count {
            Console.note(
                "… and \(faults.count - faults.first.count) more lines that cannot be read")
        }
        for (channel, count) in readings.unmapped.sorted(by: { $0.key < $1.key }) {
            Console.note("\(count) lines of \(printable(channel)), which the map does not know")
        }
    }
}

/// Lines to standard output, many at a time.
struct LineOutput {
    private var bytes: [UInt8] = []

    mutating func write(_ line: String) {
        bytes += line.utf8
        bytes.append(UInt8(ascii: "\n"))
        if bytes.count >= 1 << 16 { flush() }
    }

    mutating func flush() {
        FileHandle.standardOutput.write(Data(bytes))
        bytes.removeAll(keepingCapacity: true)
    }
}
