import Hub
import Rules

extension MeasuresCommand {
    private struct Wire: Encodable {
        var device: String
        var people: [String]
        var purpose: String
        var from: String
        var to: String
        var state: String
    }

    /// When each device was watched for each purpose, and why not.
    func tellWatches(
        _ use: DeviceUse, in period: Range<Instant>, _ loaded: LoadedHome, _ zone: ZoneOffsets
    ) throws {
        let reader = try home.reader
        let studies = ConsentTimeline(
            try reader.consentEntries(), policy: loaded.configuration?.consent ?? .required
        ).book.studies
        var purposes: [Purpose] = [.safety, .care] + studies
        if let text = purpose {
            guard let one = Purpose(text) else {
                throw CommandFailure(
                    "--purpose is \"\(printable(text))\"; write safety, care or study/NAME")
            }
            guard purposes.contains(one) else {
                throw CommandFailure(
                    "nobody said anything of \"\(printable(text))\""
                        + suggestion(for: text, among: purposes.map(\.description)))
            }
            purposes = [one]
        }
        let watches = try use.watches(
            in: period, for: purposes, where: isChosen,
            progress: { Console.progress("\(Int($0 * 100)) %") })
        Console.endProgress()
        if csv { print("device,people,purpose,from,to,state") }
        var last: DeviceID?
        for watch in watches {
            let people = watch.people.map(\.rawValue)
            if json || csv {
                for span in Self.spans(watch.observed) {
                    let wire = Wire(
                        device: watch.device.id.rawValue, people: people,
                        purpose: "\(watch.purpose)", from: span.from.iso, to: span.to.iso,
                        state: span.reason?.rawValue ?? "watched")
                    if json {
                        print(try jsonText(wire))
                    } else {
                        let cells = [
                            wire.device, people.joined(separator: " "), wire.purpose, wire.from,
                            wire.to, wire.state,
                        ]
                        print(cells.map { csvField($0) }.joined(separator: ","))
                    }
                }
                continue
            }
            if last != watch.device.id {
                let title = watch.device.title
                let name = language.isFrench ? title.french : title.english
                print(
                    printable(
                        "\(watch.device.id)  \(name)  \(people.joined(separator: ", "))"))
                last = watch.device.id
            }
            let share = Int((watch.observed.coverage * 100).rounded())
            let purpose = ConsentWords(isFrench: language.isFrench).text(watch.purpose)
            print(printable("  \(purpose)  \(share) %"))
            for span in Self.spans(watch.observed) {
                let from = Timestamp.short(span.from, in: zone)
                let to = Timestamp.short(span.to, in: zone)
                print("    \(from) – \(to)  \(word(span.reason))")
            }
        }
    }

    private typealias Span = (from: Instant, to: Instant, reason: Observability.Reason?)

    private static func spans(_ observed: Observability) -> [Span] {
        let watched = observed.watched.map { ($0.lowerBound, $0.upperBound, nil) as Span }
        let blind = observed.blind.map { ($0.from, $0.to, $0.reason) as Span }
        return (watched + blind).sorted { $0.from < $1.from }
    }

    private func word(_ reason: Observability.Reason?) -> String {
        let words: (String, String) =
            switch reason {
            case nil: ("watched", "observé")
            case .unheard: ("not heard of yet", "pas encore entendu")
            case .silent: ("silent", "silencieux")
            case .battery: ("silent, its battery was low", "silencieux, sa pile était faible")
            case .hubDown: ("the hub was down", "Foyer était arrêté")
            case .paused: ("paused", "en pause")
            case .noConsent: ("no consent", "pas d'accord")
            case .movedOut: ("lived elsewhere", "vivait ailleurs")
            case .away: ("away", "en absence")
            }
        return language.isFrench ? words.1 : words.0
    }
}
