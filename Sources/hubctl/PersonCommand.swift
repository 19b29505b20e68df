import ArgumentParser
import Foundation
import Hub
import Rules

/// `hubctl person …`: what somebody may ask for, of their own data.
struct PersonCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "person",
        abstract: "A person's rights: all that is kept about them, or none of it any more.",
        subcommands: [Export.self, Erase.self])

    /// Whose data.
    struct Chosen: ParsableArguments {
        @Argument(help: "The person, as in hub.yaml.")
        var person: String
        @Option(
            help:
                "A device whose whole history is theirs, though hub.yaml and devices.yaml never said so. May stand several times."
        )
        var device: [String] = []

        func scope(_ loaded: LoadedHome, _ home: HomeOption) throws -> PersonScope {
            let id = PersonID(rawValue: person)
            let scope: PersonScope
            do {
                let path = loaded.folder + "/foyer.sqlite"
                let reader =
                    FileManager.default.fileExists(atPath: path)
                    ? try JournalReader(path: path) : nil
                scope = try PersonScope(
                    id, in: loaded, reader: reader, more: device.map { DeviceID(rawValue: $0) })
            } catch { throw CommandFailure("\(error)") }
            var known = Set(loaded.home.residences.flatMap(\.people))
            do {
                if let vault = try Vault.existing(home: loaded.folder) {
                    known.formUnion(try vault.people())
                }
            } catch { throw CommandFailure("\(error)") }
            guard known.contains(id) || !scope.devices.isEmpty || !scope.rooms.isEmpty else {
                throw CommandFailure(
                    "\(RightsError.unknownPerson(id, known: known.map(\.rawValue).sorted()))")
            }
            return scope
        }
    }

    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "All that is kept about a person, as a page to read and as tables and JSON.",
            discussion: """
                Readings, uses, episodes, alerts, measures (FHIR), what they said yes and no to, what was said of their days, \
                who looked, and which studies received something; index.html to read and print, manifest.json with the \
                SHA-256 of each file. What tells of others as well, such as a shared room, is not in it. The folder holds \
                names: give it to the person, and keep no copy.
                """)
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @OptionGroup var actor: AlertsCommand.Actor
        @OptionGroup var chosen: Chosen
        @Option(help: "A folder that is not there yet.")
        var out: String

        func run() throws {
            let loaded = try home.load()
            let scope = try chosen.scope(loaded, home)
            let isFrench = language.isFrench
            let summary: PersonExport.Summary
            defer { Console.endProgress() }
            do {
                summary = try PersonExport(home: loaded, scope: scope, reader: try home.reader)
                    .write(
                        to: out, isFrench: isFrench, by: actor.name, now: Clock.system.now()
                    ) { Console.progress(isFrench ? "lecture" : "reading", share: $0) }
            } catch { throw CommandFailure("\(error)") }
            Console.endProgress()
            let counts = [
                Noun.reading.counted(summary.readings, isFrench: isFrench),
                Noun.episode.counted(summary.episodes, isFrench: isFrench),
                Noun.alert.counted(summary.alerts, isFrench: isFrench),
                Noun.annotation.counted(summary.annotations, isFrench: isFrench),
            ].joined(separator: ", ")
            print(
                printable(
                    isFrench
                        ? "\(out) : \(counts) ; à lire : \(out)/index.html"
                        : "\(out): \(counts); to read: \(out)/index.html"))
        }
    }

    struct Erase: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Erase what is kept about a person, and search again whether anything is left.",
            discussion: """
                Readings, episodes, alerts and notices, words said with them, the vault, answers to questionnaires, and exports \
                on this machine; the files are written anew, so that nothing is left between. What stays: what they said \
                yes and no to, who did what when, and who looked. A study that has to keep its data says so in its protocol \
                (erasure_exemption). What tells of others as well stays. Without --yes it only says what would go. The hub has \
                to be stopped; the broker's queue waits meanwhile.
                """)
        @OptionGroup var home: HomeOption
        @OptionGroup var language: LanguageOption
        @OptionGroup var actor: AlertsCommand.Actor
        @OptionGroup var chosen: Chosen
        @Flag(help: "Do it. It cannot be taken back.")
        var yes = false

        func run() throws {
            let loaded = try home.load()
            let scope = try chosen.scope(loaded, home)
            let erasure = PersonErasure(home: loaded, scope: scope)
            let met: ErasurePlan
            do { met = try erasure.plan() } catch { throw CommandFailure("\(error)") }
            guard yes else { return plan(scope, met, loaded) }
            // Told before the hub has to stop: it is the hub that resolves them.
            guard met.open.isEmpty else {
                throw CommandFailure("\(RightsError.openAlerts(scope.person, met.open.map(\.id)))")
            }
            let lock: HomeLock
            do { lock = try HomeLock(home: loaded.folder) } catch {
                throw CommandFailure("\(error)")
            }
            defer { withExtendedLifetime(lock) {} }
            let isFrench = language.isFrench
            let report: PersonErasure.Report
            defer { Console.endProgress() }
            do {
                report = try erasure.run(
                    by: actor.name, now: Clock.system.now()
                ) { Console.progress(isFrench ? "effacement" : "erasing", share: $0) }
            } catch { throw CommandFailure("\(error)") }
            Console.endProgress()
            tell(report, loaded)
            guard report.search.isClean else { throw ExitCode(1) }
        }

        private func say(_ english: String, _ french: String) {
            print(printable(language.isFrench ? french : english))
        }

        private func plan(_ scope: PersonScope, _ met: ErasurePlan, _ loaded: LoadedHome) {
            let zone = home.zone(ofPerson: scope.person.rawValue, in: loaded)
            planJournal(scope, loaded, zone)
            planAlerts(met, loaded, zone)
            planStudies(met, loaded, zone)
            say(
                "nothing was done; say --yes to do it",
                "rien n'a été fait ; ajouter --yes pour le faire")
        }

        private func count(_ noun: Noun, _ number: Int) -> String {
            noun.counted(number, isFrench: language.isFrench)
        }

        private func planAlerts(_ met: ErasurePlan, _ loaded: LoadedHome, _ zone: ZoneOffsets) {
            if met.closed > 0 {
                say(
                    "  what is over: \(count(.alert, met.closed)) about them, with its story",
                    "  ce qui est fini : \(count(.alert, met.closed)) à ce sujet, avec son histoire"
                )
            }
            guard !met.open.isEmpty else {
                say("no alert about them is open", "aucune alerte à ce sujet n'est ouverte")
                return
            }
            for alert in met.open {
                let title = loaded.plan.rule(alert.rule)?.title
                let at = Timestamp.short(alert.began, in: zone)
                say(
                    "open alert since \(at): \(title?.english ?? alert.rule.rawValue) (\(alert.id))",
                    "alerte ouverte depuis le \(at) : \(title?.french ?? alert.rule.rawValue) (\(alert.id))"
                )
            }
            say(
                "while an alert is open nothing is erased, for somebody may be on the way: resolve it first, while the hub runs ('hubctl alerts resolve ID'); then it goes with the others",
                "tant qu'une alerte est ouverte rien n'est effacé, car quelqu'un est peut-être en route : la terminer d'abord, pendant que le hub tourne (« hubctl alerts resolve ID ») ; elle est alors effacée avec les autres"
            )
        }

        private func planStudies(_ met: ErasurePlan, _ loaded: LoadedHome, _ zone: ZoneOffsets) {
            for (study, record) in met.exports {
                let at = Instant(iso: record.at).map { Timestamp.short($0, in: zone) } ?? record.at
                say(
                    "export \(record.number) of the study \(study), \(at): marked superseded; to be told: \(record.to)",
                    "export \(record.number) de l'étude \(study), \(at) : marqué périmé ; à prévenir : \(record.to)"
                )
            }
            for study in StudyFile.complete(in: loaded) {
                guard let reason = study.erasureExemption else { continue }
                say(
                    "stays with the study \(study.id): \(reason.english)",
                    "reste dans l'étude \(study.id) : \(reason.french)")
            }
        }

        private func planJournal(
            _ scope: PersonScope, _ loaded: LoadedHome, _ zone: ZoneOffsets
        ) {
            say(
                "would erase what is kept about \(scope.person):",
                "effacerait ce qui concerne \(scope.person) :")
            func when(_ device: DeviceID) -> String {
                if scope.isAlways(device) { return device.rawValue }
                let spans = scope.spans(of: device).map { span in
                    let from =
                        span.lowerBound == .distantPast
                        ? "" : Timestamp.short(span.lowerBound, in: zone)
                    let until =
                        span.upperBound == .distantFuture
                        ? "" : Timestamp.short(span.upperBound, in: zone)
                    return "\(from)–\(until)"
                }
                return "\(device) (\(spans.joined(separator: ", ")))"
            }
            let devices = scope.devices.sorted().map(when).joined(separator: ", ")
            say(
                "  readings of \(devices.isEmpty ? "no device" : devices)",
                "  lectures de \(devices.isEmpty ? "aucun appareil" : devices)")
            say(
                "  episodes and notices about them, the vault, answers to questionnaires, exports on this machine",
                "  épisodes et messages à ce sujet, le coffre, réponses aux questionnaires, exports sur cette machine"
            )
            if !scope.shared.isEmpty {
                let shared = scope.shared.sorted().map(\.rawValue).joined(separator: ", ")
                say(
                    "stays, for it tells of others as well: \(shared)",
                    "reste, car cela parle aussi d'autres : \(shared)")
            }
        }

        private func tell(_ report: PersonErasure.Report, _ loaded: LoadedHome) {
            let count = report.journal
            let erased = [
                self.count(.reading, count.readings), self.count(.episode, count.episodes),
                self.count(.alert, count.alerts), self.count(.notice, count.notices),
                self.count(.message, count.messages), self.count(.note, count.notes),
                self.count(.vaultRow, report.vault), self.count(.answer, report.answers),
                self.count(.account, report.accounts),
            ].joined(separator: ", ")
            say("\(report.person): erased \(erased)", "\(report.person), effacé : \(erased)")
            for folder in report.exportsRemoved { say("removed \(folder)", "supprimé \(folder)") }
            for export in report.superseded {
                say(
                    "export \(export.number) of the study \(export.study) is superseded; to be told: \(export.to)",
                    "l'export \(export.number) de l'étude \(export.study) est périmé ; à prévenir : \(export.to)"
                )
            }
            for study in report.exempt {
                say(
                    "kept by the study \(study), as its notice says",
                    "gardé par l'étude \(study), comme le dit sa notice")
            }
            let search = report.search
            let searched = [
                self.count(.file, search.files), self.count(.byte, search.bytes),
                self.count(.text, search.texts),
            ].joined(separator: ", ")
            say(
                "second search: \(searched): \(search.isClean ? "nothing is left" : "SOMETHING IS LEFT")",
                "seconde recherche : \(searched) : \(search.isClean ? "il ne reste rien" : "IL RESTE QUELQUE CHOSE")"
            )
            for (table, rows) in search.rows.sorted(by: { $0.key < $1.key }) {
                let left = self.count(.row, rows)
                say("  \(table): \(left)", "  \(table) : \(left)")
            }
            for file in search.found { say("  found in \(file)", "  trouvé dans \(file)") }
            if loaded.home.residences.contains(where: {
                $0.people.contains(PersonID(rawValue: report.person))
            }) {
                say(
                    "\(report.person) still stands in hub.yaml: what their devices say is kept again as far as they agreed ('hubctl consent no' ends that)",
                    "\(report.person) figure encore dans hub.yaml : ses appareils sont de nouveau enregistrés selon son accord (« hubctl consent no » y met fin)"
                )
            }
        }
    }
}
