/// From streams and values to facts about things that people know.
extension SentenceComposer {
    /// What several readings of one thing say, as few facts: a presence sensor's two readings are one movement, an
    /// empty battery is one whichever way the device tells it, and kinds of device that do the same are said together.
    func facts(_ leaves: [(StreamSelector, Fact.Meaning)]) -> [Fact] {
        var groups: [(selector: StreamSelector, kinds: [String], meanings: [Fact.Meaning])] = []
        for (selector, meaning) in leaves {
            var base = selector
            base.kinds = []
            base.capability = ""
            let index = groups.firstIndex { $0.selector == base && $0.kinds == selector.kinds }
            if let index {
                if !groups[index].meanings.contains(meaning) {
                    groups[index].meanings.append(meaning)
                }
            } else {
                groups.append((base, selector.kinds, [meaning]))
            }
        }
        var merged: [(selector: StreamSelector, kinds: [String], meaning: Fact.Meaning)] = []
        for group in groups {
            for meaning in Self.condensed(group.meanings) {
                let index = merged.firstIndex {
                    $0.selector == group.selector && $0.meaning == meaning
                        && $0.kinds.isEmpty == group.kinds.isEmpty
                }
                if let index {
                    let new = group.kinds.filter { !merged[index].kinds.contains($0) }
                    merged[index].kinds += new
                } else {
                    merged.append((group.selector, group.kinds, meaning))
                }
            }
        }
        return merged.map { item in
            var selector = item.selector
            selector.kinds = item.kinds
            selector.capability = item.meaning.capability ?? ""
            return Fact(things: things(selector), meaning: item.meaning)
        }
    }

    private static func condensed(_ meanings: [Fact.Meaning]) -> [Fact.Meaning] {
        var result = meanings
        func fold(_ pair: [Fact.Meaning], into one: Fact.Meaning) {
            guard pair.allSatisfy(result.contains) else { return }
            result.removeAll { pair.contains($0) }
            if !result.contains(one) { result.insert(one, at: 0) }
        }
        for flag in [true, false] {
            fold(
                [.state("presence.motion", flag), .state("presence.occupied", flag)],
                into: .state("presence.motion", flag))
        }
        fold(
            [.state("alarm.sos", true), .words("button.press", [])],
            into: .words("button.press", []))
        for case .number("device.battery", .below, let limit) in meanings {
            fold(
                [
                    .number("device.battery", .below, limit),
                    .state("device.battery_low", true),
                ], into: .batteryLow(limit))
        }
        for case .number("device.clock_offset", .above, let limit) in meanings {
            fold(
                [
                    .number("device.clock_offset", .above, limit),
                    .number("device.clock_offset", .below, -limit),
                ], into: .clockOff(limit))
        }
        return result
    }

    /// What a test says of a reading.
    static func meaning(_ selector: StreamSelector, _ test: ValueTest) -> Fact.Meaning {
        let capability = selector.capability
        let entry = Vocabulary.entry(capability.rawValue)
        switch test {
        case .any:
            if case .text? = entry?.type { return .words(capability, []) }
            return .changes(capability)
        case .above(let limit, _): return .number(capability, .above, limit)
        case .below(let limit, _): return .number(capability, .below, limit)
        case .atLeast(let limit, _): return .number(capability, .atLeast, limit)
        case .atMost(let limit, _): return .number(capability, .atMost, limit)
        case .oneOf(let values): return meaning(capability, values)
        }
    }

    private static func meaning(_ capability: Capability, _ values: [Value]) -> Fact.Meaning {
        let flags = values.compactMap { if case .boolean(let flag) = $0 { flag } else { nil } }
        if flags.count == values.count, let first = flags.first {
            return Set(flags).count > 1 ? .changes(capability) : .state(capability, first)
        }
        let numbers = values.compactMap { if case .number(let number) = $0 { number } else { nil } }
        if numbers.count == values.count, !numbers.isEmpty { return .numbers(capability, numbers) }
        let words = values.compactMap { value -> String? in
            switch value {
            case .text(let text): text
            case .boolean(let flag): flag ? "yes" : "no"
            case .number(let number): RuleParser.text(number)
            case .unknown: nil
            }
        }
        return words.isEmpty ? .changes(capability) : .words(capability, words)
    }

