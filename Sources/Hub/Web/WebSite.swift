import Foundation
import Rules

/// What pages are made from: the home as it is configured, what is committed, and the way to the intake loop.
struct WebSite: Sendable {
    let home: LoadedHome
    let readers: ReaderPool
    let inbox: CommandInbox
    let accounts: Accounts
    let feed: CommitFeed
    /// The residences' time, by which alerts are told.
    let clock: Clock
    /// The visitors' time, by which sessions and limits run out; another one only where the residences' is played.
    let visitorClock: Clock
    let settings: WebSettings
    let limits: RateLimits
    /// What the rules would have raised.
    let backtests = BacktestDesk()
    /// What residents are called.
    let residentNames = ResidentNames()

    /// Members of staff by account: staff.yaml says roles and residences; an administrator may stand there or not.
    func member(_ session: Accounts.Session) -> StaffMember {
        // A resident is nobody of staff, whatever staff.yaml says meanwhile.
        if session.person != nil {
            return StaffMember(id: session.id, name: session.id.rawValue, roles: [])
        }
        var member =
            home.staff.member(session.id)
            ?? StaffMember(id: session.id, name: session.id.rawValue, roles: [])
        if session.isAdministrator { member.roles.insert(.administrator) }
        return member
    }

    /// Has the intake loop do something, and waits until that is committed.
    ///
    /// - Throws: `WebFailure` with the hub's words where it says no.
    func perform(_ command: Command) async throws {
        if case .refused(let reason) = await inbox.ask(.perform(command)) {
            throw WebFailure.refused(reason)
        }
    }

    /// How the hub is; nil where it does not answer.
    func status() async -> HubStatus? {
        if case .status(let status) = await inbox.ask(.status) { return status }
        return nil
    }

    /// The residences that a visitor may see, in the order of hub.yaml.
    func residences(_ visitor: Visitor) -> [Residence] {
        home.home.residences.filter { visitor.maySee($0.id) }
    }

    func zone(_ residence: ResidenceID) -> ZoneOffsets { home.plan.roster.zone(of: residence) }

    /// What people call a member of staff, or whatever else stands as an actor.
    func name(_ actor: String) -> String {
        home.staff.member(StaffID(rawValue: actor))?.name ?? actor
    }
}
