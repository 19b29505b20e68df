import Rules
import Testing

@testable import Hub

@Suite("What a backtest counts")
struct AlarmLoadTests {
    private func moments(_ seconds: [Int64]) -> [Instant] {
        seconds.map { Instant(milliseconds: $0 * 1000) }
    }

    @Test(
        "ten alerts in ten minutes are no flood, eleven are, and one flood lasts as long as they come so fast"
    )
    func floods() {
        #expect(AlarmLoad.floods(moments((0..<10).map { $0 * 60 })).isEmpty)
        #expect(AlarmLoad.floods(moments((0..<11).map { $0 * 60 })).isEmpty)
        let flood = AlarmLoad.floods(moments((0..<11).map { $0 * 59 }))
        #expect(flood.map(\.alerts) == [11])
        let long = AlarmLoad.floods(moments((0..<30).map { $0 * 30 } + [100_000]))
        #expect(long.map(\.alerts) == [30])
        #expect(long.first?.to == Instant(milliseconds: 29 * 30_000))
        let two = AlarmLoad.floods(moments((0..<11).map { $0 } + (0..<11).map { 90_000 + $0 }))
        #expect(two.map(\.alerts) == [11, 11])
    }

    @Test("three comings within a minute are chattering, once for as long as it goes on")
    func chattering() {
        #expect(AlarmLoad.chattering(moments([0, 30])) == 0)
        #expect(AlarmLoad.chattering(moments([0, 30, 60])) == 0)
        #expect(AlarmLoad.chattering(moments([0, 30, 59])) == 1)
        #expect(AlarmLoad.chattering(moments([0, 10, 20, 30, 40, 50, 60, 70])) == 1)
        #expect(AlarmLoad.chattering(moments([0, 10, 20, 1000, 1010, 1020])) == 2)
    }

    @Test("staff's notes tell what had been real, what had been false, and that nobody said")
    func outcomes() {
        func alert(by actor: String?, note: String?) -> Alert {
            var alert = Alert(
                id: "A", rule: "r", subject: Subject(residence: "home"), priority: .high,
                began: .distantPast, noticed: .distantPast, late: false, evidence: [])
            alert.resolvedBy = actor
            alert.note = note
            return alert
        }
        #expect(RecordedOutcome(nil) == .unknown)
        #expect(RecordedOutcome(alert(by: nil, note: nil)) == .unknown)
        #expect(RecordedOutcome(alert(by: "anna", note: nil)) == .unknown)
        #expect(RecordedOutcome(alert(by: "anna", note: "Walked her home.")) == .real)
        #expect(RecordedOutcome(alert(by: "anna", note: "False alarm")) == .false)
        #expect(RecordedOutcome(alert(by: "anna", note: "Fausse alerte : le chat")) == .false)
    }

    @Test("shifts begin at 7:00, 14:00 and 21:00")
    func shifts() {
        let shifts = (0..<24).map { AlarmLoad.Shift(hour: $0) }
        #expect(shifts[6] == .night)
        #expect(shifts[7] == .morning)
        #expect(shifts[13] == .morning)
        #expect(shifts[14] == .afternoon)
        #expect(shifts[20] == .afternoon)
        #expect(shifts[21] == .night)
    }
}
