/// What can go wrong with the accounts of a home.
public enum PeopleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is an account of this name already.
    case exists(String)
    /// There is no account of this name.
    case unknown(String)
    /// The password is too short or too long.
    case password(least: Int, most: Int)
    /// The name is not one.
    case name(String)
    /// The file cannot be used.
    case storage(path: String, reason: String)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .exists(let name): "there is an account \"\(name)\" already"
        case .unknown(let name):
            "there is no account \"\(name)\"; see 'hubctl accounts list'"
        case .password(let least, let most):
            "the password must have from \(least) to \(most) bytes"
        case .name(let problem): "the name of an account: \(problem)"
        case .storage(let path, let reason): "\(path): \(reason)"
        }
    }
}
