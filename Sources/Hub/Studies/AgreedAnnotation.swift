import Rules

/// What somebody said of a span, given by its author, of a span that the person agreed to as a whole: what a study may have of it.
struct AgreedAnnotation: Sendable {
    let annotation: Annotation
    /// The device it is about; nil: all.
    let device: SelectedDevice?
    /// Of the person's residence.
    let zone: ZoneOffsets

    /// Reads them from the home's vault, where there is one; who looks is written down.
    ///
    /// - Throws: `VaultError`.
    static func all(
        of people: [PersonID], study: StudyProtocol, home: LoadedHome, _ timeline: ConsentTimeline,
        _ selection: StudySelection, by actor: String, purpose: String, now: Instant
    ) throws -> [AgreedAnnotation] {
        guard let vault = try Vault.existing(home: home.folder) else { return [] }
        var result: [AgreedAnnotation] = []
        for person in people {
            guard let residence = home.home.residences.first(where: { $0.people.contains(person) })
            else { continue }
            let locality = home.home.locality(of: residence, zones: home.zones)
            for annotation in try vault.annotations(of: person, by: actor, what: purpose, at: now)
            where annotation.mayLeave {
                let span = annotation.span
                let zone = locality.zone
                let device = selection.devices.first { $0.device.id == annotation.device }
                let subject = ConsentSubject(
                    subject: ConsentBook.Subject(
                        device: annotation.device ?? "", room: device?.device.room,
                        people: [person]), residence: residence.id, locality: locality)
                guard study.from.daysSince1970 <= zone.day(at: span.lowerBound),
                    zone.day(at: span.upperBound) <= study.until.daysSince1970,
                    annotation.device == nil || device != nil,
                    timeline.closed(
                        for: study.id, subject,
                        in: span.lowerBound..<(span.upperBound + .milliseconds(1))
                    ).isEmpty
                else { continue }
                result.append(
                    AgreedAnnotation(annotation: annotation, device: device, zone: zone))
            }
        }
        return result
    }
}
