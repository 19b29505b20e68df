/// Topics in which a gateway names itself before it names what it hears: two gateways that hear one device are known by the rest.
enum GatewayTopic {
    /// What a topic says of the device, the same from every gateway; nil where it is no gateway's.
    static func device(_ topic: String) -> String? {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        guard levels.count >= 4, let last = levels.last else { return nil }
        // rtl_433/HOST/MODEL/ID, and BASE/GATEWAY/BTtoMQTT/ID.
        let isPassedOn = levels[2].hasSuffix("toMQTT")
        guard levels[0] == "rtl_433" || isPassedOn else { return nil }
        return
            (levels[2..<(levels.count - 1)].map(String.init)
            + [DeviceIdentity.plain(String(last))])
            .joined(separator: "/")
    }

    /// Of some topics those on which other gateways hear what one gateway hears on a topic, in the form that a profile reads.
    static func others(
        of topic: String, among topics: [String], for profile: DeviceProfile
    ) -> [String] {
        guard let own = device(topic), let pattern = profile.messages.first?.topic else {
            return []
        }
        let found = topics.filter {
            $0 != topic && device($0) == own && pattern.match($0) != nil
        }
        return Array(found.prefix(DevicePlacement.mostFurther))
    }
}
