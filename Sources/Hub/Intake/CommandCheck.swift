import Rules

/// Whether a command can be done as things stand. What cannot is refused before it is stored, with the reason.
struct CommandCheck {
    let engine: Engine
    let home: Home
    /// When it would be taken in.
    let now: Instant

    /// Why it cannot be done, and what can; nil where it can.
    func refusal(of command: Command) -> String? {
        switch command {
        case .acknowledge, .arrive, .resolve, .shelve, .unshelve, .answer:
            return engine.alerts.refusal(of: command, at: now)
        case .away(let residence, _, _), .drill(let residence, _):
            guard home.residences.contains(where: { $0.id == residence }) else {
                return "there is no residence \"\(residence)\" in hub.yaml"
            }
            return nil
        case .service(let scope, _, _, _): return refusal(of: scope)
        case .acceptHandover(let id, _):
            return engine.waitingHandovers.contains { $0.id == id }
                ? nil : "handover \(id) was accepted already, or there is none such"
        case .configured, .gap, .fault: return "this is not for people to say"
        }
    }

    private func refusal(of scope: ServiceScope) -> String? {
        switch scope {
        case .device(let device):
            home.devices.contains { $0.id == device }
                ? nil : "there is no device \"\(device)\" in devices.yaml"
        case .rule(let rule, let residence):
            if !engine.plan.rules.contains(where: { $0.id == rule }) {
                "there is no rule \"\(rule)\""
            } else if !home.residences.contains(where: { $0.id == residence }) {
                "there is no residence \"\(residence)\" in hub.yaml"
            } else {
                nil
            }
        }
    }
}
