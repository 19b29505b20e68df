extension Plan {
    /// The rules that something a device tells can set off: what it feeds is a part of what triggers them, or of what raises
    /// their priority. That a rule only looks whether the device is alive, or is kept from telling by it, does not count.
    ///
    /// - Parameter key: the stream; with no channel, of a device that has it on any.
    /// - Returns: in the order of the rule set, each once.
    public func rulesHearing(_ key: StreamKey) -> [RuleID] {
        var found: Set<Int> = []
        var seen: Set<Int32> = []
        var open = nodes(fedBy: key).filter {
            if case .alive = operations[Int($0)] { false } else { true }
        }
        while let node = open.popLast() {
            guard seen.insert(node).inserted else { continue }
            for parent in parents[parentRange(node)] {
                guard case .rule(let number) = operations[Int(parent)] else {
                    open.append(parent)
                    continue
                }
                let instance = instances[Int(number)]
                if instance.trigger == node || instance.raises.contains(where: { $0.node == node })
                {
                    found.insert(instance.rule)
                }
            }
        }
        return found.sorted().map { rules[$0].id }
    }
}
