import Foundation

/// Numbers as people of a language write them.
struct NumberWords {
    let isFrench: Bool

    /// With so many digits behind the point.
    func fixed(_ number: Double, _ digits: Int = 1) -> String {
        let text = String(format: "%.\(digits)f", number)
        return isFrench ? text.replacingOccurrences(of: ".", with: ",") : text
    }

    /// A share as percent; what is not nothing is never told as 0.
    func percent(_ share: Double) -> String {
        let whole = Int((share * 100).rounded())
        if whole == 0, share > 0 { return isFrench ? "moins de 1\u{a0}%" : "less than 1 %" }
        return "\(whole)\(isFrench ? "\u{a0}" : " ")%"
    }

    /// A span of seconds in the unit that suits it.
    func time(_ seconds: Double?) -> String {
        guard let seconds else { return isFrench ? "non connu" : "not known" }
        switch seconds {
        case ..<90: return "\(Int(seconds.rounded())) s"
        case ..<5400: return "\(fixed(seconds / 60)) min"
        case ..<172_800: return "\(fixed(seconds / 3600)) h"
        default: return "\(fixed(seconds / 86_400)) \(isFrench ? "j" : "d")"
        }
    }
}
