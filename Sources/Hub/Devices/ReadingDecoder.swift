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

/// The part of the decoder that finds a reading's value in a payload and gives it its meaning.
extension DeviceDecoder {
    /// One line of a profile's `readings`: none, one, or with `each` several readings.
    func reading(_ number: Int, _ context: MessageContext, _ run: inout DecodingRun) {
        let shared = context.bound.shared.readings[number]
        let payload = run.message.payload
        let bytes = payload.span
        guard let each = shared.profile.each else {
            for test in shared.profile.guards where !holds(test, at: 0, bytes) {
                return run.note(.readingGuarded(shared.profile, test))
            }
            return take(ReadingPlace(reading: number), below: 0, context, &run)
        }
        guard let container = each.at.find(in: tape, bytes) else {
            return run.note(.absent(shared.profile, pointer: each.at.description))
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
            guard shared.profile.guards.allSatisfy({ holds($0, at: member.value, bytes) }) else {
                continue
            }
            let place = ReadingPlace(reading: number, element: (member.key, member.value))
            take(place, below: member.value, context, &run)
        }
    }

    private func take(
        _ place: ReadingPlace, below root: Int, _ context: MessageContext,
        _ run: inout DecodingRun
    ) {
        let shared = context.bound.shared.readings[place.reading]
        let payload = run.message.payload
        let bytes = payload.span
        var place = place
        if context.bound.streams[place.reading] == nil {
            guard let channel = channel(shared.profile, place, root, context, &run) else { return }
            place.channel = channel
        }
        let value: RawValue?
        switch shared.profile.source {
        case .key: value = place.element.map { .text($0.key) }
        case .payload: value = raw(root, bytes)
        case .pointer(let pointer):
            value = pointer.find(in: tape, bytes, from: root).map { raw($0, bytes) }
        }
        if let value { return finish(value, place, context, &run) }
        guard let value = shared.profile.defaultValue else {
            return run.note(.absent(shared.profile, pointer: pointer(shared.profile, place) ?? ""))
        }
        add(value, "left out", place, context, &run)
    }

    private func channel(
        _ profile: ReadingProfile, _ place: ReadingPlace, _ root: Int, _ context: MessageContext,
        _ run: inout DecodingRun
    ) -> String? {
        switch profile.channel {
        case .always(let text): return text
        case .placeholder: return placeholderChannel(place, context, &run)
        case .key: return short(place.element?.key, place, context, &run)
        case .pointer(let pointer):
            let payload = run.message.payload
            let bytes = payload.span
            let text = pointer.find(in: tape, bytes, from: root).flatMap { scalarText($0, bytes) }
            return short(text, place, context, &run)
        }
    }

    /// The channel that a placeholder of the topic stands for.
    func placeholderChannel(
        _ place: ReadingPlace, _ context: MessageContext, _ run: inout DecodingRun
    ) -> String? {
        let shared = context.bound.shared.readings[place.reading]
        guard case .placeholder(let name) = shared.profile.channel else { return nil }
        return short(
            context.bound.topic.match(run.message.topic)?[name], place, context, &run)
    }

    private func short(
        _ channel: String?, _ place: ReadingPlace, _ context: MessageContext,
        _ run: inout DecodingRun
    ) -> String? {
        guard let channel else { return nil }
        guard channel.utf8.count > CapabilityVocabulary.maximumChannelBytes else { return channel }
        let shared = context.bound.shared.readings[place.reading]
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
        _ raw: RawValue, _ place: ReadingPlace, _ context: MessageContext,
        _ run: inout DecodingRun
    ) {
        let shared = context.bound.shared.readings[place.reading]
        let meaning = ValueReader(
            shared: shared, battery: directory.entries[context.device].battery
        ).meaning(of: raw)
        switch meaning {
        case .value(let value):
            add(value, text(raw), place, context, &run)
        case .nothing(let why):
            run.note(
                .nothing(
                    shared.profile, pointer: pointer(shared.profile, place), raw: text(raw),
                    why: why))
        case .reset:
            run.resets.append(
                decoded(.boolean(false), .live, place, context))
            run.ignore(.nothing)
            run.note(
                .nothing(
                    shared.profile, pointer: pointer(shared.profile, place), raw: text(raw),
                    why: "the end of a press is none"))
        case .fault(let reason, let value):
            run.fault(reason, pointer(shared.profile, place), context.device)
            if let value {
                add(value, text(raw), place, context, &run)
            } else {
                run.note(
                    .nothing(
                        shared.profile, pointer: pointer(shared.profile, place), raw: text(raw),
                        why: reason.description))
            }
        }
    }

    private func add(
        _ value: Value, _ raw: @autoclosure () -> String, _ place: ReadingPlace,
        _ context: MessageContext, _ run: inout DecodingRun
    ) {
        let shared = context.bound.shared.readings[place.reading]
        guard let freshness = context.freshness(shared, run.message, &run) else {
            return run.note(
                .nothing(
                    shared.profile, pointer: pointer(shared.profile, place), raw: raw(),
                    why: "it does not happen now: kept by the broker, a snapshot, or too old"))
        }
        let decoded = decoded(value, freshness, place, context)
        run.readings.append(decoded)
        run.note(.reading(decoded.reading, pointer: pointer(shared.profile, place), raw: raw()))
    }

    private func decoded(
        _ value: Value, _ freshness: Freshness, _ place: ReadingPlace, _ context: MessageContext
    ) -> DecodedReading {
        let shared = context.bound.shared.readings[place.reading]
        let stream = context.bound.streams[place.reading]
        let reading = Reading(
            capability: shared.profile.capability,
            channel: stream.map { directory.streams[$0].channel } ?? place.channel ?? "",
            kind: shared.profile.kind, value: value, occurred: context.occurred,
            freshness: freshness)
        return DecodedReading(
            device: context.device, stream: stream, reading: reading, repeats: shared.repeats,
            copyMark: context.mark, address: context.bound.address)
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
