/// A topic as a key: equal where its bytes are. `String` compares by canonical equivalence, by which two
/// topics of MQTT could be one.
struct TopicKey: Hashable, Sendable {
    var text: String

    init(_ text: String) { self.text = text }

    static func == (left: TopicKey, right: TopicKey) -> Bool {
        let equal = left.text.utf8.withContiguousStorageIfAvailable { left in
            right.text.utf8.withContiguousStorageIfAvailable { right in
                left.count == right.count
                    && UnsafeRawBufferPointer(left).elementsEqual(UnsafeRawBufferPointer(right))
            }
        }
        if let equal, let equal { return equal }
        return left.text.utf8.elementsEqual(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        let done: Void? = text.utf8.withContiguousStorageIfAvailable {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        if done == nil { for byte in text.utf8 { hasher.combine(byte) } }
    }
}

/// Who listens on which topic: whole topics in a dictionary, patterns in a tree by level, so that a look-up
/// costs the topic's length and not the number of devices.
struct TopicIndex: Sendable {
    /// What listens on a topic: a device, and which part of its profile.
    struct Target: Hashable, Sendable {
        /// The part of a profile.
        enum Part: Hashable, Sendable {
            case message(Int)
            case availability(Int)
        }
        /// The device's place in the directory.
        var device: Int
        /// Which part of its profile.
        var part: Part
    }

    /// One pattern with who listens there.
    private struct Listener: Sendable {
        var target: Target
        var literalCount: Int
    }

    /// A level of the tree.
    private struct Branch: Sendable {
        var literals: [TopicKey: Int] = [:]
        var ones: [(prefix: String, suffix: String, next: Int)] = []
        var many: Int?
        var listeners: [Listener] = []
    }

    private var exact: [TopicKey: [Target]] = [:]
    private var branches: [Branch] = [Branch()]

    /// Enters a pattern; one without placeholders goes to the dictionary.
    mutating func insert(_ pattern: TopicPattern, _ target: Target) {
        if let topic = pattern.topic {
            exact[TopicKey(topic), default: []].append(target)
            return
        }
        var at = 0
        for level in pattern.levels { at = child(of: at, level) }
        branches[at].listeners.append(
            Listener(target: target, literalCount: pattern.literalCount))
    }

    private mutating func child(of branch: Int, _ level: TopicPattern.Level) -> Int {
        let fresh = branches.count
        switch level {
        case .literal(let text):
            if let next = branches[branch].literals[TopicKey(text)] { return next }
            branches[branch].literals[TopicKey(text)] = fresh
        case .one(let prefix, _, let suffix):
            let known = branches[branch].ones.first {
                TopicKey($0.prefix) == TopicKey(prefix) && TopicKey($0.suffix) == TopicKey(suffix)
            }
            if let known { return known.next }
            branches[branch].ones.append((prefix, suffix, fresh))
        case .many:
            if let next = branches[branch].many { return next }
            branches[branch].many = fresh
        }
        branches.append(Branch())
        return fresh
    }

    /// Who listens on a topic, in the order of entry. A device that has the whole topic is not asked by
    /// pattern; of several patterns of one device that fit, those with the most literal levels count.
    func targets(_ topic: String) -> [Target] {
        if let found = exact[TopicKey(topic)] { return found }
        if branches.count == 1 { return [] }
        let parts = topic.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        // MQTT allows 65,535 levels in a topic; no pattern has as many as this.
        guard parts.count <= 128 else { return [] }
        var found: [Listener] = []
        collect(parts.map { TopicKey(String(Substring($0))) }, 0, 0, &found)
        var best: [Int: Int] = [:]
        for listener in found {
            best[listener.target.device] = max(
                best[listener.target.device] ?? 0, listener.literalCount)
        }
        return found.filter { best[$0.target.device] == $0.literalCount }.map(\.target)
            .sorted { ($0.device, $0.part) < ($1.device, $1.part) }
    }

    private func collect(_ parts: [TopicKey], _ at: Int, _ branch: Int, _ found: inout [Listener]) {
        let here = branches[branch]
        guard at < parts.count else {
            found += here.listeners
            return
        }
        if let next = here.literals[parts[at]] { collect(parts, at + 1, next, &found) }
        let level = parts[at].text.utf8
        for one in here.ones
        where level.count > one.prefix.utf8.count + one.suffix.utf8.count
            && level.starts(with: one.prefix.utf8)
            && level.suffix(one.suffix.utf8.count).elementsEqual(one.suffix.utf8)
        {
            collect(parts, at + 1, one.next, &found)
        }
        if let next = here.many {
            for end in (at + 1)...parts.count where at < parts.count {
                collect(parts, end, next, &found)
            }
        }
    }

    /// True where the topic is a wish to a device that is known: what comes before its level `set` or `get`
    /// is a topic of one. Zigbee2MQTT, Z-Wave JS UI and Homie put them beside the readings.
    func isCommand(_ topic: String) -> Bool {
        let parts = topic.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated().reversed().prefix(8) where index > 0 {
            guard part.elementsEqual("set".utf8) || part.elementsEqual("get".utf8) else { continue }
            let before = topic.utf8[..<part.startIndex].dropLast()
            if !targets(String(Substring(before))).isEmpty { return true }
        }
        return false
    }
}

extension TopicIndex.Target.Part: Comparable {
    static func < (left: TopicIndex.Target.Part, right: TopicIndex.Target.Part) -> Bool {
        switch (left, right) {
        case (.message(let a), .message(let b)), (.availability(let a), .availability(let b)):
            a < b
        case (.message, .availability): true
        case (.availability, .message): false
        }
    }
}
