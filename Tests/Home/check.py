"""Compares what the journal has with what was true."""

import time
from collections import defaultdict

from house import TOO_LONG
from model import PRESSED, Device, Fact


def align(facts: list[Fact], found: list, is_state: bool) -> tuple[int, int]:
    """The least that is wrong with a sequence: how much of it is false, and how much of what was true is missing.

    What is not certain may be missing. Of a state only changes count: a fact that is as the last one found is found.
    """
    # (wrong in all, false, missed) for the first i facts and j found.
    row = [(j, j, 0) for j in range(len(found) + 1)]
    for fact in facts:
        following = []
        for j in range(len(found) + 1):
            skip = 0 if not fact.certain else 1
            best = (row[j][0] + skip, row[j][1], row[j][2] + skip)
            if is_state and j > 0 and found[j - 1] == fact.value:
                best = min(best, row[j])
            if j > 0 and found[j - 1] == fact.value:
                best = min(best, row[j - 1])
            if j > 0:
                extra = following[j - 1]
                best = min(best, (extra[0] + 1, extra[1] + 1, extra[2]))
            following.append(best)
        row = following
    return row[-1][1], row[-1][2]


def changes(values: list) -> list:
    """Without repetitions; unknown is no value."""
    known = [value for value in values if value is not None]
    return [value for index, value in enumerate(known) if index == 0 or known[index - 1] != value]


class Tally:
    def __init__(self):
        self.devices = self.messages = self.true = self.found = self.false = self.missed = self.uncertain = 0


def compare(world, house) -> tuple[dict, list]:
    """A tally for each convention, and what is wrong, in words."""
    by_device = defaultdict(list)
    for event in house.json("events", "list", "--limit", "0"):
        by_device[event["device"].split("/")[-1], event["capability"]].append(event)
    alerts = defaultdict(list)
    for alert in house.json("alerts", "list", "--all"):
        alerts[alert["rule"], (alert["place"].get("device") or "").split("/")[-1]].append(alert)
    tallies, wrong = defaultdict(Tally), []
    for bridge in world.bridges:
        tally = tallies[bridge.family]
        tally.devices += len(bridge.devices)
        tally.messages += bridge.client.sent
        tally.true += bridge.true_events
        for device in bridge.devices:
            tally.uncertain += sum(not fact.certain for fact in device.facts)
            _device(device, by_device[device.name, device.capability], alerts, tally, wrong)
    for (rule, device), some in alerts.items():
        if some:
            wrong.append(f"alerts that nobody expects: {rule} of {device or 'the hub'}, {len(some)}: {some[0]['title']['en']}")
    return tallies, wrong


def _device(device: Device, events: list, alerts: dict, tally: Tally, wrong: list):
    is_press = device.kind in PRESSED
    told = [event for event in events if not (is_press and event["freshness"] == "restored")]
    found = [event["value"] for event in told] if is_press else changes([event["value"] for event in told])
    false, missed = align(device.facts, found, not is_press)
    tally.found += len(found) if is_press else max(0, len(found) - 1)
    tally.false += false
    tally.missed += missed
    if false or missed:
        facts = " ".join(f"{_word(fact.value)}{'' if fact.certain else '?'}@{_time(fact.at)}" for fact in device.facts)
        seen = " ".join(f"{_word(event['value'])}{event['freshness'][0]}@{event['received'][14:23]}" for event in told)
        wrong.append(f"{device.bridge.family} {device.name}: {false} false, {missed} missed\n    true   {facts}\n    found  {seen}")
    if device.kind == "call":
        expected = sum(1 for _ in found)
        some = alerts.pop(("call", device.name), [])
        count = sum(alert["count"] for alert in some)
        if count != expected or len(some) != min(1, expected):
            wrong.append(f"{device.name}: {expected} presses, but {len(some)} calls that count {count}")
            tally.false += max(0, count - expected)
            tally.missed += max(0, expected - count)
    rule = {"leak": "flood", "contact": "door", "bed": "bed"}.get(device.kind)
    if rule:
        some = alerts.pop((rule, device.name), [])
        expected = sum(value is True for value in found) if rule == "flood" else device.long
        if len(some) != expected:
            wrong.append(f"{device.name}: {expected} alerts of {rule} are true, {len(some)} were raised: {[(a['began'], a['late']) for a in some]}")
            tally.false += max(0, len(some) - expected)
            tally.missed += max(0, expected - len(some))


def _time(at: float) -> str:
    return f"{time.strftime('%M:%S', time.localtime(at))}{at % 1:.3f}".replace("0.", ".")


def _word(value) -> str:
    return {True: "1", False: "0", None: "?"}.get(value, str(value))


def table(tallies: dict) -> str:
    lines = ["convention         devices  messages  true  may be lost  found  false  missed"]
    total = Tally()
    for family, tally in tallies.items():
        lines.append(f"{family:18} {tally.devices:7} {tally.messages:9} {tally.true:5} {tally.uncertain:12} {tally.found:6} {tally.false:6} {tally.missed:7}")
        for name in vars(total):
            setattr(total, name, getattr(total, name) + getattr(tally, name))
    lines.append(f"{'all':18} {total.devices:7} {total.messages:9} {total.true:5} {total.uncertain:12} {total.found:6} {total.false:6} {total.missed:7}")
    return "\n".join(lines)
