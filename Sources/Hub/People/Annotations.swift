import Crypto
import Foundation
import GRDB
public import Rules

/// What somebody says of a span of a person's trace, in their own words. Several stand side by side; none is ever changed.
public struct Annotation: Hashable, Sendable {
    /// In what capacity somebody speaks.
    public enum Voice: String, Hashable, Sendable, CaseIterable {
        /// Somebody who lives there, of their own life.
        case resident
        /// Somebody who works there.
        case staff
    }

    /// What was said.
    public enum Content: Hashable, Sendable {
        /// Words.
        case text(String)
        /// The name of a pictogram, such as `happy`.
        case pictogram(String)
        /// A recording, and the ending of its file's name, such as `ogg`.
        case recording([UInt8], ending: String)
        /// That the uses which began in the span were on one's own, or with help.
        case support(UseWord.Support)
    }

    /// Its number; 0 before it is stored.
    public var id: Int64 = 0
    /// Of whose trace.
    public var person: PersonID
    /// Of which device; nil: of all.
    public var device: DeviceID?
    /// Of which span.
    public var span: Range<Instant>
    /// Who says it: a person's or staff member's identifier.
    public var author: String
    /// In what capacity.
    public var voice: Voice
    /// What was said.
    public var content: Content
    /// When it was said.
    public var at: Instant
    /// Whether its author agrees that it leaves with a study's data.
    public var mayLeave: Bool

    /// What somebody says.
    public init(
        person: PersonID, device: DeviceID? = nil, span: Range<Instant>, author: String,
        voice: Voice, content: Content, at: Instant, mayLeave: Bool = false
    ) {
        self.person = person
        self.device = device
        self.span = span
        self.author = author
        self.voice = voice
        self.content = content
        self.at = at
        self.mayLeave = mayLeave
    }

    /// The longest recording, in bytes.
    public static let longestRecording = 8_000_000
    /// The endings of recordings that browsers and recorders make.
    public static let endings = ["m4a", "mp3", "oga", "ogg", "opus", "wav", "webm"]
}

extension Annotation.Content {
    /// `text`, `pictogram`, `voice`, `support`.
    public var form: String {
        switch self {
        case .text: "text"
        case .pictogram: "pictogram"
        case .recording: "voice"
        case .support: "support"
        }
    }

    fileprivate var stored: (form: String, bytes: Data) {
        switch self {
        case .text(let text): ("text", Data(text.utf8))
        case .pictogram(let name): ("pictogram", Data(name.utf8))
        case .recording(let bytes, let ending): ("voice." + ending, Data(bytes))
        case .support(let support): ("support", Data(support.text.utf8))
        }
    }

    fileprivate init(form: String, bytes: Data) {
        switch form {
        case "text": self = .text(String(decoding: bytes, as: UTF8.self))
        case "pictogram": self = .pictogram(String(decoding: bytes, as: UTF8.self))
        case "support":
            let text = String(decoding: bytes, as: UTF8.self)
            self = UseWord.Support(text: text).map { .support($0) } ?? .text(text)
        default: self = .recording([UInt8](bytes), ending: String(form.dropFirst(6)))
        }
    }
}

extension Annotation {
    /// What it says of uses, where it does.
    public var useWord: UseWord? {
        guard case .support(let support) = content else { return nil }
        return UseWord(
            person: person, device: device, span: span, author: author, at: at, number: id,
            support: support, mayLeave: mayLeave)
    }
}

extension UseWord.Support {
    /// `alone`, `helped`, or `helped 3` with the number of prompts.
    public var text: String {
        isAlone
            ? "alone"
            : ["helped", prompts.map { "\($0)" }].compactMap { $0 }.joined(separator: " ")
    }

    /// Reads what `text` writes; nil where it is nothing of that.
    public init?(text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        switch (parts.first, parts.count) {
        case ("alone", 1): self.init(isAlone: true)
        case ("helped", 1): self.init(isAlone: false)
        case ("helped", 2):
            guard let prompts = Int(parts[1]) else { return nil }
            self.init(isAlone: false, prompts: prompts)
        default: return nil
        }
    }
}

