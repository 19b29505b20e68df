import ArgumentParser
import Foundation
import Hub
import Rules

/// `--home`, which every command about a home takes.
struct HomeOption: ParsableArguments {
    @Option(
        help:
            "The home's folder (hub.yaml, devices.yaml, rules/). Default: $FOYER_HOME, else the current folder."
    )
    var home: String?

    var folder: String {
        home ?? ProcessInfo.processInfo.environment["FOYER_HOME"] ?? "."
    }

    var reader: JournalReader {
        get throws { try JournalReader(path: folder + "/foyer.sqlite") }
    }

    var control: ControlClient { ControlClient(path: folder + "/hub.sock") }

    /// The home's files, where there are any; its zones and titles make times and places readable.
    func load() throws -> LoadedHome { try HomeFolder.load(folder) }

    /// The zone that times are shown in: the residence's, else the first one's, else UTC.
    func zone(of residence: ResidenceID? = nil, in home: LoadedHome?) -> ZoneOffsets {
        let found = home?.home.residences.first { residence == nil || $0.id == residence }
        return found.flatMap { home?.zones[$0.zone] } ?? .utc
    }

    /// The zone where a person lives, else the first residence's, else UTC.
    func zone(ofPerson person: String, in home: LoadedHome?) -> ZoneOffsets {
        let person = PersonID(rawValue: person)
        return zone(
            of: home?.home.residences.first { $0.people.contains(person) }?.id, in: home)
    }
}

/// `--lang`, which every command takes that staff read.
struct LanguageOption: ParsableArguments {
    @Option(help: "en or fr. Default: your locale's.")
    var lang: String?

    func validate() throws {
        if let lang, Language(tag: lang) == nil {
            throw ValidationError("--lang \(lang): there are en and fr")
        }
    }

    var isFrench: Bool {
        Language.chosen(option: lang, environment: ProcessInfo.processInfo.environment) == .french
    }
}

/// A moment as people write it on the command line, and as this program prints it: `2026-11-24`, `2026-11-24T15:04`, with or
/// without an offset, or a span before now, such as `2h`.
func moment(_ text: String, zone: ZoneOffsets) throws -> Instant {
    if let span = TimeSpan(text: text) { return Clock.system.now() - span }
    let styles = [
        "yyyy-MM-dd'T'HH:mm:ss.SSSXXXXX", "yyyy-MM-dd'T'HH:mm:ssXXXXX", "yyyy-MM-dd'T'HH:mm:ss",
        "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
    ]
    for style in styles {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: zone.name) ?? .gmt
        formatter.dateFormat = style
        if let date = formatter.date(from: text) {
            return Instant(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
        }
    }
    throw CommandFailure(
        "\"\(text)\" is not a time; write 2026-11-24, 2026-11-24T15:04, or a span before now such as 2h"
    )
}

/// Text that came from devices, made safe for a terminal: control characters become �.
func printable(_ text: String) -> String {
    String(
        text.unicodeScalars.map { scalar in
            scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value)
                ? "\u{fffd}" : Character(scalar)
        })
}

/// A field of a CSV line (RFC 4180), quoted where it must be; a leading sign that a spreadsheet would take for a formula
/// is kept from it by a quote mark.
func csvField(_ text: String) -> String {
    var text = text
    if let first = text.first, "=+@".contains(first) { text = "'" + text }
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"" + text.replacingOccurrences(of: "\"", with: "\"\"") + "\""
}

/// A value as JSON text with sorted keys.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
