import Foundation
public import Rules

// Backtest: rules over what was recorded, in a file or in the journal. Reads Configuration, Simulation and Journal,
// writes nothing.

/// Rules over a recorded home, straight from its file: CSV, readings, engine.
public struct RecordingBacktest {
    /// The rules compiled over the recorded home; its notes name rules that fit nothing there.
    public let plan: Plan
    /// The zone of the recorded home.
    public let zone: ZoneOffsets
    /// Lines of the file that no device said, or that could not be read.
    public private(set) var readings: RecordedReadings

    private var watch: ConditionWatch

    /// Opens a recording.
    ///
    /// - Parameter rules: rules without fault, read for `map.home`.
    public init(path: String, map: RecordingMap, rules: RuleSet) throws(SimulationError) {
        guard let zone = ZoneLoader.load(map.zone) else {
            throw .file(path: path, reason: "the map's zone \"\(map.zone)\" is not known here")
        }
        self.zone = zone
        plan = Planner.plan(rules, home: map.home, zones: [map.zone: zone])
        readings = try RecordedReadings(path: path, map: map, zone: zone)
        watch = ConditionWatch(plan: plan, streams: readings.streams)
    }

    /// Runs to the end of the file. Time ends with the last line: what would fall due later does not happen.
    ///
    /// - Parameter each: called with every transition, in order.
    public mutating func run(_ each: (BacktestTransition) throws -> Void) throws {
        while let event = try readings.next() { try watch.take(event, each) }
    }
}

extension BacktestTransition {
    /// `{"at":…,"rule":…,"instance":…,"episode":…,"to":…}` with local times of a zone, without a line's end.
    public func json(in zone: ZoneOffsets) -> String {
        // Names hold nothing that JSON would escape: letters, digits, - _ and /.
        "{\"at\":\"\(Timestamp.local(at, in: zone))\",\"rule\":\"\(rule)\",\"instance\":\"\(instance)\","
            + "\"episode\":\"\(Timestamp.local(episode, in: zone))\",\"to\":\"\(to.name)\"}"
    }
}
