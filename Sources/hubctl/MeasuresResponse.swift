import Foundation
import Hub
import Rules

extension MeasuresCommand {
    private struct Wire: Encodable {
        var residence: String
        var shift: String?
        var alerts: Int
        var perHour: Double?
        var medianToAcknowledgeS: Double?
        var ninetiethToAcknowledgeS: Double?
        var within60S: Double?
        var within180S: Double?
        var medianToBeThereS: Double?
        var falseShare: Double?
        var chattering: Double?
        var standing: Int

        enum CodingKeys: String, CodingKey {
            case residence, shift, alerts
            case perHour = "per_hour"
            case medianToAcknowledgeS = "median_to_acknowledge_s"
            case ninetiethToAcknowledgeS = "ninetieth_to_acknowledge_s"
            case within60S = "within_60_s"
            case within180S = "within_180_s"
            case medianToBeThereS = "median_to_be_there_s"
            case falseShare = "false_share"
            case chattering, standing
        }

        init(_ residence: Residence, _ line: ResidenceResponse.Line) {
            let figures = line.figures
            self.residence = residence.id.rawValue
            shift = line.shift
            alerts = figures.count
            perHour = figures.anHour
            medianToAcknowledgeS = figures.medianToAcknowledge
            ninetiethToAcknowledgeS = figures.ninetiethToAcknowledge
            within60S = figures.within60
            within180S = figures.within180
            medianToBeThereS = figures.medianToBeThere
            falseShare = figures.falseShare
            chattering = figures.chattering
            standing = figures.standing
        }

        static let header =
            "residence,shift,alerts,per_hour,median_to_acknowledge_s,ninetieth_to_acknowledge_s,within_60_s,"
            + "within_180_s,median_to_be_there_s,false_share,chattering,standing"

        var csv: String {
            let numbers = [
                perHour, medianToAcknowledgeS, ninetiethToAcknowledgeS, within60S, within180S,
                medianToBeThereS, falseShare, chattering,
            ].map { $0.map { "\($0)" } ?? "" }
            return
                ([csvField(residence), csvField(shift ?? ""), "\(alerts)"] + numbers
                + ["\(standing)"]).joined(separator: ",")
        }
    }

    /// How alerts were answered, and how many there were.
    func tellResponse(
        of residences: [Residence], in period: Range<Instant>, _ loaded: LoadedHome
    ) throws {
        let all = try ResidenceResponse.all(
            of: residences, in: period, home: loaded, reader: try home.reader,
            at: Clock.system.now())
        if csv { print(Wire.header) }
        for response in all {
            if !json, !csv {
                let title = response.residence.title
                let name = language.isFrench ? title.french : title.english
                print(printable("\(response.residence.id)  \(name)"))
            }
            for line in response.lines {
                if json {
                    print(try jsonText(Wire(response.residence, line)))
                } else if csv {
                    print(Wire(response.residence, line).csv)
                } else {
                    for text in text(line, loaded) { print(printable(text)) }
                }
            }
        }
    }

    private func text(_ line: ResidenceResponse.Line, _ loaded: LoadedHome) -> [String] {
        let isFrench = language.isFrench
        let numbers = NumberWords(isFrench: isFrench)
        func say(_ english: String, _ french: String) -> String { isFrench ? french : english }
        let figures = line.figures
        let title = loaded.staff.shifts.first { $0.name == line.shift }?.title
        var lines = ["  " + (title.map { isFrench ? $0.french : $0.english } ?? say("all", "tous"))]
        func add(_ english: String, _ french: String, _ value: String) {
            let name = say(english, french).padding(toLength: 24, withPad: " ", startingAt: 0)
            lines.append("    \(name) \(value)")
        }
        let load = figures.anHour.map {
            say(", \(numbers.fixed($0, 2)) an hour", ", \(numbers.fixed($0, 2)) par heure")
        }
        add("alerts", "alertes", "\(figures.count)\(load ?? "")")
        guard figures.count > 0 else { return lines }
        let unanswered = say("more than half: nobody", "plus de la moitié\u{a0}: personne")
        let ninetieth = figures.ninetiethToAcknowledge.map {
            say(", nine of ten within \(numbers.time($0))", ", neuf sur dix en \(numbers.time($0))")
        }
        add(
            "\"I am going\" after", "«\u{a0}J'y vais\u{a0}» après",
            figures.medianToAcknowledge.map {
                say("\(numbers.time($0)) (median)", "\(numbers.time($0)) (médiane)")
                    + (ninetieth ?? "")
            } ?? unanswered)
        if let soon = figures.within60, let later = figures.within180 {
            add(
                "answered", "répondues",
                say(
                    "\(numbers.percent(soon)) within 60 s, \(numbers.percent(later)) within 180 s",
                    "\(numbers.percent(soon)) en 60 s, \(numbers.percent(later)) en 180 s"))
        }
        add(
            "there after", "sur place après",
            figures.medianToBeThere.map { numbers.time($0) } ?? unanswered)
        if let share = figures.falseShare {
            add("called false", "dites fausses", numbers.percent(share))
        }
        if let share = figures.chattering {
            add("chattering", "répétées", numbers.percent(share))
        }
        add("open over a day", "ouvertes plus d'un jour", "\(figures.standing)")
        return lines
    }
}
