/// Kleene's three values. What has not been seen is unknown, and unknown is never false.
public enum Truth: UInt8, Hashable, Sendable, CaseIterable {
    /// Not known.
    case unknown = 0
    /// Known not to be so.
    case no = 1
    /// Known to be so.
    case yes = 2

    /// A known truth.
    public init(_ known: Bool) { self = known ? .yes : .no }

    /// The opposite; unknown stays unknown.
    public static prefix func ! (truth: Truth) -> Truth {
        switch truth {
        case .unknown: .unknown
        case .no: .yes
        case .yes: .no
        }
    }

    /// Yes where both are, no where one is, else unknown.
    public static func && (left: Truth, right: Truth) -> Truth {
        if left == .no || right == .no { return .no }
        return left == .yes && right == .yes ? .yes : .unknown
    }

    /// Yes where one is, no where both are, else unknown.
    public static func || (left: Truth, right: Truth) -> Truth {
        if left == .yes || right == .yes { return .yes }
        return left == .no && right == .no ? .no : .unknown
    }
}