    // MARK: What people call it

    private func things(_ selector: StreamSelector) -> Things {
        let devices = matching(selector)
        let kinds = Set(devices.map(\.kind))
        let kind =
            selector.kinds.count == 1
            ? selector.kinds[0] : kinds.count == 1 && selector.kinds.isEmpty ? kinds.first : nil
        let place = place(selector, devices)
        if !selector.names.isEmpty {
            let titles = selector.names.compactMap { name in
                title(of: devices.filter { $0.name == name })
            }
            let name: Things.Name =
                titles.count == selector.names.count ? .titles(titles) : .names(selector.names)
            return Things(name: name, place: place, kind: kind)
        }
        let kindsSaid = selector.kinds.isEmpty ? (kind.map { [$0] } ?? []) : selector.kinds
        if !selector.anywhere {
            switch scope {
            case .person: return Things(name: .own(kindsSaid), place: place, kind: kind)
            case .room, .device:
                return Things(
                    name: .kinds(selector.kinds, labels: selector.labels), place: place, kind: kind)
            case .residence: break
            }
        }
        if let title = onlyTitle(of: devices) {
            return Things(name: .titles([title]), place: place, kind: kind)
        }
        return Things(
            name: .kinds(selector.kinds, labels: selector.labels), place: place, kind: kind)
    }

    /// The devices of the home that a selector means.
    private func matching(_ selector: StreamSelector) -> [Device] {
        let isOwn = scope == .person && !selector.anywhere
        return home.devices.filter { device in
            (!isOwn || device.person != nil
                || device.room.flatMap { rooms[$0]?.person } != nil)
                && (selector.names.isEmpty || selector.names.contains(device.name))
                && (selector.kinds.isEmpty || selector.kinds.contains(device.kind))
                && selector.labels.allSatisfy(device.labels.contains)
                && (selector.rooms.isEmpty || isIn(selector.rooms, device))
                && (selector.capability == "" || device.capabilities.isEmpty
                    || device.capabilities.contains { $0.capability == selector.capability })
        }
    }

    private func isIn(_ rooms: [String], _ device: Device) -> Bool {
        guard let id = device.room, let room = self.rooms[id] else { return false }
        return rooms.contains(HomeIndex.name(of: id)) || rooms.contains(room.kind)
    }

    /// The title that all of some devices share; nil where they have several.
    private func title(of devices: [Device]) -> LocalizedText? {
        guard let first = devices.first, devices.allSatisfy({ $0.title == first.title }) else {
            return nil
        }
        return first.title
    }

    /// The title of the one device that each residence has of a class; nil where one has several.
    private func onlyTitle(of devices: [Device]) -> LocalizedText? {
        let residences = Set(devices.map(\.residence))
        guard residences.count == devices.count else { return nil }
        return title(of: devices)
    }

    private func place(_ selector: StreamSelector, _ devices: [Device]) -> Place {
        if !selector.rooms.isEmpty { return .rooms(selector.rooms.map(roomName)) }
        if !selector.names.isEmpty {
            var names: [RoomName] = []
            for room in devices.compactMap({ $0.room.flatMap { rooms[$0] } }) {
                let name = RoomName(title: room.title, kind: room.kind)
                if !names.contains(name) { names.append(name) }
            }
            return names.isEmpty || names.count > 3 ? .none : .rooms(names)
        }
        if selector.anywhere { return .inside }
        switch scope {
        case .residence: return .inside
        case .room: return .none
        case .device: return .none
        case .person:
            let kinds = Set(devices.compactMap { $0.room.flatMap { rooms[$0]?.kind } })
            return .own(isBedroom: kinds == ["bedroom"])
        }
    }

    /// A room that a rule names by its name or kind.
    private func roomName(_ word: String) -> RoomName {
        let found = home.residences.flatMap(\.rooms).filter {
            HomeIndex.name(of: $0.id) == word || $0.kind == word
        }
        let kind = found.first.map { room in
            found.allSatisfy { $0.kind == room.kind } ? room.kind : word
        }
        let titles = Set(found.map(\.title))
        return RoomName(title: titles.count == 1 ? titles.first : nil, kind: kind ?? word)
    }
}
