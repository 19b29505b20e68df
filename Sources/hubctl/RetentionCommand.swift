import ArgumentParser
import Hub
import Rules

/// `hubctl retention`.
struct RetentionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention",
        abstract: "How long what was recorded is kept, and what the hub removed by itself.",
        discussion: """
            hub.yaml, retention: {safety: 365d, care: 730d}. The running hub removes what is older, a minute after it \
            started and once a day; a study's data go when its keep_until is past.
            """)
    @OptionGroup var home: HomeOption
    @OptionGroup var language: LanguageOption
    @Flag(help: "As JSON: the rounds of removal.")
    var json = false

    func run() throws {
        let loaded = try home.load()
        let reports = RetentionReport.all(home: loaded.folder)
        if json { return print(try jsonText(reports)) }
        let isFrench = language.isFrench
        let settings = loaded.configuration?.retention ?? RetentionSettings()
        for (name, span) in [
            (isFrench ? "sécurité" : "safety", settings.safety),
            (isFrench ? "accompagnement" : "care", settings.care),
        ] {
            let days = span.map {
                Noun.day.counted(Int($0.milliseconds / 86_400_000), isFrench: isFrench)
            }
            print(
                days.map { isFrench ? "\(name) : \($0)" : "\(name): \($0)" }
                    ?? (isFrench
                        ? "\(name) : gardé jusqu'à ce que quelqu'un l'efface"
                        : "\(name): kept until somebody erases it"))
        }
        let zone = home.zone(in: loaded)
        for report in reports {
            let count = report.journal
            let at = (try? moment(report.at, zone: zone)).map { Timestamp.short($0, in: zone) }
            let time = at ?? report.at
            let removed = [
                Noun.reading.counted(count.readings, isFrench: isFrench),
                Noun.episode.counted(count.episodes, isFrench: isFrench),
                Noun.alert.counted(count.alerts, isFrench: isFrench),
                Noun.message.counted(count.messages, isFrench: isFrench),
            ].joined(separator: ", ")
            print(isFrench ? "\(time)  supprimé : \(removed)" : "\(time)  removed \(removed)")
            for ended in report.studies {
                print(
                    printable(
                        isFrench
                            ? "   étude \(ended.study) : conservation terminée (\(ended.then == StudyProtocol.Disposal.erase.rawValue ? "effacée" : "anonymisée")) ; à prévenir : \(ended.toTell.joined(separator: ", "))"
                            : "   study \(ended.study): time of keeping over (\(ended.then)); to be told: \(ended.toTell.joined(separator: ", "))"
                    ))
            }
        }
    }
}
