import Foundation
public import Rules

/// notifications.yaml: the ways out to people, besides the page and MQTT. Secrets stand in files of their own, never
/// here.
public struct NotificationSettings: Hashable, Sendable {
    /// One way out.
    public struct Channel: Hashable, Sendable {
        /// What it is.
        public enum Kind: Hashable, Sendable {
            /// A POST of JSON, signed with the secret of a file.
            case webhook(url: String, secretFile: String?, form: WebhookForm)
            /// The command `apprise`, with the service's URLs in a file.
            case apprise(urlFile: String)
        }

        /// The name that contacts and chains give.
        public var name: String
        /// What it is.
        public var kind: Kind

        /// One way out.
        public init(name: String, kind: Kind) {
            self.name = name
            self.kind = kind
        }
    }

    /// What a webhook's body looks like.
    public enum WebhookForm: String, Hashable, Sendable, CaseIterable {
        /// Foyer's own.
        case foyer
        /// As Prometheus' Alertmanager sends it, version 4.
        case alertmanager
    }

    /// The channels, in the order of the file.
    public var channels: [Channel]
    /// Where the hub says that it lives (dead man's switch): the URL's file, and how often.
    public var heartbeat: Heartbeat?

    /// Where the hub says that it lives.
    public struct Heartbeat: Hashable, Sendable {
        /// An address that is asked for.
        public var url: String
        /// How often.
        public var every: TimeSpan

        /// Where the hub says that it lives.
        public init(url: String, every: TimeSpan) {
            self.url = url
            self.every = every
        }
    }

    /// The ways out; none by default.
    public init(channels: [Channel] = [], heartbeat: Heartbeat? = nil) {
        self.channels = channels
        self.heartbeat = heartbeat
    }
}

/// Reads notifications.yaml.
struct NotificationReader {
    let folder: String
    private(set) var diagnostics: [Diagnostic] = []

    init(folder: String) { self.folder = folder }

    mutating func read(_ node: Node) -> NotificationSettings {
        var settings = NotificationSettings()
        guard
            let fields = Fields(
                node, subject: "notifications.yaml", known: ["version", "channels", "heartbeat"],
                diagnostics: &diagnostics)
        else { return settings }
        for entry in fields["channels"]?.entries("channels", diagnostics: &diagnostics) ?? [] {
            if let kind = kind(entry) {
                settings.channels.append(NotificationSettings.Channel(name: entry.key, kind: kind))
            }
        }
        settings.heartbeat = fields["heartbeat"].flatMap { heartbeat($0) }
        return settings
    }

    private mutating func error(_ code: String, _ message: String, at node: Node) {
        diagnostics.append(Diagnostic(code: code, message, at: node.location))
    }

    private mutating func kind(_ entry: Node.Entry) -> NotificationSettings.Channel.Kind? {
        let what = "channel \"\(entry.key)\""
        if let problem = Names.problem(entry.key) {
            error("bad-name", "\(what): \(problem)", at: entry.value)
            return nil
        }
        guard
            let fields = Fields(
                entry.value, subject: what,
                known: ["webhook", "secret_file", "form", "apprise_file"],
                diagnostics: &diagnostics)
        else { return nil }
        switch (fields["webhook"], fields["apprise_file"]) {
        case (let hook?, nil):
            guard let url = url(hook, "\(what), webhook") else { return nil }
            var form = NotificationSettings.WebhookForm.foyer
            if let node = fields["form"],
                let text = node.text("\(what), form", diagnostics: &diagnostics)
            {
                guard let known = NotificationSettings.WebhookForm(rawValue: text) else {
                    error("unknown-form", "\(what), form: foyer or alertmanager", at: node)
                    return nil
                }
                form = known
            }
            return .webhook(
                url: url, secretFile: fields["secret_file"].flatMap { secret($0, what) },
                form: form)
        case (nil, let file?):
            return secret(file, what).map { .apprise(urlFile: $0) }
        default:
            error(
                "missing-key", "\(what) needs one of \"webhook\" and \"apprise_file\"",
                at: entry.value)
            return nil
        }
    }

    private mutating func url(_ node: Node, _ what: String) -> String? {
        guard let text = node.text(what, diagnostics: &diagnostics) else { return nil }
        guard let url = URL(string: text), ["http", "https"].contains(url.scheme ?? ""),
            url.host != nil
        else {
            error("bad-url", "\(what) must begin with https:// or http://", at: node)
            return nil
        }
        if url.user != nil || url.password != nil {
            error(
                "secret-in-file",
                "\(what) holds a password; put it into a file and name it with secret_file",
                at: node)
        }
        return text
    }

    /// A file with a secret: it must be there, and its owner's only.
    private mutating func secret(_ node: Node, _ what: String) -> String? {
        guard let text = node.text(what, diagnostics: &diagnostics) else { return nil }
        let path = text.hasPrefix("/") ? text : "\(folder)/\(text)"
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let mode = attributes?[.posixPermissions] as? Int else {
            error("unreadable-file", "\(what): \(text) is not there or cannot be read", at: node)
            return nil
        }
        if mode & 0o077 != 0 {
            diagnostics.append(
                Diagnostic(
                    .warning, code: "open-secret",
                    "\(what): \(text) may be read by others: chmod 600 it", at: node.location))
        }
        return path
    }

    private mutating func heartbeat(_ node: Node) -> NotificationSettings.Heartbeat? {
        guard
            let fields = Fields(
                node, subject: "heartbeat", known: ["url", "every"], diagnostics: &diagnostics),
            let urlNode = fields.required("url", subject: "heartbeat", diagnostics: &diagnostics),
            let url = url(urlNode, "heartbeat, url")
        else { return nil }
        let every =
            fields["every"]?.timeSpan("heartbeat, every", diagnostics: &diagnostics)
            ?? .minutes(1)
        return NotificationSettings.Heartbeat(url: url, every: max(every, .seconds(10)))
    }
}
