import Rules

/// Frigate: https://docs.frigate.video/integrations/mqtt. Counts and presence only: it names people and sends images, and
/// nothing of that is taken.
enum FrigateConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "frigate"
        let levels = draft.levels
        guard levels.count > 1 else { return }
        draft.message.device = levels[1]
        if levels[1] == "available" {
            draft.message.device = "frigate"
            if let online = FieldVocabulary.online(draft.text) {
                draft.boolean("bridge.online", online)
            } else {
                draft.flag("unknown_value")
            }
            return
        }
        if levels.last == "set" { return draft.flag("command") }
        if levels[1] == "events" { return event(&draft) }
        if levels.count == 3, let count = draft.text.flatMap({ Double($0.trimmed) }) {
            // `all` counts cats and cars too.
            if levels[2] == "person" { return draft.number("presence.count", count) }
            if levels[2] == "all" { return draft.flag("semantics_unclear") }
        }
        if levels.count == 3, levels[2] == "motion",
            let on = draft.text.flatMap({ FieldVocabulary.truth($0.trimmed) })
        {
            draft.boolean("presence.motion", on)
            return
        }
        draft.flag("private")
    }

    /// Which episode goes on before which camera, and until when. Who it is of, and where they stand, is not told on.
    private static func event(_ draft: inout ConventionDraft) {
        draft.flag("private")
        guard let after = draft.json()?["after"] else { return }
        if let camera = after["camera"]?.text { draft.message.device = camera }
        draft.takeTime(after["end_time"])
        if draft.time == nil { draft.takeTime(after["frame_time"]) }
        if let episode = after["id"]?.text { draft.text("episode.id", episode, kind: .health) }
    }
}
