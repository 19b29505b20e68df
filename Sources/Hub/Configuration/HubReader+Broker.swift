import Rules

/// The broker, addresses and limits of hub.yaml.
extension HubReader {
    private static let foreignKeys = ["password_file", "ca_file", "certificate_file", "key_file"]
    private static let sessionKeys = ["client_id", "subscribe", "session_expiry", "keep_alive"]

    /// `broker: {managed: {port, listen}}` or `broker: {url: mqtts://user@host:8883, …}`.
    mutating func broker(_ node: Node) -> BrokerSettings {
        var settings = BrokerSettings()
        guard
            let fields = Fields(
                node, subject: "broker",
                known: ["managed", "url"] + Self.foreignKeys + Self.sessionKeys,
                diagnostics: &diagnostics)
        else { return settings }
        if let url = fields["url"] {
            if let managed = fields["managed"] {
                error(
                    "mixed-broker",
                    "broker has both \"managed\" and \"url\"; give one: the hub starts its own broker, or "
                        + "uses another", at: managed)
            }
            foreign(url, fields).map { settings.kind = .foreign($0) }
        } else {
            for key in Self.foreignKeys {
                guard let stray = fields[key] else { continue }
                error("stray-key", "broker: \"\(key)\" goes with \"url\"", at: stray)
            }
            if let managed = fields["managed"] { settings.kind = .managed(self.managed(managed)) }
        }
        session(fields, &settings)
        return settings
    }

    private mutating func session(_ fields: Fields, _ settings: inout BrokerSettings) {
        if let node = fields["client_id"],
            let text = node.text("broker, client_id", diagnostics: &diagnostics)
        {
            if (1...128).contains(text.utf8.count),
                text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            {
                settings.clientID = text
            } else {
                error(
                    "bad-client-id",
                    "broker, client_id must be 1 to 128 printable ASCII characters without blanks",
                    at: node)
            }
        }
        if let node = fields["subscribe"] { settings.subscriptions = subscriptions(node) }
        if let span = span(fields, "session_expiry", from: .minutes(1), to: .days(365)) {
            settings.sessionExpiry = span
        }
        if let span = span(fields, "keep_alive", from: .seconds(5), to: .hours(18)) {
            settings.keepAlive = span
        }
    }

    private mutating func span(
        _ fields: Fields, _ key: String, from least: TimeSpan, to most: TimeSpan
    ) -> TimeSpan? {
        guard let node = fields[key],
            let span = node.timeSpan("broker, \(key)", diagnostics: &diagnostics)
        else { return nil }
        if (least...most).contains(span) { return span }
        error(
            "out-of-range",
            "broker, \(key) is \(span.text); it must be \(least.text) to \(most.text)",
            at: node)
        return nil
    }

    private mutating func subscriptions(_ node: Node) -> [String] {
        var filters: [String] = []
        for item in node.items.prefix(1000) {
            guard let text = item.text("broker, subscribe", diagnostics: &diagnostics) else {
                continue
            }
            if let problem = Self.problem(ofFilter: text) {
                error(
                    "bad-topic-filter",
                    "broker, subscribe: \"\(text.prefix(80))\" is not a topic filter: \(problem)",
                    at: item, length: min(text.count, 80))
            } else {
                filters.append(text)
            }
        }
        if filters.isEmpty, diagnostics.isEmpty {
            error("empty-list", "broker, subscribe: at least one topic filter is needed", at: node)
        }
        return filters
    }

    /// What is wrong with a topic filter (MQTT 5, 4.7); nil where nothing is.
    static func problem(ofFilter text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > 65_535 || text.utf8.contains(0) {
            return "it is too long or has a zero"
        }
        if text.hasPrefix("$share/") {
            return "shared subscriptions lose messages for a durable client"
        }
        let levels = text.split(separator: "/", omittingEmptySubsequences: false)
        for (index, level) in levels.enumerated() {
            if level.contains("#"), level != "#" || index != levels.count - 1 {
                return "# stands alone, as the last level"
            }
            if level.contains("+"), level != "+" { return "+ stands alone in its level" }
        }
        return nil
    }

    private mutating func managed(_ node: Node) -> ListenAddress {
        var address = ListenAddress(host: "127.0.0.1", port: 1883)
        guard
            let fields = Fields(
                node, subject: "broker, managed", known: ["port", "listen"],
                diagnostics: &diagnostics)
        else { return address }
        if let node = fields["port"],
            let port = node.integer(
                "broker, managed, port", in: 1...65_535, diagnostics: &diagnostics)
        {
            address.port = UInt16(port)
        }
        if let node = fields["listen"],
            let host = node.text("broker, managed, listen", diagnostics: &diagnostics)
        {
            if Self.isHost(host) {
                address.host = host
            } else {
                error(
                    "bad-address",
                    "broker, managed, listen: \"\(host.prefix(80))\" is not an address; write one such as "
                        + "127.0.0.1, or 0.0.0.0 for every network (the port is a key of its own)",
                    at: node, length: min(host.count, 80))
            }
        }
        return address
    }

