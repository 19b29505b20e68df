import Crypto
import Foundation
import Rules

/// The notice in easy words: two short files, which a resident's page shows line by line.
extension StudyReader {
    mutating func easyRead(_ node: Node) -> StudyProtocol.EasyRead? {
        let what = "notice, easy_read"
        guard
            let words = Fields(
                node, subject: what, known: ["en", "fr"], diagnostics: &diagnostics)
        else { return nil }
        func read(_ key: String) -> StudyProtocol.EasyText? {
            guard let file = text(words, key, of: what) else { return nil }
            guard let data = FileManager.default.contents(atPath: folder + "/" + file) else {
                error(
                    "unreadable-file",
                    "\(what): \(file.prefix(200)) is not there or cannot be read",
                    at: words[key] ?? node)
                return nil
            }
            let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
                .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
            return StudyProtocol.EasyText(
                lines: lines,
                hash: SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined())
        }
        let english = read("en")
        let french = read("fr")
        guard let english, let french else { return nil }
        return StudyProtocol.EasyRead(english: english, french: french)
    }
}
