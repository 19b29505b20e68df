extension Engine {
    /// Since when the holding time (`for`) runs that an instance of a rule waits for: its trigger's own, not that of a
    /// condition within it. Nil where none runs, or the rule is active already.
    ///
    /// - Parameter number: the instance's place in `plan.instances`.
    public func pendingSince(_ number: Int) -> Instant? {
        let instance = plan.instances[number]
        let trigger = Int(instance.trigger)
        guard case .holding = plan.operations[trigger], states[Int(instance.node)].value != .yes,
            states[trigger].value != .yes, states[trigger].mark != NodeState.never
        else { return nil }
        return Instant(milliseconds: states[trigger].mark)
    }
}

extension Plan {
    /// The places of the instances whose trigger is a holding time (`for`).
    public var holdingInstances: [Int] {
        instances.indices.filter {
            if case .holding = operations[Int(instances[$0].trigger)] { return true }
            return false
        }
    }
}
