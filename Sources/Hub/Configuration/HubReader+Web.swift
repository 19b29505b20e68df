import Foundation
import Rules

/// The `web` part of hub.yaml.
extension HubReader {
    mutating func web(_ node: Node) -> WebSettings {
        var settings = WebSettings()
        guard
            let fields = Fields(
                node, subject: "web", known: ["certificate_file", "key_file", "session"],
                diagnostics: &diagnostics)
        else { return settings }
        func path(_ text: String?) -> String? {
            text.map { $0.hasPrefix("/") ? $0 : "\(folder)/\($0)" }
        }
        settings.certificateFile = path(
            fields["certificate_file"]?.text("web, certificate_file", diagnostics: &diagnostics))
        settings.keyFile = path(
            fields["key_file"]?.text("web, key_file", diagnostics: &diagnostics))
        if (settings.certificateFile == nil) != (settings.keyFile == nil) {
            error(
                "missing-key", "web: certificate_file and key_file go together; give both",
                at: node)
        }
        for (key, file) in [
            ("certificate_file", settings.certificateFile), ("key_file", settings.keyFile),
        ] {
            if let file, !FileManager.default.isReadableFile(atPath: file), let at = fields[key] {
                error(
                    "unreadable-file", "web, \(key): \(file) is not there or cannot be read",
                    at: at)
            }
        }
        if let node = fields["session"],
            let span = node.timeSpan("web, session", diagnostics: &diagnostics)
        {
            if span >= .minutes(5), span <= .days(30) {
                settings.session = span
            } else {
                error("bad-duration", "web, session: from 5m to 30d", at: node)
            }
        }
        return settings
    }
}

/// The `easy_read_validated_by` part of hub.yaml.
extension HubReader {
    mutating func easyRead(_ node: Node) -> EasyReadValidation? {
        let what = "easy_read_validated_by"
        guard
            let fields = Fields(
                node, subject: what, known: ["names", "on"], diagnostics: &diagnostics),
            let who = fields.required("names", subject: what, diagnostics: &diagnostics),
            let day = fields.required("on", subject: what, diagnostics: &diagnostics),
            let names = who.text("\(what), names", diagnostics: &diagnostics),
            let text = day.text("\(what), on", diagnostics: &diagnostics)
        else { return nil }
        guard (1...200).contains(names.utf8.count) else {
            error("text-too-long", "\(what), names: from 1 to 200 bytes", at: who)
            return nil
        }
        guard let on = CalendarDate(text: text) else {
            error(
                "bad-date", "\(what), on: \"\(text.prefix(20))\" is no date such as 2026-11-20",
                at: day, length: min(text.count, 20))
            return nil
        }
        return EasyReadValidation(names: names, on: on)
    }
}

/// The `home_assistant` part of hub.yaml.
extension HubReader {
    mutating func homeAssistant(_ node: Node?) -> HomeAssistantSettings? {
        var settings = HomeAssistantSettings()
        guard let node, node.scalarText != "on" else { return settings }
        if node.scalarText == "off" { return nil }
        guard
            let fields = Fields(
                node, subject: "home_assistant", known: ["prefix", "language"],
                diagnostics: &diagnostics)
        else { return settings }
        if let node = fields["prefix"],
            let text = node.text("home_assistant, prefix", diagnostics: &diagnostics)
        {
            if text.isEmpty || text.contains(where: { "+#".contains($0) }) || text.hasPrefix("/")
                || text.hasSuffix("/")
            {
                error(
                    "bad-topic",
                    "home_assistant, prefix: a topic without wildcards, such as homeassistant",
                    at: node)
            } else {
                settings.prefix = text
            }
        }
        if let node = fields["language"],
            let text = node.text("home_assistant, language", diagnostics: &diagnostics)
        {
            if ["fr", "en"].contains(text) {
                settings.isFrench = text == "fr"
            } else {
                error("unknown-language", "home_assistant, language: fr or en", at: node)
            }
        }
        return settings
    }
}

extension Node {
    /// The text of a scalar; nil for anything else.
    var scalarText: String? {
        if case .scalar(let text, _, _) = self { return text }
        return nil
    }
}
