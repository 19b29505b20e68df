"""Reads exports of studies with the reference validators of their formats, and damages one to see that it is noticed."""
import json
import pathlib
import shutil
import sys
import tempfile
import warnings

warnings.simplefilter("ignore")

import pandas
import pm4py
from datacite import schema45
from fhir.resources.R4B.bundle import Bundle as BundleR4B
from fhir.resources.bundle import Bundle
from frictionless import Package
from prov.model import ProvDocument
from pycanon import anonymity

exports = pathlib.Path(sys.argv[1])
failures = []


def expect(holds, what):
    print(("ok    " if holds else "FAILS ") + what)
    if not holds:
        failures.append(what)


def data_package(folder):
    report = Package(str(folder / "datapackage.json")).validate()
    problems = report.flatten(["code", "type", "rowNumber", "fieldName", "message"])[:5]
    expect(report.valid, f"{folder.name}: frictionless finds no error {problems or ''}")
    descriptor = json.loads((folder / "datapackage.json").read_text())
    expect(
        descriptor["$schema"].endswith("/2.0/datapackage.json") and len(descriptor["resources"]) >= 6,
        f"{folder.name}: {len(descriptor['resources'])} tables with a schema each",
    )


def damaged(folder):
    """One byte of a table, another byte of the same meaning: only the hash can tell."""
    with tempfile.TemporaryDirectory() as place:
        copy = pathlib.Path(place) / "copy"
        shutil.copytree(folder, copy)
        data = bytearray((copy / "readings.csv").read_bytes())
        # A digit of a time.
        place = data.index(b"T", data.index(b"\n") + 40) + 8
        data[place] = ord("1") if data[place] != ord("1") else ord("2")
        (copy / "readings.csv").write_bytes(data)
        report = Package(str(copy / "datapackage.json")).validate()
        kinds = {row[0] for row in report.flatten(["type"])}
        expect("hash-count" in kinds or "checksum" in str(kinds), f"a damaged byte is noticed: {kinds}")


def event_log(folder):
    log = pm4py.read_xes(str(folder / "log.xes"))
    uses = pandas.read_csv(folder / "uses.csv")
    complete = (log["lifecycle:transition"] == "complete").sum()
    expect(complete == len(uses), f"{folder.name}: pm4py reads {complete} uses, as many as uses.csv has")
    tree = pm4py.discover_process_tree_inductive(log[log["lifecycle:transition"] == "complete"])
    expect(len(str(tree)) > 10, f"{folder.name}: pm4py discovers {str(tree)[:60]}…")
    cases = log["case:concept:name"].nunique()
    days = uses.assign(day=uses["from"].str[:10]).groupby(["person", "day"]).ngroups
    expect(cases == days, f"{folder.name}: {cases} traces, one for each person and day")


def provenance(folder):
    text = (folder / "prov.json").read_text()
    document = ProvDocument.deserialize(content=text, format="json")
    again = ProvDocument.deserialize(content=document.serialize(format="json"), format="json")
    expect(
        document == again and len(list(document.get_records())) > 15,
        f"{folder.name}: prov reads {len(list(document.get_records()))} records, and writes the same",
    )


def metadata(folder):
    # A DOI is given by whoever registers the data set.
    document = json.loads((folder / "datacite.json").read_text()) | {"doi": "10.5072/example"}
    errors = [error.message for error in schema45.validator.iter_errors(document)]
    expect(not errors, f"{folder.name}: datacite finds no error {errors}")


def anonymous(folder):
    people = pandas.read_csv(folder / "people.csv", keep_default_na=False, dtype=str)
    persons = people[people["people"] == "1"].reset_index(drop=True)
    told = json.loads((folder / "privacy.json").read_text())["k_anonymity"]
    found = anonymity.k_anonymity(persons, ["residence", "birth"])
    expect(found == told, f"{folder.name}: pycanon finds k = {found}, as the export says")


