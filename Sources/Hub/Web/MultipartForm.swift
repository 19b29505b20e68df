import Foundation

/// A form with a file (RFC 7578), as a browser sends it. What a file is called is not looked at: its bytes say what it is.
struct MultipartForm: Sendable {
    /// Texts by name.
    private(set) var fields: [String: String] = [:]
    /// Files that are not empty, by the field's name.
    private(set) var files: [String: Data] = [:]

    static let mostParts = 20
    static let longestHead = 1024
    /// The longest text, in bytes; a file may be as long as the whole body.
    static let longestField = 16 * 1024

    /// Nil where it is not of that form, a name stands twice, or something is too long.
    init?(_ body: Data, contentType: String) {
        guard let boundary = Self.boundary(contentType) else { return nil }
        let delimiter = Data("--\(boundary)".utf8)
        guard body.starts(with: delimiter) else { return nil }
        let next = Data("\r\n".utf8) + delimiter
        var at = body.startIndex + delimiter.count
        for _ in 0...Self.mostParts {
            let mark = body[at...].prefix(2)
            if mark.elementsEqual("--".utf8) { return }
            guard mark.elementsEqual("\r\n".utf8) else { return nil }
            at += 2
            let headEnd = body.range(
                of: Data("\r\n\r\n".utf8), in: at..<min(body.endIndex, at + Self.longestHead))
            guard let headEnd,
                let end = body.range(of: next, in: headEnd.upperBound..<body.endIndex),
                let name = Self.name(String(decoding: body[at..<headEnd.lowerBound], as: UTF8.self))
            else { return nil }
            let content = body[headEnd.upperBound..<end.lowerBound]
            guard fields[name.field] == nil, files[name.field] == nil else { return nil }
            if name.isFile {
                if !content.isEmpty { files[name.field] = Data(content) }
            } else {
                guard content.count <= Self.longestField else { return nil }
                fields[name.field] = String(decoding: content, as: UTF8.self)
            }
            at = end.upperBound
        }
        return nil
    }

    private static func boundary(_ contentType: String) -> String? {
        let parts = contentType.split(separator: ";").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard parts.first?.lowercased() == "multipart/form-data",
            let part = parts.first(where: { $0.lowercased().hasPrefix("boundary=") })
        else { return nil }
        let text = part.dropFirst(9).trimmingCharacters(in: CharacterSet(charactersIn: "\""))
        // RFC 2046, 5.1.1
        guard (1...70).contains(text.utf8.count), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
        return text
    }

    /// The field's name in a part's head, and whether it is a file.
    private static func name(_ head: String) -> (field: String, isFile: Bool)? {
        guard
            let line = head.split(whereSeparator: \.isNewline).first(where: {
                $0.lowercased().hasPrefix("content-disposition:")
            })
        else { return nil }
        var field: String?
        var isFile = false
        for part in line.split(separator: ";").dropFirst() {
            let part = part.trimmingCharacters(in: .whitespaces)
            if part.hasPrefix("filename") {
                isFile = true
            } else if part.hasPrefix("name=\""), part.hasSuffix("\""), part.utf8.count > 7 {
                // The first one counts: a file may be called anything.
                field = field ?? String(part.dropFirst(6).dropLast())
            }
        }
        return field.map { ($0, isFile) }
    }
}
