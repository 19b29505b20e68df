import Rules

/// A residence's day as SVG: one line a device, with alerts, episodes and what nobody saw. Drawn by the server; its
/// colours are the page's.
struct DayChart {
    let day: ResidenceDay
    let parts: PageParts
    let residence: Residence

    private static let left = 190.0
    private static let width = 1000.0
    private static let rowHeight = 22.0
    private static let top = 30.0

    private func x(_ moment: Instant) -> Double {
        let whole = Double((day.to - day.from).milliseconds)
        guard whole > 0 else { return Self.left }
        let share = Double((moment - day.from).milliseconds) / whole
        return Self.left + (Self.width - Self.left - 26) * max(0, min(1, share))
    }

    private func number(_ value: Double) -> String {
        "\(Double(Int((value * 10).rounded())) / 10)"
    }

    /// The picture, as an `svg` element.
    var svg: String {
        let height = Self.top + Self.rowHeight * Double(day.lines.count) + 10
        let title =
            "\(parts.language(residence.title)) – \(parts.word("day"))"
        var text =
            "<svg class=\"chart\" viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" role=\"group\" aria-label=\"\(Self.escaped(title))\">"
        text += hours(height)
        for (index, line) in day.lines.enumerated() {
            text += row(line, at: Self.top + Self.rowHeight * Double(index))
        }
        return text + "</svg>"
    }

    private func hours(_ height: Double) -> String {
        let zone = parts.visit.site.zone(residence.id)
        let isHour = (day.to - day.from).milliseconds <= 2 * 3_600_000
        let step = isHour ? TimeSpan.minutes(10) : .hours(2)
        var text = ""
        var moment = day.from
        while moment <= day.to {
            let place = number(x(moment))
            let label = Timestamp.short(moment, in: zone).dropFirst(11).prefix(5)
            text +=
                "<line class=\"grid\" x1=\"\(place)\" x2=\"\(place)\" y1=\"20\" y2=\"\(number(height))\"/>"
                + "<text class=\"hour\" x=\"\(place)\" y=\"14\" text-anchor=\"middle\">\(label)</text>"
            moment = moment + step
        }
        return text
    }

    private func row(_ line: ResidenceDay.Line, at y: Double) -> String {
        let middle = y + Self.rowHeight / 2
        var text =
            "<text class=\"label\" x=\"\(number(Self.left - 8))\" y=\"\(number(middle + 4))\" text-anchor=\"end\">"
            + "\(Self.escaped(label(line)))</text>"
            + "<line class=\"base\" x1=\"\(number(Self.left))\" x2=\"\(number(Self.width - 26))\" y1=\"\(number(middle))\" y2=\"\(number(middle))\"/>"
        for stretch in line.stretches {
            let from = x(stretch.from)
            let length = max(2, x(stretch.to) - from)
            let style = stretch.priority?.name ?? line.kind.rawValue
            let tip = Self.escaped(tip(stretch))
            let bar =
                "<rect class=\"\(style)\" x=\"\(number(from))\" y=\"\(number(y + 4))\" width=\"\(number(length))\" "
                + "height=\"\(number(Self.rowHeight - 8))\" rx=\"2\"><title>\(tip)</title></rect>"
            text +=
                stretch.alert.map {
                    "<a href=\"/alerts/\(Self.escaped($0.rawValue))\" aria-label=\"\(tip)\">\(bar)</a>"
                }
                ?? bar
        }
        return text
    }

    /// What a line is about.
    func label(_ line: ResidenceDay.Line) -> String {
        switch line.kind {
        case .alerts: parts.word("alerts")
        case .blind: parts.word("blind_row")
        case .episodes: line.trace?.rawValue ?? ""
        case .device:
            parts.visit.site.home.home.devices.first { $0.id == line.device }
                .map { parts.language($0.title) } ?? line.device?.rawValue ?? ""
        }
    }

    /// What a stretch is, in words.
    func what(_ stretch: ResidenceDay.Stretch) -> String {
        guard stretch.alert != nil else {
            return switch stretch.what {
            case "on", "hub_down": ""
            case "paused", "no_consent": parts.word("blind_" + stretch.what)
            default: stretch.what
            }
        }
        let rule = parts.visit.site.home.plan.rule(RuleID(rawValue: stretch.what))
        return rule?.title.map { parts.language($0) } ?? stretch.what
    }

    private func tip(_ stretch: ResidenceDay.Stretch) -> String {
        let from = parts.time(stretch.from, residence.id)
        let to = parts.time(stretch.to, residence.id)
        return "\(from)–\(to) \(what(stretch))"
    }

    /// Text is data: what a device or a person is called cannot become a part of the picture.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }
}
