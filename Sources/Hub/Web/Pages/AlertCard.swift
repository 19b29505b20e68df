import Foundation
import Rules

/// One alert as a card: what, where, who, since when, what to do, and what can be done now.
struct AlertCard {
    let parts: PageParts
    let visitor: Visitor
    let nextSteps: [AlertID: NextStep]

    func context(_ alert: Alert, isAlone: Bool = false) -> [String: Any] {
        let mayAct = !visitor.member.roles.isDisjoint(with: [.carer, .teamLeader])
        let isOpen = alert.response != .resolved
        let isAnswered = alert.response == .acknowledged || alert.response == .onSite
        let isVital = parts.visit.site.home.plan.isVital(alert.rule)
        var context = parts.priority(alert.priority)
        context["id"] = alert.id.rawValue
        context["title"] = parts.title(of: alert)
        context["where"] = parts.place(alert.subject)
        context["state"] = state(alert)
        context["iso"] = Timestamp.utc(alert.began)
        context["since"] =
            "\(parts.time(alert.began, alert.subject.residence)) (\(parts.ago(alert.began)))"
        context["form_token"] = visitor.formToken
        if alert.late { context["late"] = true }
        if alert.count > 1 { context["count"] = "\(alert.count)" }
        if let text = parts.visit.site.home.plan.rule(alert.rule)?.instruction {
            context["instruction"] = parts.language(text)
        }
        if let due = nextSteps[alert.id]?.due, alert.response == .unacknowledged {
            context["next"] = parts.time(due, alert.subject.residence)
        }
        if alert.display == .shelved || alert.display == .outOfService,
            let reason = alert.displayReason
        {
            context["reason"] = reason
        }
        guard mayAct, isOpen else { return context }
        if alert.display == .shown, alert.response == .unacknowledged { context["calling"] = true }
        if !isAnswered { context["mayGo"] = true }
        if alert.response == .acknowledged { context["mayArrive"] = true }
        if alert.display == .shelved { context["mayUnshelve"] = true }
        context["mayResolve"] = true
        if alert.response == .onSite { context["openDone"] = true }
        if alert.display == .shown || alert.display == .shelved {
            context["mayShelve"] = true
            if !isVital { context["mayShelveLong"] = true }
        }
        return context
    }

    private func state(_ alert: Alert) -> String {
        let language = parts.language
        let name = parts.visit.site.name
        switch (alert.response, alert.display) {
        case (.resolved, _):
            return Catalogue.state("resolved", language)
                + (alert.resolvedBy.map { " – \(name($0))" } ?? "")
        case (_, .shelved):
            let until = alert.displayUntil.map { parts.time($0, alert.subject.residence) } ?? ""
            return "\(Catalogue.state("shelved", language)) \(parts.word("until")) \(until)"
        case (_, .suppressed), (_, .outOfService):
            return Catalogue.state(alert.display.name, language)
        case (.acknowledged, _):
            return language == .french
                ? "\(name(alert.acknowledgedBy ?? "")) y va"
                : "\(name(alert.acknowledgedBy ?? "")) is going"
        case (.onSite, _):
            return language == .french
                ? "\(name(alert.onSiteBy ?? "")) y est" : "\(name(alert.onSiteBy ?? "")) is there"
        default: return Catalogue.state(alert.response.name, language)
        }
    }
}

extension Plan {
    /// Whether life may depend on what a rule watches for.
    func isVital(_ rule: RuleID) -> Bool { alertTraits(rule).isVital }
}
