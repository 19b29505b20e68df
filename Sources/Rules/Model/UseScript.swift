/// What a device presumes of its use, as far as it can be held beside what was seen (Akrich 1987: the script that designers write
/// into a thing). People use things otherwise, and may have every reason to: what lies outside is for talking about it, and no
/// score is made of it.
public struct UseScript: Hashable, Sendable {
    /// Within which hours uses begin.
    public var hours: Window?
    /// How long a use lasts at least.
    public var atLeast: TimeSpan?
    /// How long a use lasts at most.
    public var atMost: TimeSpan?
    /// How many uses a day there are at most.
    public var aDay: Int?
    /// What is used: applications, symbols, presses; empty: it does not say.
    public var things: [String] = []
    /// Whether people are presumed to use it on their own.
    public var isAlone = false

    /// The most uses a day that a script can speak of.
    public static let mostADay = 1000

    /// Presumes nothing.
    public init() {}

    /// Whether nothing can be held beside it.
    public var isEmpty: Bool { self == UseScript() }

    /// A script of which another one, nearer to the people, says parts anew.
    public func changed(by nearer: UseScript) -> UseScript {
        var script = self
        script.hours = nearer.hours ?? hours
        script.atLeast = nearer.atLeast ?? atLeast
        script.atMost = nearer.atMost ?? atMost
        script.aDay = nearer.aDay ?? aDay
        if !nearer.things.isEmpty { script.things = nearer.things }
        script.isAlone = nearer.isAlone || isAlone
        return script
    }
}
