import Rules

extension FieldVocabulary {
    /// `online` and `offline`, as wills have them.
    static func online(_ text: String?) -> Bool? {
        switch text?.trimmed.lowered {
        case "online", "true", "1", "connected", "up": true
        case "offline", "false", "0", "disconnected", "down", "stopped": false
        default: nil
        }
    }

    /// Of degrees Fahrenheit, to a hundredth.
    static func celsius(_ fahrenheit: Double) -> Double {
        ((fahrenheit - 32) / 1.8 * 100).rounded() / 100
    }

    /// A code that is a whole number; nil for any other.
    static func whole(_ number: Double) -> Int? { Int(exactly: number) }

    /// A number without a fraction that it has not.
    static func plainNumber(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int64(number))" : "\(number)"
    }
}
