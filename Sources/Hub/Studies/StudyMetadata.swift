import Foundation
import Rules

/// What tells of an export: Data Package v2, codebook, W3C PROV, DataCite, and what was left out. No time of day in it is that
/// of the export, so that the same data give the same bytes.
struct StudyMetadata {
    let study: StudyProtocol
    let protocolHash: String
    let configuration: String
    let last: Instant
    let traceVersions: [[String]]
    let k: Int
    let suppressedValues: Int
    let suppressedRows: Int
    let people: Int

    /// Each file's path and text.
    func files(
        _ tables: [(StudyTable, ExportFile.Finished)]
    ) throws -> [(path: String, text: String)] {
        let rules: [String: Any] = [
            "configuration": configuration, "protocol": protocolHash,
            "traces": traceVersions.map { ["trace": $0[0], "version": $0[1]] },
        ]
        let privacy: [String: Any] = [
            "people": people, "k_anonymity": k, "marks": ["residence", "birth"],
            "small_cells": study.smallCells, "suppressed_values": suppressedValues,
            "suppressed_rows": suppressedRows, "dates_shifted": study.shiftsDates,
        ]
        return [
            ("datapackage.json", try Self.json(dataPackage(tables))),
            ("prov.json", try Self.json(provenance(tables))),
            ("datacite.json", try Self.json(dataCite)),
            ("rules.json", try Self.json(rules)), ("privacy.json", try Self.json(privacy)),
            ("codebook.en.md", codebook(tables.map(\.0), isFrench: false)),
            ("codebook.fr.md", codebook(tables.map(\.0), isFrench: true)),
        ]
    }

