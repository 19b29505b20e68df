import Rules

/// OwnTracks: https://owntracks.org/booklet/tech/json/. `tst` is when the place was found; what a phone says while it is
/// offline comes later.
enum OwnTracksConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "owntracks"
        draft.message.device = draft.part(..<min(3, draft.levels.count))
        if draft.payload.isEmpty { return draft.lifecycle("retained_cleared") }
        guard let json = draft.json() else { return }
        switch json["_type"]?.text {
        case "location": location(json, &draft)
        case "transition":
            draft.takeTime(json["tst"])
            if let event = json["event"]?.text {
                draft.text("location.transition", event, kind: .pulse)
            }
            // Who left a place is no longer there: its name only says which one the transition is of.
            if let zone = json["desc"]?.text {
                let isThere = json["event"]?.text == "enter"
                draft.text("location.zone", zone, kind: isThere ? .state : .pulse)
            }
            place(json, &draft)
            if json["t"]?.text == "b" { draft.flag("beacon") }
        case "lwt": draft.boolean("device.online", false)
        case "cmd": draft.flag("command")
        case "steps":
            draft.takeTime(json["tst"])
            if let steps = json["steps"]?.number {
                draft.number("activity.steps", steps, kind: .usage)
            }
            for key in ["from", "to"] {
                if let moment = json[key]?.number {
                    draft.number("interval.\(key)", moment, kind: .usage)
                }
            }
        case "encrypted": draft.quarantine("the message is encrypted", "encrypted")
        default: draft.flag("not_data")
        }
    }

    private static func place(_ json: JSONValue, _ draft: inout ConventionDraft) {
        // A beacon has no place of its own: the app gives the zeros that it was set up with.
        if json["lat"]?.number == 0, json["lon"]?.number == 0 {
            draft.flag("sentinel")
            for capability in ["location.lat", "location.lon", "location.accuracy"] {
                draft.add(capability, .unknown)
            }
            return
        }
        for (key, capability) in [
            ("lat", "location.lat"), ("lon", "location.lon"), ("acc", "location.accuracy"),
        ] {
            if let number = json[key]?.number { draft.number(capability, number) }
        }
    }

    private static func location(_ json: JSONValue, _ draft: inout ConventionDraft) {
        draft.takeTime(json["tst"])
        place(json, &draft)
        if let zone = json["inregions"]?.elements.first?.text { draft.text("location.zone", zone) }
        if let level = json["batt"] { draft.field("battery", level) }
        // In kilopascal.
        if let pressure = json["p"]?.number { draft.number("env.pressure", pressure * 10) }
        if let sent = json["created_at"]?.number {
            draft.text(
                "time_sent", Instant(milliseconds: Int64(min(abs(sent), 1e11) * 1000)).iso,
                kind: .health)
        }
        if json["t"]?.text == "b" { draft.flag("beacon") }
    }
}
