import Foundation
import Rules

/// Proves that every rule's chain reaches a person at every minute of the year ahead, or names the holes.
struct ChainCheck {
    let plan: Plan
    let home: Home

    /// How far ahead is looked: a year holds each weekday, both daylight-saving days and every holiday.
    static let ahead = TimeSpan.days(366)

    /// The holes, and chains that rules name and that there are not.
    func diagnostics(from now: Instant, hasStaff: Bool) -> [Diagnostic] {
        var found = unknownChains()
        guard hasStaff else { return found }
        let places = residencesByChain()
        for chain in places.keys.sorted() {
            for residence in (places[chain] ?? []).sorted() {
                let holes = plan.roster.holes(
                    plan.roster.staff.chain(chain), in: residence, from: now,
                    to: now + Self.ahead, most: 4)
                guard !holes.isEmpty else { continue }
                found.append(
                    Diagnostic(
                        .warning, code: "chain-hole",
                        "chain \"\(chain)\" reaches nobody in residence \"\(residence)\" "
                            + holes.prefix(3).map { text($0) }.joined(separator: ", ")
                            + (holes.count > 3 ? ", and more" : "")
                            + "; add a step that always reaches somebody, or fill the rota",
                        at: SourceLocation(file: "staff.yaml", line: 1, column: 1)))
            }
        }
        return found
    }

    private func unknownChains() -> [Diagnostic] {
        let known = plan.roster.staff.chains.map(\.name)
        return plan.rules.compactMap { rule in
            guard let chain = rule.chain, !known.contains(chain), !known.isEmpty else { return nil }
            return Diagnostic(
                code: "unknown-chain",
                "rule \"\(rule.id)\": there is no chain \"\(chain)\" in staff.yaml"
                    + suggestion(for: chain, among: known),
                at: rule.location)
        }
    }

    /// From medium up: what is below calls nobody.
    private func residencesByChain() -> [String: Set<ResidenceID>] {
        var places: [String: Set<ResidenceID>] = [:]
        for instance in plan.instances {
            let rule = plan.rules[instance.rule]
            let strongest = ([rule.priority] + rule.raises.map(\.priority)).max() ?? rule.priority
            guard strongest >= .medium else { continue }
            places[rule.chain ?? Chain.defaultName, default: []].insert(
                instance.subject.residence)
        }
        return places
    }

    private func text(_ hole: CoverageHole) -> String {
        let zone = plan.roster.zone(of: hole.residence)
        return
            "from \(Timestamp.short(hole.from, in: zone)) to \(Timestamp.short(hole.to, in: zone))"
    }
}