/// Annotations lie in the vault: people's own words name people.
extension Vault {
    /// Adds what somebody says.
    ///
    /// - Returns: its number.
    /// - Throws: `VaultError.field` where it is empty, too long, or of a form that is not known.
    @discardableResult
    public func annotate(_ annotation: Annotation) throws(VaultError) -> Int64 {
        try annotate([annotation])[0]
    }

    /// Adds all of what somebody says, or nothing of it.
    ///
    /// - Returns: their numbers.
    /// - Throws: `VaultError.field` where one is empty, too long, or of a form that is not known.
    @discardableResult
    public func annotate(_ annotations: [Annotation]) throws(VaultError) -> [Int64] {
        var contents: [(form: String, sealed: Data)] = []
        for annotation in annotations { contents.append(try sealed(annotation)) }
        return try write { [contents] database in
            try zip(annotations, contents).map { annotation, content in
                try database.execute(
                    sql: """
                        INSERT INTO annotations (person, start, stop, device, author, voice, form, at, content, leaves)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        annotation.person.rawValue, annotation.span.lowerBound.milliseconds,
                        annotation.span.upperBound.milliseconds, annotation.device?.rawValue,
                        annotation.author, annotation.voice.rawValue, content.form,
                        annotation.at.milliseconds, content.sealed, annotation.mayLeave,
                    ])
                return database.lastInsertedRowID
            }
        }
    }

    private func sealed(
        _ annotation: Annotation
    ) throws(VaultError) -> (form: String, sealed: Data) {
        let (form, bytes) = annotation.content.stored
        let most =
            if case .recording = annotation.content {
                Annotation.longestRecording
            } else {
                Self.longestText
            }
        guard (1...most).contains(bytes.count) else {
            throw .field("what is said is empty or has more than \(most) bytes")
        }
        if case .recording(_, let ending) = annotation.content,
            !Annotation.endings.contains(ending)
        {
            throw .field(
                "a recording of the form \"\(ending.prefix(20))\" is not known; there are \(Annotation.endings.joined(separator: ", "))"
            )
        }
        if case .recording(let bytes, let ending) = annotation.content,
            !VoiceFile.fits(bytes, ending: ending)
        {
            throw .field("the recording is no \(ending) file: it begins as none does")
        }
        guard
            let content = try? AES.GCM.seal(
                bytes, using: key.key, authenticating: Self.binding(annotation, form)
            ).combined
        else { throw .sealed(person: annotation.person.rawValue, field: "annotation") }
        return (form, content)
    }

    /// What was said of a person's trace, by the beginning of the spans. Who looks is written down in the same transaction.
    public func annotations(
        of person: PersonID, by actor: String, what: String, at moment: Instant
    ) throws(VaultError) -> [Annotation] {
        let rows = try write { database in
            try Self.note(person, by: actor, what: what, at: moment, database)
            return try Row.fetchAll(
                database,
                sql: "SELECT * FROM annotations WHERE person = ? ORDER BY start, id",
                arguments: [person.rawValue])
        }
        var result: [Annotation] = []
        for row in rows { result.append(try annotation(row)) }
        return result
    }

    /// What was said of spans that reach into a time, without the sound of recordings. Who looks is written down in the same
    /// transaction, where there is something.
    public func annotations(
        of person: PersonID, in span: Range<Instant>, by actor: String, at moment: Instant
    ) throws(VaultError) -> [Annotation] {
        let rows = try write { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, person, start, stop, device, author, voice, form, at, leaves,
                      CASE WHEN form LIKE 'voice.%' THEN NULL ELSE content END AS content
                    FROM annotations WHERE person = ? AND start < ? AND stop >= ? ORDER BY start, id
                    """,
                arguments: [
                    person.rawValue, span.upperBound.milliseconds, span.lowerBound.milliseconds,
                ])
            if !rows.isEmpty {
                try Self.note(person, by: actor, what: "annotations", at: moment, database)
            }
            return rows
        }
        var result: [Annotation] = []
        for row in rows { result.append(try annotation(row)) }
        return result
    }

    /// One annotation of a person's trace; nil where there is none of this number. Who looks is written down in the same
    /// transaction.
    public func annotation(
        _ id: Int64, of person: PersonID, by actor: String, at moment: Instant
    ) throws(VaultError) -> Annotation? {
        let row = try write { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT * FROM annotations WHERE id = ? AND person = ?",
                arguments: [id, person.rawValue])
            if row != nil {
                try Self.note(person, by: actor, what: "annotations", at: moment, database)
            }
            return row
        }
        guard let row else { return nil }
        return try annotation(row)
    }

