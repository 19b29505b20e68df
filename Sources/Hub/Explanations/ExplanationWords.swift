import Rules

/// Single words of explanations, in English and French.
enum ExplanationWords {
    static func french(_ priority: Priority) -> String {
        switch priority {
        case .info: "pour information"
        case .low: "priorité basse"
        case .medium: "priorité moyenne"
        case .high: "priorité haute"
        case .critical: "priorité critique"
        }
    }

    /// What a reading is of, as people say it.
    static func capability(_ capability: Capability, isFrench: Bool) -> String {
        guard let words = capabilities[capability.rawValue] else { return capability.rawValue }
        return isFrench ? words.french : words.english
    }

    private static let capabilities: [String: (english: String, french: String)] = [
        "contact.open": ("open", "ouvert"), "presence.motion": ("movement", "mouvement"),
        "presence.occupied": ("somebody there", "présence"),
        "presence.count": ("people", "nombre de personnes"),
        "bed.occupied": ("somebody in bed", "au lit"), "alarm.smoke": ("smoke", "fumée"),
        "alarm.water": ("water", "eau"), "alarm.gas": ("gas", "gaz"),
        "alarm.co": ("carbon monoxide", "monoxyde de carbone"),
        "alarm.enuresis": ("wet bed", "lit mouillé"),
        "alarm.tamper": ("tampering", "ouverture du boîtier"),
        "alarm.sos": ("call", "appel"), "alarm.fall": ("fall", "chute"),
        "alarm.seizure": ("seizure", "crise"), "button.press": ("button", "bouton"),
        "med.dose": ("medicine", "médicament"), "access.tag": ("tag", "badge"),
        "switch.on": ("on", "allumé"), "lock.locked": ("locked", "verrouillé"),
        "vibration.active": ("vibration", "vibration"),
        "power.active": ("power (W)", "puissance (W)"),
        "energy.total": ("energy (kWh)", "énergie (kWh)"),
        "env.temperature": ("temperature (°C)", "température (°C)"),
        "env.humidity": ("humidity (%)", "humidité (%)"),
        "env.illuminance": ("light (lx)", "lumière (lx)"),
        "env.co2": ("CO₂ (ppm)", "CO₂ (ppm)"), "usage.app_session": ("application", "application"),
        "usage.symbol": ("symbol", "pictogramme"), "usage.voice": ("voice", "voix"),
        "usage.schedule_step": ("step of the schedule", "étape de l'emploi du temps"),
        "usage.support": ("alone or helped", "seul ou avec de l'aide"),
        "usage.prompt": ("prompt", "rappel"),
        "device.online": ("online", "en ligne"), "device.battery": ("battery (%)", "pile (%)"),
        "device.battery_low": ("battery low", "pile faible"), "link.lqi": ("link", "liaison"),
        "link.rssi": ("link (dBm)", "liaison (dBm)"),
        "device.clock_offset": ("clock off by (s)", "décalage d'horloge (s)"),
    ]

    /// What a value must be.
    static func test(_ test: ValueTest, isFrench: Bool) -> String {
        switch test {
        case .any: isFrench ? "quoi que ce soit" : "anything"
        case .oneOf(let values):
            values.map { value($0, isFrench: isFrench) }.joined(
                separator: isFrench ? " ou " : " or ")
        case .above(let limit, _): "> \(number(limit))"
        case .below(let limit, _): "< \(number(limit))"
        case .atLeast(let limit, _): "≥ \(number(limit))"
        case .atMost(let limit, _): "≤ \(number(limit))"
        }
    }

    private static func value(_ value: Value, isFrench: Bool) -> String {
        switch value {
        case .boolean(true): isFrench ? "oui" : "yes"
        case .boolean(false): isFrench ? "non" : "no"
        case .unknown: isFrench ? "inconnu" : "unknown"
        default: value.plainText
        }
    }

    private static func number(_ number: Double) -> String { Value.number(number).plainText }

    /// A length of time: `4 min 12 s`.
    static func span(seconds: Int64, isFrench: Bool) -> String {
        if seconds == 0 { return "0 s" }
        var rest = seconds
        var parts: [String] = []
        for (unit, size) in [
            (isFrench ? "j" : "d", Int64(86_400)), ("h", 3600), ("min", 60), ("s", 1),
        ]
        where rest >= size {
            parts.append("\(rest / size) \(unit)")
            rest %= size
        }
        return parts.joined(separator: " ")
    }
}
