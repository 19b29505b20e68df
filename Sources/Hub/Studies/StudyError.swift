public import Rules

/// Why a study cannot be exported.
public enum StudyError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The committee has not said yes.
    case ethicsPending(StudyID)
    /// The day is over on which data had to be gone.
    case retentionOver(StudyID, CalendarDate)
    /// The journal has nothing of the study's time yet.
    case nothingYet(StudyID)
    /// Nobody agreed to the study.
    case nobodyAgreed(StudyID)
    /// The folder is there already.
    case folderInUse(String)
    /// The key of its pseudonyms cannot be used.
    case key(StudyID, VaultError)
    /// A file cannot be written.
    case unwritable(String, reason: String)
    /// A questionnaire's table is not of its form.
    case questionnaire(file: String, line: Int, problem: String)
    /// The protocol owes no such thing to this home.
    case notOwed(String, ResidenceID, StudyID)
    /// A record of exports or of what is owed cannot be read.
    case record(file: String, line: Int)

    /// What happened, where, and what to do.
    public var description: String {
        switch self {
        case .ethicsPending(let study):
            "study \(study): the ethics opinion is pending; nothing is exported before studies/\(study).yaml says what it is"
        case .retentionOver(let study, let day):
            "study \(study): data were to be kept until \(day.text); that day is over, and nothing is exported any more"
        case .nothingYet(let study):
            "study \(study): nothing was recorded in its time yet; see \"from\" and \"until\" in studies/\(study).yaml"
        case .nobodyAgreed(let study):
            "study \(study): nobody agreed to it for any of its devices and rooms; see 'hubctl consent state' and docs/consent.md"
        case .folderInUse(let path):
            "\(path): is there already and is not empty; name another folder"
        case .key(let study, .keyMissing(let path)):
            "study \(study): the key of its pseudonyms, \(path), is not there, and something was exported with it; bring the file back from a backup of the home (mode 600), for with another key the same people would get other names"
        case .key(let study, .keyReadable(let path, let mode)):
            "study \(study): others may read the key of its pseudonyms, \(path) (mode \(String(mode, radix: 8))); say: chmod 600 \(path)"
        case .key(let study, .keyMalformed(let path)):
            "study \(study): \(path) is no key of pseudonyms: 64 hexadecimal digits are expected; bring the file back from a backup of the home"
        case .key(let study, let problem): "study \(study): the key of its pseudonyms: \(problem)"
        case .unwritable(let path, let reason): "\(path): cannot be written (\(reason))"
        case .questionnaire(let file, let line, let problem): "\(file):\(line): \(problem)"
        case .record(let file, let line):
            "\(file):\(line): is no record; restore the file from a backup"
        case .notOwed(let owed, let residence, let study):
            "study \(study) owes no \"\(owed)\" to \"\(residence)\"; see 'hubctl study owed \(study)'"
        }
    }
}
