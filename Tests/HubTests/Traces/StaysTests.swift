import Rules
import Testing

@testable import Hub

@Suite("Where people lived: a bed that is empty for a holiday is not one that is used no more")
struct StaysTests {
    private static func day(_ number: Int64) -> Instant {
        Instant(milliseconds: number * 86_400_000)
    }

    private static func stay(
        _ residence: ResidenceID?, _ room: RoomID? = nil, _ from: Int64, _ to: Int64? = nil
    ) -> Stays.Stay {
        Stays.Stay(
            residence: residence, room: room, from: CalendarDate(daysSince1970: from),
            to: to.map { CalendarDate(daysSince1970: $0) })
    }

    private static func absences(
        _ stays: [PersonID: [Stays.Stay]], people: [PersonID], room: RoomID? = nil,
        owner: PersonID? = nil
    ) -> [String] {
        let device = Device(
            id: "home/bed", name: "bed", title: LocalizedText(english: "Bed", french: "Lit"),
            residence: "home", room: room, person: owner, kind: "bed", labels: [], profile: "bed",
            capabilities: [], silentAfter: nil)
        let subject = ConsentSubject(
            subject: ConsentBook.Subject(device: device.id, room: room, people: people),
            residence: "home", locality: Locality(zone: .utc))
        return Stays(stays).absences(
            subject, of: device, in: day(10)..<day(100), zone: .utc
        ).map {
            "\($0.from.milliseconds / 86_400_000)–\($0.to.milliseconds / 86_400_000) \($0.reason.rawValue)"
        }
    }

    @Test("a holiday, another residence and a departure are told apart")
    func reasons() {
        let p1 = [
            Self.stay("home", nil, 5, 20), Self.stay(nil, nil, 20, 34),
            Self.stay("home", nil, 34, 50),
            Self.stay("other", nil, 50, 60), Self.stay("home", nil, 60, 90),
        ]
        #expect(
            Self.absences(["p1": p1], people: ["p1"], owner: "p1") == [
                "20–34 away", "50–60 moved_out", "90–100 moved_out",
            ])
    }

    @Test("of whom nothing is known lives where hub.yaml says, and always did")
    func unknown() {
        #expect(Self.absences([:], people: ["p1"]) == [])
        #expect(Self.absences(["p2": [Self.stay("other", nil, 0)]], people: ["p1"]) == [])
        // The vault was begun later than the journal.
        #expect(Self.absences(["p1": [Self.stay("home", nil, 60)]], people: ["p1"]) == [])
    }

    @Test("what is in a room tells of who had it then, and what is somebody's own goes along")
    func rooms() {
        let p1 = [Self.stay("home", "home/a", 5, 40), Self.stay("home", "home/b", 40)]
        let p2 = [Self.stay("home", "home/a", 40)]
        let stays: [PersonID: [Stays.Stay]] = ["p1": p1, "p2": p2]
        #expect(Self.absences(stays, people: ["p1"], room: "home/a") == ["40–100 moved_out"])
        // Now the room is another's: what was before their time is not theirs.
        #expect(Self.absences(stays, people: ["p2"], room: "home/a") == ["10–40 moved_out"])
        #expect(Self.absences(stays, people: ["p1"], room: "home/a", owner: "p1") == [])
    }

    @Test("what several share is watched while one of them is there")
    func shared() {
        let stays: [PersonID: [Stays.Stay]] = [
            "p1": [
                Self.stay("home", nil, 0, 30), Self.stay(nil, nil, 30, 50),
                Self.stay("home", nil, 50),
            ],
            "p2": [Self.stay("home", nil, 0, 40)],
        ]
        #expect(Self.absences(stays, people: ["p1", "p2"]) == ["40–50 away"])
        #expect(Self.absences(stays, people: ["p1", "p2", "p3"]) == [])
        #expect(Self.absences(stays, people: []) == [])
    }
}
