/// Understands messages by their convention, without a device that was placed: for what is unknown, for proposals, and for
/// `hubctl devices decode`. Pure: the same message gives the same reading.
///
/// The topic decides, and where it does not the payload's form. What it cannot tell it does not guess: a false alarm or a
/// missed call is worse than an unknown.
public enum Conventions {
    /// The largest payload that is read, in bytes.
    public static let maximumPayload = 8 << 20

    /// What a message says.
    public static func read(_ message: MQTTMessage) -> ConventionMessage {
        var draft = ConventionDraft(message)
        guard message.payload.count <= maximumPayload else {
            draft.quarantine("the payload has more than \(maximumPayload) bytes", "too_large")
            return draft.message
        }
        route(&draft)
        settle(&draft)
        return draft.message
    }

    private static func route(_ draft: inout ConventionDraft) {
        let levels = draft.levels
        let first = levels[0]
        switch first {
        case "zigbee2mqtt" where levels.count > 1: return Zigbee2MQTTConvention.read(&draft)
        case "homeassistant": return HomeAssistantConvention.read(&draft)
        case "homie": return HomieConvention.read(&draft)
        case "shellies" where levels.count > 1 && levels[1] != "blu":
            if !isBluetooth(draft.payload) { return ShellyConvention.readFirst(&draft) }
        case "zwave", "zwavejs2mqtt": return ZWaveConvention.read(&draft)
        case "rtl_433": return RTL433Convention.read(&draft)
        case "frigate": return FrigateConvention.read(&draft)
        case "owntracks": return OwnTracksConvention.read(&draft)
        case "spBv1.0":
            // Its data cannot be read without its births.
            draft.message.convention = "sparkplug_b"
            return draft.flag("unsupported")
        case "v3" where levels.count >= 5 && levels[2] == "devices":
            return LoRaWANConvention.readTTN(&draft)
        default: break
        }
        if LoRaWANConvention.isChirpStack(levels) {
            return LoRaWANConvention.readChirpStack(&draft)
        }
        if levels.count >= 3, levels[2].has("toMQTT") || levels[2].hasPrefix("MQTTto") {
            return GatewayConvention.read(&draft)
        }
        if levels.count > 1, isTasmota(levels) { return TasmotaConvention.read(&draft) }
        if ShellyConvention.isSecond(levels) { return ShellyConvention.readSecond(&draft) }
        if ESPHomeConvention.fits(levels) { return ESPHomeConvention.read(&draft) }
        if levels.last == "online", first.lowered.hasPrefix("shelly") {
            draft.message.convention = "shelly_gen2"
            draft.message.device = draft.part(..<(levels.count - 1))
            return ShellyConvention.online(&draft)
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
        draft.message.device = draft.message.device.cut(to: 200)
    }
}
