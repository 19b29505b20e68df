import Foundation
public import Rules

/// One look at what is known of a person.
public struct PersonLook: Hashable, Sendable {
    /// What was looked at.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case now, handover, people, alerts, day, use, words, looks, names, list, show, change
        case annotations, measures, study, report, copy, erasure, other
    }

    /// Where it was written down.
    public enum Source: Hashable, Sendable {
        /// With the pages; the page's path.
        case page(String)
        /// In the vault; what for.
        case vault(String)

        /// The page's path, or what for, as it is written down.
        public var text: String {
            switch self {
            case .page(let path): path
            case .vault(let what): what
            }
        }
    }

    /// When.
    public var at: Instant
    /// Who: an account, or who worked on the machine itself.
    public var by: String
    /// Where it was written down.
    public var source: Source

    /// What was looked at.
    public var kind: Kind {
        switch source {
        case .page(let path): Self.kind(ofPage: path)
        case .vault(let what): Self.kind(ofVault: what)
        }
    }

    private static func kind(ofPage path: String) -> Kind {
        switch path {
        case "/": return .now
        case "/handover": return .handover
        case "/people": return .people
        default: break
        }
        if path.hasPrefix("/alerts") || path.hasPrefix("/api/v1/alerts") { return .alerts }
        guard path.hasPrefix("/residences/") else { return .other }
        if path.contains("/day") { return .day }
        if path.hasSuffix("/use") { return .use }
        if path.contains("/words") { return .words }
        if path.hasSuffix("/looks") { return .looks }
        return .other
    }

    private static func kind(ofVault what: String) -> Kind {
        switch what {
        case "list": .list
        case "names": .names
        case "show": .show
        case "change": .change
        case "measures": .measures
        case let what where what.hasPrefix("annotation"): .annotations
        // What a person asks for themselves is no study.
        case "export": .copy
        case "erase": .erasure
        case let what where what.hasPrefix("report of study"): .report
        case let what where what.hasPrefix("export of study"): .study
        default: .other
        }
    }
}

/// Who looked at a person's data, on the pages and in the vault, as one list.
public struct PersonLooks: Hashable, Sendable {
    /// Latest first.
    public var looks: [PersonLook]
    /// Whether that is all: a vault that cannot be opened keeps its own to itself.
    public var isWhole: Bool

    /// - Parameters:
    ///   - residence: where the person lives; pages about it are looks at them. Nil: nowhere, and only the vault knows.
    ///   - worksThere: whether somebody works in that residence: a page about all residences shows it to them.
    ///   - accounts: of the pages; nil where there are none.
    ///   - home: the home's folder, whose vault is asked where there is one.
    /// - Throws: `PeopleError`.
    public init(
        of person: PersonID, in residence: ResidenceID?, since: Instant,
        worksThere: (StaffID) -> Bool, accounts: Accounts?, home: String
    ) throws(PeopleError) {
        var looks: [PersonLook] = []
        if let residence, let accounts {
            looks = try accounts.looks(at: residence, since: since).filter {
                $0.residence != nil || worksThere($0.by)
            }.map { PersonLook(at: $0.at, by: $0.by.rawValue, source: .page($0.what)) }
        }
        isWhole = true
        do {
            let accesses = try Vault.existing(home: home)?.accesses(of: person) ?? []
            looks += accesses.filter { $0.at >= since }
                .map { PersonLook(at: $0.at, by: $0.by, source: .vault($0.what)) }
        } catch {
            isWhole = false
        }
        self.looks = looks.sorted {
            ($1.at, $0.by, $0.kind.rawValue) < ($0.at, $1.by, $1.kind.rawValue)
        }
    }

    /// All looks at a person, on the pages and in the vault, as a home's files know them.
    ///
    /// - Throws: `PeopleError`.
    public init(of person: PersonID, home: LoadedHome) throws(PeopleError) {
        let residence = home.home.residences.first { $0.people.contains(person) }?.id
        let accounts = home.folder + "/people.sqlite"
        try self.init(
            of: person, in: residence, since: .distantPast,
            worksThere: { staff in
                guard let residence, let member = home.staff.member(staff) else { return true }
                return member.works(in: residence)
            },
            accounts: FileManager.default.fileExists(atPath: accounts)
                ? try Accounts(path: accounts) : nil, home: home.folder)
    }
}
