import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// How a residence's devices were used over the last weeks, as curves. Figures of people who live there: never of staff, and never
/// ranked.
enum UsePage {
    /// So many weeks are shown.
    static let weeks: Int64 = 12

    static let routes: [Route] = [
        Route(
            method: .get, path: "/residences/{residence}/use", access: .care,
            subject: .residence("residence"), isLogged: true
        ) { try await page($0) }
    ]

    private static func page(_ visit: Visit) async throws -> Response {
        let site = visit.site
        guard
            let residence = site.home.home.residences.first(where: {
                $0.id.rawValue == visit.parameters["residence"]
            })
        else { throw WebFailure.notFound }
        let zone = site.zone(residence.id)
        let now = site.clock.now()
        // From a Monday on, so that no week is cut.
        let today = zone.day(at: now)
        let monday = today - ((today + 3) % 7 + 7) % 7 - 7 * (weeks - 1)
        let from = zone.instant(day: monday, milliseconds: 0, repeated: .first)
        let home = site.home
        var words: [UseWord] = []
        var stays = Stays()
        var isClosed = false
        if let visitor = visit.visitor {
            do {
                words =
                    try Vault.existing(home: home.folder)?.useWords(
                        of: residence.people, by: visitor.member.id.rawValue, what: "annotations",
                        at: site.visitorClock.now()) ?? []
                stays = try Stays.known(home: home.folder)
            } catch {
                isClosed = true
            }
        }
        let results = try await site.readers.read { [words, stays] reader in
            try DeviceUse(home: home, reader: reader, stays: stays)
                .measures(
                    in: from..<now, where: { $0.residence == residence.id }, words: words)
        }
        let parts = PageParts(visit)
        let devices = results.map { result -> [String: Any] in
            let curve = WeeklyUse(uses: result.uses, observed: result.observed, zone: zone)
            let chart = UseChart(
                weeks: curve.weeks, parts: parts,
                showsAlone: result.measures.support.autonomy != nil)
            let title = parts.language(result.device.title)
            return [
                "title": title, "chart": chart.svg(title),
                "watched": "\(Int((result.measures.coverage * 100).rounded())) %",
                "uses": "\(result.measures.uses)",
                "support": support(result.measures.support, chart),
                "isOtherwise": !result.divergent.isEmpty, "divergent": divergent(result, visit),
                "presumes": result.device.presumes.map { parts.language($0) } ?? "",
                "rows": curve.weeks.map { week -> [String: Any] in
                    [
                        "monday": week.monday.text,
                        "watched": "\(Int((min(1, week.watched) * 100).rounded())) %",
                        "uses": week.usesPerDay.map { chart.text($0) } ?? "–",
                        "alone": week.alonePerDay.map { chart.text($0) } ?? "–",
                    ]
                },
            ]
        }
        var context: [String: Any] = [:]
        if isClosed { context["vault_closed"] = true }
        context.merge(
            [
                "residence": parts.language(residence.title), "id": residence.id.rawValue,
                "devices": devices,
            ]
        ) { $1 }
        return parts.page(
            "use", title: "\(parts.language(residence.title)) – \(parts.word("use"))",
            context)
    }

    /// The latest uses that lie outside of what a device presumes, each with the way to say something of it; no sum of them.
    private static func divergent(_ result: DeviceUse.Result, _ visit: Visit) -> [[String: Any]] {
        let parts = PageParts(visit)
        let device = result.device
        let home = visit.site.home
        let people =
            home.home.consentSubjects(zones: home.zones)
            .first { $0.subject.device == device.id }?.subject.people ?? []
        return result.divergent.suffix(divergentShown).reversed().map { divergent in
            let use = divergent.use
            let what = use.what.isEmpty || CapabilityVocabulary.entry(use.what) != nil
            return [
                "when": parts.time(use.from, device.residence),
                "what": what ? "" : use.what,
                "how": divergent.ways.map { way in
                    parts.word("otherwise_\(way.rawValue)") + (limit(way, device.script) ?? "")
                }.joined(separator: ", "),
                "say": WordsPage.path(
                    device.residence, person: people.count == 1 ? people.first : nil,
                    device: device.id, span: use.from..<use.to,
                    zone: visit.site.zone(device.residence)),
            ]
        }
    }

    /// So many are shown of each device.
    private static let divergentShown = 10

    private static func limit(_ way: DivergentUse.Way, _ script: UseScript) -> String? {
        let text =
            switch way {
            case .hours: script.hours?.consentText
            case .shorter: script.atLeast?.text
            case .longer: script.atMost?.text
            case .oftener: script.aDay.map { "\($0)" }
            case .thing, .helped: nil as String?
            }
        return text.map { " (\($0))" }
    }

