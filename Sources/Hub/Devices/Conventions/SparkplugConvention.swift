import Rules

/// Sparkplug B (https://sparkplug.eclipse.org): its data are Protocol Buffers, and cannot be read without their births; who is
/// there and who is not the topic says alone.
enum SparkplugConvention {
    static func read(_ draft: inout ConventionDraft) {
        draft.message.convention = "sparkplug_b"
        draft.flag("unsupported")
        let levels = draft.levels
        guard levels.count >= 3 else { return }
        if levels[1] == "STATE" {
            draft.message.device = levels[2]
            if let online = host(&draft) { draft.boolean("bridge.online", online) }
            return
        }
        draft.message.device = draft.part(3..<levels.count)
        switch levels[2] {
        case "NBIRTH": draft.boolean("bridge.online", true)
        case "NDEATH": draft.boolean("bridge.online", false)
        case "DBIRTH": draft.boolean("device.online", true)
        case "DDEATH": draft.boolean("device.online", false)
        case "NCMD", "DCMD": return draft.flag("command")
        default: break
        }
        let first = draft.payload.first { $0 > 0x20 }
        if first == UInt8(ascii: "{"), let json = draft.json() {
            metrics(json, &draft)
        }
    }

    /// Some bridges publish the same as JSON: there each metric has its name.
    private static func metrics(_ json: JSONValue, _ draft: inout ConventionDraft) {
        let metrics = json["metrics"]?.elements ?? []
        let names = metrics.compactMap { $0["name"]?.text }
        if !names.isEmpty {
            draft.text("metrics", names.joined(separator: ", "), kind: .health)
        }
        for metric in metrics {
            guard let name = metric["name"]?.text, let value = metric["value"] else { continue }
            draft.takeTime(metric["timestamp"] ?? json["timestamp"])
            let last = name.topicLevels.last ?? name
            if FieldVocabulary.plain(last) == "button" {
                if let isDown = FieldVocabulary.truth(value) {
                    draft.boolean("button.down", isDown, kind: .state)
                }
            } else {
                draft.field(last, value)
            }
        }
    }

    /// A host's own state is text: JSON since version 3 of the specification.
    private static func host(_ draft: inout ConventionDraft) -> Bool? {
        guard draft.payload.first == UInt8(ascii: "{") else {
            return FieldVocabulary.online(draft.text)
        }
        return draft.json()?["online"]?.flag
    }
}
