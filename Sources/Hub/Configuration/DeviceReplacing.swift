public import Rules

/// Gives the place of a device to another one: its line in devices.yaml gets the new one's topics and profile, and keeps
/// everything else. What is known of the place goes on, under the same name.
public struct DeviceReplacing: Sendable {
    /// Whose place it is.
    public var device: DeviceID
    /// The new one's profile.
    public var profile: String
    /// Where the new one speaks.
    public var topic: String
    /// Where other gateways hear the new one.
    public var also: [String]

    /// A device that takes another's place.
    public init(device: DeviceID, profile: String, topic: String, also: [String] = []) {
        self.device = device
        self.profile = profile
        self.topic = topic
        self.also = also
    }

    /// Changes the line, and takes the change back where the home would have errors with it or another line be touched.
    ///
    /// - Parameter author: who replaces it and why, for its history.
    /// - Returns: the home with the new device in the old one's place.
    /// - Throws: `PlacingError`; devices.yaml is then as it was.
    @discardableResult
    public func save(
        in folder: String, by author: PlacementAuthor? = nil,
        shippedProfiles: String? = SharedFiles.devices()
    ) throws -> LoadedHome {
        try DeviceLine.save(
            device, in: folder, shippedProfiles: shippedProfiles,
            meant: { _, _ in (profile, [topic] + also) },
            byHand: { profile, topics in
                let also = topics.dropFirst().joined(separator: ", ")
                return "profile: \(profile), topic: \(topic)"
                    + (also.isEmpty ? " and nothing under also" : " and also: [\(also)]")
            }, note: author?.note(device, profile: profile, topic: topic))
    }
}

/// Adds a topic on which another gateway hears a device that has its place.
public struct DeviceHearing: Sendable {
    /// Which device.
    public var device: DeviceID
    /// Where it is heard, too.
    public var topic: String

    /// A device and one more topic of it.
    public init(device: DeviceID, topic: String) {
        self.device = device
        self.topic = topic
    }

    /// Adds it to `also`, and takes the change back where the home would have errors with it or another line be touched.
    ///
    /// - Returns: the home with the change.
    /// - Throws: `PlacingError`; devices.yaml is then as it was.
    @discardableResult
    public func save(
        in folder: String, shippedProfiles: String? = SharedFiles.devices()
    ) throws -> LoadedHome {
        try DeviceLine.save(
            device, in: folder, shippedProfiles: shippedProfiles,
            meant: { old, place in
                let topics = old.directory.addresses(of: place)
                guard !topics.contains(topic) else {
                    throw PlacingError.wrong("\(device) is heard on \(topic) already")
                }
                return (old.home.devices[place].profile, topics + [topic])
            },
            byHand: { _, topics in "also: [\(topics.dropFirst().joined(separator: ", "))]" })
    }
}
