import Rules

/// The part of a batch that follows devices: who announces itself, who is gone, whose place another one has, whose alarm was
/// seen.
extension IntakeBatch {
    /// Keeps what a message announces for the end of the batch.
    ///
    /// - Returns: whether it announces anything.
    mutating func announces(_ message: InboundMessage) -> Bool {
        guard
            let found = Announcements.read(
                MQTTMessage(
                    topic: message.topic, payload: message.payload, retained: message.retained,
                    received: now))
        else { return false }
        announcements.append(found)
        return true
    }

    /// Stores what was announced. A device that has its place and is announced no more is told of, once.
    mutating func settleAnnouncements(_ writer: inout JournalWriter) throws {
        guard !announcements.isEmpty else { return }
        var listed: Int?
        for announcement in announcements {
            let touched = try writer.announce(
                announcement, received: now, listed: &listed, keep: settings.announcedKept)
            for device in touched { try follow(device, &writer) }
        }
        announcements = []
    }

    private mutating func follow(
        _ touched: JournalWriter.TouchedDevice, _ writer: inout JournalWriter
    ) throws {
        let directory = settings.directory
        let there = directory.owners(of: touched.after)
        let detail =
            touched.after.first.map { "\(touched.identity) speaks on \($0) now" }
            ?? "\(touched.identity) is announced no more"
        for place in directory.owners(of: touched.before) where !there.contains(place) {
            guard let device = try noteVanished(touched, place, detail, &writer) else { continue }
            try take(.fault(.deviceGone(device), isPresent: true, detail: detail), &writer)
        }
        for place in there {
            let device = directory.devices[place].id
            guard ledger.goneSince(device) != nil else { continue }
            let detail = "\(touched.identity) is announced again"
            try note(DeviceChange(.returned, device, at: now, detail: detail), &writer)
            try take(.fault(.deviceGone(device), isPresent: false, detail: detail), &writer)
        }
    }

    /// Notes that a device that has its place is announced by nobody any more.
    ///
    /// - Returns: the device; nil where that is known, or something else announces it.
    @discardableResult
    private mutating func noteVanished(
        _ touched: JournalWriter.TouchedDevice, _ place: Int, _ detail: String,
        _ writer: inout JournalWriter
    ) throws -> DeviceID? {
        let directory = settings.directory
        let device = directory.devices[place].id
        guard ledger.goneSince(device) == nil,
            try !writer.isAnnounced(
                touched.identity, where: { directory.owners(of: $0).contains(place) })
        else { return nil }
        try note(DeviceChange(.vanished, device, at: now, detail: detail), &writer)
        return device
    }

    /// Everything that the broker keeps has come again: what is not announced any more is noted as that. No alert is raised
    /// of it: the announcement went while nobody looked, and may be all that went.
    ///
    /// - Returns: announcers of which nothing came again.
    mutating func sweepAnnounced(
        since start: Instant, _ writer: inout JournalWriter
    ) throws -> [String] {
        let sweep = try writer.sweepAnnounced(since: start, at: now)
        for touched in sweep.gone {
            for place in settings.directory.owners(of: touched.before) {
                try noteVanished(
                    touched, place,
                    "\(touched.identity) was not announced again at the last start", &writer)
            }
        }
        try writer.count("announcers_mute", sweep.mute.count)
        return sweep.mute
    }

    /// Notes that a bridge's device is heard, and what a bridge says of itself; of one that only hears whom nobody may record,
    /// only that it is there.
    mutating func watchBridge(_ decoded: DecodedReading) {
        bridges.hear(decoded.device, decoded.reading, at: now)
        guard let place = decoded.stream,
            place == settings.directory.entries[decoded.device].bridgeOnline,
            case .boolean(let isThere) = decoded.reading.value
        else { return }
        let device = settings.directory.devices[decoded.device]
        guard let bridge = device.bridgeID,
            isThere || engine.refusal(of: device.id, at: now) == nil
        else { return }
        bridges.take(
            bridge, isThere: isThere, isLive: decoded.reading.freshness == .live, at: now)
    }

