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
            print(
                printable(
                    isFrench
                        ? "\(out) : \(summary.readings) lectures, \(summary.episodes) épisodes, \(summary.alerts) alertes, \(summary.annotations) annotations ; à lire : \(out)/index.html"
                        : "\(out): \(summary.readings) readings, \(summary.episodes) episodes, \(summary.alerts) alerts, \(summary.annotations) annotations; to read: \(out)/index.html"
                ))
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
            guard yes else { return plan(scope, loaded) }
            let lock: HomeLock
            do { lock = try HomeLock(home: loaded.folder) } catch {
                throw CommandFailure("\(error)")
            }
            defer { withExtendedLifetime(lock) {} }
            let isFrench = language.isFrench
            let report: PersonErasure.Report
            defer { Console.endProgress() }
            do {
                report = try PersonErasure(home: loaded, scope: scope).run(
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

        private func plan(_ scope: PersonScope, _ loaded: LoadedHome) {
            say(
                "would erase what is kept about \(scope.person):",
                "effacerait ce qui concerne \(scope.person) :")
            let zone = loaded.zones.values.first ?? .utc
            func when(_ device: DeviceID) -> String {
                if scope.isAlways(device) { return device.rawValue }
                let spans = scope.spans(of: device).map { span in
                    let from =
                        span.lowerBound == .distantPast
                        ? "" : Timestamp.local(span.lowerBound, in: zone)
                    let until =
                        span.upperBound == .distantFuture
                        ? "" : Timestamp.local(span.upperBound, in: zone)
                    return "\(from)–\(until)"
                }
                return "\(device) (\(spans.joined(separator: ", ")))"
            }
            let devices = scope.devices.sorted().map(when).joined(separator: ", ")
            say(
                "  readings of \(devices.isEmpty ? "no device" : devices)",
                "  lectures de \(devices.isEmpty ? "aucun appareil" : devices)")
            say(
                "  episodes, alerts and notices about them, the vault, answers to questionnaires, exports on this machine",
                "  épisodes, alertes et messages à leur sujet, le coffre, réponses aux questionnaires, exports sur cette machine"
            )
            if !scope.shared.isEmpty {
                let shared = scope.shared.sorted().map(\.rawValue).joined(separator: ", ")
                say(
                    "stays, for it tells of others as well: \(shared)",
                    "reste, car cela parle aussi d'autres : \(shared)")
            }
            for study in StudyFile.complete(in: loaded) {
                guard let reason = study.erasureExemption else { continue }
                say(
                    "stays with the study \(study.id): \(reason.english)",
                    "reste dans l'étude \(study.id) : \(reason.french)")
            }
            say(
                "nothing was done; say --yes to do it",
                "rien n'a été fait ; ajouter --yes pour le faire")
        }

        private func tell(_ report: PersonErasure.Report, _ loaded: LoadedHome) {
            let count = report.journal
            say(
                "\(report.person): erased \(count.readings) readings, \(count.episodes) episodes, \(count.alerts) alerts, \(count.notices) notices, \(count.messages) messages, \(count.notes) notes, \(report.vault) rows of the vault, \(report.answers) answers, \(report.accounts) accounts",
                "\(report.person) : effacé \(count.readings) lectures, \(count.episodes) épisodes, \(count.alerts) alertes, \(count.notices) avis, \(count.messages) messages, \(count.notes) notes, \(report.vault) lignes du coffre, \(report.answers) réponses, \(report.accounts) comptes"
            )
            for folder in report.exportsRemoved { say("removed \(folder)", "supprimé \(folder)") }
            for recipient in report.toTell {
                say("to be told: \(recipient)", "à prévenir : \(recipient)")
            }
            for study in report.exempt {
                say(
                    "kept by the study \(study), as its notice says",
                    "gardé par l'étude \(study), comme le dit sa notice")
            }
            let search = report.search
            say(
                "second search: \(search.files) files, \(search.bytes) bytes, \(search.texts) texts: \(search.isClean ? "nothing is left" : "SOMETHING IS LEFT")",
                "seconde recherche : \(search.files) fichiers, \(search.bytes) octets, \(search.texts) textes : \(search.isClean ? "il ne reste rien" : "IL RESTE QUELQUE CHOSE")"
            )
            for (table, rows) in search.rows.sorted(by: { $0.key < $1.key }) {
                say("  \(table): \(rows) rows", "  \(table) : \(rows) lignes")
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
