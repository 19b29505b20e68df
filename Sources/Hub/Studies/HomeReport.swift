import Foundation
public import Rules

/// A study's report for one home, in easy words with a picture beside each: a page to look at together, or to print. Figures stand
/// for as many people as the protocol asks for, or are not given.
public struct HomeReport {
    private let study: StudyProtocol
    private let residence: Residence
    private let figures: [StudyFigure]
    /// How many people of all homes took part.
    private let people: Int

    /// The reports of a study, by residence.
    ///
    /// - Parameters:
    ///   - actor: who makes them; what people said of uses is read for it, and that is written down.
    ///   - now: when.
    ///   - progress: called with the share that is done.
    /// - Throws: `StudyError`, `JournalError`, `VaultError`.
    public static func all(
        _ study: StudyProtocol, home: LoadedHome, reader: JournalReader, by actor: String,
        now: Instant,
        progress: (Double) -> Void = { _ in }
    ) throws -> [(residence: Residence, report: HomeReport)] {
        let (figures, people) = try StudyFigure.all(
            study, home: home, reader: reader, by: actor, now: now, progress: progress)
        return home.home.residences.filter { residence in
            residence.people.contains { study.participants?.contains($0) != false }
        }.map {
            ($0, HomeReport(study: study, residence: $0, figures: figures, people: people))
        }
    }

    /// The page.
    public func html(isFrench: Bool) -> String {
        let words = HomeReportWords(isFrench: isFrench)
        var lines: [(picture: Picture, text: String)] = [
            (.question, words.asked(study.question)),
            (.people, words.took(people, least: study.smallCells)),
        ]
        for figure in figures {
            lines.append((.chart(figure), words.say(figure, study)))
        }
        if figures.isEmpty { lines.append((.lock, words.word("too_few"))) }
        lines.append((.lock, words.word("names")))
        lines.append((.calendar, words.kept(study.keepUntil, study.disposal)))
        lines.append((.speech, words.word("turn")))
        let rows = lines.map { line in
            "<div class=\"line\"><div class=\"picture\">\(line.picture.svg)</div><p>\(HomeReportWords.escaped(line.text))</p></div>"
        }.joined(separator: "\n")
        return """
            <!doctype html>
            <html lang="\(isFrench ? "fr" : "en")">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(HomeReportWords.escaped(words.text(study.title)))</title>
            <style>
            body { font: 1.4rem/1.5 Verdana, "DejaVu Sans", sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }
            h1 { font-size: 2rem; line-height: 1.25; }
            .line { display: flex; gap: 1.5rem; align-items: center; margin: 1.5rem 0; break-inside: avoid; }
            .picture { flex: 0 0 7rem; }
            .picture svg { width: 7rem; height: 7rem; }
            p { margin: 0; }
            .answers { display: grid; gap: 1rem; margin: 1.5rem 0 2rem; }
            .answers div { border: 3px solid #1b1b1b; border-radius: .5rem; padding: 1rem; }
            .words { min-height: 8rem; }
            .small { font-size: 1rem; color: #4a4a4a; }
            </style>
            </head>
            <body>
            <h1>\(HomeReportWords.escaped(words.text(study.title)))</h1>
            <p class="small">\(HomeReportWords.escaped(words.forHome(residence)))</p>
            \(rows)
            <div class="answers">
            <div>☐ \(HomeReportWords.escaped(words.word("yes")))</div>
            <div>☐ \(HomeReportWords.escaped(words.word("no")))</div>
            <div class="words">\(HomeReportWords.escaped(words.word("own_words")))</div>
            </div>
            <p class="small">\(HomeReportWords.escaped(words.word("draft")))</p>
            </body>
            </html>

            """
    }
}

/// One figure over enough people: the median of a measure over the people who use a kind of device.
struct StudyFigure: Sendable {
    var variable: StudyProtocol.Variable
    var kind: String
    var people: Int
    var median: Double
    /// By phase, in the protocol's order; empty without phases.
    var phases: [(phase: StudyProtocol.Phase, median: Double)]

    static func all(
        _ study: StudyProtocol, home: LoadedHome, reader: JournalReader, by actor: String,
        now: Instant, progress: (Double) -> Void
    ) throws -> (figures: [StudyFigure], people: Int) {
        // Pseudonyms lead nowhere here: the key is thrown away.
        let file = StudyFile(
            id: study.id, study: study, diagnostics: [], source: "", hash: "")
        let run = try StudyExportRun(
            StudyExport(home: home, file: file, study: study, reader: reader),
            pseudonyms: Pseudonyms.passing, folder: "", actor: actor, now: now,
            purpose: "report of study \(study.id)")
        var measured: [MeasuredPerson] = []
        for (index, selected) in run.selection.devices.enumerated()
        where selected.people.count == 1 {
            let device = try DeviceStudy(selected, in: run)
            for (phase, span) in run.periods(selected) {
                for one in device.measures(in: span, down: run.down)
                    .named(until: span.upperBound) where run.asks(one.measure)
                {
                    measured.append(
                        MeasuredPerson(
                            person: selected.person, kind: selected.device.kind, phase: phase,
                            measure: one.measure, value: one.value))
                }
            }
            progress(Double(index + 1) / Double(run.selection.devices.count))
        }
        return (figures(measured, study), run.people.count)
    }

