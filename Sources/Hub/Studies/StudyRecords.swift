import Foundation

/// Files of a study that are only added to.
enum StudyRecords {
    static func append(_ record: some Encodable, to path: String) throws(StudyError) {
        do throws(JSONLines.Failure) {
            try JSONLines.append(record, to: path)
        } catch {
            throw .unwritable(path, reason: error.reason)
        }
    }
}
