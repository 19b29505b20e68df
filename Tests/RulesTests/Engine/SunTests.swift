import Testing

@testable import Rules

@Suite("Sunrise and sunset")
struct SunTests {
    /// One published time of sunrise and sunset.
    struct Row: CustomStringConvertible, Sendable {
        var place: String
        var position: GeographicPosition
        var date: String
        var rise: String
        var set: String
        var description: String { "\(place), \(date)" }
    }

    /// `place | latitude, longitude | date | sunrise | sunset`, in UTC. Sources:
    /// - timeanddate.com/sun, as transcribed in the tests of Organic Maps (omim, base/base_tests/sunrise_sunset_test.cpp):
    ///   Paris to Kiritimati; as CSV in hablullah/go-sampa (scripts/comparison/data, 2023): New York, Lord Howe;
    ///   as quoted in adventuresinmiddleearth.com, 2018-04-04: Quito.
    /// - AccurateTimes (Jordanian Astronomical Society), as transcribed in hablullah/go-sampa
    ///   (internal/testdata/sun-tromso.go, 2010): Målselv, near Tromsø.
    /// - United States Naval Observatory, as quoted in answers.com for 2014: Tromsø (69.5° N, 19.0° E).
    /// - askascientist.nz/a140: Sydney in mid-winter.
    private static let table = """
        Paris | 48.875649, 2.344428 | 2016-01-01 | 2016-01-01 07:45 | 2016-01-01 16:04
        London | 51.5, 0.12 | 2015-07-01 | 2015-07-01 03:47 | 2015-07-01 20:21
        Moscow | 55.7522222, 37.6155556 | 2015-04-12 | 2015-04-12 02:34 | 2015-04-12 16:29
        Moscow | 55.7522222, 37.6155556 | 2015-12-25 | 2015-12-25 06:00 | 2015-12-25 13:01
        Reykjavik | 64.120467, -21.809448 | 2015-05-09 | 2015-05-09 04:34 | 2015-05-09 22:15
        Reykjavik | 64.120467, -21.809448 | 2015-06-22 | 2015-06-22 02:56 | 2015-06-23 00:04
        Honolulu | 21.307431, -157.848568 | 2015-02-12 | 2015-02-12 17:05 | 2015-02-13 04:29
        Honolulu | 21.307431, -157.848568 | 2015-07-13 | 2015-07-13 15:58 | 2015-07-14 05:18
        Melbourne | -37.829188, 144.957976 | 2015-02-12 | 2015-02-11 19:46 | 2015-02-12 09:24
        Wellington | -41.287481, 174.774189 | 2015-10-20 | 2015-10-19 17:26 | 2015-10-20 06:47
        Buenos Aires | -34.607639, -58.438095 | 2015-03-08 | 2015-03-08 09:48 | 2015-03-08 22:23
        Seattle | 47.597482, -122.334590 | 2015-05-09 | 2015-05-09 12:41 | 2015-05-10 03:32
        Cape Town | -33.929573, 18.428439 | 2015-11-11 | 2015-11-11 03:38 | 2015-11-11 17:24
        Tiksi | 71.635604, 128.882922 | 2015-03-01 | 2015-02-28 23:04 | 2015-03-01 08:12
        Tokyo | 35.715791, 139.743945 | 2015-09-12 | 2015-09-11 20:22 | 2015-09-12 08:56
        Kabul | 34.552312, 69.170520 | 2015-03-20 | 2015-03-20 01:29 | 2015-03-20 13:35
        Kiritimati | 1.928797, -157.494678 | 2015-07-01 | 2015-07-01 16:28 | 2015-07-02 04:41
        New York | 40.716667, -74.016667 | 2023-01-01 | 2023-01-01 12:20:02 | 2023-01-01 21:39:14
        New York | 40.716667, -74.016667 | 2023-03-21 | 2023-03-21 10:58:07 | 2023-03-21 23:08:58
        Lord Howe | -31.55, 159.083333 | 2023-10-04 | 2023-10-03 18:58:41 | 2023-10-04 07:26:57
        Lord Howe | -31.55, 159.083333 | 2023-12-21 | 2023-12-20 18:15:02 | 2023-12-21 08:27:43
        Quito | -0.22, -78.51 | 2018-03-21 | 2018-03-21 11:18 | 2018-03-21 23:24
        Quito | -0.22, -78.51 | 2017-12-21 | 2017-12-21 11:08 | 2017-12-21 23:16
        Sydney | -33.87, 151.21 | 2015-06-21 | 2015-06-20 21:00 | 2015-06-21 06:54
        Målselv | 69.1044, 18.0594 | 2010-01-15 | 2010-01-15 09:58:19 | 2010-01-15 11:56:40
        Målselv | 69.1044, 18.0594 | 2010-02-15 | 2010-02-15 07:14:45 | 2010-02-15 14:50:26
        Målselv | 69.1044, 18.0594 | 2010-04-01 | 2010-04-01 03:54:49 | 2010-04-01 17:50:57
        Målselv | 69.1044, 18.0594 | 2010-05-10 | 2010-05-10 00:42:05 | 2010-05-10 20:51:30
        Målselv | 69.1044, 18.0594 | 2010-08-15 | 2010-08-15 01:54:25 | 2010-08-15 19:46:32
        Målselv | 69.1044, 18.0594 | 2010-11-01 | 2010-11-01 07:07:58 | 2010-11-01 13:53:27
        Tromsø | 69.5, 19.0 | 2014-04-01 | 2014-04-01 03:50 | 2014-04-01 17:49
        Tromsø | 69.5, 19.0 | 2014-04-30 | 2014-04-30 01:29 | 2014-04-30 19:58
        """

