/// What stands between a name and what is said of it: French has a space before a colon.
func colon(isFrench: Bool) -> String { isFrench ? " : " : ": " }
