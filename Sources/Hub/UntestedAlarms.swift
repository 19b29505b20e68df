public import Rules

/// What `hubctl check` says of alarms that were never seen to work.
public enum UntestedAlarms {
    /// A warning for each such device, at its place in devices.yaml; none where the hub never ran on the home.
    public static func diagnostics(_ home: LoadedHome) -> [Diagnostic] {
        guard !home.hasErrors,
            let changes = try? JournalReader(path: home.folder + "/foyer.sqlite").deviceChanges()
        else { return [] }
        let ledger = DeviceLedger(changes)
        let places = DevicePlaces(home)
        return home.home.devices.compactMap { device in
            let alarms = ledger.untested(device)
            guard !alarms.isEmpty else { return nil }
            let names = alarms.map(\.description).joined(separator: ", ")
            return Diagnostic(
                .warning, code: "alarm-not-tested",
                "device \"\(device.id)\": \(names) was never seen to work; run: hubctl devices test \(device.id) --by NAME",
                at: places[device.id])
        }
    }
}
