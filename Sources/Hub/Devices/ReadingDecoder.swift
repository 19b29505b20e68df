import Rules

/// What a payload has at a place, before the profile gives it a meaning.
enum RawValue {
    case null
    case boolean(Bool)
    /// A number as written; nil where it is beyond a Double's range.
    case number(Double?, text: String)
    case text(String)
    case array
    case object
}

/// Where one reading of a message is taken from.
struct ReadingPlace {
    /// Which of the message's readings.
    var reading: Int
    /// The element, where there is `each`.
    var element: (key: String, token: Int)?
    /// The channel, where it is known only from the message.
    var channel: String?
}

/// The part of the decoder that finds a reading's value in a payload and gives it its meaning. What a profile says of a reading is
/// an object that is handed on: a copy of it would count up and down all that it holds, for every reading of every message.
extension DeviceDecoder {
    private typealias Shared = DeviceDirectory.SharedReading

    /// One line of a profile's `readings`: none, one, or with `each` several readings.
    func reading(
        _ number: Int, _ context: MessageContext, _ bytes: Span<UInt8>, _ run: inout DecodingRun
    ) {
        let shared = context.bound.shared.readings[number]
        if shared.isOne {
            return take(ReadingPlace(reading: number), shared, below: 0, context, bytes, &run)
        }
        guard let each = shared.profile.each else {
            for test in shared.profile.guards where !holds(test, at: 0, bytes) {
                if run.isExplained { run.note(.readingGuarded(shared.profile, test)) }
                return
            }
            return take(ReadingPlace(reading: number), shared, below: 0, context, bytes, &run)
        }
        guard let container = each.at.find(in: tape, bytes) else {
            if run.isExplained {
                run.note(.absent(shared.profile, pointer: each.at.description))
            }
            return
        }
        let kind = tape.tokens[container].kind
        guard kind == .array || kind == .object else {
            if kind != .null {
                let found = found(raw(container, bytes))
                run.fault(
                    .wrongType(expected: shared.profile.type, found: found), each.at.description,
                    context.device)
            }
            return
        }
        guard let members = tape.members(of: container, limit: Self.maximumElements, bytes) else {
            return run.fault(.tooManyElements, each.at.description, context.device)
        }
        for member in members where each.keys?.matches(member.key) ?? true {
            var isMeant = true
            for test in shared.profile.guards where isMeant {
                isMeant = holds(test, at: member.value, bytes)
            }
            guard isMeant else { continue }
            let place = ReadingPlace(reading: number, element: (member.key, member.value))
            take(place, shared, below: member.value, context, bytes, &run)
        }
    }

    private func take(
        _ place: ReadingPlace, _ shared: Shared, below root: Int, _ context: MessageContext,
        _ bytes: Span<UInt8>, _ run: inout DecodingRun
    ) {
        var place = place
        if context.bound.streams[place.reading] == nil {
            guard let channel = channel(place, shared, root, context, bytes, &run) else { return }
            place.channel = channel
        }
        if let value = found(place, shared, below: root, bytes) {
            return finish(value, place, shared, context, &run)
        }
        guard let value = shared.profile.defaultValue else {
            if run.isExplained {
                run.note(
                    .absent(shared.profile, pointer: pointer(shared.profile, place) ?? ""))
            }
            return
        }
        add(value, nil, place, shared, context, &run)
    }

    /// What the payload has where the profile looks; nil where there is nothing.
    private func found(
        _ place: ReadingPlace, _ shared: Shared, below root: Int, _ bytes: Span<UInt8>
    ) -> RawValue? {
        switch shared.profile.source {
        case .key: return place.element.map { .text($0.key) }
        case .payload: return raw(root, bytes)
        case .pointer(let pointer):
            guard let token = pointer.find(in: tape, bytes, from: root) else { return nil }
            return raw(token, bytes)
        }
    }

    private func channel(
        _ place: ReadingPlace, _ shared: Shared, _ root: Int, _ context: MessageContext,
        _ bytes: Span<UInt8>, _ run: inout DecodingRun
    ) -> String? {
        switch shared.profile.channel {
        case .always(let text): return text
        case .placeholder: return placeholderChannel(place, shared, context, &run)
        case .key: return short(place.element?.key, place, shared, context, &run)
        case .pointer(let pointer):
            var text: String?
            if let token = pointer.find(in: tape, bytes, from: root) {
                text = scalarText(token, bytes)
            }
            return short(text, place, shared, context, &run)
        }
    }

    /// The channel that a placeholder of the topic stands for.
    func placeholderChannel(
        _ place: ReadingPlace, _ shared: DeviceDirectory.SharedReading, _ context: MessageContext,
        _ run: inout DecodingRun
    ) -> String? {
        guard case .placeholder(let name) = shared.profile.channel else { return nil }
        return short(
            context.bound.topic.match(run.message.topic)?[name], place, shared, context, &run)
    }

    private func short(
        _ channel: String?, _ place: ReadingPlace, _ shared: Shared, _ context: MessageContext,
        _ run: inout DecodingRun
    ) -> String? {
        guard let channel else { return nil }
        guard channel.utf8.count > CapabilityVocabulary.maximumChannelBytes else { return channel }
        run.fault(
            .textTooLong(bytes: channel.utf8.count), pointer(shared.profile, place), context.device)
        return nil
    }