    /// Tells which bridges are away, and which are back.
    mutating func settleBridges(_ writer: inout JournalWriter) throws {
        let told = bridges.settle(at: now) { place in
            engine.refusal(of: settings.directory.devices[place].id, at: now) != nil
        }
        for command in told { try take(command, &writer) }
    }

    /// Notes which devices have their place, and which have another's since the last start.
    mutating func noteDevices(_ writer: inout JournalWriter) throws {
        let directory = settings.directory
        for (place, device) in directory.devices.enumerated() {
            let topic = directory.address(of: place)
            let known = ledger.address(of: device.id)
            // Where it is heard besides is no matter of which device it is.
            if let known, known.profile == device.profile,
                directory.addresses(of: place).contains(known.topic)
            {
                continue
            }
            let isGone = ledger.goneSince(device.id) != nil
            let said = settings.placements.last {
                $0.device == device.id.rawValue && $0.profile == device.profile
                    && $0.topic == topic && $0.moment >= ledger.changed(device.id) ?? .distantPast
            }
            let details = [said?.why, known.map { "before: \($0.profile) on \($0.topic)" }]
            try note(
                DeviceChange(
                    known == nil ? .placed : .replaced, device.id, at: now, actor: said?.by,
                    profile: device.profile, topic: topic,
                    detail: details.compactMap { $0 }.filter { !$0.isEmpty }
                        .joined(separator: " – ")), &writer)
            if known != nil { try forget(device.id, &writer) }
            if isGone { try end(device.id, "another one has its place", &writer) }
        }
        let placed = Set(directory.devices.map(\.id))
        for device in ledger.placed where !placed.contains(device) {
            let isGone = ledger.goneSince(device) != nil
            try note(DeviceChange(.removed, device, at: now), &writer)
            if isGone { try end(device, "it has no place any more", &writer) }
        }
    }

    /// How the old device was is not how the new one is: nothing is known of its states until it says so.
    private mutating func forget(_ device: DeviceID, _ writer: inout JournalWriter) throws {
        guard engine.refusal(of: device, at: now) == nil else { return }
        for stream in writer.state.streams
        where stream.key.device == device && stream.kind == .state && stream.count > 0 {
            try forget(stream.id, &writer)
        }
    }

    private mutating func end(
        _ device: DeviceID, _ detail: String, _ writer: inout JournalWriter
    ) throws {
        try take(.fault(.deviceGone(device), isPresent: false, detail: detail), &writer)
    }

    /// Somebody begins to try out a device.
    mutating func beginTrial(
        of device: DeviceID, by actor: String, _ writer: inout JournalWriter
    ) throws {
        try note(DeviceChange(.testBegun, device, at: now, actor: actor), &writer)
    }

    /// Notes an alarm that was seen for the first time, or in a trial, with its message. It has long gone its way: nothing
    /// waits for this.
    mutating func prove(
        _ decoded: DecodedReading, by message: InboundMessage, _ writer: inout JournalWriter
    ) throws {
        let reading = decoded.reading
        guard reading.freshness == .live, reading.capability.mayCall else { return }
        switch reading.value {
        case .boolean(true), .text: break
        default: return
        }
        let device = settings.directory.devices[decoded.device]
        let alarm = DeviceAlarm(reading.capability, channel: reading.channel)
        guard ledger.notes(alarm, of: device.id, at: now),
            device.isAlarm(alarm)
        else { return }
        let payload = String(decoding: message.payload.prefix(200), as: UTF8.self)
        try note(
            DeviceChange(
                .tested, device.id, at: now, alarm: alarm,
                actor: ledger.trial(of: device.id, at: now)?.actor,
                detail: "\(message.topic) \(payload)"), &writer)
    }

    private mutating func note(_ change: DeviceChange, _ writer: inout JournalWriter) throws {
        try writer.record(change)
        ledger.take(change)
        hasDeviceChanges = true
    }
}

extension Device {
    /// Whether what was seen is an alarm of it, also on a channel that devices.yaml does not name.
    fileprivate func isAlarm(_ seen: DeviceAlarm) -> Bool {
        alarms.contains { $0.capability == seen.capability }
    }
}

extension Capability {
    /// Whether it may be an alarm at all: looked at for each reading.
    fileprivate var mayCall: Bool { rawValue.hasPrefix("alarm.") || self == "button.press" }
}
