import Foundation
import Hummingbird
import HummingbirdCore
import Rules

/// Who looked at the person's data: on the pages, and in the vault that has their name.
struct ResidentLooks {
    static let days: Int64 = 14
    /// So many lines are shown, latest first.
    static let most = 60

    let resident: Resident

    init(_ resident: Resident) { self.resident = resident }

    func page() throws -> Response {
        let (looks, isWhole) = try looks()
        var lines = [resident.line(.day, resident.word("looks_days"))]
        if !isWhole {
            lines.append(resident.line(.draft, resident.word("looks_closed"), mood: "wait"))
        }
        // The same person at the same thing on the same day is one line.
        var shown: [(look: PersonLook, count: Int)] = []
        for look in looks {
            if let index = shown.firstIndex(where: {
                $0.look.by == look.by && $0.look.kind == look.kind
                    && resident.zone.day(at: $0.look.at) == resident.zone.day(at: look.at)
            }) {
                shown[index].count += 1
            } else {
                shown.append((look, 1))
            }
        }
        for (look, count) in shown.prefix(Self.most) {
            let often = count > 1 ? " " + resident.word("times", ["count": "\(count)"]) : ""
            lines.append(
                resident.line(
                    .looks,
                    "\(resident.site.name(look.by)) \(resident.word("looked_\(look.kind.rawValue)"))\(often)",
                    big: "\(resident.day(look.at)) \(resident.time(look.at))"))
        }
        if shown.count > Self.most {
            lines.append(
                resident.line(
                    .list,
                    resident.word("day_more", ["count": "\(shown.count - Self.most)"])))
        }
        if looks.isEmpty { lines.append(resident.line(.fine, resident.word("looks_none"))) }
        return resident.page(
            "me-lines", heading: resident.word("looks"), picture: .looks, ["lines": lines])
    }

    /// All looks of the last days, latest first, and whether that is all of them. One's own are left out.
    private func looks() throws -> ([PersonLook], isWhole: Bool) {
        let site = resident.site
        let all = try site.looks(
            of: resident.person, in: resident.residence.id,
            since: site.visitorClock.now() - .days(Self.days))
        return (all.looks.filter { $0.by != resident.person.rawValue }, all.isWhole)
    }
}

extension WebSite {
    /// Who looked at a person's data, on the pages and in the vault.
    func looks(
        of person: PersonID, in residence: ResidenceID, since: Instant
    ) throws -> PersonLooks {
        let staff = home.staff
        return try PersonLooks(
            of: person, in: residence, since: since,
            worksThere: { staff.member($0)?.works(in: residence) ?? true }, accounts: accounts,
            home: home.folder)
    }
}
