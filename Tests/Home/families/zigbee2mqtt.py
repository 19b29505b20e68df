"""Zigbee2MQTT, as in its sources: `lib/mqtt.ts` (birth, will, what was retained is said again two seconds after a
reconnection unless the broker still had it), `lib/controller.ts` (at a start all cached states, `cache_state_send_on_startup`),
`lib/state.ts` (actions are not cached), `lib/extension/availability.ts` and `bridge.ts`; quality of service 0.

Three bridges as people set them up: without `last_seen`; with it in ISO 8601 and `retain` for what has a state; with it as an
epoch, and availability.
"""

import json
import time
import zlib
from datetime import datetime, timezone

from model import PRESSED, Bridge

MODELS = {
    "contact": ("MCCGQ11LM", "zigbee2mqtt-contact", "Battery"), "motion": ("RTCGQ11LM", "zigbee2mqtt-motion", "Battery"),
    "button": ("WXKG11LM", "zigbee2mqtt-button", "Battery"), "call": ("TS0215A_sos", "zigbee2mqtt-sos", "Battery"),
    "bed": ("BED-PAD", "zigbee2mqtt-bed-pad", "Battery"), "leak": ("SJCGQ11LM", "zigbee2mqtt-leak", "Battery"),
    "climate": ("WSDCGQ11LM", "zigbee2mqtt-climate", "Battery"), "plug": ("TS011F_plug_1", "zigbee2mqtt-plug", "Mains (single phase)"),
}
KINDS = ["contact"] * 28 + ["motion"] * 20 + ["button"] * 10 + ["call"] * 10 + ["bed"] * 8 + ["leak"] * 8 + ["climate"] * 8 + ["plug"] * 8


