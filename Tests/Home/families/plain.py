"""Plain JSON: what makers of assistive devices write for themselves, in the form that the profiles `json-*` describe. A gateway for
twenty devices: availability of each, retained; states retained and said again at each connection; presses with a counter, quality of
service 1, kept until the broker is back.
"""

import json

from model import PRESSED, Bridge

PROFILES = {"contact": "json-contact", "call": "json-sos", "button": "json-button", "bed": "json-bed", "motion": "json-motion"}


class Plain(Bridge):
    family = "json"
    qos = 1
    retain = True
    queues = True

    def __init__(self, world, number):
        self.presses_so_far = 0
        super().__init__(world, f"json {number}", f"assist-{number}")
        for index, kind in enumerate(["contact"] * 5 + ["call"] * 5 + ["button"] * 3 + ["bed"] * 4 + ["motion"] * 3):
            self.add(kind, PROFILES[kind], f"assist/{number}/{kind}/{index}", f"assist_{number}_{index}", None if kind in PRESSED else False)

    def last_will(self):
        return (f"assist/{self.name[5:]}/gateway", "offline", 1, True)

    def greet(self, _):
        self.say(f"assist/{self.name[5:]}/gateway", "online")
        for device in self.devices:
            self.say(f"{device.topic}/availability", '{"state":"online"}')

    def state_messages(self, device):
        return [] if device.kind in PRESSED else [(device.topic, json.dumps({"value": device.state, "battery": 80}))]

    def press_messages(self, device):
        self.presses_so_far += 1
        word = "pressed" if device.kind == "call" else "press"
        return [(device.topic, json.dumps({"value": word, "battery": 80, "id": self.presses_so_far}), 1, False)]


def bridges(world):
    return [Plain(world, number) for number in range(2)]
