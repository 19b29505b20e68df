import Rules

/// Understands messages by their convention, without a device that was placed: for what is unknown, for proposals, and for
/// `hubctl devices decode`. Pure: the same message gives the same reading.
///
/// The topic decides, and where it does not the payload's form. What it cannot tell it does not guess: a false alarm or a
/// missed call is worse than an unknown.
public enum Conventions {
    /// The largest payload that is read, in bytes.
    public static let maximumPayload = 8 << 20

    /// What a message says.
    ///
    /// - Parameter judgesAge: whether `received` is known to be when the message was taken in: then what is older by the
    ///   device's own clock is told late, and what a bridge kept is restored. Else its age is nobody's business.
    public static func read(
        _ message: MQTTMessage, judgesAge: Bool = false
    ) -> ConventionMessage {
        var draft = ConventionDraft(message)
        guard message.payload.count <= maximumPayload else {
            draft.quarantine("the payload has more than \(maximumPayload) bytes", "too_large")
            return draft.message
        }
        route(&draft)
        settle(&draft)
        if judgesAge { age(&draft) }
        return draft.message
    }

    /// What is older than a profile allows where it says nothing else (docs/profiles.md).
    private static let fresh = TimeSpan.minutes(2)

    /// Zigbee2MQTT's time is that of the last contact: what it published again from its memory tells how things are, and no
    /// press in it happens. With every other convention it is the time of what happened.
    private static func age(_ draft: inout ConventionDraft) {
        let keeps = draft.message.convention == "zigbee2mqtt"
        let received = draft.received
        func isOld(_ reading: ConventionMessage.Reading) -> Bool {
            reading.freshness == .live && reading.time.map { received - $0 > fresh } ?? false
        }
        if keeps, draft.message.readings.contains(where: { $0.kind == .pulse && isOld($0) }) {
            draft.flag("replay")
            draft.message.readings.removeAll { $0.kind == .pulse && isOld($0) }
        }
        for index in draft.message.readings.indices where isOld(draft.message.readings[index]) {
            draft.message.readings[index].freshness = keeps ? .restored : .late
        }
    }

    /// Conventions whose topics begin with a word of their own.
    private enum Root {
        case zigbee2MQTT, homeAssistant, homie, empty, shellies, zwave, rtl433, frigate, ownTracks,
            sparkplug, thingsNetwork
    }

    private static let roots = WordTable<Root>([
        ("zigbee2mqtt", .zigbee2MQTT), ("homeassistant", .homeAssistant), ("homie", .homie),
        ("", .empty), ("shellies", .shellies), ("zwave", .zwave), ("zwavejs2mqtt", .zwave),
        ("zwavejs", .zwave), ("zwave-js-ui", .zwave), ("zwave2mqtt", .zwave),
        ("rtl_433", .rtl433), ("frigate", .frigate), ("owntracks", .ownTracks),
        ("spBv1.0", .sparkplug), ("v3", .thingsNetwork),
    ])

    private static func route(_ draft: inout ConventionDraft) {
        let levels = draft.levels
        switch roots[levels[0]] {
        case .zigbee2MQTT where levels.count > 1: return Zigbee2MQTTConvention.read(&draft)
        case .homeAssistant: return HomeAssistantConvention.read(&draft)
        case .homie: return HomieConvention.read(&draft)
        case .empty where levels.count > 2 && levels[1] == "homie":
            return HomieConvention.read(&draft)
        case .shellies where levels.count > 1 && levels[1] != "blu":
            if !isBluetooth(draft.payload) { return ShellyConvention.readFirst(&draft) }
        case .zwave: return ZWaveConvention.read(&draft)
        case .rtl433: return RTL433Convention.read(&draft)
        case .frigate: return FrigateConvention.read(&draft)
        case .ownTracks: return OwnTracksConvention.read(&draft)
        case .sparkplug: return SparkplugConvention.read(&draft)
        case .thingsNetwork where levels.count >= 5 && levels[2] == "devices":
            return LoRaWANConvention.readTTN(&draft)
        default: break
        }
        if LoRaWANConvention.isChirpStack(levels) {
            return LoRaWANConvention.readChirpStack(&draft)
        }
        if GatewayConvention.fits(levels) { return GatewayConvention.read(&draft) }
        if levels.count > 1, isTasmota(levels) { return TasmotaConvention.read(&draft) }
        // Both let one choose what their topics begin with.
        if Zigbee2MQTTConvention.isBridgeOfAnyBase(levels) {
            return Zigbee2MQTTConvention.read(&draft)
        }
        if HomeAssistantConvention.fits(levels) { return HomeAssistantConvention.read(&draft) }
        if ShellyConvention.isSecond(levels) { return ShellyConvention.readSecond(&draft) }
        if ESPHomeConvention.fits(levels) { return ESPHomeConvention.read(&draft) }
        if levels.last == "online" || levels.last == "rpc", levels[0].lowered.hasPrefix("shelly") {
            draft.message.convention = "shelly_gen2"
            draft.message.device = draft.part(..<(levels.count - 1))
            return levels.last == "rpc" ? draft.flag("command") : ShellyConvention.online(&draft)
        }
        PlainConvention.read(&draft)
    }

    private static func isTasmota(_ levels: [String]) -> Bool {
        levels[0] == "tasmota" && levels.count > 2 && levels[1] == "discovery"
            || levels.contains("tele") || levels.contains("stat") || levels.contains("cmnd")
    }

    private static func isBluetooth(_ payload: [UInt8]) -> Bool {
        payload.first == UInt8(ascii: "{") && payload.count < 4096
            && String(decoding: payload, as: UTF8.self).has("BTHome")
    }

    /// What holds for every convention: nothing of a message in quarantine is used, and nothing of one that was kept has
    /// just happened.
    private static func settle(_ draft: inout ConventionDraft) {
        if draft.message.quarantined != nil { draft.message.readings = [] }
        // A topic of one level says no more of a device than itself.
        if draft.message.device.isEmpty { draft.message.device = draft.topic }
        draft.message.device = draft.message.device.cut(to: 200)
    }
}
