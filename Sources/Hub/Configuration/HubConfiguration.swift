public import Rules

/// What hub.yaml says: the site, its residences, its broker and its limits. Everything but the residences has a
/// default, and `hubctl init` writes them all out.
public struct HubConfiguration: Hashable, Sendable {
    /// The site's identifier: part of the MQTT client id.
    public var site: String
    /// What people call the site.
    public var title: LocalizedText
    /// The IANA time zone of residences that give none.
    public var zone: String
    /// The residences, in the order of the file.
    public var residences: [Residence]
    /// The days that `holidays` means in a rule's window.
    public var holidays: Holidays
    /// The broker and the hub's session with it.
    public var broker: BrokerSettings
    /// Where the pages listen; nil: nowhere.
    public var listen: ListenAddress?
    /// How the pages are served.
    public var web: WebSettings
    /// Whether and how residences are announced to Home Assistant; nil: not.
    public var homeAssistant: HomeAssistantSettings? = HomeAssistantSettings()
    /// What holds where nobody was asked.
    public var consent = ConsentPolicy.optOut
    /// How long what was recorded is kept.
    public var retention = RetentionSettings()
    /// Who validated the easy-read texts of the residents' page; nil: nobody yet, and the page says so.
    public var easyRead: EasyReadValidation?
    /// What the intake takes at most.
    public var intake: IntakeSettings

    /// A configuration; what is left out is the default.
    public init(
        site: String, title: LocalizedText, zone: String, residences: [Residence],
        holidays: Holidays = Holidays(), broker: BrokerSettings = BrokerSettings(),
        listen: ListenAddress? = ListenAddress(host: "127.0.0.1", port: 8080),
        web: WebSettings = WebSettings(),
        intake: IntakeSettings = IntakeSettings()
    ) {
        self.site = site
        self.title = title
        self.zone = zone
        self.residences = residences
        self.holidays = holidays
        self.broker = broker
        self.listen = listen
        self.web = web
        self.intake = intake
    }

    /// The MQTT client id: the one given, else `foyer-` and the site.
    public var clientID: String { broker.clientID ?? "foyer-\(site)" }
}

/// Who read texts that are to be easy, and found them so. Easy-read texts are validated by people for whom they are
/// written (Inclusion Europe, "Information for all").
public struct EasyReadValidation: Hashable, Sendable {
    /// Who, in words.
    public var names: String
    /// On which day.
    public var on: CalendarDate
}

/// A host and a port.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A host name or an address; IPv6 without brackets.
    public var host: String
    /// 1 … 65535.
    public var port: UInt16

    /// A host and a port.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// `127.0.0.1:8080`, `[::1]:8080`.
    public var description: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }
}

/// How residences are announced to Home Assistant over MQTT.
public struct HomeAssistantSettings: Hashable, Sendable {
    /// Home Assistant's discovery prefix.
    public var prefix: String
    /// Whether names are in French; else they are in English.
    public var isFrench: Bool

    /// How residences are announced; what is left out is the default.
    public init(prefix: String = "homeassistant", isFrench: Bool = true) {
        self.prefix = prefix
        self.isFrench = isFrench
    }
}

/// The broker, and the hub's session with it.
public struct BrokerSettings: Hashable, Sendable {
    /// Whose broker it is.
    public enum Kind: Hashable, Sendable {
        /// The hub's own: started, supervised and stopped by it, listening there.
        case managed(ListenAddress)
        /// Somebody else's.
        case foreign(BrokerAddress)
    }

    /// Whose broker it is; by default the hub's own, on loopback.
    public var kind: Kind
    /// The MQTT client id; nil: `foyer-` and the site. The broker keeps the session under it.
    public var clientID: String?
    /// The topic filters that the hub subscribes to.
    public var subscriptions: [String]
    /// How long the broker keeps what comes while the hub is away.
    public var sessionExpiry: TimeSpan
    /// How long the connection may be silent.
    public var keepAlive: TimeSpan

    /// A broker; what is left out is the default.
    public init(
        kind: Kind = .managed(ListenAddress(host: "127.0.0.1", port: 1883)),
        clientID: String? = nil, subscriptions: [String] = ["#"],
        sessionExpiry: TimeSpan = .days(7), keepAlive: TimeSpan = .seconds(30)
    ) {
        self.kind = kind
        self.clientID = clientID
        self.subscriptions = subscriptions
        self.sessionExpiry = sessionExpiry
        self.keepAlive = keepAlive
    }
}

/// Somebody else's broker.
public struct BrokerAddress: Hashable, Sendable {
    /// Where it listens.
    public var address: ListenAddress
    /// Whether the connection is encrypted (`mqtts`).
    public var encrypted: Bool
    /// The user; nil for none.
    public var user: String?
    /// The file whose first line is the password; an absolute path.
    public var passwordFile: String?
    /// The file with the certificates of the authorities to trust; nil: the system's. An absolute path.
    public var authorityFile: String?
    /// The hub's own certificate; an absolute path. Goes with `keyFile`.
    public var certificateFile: String?
    /// The key of the hub's own certificate; an absolute path.
    public var keyFile: String?

    /// A broker at an address, without encryption, user or certificates.
    public init(address: ListenAddress, encrypted: Bool = false, user: String? = nil) {
        self.address = address
        self.encrypted = encrypted
        self.user = user
    }
}

/// What the intake takes at most, and what happens beyond.
public struct IntakeSettings: Hashable, Sendable {
    /// How many messages are committed together at most; four times as many may be under way (the MQTT receive maximum).
    public var batch: Int
    /// The largest payload in bytes that is read; a larger one goes to quarantine, cut off.
    public var maximumPayload: Int
    /// How many topics of unknown devices are listed; the rest are counted together.
    public var unknownTopics: Int
    /// How many rows the quarantine keeps; the oldest go.
    public var quarantine: Int

    /// Limits; what is left out is the default.
    public init(
        batch: Int = 4000, maximumPayload: Int = 256 * 1024, unknownTopics: Int = 10_000,
        quarantine: Int = 10_000
    ) {
        self.batch = batch
        self.maximumPayload = maximumPayload
        self.unknownTopics = unknownTopics
        self.quarantine = quarantine
    }
}

/// Where and how the pages are served: the `web` part of hub.yaml.
public struct WebSettings: Hashable, Sendable {
    /// The certificate, with those of its issuers, as a PEM file; nil: without encryption.
    public var certificateFile: String?
    /// Its key.
    public var keyFile: String?
    /// How long somebody stays signed in.
    public var session: TimeSpan

    /// What is left out is the default: no encryption, 12 hours.
    public init(
        certificateFile: String? = nil, keyFile: String? = nil, session: TimeSpan = .hours(12)
    ) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.session = session
    }

    /// Whether the pages are encrypted.
    public var isEncrypted: Bool { certificateFile != nil }
}