    /// The place of a reading as a JSON pointer; nil for the whole payload.
    func pointer(_ profile: ReadingProfile, _ place: ReadingPlace) -> String? {
        var text = ""
        if let each = profile.each, let element = place.element {
            text = each.at.description + "/" + JSONPointer.escaped(element.key)
        }
        if case .pointer(let pointer) = profile.source { text += pointer.description }
        return text.isEmpty ? nil : text
    }

    /// Gives a raw value its meaning, and adds the reading where it has one.
    func finish(
        _ raw: RawValue, _ place: ReadingPlace, _ shared: DeviceDirectory.SharedReading,
        _ context: MessageContext, _ run: inout DecodingRun
    ) {
        let reader = ValueReader(
            shared: shared, battery: directory.entries[context.device].battery)
        switch reader.meaning(of: raw) {
        case .value(let value):
            add(value, raw, place, shared, context, &run)
        case .nothing(let why):
            noteNothing(raw, place, shared, why, &run)
        case .reset:
            run.resets.append(decoded(.boolean(false), .live, place, shared, context))
            run.ignore(.nothing)
            noteNothing(raw, place, shared, "the end of a press is none", &run)
        case .fault(let reason, let value):
            run.fault(reason, pointer(shared.profile, place), context.device)
            if let value {
                add(value, raw, place, shared, context, &run)
            } else if run.isExplained {
                noteNothing(raw, place, shared, reason.description, &run)
            }
        }
    }

    /// What is told in place of a value that the payload left out, and the profile gave.
    private var leftOut: String { "left out" }

    private func noteNothing(
        _ raw: RawValue?, _ place: ReadingPlace, _ shared: Shared, _ why: String,
        _ run: inout DecodingRun
    ) {
        guard run.isExplained else { return }
        run.note(
            .nothing(
                shared.profile, pointer: pointer(shared.profile, place),
                raw: raw.map(text) ?? leftOut, why: why))
    }

    private func add(
        _ value: Value, _ raw: RawValue?, _ place: ReadingPlace, _ shared: Shared,
        _ context: MessageContext, _ run: inout DecodingRun
    ) {
        guard let freshness = context.freshness(shared, run.message, &run) else {
            return noteNothing(
                raw, place, shared,
                "it does not happen now: kept by the broker, a snapshot, or too old", &run)
        }
        run.readings.append(decoded(value, freshness, place, shared, context))
        guard run.isExplained, let last = run.readings.last else { return }
        run.note(
            .reading(
                last.reading, pointer: pointer(shared.profile, place),
                raw: raw.map(text) ?? leftOut))
    }

    private func decoded(
        _ value: Value, _ freshness: Freshness, _ place: ReadingPlace, _ shared: Shared,
        _ context: MessageContext
    ) -> DecodedReading {
        let stream = context.bound.streams[place.reading]
        var channel = place.channel ?? ""
        if let stream { channel = directory.streams[stream].channel }
        return DecodedReading(
            device: context.device, stream: stream,
            reading: Reading(
                capability: shared.profile.capability, channel: channel,
                kind: shared.profile.kind, value: value, occurred: context.occurred,
                freshness: freshness),
            repeats: shared.repeats, copyMark: context.mark, address: context.bound.address)
    }
}

/// Looking at tokens.
extension DeviceDecoder {
    /// Whether a guard holds below a token.
    func holds(_ test: Guard, at root: Int, _ bytes: Span<UInt8>) -> Bool {
        let token = test.at.find(in: tape, bytes, from: root)
        switch test.test {
        case .present(let wanted):
            return (token.map { tape.tokens[$0].kind != .null } ?? false) == wanted
        case .within(let range):
            guard let token, let text = scalarText(token, bytes), text.utf8.count <= 64,
                let number = Double(text)
            else { return false }
            return range.contains(number)
        case .oneOf(let words):
            guard let token, let text = scalarText(token, bytes) else { return false }
            return words.contains { $0.utf8.elementsEqual(text.utf8) }
        case .noneOf(let words):
            guard let token, let text = scalarText(token, bytes) else { return true }
            return !words.contains { $0.utf8.elementsEqual(text.utf8) }
        }
    }

    /// A scalar as text: a string's characters, a number or word as written; nil for null, arrays, objects.
    func scalarText(_ token: Int, _ bytes: Span<UInt8>) -> String? {
        switch tape.tokens[token].kind {
        case .null, .array, .object: nil
        case .true, .false, .number: UTF8Text.string(bytes, tape.range(token))
        case .string: tape.string(token, bytes)
        }
    }

    /// What a token says.
    func raw(_ token: Int, _ bytes: Span<UInt8>) -> RawValue {
        switch tape.tokens[token].kind {
        case .null: .null
        case .true: .boolean(true)
        case .false: .boolean(false)
        case .number:
            .number(
                JSONNumber.double(bytes, tape.range(token)),
                text: UTF8Text.string(bytes, tape.range(token)))
        case .string: .text(tape.string(token, bytes))
        case .array: .array
        case .object: .object
        }
    }

    /// A raw value for a person to read.
    func text(_ raw: RawValue) -> String {
        switch raw {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .number(_, let text): text
        case .text(let text): "\"\(printable(text))\""
        case .array: "an array"
        case .object: "an object"
        }
    }

    func found(_ raw: RawValue) -> String { ValueReader.found(raw) }
}
