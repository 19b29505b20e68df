"""ESPHome, as in `esphome/components/mqtt/mqtt_client.cpp` (birth and will on `NODE/status`, retained; after each connection every
component says itself again) and `mqtt_component.cpp` (`call_loop`: its discovery, then its state; both retained). Quality of service
0. What is published while it is not connected is lost, and said again as a state once it is.

A press is ON and OFF of a binary sensor; a cord that was pulled stays ON until somebody resets it.
"""

import json

from model import PRESSED, Bridge

PARTS = [("contact", "binary_sensor", "door", "door", "esphome-binary-sensor"), ("motion", "binary_sensor", "pir", "motion", "esphome-motion"), ("call", "binary_sensor", "call", None, "esphome-button"), ("climate", "sensor", "temperature", "temperature", "esphome-temperature")]


class Node(Bridge):
    family = "esphome"
    retain = True

    def __init__(self, world, number):
        self.node = f"room-{number}"
        self.pulled = False
        super().__init__(world, self.node, f"{self.node}-8caab5{number:06x}")
        self.parts = {}
        for kind, component, object_id, device_class, profile in PARTS:
            state = None if kind in PRESSED else 21.5 if kind == "climate" else False
            device = self.add(kind, profile, f"{self.node}/{component}/{object_id}/state", f"esp_{number}_{object_id}", state)
            self.parts[device] = (component, object_id, device_class)

    def last_will(self):
        return (f"{self.node}/status", "offline", 0, True)

    def greet(self, _):
        self.say(f"{self.node}/status", "online", 0, True)
        self.say(f"esphome/discover/{self.node}", json.dumps({"ip": "192.168.1.50", "name": self.node, "friendly_name": self.node, "port": 6053, "version": "2024.3.0", "mac": f"8caab5{int(self.node[5:]):06x}", "platform": "ESP32", "board": "esp32dev", "network": "wifi"}), 0, True)

    def discovery(self, device):
        component, object_id, device_class = self.parts[device]
        mac = f"8caab5{int(self.node[5:]):06x}"
        config = {"name": object_id, "stat_t": device.topic, "avty_t": f"{self.node}/status", "uniq_id": f"{mac}-{component}-{object_id}", "dev": {"ids": mac, "name": self.node, "sw": "esphome v2024.3.0", "mdl": "esp32dev", "mf": "Espressif", "cns": [["mac", mac]]}}
        if device_class:
            config["dev_cla"] = device_class
        if component == "sensor":
            config |= {"unit_of_meas": "°C", "stat_cla": "measurement"}
        self.say(f"homeassistant/{component}/{self.node}/{object_id}/config", json.dumps(config), 0, True)

    def restate(self):
        for device in self.devices:
            self.discovery(device)
            said = self.changes(device)
            device.tells(said)

    def changes(self, device):
        if device.kind == "call":
            return self.say(device.topic, "ON" if self.pulled else "OFF")
        if device.kind == "climate":
            return self.say(device.topic, f"{device.state:.1f}")
        return self.say(device.topic, "ON" if device.state else "OFF")

    def presses(self, device):
        said = self.say(device.topic, "ON")
        if int(self.node[5:]) % 3 == 0:
            self.pulled = True
            self.world.wire.later(4, self.reset)
        else:
            self.say(device.topic, "OFF")
        return said

    def is_held(self, _):
        return self.pulled

    def reset(self):
        if self.pulled:
            self.pulled = False
            self.changes(next(device for device in self.devices if device.kind == "call"))


def bridges(world):
    return [Node(world, number) for number in range(25)]
