import Crypto
import Foundation

/// The text that a person was shown before they spoke.
public enum ConsentText {
    /// SHA-256 of a file, hexadecimal; nil where it cannot be read.
    public static func hash(ofFile path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
    }
}