    /// What is known of help and prompts, a line each; nothing where there are no uses.
    private static func support(
        _ support: UseMeasures.Support, _ chart: UseChart
    ) -> [[String: String]] {
        let parts = chart.parts
        func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
        func line(_ name: String, _ text: String) -> [String: String] {
            ["name": parts.word(name), "text": text]
        }
        guard let known = support.known else { return [] }
        var text = "\(percent(known)) (\(support.alone) \(parts.word("use_alone")), "
        text += "\(support.helped) \(parts.word("use_helped")), "
        text += "\(support.unknown) \(parts.word("use_unknown"))"
        if support.contested > 0 {
            text += ", \(support.contested) \(parts.word("use_contested"))"
        }
        if support.automatic > 0 {
            text += ", \(support.automatic) \(parts.word("use_automatic"))"
        }
        var lines = [line("use_known", text + ")")]
        if let autonomy = support.autonomy {
            lines.append(
                line(
                    "use_autonomy",
                    "\(percent(autonomy.value)) (\(percent(autonomy.low))–\(percent(autonomy.high)))"
                ))
        }
        if let prompts = support.promptsPerUse {
            lines.append(
                line(
                    "use_prompts",
                    "\(chart.text(prompts.value)) (\(chart.text(prompts.low))–\(chart.text(prompts.high)))"
                ))
        }
        if let slope = support.appropriation {
            lines.append(
                line(
                    "use_appropriation",
                    "\(signed(slope.value, chart)) (\(signed(slope.low, chart)) … \(signed(slope.high, chart)))"
                        + (support.weeksLeftOut > 0
                            ? " – \(support.weeksLeftOut) \(parts.word("use_weeks_left_out"))" : "")
                ))
        }
        return lines
    }

    private static func signed(_ value: Double, _ chart: UseChart) -> String {
        let text = String(format: "%+.2f", value).replacingOccurrences(of: "-", with: "−")
        return chart.parts.language == .french
            ? text.replacingOccurrences(of: ".", with: ",") : text
    }
}

/// One device's weeks as SVG: a line over the weeks that were watched, and below it how much of each was. Drawn by the server.
struct UseChart {
    let weeks: [WeeklyUse.Week]
    let parts: PageParts
    /// Whether it is known of some use how far it was on one's own.
    var showsAlone = false

    private static let width = 700.0
    private static let height = 190.0
    private static let left = 46.0
    private static let bottom = 150.0
    private static let top = 16.0

    /// A number in the page's language.
    func text(_ value: Double) -> String {
        let text = String(format: value < 10 ? "%.1f" : "%.0f", value)
        return parts.language == .french ? text.replacingOccurrences(of: ".", with: ",") : text
    }

    private func number(_ value: Double) -> String { "\(Double(Int((value * 10).rounded())) / 10)" }

    private func label(_ date: CalendarDate) -> String {
        parts.language == .french
            ? "\(date.day)/\(date.month)" : String(date.text.dropFirst(5))
    }

    private func x(_ index: Int) -> Double {
        let step = (Self.width - Self.left - 30) / Double(max(1, weeks.count - 1))
        return Self.left + step * Double(index)
    }

    /// The picture, as an `svg` element.
    func svg(_ title: String) -> String {
        let most = max(weeks.compactMap(\.usesPerDay).max() ?? 0, 1)
        func y(_ value: Double) -> Double {
            Self.bottom - (Self.bottom - Self.top) * value / most
        }
        var text =
            "<svg class=\"chart\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" aria-label=\"\(DayChart.escaped(title))\">"
        for value in [0, most / 2, most] {
            let place = number(y(value))
            text +=
                "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - 20)\" y1=\"\(place)\" y2=\"\(place)\"/>"
                + "<text x=\"\(number(Self.left - 6))\" y=\"\(number(y(value) + 4))\" text-anchor=\"end\">\(self.text(value))</text>"
        }
        for run in runs(\.usesPerDay) {
            let points = run.map { "\(number(x($0.index))),\(number(y($0.value)))" }
            text +=
                "<polyline class=\"curve\" points=\"\(points.joined(separator: " "))\"/>"
                + run.map {
                    "<circle class=\"point\" cx=\"\(number(x($0.index)))\" cy=\"\(number(y($0.value)))\" r=\"4\"><title>\(weeks[$0.index].monday.text): \(self.text($0.value))</title></circle>"
                }.joined()
        }
        for run in showsAlone ? runs(\.alonePerDay) : [] {
            let points = run.map { "\(number(x($0.index))),\(number(y($0.value)))" }
            text +=
                "<polyline class=\"curve alone\" points=\"\(points.joined(separator: " "))\"/>"
                + run.map {
                    "<rect class=\"alone\" x=\"\(number(x($0.index) - 4))\" y=\"\(number(y($0.value) - 4))\" width=\"8\" height=\"8\"><title>\(weeks[$0.index].monday.text): \(DayChart.escaped(parts.word("use_alone"))) \(self.text($0.value))</title></rect>"
                }.joined()
        }
        for (index, week) in weeks.enumerated() {
            let share = max(0, min(1, week.watched))
            text +=
                "<rect class=\"unseen\" x=\"\(number(x(index) - 12))\" y=\"160\" width=\"24\" height=\"8\"/>"
                + "<rect x=\"\(number(x(index) - 12))\" y=\"160\" width=\"\(number(24 * share))\" height=\"8\"/>"
            if index % 3 == 0 {
                text +=
                    "<text x=\"\(number(x(index)))\" y=\"184\" text-anchor=\"middle\">\(label(week.monday))</text>"
            }
        }
        return text + "</svg>"
    }

    /// Weeks that were watched one after the other: a line does not cross what nobody saw.
    private func runs(
        _ figure: KeyPath<WeeklyUse.Week, Double?>
    ) -> [[(index: Int, value: Double)]] {
        var result: [[(index: Int, value: Double)]] = []
        for (index, week) in weeks.enumerated() {
            guard let value = week[keyPath: figure] else { continue }
            if let last = result.last?.last, last.index == index - 1 {
                result[result.count - 1].append((index, value))
            } else {
                result.append([(index, value)])
            }
        }
        return result
    }
}
