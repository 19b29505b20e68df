import Rules

/// The outbox in memory: what is to be sent, what is under way, and what the broker has acknowledged. The table is the
/// truth; a bounded part of it is here.
struct OutboxQueue {
    private var waiting: [Recovered.Publication] = []
    private var underWay: [Int32: Recovered.Publication] = [:]
    /// Acknowledged by the broker, to be deleted with the next commit.
    private(set) var delivered: [Int64] = []
    private var hasMoreInTable: Bool
    private var lastSeen: Int64 = 0

    init(_ stored: [Recovered.Publication] = []) {
        waiting = stored
        lastSeen = stored.last?.id ?? 0
        hasMoreInTable = stored.count >= Recovered.maximumOutbox
    }

    /// The next one to send; `refill` reads those behind a place from the table.
    mutating func next(
        refill: (Int64) -> [Recovered.Publication]
    ) -> Recovered.Publication? {
        if waiting.isEmpty, hasMoreInTable {
            waiting = refill(lastSeen)
            hasMoreInTable = waiting.count >= Recovered.maximumOutbox
            lastSeen = waiting.last?.id ?? lastSeen
        }
        return waiting.first
    }

    mutating func sent(_ publication: Recovered.Publication, packet: Int32) {
        waiting.removeFirst()
        underWay[packet] = publication
    }

    mutating func acknowledge(_ packets: [Int32]) {
        for packet in packets {
            if let publication = underWay.removeValue(forKey: packet) {
                delivered.append(publication.id)
            }
        }
    }

    /// A transaction deleted some and added others.
    mutating func committed(delivered gone: [Int64], new: [Recovered.Publication]) {
        delivered.removeFirst(gone.count)
        guard !hasMoreInTable else { return }
        if waiting.count + new.count > 2 * Recovered.maximumOutbox {
            hasMoreInTable = true
            return
        }
        waiting += new
        lastSeen = new.last?.id ?? lastSeen
    }

    /// What was under way on the old connection must go again, in order.
    mutating func reconnected() {
        waiting = underWay.values.sorted { $0.id < $1.id } + waiting
        underWay = [:]
    }
}