def sums(folder):
    import hashlib

    lines = (folder / "SHA256SUMS").read_text().splitlines()
    named = {line.split("  ", 1)[1]: line.split("  ", 1)[0] for line in lines}
    files = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    expect(files - {"SHA256SUMS"} == set(named), f"{folder.name}: SHA256SUMS names all {len(named)} files")
    right = all(hashlib.sha256((folder / n).read_bytes()).hexdigest() == h for n, h in named.items())
    expect(right, f"{folder.name}: and each sum is right")


def casas(folder):
    """As a reader of the CASAS data sets reads a line: date, time, sensor, value."""
    lines = [line.split("\t") for path in folder.glob("casas/*.txt") for line in path.read_text().splitlines()]
    readings = sum(1 for _ in open(folder / "readings.csv", newline="")) - 1
    times = [pandas.to_datetime([line[0] for line in lines])] if lines else []
    expect(
        len(lines) == readings and all(len(line) == 3 for line in lines) and bool(times),
        f"{folder.name}: {len(lines)} lines of CASAS text",
    )


def instruments(folder):
    """The scores of SUS and QUEST 2.0, made again from their items."""
    sus = pandas.read_csv(folder / "questionnaires/sus.csv")
    items = sus[[f"sus_{i}" for i in range(1, 11)]]
    # An item without an answer makes the sum unknown.
    score = (items.iloc[:, 0::2] - 1).sum(axis=1, skipna=False) + (5 - items.iloc[:, 1::2]).sum(axis=1, skipna=False)
    expect(
        (score * 2.5).equals(sus["sus_score"]) and sus["sus_score"].notna().sum() == 3,
        f"{folder.name}: pandas makes the same SUS scores {sorted(sus['sus_score'].dropna())}")
    quest = pandas.read_csv(folder / "questionnaires/quest-home.csv")
    parts = {"quest_device": range(1, 9), "quest_services": range(9, 13), "quest_total": range(1, 13)}
    same = all(
        quest[[f"quest_{i}" for i in which]].mean(axis=1).sub(quest[name]).abs().fillna(0).max() < 1e-12
        and quest[[f"quest_{i}" for i in which]].mean(axis=1).isna().equals(quest[name].isna())
        for name, which in parts.items())
    expect(same, f"{folder.name}: and the same means of QUEST 2.0")


def support(folder):
    """The share on one's own and its interval, made again from uses.csv."""
    from scipy.stats import binomtest

    uses = pandas.read_csv(folder / "uses.csv", keep_default_na=False)
    measures = pandas.read_csv(folder / "measures.csv", keep_default_na=False)
    checked = 0
    for row in measures[measures["measure"] == "autonomy"].itertuples():
        own = uses[uses["device"] == row.device]
        alone, helped = ((own["support"] == word).sum() for word in ("alone", "helped"))
        interval = binomtest(int(alone), int(alone + helped)).proportion_ci(method="wilson")
        near = all(abs(float(a) - b) < 1e-9 for a, b in (
            (row.value, alone / (alone + helped)), (row.low, interval.low), (row.high, interval.high)))
        known = measures[(measures["device"] == row.device) & (measures["measure"] == "support_known")]
        checked += near and abs(float(known["value"].iloc[0]) - (alone + helped) / len(own)) < 1e-9
    expect(checked == 1, f"{folder.name}: SciPy makes the same share on one's own from uses.csv, with its interval")


folders = sorted(path for path in exports.iterdir() if path.is_dir())
expect([f.name for f in folders] == ["exact", "hostile", "phases", "shifted", "support"], "five exports are there")
for folder in folders:
    data_package(folder)
    provenance(folder)
    metadata(folder)
    anonymous(folder)
    sums(folder)
for name in ("exact", "phases", "shifted", "support"):
    event_log(exports / name)
    casas(exports / name)
for release, kind in (("R5", Bundle), ("R4B", BundleR4B)):
    bundle = kind.model_validate_json((exports / "fhir.json").read_text())
    expect(len(bundle.entry) >= 6, f"fhir.resources reads {len(bundle.entry)} resources as {release}")
support(exports / "support")
instruments(exports / "phases")
pm4py.read_xes(str(exports / "hostile" / "log.xes"))
damaged(exports / "shifted")
sys.exit(f"{len(failures)} checks fail" if failures else 0)
