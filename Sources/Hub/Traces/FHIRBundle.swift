import Foundation
public import Rules

/// A person's measures of use as a FHIR bundle, for the person's own file elsewhere: a Patient without a name, and an Observation
/// for each measure of each device. It uses what R4, R4B and R5 have in common (hl7.org/fhir).
public enum FHIRBundle {
    /// The bundle as JSON. The same measures give the same bytes.
    ///
    /// - Parameters:
    ///   - person: the opaque identifier.
    ///   - results: of the person's devices.
    ///   - period: what was measured.
    public static func text(
        _ person: PersonID, _ results: [DeviceUse.Result], in period: Range<Instant>
    ) throws -> String {
        let patient = "urn:foyer:person:\(identifier(person.rawValue))"
        var entries: [[String: Any]] = [
            [
                "fullUrl": patient,
                "resource": [
                    "resourceType": "Patient", "id": identifier(person.rawValue),
                    "identifier": [["system": "urn:foyer:person", "value": person.rawValue]],
                ] as [String: Any],
            ]
        ]
        for result in results {
            for one in result.measures.observed {
                let id = identifier("\(result.device.id)-\(one.code)")
                var observation: [String: Any] = [
                    "resourceType": "Observation", "id": id, "status": "final",
                    "code": [
                        "text": one.title,
                        "coding": [["system": "urn:foyer:measure", "code": one.code]],
                    ],
                    "subject": ["reference": patient],
                    "device": ["display": "\(result.device.kind) \(result.device.id)"],
                    "effectivePeriod": [
                        "start": Timestamp.utc(period.lowerBound),
                        "end": Timestamp.utc(period.upperBound),
                    ],
                    "valueQuantity": quantity(one.value, one.unit),
                ]
                if let low = one.low, let high = one.high {
                    observation["component"] = [
                        component("95 % interval, lower end", low, one.unit),
                        component("95 % interval, upper end", high, one.unit),
                    ]
                }
                entries.append(["fullUrl": "urn:foyer:observation:\(id)", "resource": observation])
            }
        }
        let data = try JSONSerialization.data(
            withJSONObject: [
                "resourceType": "Bundle", "type": "collection", "entry": entries,
            ], options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private static func component(
        _ title: String, _ value: Double, _ unit: String
    ) -> [String: Any] {
        ["code": ["text": title], "valueQuantity": quantity(value, unit)]
    }

    /// A quantity with its unit after UCUM.
    private static func quantity(_ value: Double, _ unit: String) -> [String: Any] {
        ["value": value, "system": "http://unitsofmeasure.org", "code": unit, "unit": unit]
    }

    /// FHIR's ids have letters, digits, `-` and `.`, and 64 characters at most.
    private static func identifier(_ text: String) -> String {
        String(
            text.unicodeScalars.map { scalar in
                let isPlain =
                    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                    || ("0"..."9").contains(scalar) || scalar == "." || scalar == "-"
                return isPlain ? Character(scalar) : "-"
            }.prefix(64))
    }
}

extension UseMeasures {
    fileprivate struct Observed {
        var code: String
        var title: String
        var value: Double
        var low: Double?
        var high: Double?
        var unit: String
    }

    fileprivate var observed: [Observed] {
        func one(
            _ code: String, _ title: String, _ unit: String, _ value: Double?
        ) -> Observed? {
            value.map { Observed(code: code, title: title, value: $0, unit: unit) }
        }
        func one(
            _ code: String, _ title: String, _ unit: String, _ estimate: Estimate?
        ) -> Observed? {
            estimate.map {
                Observed(
                    code: code, title: title, value: $0.value, low: $0.low, high: $0.high,
                    unit: unit)
            }
        }
        return [
            one("coverage", "Share of the time in which the device was watched", "1", coverage),
            one("uses_per_day", "Uses a watched day", "/d", usesPerDay),
            one("days_with_use", "Share of observed days with a use", "1", daysWithUse),
            one("median_s", "Median duration of a use", "s", medianSeconds),
            one("stability", "Interdaily stability", "1", stability),
            one("variability", "Intradaily variability", "1", variability),
            one("diversity_bits", "Diversity of use", "bit", diversity),
            one("weekly_change", "Change of uses a day from week to week", "/d", weeklyChange),
            one(
                "support_known", "Share of uses of which it is known whether somebody helped", "1",
                support.known),
            one(
                "autonomy", "Share of uses on one's own, of those of which it is known", "1",
                support.autonomy),
            one("prompts_per_use", "Prompts for each use", "1", support.promptsPerUse),
            one(
                "appropriation", "Change of uses on one's own a day from week to week", "/d",
                support.appropriation),
        ].compactMap { $0 }
    }
}
