import Foundation
import Rules

/// What `hubctl doctor` looks at: the machine, the home's files, and the broker.
public struct HubExamination: Sendable {
    private let home: LoadedHome
    private let clock: Clock

    /// An examination of a home.
    public init(_ home: LoadedHome, clock: Clock = .system) {
        self.home = home
        self.clock = clock
    }

    /// Everything that was found. Takes some seconds; the broker is tried out on topics of its own.
    public func run() -> [Finding] {
        var findings = [files]
        let last = try? JournalReader(path: home.folder + "/foyer.sqlite").lastMoment()
        findings += HomeExamination(folder: home.folder, now: clock.now()).run(last: last)
        return findings + devices() + broker()
    }

    /// Alarms that were never seen to work, and devices that nobody announces any more.
    private func devices() -> [Finding] {
        guard
            let changes = try? JournalReader(path: home.folder + "/foyer.sqlite").deviceChanges()
        else { return [] }
        let ledger = DeviceLedger(changes)
        var found: [Finding] = []
        for device in home.home.devices {
            let names = ledger.untested(device).map(\.description).joined(separator: ", ")
            if !names.isEmpty {
                found.append(
                    Finding(
                        .warning, "device",
                        "\(device.id): \(names) was never seen to work; run: hubctl devices test \(device.id) --by NAME"
                    ))
            }
            if let gone = ledger.goneSince(device.id) {
                found.append(
                    Finding(
                        .warning, "device",
                        "\(device.id) is announced no more since \(gone.iso); look whether it is there"
                    ))
            }
        }
        return found
    }

    private var files: Finding {
        let errors = home.diagnostics.count { $0.severity == .error }
        guard home.hasErrors else { return Finding(.ok, "home", home.summary) }
        return Finding(
            .error, "home",
            "\(LoadedHome.count(errors, "error")) in its files; see 'hubctl check --home \(home.folder)'"
        )
    }

    private func broker() -> [Finding] {
        guard let configuration = home.configuration else { return [] }
        let password = try? String(
            contentsOfFile: home.folder + "/broker/hub.password", encoding: .utf8
        ).trimmingCharacters(in: .whitespacesAndNewlines)
        do {
            let session = try HubService.session(configuration, hubPassword: password)
            if case .managed = configuration.broker.kind,
                (try? Reachability.require(host: session.host, port: session.port)) == nil
            {
                return [
                    Finding(
                        .note, "broker",
                        "the hub's own, which runs while the hub does; start the hub to have it tried"
                    )
                ]
            }
            let mark = String(UInt32.random(in: 0...UInt32.max), radix: 36)
            return BrokerExamination(settings: session, mark: mark).run()
        } catch {
            return [Finding(.error, "broker", "\(error)")]
        }
    }
}
