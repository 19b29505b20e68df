/// What waits to be told, as bytes. What follows from the rota alone is computed anew.
extension Engine {
    func writeDispatch(to writer: inout ByteWriter) {
        let escalations = dispatch.escalations.values.sorted { $0.alert < $1.alert }
        writer.write(unsigned: UInt64(escalations.count))
        for escalation in escalations {
            writer.write(escalation.alert.rawValue)
            writer.write(escalation.residence.rawValue)
            writer.write(escalation.chain)
            writer.write(escalation.phase.rawValue)
            writer.write(escalation.kind.rawValue)
            writer.write(signed: Int64(escalation.step))
            writer.write(signed: Int64(escalation.round))
            writer.write(escalation.due)
            writer.write(unsigned: UInt64(escalation.told.count))
            for recipient in escalation.told {
                switch recipient {
                case .staff(let id):
                    writer.write(id.rawValue)
                    writer.write(nil as String?)
                case .contact(let contact):
                    writer.write(contact.channel)
                    writer.write(contact.address as String?)
                }
            }
        }
        let digests = dispatch.digests.sorted { $0.key < $1.key }
        writer.write(unsigned: UInt64(digests.count))
        for (residence, digest) in digests {
            writer.write(residence.rawValue)
            writer.write(signed: digest.due.milliseconds)
            write(digest.alerts.map(\.rawValue), to: &writer)
        }
        writer.write(unsigned: UInt64(dispatch.handovers.count))
        for handover in dispatch.handovers {
            writer.write(handover.residence.rawValue)
            writer.write(signed: handover.at.milliseconds)
            write(handover.outgoing.map(\.rawValue), to: &writer)
            write(handover.incoming.map(\.rawValue), to: &writer)
            write(handover.alerts.map(\.rawValue), to: &writer)
        }
    }

    mutating func readDispatch(from reader: inout ByteReader) throws(CheckpointError) {
        for _ in 0..<(try reader.count()) {
            let alert = AlertID(rawValue: try reader.text())
            let residence = ResidenceID(rawValue: try reader.text())
            let chain = try reader.optionalText()
            guard let phase = Escalation.Phase(rawValue: try reader.byte()),
                let kind = Notice.Kind(rawValue: try reader.byte())
            else { throw .damaged(offset: 0) }
            var escalation = Escalation(
                alert: alert, residence: residence, chain: chain, phase: phase, kind: kind)
            escalation.step = Int(clamping: try reader.signed())
            escalation.round = Int(clamping: try reader.signed())
            escalation.due = try reader.optionalMoment()
            for _ in 0..<(try reader.count()) {
                let name = try reader.text()
                let address = try reader.optionalText()
                escalation.told.append(
                    address.map { .contact(StaffMember.Contact(channel: name, address: $0)) }
                        ?? .staff(StaffID(rawValue: name)))
            }
            dispatch.escalations[alert] = escalation
        }
        for _ in 0..<(try reader.count()) {
            let residence = ResidenceID(rawValue: try reader.text())
            let due = Instant(milliseconds: try reader.signed())
            dispatch.digests[residence] = Dispatch.Digest(
                due: due, alerts: try texts(&reader).map { AlertID(rawValue: $0) })
        }
        for _ in 0..<(try reader.count()) {
            let residence = ResidenceID(rawValue: try reader.text())
            let at = Instant(milliseconds: try reader.signed())
            dispatch.handovers.append(
                Handover(
                    residence: residence, at: at,
                    outgoing: try texts(&reader).map { StaffID(rawValue: $0) },
                    incoming: try texts(&reader).map { StaffID(rawValue: $0) },
                    alerts: try texts(&reader).map { AlertID(rawValue: $0) }))
        }
        dispatch.restored(at: now)
    }

    private func write(_ texts: [String], to writer: inout ByteWriter) {
        writer.write(unsigned: UInt64(texts.count))
        for text in texts { writer.write(text) }
    }

    private func texts(_ reader: inout ByteReader) throws(CheckpointError) -> [String] {
        var texts: [String] = []
        for _ in 0..<(try reader.count()) { texts.append(try reader.text()) }
        return texts
    }
}
