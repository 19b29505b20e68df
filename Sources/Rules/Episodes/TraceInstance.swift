/// One instance of a trace: what it is about, and where its parts are in the graph.
public struct TraceInstance: Sendable {
    /// The trace's place in `Plan.traces`.
    public var trace: Int
    /// What it is about.
    public var subject: Subject
    /// The version of its rule.
    public var version: String
    /// Its node.
    var node: Int32 = 0
    var from: Int32
    /// Events, and signals whose becoming true ends an episode.
    var ends: [Int32]
    /// Signs of use, one for each way to end by silence.
    var signs: [Int32]
    /// The signal that the episode is the truth of, where it is no more than that.
    var whole: Int32?
    /// Whether each device that could tell the end is alive.
    var alive: [Int32]
    /// Nobody could tell the end once all of `alive` are dead.
    var canGoBlind: Bool
    var timing: EpisodeMachine.Timing
    var attributes: [NotedAttribute]

    /// The nodes that make it look.
    var children: [Int32] {
        var nodes = [from] + ends + signs
        if let whole { nodes.append(whole) }
        return nodes + alive
    }
}

/// Where an attribute's value comes from, in a plan.
enum NotedAttribute: Sendable {
    case signal(Int32)
    /// Nodes that happen where somebody is, each with its room.
    case lastRoom([(room: RoomID, node: Int32)])
    case value
    case text(String)
    /// This home lacks what it needs: never known.
    case missing

    /// The nodes that it is read from.
    var nodes: [Int32] {
        switch self {
        case .signal(let node): [node]
        case .lastRoom(let signs): signs.map(\.node)
        case .value, .text, .missing: []
        }
    }
}

/// What the engine remembers of an instance of a trace.
struct TraceState: Hashable, Sendable {
    /// What goes on.
    var live = EpisodeMachine()
    /// What a device tells late of a time before; its clock is what it tells.
    var past: EpisodeMachine?
    /// When, by the hub's clock in ms, the device counts as having told all; `never` where nothing is told late.
    var settle = NodeState.never
}
