/// Sines and their inverse by additions, multiplications, divisions and square roots alone. IEEE 754 fixes these
/// to the last bit, and a machine's mathematics library is free in its last bits: so a time of sunset is the same
/// everywhere, and a journal replays to the byte.
///
/// Angles are in degrees.
enum Trigonometry {
    /// π to the nearest double.
    private static let radiansPerDegree = 3.141592653589793 / 180

    /// The sine. Error below 1e-12 for angles up to a million degrees.
    static func sine(_ degrees: Double) -> Double {
        // Within -180…180, exactly: both terms are multiples of the smaller one's last place.
        let turn = degrees - 360 * (degrees / 360).rounded()
        // Which quarter, and how far from its middle: -45…45.
        let quarter = (turn / 90).rounded()
        let rest = (turn - 90 * quarter) * radiansPerDegree
        switch Int(quarter) {
        case 0: return sineSeries(rest)
        case 1: return cosineSeries(rest)
        case -1: return -cosineSeries(rest)
        default: return -sineSeries(rest)
        }
    }

    /// The cosine. Error as that of the sine.
    static func cosine(_ degrees: Double) -> Double { sine(degrees + 90) }

    /// The angle from 0 to 180 degrees that has a cosine, given from -1 to 1. Error below 2e-6 degrees, which
    /// the sky turns in half a millisecond.
    ///
    /// Abramowitz and Stegun, *Handbook of Mathematical Functions*, 4.4.46: |ε| ≤ 2e-8 radians.
    static func arcCosine(_ cosine: Double) -> Double {
        let x = abs(cosine)
        var sum = -0.001_262_4911
        for coefficient in [
            0.006_670_0901, -0.017_088_1256, 0.030_891_8810, -0.050_174_3046, 0.088_978_9874,
            -0.214_598_8016, 1.570_796_3050,
        ] {
            sum = sum * x + coefficient
        }
        let angle = (1 - x).squareRoot() * sum / radiansPerDegree
        return cosine < 0 ? 180 - angle : angle
    }

    /// Taylor's series to x¹³. For |x| ≤ π/4 what is left out is below (π/4)¹⁵ / 15! = 2.1e-14.
    private static func sineSeries(_ x: Double) -> Double {
        let square = x * x
        var sum = 1.0
        for pair in [156.0, 110, 72, 42, 20, 6] { sum = 1 - square / pair * sum }
        return x * sum
    }

    /// Taylor's series to x¹⁴. For |x| ≤ π/4 what is left out is below (π/4)¹⁶ / 16! = 1e-15.
    private static func cosineSeries(_ x: Double) -> Double {
        let square = x * x
        var sum = 1.0
        for pair in [182.0, 132, 90, 56, 30, 12, 2] { sum = 1 - square / pair * sum }
        return sum
    }
}