    private static func figures(
        _ measured: [MeasuredPerson], _ study: StudyProtocol
    ) -> [StudyFigure] {
        func medians(_ values: [MeasuredPerson]) -> [Double] {
            Dictionary(grouping: values) { $0.person }.values
                .compactMap { Quantile.median($0.map(\.value)) }
        }
        var result: [StudyFigure] = []
        for variable in study.variables {
            let own = measured.filter { $0.measure == variable.measure }
            for kind in Set(own.map(\.kind)).sorted() {
                let whole = medians(own.filter { $0.kind == kind && $0.phase.isEmpty })
                guard whole.count >= study.smallCells, let median = Quantile.median(whole)
                else { continue }
                let phases = study.phases.compactMap { phase -> (StudyProtocol.Phase, Double)? in
                    let part = medians(
                        own.filter { $0.kind == kind && $0.phase == phase.name })
                    guard part.count >= study.smallCells else { return nil }
                    return Quantile.median(part).map { (phase, $0) }
                }
                result.append(
                    StudyFigure(
                        variable: variable, kind: kind, people: whole.count, median: median,
                        phases: phases))
            }
        }
        return result
    }
}

/// A picture of a report's line: few strokes, told apart without colour.
private enum Picture {
    case question, people, lock, calendar, speech
    case chart(StudyFigure)

    var svg: String {
        "<svg viewBox=\"0 0 100 100\" aria-hidden=\"true\" fill=\"none\" stroke=\"#1b1b1b\" stroke-width=\"6\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\(strokes)</svg>"
    }

    private var strokes: String {
        switch self {
        case .question:
            "<circle cx=\"50\" cy=\"50\" r=\"42\"/><path d=\"M37 40a13 13 0 1 1 19 12q-6 4-6 12\"/><path d=\"M50 76v1\"/>"
        case .people:
            "<circle cx=\"33\" cy=\"32\" r=\"14\"/><path d=\"M10 84q0-32 23-32t23 32z\"/><circle cx=\"70\" cy=\"38\" r=\"11\"/><path d=\"M64 58q26-4 27 26H68\"/>"
        case .lock:
            "<rect x=\"22\" y=\"44\" width=\"56\" height=\"44\" rx=\"6\"/><path d=\"M34 44V32a16 16 0 0 1 32 0v12\"/><path d=\"M50 60v12\"/>"
        case .calendar:
            "<rect x=\"12\" y=\"20\" width=\"76\" height=\"68\" rx=\"6\"/><path d=\"M12 42h76M32 10v18M68 10v18M32 60h6M50 60h6M66 60h4\"/>"
        case .speech: "<path d=\"M12 16h76v52H48L30 88V68H12z\"/><path d=\"M30 36h40M30 50h26\"/>"
        case .chart(let figure): Self.drawn(figure)
        }
    }

    private static func drawn(_ figure: StudyFigure) -> String {
        if figure.phases.count > 1 { return bars(figure.phases.map(\.median)) }
        switch figure.variable.measure {
        case "uses_per_day" where figure.median < 12.5:
            return marks(filled: max(1, Int(figure.median.rounded())), of: nil)
        case "days_with_use", "coverage", "autonomy", "support_known":
            return marks(filled: Int((figure.median * 10).rounded()), of: 10)
        case "median_s", "quiet":
            return "<circle cx=\"50\" cy=\"50\" r=\"40\"/><path d=\"M50 26v24l16 12\"/>"
        case "weekly_change", "appropriation":
            let rise = figure.median >= 0.05 ? -24 : figure.median <= -0.05 ? 24 : 0
            return
                "<path d=\"M14 \(50 - rise)L84 \(50 + rise)\"/><path d=\"M66 \(50 + rise - 14)L84 \(50 + rise)L66 \(50 + rise + 14)\"/>"
        default: return bars([0.5, 1, 0.7])
        }
    }

    /// Rows of five marks to count by eye.
    private static func marks(filled: Int, of all: Int?) -> String {
        (0..<(all ?? filled)).map { index in
            "<circle cx=\"\(14 + index % 5 * 18)\" cy=\"\(28 + index / 5 * 22)\" r=\"6\" stroke-width=\"4\""
                + (index < filled ? " fill=\"#1b1b1b\"" : "") + "/>"
        }.joined()
    }

    /// One bar for each phase.
    private static func bars(_ values: [Double]) -> String {
        let most = max(values.max() ?? 1, .leastNonzeroMagnitude)
        let width = 70 / values.count
        return values.enumerated().map { index, value in
            let height = max(4, Int(70 * max(0, value) / most))
            return
                "<rect x=\"\(18 + index * width)\" y=\"\(86 - height)\" width=\"\(width - 8)\" height=\"\(height)\" fill=\"#9cc3e6\"/>"
        }.joined() + "<path d=\"M10 88h82\"/>"
    }
}
