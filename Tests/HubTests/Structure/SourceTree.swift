import Foundation

/// The repository's sources as text, for tests of how they hang together.
struct SourceTree {
    struct File {
        /// Relative to `Sources`, such as `Hub/Journal/Schema.swift`.
        var path: String
        /// Without comments and without what stands in string literals.
        var code: String
        /// The modules that it imports.
        var imports: Set<String>

        /// `Hub/Journal`, `Rules/Engine`, or `Hub` for a file that lies in none.
        var folder: String {
            path.split(separator: "/").dropLast().prefix(2).joined(separator: "/")
        }
    }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    let files: [File]

    init() throws {
        let sources = Self.root.appending(path: "Sources")
        let walker = FileManager.default.enumerator(atPath: sources.path)
        var files: [File] = []
        while let path = walker?.nextObject() as? String {
            guard path.hasSuffix(".swift") else { continue }
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            files.append(Self.file(path, text))
        }
        self.files = files.sorted { $0.path < $1.path }
    }

    static func file(_ path: String, _ text: String) -> File {
        let code =
            text
            .replacing(/"""(.|\n)*?"""/, with: "\"\"")
            .replacing(/"(\\.|[^"\\\n])*"/, with: "\"\"")
            .replacing(/\/\/.*/, with: "")
            .replacing(/\/\*(.|\n)*?\*\//, with: "")
        let imports = code.matches(
            of:
                /(?m)^(?:@testable )?(?:public |internal |package )?import (?:struct |class |enum |func )?(\w+)/
        )
        return File(path: path, code: code, imports: Set(imports.map { String($0.1) }))
    }

    /// The types that a file declares for others: at the outermost level, and not private.
    static func declared(in file: File) -> Set<String> {
        let found = file.code.matches(
            of:
                /(?m)^(?:@\w+(?:\([^)]*\))? )*(?:(?:public|final|indirect|package|internal) )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/
        )
        return Set(found.map { String($0.1) })
    }

    /// The types that a file declares within others or for itself: such a name is its own here.
    static func nested(in file: File) -> Set<String> {
        let found = file.code.matches(
            of: /(?:struct|class|enum|actor|protocol|typealias) ([A-Z]\w*)/)
        return Set(found.map { String($0.1) })
    }

    /// The names of types that a file uses; what follows a dot belongs to what stands before it.
    static func used(in file: File) -> Set<String> {
        Set(file.code.matches(of: /(?:^|[^.\w])([A-Z]\w*)/).map { String($0.1) })
    }

    /// Which folder of a target uses which other one, with the file and type of each use.
    func edges(of target: String) -> [Edge: [String]] {
        let mine = files.filter { $0.path.hasPrefix(target + "/") }
        var owners: [String: Set<String>] = [:]
        var locals: [String: Set<String>] = [:]
        for file in mine {
            for name in Self.declared(in: file) { owners[name, default: []].insert(file.folder) }
            locals[file.folder, default: []].formUnion(Self.nested(in: file))
        }
        var edges: [Edge: [String]] = [:]
        for file in mine {
            for name in Self.used(in: file).sorted() {
                guard let owner = owners[name], owner.count == 1, let folder = owner.first,
                    folder != file.folder, locals[file.folder]?.contains(name) != true
                else { continue }
                let edge = Edge(from: Self.short(file.folder), to: Self.short(folder))
                edges[edge, default: []].append("\(file.path): \(name)")
            }
        }
        return edges
    }

    private static func short(_ folder: String) -> String {
        folder.split(separator: "/").dropFirst().joined(separator: "/")
    }

    struct Edge: Hashable, CustomStringConvertible {
        var from: String
        var to: String
        var description: String { "\(from) → \(to)" }
    }
}
