/// Numbers that look random and are the same for the same seed, on every machine: SplitMix64 (Steele, Lea and
/// Flood, "Fast splittable pseudorandom number generators", 2014).
public struct SeededRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Numbers of a seed.
    public init(seed: UInt64) { state = seed }

    /// Numbers of a seed and a name: independent series for things that are simulated side by side, so that
    /// a change to one does not change the others.
    public init(seed: UInt64, name: String) {
        // FNV-1a. The standard library's own hash differs from process to process.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        self.init(seed: seed ^ hash)
    }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// A number from the lower bound up to and including the upper one.
    mutating func between(_ low: Int64, _ high: Int64) -> Int64 {
        low >= high ? low : Int64.random(in: low...high, using: &self)
    }

    /// A number between two bounds.
    mutating func between(_ low: Double, _ high: Double) -> Double {
        low >= high ? low : Double.random(in: low...high, using: &self)
    }
}