class Zigbee2MQTT(Bridge):
    family = "zigbee2mqtt"
    restates_at_reconnection = False

    def __init__(self, world, base, last_seen=None, retains=False, availability=False):
        self.base = base
        self.last_seen = last_seen
        self.tells_time = last_seen is not None
        self.retains = retains
        self.availability = availability
        self.retained = {}
        self.broker_had_it = True
        self.seen = {}
        super().__init__(world, base, f"mqttjs_{base}")
        self.client.heard = self.hears
        for number, kind in enumerate(KINDS):
            name = f"{base.removeprefix('zigbee2mqtt_')}_{kind}_{number}"
            state = None if kind in PRESSED else 20.0 if kind == "climate" else False
            self.add(kind, MODELS[kind][1], f"{base}/{name}", name, state)

    def last_will(self):
        return (f"{self.base}/bridge/state", '{"state":"offline"}', 1, True)

    def subscriptions(self):
        return (f"{self.base}/bridge/info",)

    def hears(self, message):
        self.broker_had_it = True

    def publish(self, topic, payload, retain):
        if retain:
            self.retained[topic] = payload
        return self.say(topic, payload, 0, retain)

    def greet(self, fresh):
        self.say(f"{self.base}/bridge/state", '{"state":"online"}', 0, True)
        if not fresh:
            self.broker_had_it = False
            self.world.wire.later(2, self.say_retained_again)
            return
        self.publish(f"{self.base}/bridge/info", json.dumps({"version": "1.36.0", "commit": "ffc2ff1d", "coordinator": {"type": "zStack3x0"}, "permit_join": False}), True)
        self.publish(f"{self.base}/bridge/devices", json.dumps(self.definitions()), True)
        self.publish(f"{self.base}/bridge/groups", "[]", True)
        self.publish(f"{self.base}/bridge/extensions", "[]", True)
        if self.availability:
            for device in self.devices:
                self.publish(f"{device.topic}/availability", '{"state":"online"}', True)

    def say_retained_again(self):
        if self.broker_had_it or not self.client.is_up:
            return
        for topic, payload in self.retained.items():
            self.say(topic, payload, 0, True)
        if self.retains:
            for device in self.devices:
                device.tells(True)

    def definitions(self):
        coordinator = {"ieee_address": f"0x00124b00{zlib.crc32(self.base.encode()):08x}", "type": "Coordinator", "friendly_name": "Coordinator", "definition": None}
        return [coordinator] + [{
            "ieee_address": self.address(device), "type": "EndDevice", "friendly_name": device.topic.split("/", 1)[1],
            "supported": True, "disabled": False, "interviewing": False, "interview_completed": True,
            "power_source": MODELS[device.kind][2], "model_id": MODELS[device.kind][0], "manufacturer": "LUMI",
            "definition": {"model": MODELS[device.kind][0], "vendor": "Aqara", "description": device.kind, "exposes": EXPOSES[device.kind]},
        } for device in self.devices]

    def address(self, device):
        return f"0x00158d00{zlib.crc32(self.base.encode()) & 0xFF:02x}{self.devices.index(device):06x}"

    def cache(self, device):
        if device.kind == "contact":
            state = {"contact": not device.state, "device_temperature": 22, "power_outage_count": 3, "voltage": 2985}
        elif device.kind == "bed":
            state = {"contact": device.state, "voltage": 2985}
        elif device.kind == "motion":
            state = {"occupancy": device.state, "illuminance": 41, "voltage": 2955}
        elif device.kind == "leak":
            state = {"water_leak": device.state, "battery_low": False, "tamper": False, "voltage": 3005}
        elif device.kind == "climate":
            state = {"temperature": device.state, "humidity": 45.2, "pressure": 1003}
        elif device.kind == "plug":
            return {"state": "ON" if device.state else "OFF", "power": 61.2 if device.state else 0, "voltage": 231, "current": 0.27 if device.state else 0, "energy": 12.4, "power_on_behavior": "previous"}
        else:
            state = {"voltage": 3000}
        return {"battery": 97} | state

    def message(self, device, more, hears):
        if hears:
            self.seen[device] = time.time()
        said = self.cache(device) | more | {"linkquality": 60 + len(device.name) * 7 % 100}
        seen = self.seen.get(device, time.time() - 3600)
        if self.last_seen == "ISO_8601":
            said["last_seen"] = datetime.fromtimestamp(seen, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        elif self.last_seen == "epoch":
            said["last_seen"] = int(seen * 1000)
        return json.dumps(said, separators=(",", ":"))

    def restate(self):
        for device in self.devices:
            retain = self.retains and device.kind not in PRESSED
            device.tells(self.publish(device.topic, self.message(device, {}, False), retain))

    def reports(self):
        if self.client.is_up:
            for device in self.devices:
                self.world.wire.later(self.world.rng.uniform(0, 0.5), lambda device=device: device.tells(self.changes(device)))

    def changes(self, device):
        return self.publish(device.topic, self.message(device, {}, True), self.retains)

    def presses(self, device):
        action = self.world.rng.choice(["emergency", "emergency", "sos"]) if device.kind == "call" else "single"
        certain = self.publish(device.topic, self.message(device, {"action": action}, True), False)
        if self.last_seen is None:
            # With Home Assistant's legacy triggers the action is taken back at once.
            self.publish(device.topic, self.message(device, {"action": ""}, True), False)
        return certain


def binary(name, on, off):
    return {"type": "binary", "name": name, "property": name, "access": 1, "value_on": on, "value_off": off}


def numeric(name, unit):
    return {"type": "numeric", "name": name, "property": name, "access": 1, "unit": unit}


EXPOSES = {
    "contact": [binary("contact", False, True), numeric("battery", "%"), numeric("voltage", "mV")],
    "bed": [binary("contact", False, True), numeric("battery", "%")],
    "motion": [binary("occupancy", True, False), numeric("illuminance", "lx"), numeric("battery", "%")],
    "leak": [binary("water_leak", True, False), binary("tamper", True, False), numeric("battery", "%")],
    "climate": [numeric("temperature", "°C"), numeric("humidity", "%"), numeric("pressure", "hPa")],
    "plug": [{"type": "switch", "features": [{"type": "binary", "name": "state", "property": "state", "access": 7, "value_on": "ON", "value_off": "OFF"}]}, numeric("power", "W")],
    "button": [{"type": "enum", "name": "action", "property": "action", "access": 1, "values": ["single", "double", "hold"]}],
    "call": [{"type": "enum", "name": "action", "property": "action", "access": 1, "values": ["emergency", "sos"]}],
}


def bridges(world):
    return [
        Zigbee2MQTT(world, "zigbee2mqtt"),
        Zigbee2MQTT(world, "zigbee2mqtt_north", last_seen="ISO_8601", retains=True),
        Zigbee2MQTT(world, "zigbee2mqtt_south", last_seen="epoch", availability=True),
    ]
