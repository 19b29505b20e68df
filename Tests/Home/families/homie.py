"""Homie 4 and 5: https://homieiot.github.io/specification/ ("Device lifecycle", "MQTT topology"): the will sets `$state` to `lost`;
at each connection `init`, all attributes (4) or `$description` (5), all values, then `ready`; everything retained, quality of service
1 or 2 asked for; a button's property is not retained. A device keeps what it has to say until the broker is back.
"""

import json

from model import PRESSED, Bridge

NODES = [("contact", "door", "contact", "boolean"), ("motion", "pir", "motion", "boolean"), ("leak", "leak", "water", "boolean"), ("button", "button", "action", "enum"), ("climate", "air", "temperature", "float")]


class Homie(Bridge):
    qos = 1
    retain = True

    def __init__(self, world, number, version):
        self.family = f"homie{version}"
        self.version = version
        self.id = f"unit-{number}"
        self.root = f"homie/{'5/' if version == 5 else ''}{self.id}"
        super().__init__(world, self.root, f"homie{version}-{number}")
        for kind, node, prop, _ in NODES[:4] if number % 2 else NODES[:3] + NODES[4:]:
            state = None if kind in PRESSED else 19.0 if kind == "climate" else False
            self.add(kind, f"homie-{kind}", f"{self.root}/{node}/{prop}", f"homie{version}_{number}_{node}", state)

    def last_will(self):
        return (f"{self.root}/$state", "lost", 1, True)

    def greet(self, _):
        self.say(f"{self.root}/$state", "init")
        nodes = [(node, prop, kind) for kind, node, prop, kind in NODES]
        if self.version == 5:
            description = {"homie": "5.0", "version": 7, "name": self.id, "nodes": {node: {"name": node, "properties": {prop: {"name": prop, "datatype": kind, "settable": False, "retained": kind != "enum"} | ({"format": "single,double,hold"} if kind == "enum" else {})}} for node, prop, kind in nodes}}
            return self.say(f"{self.root}/$description", json.dumps(description))
        for name, value in (("$homie", "4.0.0"), ("$name", self.id), ("$extensions", ""), ("$implementation", "esp8266"), ("$nodes", ",".join(node for node, _, _ in nodes))):
            self.say(f"{self.root}/{name}", value)
        for node, prop, kind in nodes:
            for name, value in (("$name", node), ("$type", node), ("$properties", prop), (f"{prop}/$name", prop), (f"{prop}/$datatype", kind), (f"{prop}/$settable", "false"), (f"{prop}/$retained", "false" if kind == "enum" else "true")):
                self.say(f"{self.root}/{node}/{name}", value)

    def part(self):
        self.say(f"{self.root}/$state", "ready")

    def state_messages(self, device):
        if device.kind in PRESSED:
            return []
        value = f"{device.state:.1f}" if device.kind == "climate" else "true" if device.state else "false"
        return [(device.topic, value)]

    def press_messages(self, device):
        return [(device.topic, "single", 1, False)]


def bridges(world):
    return [Homie(world, number, version) for version in (4, 5) for number in range(10)]
