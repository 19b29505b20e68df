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

    private struct Look {
        var at: Instant
        var by: String
        var word: String
    }

    func page() throws -> Response {
        let (looks, isWhole) = try looks()
        var lines = [resident.line(.day, resident.word("looks_days"))]
        if !isWhole {
            lines.append(resident.line(.draft, resident.word("looks_closed"), mood: "wait"))
        }
        // The same person at the same thing on the same day is one line.
        var shown: [(look: Look, count: Int)] = []
        for look in looks {
            if let index = shown.firstIndex(where: {
                $0.look.by == look.by && $0.look.word == look.word
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
                    .looks, "\(resident.site.name(look.by)) \(resident.word(look.word))\(often)",
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

    /// All looks of the last days, latest first, and whether that is all of them.
    private func looks() throws -> ([Look], isWhole: Bool) {
        let site = resident.site
        let since = site.visitorClock.now() - .days(Self.days)
        let residence = resident.residence.id
        var looks = try site.accounts.looks(at: residence, since: since).filter { access in
            guard access.residence == nil else { return true }
            // A page about all residences shows this one to whoever works here.
            return site.home.staff.member(access.by)?.works(in: residence) ?? true
        }.map { Look(at: $0.at, by: $0.by.rawValue, word: Self.word(of: $0.what)) }
        var isWhole = true
        if let vault = site.vault(makes: false) {
            do {
                looks += try vault().accesses(of: resident.person).filter {
                    $0.at >= since && $0.by != resident.person.rawValue
                }.map { Look(at: $0.at, by: $0.by, word: Self.word(ofVault: $0.what)) }
            } catch {
                isWhole = false
            }
        }
        return (looks.sorted { ($1.at, $0.by, $0.word) < ($0.at, $1.by, $1.word) }, isWhole)
    }

    /// What a page is called in easy words, by its path.
    static func word(of path: String) -> String {
        switch path {
        case "/": return "looked_now"
        case "/handover": return "looked_handover"
        case "/people": return "looked_people"
        default: break
        }
        if path.hasPrefix("/alerts") || path.hasPrefix("/api/v1/alerts") { return "looked_alerts" }
        if path.hasPrefix("/residences/") {
            if path.contains("/day") { return "looked_day" }
            if path.hasSuffix("/use") { return "looked_use" }
        }
        return "looked_other"
    }

    /// What somebody did in the vault, in easy words.
    static func word(ofVault what: String) -> String {
        switch what {
        case "list": "looked_list"
        case "show": "looked_show"
        case "change": "looked_change"
        case let what where what.hasPrefix("annotation"): "looked_annotations"
        case let what where what.hasPrefix("study") || what.hasPrefix("export"): "looked_study"
        default: "looked_other"
        }
    }
}

extension WebSite {
    /// The way to the vault of the home; nil where it has none and none is to be made. Opening it may fail: its key may be away.
    func vault(makes: Bool) -> (() throws(VaultError) -> Vault)? {
        let folder = home.folder
        guard makes || FileManager.default.fileExists(atPath: folder + "/vault.sqlite") else {
            return nil
        }
        return { () throws(VaultError) in try Vault(home: folder) }
    }
}
