import HeapModule

/// When each node next wants to be looked at. One wish a node; setting a later one costs nothing, so that a
/// timer which every event pushes back (`no movement for 24h`) does not fill the heap.
struct TimerQueue: Sendable {
    private struct Entry: Comparable {
        var due: Int64
        var node: Int32

        static func < (left: Entry, right: Entry) -> Bool {
            left.due != right.due ? left.due < right.due : left.node < right.node
        }
    }

    private static let never = Instant.distantFuture.milliseconds
    private var heap = Heap<Entry>()
    private var wished: [Int64]
    private var queued: [Int64]

    init(nodes: Int) {
        wished = [Int64](repeating: Self.never, count: nodes)
        queued = wished
    }

    /// When a node wants to be looked at; nil for not at all.
    func due(_ node: Int32) -> Instant? {
        let due = wished[Int(node)]
        return due == Self.never ? nil : Instant(milliseconds: due)
    }

    /// Sets when a node wants to be looked at, in place of what it wished before.
    mutating func set(_ node: Int32, _ due: Instant) {
        wished[Int(node)] = due.milliseconds
        if due.milliseconds < queued[Int(node)] { push(node, due.milliseconds) }
    }

    /// A node no longer wants to be looked at.
    mutating func cancel(_ node: Int32) { wished[Int(node)] = Self.never }

    private mutating func push(_ node: Int32, _ due: Int64) {
        queued[Int(node)] = due
        heap.insert(Entry(due: due, node: node))
    }

    /// The earliest wish; nil where there is none. Drops entries that are out of date on its way.
    mutating func next() -> (due: Instant, node: Int32)? {
        while let top = heap.min {
            let index = Int(top.node)
            if top.due == queued[index] {
                if top.due == wished[index] { return (Instant(milliseconds: top.due), top.node) }
                heap.removeMin()
                queued[index] = Self.never
                if wished[index] != Self.never { push(top.node, wished[index]) }
            } else {
                heap.removeMin()
            }
        }
        return nil
    }

    /// Takes the earliest wish out, having asked for it with `next`.
    mutating func take(_ node: Int32) {
        heap.removeMin()
        queued[Int(node)] = Self.never
        wished[Int(node)] = Self.never
    }
}
