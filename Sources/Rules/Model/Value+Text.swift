extension Value {
    /// The value as people and tables read it: `true`, `21.5`, `single`, `unknown`.
    public var plainText: String {
        switch self {
        case .unknown: "unknown"
        case .boolean(let flag): flag ? "true" : "false"
        case .number(let number):
            number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
        case .text(let text): text
        }
    }
}
