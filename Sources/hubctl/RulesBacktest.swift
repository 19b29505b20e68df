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
            With --csv it reads a recorded home straight from a file, without a hub: --map says which device each channel \
            is (devices/maps/homeassist.yaml is an example), --rules which rules to run. With --json it writes one line \
            for each transition of a rule's condition, in order:

              {"at":…,"rule":…,"instance":…,"episode":…,"to":"pending"|"active"|"normal"}

            "at" is the exact instant (milliseconds, local time of the residence with its offset): an event's own time, or \
            the due time of the timer that ran out. A rule holds from the instant of "active" until the instant of the \
            next "normal" of the same rule and instance, which is not within; without one it still holds at the end of \
            the file. "pending" says that the rule's own "for" runs; "normal" follows where it breaks off. A rule that \
            tells of an event and has no "clear" is active and normal at one instant. "episode" is the instant at which \
            the episode began: of "pending" where there is one, else of "active"; rule, instance and episode together \
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

    @Flag(help: "One JSON object a line for every transition.")
    var json = false

    func validate() throws {
        guard csv != nil else { throw ValidationError("give the recording with --csv FILE") }
        guard map != nil else { throw ValidationError("--csv needs --map FILE") }
        guard !ruleFiles.isEmpty else { throw ValidationError("--csv needs --rules FILE") }
    }

    func run() throws {
        guard let csv, let map else { return }
        let recordingMap = try Self.map(map)
        let rules = RuleFiles.load(ruleFiles, home: recordingMap.home)
        if rules.hasErrors {
            print(rules.report)
            throw ExitCode(1)
        }
        var backtest = try RecordingBacktest(path: csv, map: recordingMap, rules: rules.rules)
        for note in backtest.plan.notes { Console.note("\(note)") }
        if json {
            var output = LineOutput()
            let zone = backtest.zone
            try backtest.run { output.write($0.json(in: zone)) }
            output.flush()
        } else {
            var summary = ConditionSummary(plan: backtest.plan)
            try backtest.run { summary.add($0) }
            for line in summary.lines(in: backtest.zone) { print(line) }
        }
        report(backtest.readings)
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
