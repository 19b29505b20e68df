/// A rule as plain sentences, for residents, families and professionals to discuss what the house watches.
///
/// Made from the rule's typed form, so that it says what the rule does and not what a comment hopes: `night-exit`
/// of the demonstration reads "If the front door opens between 10:30 pm and 6:30 am and nobody moves in the hall
/// within 5 minutes, tell the team."
///
/// A rule becomes a `Statement` (`SentenceComposer`), which has no words yet, and each language puts it into words
/// (`SentenceEnglish`, `SentenceFrench`). Devices and rooms are called by their titles in the home; where
/// there is none, by what kind of thing they are, or by the name that the rule has for them.
public enum Sentence {
    /// What a rule watches and what follows, in both languages.
    ///
    /// - Parameter home: what devices and rooms are called; an empty one where it is not known.
    public static func of(_ rule: Rule, in home: Home) -> LocalizedText {
        let statement = SentenceComposer.statement(rule, home: home)
        return LocalizedText(
            english: SentenceEnglish.text(statement), french: SentenceFrench.text(statement))
    }

    /// Who answers for a rule, by when it is looked at again, and its code; nil where it says none of these.
    public static func keeping(of rule: Rule) -> LocalizedText? {
        let notes = SentenceComposer.keeping(of: rule)
        guard !notes.isEmpty else { return nil }
        return LocalizedText(
            english: SentenceEnglish.text(notes), french: SentenceFrench.text(notes))
    }
}
