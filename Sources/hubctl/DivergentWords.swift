import Hub
import Rules

/// Uses that lie outside of what a device presumes, in words: each one, and no sum that could be taken for a mark.
struct DivergentWords {
    /// So many are told; the rest in `--json`.
    static let most = 5

    let result: DeviceUse.Result
    let isFrench: Bool

    init(_ result: DeviceUse.Result, isFrench: Bool) {
        self.result = result
        self.isFrench = isFrench
    }

    private func say(_ english: String, _ french: String) -> String { isFrench ? french : english }

    /// A heading, and a line for each use.
    func lines(in zone: ZoneOffsets) -> [String] {
        guard !result.divergent.isEmpty else { return [] }
        var lines = [
            say(
                "  otherwise than its script, to talk about:",
                "  autrement que son scénario, à discuter\u{a0}:")
        ]
        for divergent in result.divergent.suffix(Self.most) {
            let what = divergent.use.what.isEmpty ? "" : "  \(divergent.use.what)"
            let ways = divergent.ways.map(text).joined(separator: ", ")
            lines.append(
                "    \(Timestamp.short(divergent.use.from, in: zone))\(what)  \(ways)")
        }
        let rest = result.divergent.count - Self.most
        if rest > 0 {
            lines.append(say("    earlier ones: --json", "    les précédents\u{a0}: --json"))
        }
        return lines
    }

    private func text(_ way: DivergentUse.Way) -> String {
        let script = result.device.script
        switch way {
        case .hours:
            let hours = script.hours?.consentText ?? ""
            return say("outside \(hours)", "hors de \(hours)")
        case .shorter:
            let span = script.atLeast?.text ?? ""
            return say("shorter than \(span)", "plus court que \(span)")
        case .longer:
            let span = script.atMost?.text ?? ""
            return say("longer than \(span)", "plus long que \(span)")
        case .oftener:
            let most = script.aDay ?? 0
            return say("more than \(most) that day", "plus de \(most) ce jour-là")
        case .thing: return say("another thing", "autre chose")
        case .helped: return say("with help", "avec de l'aide")
        }
    }
}