    private static func json(_ object: [String: Any]) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: object, options: [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes])
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    // MARK: Data Package

    private func dataPackage(_ tables: [(StudyTable, ExportFile.Finished)]) -> [String: Any] {
        [
            "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
            "name": study.id.rawValue.lowercased(),
            "title": study.title.english,
            "description": study.question.english + "\n\n" + study.question.french,
            "contributors": study.investigators.map { one in
                var entry: [String: Any] = ["title": one.name, "roles": ["creator"]]
                if let affiliation = one.affiliation { entry["organization"] = affiliation }
                return entry
            },
            "resources": tables.map { resource($0, $1) },
        ]
    }

    private func resource(
        _ table: StudyTable, _ file: ExportFile.Finished
    ) -> [String: Any] {
        var schema: [String: Any] = [
            "fields": table.columns.map(Self.field), "missingValues": [""],
        ]
        if !table.key.isEmpty { schema["primaryKey"] = table.key }
        if table.namesPeople {
            schema["foreignKeys"] = [
                ["fields": ["person"], "reference": ["resource": "people", "fields": ["person"]]]
            ]
        }
        return [
            "name": table.name.replacingOccurrences(of: "/", with: "-").lowercased(),
            "path": file.path, "type": "table", "title": table.english,
            "description": table.french, "format": "csv", "mediatype": "text/csv",
            "encoding": "utf-8", "bytes": file.bytes, "hash": "sha256:\(file.hash)",
            "schema": schema,
        ]
    }

    private static func field(_ column: StudyTable.Column) -> [String: Any] {
        var constraints: [String: Any] = [:]
        if column.isRequired { constraints["required"] = true }
        if !column.words.isEmpty { constraints["enum"] = column.words }
        if let minimum = column.minimum { constraints["minimum"] = minimum }
        if let maximum = column.maximum { constraints["maximum"] = maximum }
        var field: [String: Any] = [
            "name": column.name, "type": column.kind.rawValue, "title": column.english,
            "description": column.french,
        ]
        if column.kind == .datetime { field["format"] = "%Y-%m-%dT%H:%M:%S.%f" }
        if !constraints.isEmpty { field["constraints"] = constraints }
        return field
    }

    // MARK: W3C PROV

    private func provenance(_ tables: [(StudyTable, ExportFile.Finished)]) -> [String: Any] {
        let files = tables.map(\.1)
        var entities: [String: Any] = [
            "foyer:journal": [
                "prov:label": "journal of the home", "foyer:until": Timestamp.utc(last),
                "foyer:configuration": configuration,
            ],
            "foyer:protocol": [
                "prov:label": "protocol of study \(study.id)", "foyer:sha256": protocolHash,
            ],
            "foyer:consents": ["prov:label": "what people said of study \(study.id)"],
        ]
        var generated: [String: Any] = [:]
        var derived: [String: Any] = [:]
        for (index, file) in files.enumerated() {
            let name = "foyer:file\(index + 1)"
            entities[name] = ["prov:label": file.path, "foyer:sha256": file.hash]
            generated["_:g\(index + 1)"] = [
                "prov:entity": name, "prov:activity": "foyer:export",
            ]
            derived["_:d\(index + 1)"] = [
                "prov:generatedEntity": name, "prov:usedEntity": "foyer:journal",
            ]
        }
        var agents: [String: Any] = [
            "foyer:hub": ["prov:type": "prov:SoftwareAgent", "prov:label": "Foyer"]
        ]
        for (index, one) in study.investigators.enumerated() {
            agents["foyer:investigator\(index + 1)"] = [
                "prov:type": "prov:Person", "prov:label": one.name,
            ]
        }
        return [
            "prefix": ["foyer": "urn:foyer:"], "entity": entities, "agent": agents,
            "activity": ["foyer:export": ["prov:label": "export of study \(study.id)"]],
            "used": [
                "_:u1": ["prov:activity": "foyer:export", "prov:entity": "foyer:journal"],
                "_:u2": ["prov:activity": "foyer:export", "prov:entity": "foyer:protocol"],
                "_:u3": ["prov:activity": "foyer:export", "prov:entity": "foyer:consents"],
            ],
            "wasGeneratedBy": generated, "wasDerivedFrom": derived,
            "wasAssociatedWith": [
                "_:a1": ["prov:activity": "foyer:export", "prov:agent": "foyer:hub"]
            ],
        ]
    }

    // MARK: DataCite

    /// DataCite's metadata schema 4, without the DOI that its registration gives.
    private var dataCite: [String: Any] {
        [
            "schemaVersion": "http://datacite.org/schema/kernel-4",
            "creators": study.investigators.map { one in
                var creator: [String: Any] = ["name": one.name, "nameType": "Personal"]
                if let affiliation = one.affiliation {
                    creator["affiliation"] = [["name": affiliation]]
                }
                if let orcid = one.orcid {
                    creator["nameIdentifiers"] = [
                        [
                            "nameIdentifier": "https://orcid.org/\(orcid)",
                            "nameIdentifierScheme": "ORCID", "schemeUri": "https://orcid.org",
                        ]
                    ]
                }
                return creator
            },
            "titles": [
                ["title": study.title.english, "lang": "en"],
                [
                    "title": study.title.french, "lang": "fr", "titleType": "TranslatedTitle",
                ],
            ],
            "publisher": ["name": study.publisher],
            "publicationYear": "\(study.until.year)",
            "types": ["resourceTypeGeneral": "Dataset", "resourceType": "Traces of use"],
            "language": "en",
            "dates": [["date": collected, "dateType": "Collected"]],
            "descriptions": [
                [
                    "description": study.question.english, "descriptionType": "Abstract",
                    "lang": "en",
                ],
                [
                    "description": study.question.french, "descriptionType": "Abstract",
                    "lang": "fr",
                ],
            ],
        ]
    }

    /// Where dates are moved, days would tell by how much.
    private var collected: String {
        study.shiftsDates
            ? "\(study.from.year)/\(study.until.year)"
            : "\(study.from.text)/\(study.until.text)"
    }

    // MARK: Codebook

    private func codebook(_ tables: [StudyTable], isFrench: Bool) -> String {
        func say(_ english: String, _ french: String) -> String { isFrench ? french : english }
        func say(_ text: LocalizedText) -> String { isFrench ? text.french : text.english }
        var lines = [
            "# " + say(study.title), "", say(study.question), "",
            say(
                "Each person agreed to this study; what nobody agreed to is not here. Names are pseudonyms. ",
                "Chaque personne a donné son accord pour cette étude ; ce qui n'a pas été accepté n'y figure pas. Les noms sont des pseudonymes. "
            )
                + (study.shiftsDates
                    ? say(
                        "Each person's dates are moved by a number of whole weeks: days of the week, hours and durations are true, dates are not.",
                        "Les dates de chaque personne sont décalées d'un nombre entier de semaines : jours de la semaine, heures et durées sont vrais, les dates non."
                    ) : say("Dates are exact.", "Les dates sont exactes.")),
            "",
        ]
        if !study.variables.isEmpty {
            lines += ["## " + say("Variables", "Variables"), ""]
            lines += study.variables.map {
                "- **\($0.name)** (`\($0.measure)`)\(say(": ", " : "))\(say($0.title))"
            }
            lines.append("")
        }
        if !study.phases.isEmpty {
            lines += ["## " + say("Phases", "Phases"), ""]
            lines += study.phases.map { "- **\($0.name)**\(say(": ", " : "))\(say($0.title))" }
            lines.append("")
        }
        for table in tables {
            lines += [
                "## \(table.path)", "", isFrench ? table.french : table.english, "",
                say("| column | type | meaning |", "| colonne | type | sens |"), "|---|---|---|",
            ]
            lines += table.columns.map {
                "| \($0.name) | \($0.kind.rawValue) | \(isFrench ? $0.french : $0.english)"
                    + ($0.words.isEmpty ? "" : " (\($0.words.joined(separator: ", ")))") + " |"
            }
            lines.append("")
        }
        return lines.joined(separator: "\n")
    }
}
