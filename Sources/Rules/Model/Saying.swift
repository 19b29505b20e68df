/// Something that a person said themselves, on a page of their own.
public struct Saying: Hashable, Sendable {
    /// What.
    public enum Word: Hashable, Sendable {
        /// All is well.
        case fine
        /// Help is wanted: an alert that somebody must answer.
        case help
        /// The person wishes a yes to this purpose, after they were shown that text. No yes yet: how it was understood is
        /// still to be checked by somebody.
        case wishes(Purpose, ConsentRecord.Information)
    }

    /// Who says it.
    public var person: PersonID
    /// Where the person lives.
    public var residence: ResidenceID
    /// The person's own room; nil where they have none.
    public var room: RoomID?
    /// What.
    public var word: Word

    /// Something that a person said.
    public init(person: PersonID, residence: ResidenceID, room: RoomID? = nil, word: Word) {
        self.person = person
        self.residence = residence
        self.room = room
        self.word = word
    }
}
