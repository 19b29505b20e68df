import Rules

/// What the intake loop needs to know, beside the journal.
struct IntakeLoopSettings: Sendable {
    /// How to reach the broker; the last will is put in by the loop.
    var session: SessionSettings
    /// The compiled rules.
    var plan: Plan
    /// Who and what is where.
    var home: Home
    /// Topic and payload to readings.
    var directory: DeviceDirectory
    /// The hash of rules, devices, home and zones.
    var configuration: String
    /// The texts of the same, as one JSON.
    var configurationBody: String
    /// The most messages of one transaction; not more than the session's receive maximum.
    var batch = 4000
    /// How many of the latest messages are kept in mind, to know them again. More than can be under way: a broker that
    /// was killed goes back to a snapshot, a second or two old, and delivers again what it had passed on since.
    var deliveryWindow = 20_000
    /// The largest payload that is decoded, in bytes; larger ones go to quarantine.
    var maximumPayload = 256 * 1024
    /// How many messages the quarantine keeps; the oldest go.
    var quarantineKept = JournalWriter.maximumKept
    /// How many topics of no device are listed; the others are only counted.
    var unknownTopicsKept = JournalWriter.maximumKept
    /// How many announced devices are listed; the others are only counted.
    var announcedKept = JournalWriter.maximumAnnounced
    /// A checkpoint is written after so many entries …
    var checkpointEntries = 20_000
    /// … or so much time, where anything came.
    var checkpointInterval = TimeSpan.minutes(15)
    /// Who gave devices their places, and why.
    var placements: [PlacementNote] = []
    /// Who is told of each commit; nil for nobody.
    var feed: CommitFeed?
    /// How residences are announced to Home Assistant; nil: not.
    var homeAssistant: HomeAssistantDiscovery?
    /// Called where the hub is to start again after it has stopped.
    var onReload: @Sendable () -> Void = {}
    /// How often an idle hub notes that it is alive.
    var markInterval = TimeSpan.seconds(10)

    /// How long after a start what the broker had kept is listened to before what fell due meanwhile is told; zero: not.
    var listens = TimeSpan.zero

    /// Where the hub says how it is, retained.
    var statusTopic: String { "foyer/hub/\(session.clientID)/status" }
}
