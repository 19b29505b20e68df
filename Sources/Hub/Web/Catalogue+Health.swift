/// How a device is, in the words of the pages, for the command line too.
extension DeviceHealth.State {
    /// Its name in the catalogue.
    var word: String {
        switch self {
        case .well: "healthy"
        case .silent: "silent"
        case .offline: "offline"
        case .bridgeAway: "bridge_away"
        case .unheard: "never_heard"
        }
    }

    /// What people read.
    public func text(inFrench: Bool) -> String {
        Catalogue.text(word, inFrench ? .french : .english)
    }
}
