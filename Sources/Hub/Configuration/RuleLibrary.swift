import Foundation
public import Rules

/// Why a template could not be added to a home.
public enum RuleLibraryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The library's folder is not there.
    case noLibrary
    /// There is no template of this name.
    case unknown(String, suggestion: String)
    /// The home has such a file already.
    case exists(String)
    /// It does not go with the home's own rules.
    case clash(String)
    /// A file could not be read or written.
    case file(String, reason: String)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .noLibrary:
            "the library of rules was not found; set \(SharedFiles.rulesVariable) to its folder"
        case .unknown(let name, let suggestion):
            "there is no template \"\(name)\"\(suggestion); 'hubctl rules library' lists them"
        case .exists(let path):
            "\(path) is there already, and nothing was written; edit it, or take it away first"
        case .clash(let report):
            report + "the template does not go with the home's rules, and nothing was written"
        case .file(let path, let reason):
            "\(path): \(reason)"
        }
    }
}

/// The rules that come with the product, each with its test and a note on when it is wrong.
public struct RuleLibrary: Sendable {
    /// One file of rules to start from.
    public struct Template: Hashable, Sendable {
        /// The file's name, without `.yaml`.
        public var name: String
        /// What it watches.
        public var title: LocalizedText
        /// What it needs to work, in English.
        public var needs: String
        /// When it says something wrong or nothing, in English.
        public var wrongWhen: [String]
        /// Its rules.
        public var rules: [Rule]
        /// The file.
        public var path: String
        /// Its test.
        public var test: String
    }

    /// The templates, by name.
    public let templates: [Template]
    /// What is wrong in them: nothing, in a product that was tested.
    public let diagnostics: [Diagnostic]

    /// Reads a library.
    ///
    /// - Parameter folder: where it is; nil for the one that came with the product.
    public static func load(_ folder: String? = nil) throws(RuleLibraryError) -> RuleLibrary {
        guard let folder = folder ?? SharedFiles.rules(),
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder)
        else { throw .noLibrary }
        var templates: [Template] = []
        var diagnostics: [Diagnostic] = []
        for file in names.sorted() where file.hasSuffix(".yaml") && !file.hasPrefix(".") {
            let path = "\(folder)/\(file)"
            let found = RuleFiles.load([path])
            diagnostics += found.diagnostics
            let head = header(found.sources[path] ?? "")
            templates.append(
                Template(
                    name: String(file.dropLast(5)), title: head.title, needs: head.needs,
                    wrongWhen: head.wrongWhen, rules: found.rules.rules, path: path,
                    test: "\(folder)/tests/\(file)"))
        }
        return RuleLibrary(templates: templates, diagnostics: diagnostics)
    }

    /// Copies a template and its test into a home, as `rules/NAME.yaml` and `tests/NAME.yaml`.
    ///
    /// - Parameters:
    ///   - owner: who answers for its rules; nil to leave it open.
    ///   - review: by when somebody looks at them again, as `2027-06-30`; nil to leave it open.
    /// - Returns: the files that were written.
    public func add(
        _ name: String, to folder: String, owner: String? = nil, review: String? = nil
    ) throws(RuleLibraryError) -> [String] {
        guard let template = templates.first(where: { $0.name == name }) else {
            throw .unknown(
                name, suggestion: suggestion(for: name, among: templates.map(\.name)))
        }
        let rules = "\(folder)/rules/\(name).yaml"
        let test = "\(folder)/tests/\(name).yaml"
        for path in [rules, test] where FileManager.default.fileExists(atPath: path) {
            throw .exists(path)
        }
        try checkClash(template, with: folder)
        var text = try Self.text(template.path)
        if let owner {
            text = text.replacingOccurrences(
                of: "# owner: WHO", with: "owner: \(Self.quoted(owner))")
        }
        if let review {
            text = text.replacingOccurrences(
                of: "# review_by: DATE", with: "review_by: \(Self.quoted(review))")
        }
        try Self.write(text, to: rules)
        try Self.write(
            try Self.text(template.test).replacingOccurrences(
                of: "rules: [../\(name).yaml]", with: "rules: [../rules/\(name).yaml]"), to: test)
        return [rules, test]
    }

    /// Names and ids are the home's, not the file's: a second one of a name is an error.
    private func checkClash(
        _ template: Template, with folder: String
    ) throws(RuleLibraryError) {
        let own = "\(folder)/rules"
        let before = RuleFiles.load([own])
        guard !before.hasErrors else { return }
        let both = RuleFiles.load([own, template.path])
        if both.hasErrors { throw .clash(both.report) }
    }

    // MARK: Files

    /// The comment that a template begins with: title, French title, what it needs, when it is wrong.
    private static func header(
        _ text: String
    ) -> (title: LocalizedText, needs: String, wrongWhen: [String]) {
        var lines: [String] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("#") else { break }
            let content = line.dropFirst().drop { $0 == " " }
            if line.hasPrefix("#   "), !lines.isEmpty {
                lines[lines.count - 1] += " " + content
            } else {
                lines.append(String(content))
            }
        }
        func marked(_ mark: String) -> [String] {
            lines.filter { $0.hasPrefix(mark) }.map {
                String($0.dropFirst(mark.count).drop { $0 == " " })
            }
        }
        return (
            LocalizedText(
                english: lines.first ?? "", french: lines.count > 1 ? lines[1] : ""),
            marked("Needs:").joined(separator: " "), marked("Wrong when:")
        )
    }

    private static func text(_ path: String) throws(RuleLibraryError) -> String {
        do {
            return try HomeFolder.text(of: path, named: path)
        } catch {
            throw .file(path, reason: error.message)
        }
    }

    private static func write(_ text: String, to path: String) throws(RuleLibraryError) {
        do {
            let url = URL(fileURLWithPath: path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: true, encoding: .utf8)
        } catch {
            throw .file(path, reason: "it cannot be written: \(error.localizedDescription)")
        }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(of: "\n", with: " ")
        return "\"\(escaped)\""
    }
}
