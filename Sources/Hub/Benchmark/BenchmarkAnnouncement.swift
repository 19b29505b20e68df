/// What a bridge announces of a large network, as Zigbee2MQTT writes it: five megabytes of some 1,400 devices.
enum BenchmarkAnnouncement {
    /// Not of the network that the site's own devices are on, so that they do not vanish.
    static let topic = "zigbee2mqtt_2/bridge/devices"

    /// The message's payload.
    static func payload() -> [UInt8] {
        let devices = (0..<1420).map(device).joined(separator: ",")
        return Array("[\(devices)]".utf8)
    }

    private static func device(_ number: Int) -> String {
        let properties = [
            "contact", "battery", "voltage", "linkquality", "occupancy", "temperature",
        ]
        let exposes = (0..<18).map { place in
            """
            {"access":\(1 + place % 7),"description":"What this feature of the device tells, in a few words of its maker",\
            "label":"Feature \(place)","name":"feature_\(place)","property":"\(properties[place % properties.count])",\
            "type":"numeric","unit":"%"}
            """
        }
        return """
            {"ieee_address":"0x00158d000\(1_000_000 + number)","friendly_name":"device \(number)","type":"EndDevice",\
            "power_source":"Battery","definition":{"vendor":"Maker","model":"M\(number % 40)",\
            "exposes":[\(exposes.joined(separator: ","))]}}
            """
    }
}
