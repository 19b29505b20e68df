"""Home Assistant itself as a bridge: `homeassistant/components/mqtt_statestream/__init__.py` (each change, retained, quality of service
1; its attributes on topics of their own) and the birth and will of its MQTT integration on `homeassistant/status`. When it starts, an
entity is `unavailable` or `unknown` until its integration has loaded.
"""

import json

from model import Bridge

DOMAINS = {"contact": ("binary_sensor", "door"), "motion": ("binary_sensor", "motion"), "leak": ("binary_sensor", "moisture"), "climate": ("sensor", "temperature")}


class HomeAssistant(Bridge):
    family = "ha_statestream"
    qos = 1
    retain = True
    restates_at_reconnection = False

    def __init__(self, world):
        super().__init__(world, "homeassistant", "homeassistant-core")
        for index, kind in enumerate(["contact"] * 16 + ["motion"] * 10 + ["leak"] * 6 + ["climate"] * 8):
            domain, word = DOMAINS[kind]
            self.add(kind, f"homeassistant-{kind}", f"statestream/{domain}/{word}_{index}/state", f"ha_{kind}_{index}", 22.0 if kind == "climate" else False)

    def last_will(self):
        return ("homeassistant/status", "offline", 0, True)

    def greet(self, fresh):
        self.say("homeassistant/status", "online", 0, True)
        if fresh:
            for index, device in enumerate(self.devices):
                self.say(device.topic, "unavailable" if index % 2 else "unknown")

    def state_messages(self, device):
        if device.kind == "climate":
            return [(device.topic, f"{device.state:.1f}")]
        base = device.topic.removesuffix("/state")
        self.say(f"{base}/device_class", json.dumps(DOMAINS[device.kind][1]))
        return [(device.topic, "on" if device.state else "off")]


def bridges(world):
    return [HomeAssistant(world)]
