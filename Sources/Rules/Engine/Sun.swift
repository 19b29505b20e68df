/// When the sun rises and sets: the times that almanacs publish, to about a minute between 72° south and north.
///
/// The algorithm is that of the NOAA Solar Calculator (gml.noaa.gov/grad/solcalc), after Jean Meeus, *Astronomical
/// Algorithms*, 2nd edition, chapters 15, 25 and 28. Rising and setting are when the sun's centre stands 50
/// arc minutes below a level horizon: 34 for the refraction of the air and 16 for its radius. Nothing is known of
/// hills, nor of the height of the place.
struct Sun {
    /// Where it is looked at from.
    let position: GeographicPosition

    /// What happens at one end of a day.
    enum Edge: Hashable {
        /// The sun rises or sets at this moment, to the minute.
        case at(Instant)
        /// The sun stays up; the moment is that of its lowest point, at the beginning or the end of the day.
        case staysUp(Instant)
        /// The sun stays down; the moment is that of its highest point, at noon.
        case staysDown(Instant)

        /// The moment.
        var instant: Instant {
            switch self {
            case .at(let instant), .staysUp(let instant), .staysDown(let instant): instant
            }
        }

        /// The moment of rising or setting; nil where the sun does neither.
        var event: Instant? {
            if case .at(let instant) = self { return instant }
            return nil
        }
    }

    private enum Half: Double {
        case morning = -1
        case afternoon = 1
    }

    /// Sunrise of the solar day whose noon is nearest to a moment.
    func rise(near noon: Instant) -> Edge { edge(.morning, near: noon) }

    /// Sunset of the solar day whose noon is nearest to a moment. May come after midnight by the clock.
    func set(near noon: Instant) -> Edge { edge(.afternoon, near: noon) }

    /// When the sun stands highest in the solar day whose noon is nearest to a moment.
    func noon(near noon: Instant) -> Instant {
        Self.instant(minutes: transit(from: meanNoon(near: noon)))
    }

    private func edge(_ half: Half, near noon: Instant) -> Edge {
        let mean = meanNoon(near: noon)
        var minutes = mean
        var height = Height.crosses(90)
        // The declination changes through the day. Each turn takes it from where the last one ended; where the sun
        // crosses the horizon steeply the second already settles, near the polar circles it takes some more.
        for _ in 0..<8 {
            let state = Self.state(atMinutes: minutes)
            height = self.height(declinationSine: state.declinationSine)
            let next = mean - state.equationOfTime + half.rawValue * 4 * height.hourAngle
            let moved = abs(next - minutes)
            minutes = next
            if moved < 0.001 { break }
        }
        switch height {
        case .crosses: return .at(Self.instant(minutes: minutes))
        case .down: return .staysDown(Self.instant(minutes: transit(from: mean)))
        case .up:
            // One day's end and the next one's beginning are the same moment: both are reckoned alike.
            let midnight = half == .morning ? mean - 720 : mean + 720
            return .staysUp(Self.instant(minutes: transit(from: midnight)))
        }
    }

    private enum Height {
        /// Degrees from noon to where the sun crosses the horizon.
        case crosses(Double)
        case up
        case down

        var hourAngle: Double {
            switch self {
            case .crosses(let angle): angle
            case .up: 180
            case .down: 0
            }
        }
    }

    /// Meeus, 15.1, without its division, which fails at the poles.
    private func height(declinationSine: Double) -> Height {
        let declinationCosine = (1 - declinationSine * declinationSine).squareRoot()
        let needed =
            Self.horizonCosine - Trigonometry.sine(position.latitude) * declinationSine
        let reach = Trigonometry.cosine(position.latitude) * declinationCosine
        if needed >= reach { return .down }
        if needed <= -reach { return .up }
        return .crosses(Trigonometry.arcCosine(needed / reach))
    }

    /// The cosine of 90°50′.
    private static let horizonCosine = Trigonometry.cosine(90 + 50.0 / 60)

    /// Noon of a sun that keeps even time, in minutes since 1970, nearest to a moment.
    private func meanNoon(near noon: Instant) -> Double {
        let first = 720 - 4 * position.longitude
        let days = ((Double(noon.milliseconds) / 60_000 - first) / 1440).rounded()
        return first + days * 1440
    }

    /// When the true sun stands where the even one stands at a moment.
    private func transit(from mean: Double) -> Double {
        var minutes = mean
        for _ in 0..<2 { minutes = mean - Self.state(atMinutes: minutes).equationOfTime }
        return minutes
    }

    /// The whole minute: what is shown is what is reckoned with.
    private static func instant(minutes: Double) -> Instant {
        Instant(milliseconds: Int64(minutes.rounded()) * 60_000)
    }

    /// The sun's declination, as its sine, and the equation of time in minutes. Meeus, chapters 25 (low accuracy,
    /// 0.01°) and 28.
    static func state(atMinutes minutes: Double) -> (
        declinationSine: Double, equationOfTime: Double
    ) {
        // Julian centuries since 2000-01-01 12:00; that of the earth's slowing, a minute or so, changes nothing here.
        let t = (minutes / 1440 - 10_957.5) / 36_525
        let longitude = 280.46646 + t * (36_000.76983 + t * 0.0003032)
        let anomaly = 357.52911 + t * (35_999.05029 - t * 0.0001537)
        let eccentricity = 0.016708634 - t * (0.000042037 + t * 0.0000001267)
        let anomalySine = Trigonometry.sine(anomaly)
        let center =
            anomalySine * (1.914602 - t * (0.004817 + t * 0.000014))
            + Trigonometry.sine(2 * anomaly) * (0.019993 - t * 0.000101)
            + Trigonometry.sine(3 * anomaly) * 0.000289
        let node = 125.04 - 1934.136 * t
        let apparent = longitude + center - 0.00569 - 0.00478 * Trigonometry.sine(node)
        let seconds = 21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))
        let obliquity =
            23 + (26 + seconds / 60) / 60 + 0.00256 * Trigonometry.cosine(node)
        let declinationSine = Trigonometry.sine(obliquity) * Trigonometry.sine(apparent)
        // tan² of half the obliquity.
        let obliquityCosine = Trigonometry.cosine(obliquity)
        let y = (1 - obliquityCosine) / (1 + obliquityCosine)
        let e = eccentricity
        let sum =
            y * Trigonometry.sine(2 * longitude) - 2 * e * anomalySine
            + 4 * e * y * anomalySine * Trigonometry.cosine(2 * longitude)
            - 0.5 * y * y * Trigonometry.sine(4 * longitude)
            - 1.25 * e * e * Trigonometry.sine(2 * anomaly)
        // Four minutes of time to a degree.
        return (declinationSine, 4 * sum * 180 / 3.141592653589793)
    }
}
