/// A place on the earth.
public struct GeographicPosition: Hashable, Sendable {
    /// Degrees, north positive, -90 … 90.
    public var latitude: Double
    /// Degrees, east positive, -180 … 180.
    public var longitude: Double

    /// A place on the earth.
    public init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }
}

/// What time of day depends on in a residence: its clock, its sun and its holidays.
public struct Locality: Hashable, Sendable {
    /// The clock.
    public var zone: ZoneOffsets
    /// Where the sun is looked at from; nil where that is not known.
    public var position: GeographicPosition?
    /// The days that `holidays` means.
    public var holidays: Holidays

    /// What time of day depends on.
    public init(
        zone: ZoneOffsets, position: GeographicPosition? = nil, holidays: Holidays = Holidays()
    ) {
        self.zone = zone
        self.position = position
        self.holidays = holidays
    }

    /// Without what a window does not look at, so that equal windows of several residences are one.
    func reduced(to window: Window) -> Locality {
        Locality(
            zone: zone, position: window.needsSun ? position : nil,
            holidays: window.holidays == .ignored ? Holidays() : holidays)
    }
}
