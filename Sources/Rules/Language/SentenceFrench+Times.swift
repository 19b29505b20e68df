/// Times and numbers in French.
extension FrenchWords {
    private static let dayNames = [
        "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche",
    ]
    private static let months = [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
        "octobre", "novembre", "décembre",
    ]

    /// `5 minutes`, `1 h 30`, `une heure`, `28 jours`.
    static func duration(_ span: TimeSpan) -> String {
        let parts = SpanParts(span)
        if parts.days == 0, parts.hours > 0, parts.minutes > 0, parts.milliseconds == 0 {
            return "\(parts.hours) h \(parts.minutes < 10 ? "0" : "")\(parts.minutes)"
        }
        var words: [String] = []
        if parts.days > 0 { words.append(count(Int(parts.days), "jour")) }
        if parts.hours > 0 { words.append(count(Int(parts.hours), "heure", isFeminine: true)) }
        if parts.minutes > 0 {
            words.append(count(Int(parts.minutes), "minute", isFeminine: true))
        }
        if parts.milliseconds > 0 || words.isEmpty {
            words.append(
                parts.milliseconds % 1000 == 0
                    ? count(Int(parts.milliseconds / 1000), "seconde", isFeminine: true)
                    : number(Double(parts.milliseconds) / 1000) + " seconde")
        }
        return list(words, "et")
    }

