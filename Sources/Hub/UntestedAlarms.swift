public import Rules

/// What `hubctl check` says of alarms that were never seen to work.
public enum UntestedAlarms {
    /// A warning for each such device, at its place in devices.yaml; none where the hub never ran on the home.
    public static func diagnostics(_ home: LoadedHome) -> [Diagnostic] {
        guard !home.hasErrors,
            let changes = try? JournalReader(path: home.folder + "/foyer.sqlite").deviceChanges()
        else { return [] }
        let ledger = DeviceLedger(changes)
        var places: [DeviceID: SourceLocation] = [:]
        if let text = home.sources["devices.yaml"],
            let tree = try? YAML.parse(text, file: "devices.yaml")
        {
            var reader = DevicesReader(residences: home.home.residences, profiles: nil)
            for device in reader.read(tree) { places[device.id] = device.location }
        }
        return home.home.devices.compactMap { device in
            let alarms = ledger.untested(device)
            guard !alarms.isEmpty else { return nil }
            let names = alarms.map(\.description).joined(separator: ", ")
            return Diagnostic(
                .warning, code: "alarm-not-tested",
                "device \"\(device.id)\": \(names) was never seen to work; run: hubctl devices test \(device.id) --by NAME",
                at: places[device.id] ?? SourceLocation(file: "devices.yaml", line: 1, column: 1))
        }
    }
}
