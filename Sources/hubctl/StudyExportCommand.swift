import ArgumentParser
import Foundation
import Hub
import Rules

extension StudyCommand {
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Export a study: only what people agreed to, under pseudonyms.",
            discussion: """
                Writes a Data Package (tables with schema, SHA-256 and codebooks in English and French), the mask of \
                observability, W3C PROV and DataCite; XES and CASAS where the protocol asks for uses and events. Who \
                receives it is written down, so that they can be told when somebody withdraws.
                """)
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @Argument(help: "The study's name.")
        var name: String
        @Option(help: "A folder that is not there yet.")
        var out: String
        @Option(help: "Who receives it.")
        var to: String
        @Option(help: "Who exports. Default: $USER.")
        var by: String?

        func run() throws {
            let loaded = try home.load()
            let study = try completeStudy(name, in: loaded)
            let file = try studyFile(name, in: loaded)
            let actor = by ?? ProcessInfo.processInfo.environment["USER"] ?? "hubctl"
            let what = language.isFrench ? "export de l'étude" : "exporting the study"
            defer { Console.endProgress() }
            do {
                let summary = try StudyExport(
                    home: loaded, file: file, study: study, reader: try home.reader
                ).write(to: out, recipient: to, by: actor, now: Clock.system.now()) {
                    Console.progress(what, share: $0)
                }
                Console.endProgress()
                let isFrench = language.isFrench
                let counts = [
                    Noun.person.counted(summary.people, isFrench: isFrench),
                    Noun.device.counted(summary.devices, isFrench: isFrench),
                    Noun.reading.counted(summary.readings, isFrench: isFrench),
                    Noun.use.counted(summary.uses, isFrench: isFrench),
                ].joined(separator: ", ")
                print(
                    isFrench
                        ? "\(out) : \(counts) ; k = \(summary.k) ; valeurs ou lignes retirées car trop peu de personnes : \(summary.suppressed)"
                        : "\(out): \(counts); k = \(summary.k), \(summary.suppressed) values or rows left out for too few people"
                )
                if summary.k < study.smallCells {
                    Console.note(
                        language.isFrench
                            ? "attention : seulement \(Noun.person.counted(summary.k, isFrench: true)) par groupe, moins que les \(study.smallCells) du protocole ; qui les connaît un peu peut les reconnaître"
                            : "note: only \(summary.k) of a kind, fewer than the protocol's \(study.smallCells); who knows them a little may recognise them"
                    )
                }
            } catch let error as StudyError {
                throw CommandFailure("\(error)")
            } catch let error as VaultError {
                throw CommandFailure("\(error)")
            }
        }
    }

    struct Exports: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "What was exported, to whom, and what is superseded since somebody withdrew or was erased."
        )
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @Argument(help: "The study's name.")
        var name: String
        @Flag(help: "As JSON.")
        var json = false

        private struct Wire: Encodable {
            var export: ExportRecord
            var superseded: Bool
            var withdrawn: [String]
            var erased: [String]
        }

        private func say(_ english: String, _ french: String) -> String {
            language.isFrench ? french : english
        }

        func run() throws {
            let loaded = try home.load()
            _ = try studyFile(name, in: loaded)
            let id = StudyID(rawValue: name)
            let records: [ExportRecord]
            let erasures: [ExportRecord.Erased]
            do {
                records = try ExportRecord.all(id, home: loaded.folder)
                erasures = try ExportRecord.Erased.all(home: loaded.folder)
            } catch { throw CommandFailure("\(error)") }
            let entries = records.isEmpty ? [] : try home.reader.consentEntries()
            let all = records.map { ($0, $0.withdrawals(entries, study: id)) }
            if json {
                return print(
                    try jsonText(
                        all.map { record, withdrawals in
                            let erased = record.erased(erasures, study: id)
                            return Wire(
                                export: record,
                                superseded: !withdrawals.isEmpty || !erased.isEmpty,
                                withdrawn: withdrawals.map(\.person.rawValue),
                                erased: erased.map(\.person))
                        }))
            }
            if all.isEmpty { print(say("No exports.", "Aucun export.")) }
            let zone = home.zone(in: loaded)
            for (record, withdrawals) in all {
                print(
                    printable(
                        "\(record.number)  \(local(record.at, zone))  \(record.by) → \(record.to)  "
                            + Noun.person.counted(
                                record.people.count, isFrench: language.isFrench)))
                for withdrawal in withdrawals {
                    let at = Timestamp.short(withdrawal.at, in: zone)
                    print(
                        printable(
                            say(
                                "   superseded: \(withdrawal.person) said no on \(at); tell \(record.to)",
                                "   périmé : \(withdrawal.person) a dit non le \(at) ; prévenir \(record.to)"
                            )))
                }
                for erased in record.erased(erasures, study: id) {
                    let at = local(erased.at, zone)
                    print(
                        printable(
                            say(
                                "   superseded: the data of \(erased.person) were erased on \(at); tell \(record.to)",
                                "   périmé : les données de \(erased.person) ont été effacées le \(at) ; prévenir \(record.to)"
                            )))
                }
            }
        }

        /// A moment of a record, which holds UTC, as people read it.
        private func local(_ text: String, _ zone: ZoneOffsets) -> String {
            Instant(iso: text).map { Timestamp.short($0, in: zone) } ?? text
        }
    }
}