    static let rows: [Row] = table.split(separator: "\n").map { line in
        let cells = line.split(separator: "|").map { cell in
            String(cell.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        let numbers = cells[1].split(separator: ",").map { Double($0.drop { $0 == " " })! }
        return Row(
            place: cells[0],
            position: GeographicPosition(latitude: numbers[0], longitude: numbers[1]),
            date: cells[2], rise: cells[3], set: cells[4])
    }

    /// About noon by the sun.
    private static func noon(_ date: String, _ position: GeographicPosition) -> Instant {
        WallTime.utc("\(date) 12:00") - .seconds(Int64(position.longitude * 240))
    }

    @Test("they are within two minutes of what almanacs publish", arguments: rows)
    func almanac(_ row: Row) throws {
        let sun = Sun(position: row.position)
        let noon = Self.noon(row.date, row.position)
        for (edge, published) in [(sun.rise(near: noon), row.rise), (sun.set(near: noon), row.set)]
        {
            let moment = try #require(edge.event)
            let apart = (moment - WallTime.utc(published)).milliseconds.magnitude
            #expect(apart <= 120_000, "\(WallTime.text(moment)) is not \(published)")
        }
    }

    @Test(
        "the sun stays up and down on the days that are published",
        arguments: [
            // Tromsø, USNO 2014 as quoted in answers.com: sunrise on 18 May, no sunset before 25 July.
            ("69.5 19.0", "2014-05-21 2014-06-21 2014-07-22", "2014-05-15 2014-07-28", true),
            // Tromsø's polar night: 26 November to 15 January (Wikipedia, "Tromsø").
            ("69.65 18.96", "2025-11-29 2025-12-21 2026-01-12", "2025-11-23 2026-01-18", false),
            // Longyearbyen, icepeople.net 2020-08-25: sun up from 18 April to 25 August, polar night from 26 October;
            // the first sunrise is on 16 February (icepeople.net 2016-04-14).
            ("78.22 15.65", "2020-04-21 2020-06-21 2020-08-22", "2020-04-15 2020-08-28", true),
            ("78.22 15.65", "2020-10-28 2020-12-21 2021-02-13", "2020-10-23 2021-02-18", false),
            // Tiksi and Norilsk, timeanddate.com as in Organic Maps.
            ("71.635604 128.882922", "2015-07-01", "", true),
            ("71.635604 128.882922", "2015-12-01", "", false),
            ("69.35 88.18", "2015-06-22", "", true), ("69.35 88.18", "2016-01-01", "", false),
            // The poles themselves.
            ("90 0", "2025-06-21", "", true), ("90 0", "2025-12-21", "", false),
            ("-90 0", "2025-06-21", "", false), ("-90 0", "2025-12-21", "", true),
        ])
    func polar(_ place: String, _ without: String, _ with: String, _ isUp: Bool) {
        let numbers = place.split(separator: " ").map { Double($0)! }
        let sun = Sun(position: GeographicPosition(latitude: numbers[0], longitude: numbers[1]))
        for date in without.split(separator: " ") {
            let noon = Self.noon(String(date), sun.position)
            for edge in [sun.rise(near: noon), sun.set(near: noon)] {
                switch edge {
                case .staysUp: #expect(isUp, "\(date)")
                case .staysDown: #expect(!isUp, "\(date)")
                case .at(let moment): Issue.record("\(date): \(WallTime.text(moment))")
                }
            }
        }
        for date in with.split(separator: " ") {
            let noon = Self.noon(String(date), sun.position)
            #expect(
                sun.rise(near: noon).event != nil && sun.set(near: noon).event != nil, "\(date)")
        }
    }

    @Test(
        "dark is never in the midnight sun, and always in the polar night; daylight is the contrary"
    )
    func polarWindows() {
        let tromso = Locality(
            zone: WallTime.zones["Europe/Paris"]!,
            position: GeographicPosition(latitude: 69.65, longitude: 18.96))
        let windows = [
            Window(from: .sunset(.minutes(20)), to: .sunrise(.minutes(-20))),
            Window(from: .sunset(.zero), to: .sunrise(.zero)),
            Window(from: .sunrise(.zero), to: .sunset(.zero)),
            Window(from: .sunrise(.hours(1)), to: .sunset(.hours(-1))),
        ]
        func state(_ window: Window, _ text: String) -> Bool {
            window.state(at: WallTime.utc(text), in: tromso).inside
        }
        for hour in 0..<24 {
            let time = "\(hour < 10 ? "0" : "")\(hour):43"
            #expect(windows.map { state($0, "2025-06-20 \(time)") } == [false, false, true, true])
            #expect(windows.map { state($0, "2025-12-20 \(time)") } == [true, true, false, false])
        }
        // A window between the clock and the sun goes on in summer, from the sun's lowest point: the watch of the
        // night does not stop. Solar midnight in Tromsø is at 00:46 in June, by summer time.
        let watch = Window(from: .sunset(.minutes(20)), to: .clock(390))
        #expect(!state(watch, "2025-06-20 22:40"))
        #expect(state(watch, "2025-06-20 22:50"))
        #expect(watch.occurrence(startingOn: WallTime.day("2025-06-20"), in: tromso) != nil)
    }

    @Test("sine, cosine and arc cosine are as exact as they say")
    func functions() {
        // CRC Standard Mathematical Tables, and half-angle roots for 15°, 22.5° and 36°.
        let sines: [(Double, Double)] = [
            (0, 0), (30, 0.5), (45, 0.5.squareRoot()), (60, 0.75.squareRoot()), (90, 1),
            (15, (6.0.squareRoot() - 2.0.squareRoot()) / 4),
            (22.5, (2 - 2.0.squareRoot()).squareRoot() / 2),
            (36, (10 - 2 * 5.0.squareRoot()).squareRoot() / 4),
        ]
        for (angle, value) in sines {
            for turns in [0, 360, -720, 36_000, -72_000] as [Double] {
                #expect((Trigonometry.sine(turns + angle) - value).magnitude < 1e-12)
                #expect((Trigonometry.sine(turns + 180 - angle) - value).magnitude < 1e-12)
                #expect((Trigonometry.sine(turns - angle) + value).magnitude < 1e-12)
                #expect((Trigonometry.cosine(turns + 90 - angle) - value).magnitude < 1e-12)
            }
        }
        for step in 0...3600 {
            let angle = Double(step) / 20
            let sine = Trigonometry.sine(angle)
            let cosine = Trigonometry.cosine(angle)
            #expect((sine * sine + cosine * cosine - 1).magnitude < 1e-12)
            let back = Trigonometry.arcCosine(max(-1, min(1, cosine)))
            #expect((back - angle).magnitude < 2e-6, "\(angle)")
        }
    }

    @Test("each day's end is the next one's beginning, and noon lies between")
    func order() {
        for latitude in stride(from: -90.0, through: 90, by: 7.5) {
            let sun = Sun(position: GeographicPosition(latitude: latitude, longitude: 18.96))
            var last = Instant.distantPast
            for day in 0..<800 {
                let noon = Self.noon("2025-01-01", sun.position) + .days(Int64(day))
                let (rise, set) = (sun.rise(near: noon), sun.set(near: noon))
                let top = sun.noon(near: noon)
                #expect(rise.instant <= top && top <= set.instant, "\(latitude), day \(day)")
                #expect(last <= rise.instant, "\(latitude), day \(day)")
                if case .staysUp = set, case .staysUp = sun.rise(near: noon + .days(1)) {
                    #expect(set.instant == sun.rise(near: noon + .days(1)).instant)
                }
                last = set.instant
            }
        }
    }
}
