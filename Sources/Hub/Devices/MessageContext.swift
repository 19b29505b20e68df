import Rules

/// What holds for every reading of one message: whose it is, the device's own time, and whether it tells of now.
struct MessageContext {
    /// The device's place in the directory.
    let device: Int
    /// What its profile says of the message.
    let bound: DeviceDirectory.BoundMessage
    /// The device's own time, where it is plausible.
    var occurred: Instant?
    /// The same, whether or not the profile trusts it: equal in copies of one message.
    var toldTime: Instant?
    /// True where that time is older than the profile allows.
    var isOld = false
    /// What tells copies of the message; nil where nothing does.
    var mark: UInt64?

    init(device: Int, bound: DeviceDirectory.BoundMessage) {
        self.device = device
        self.bound = bound
    }

    /// False where the message is known before its content to give nothing.
    func isWanted(_ message: MQTTMessage, _ run: inout DecodingRun) -> Bool {
        if message.retained, bound.shared.profile.retained == .ignore {
            run.ignore(.retained)
            return false
        }
        return true
    }

    /// How a reading of the message may act on what is going on now; nil where it is nothing, with the reason.
    func freshness(
        _ reading: DeviceDirectory.SharedReading, _ message: MQTTMessage, _ run: inout DecodingRun
    ) -> Freshness? {
        let happens = reading.happens
        let kept = message.retained && bound.shared.profile.retained == .restore
        if kept || bound.shared.profile.role == .snapshot {
            if happens { run.ignore(.retained) }
            return happens ? nil : .restored
        }
        guard isOld, let time = bound.shared.profile.time else { return .live }
        switch reading.profile.stale ?? time.stale {
        case .late: return .late
        case .stateOnly where !happens: return .restored
        case .stateOnly, .ignore:
            run.ignore(.stale)
            return nil
        }
    }
}

extension DeviceDecoder {
    /// Reads the device's own time. One that cannot be so is not used, and told as a fault.
    func time(
        _ context: inout MessageContext, _ bytes: Span<UInt8>, _ run: inout DecodingRun
    ) {
        guard let profile = context.bound.shared.profile.time else { return }
        for pointer in profile.at {
            guard let token = pointer.find(in: tape, bytes), tape.tokens[token].kind != .null else {
                continue
            }
            guard
                let moment = moment(
                    token, profile, directory.entries[context.device].zone, bytes)
            else {
                let text = scalarText(token, bytes) ?? "no time"
                run.fault(.clock(String(text.prefix(64))), pointer.description, context.device)
                return noteTime(pointer, token, nil, bytes, &run)
            }
            guard let moment else { return noteTime(pointer, token, nil, bytes, &run) }
            guard moment >= DeviceTime.earliest,
                moment.milliseconds - run.message.received.milliseconds
                    <= profile.ahead.milliseconds
            else {
                let text = scalarText(token, bytes) ?? "no time"
                run.fault(.clock(text), pointer.description, context.device)
                tellClock(off: moment - run.message.received, context.device, &run)
                return noteTime(pointer, token, nil, bytes, &run)
            }
            context.toldTime = moment
            guard profile.isTrusted else { return noteTime(pointer, token, nil, bytes, &run) }
            context.occurred = moment
            context.isOld = run.message.received - moment > profile.maxAge
            return noteTime(pointer, token, moment, isOld: context.isOld, bytes, &run)
        }
    }

    private func noteTime(
        _ pointer: JSONPointer, _ token: Int, _ moment: Instant?, isOld: Bool = false,
        _ bytes: Span<UInt8>, _ run: inout DecodingRun
    ) {
        guard run.isExplained else { return }
        let text = scalarText(token, bytes) ?? "no time"
        run.note(.time(pointer: pointer, text: text, moment: moment, isOld: isOld))
    }

    /// A clock that is wrong is told as a reading, so that a rule can ask for it to be set. Of a retained message
    /// nobody knows when it was sent.
    private func tellClock(off: TimeSpan, _ device: Int, _ run: inout DecodingRun) {
        guard !run.message.retained, let stream = directory.entries[device].clockOffset else {
            return
        }
        run.readings.append(
            DecodedReading(
                device: device, stream: stream,
                reading: Reading(
                    capability: .clockOffset, kind: .health,
                    value: .number(Double(off.milliseconds / 1000))),
                repeats: .clockOffset))
    }

    /// The moment that a token tells; `.some(nil)` for wall time that the profile does not place; nil where it
    /// is no time.
    private func moment(
        _ token: Int, _ profile: TimeProfile, _ zone: ZoneOffsets, _ bytes: Span<UInt8>
    ) -> Instant?? {
        var reading = DeviceTime.Reading.unreadable
        switch tape.tokens[token].kind {
        case .number:
            if let number = JSONNumber.double(bytes, tape.range(token)) {
                reading = DeviceTime.epoch(number, profile.format)
            }
        case .string where tape.range(token).count <= 64:
            if profile.format == .auto || profile.format == .iso {
                // Some write the plus as an escape.
                reading =
                    tape.tokens[token].escaped
                    ? DeviceTime.iso(tape.string(token, bytes))
                    : DeviceTime.iso(bytes.extracting(tape.range(token)))
            }
            if reading == .unreadable, let number = Double(tape.string(token, bytes)) {
                reading = DeviceTime.epoch(number, profile.format)
            }
        default: break
        }
        switch reading {
        case .instant(let instant): return instant
        case .unreadable: return nil
        case .local(let wall):
            // A clock that is not set shows 1970, whatever its zone.
            if wall < DeviceTime.earliest { return wall }
            switch profile.zone {
            case .none: return .some(nil)
            case .utc: return wall
            case .local: return DeviceTime.resolve(wall, in: zone)
            }
        }
    }

    /// What copies of one message have in common and two presses do not.
    func mark(_ context: inout MessageContext, _ bytes: Span<UInt8>) {
        var hash = CopyHash()
        guard let dedupe = context.bound.shared.profile.dedupe else {
            // "repeat_window" without "dedupe": the device's own time tells copies.
            guard let told = context.toldTime else { return }
            hash.add(UInt64(bitPattern: told.milliseconds))
            context.mark = hash.value
            return
        }
        if let id = dedupe.id {
            guard let token = id.find(in: tape, bytes), tape.tokens[token].kind != .null else {
                return
            }
            for index in tape.range(token) { hash.add(bytes[index]) }
        } else {
            let left = dedupe.ignore.compactMap { $0.find(in: tape, bytes) }.map { tape.range($0) }
            var at = 0
            while at < bytes.count {
                if let range = left.first(where: { $0.contains(at) }) {
                    at = range.upperBound
                    hash.add(UInt8.max)
                } else {
                    hash.add(bytes[at])
                    at += 1
                }
            }
        }
        context.mark = hash.value
    }
}

/// FNV-1a in 64 bits: the same in every process, unlike `Hasher`, so that a replay drops the same copies.
private struct CopyHash {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    mutating func add(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            add(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
        }
    }
}
