import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Rules

/// For those who watch the hub: is it well, and its counters.
enum Health {
    static func routes(_ live: Live) -> [Route] {
        [
            Route(method: .get, path: "/healthz", access: .anybody) { visit in
                let status = await visit.site.status()
                let isWell = status?.state == "online"
                return Response(
                    status: isWell ? .ok : .serviceUnavailable,
                    headers: [.contentType: "text/plain; charset=utf-8"],
                    body: ResponseBody(
                        byteBuffer: ByteBuffer(string: (status?.state ?? "no answer") + "\n")))
            },
            Route(method: .get, path: "/metrics", access: .anybody) { visit in
                Response(
                    status: .ok,
                    headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: ResponseBody(
                        byteBuffer: ByteBuffer(string: try await metrics(visit, live))))
            },
        ]
    }

    /// Prometheus' text format, 0.0.4. Counts only: no residence, no person, no device.
    private static func metrics(_ visit: Visit, _ live: Live) async throws -> String {
        let status = await visit.site.status()
        let (alerts, counters, waiting) = try await visit.site.readers.read { reader in
            (
                try reader.alerts(openOnly: true), try reader.counters(),
                try reader.nextSteps().count
            )
        }
        var text = ""
        func metric(_ name: String, _ type: String, _ help: String, _ lines: [(String, Int)]) {
            text += "# HELP foyer_\(name) \(help)\n# TYPE foyer_\(name) \(type)\n"
            for (labels, value) in lines { text += "foyer_\(name)\(labels) \(value)\n" }
        }
        metric(
            "up", "gauge", "Whether the hub is connected to its broker.",
            [("", status?.state == "online" ? 1 : 0)])
        metric(
            "messages_total", "counter", "MQTT messages taken in since the start.",
            [("", status?.messages ?? 0)])
        metric(
            "events_total", "counter", "Events stored since the start.",
            [("", status?.events ?? 0)])
        metric(
            "journal_entries", "gauge", "The latest entry of the journal.",
            [("", Int(status?.sequence ?? 0))])
        metric(
            "quarantined_total", "counter", "Messages that could not be read, over all time.",
            [("", counters["quarantined"] ?? 0)])
        metric(
            "alerts_open", "gauge", "Open alerts by priority.",
            Priority.allCases.map { priority in
                (
                    "{priority=\"\(priority.name)\"}",
                    alerts.count { $0.priority == priority }
                )
            })
        metric(
            "alerts_waiting", "gauge", "Alerts whose chain goes on.", [("", waiting)])
        metric("live_pages", "gauge", "Pages that listen for changes.", [("", live.listeners)])
        return text
    }
}
