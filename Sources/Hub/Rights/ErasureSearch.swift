import Foundation
import Rules

/// The second search after an erasure: every file of the home, byte by byte, for what was erased; and the journal and the vault,
/// table by table, for rows about the person.
public struct ErasureSearch {
    /// What it found.
    public struct Result: Hashable, Sendable, Codable {
        /// How many files were searched.
        public var files = 0
        /// How many bytes they had.
        public var bytes = 0
        /// For how many texts they were searched.
        public var texts = 0
        /// Rows about the person that are left, by table; empty: none.
        public var rows: [String: Int] = [:]
        /// Files in which one of the texts was found; empty: none.
        public var found: [String] = []

        /// Whether nothing is left.
        public var isClean: Bool { rows.isEmpty && found.isEmpty }
    }

    /// Shorter texts are found anywhere by chance.
    static let shortest = 6

    private let home: LoadedHome
    private let scope: PersonScope
    private var needles: Set<[UInt8]> = []

    init(home: LoadedHome, scope: PersonScope) {
        self.home = home
        self.scope = scope
    }

    mutating func look(for texts: [String]) { look(for: texts.map { Array($0.utf8) }) }

    mutating func look(for texts: [[UInt8]]) {
        needles.formUnion(texts.filter { $0.count >= Self.shortest })
    }

    /// Searches.
    ///
    /// - Parameter progress: called with the share that is done.
    func run(_ progress: (Double) -> Void) throws -> Result {
        var result = Result()
        result.rows = try rows()
        // Words of the configuration, such as what a device can say, tell of nobody.
        let words = home.sources.values.map { Data($0.utf8) }
        let needles = needles.map { Data($0) }.filter { needle in
            !words.contains { $0.range(of: needle) != nil }
        }
        result.texts = needles.count
        let files = Self.files(home.folder)
        for (index, path) in files.enumerated() {
            guard
                let bytes = try? Data(
                    contentsOf: URL(fileURLWithPath: home.folder + "/" + path),
                    options: .mappedIfSafe)
            else { continue }
            result.files += 1
            result.bytes += bytes.count
            if needles.contains(where: { bytes.range(of: $0) != nil }) { result.found.append(path) }
            progress(Double(index + 1) / Double(files.count))
        }
        return result
    }

    private static func files(_ folder: String) -> [String] {
        let manager = FileManager.default
        return ((try? manager.subpathsOfDirectory(atPath: folder)) ?? []).filter { path in
            let attributes = try? manager.attributesOfItem(atPath: folder + "/" + path)
            return attributes?[.type] as? FileAttributeType == .typeRegular
        }.sorted()
    }

    private func rows() throws -> [String: Int] {
        var rows: [String: Int] = [:]
        let path = home.folder + "/foyer.sqlite"
        if FileManager.default.fileExists(atPath: path) {
            let reader = try JournalReader(path: path)
            let own = scope.devices
            let streams = try reader.streams()
            for device in own {
                let told = streams.filter { $0.key.device == device && $0.head > 0 }
                for span in scope.spans(of: device) {
                    rows["events", default: 0] += try reader.events(
                        in: span, of: told, among: streams
                    ).count
                }
            }
            rows["episodes"] = try reader.episodes()
                .count { scope.covers($0.subject, at: $0.start) }
            rows["alerts"] = try reader.alerts(openOnly: false, limit: .max)
                .count { scope.covers($0.subject, at: $0.began) }
            rows["device_faults"] = try reader.deviceFaults(limit: .max)
                .count { own.contains($0.device) }
        }
        if let vault = try Vault.existing(home: home.folder) {
            rows["vault"] = try vault.rows(of: scope.person)
        }
        return rows.filter { $0.value > 0 }
    }
}
