import Crypto
import Foundation
import Hummingbird
import HummingbirdCore
import Rules

/// What the person says yes and no to: that their use is recorded, and each study that asks them.
///
/// A no acts at once. A yes is a wish first, for a yes needs somebody who made sure that it was understood: staff see the wish
/// under *People*, talk it through, and complete it there.
struct ResidentAnswers {
    let resident: Resident

    init(_ resident: Resident) { self.resident = resident }

    /// One question, and what is shown before the answer.
    private struct Question {
        var purpose: Purpose
        var title: String
        var lines: [String]
        var shown: ConsentRecord.Information
        /// Whether a yes can still be said.
        var isOpen = true
    }

    func page() async throws -> Response {
        let person = resident.person
        let (entries, sayings) = try await resident.site.readers.read {
            (try $0.consentEntries(), try $0.sayings())
        }
        let book = ConsentTimeline(entries, policy: resident.policy).book
        let wishes = StandingWish.standing(sayings, after: entries).filter { $0.person == person }
        let context = questions(in: resident.language, book).map { question -> [String: Any] in
            let answer = answer(to: question.purpose, book)
            let isWish = wishes.contains { $0.purpose == question.purpose }
            let picture: Pictogram = question.purpose == .care ? .heart : .study
            let signs = question.purpose == .care ? [Pictogram.looks, .heart, .no] : []
            var lines = question.lines.enumerated().map { index, text in
                resident.line(index < signs.count ? signs[index] : picture, text)
            }
            if !question.isOpen {
                lines.append(resident.line(.lock, resident.word("study_gone"), mood: "wait"))
            }
            if isWish {
                lines.append(resident.line(.yes, resident.word("answer_wish"), mood: "wait"))
            } else {
                let sign: Pictogram = answer == "no" || answer == "other_no" ? .no : .yes
                lines.append(
                    resident.line(
                        answer == "none" || answer == "assumed" ? .question : sign,
                        resident.word("answer_\(answer)"),
                        mood: answer == "yes" ? "yes" : answer == "none" ? "" : "wait"))
            }
            var entry: [String: Any] = [
                "title": question.title, "picture": picture.svg, "lines": lines,
                "purpose": question.purpose.description, "shown": question.shown.hash,
                "yes_picture": Pictogram.yes.svg, "no_picture": Pictogram.no.svg,
            ]
            if !isWish, question.isOpen, !["yes", "waits", "other_no"].contains(answer) {
                entry["mayAgree"] = true
            }
            if isWish || answer != "no" { entry["mayRefuse"] = true }
            return entry
        }
        return resident.page(
            "me-answers", heading: resident.word("answers"), picture: .question,
            ["lines": [resident.line(.resume, resident.word("free"))], "questions": context])
    }

    /// What the form says, as a command.
    func command() async throws -> Command {
        let form = resident.visit.form
        let (entries, now) = (
            try await resident.site.readers.read { try $0.consentEntries() }, resident.now
        )
        let book = ConsentTimeline(entries, policy: resident.policy).book
        let asked = WebLanguage.allCases.flatMap { questions(in: $0, book) }.filter {
            $0.purpose.description == form["purpose"]
        }
        guard let first = asked.first else { throw WebFailure.notFound }
        // Of what was shown only one in the person's language has this hash; a no needs none.
        let shown = asked.first { $0.shown.hash == form["shown"] }
        switch form["answer"] {
        case "yes":
            guard let shown, shown.isOpen else {
                throw WebFailure.refused("the text has changed: read it again")
            }
            return .says(resident.saying(.wishes(shown.purpose, shown.shown)))
        case "no":
            let had = book.history.contains {
                $0.person == resident.person && $0.purpose == first.purpose
                    && $0.decision == .agrees && !$0.capacity.isRepresentative
            }
            return .consent(
                ConsentRecord(
                    person: resident.person, purpose: first.purpose,
                    decision: had ? .withdraws : .refuses, speaker: resident.person.rawValue,
                    capacity: .person, information: (shown ?? first).shown, from: now))
        default: throw WebFailure.badRequest("answer: yes or no")
        }
    }

    // MARK: What is asked

    private func questions(in language: WebLanguage, _ book: ConsentBook) -> [Question] {
        [care(in: language)] + studies(in: language, book)
    }

    private func care(in language: WebLanguage) -> Question {
        let words = ["care_question", "care_line_1", "care_line_2", "care_line_3"].map {
            EasyRead.text($0, language)
        }
        return Question(
            purpose: .care, title: words[0], lines: Array(words.dropFirst()),
            shown: .init(version: "page 1", hash: Self.hash(words), form: "easy_read"))
    }

    private func studies(in language: WebLanguage, _ book: ConsentBook) -> [Question] {
        let site = resident.site
        let today = resident.zone.day(at: resident.now)
        var questions: [Question] = []
        for study in StudyFile.complete(in: site.home) {
            let id = study.id
            let said = book.history.contains {
                $0.person == resident.person && $0.purpose == .study(id)
            }
            guard study.participants?.contains(resident.person) != false || said else { continue }
            let notice = study.notice
            let easy = language == .french ? notice.easyRead?.french : notice.easyRead?.english
            let summary = easy?.lines ?? [EasyRead.text("study_no_summary", language)]
            questions.append(
                Question(
                    purpose: .study(id), title: language(study.title),
                    lines: [
                        "\(EasyRead.text("study_asks", language)) \(language(study.question))"
                    ] + summary,
                    shown: .init(
                        version: notice.version, hash: easy?.hash ?? notice.hash,
                        form: easy == nil ? "plain" : "easy_read"),
                    isOpen: study.until.daysSince1970 >= today))
        }
        // What somebody once said yes to can be taken back, whatever became of its protocol.
        for case .study(let id) in book.studies
        where !questions.contains(where: { $0.purpose == .study(id) })
            && book.history.contains(where: {
                $0.person == resident.person && $0.purpose == .study(id)
            })
        {
            questions.append(
                Question(
                    purpose: .study(id),
                    title: "\(EasyRead.text("study", language)): \(id)", lines: [],
                    shown: .init(version: "", hash: "", form: "easy_read"), isOpen: false))
        }
        return questions
    }

    private static func hash(_ lines: [String]) -> String {
        SHA256.hash(data: Array(lines.joined(separator: "\n").utf8))
            .map { String(format: "%02x", $0) }.joined()
    }

    /// What holds for the person as a whole, apart from a pause.
    private func answer(to purpose: Purpose, _ book: ConsentBook) -> String {
        var book = book
        book.resume(resident.person, at: resident.now)
        let home = resident.site.home
        let judgement = book.judgement(
            purpose,
            about: ConsentBook.Subject(device: "", room: nil, people: [resident.person]),
            at: resident.now, in: home.home.locality(of: resident.residence, zones: home.zones))
        return switch judgement.refusal {
        case nil: "yes"
        case .refused, .paused, .nobody: "no"
        case .representativeRefused: "other_no"
        case .representativeNotAsked: "waits"
        case .notAsked: purpose == .care && resident.policy == .optOut ? "assumed" : "none"
        }
    }
}