    private static func list(_ words: [String], _ link: String) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(link) " + last
    }

    /// `une heure`, `3 heures`.
    static func count(
        _ number: Int, _ noun: String, plural: String? = nil, isFeminine: Bool = false
    ) -> String {
        number == 1
            ? (isFeminine ? "une " : "un ") + noun : "\(number) \(plural ?? noun + "s")"
    }

    static func date(_ year: Int, _ month: Int, _ day: Int) -> String {
        guard (1...12).contains(month) else { return "\(year)" }
        return "\(day == 1 ? "1er" : "\(day)") \(months[month - 1]) \(year)"
    }

    static func timing(_ timing: Clause.Timing) -> String {
        switch timing {
        case .lasting(let span): return "depuis " + duration(span)
        case .through(let span): return "pendant " + duration(span)
        case .lastingByWindow(let spans):
            return spans.map { "depuis \(duration($0.span)) \(windows($0.windows))" }
                .joined(separator: ", ou ")
        case .soon(let span, let same): return soon(span) + self.same(same)
        case .times(let count, let within, let distinct, let isDenied):
            return times(count, within, distinct, isDenied)
        case .inAll(let span, let over, let during, let isDenied):
            let amount =
                isDenied
                ? "pendant \(duration(span)) au plus en tout"
                : "pendant plus \(of(duration(span))) en tout"
            if let over { return amount + " sur " + duration(over) }
            return during.map { amount + " " + window($0) } ?? amount
        case .window(let windows, let isOutside):
            guard isOutside else { return self.windows(windows) }
            if windows.count == 1, let rest = windows[0].complement { return window(rest) }
            return "sauf " + self.windows(windows)
        case .recently(let span):
            return "en ce moment ou il y a moins " + of(duration(span))
        case .unusual(let unusual): return self.unusual(unusual)
        }
    }

    /// `dans les 5 minutes`, `dans l'heure`, `en moins de 1 h 30`.
    private static func soon(_ span: TimeSpan) -> String {
        let text = duration(span)
        switch text {
        case "une heure": return "dans l'heure"
        case "une minute": return "dans la minute"
        case "une seconde": return "dans la seconde"
        default:
            let isOneUnit = text.split(separator: " ").count == 2 && text.first?.isNumber == true
            return isOneUnit && span.milliseconds % 1000 == 0
                ? "dans les " + text : "en moins " + of(text)
        }
    }

    private static func times(
        _ count: Int, _ within: TimeSpan, _ distinct: EventField?, _ isDenied: Bool
    ) -> String {
        let bound = isDenied ? "moins de" : "au moins"
        let span = " en " + duration(within)
        guard let distinct else {
            return "\(bound) \(count == 1 ? "une" : "\(count)") fois" + span
        }
        let (preposition, one, many, isFeminine) =
            switch distinct {
            case .device: ("sur", "appareil", "appareils différents", false)
            case .room: ("dans", "pièce", "pièces différentes", true)
            case .person: ("pour", "personne", "personnes différentes", true)
            case .value: ("avec", "valeur", "valeurs différentes", true)
            }
        return "\(preposition) \(bound) "
            + self.count(count, one, plural: many, isFeminine: isFeminine) + span
    }

    private static func unusual(_ unusual: Clause.Unusual) -> String {
        let much = unusual.isClear ? "nettement" : "un peu"
        let row = unusual.daysInRow > 1 ? ", \(unusual.daysInRow) jours de suite" : ""
        switch unusual.measure {
        case .often:
            return "\(much) \(unusual.isAbove ? "plus" : "moins") souvent que d'habitude" + row
        case .long:
            return "\(much) \(unusual.isAbove ? "plus" : "moins") longtemps que d'habitude" + row
        case .first, .last:
            let which = unusual.measure == .first ? "première" : "dernière"
            return "pour la \(which) fois de la journée \(much) "
                + "plus \(unusual.isAbove ? "tard" : "tôt") que d'habitude" + row
        }
    }

    static func same(_ field: EventField?) -> String {
        switch field {
        case nil: ""
        case .device?: ", avec le même appareil"
        case .room?: ", dans la même pièce"
        case .person?: ", pour la même personne"
        case .value?: ", avec la même valeur"
        }
    }

    // MARK: Times of day

    static func windows(_ windows: [Window]) -> String { list(windows.map(window)) }

    /// `entre 22 h 30 et 6 h 30`, `du lundi au vendredi, sauf les jours fériés`.
    static func window(_ window: Window) -> String {
        var words: [String] = []
        if !window.isWholeDay { words.append("entre \(edge(window.from)) et \(edge(window.to))") }
        if window.days != 0b111_1111 { words.append(days(of: window)) }
        switch window.holidays {
        case .ignored: break
        case .excluded: words.append("sauf les jours fériés")
        case .only: words.append("les jours fériés seulement")
        }
        return words.isEmpty ? "à toute heure" : words.joined(separator: " ")
    }

    private static func days(of window: Window) -> String {
        if window.days == 0b110_0000 { return "le week-end" }
        let runs = window.dayRuns.map { run in
            run.first == run.last
                ? "le " + dayNames[run.first]
                : "du \(dayNames[run.first]) au \(dayNames[run.last])"
        }
        return list(runs, "et")
    }

    private static func edge(_ edge: Window.Edge) -> String {
        switch edge {
        case .clock(let minutes): clock(minutes)
        case .sunrise(let span): near(span, "le lever du soleil")
        case .sunset(let span): near(span, "le coucher du soleil")
        }
    }

    private static func near(_ span: TimeSpan, _ sun: String) -> String {
        if span == .zero { return sun }
        let distance = duration(.milliseconds(abs(span.milliseconds)))
        return distance + (span < .zero ? " avant " : " après ") + sun
    }

    private static func clock(_ minutes: Int) -> String {
        if minutes % 1440 == 0 { return "minuit" }
        if minutes == 720 { return "midi" }
        let minute = minutes % 60
        return "\(minutes / 60) h" + (minute == 0 ? "" : " \(minute < 10 ? "0" : "")\(minute)")
    }

    // MARK: Numbers

    static func number(_ value: Double) -> String {
        let text = RuleParser.text(value).map { $0 == "." ? "," : $0 == "-" ? "−" : String($0) }
        return text.joined()
    }

    static func quantity(_ capability: Capability) -> FrenchNoun {
        let (text, isFeminine) =
            switch capability {
            case "env.temperature", "device.temperature": ("la température", true)
            case "env.humidity": ("l'humidité", true)
            case "env.illuminance", "light.level": ("la lumière", true)
            case "env.pressure": ("la pression de l'air", true)
            case "env.co2": ("le taux de CO₂ de l'air", false)
            case "presence.count": ("le nombre de personnes", false)
            case "presence.distance": ("la distance", true)
            case "cover.position": ("l'ouverture", true)
            case "power.active": ("la puissance électrique", true)
            case "power.voltage", "device.battery_voltage": ("la tension", true)
            case "power.current": ("le courant électrique", false)
            case "energy.total": ("l'électricité consommée", true)
            case "device.battery": ("la pile", true)
            case "device.clock_offset": ("l'erreur de l'horloge", true)
            case "link.lqi", "link.rssi", "link.snr": ("la force de la radio", true)
            case "location.lat", "location.lon": ("la position", true)
            case "location.accuracy": ("la précision de la position", true)
            default: ("la valeur « \(plain(capability.rawValue)) »", true)
            }
        return FrenchNoun(text: text, isFeminine: isFeminine)
    }
}
