import Hummingbird
import HummingbirdCore
import Rules

/// What is recorded about the person, device by device, and why; and what is not.
struct ResidentRecorded {
    let resident: Resident

    init(_ resident: Resident) { self.resident = resident }

    func page() async throws -> Response {
        let book = try await resident.book()
        let home = resident.site.home.home
        var cards: [[String: Any]] = []
        for subject in resident.subjects {
            guard let device = home.devices.first(where: { $0.id == subject.subject.device }),
                let main = Self.main(device)
            else { continue }
            cards.append(card(device, main, subject, book))
        }
        let house = home.devices.contains { device in
            device.residence == resident.residence.id
                && !resident.subjects.contains { $0.subject.device == device.id }
                && device.capabilities.contains { $0.capability.rawValue.hasPrefix("alarm.") }
        }
        var lines: [[String: Any]] = []
        if cards.isEmpty { lines.append(resident.line(.fine, resident.word("recorded_none"))) }
        if let until = book.pausedUntil(resident.person, at: resident.now) {
            lines.append(
                resident.line(
                    .pause,
                    "\(resident.word("paused")) \(resident.word("paused_until", ["time": resident.when(until)]))",
                    mood: "wait"))
        }
        if house { lines.append(resident.line(.alarm, resident.word("recorded_house"))) }
        lines.append(resident.line(.no, resident.word("recorded_say_no")))
        return resident.page(
            "me-recorded", heading: resident.word("recorded"), picture: .recorded,
            ["lines": lines, "devices": cards])
    }

    /// What a device is there for; nil for one that tells only of itself.
    static func main(_ device: Device) -> Capability? {
        let told = device.capabilities.filter {
            $0.kind != .health && !$0.capability.rawValue.hasPrefix("device.")
                && !$0.capability.rawValue.hasPrefix("link.")
        }.map(\.capability)
        return told.first { $0 == "alarm.sos" } ?? told.first
    }

    private func card(
        _ device: Device, _ main: Capability, _ subject: ConsentSubject, _ book: ConsentBook
    ) -> [String: Any] {
        let isCall = subject.subject.isCall
        let picture = isCall ? Pictogram.help : Pictogram(capability: main)
        let kind = isCall ? "call" : EasyRead.kind(of: main)
        let room = resident.residence.rooms.first { $0.id == subject.subject.room }
        let name = resident.language(device.title)
        let title = room.map { "\(name), \(resident.language($0.title))" } ?? name
        var lines = [resident.line(.sensor, resident.word("notices_\(kind)"))]
        if subject.subject.people.count > 1 {
            lines.append(resident.line(.here, resident.word("recorded_shared")))
        }
        for purpose in [Purpose.safety, .care] {
            let word = Self.answer(purpose, subject, resident, book)
            let isOpen = word == "yes" || word == "assumed"
            let sign: Pictogram = isOpen ? (purpose == .safety ? .shield : .heart) : .no
            lines.append(
                resident.line(
                    sign, resident.word("\(purpose)_\(word)"), mood: isOpen ? "yes" : "no"))
        }
        for case .study(let study) in book.studies
        where book.judgement(
            .study(study), about: subject.subject, at: resident.now, in: subject.locality
        ).refusal == nil {
            let file = try? StudyFile.load(study, home: resident.site.home)
            let title = file?.study.map { resident.language($0.title) } ?? study.rawValue
            lines.append(
                resident.line(
                    .study, resident.word("study_yes", ["study": title]), mood: "yes"))
        }
        return ["title": title, "picture": picture.svg, "lines": lines]
    }

    /// `yes`, `assumed`, `no`, `paused`, `waits`, `closed`: what holds of a device for a purpose. Of somebody else who lives there
    /// nothing is told but that it is closed.
    static func answer(
        _ purpose: Purpose, _ subject: ConsentSubject, _ resident: Resident, _ book: ConsentBook
    ) -> String {
        if let end = subject.endsAt, resident.now >= end { return "closed" }
        let held = book.refusal(
            purpose, about: subject.subject, at: resident.now, in: subject.locality,
            under: resident.policy
        ).refusal
        let said = book.judgement(
            purpose, about: subject.subject, at: resident.now, in: subject.locality
        ).refusal
        switch held {
        case nil:
            if case .notAsked(resident.person) = said { return "assumed" }
            return "yes"
        case .refused(resident.person): return "no"
        case .paused(resident.person): return "paused"
        case .notAsked(resident.person), .representativeNotAsked(resident.person),
            .representativeRefused(resident.person):
            return "waits"
        default: return "closed"
        }
    }
}
