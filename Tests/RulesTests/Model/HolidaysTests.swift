import Testing

@testable import Rules

@Suite("Holidays")
struct HolidaysTests {
    @Test(
        "France's public holidays are those that were published",
        arguments: [
            // service-public.fr, "Jours fériés", for 2024, 2025, 2026 and 2027.
            "2024: 01-01 04-01 05-01 05-08 05-09 05-20 07-14 08-15 11-01 11-11 12-25",
            "2025: 01-01 04-21 05-01 05-08 05-29 06-09 07-14 08-15 11-01 11-11 12-25",
            "2026: 01-01 04-06 05-01 05-08 05-14 05-25 07-14 08-15 11-01 11-11 12-25",
            "2027: 01-01 03-29 05-01 05-06 05-08 05-17 07-14 08-15 11-01 11-11 12-25",
            // Ascension Day on 1 May.
            "2008: 01-01 03-24 05-01 05-08 05-12 07-14 08-15 11-01 11-11 12-25",
        ])
    func france(_ line: String) {
        let parts = line.split(separator: ": ")
        let expected = parts[1].split(separator: " ").map { WallTime.day("\(parts[0])-\($0)") }
        let first = WallTime.day("\(parts[0])-01-01")
        let found = (first..<(first + 365)).filter { Holidays(calendar: .france).contains($0) }
        #expect(found == expected)
    }

    @Test("Alsace and Moselle have Good Friday and 26 December besides")
    func alsace() {
        let holidays = Holidays(calendar: .alsaceMoselle)
        let first = WallTime.day("2026-01-01")
        let found = (first..<(first + 365)).filter { holidays.contains($0) }
        let french = (first..<(first + 365)).filter { Holidays(calendar: .france).contains($0) }
        #expect(
            Set(found).subtracting(french) == [
                WallTime.day("2026-04-03"), WallTime.day("2026-12-26"),
            ])
    }

    @Test(
        "Easter Sunday, also where it is earliest and latest",
        arguments: [
            // Meeus, Astronomical Algorithms, chapter 8, and the tables of the Nautical Almanac Office.
            "1991-03-31", "1992-04-19", "1993-04-11", "1954-04-18", "2000-04-23", "1818-03-22",
            "2008-03-23",
            "2011-04-24", "2038-04-25", "2285-03-22",
        ])
    func easter(_ text: String) {
        let parts = text.split(separator: "-").map { Int($0)! }
        let date = CalendarDate(year: parts[0], month: parts[1], day: parts[2])
        #expect(CalendarDate(daysSince1970: Holidays.Calendar.easter(of: date.year)) == date)
    }

    @Test("dates, spans and exceptions; spans that touch are one")
    func spans() {
        let day = WallTime.day("2026-12-24")
        let holidays = Holidays(
            spans: [(day + 3)...(day + 4), day...day, (day + 1)...(day + 1)], calendar: .france,
            except: [WallTime.day("2026-05-25"), day + 1])
        #expect(holidays.spans == [day...(day + 1), (day + 3)...(day + 4)])
        #expect(
            (day - 1...day + 5).map { holidays.contains($0) } == [
                false, true, true, false, true, true, false,
            ])
        #expect(!holidays.contains(WallTime.day("2026-05-25")))
        #expect(holidays.contains(WallTime.day("2026-05-14")))
        #expect(Holidays().isEmpty && !holidays.isEmpty)
    }

    @Test("dates count days as the calendar does, and only dates are read")
    func dates() {
        #expect(CalendarDate(text: "1970-01-01")?.daysSince1970 == 0)
        #expect(CalendarDate(text: "2025-03-30")?.daysSince1970 == 20_177)
        #expect(CalendarDate(text: "2024-02-29") != nil)
        for text in [
            "2025-02-29", "2026-13-01", "2026-00-10", "26-12-25", "2026-12-5", "+026-12-05", "",
            "2100-02-29",
        ] {
            #expect(CalendarDate(text: text) == nil, "\(text)")
        }
        var expected: Int64 = 0
        for year in 1970...2120 {
            for month in 1...12 {
                for day in 1...31 {
                    let text =
                        "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
                    guard let date = CalendarDate(text: text) else { continue }
                    #expect(date.daysSince1970 == expected)
                    expected += 1
                }
            }
        }
        #expect(expected == 55_152)
    }
}