    private mutating func foreign(_ node: Node, _ fields: Fields) -> BrokerAddress? {
        guard let text = node.text("broker, url", diagnostics: &diagnostics) else { return nil }
        var broker: BrokerAddress
        switch Self.parse(url: text) {
        case .success(let address): broker = address
        case .failure(let problem):
            error("bad-url", "broker, url \(problem.text)", at: node, length: min(text.count, 80))
            return nil
        }
        broker.passwordFile = path(fields, "password_file")
        broker.authorityFile = path(fields, "ca_file")
        broker.certificateFile = path(fields, "certificate_file")
        broker.keyFile = path(fields, "key_file")
        if let node = fields["password_file"], broker.user == nil {
            error(
                "stray-key",
                "broker: \"password_file\" needs a user; write url: mqtts://USER@host:8883",
                at: node)
        }
        for key in ["ca_file", "certificate_file", "key_file"] where !broker.encrypted {
            guard let node = fields[key] else { continue }
            error(
                "stray-key", "broker: \"\(key)\" needs mqtts://, and the url is mqtt://", at: node)
        }
        if (broker.certificateFile == nil) != (broker.keyFile == nil) {
            error(
                "missing-key", "broker: \"certificate_file\" and \"key_file\" go together",
                at: fields["certificate_file"] ?? fields["key_file"] ?? node)
        }
        return broker
    }

    /// A path, from the home's folder where it is relative.
    private mutating func path(_ fields: Fields, _ key: String) -> String? {
        guard let node = fields[key],
            let text = node.text("broker, \(key)", diagnostics: &diagnostics)
        else { return nil }
        return text.hasPrefix("/") ? text : "\(folder)/\(text)"
    }

    // MARK: Addresses

    struct Problem: Error {
        let text: String
    }

    /// Reads `mqtts://user@host:8883`.
    static func parse(url: String) -> Result<BrokerAddress, Problem> {
        func fail(_ text: String) -> Result<BrokerAddress, Problem> {
            .failure(Problem(text: text))
        }
        let form = "write mqtt://user@host:1883 or mqtts://user@host:8883"
        // The text is not shown where it may hold a password.
        var rest = url[...]
        let isEncrypted = rest.hasPrefix("mqtts://")
        guard isEncrypted || rest.hasPrefix("mqtt://") else {
            return fail("must begin with mqtt:// or mqtts://; \(form)")
        }
        rest = rest.dropFirst(isEncrypted ? 8 : 7)
        var user: String?
        if let at = rest.lastIndex(of: "@") {
            let name = rest[..<at]
            guard !name.contains(":") else {
                return fail(
                    "must not hold a password; put it alone in a file and name the file in password_file"
                )
            }
            guard !name.isEmpty else { return fail("has an empty user; \(form)") }
            user = String(name)
            rest = rest[rest.index(after: at)...]
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let address = address(rest, defaultPort: isEncrypted ? 8883 : 1883) else {
            return fail("has no host and port that can be read; \(form)")
        }
        return .success(BrokerAddress(address: address, encrypted: isEncrypted, user: user))
    }

    /// Reads `host:port`, `[::1]:port`; without a port where there is a default.
    static func address(_ text: Substring, defaultPort: UInt16?) -> ListenAddress? {
        var host = text
        var port = defaultPort
        let isBracketed = text.hasPrefix("[")
        if let colon = text.lastIndex(of: ":"), !isBracketed || !text.hasSuffix("]") {
            let digits = text[text.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let number = UInt16(digits), number > 0
            else { return nil }
            port = number
            host = text[..<colon]
        }
        if isBracketed {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard isHost(String(host)), let port else { return nil }
        return ListenAddress(host: String(host), port: port)
    }

    static func isHost(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                    UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "%"):
                    true
                default: false
                }
            }
            && (text.contains(":")
                ? text.split(separator: ":").count <= 8 && text.count(where: { $0 == ":" }) >= 2
                : true)
    }

    /// `listen: 127.0.0.1:8080`.
    mutating func address(_ node: Node, what: String) -> ListenAddress? {
        guard let text = node.text(what, diagnostics: &diagnostics) else { return nil }
        if let address = Self.address(text[...], defaultPort: nil) { return address }
        error(
            "bad-address",
            "\(what): \"\(text.prefix(80))\" is not an address and a port; write 127.0.0.1:8080",
            at: node,
            length: min(text.count, 80))
        return nil
    }

    // MARK: Limits

    mutating func intake(_ node: Node) -> IntakeSettings {
        var settings = IntakeSettings()
        guard
            let fields = Fields(
                node, subject: "intake",
                known: ["batch", "maximum_payload", "unknown_topics", "quarantine"],
                diagnostics: &diagnostics)
        else { return settings }
        func integer(_ key: String, _ range: ClosedRange<Int>, _ value: inout Int) {
            guard let node = fields[key] else { return }
            value =
                node.integer("intake, \(key)", in: range, diagnostics: &diagnostics) ?? value
        }
        integer("batch", 1...65_535, &settings.batch)
        integer("unknown_topics", 0...1_000_000, &settings.unknownTopics)
        integer("quarantine", 0...10_000_000, &settings.quarantine)
        if let node = fields["maximum_payload"], let size = size(node) {
            settings.maximumPayload = size
        }
        return settings
    }

    private mutating func size(_ node: Node) -> Int? {
        guard let text = node.text("intake, maximum_payload", diagnostics: &diagnostics) else {
            return nil
        }
        for (unit, factor) in [("MiB", 1 << 20), ("KiB", 1 << 10), ("", 1)]
        where text.hasSuffix(unit) {
            let digits = text.dropLast(unit.count)
            guard let number = Int(digits),
                digits.utf8.first.map({ (0x30...0x39).contains($0) }) == true,
                number <= 1 << 28
            else { continue }
            let size = number * factor
            if (1024...(64 << 20)).contains(size) { return size }
        }
        error(
            "bad-size",
            "intake, maximum_payload: \"\(text.prefix(80))\" is not a size from 1KiB to 64MiB, such as 256KiB",
            at: node, length: min(text.count, 80))
        return nil
    }
}