    /// What was said of the support that uses had, of some people. Who looks is written down in the same transaction, of whom
    /// something was said.
    public func useWords(
        of people: [PersonID], by actor: String, what: String, at moment: Instant
    ) throws(VaultError) -> [UseWord] {
        let rows = try write { database in
            var rows: [Row] = []
            for person in Set(people).sorted() {
                let own = try Row.fetchAll(
                    database,
                    sql:
                        "SELECT * FROM annotations WHERE person = ? AND form = 'support' ORDER BY start, id",
                    arguments: [person.rawValue])
                if !own.isEmpty {
                    try Self.note(person, by: actor, what: what, at: moment, database)
                }
                rows += own
            }
            return rows
        }
        var result: [UseWord] = []
        for row in rows {
            if let word = try annotation(row).useWord { result.append(word) }
        }
        return result
    }

    /// The author says whether it may leave with a study's data.
    ///
    /// - Throws: `VaultError.field` where there is none of this number by this author.
    public func setMayLeave(
        _ id: Int64, _ mayLeave: Bool, author: String
    ) throws(VaultError) {
        let changed = try write { database in
            try database.execute(
                sql: "UPDATE annotations SET leaves = ? WHERE id = ? AND author = ?",
                arguments: [mayLeave, id, author])
            return database.changesCount
        }
        guard changed == 1 else {
            throw .field("there is no annotation \(id) of \"\(author.prefix(80))\"")
        }
    }

    private func annotation(_ row: Row) throws(VaultError) -> Annotation {
        let person: String = row["person"]
        let form: String = row["form"]
        let start: Int64 = row["start"]
        let stop: Int64 = row["stop"]
        let device: String? = row["device"]
        let content: Data? = row["content"]
        var annotation = Annotation(
            person: PersonID(rawValue: person), device: device.map { DeviceID(rawValue: $0) },
            span: Instant(milliseconds: start)..<Instant(milliseconds: max(start, stop)),
            author: row["author"], voice: Annotation.Voice(rawValue: row["voice"]) ?? .staff,
            content: .text(""), at: Instant(milliseconds: row["at"]), mayLeave: row["leaves"])
        annotation.id = row["id"]
        guard let content else {
            annotation.content = .recording([], ending: String(form.dropFirst(6)))
            return annotation
        }
        guard let box = try? AES.GCM.SealedBox(combined: content),
            let bytes = try? AES.GCM.open(
                box, using: key.key, authenticating: Self.binding(annotation, form))
        else { throw .sealed(person: person, field: "annotation \(annotation.id)") }
        annotation.content = Annotation.Content(form: form, bytes: bytes)
        return annotation
    }

    /// Binds words to whom and what they are about, and to who said them: nobody's are put into another's mouth.
    private static func binding(_ annotation: Annotation, _ form: String) -> Data {
        Data(
            [
                "foyer annotation 1", annotation.person.rawValue, annotation.device?.rawValue ?? "",
                "\(annotation.span.lowerBound.milliseconds)",
                "\(annotation.span.upperBound.milliseconds)", annotation.author,
                annotation.voice.rawValue, form, "\(annotation.at.milliseconds)",
            ].joined(separator: "\n").utf8)
    }
}
