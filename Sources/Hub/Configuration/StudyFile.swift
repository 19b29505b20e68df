import Crypto
import Foundation
public import Rules

/// A study's protocol as it lies in the home's folder.
public struct StudyFile: Sendable {
    /// Its name.
    public var id: StudyID
    /// What it says; nil where it is not complete.
    public var study: StudyProtocol?
    /// Everything missing or wrong, by place.
    public var diagnostics: [Diagnostic]
    /// Its text.
    public var source: String
    /// SHA-256 of the text, hexadecimal.
    public var hash: String

    /// The file's name within the home's folder.
    public var name: String { Self.name(of: id) }

    /// All diagnostics with their lines, for a terminal.
    public var report: String {
        DiagnosticRendering(sources: [name: source]).text(diagnostics)
    }

    static func name(of id: StudyID) -> String { "studies/\(id).yaml" }

    /// The names of the home's studies, sorted.
    public static func all(in folder: String) -> [StudyID] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder + "/studies")) ?? [])
            .filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }
            .map { StudyID(rawValue: String($0.dropLast(5))) }.sorted()
    }

    /// Reads a study's protocol, with everything that is wrong in it.
    ///
    /// - Throws: a diagnostic where there is no such study, or its file cannot be read.
    public static func load(_ id: StudyID, home: LoadedHome) throws(Diagnostic) -> StudyFile {
        let name = name(of: id)
        if let problem = Names.problem(id.rawValue) {
            throw Diagnostic(
                code: "bad-name", "a study's name: \(problem)",
                at: SourceLocation(file: "studies", line: 1, column: 1))
        }
        guard FileManager.default.fileExists(atPath: home.folder + "/" + name) else {
            throw Diagnostic(
                code: "unknown-study",
                "there is no study \"\(id)\""
                    + suggestion(for: id.rawValue, among: all(in: home.folder).map(\.rawValue))
                    + "; \"hubctl study new \(id)\" writes one to start from",
                at: SourceLocation(file: name, line: 1, column: 1))
        }
        let text = try HomeFolder.text(of: home.folder + "/" + name, named: name)
        var reader = StudyReader(home: home.home, folder: home.folder)
        var study: StudyProtocol?
        do {
            study = reader.read(try YAML.parse(text, file: name), id: id)
        } catch {
            reader.diagnostics.append(error)
        }
        return StudyFile(
            id: id, study: study,
            diagnostics: reader.diagnostics.sorted { $0.location < $1.location }, source: text,
            hash: SHA256.hash(data: Array(text.utf8)).map { String(format: "%02x", $0) }
                .joined())
    }

    /// The protocols of a home that are complete, by name.
    public static func complete(in home: LoadedHome) -> [StudyProtocol] {
        all(in: home.folder).compactMap { (try? load($0, home: home))?.study }
    }

    /// Writes a protocol to be filled in, and the folder of its questionnaires.
    ///
    /// - Returns: the file's name within the home's folder.
    /// - Throws: a diagnostic where the name is none, or the study is there already.
    public static func make(_ id: StudyID, in folder: String) throws(Diagnostic) -> String {
        let name = name(of: id)
        let start = SourceLocation(file: name, line: 1, column: 1)
        if let problem = Names.problem(id.rawValue) {
            throw Diagnostic(code: "bad-name", "a study's name: \(problem)", at: start)
        }
        let manager = FileManager.default
        guard !manager.fileExists(atPath: folder + "/" + name) else {
            throw Diagnostic(
                code: "study-exists", "the study is there already; \"hubctl study check \(id)\"",
                at: start)
        }
        do {
            try manager.createDirectory(
                atPath: "\(folder)/studies/\(id)/questionnaires",
                withIntermediateDirectories: true)
            try StudyTemplate.text(id).write(
                toFile: folder + "/" + name, atomically: true, encoding: .utf8)
        } catch {
            throw Diagnostic(
                code: "unwritable", "cannot be written: \(error.localizedDescription)", at: start)
        }
        return name
    }
}
