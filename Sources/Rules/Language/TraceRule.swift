/// A rule that turns events into episodes: from when until when something was in use.
public struct TraceRule: Hashable, Sendable {
    /// One way for an episode to end.
    public enum End: Hashable, Sendable {
        /// It ends when this happens.
        case event(EventExpression)
        /// It ends when this becomes true.
        case signal(SignalExpression)
        /// It ended with the last of this, once there was none for so long.
        case quiet(EventExpression, for: TimeSpan)
    }

    /// What is noted of an episode at its opening.
    public enum Attribute: Hashable, Sendable {
        /// The room of the latest presence, movement or contact in the residence.
        case lastRoom
        /// The value of the reading that opened it.
        case value
        /// Whether a signal was true, false or unknown.
        case signal(SignalExpression)
        /// Always this.
        case text(String)
    }

    /// An attribute with its name.
    public struct NamedAttribute: Hashable, Sendable {
        /// Its name; unique within the rule.
        public var name: String
        /// Where its value comes from.
        public var source: Attribute

        /// An attribute with its name.
        public init(name: String, source: Attribute) {
            self.name = name
            self.source = source
        }
    }

    /// The most attributes, and ways to end, that a rule may have; with the longest text, they bound an instance's
    /// state.
    public static let maximumAttributes = 6
    /// See `maximumAttributes`.
    public static let maximumEnds = 8
    /// The longest text that an attribute keeps, in bytes of UTF-8; the rest is cut off.
    public static let maximumText = 120

    /// Its name; unique among traces.
    public var id: TraceID
    /// One instance for each of these.
    public var scope: Rule.Scope
    /// What opens an episode.
    public var from: EventExpression
    /// What ends it, whichever comes first.
    public var until: [End]
    /// The signal that the episode is the truth of, where the rule says no more than that.
    public var whole: SignalExpression?
    /// An opening less than this after the end continues the same episode.
    public var mergeGap: TimeSpan
    /// What is noted at the opening, by name.
    public var attributes: [NamedAttribute]
    /// A short heading; nil where the rule gives none.
    public var title: LocalizedText?
    /// Who looks after the rule; nil where it says nothing.
    public var owner: String?
    /// Where it stands.
    public var location: SourceLocation

    /// A trace rule. Attributes are kept in the order of their names.
    public init(
        id: TraceID, scope: Rule.Scope = .residence, from: EventExpression, until: [End],
        whole: SignalExpression? = nil, mergeGap: TimeSpan = .zero,
        attributes: [NamedAttribute] = [], title: LocalizedText? = nil, owner: String? = nil,
        location: SourceLocation = SourceLocation(file: "", line: 1, column: 1)
    ) {
        self.id = id
        self.scope = scope
        self.from = from
        self.until = until
        self.whole = whole
        self.mergeGap = mergeGap
        self.attributes = attributes.sorted { $0.name < $1.name }
        self.title = title
        self.owner = owner
        self.location = location
    }

    /// A trace of the time that a signal is true.
    public init(
        id: TraceID, scope: Rule.Scope = .residence, while signal: SignalExpression,
        mergeGap: TimeSpan = .zero, attributes: [NamedAttribute] = []
    ) {
        self.init(
            id: id, scope: scope, from: .begins(signal), until: [.event(.ends(signal))],
            whole: signal, mergeGap: mergeGap, attributes: attributes)
    }

    /// Changes with what the rule means, and with nothing else: not with comments, titles or the place in the file.
    public var version: String {
        var hash = StableHash()
        hash.mix(id.rawValue)
        hash.mix(scope.rawValue)
        // The typed form has neither places nor comments, and every value in it prints the same in every process.
        hash.mix(String(describing: from))
        hash.mix(String(describing: until))
        hash.mix(mergeGap.milliseconds)
        hash.mix(String(describing: attributes))
        return hash.text
    }
}
