/// What things and places are called in English.
extension SentenceEnglish {
    /// Kinds whose titles mostly name what they see.
    static let sensors: Set = ["motion", "presence", "climate"]

    /// `the front door`, `a door`, `their tablet`.
    ///
    /// - Parameter usual: the kind that is meant where the rule names none.
    func thing(_ fact: Fact, usual: String? = nil) -> String {
        let things = fact.things
        if things == known { return "it" }
        switch things.name {
        case .titles(let titles):
            // A sensor's title says what it sees; what it is, its kind says.
            if titles.count == 1, let kind = things.kind, Self.sensors.contains(kind) {
                return "the " + EnglishWords.kind(kind) + room(fact)
            }
            return EnglishWords.list(titles.map { EnglishWords.definite($0.english) })
        case .names(let names):
            if let kind = things.kind, names.count == 1, let noun = EnglishWords.kinds[kind] {
                return "the " + noun
            }
            return EnglishWords.list(names.map { "the " + EnglishWords.plain($0) })
        case .own(let kinds):
            let nouns = (kinds.isEmpty ? [usual ?? "device"] : kinds).map(EnglishWords.kind)
            return EnglishWords.list(nouns.map { "their " + $0 })
        case .kinds(let kinds, let labels):
            let given = kinds.isEmpty ? [usual ?? "device"] : kinds
            let nouns = given.map(EnglishWords.kind).map { noun in
                labels.contains("outside") && !["front door"].contains(noun)
                    ? "outside " + noun : noun
            }
            let marks = labels.filter { $0 != "outside" }.map { "“\(EnglishWords.plain($0))”" }
            let marked = marks.isEmpty ? "" : " marked " + marks.joined(separator: " and ")
            let list = EnglishWords.list(nouns.map(EnglishWords.indefinite)) + marked
            if case .rooms = things.place { return list + " " + place(fact) }
            return list
        }
    }

    /// `in the kitchen`, `inside`, `in their room`; empty where it is said elsewhere.
    func place(_ fact: Fact) -> String {
        switch fact.things.place {
        case .none: return ""
        case .inside: return scope == .room ? "elsewhere in the home" : "inside"
        case .rooms(let rooms):
            let names = rooms.map { name -> (at: String, room: String) in
                let text = name.title?.english ?? EnglishWords.room(name.kind)
                let at = EnglishWords.onRooms.contains(name.kind) ? "on" : "in"
                return (at, EnglishWords.definite(text))
            }
            if rooms.allSatisfy({ $0.kind == "outside" && $0.title == nil }) { return "outside" }
            return (names.first?.at ?? "in") + " " + EnglishWords.list(names.map(\.room))
        case .own(let isBedroom): return isBedroom ? "in their room" : "at home"
        }
    }

    /// A place, where it adds something: with a blank before it.
    func room(_ fact: Fact) -> String {
        switch fact.things.place {
        case .none, .inside: ""
        case .rooms, .own: " " + place(fact)
        }
    }
}

/// English words and how they are put together.
enum EnglishWords {
    static let kinds: [String: String] = [
        "door": "door", "front_door": "front door", "window": "window", "fridge": "fridge",
        "freezer": "freezer", "cupboard": "cupboard", "call_button": "call button",
        "sos": "alarm button", "button": "button", "pull_cord": "pull cord", "bed": "bed",
        "smoke": "smoke detector", "leak": "water detector", "gas": "gas detector",
        "co": "carbon monoxide detector", "fall": "fall detector", "motion": "movement sensor",
        "presence": "presence sensor", "switch": "switch", "light": "lamp", "plug": "plug",
        "vibration": "vibration sensor", "lock": "lock", "tag_reader": "tag reader",
        "stove": "stove", "oven": "oven", "television": "television", "climate": "thermometer",
        "tablet": "tablet", "medication": "pill dispenser", "kettle": "kettle",
        "coffee_maker": "coffee maker", "washing_machine": "washing machine", "watch": "watch",
        "chair": "chair", "mat": "mat", "heater": "heater", "doorbell": "doorbell",
        "communicator": "communication aid", "appliance": "appliance", "device": "device",
        "seizure": "seizure sensor", "tracker": "locator", "enuresis": "bed-wetting sensor",
        "schedule": "picture schedule", "voice": "voice assistant", "shutter": "shutter",
        "remote": "remote control",
    ]

    private static let rooms: [String: String] = [
        "living_room": "living room", "bathroom": "bathroom", "toilet": "toilet",
        "dining_room": "dining room", "laundry": "laundry room", "outside": "outside",
    ]

    static let onRooms: Set = ["balcony", "terrace", "landing", "stairs"]

    static func kind(_ kind: String) -> String { kinds[kind] ?? plain(kind) }
    static func room(_ kind: String) -> String { rooms[kind] ?? plain(kind) }

    /// A name with blanks instead of its signs.
    static func plain(_ name: String) -> String {
        String(name.map { "_-.".contains($0) ? " " : $0 }).trimmed
    }

    static func indefinite(_ noun: String) -> String {
        let vowels = "aeiou"
        return (vowels.contains(noun.first ?? "x") ? "an " : "a ") + noun
    }

    /// A title within a sentence: `the front door`, `bedroom 1`, `Anna's room`.
    static func definite(_ title: String) -> String {
        let words = title.split(separator: " ")
        guard let first = words.first else { return "the device" }
        let isPossessive = first.hasSuffix("'s") || first.hasSuffix("’s")
        if isPossessive { return title }
        let letters = first.dropFirst()
        let isName = letters.contains { $0.isUppercase || $0.isNumber }
        let text = isName ? title : title.prefix(1).lowercased() + title.dropFirst()
        if ["the", "a", "an"].contains(first.lowercased()) { return text }
        let isNumbered = words.last?.allSatisfy(\.isNumber) ?? false
        if isNumbered, words.count > 1, !words.contains("of") { return text }
        return "the " + text
    }

    static func list(_ words: [String]) -> String {
        var different: [String] = []
        for word in words where !different.contains(word) { different.append(word) }
        guard let last = different.last, different.count > 1 else { return different.first ?? "" }
        return different.dropLast().joined(separator: ", ") + " or " + last
    }

    static func press(_ word: String) -> String {
        switch word {
        case "single", "press", "pressed": "once"
        case "double": "twice quickly"
        case "triple": "three times quickly"
        case "hold", "long": "for long"
        case "release", "released": "and lets go"
        default: "(“\(plain(word))”)"
        }
    }

}
