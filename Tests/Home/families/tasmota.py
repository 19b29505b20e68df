"""Tasmota, as in `xdrv_02_9_mqtt.ino` (`MqttReconnect`: the will is `Offline` on `tele/…/LWT`, retained, quality of service 1;
`MqttConnected`: `Online`, after a start INFO1 to INFO3, then all power states, and STATE and SENSOR five seconds later),
`xdrv_12_discovery.ino`, and https://tasmota.github.io/docs/MQTT/. Each device is a client of its own; quality of service 0.

Until it has asked for the time, a device writes 1970.
"""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from model import Bridge

PROFILES = {"contact": "tasmota-contact", "motion": "tasmota-motion", "plug": "tasmota-plug", "climate": "tasmota-climate"}


class Tasmota(Bridge):
    family = "tasmota"

    def __init__(self, world, number, kind):
        self.topic = f"tasmota_{number:06X}"
        self.kind = kind
        self.has_time = False
        super().__init__(world, self.topic, f"DVES_{number:06X}")
        address = {"contact": f"stat/{self.topic}/RESULT", "motion": f"stat/{self.topic}/RESULT", "plug": f"stat/{self.topic}/POWER", "climate": f"tele/{self.topic}/SENSOR"}[kind]
        self.add(kind, PROFILES[kind], address, self.topic, 20.0 if kind == "climate" else False)

    def last_will(self):
        return (f"tele/{self.topic}/LWT", "Offline", 1, True)

    def time(self):
        if not self.has_time:
            return "1970-01-01T00:00:07"
        return datetime.now(ZoneInfo("Europe/Paris")).strftime("%Y-%m-%dT%H:%M:%S")

    def crashed(self):
        self.has_time = False

    def greet(self, fresh):
        self.say(f"tele/{self.topic}/LWT", "Online", 0, True)
        self.say(f"cmnd/{self.topic}/POWER", "", 0, False)
        if fresh:
            for number, info in enumerate([{"Module": "Generic", "Version": "13.4.0(tasmota)", "FallbackTopic": f"cmnd/DVES_{self.topic}_fb/", "GroupTopic": "cmnd/tasmotas/"}, {"WebServerMode": "Admin", "Hostname": self.topic, "IPAddress": "192.168.1.40"}, {"RestartReason": "Power On", "BootCount": 17}], 1):
                self.say(f"tele/{self.topic}/INFO{number}", json.dumps({f"Info{number}": info}))
            mac = f"A8032A{self.topic[-6:]}"
            self.say(f"tasmota/discovery/{mac}/config", json.dumps({"ip": "192.168.1.40", "dn": self.topic, "fn": [self.topic], "hn": self.topic, "mac": mac, "md": "Generic", "ty": 0, "if": 0, "ofln": "Offline", "onln": "Online", "state": ["OFF", "ON", "TOGGLE", "HOLD"], "sw": "13.4.0", "t": self.topic, "ft": "%prefix%/%topic%/", "tp": ["cmnd", "stat", "tele"], "rl": [1 if self.kind == "plug" else 0], "swc": [-1], "btn": [0], "so": {}, "ver": 1}), 0, True)
            self.say(f"tasmota/discovery/{mac}/sensors", json.dumps({"sn": json.loads(self.sensor(self.devices[0])), "ver": 1}), 0, True)

    def restate(self):
        device = self.devices[0]
        if self.kind == "plug":
            device.tells(self.power(device))
        # Here after one second.
        self.world.wire.later(1, self.telemetry)

    def telemetry(self):
        if not self.client.is_up:
            return
        device = self.devices[0]
        state = {"Time": self.time(), "Uptime": "0T00:00:07", "UptimeSec": 7, "Heap": 24, "SleepMode": "Dynamic", "Sleep": 50, "LoadAvg": 19, "MqttCount": 1, "Wifi": {"AP": 1, "SSId": "home", "RSSI": 72, "Signal": -64}}
        if self.kind == "plug":
            state["POWER"] = "ON" if device.state else "OFF"
        certain = self.say(f"tele/{self.topic}/STATE", json.dumps(state))
        certain = self.say(f"tele/{self.topic}/SENSOR", self.sensor(device)) or certain
        device.tells(certain)
        self.has_time = True

    def reports(self):
        self.telemetry()

    def sensor(self, device):
        said = {"Time": self.time()}
        if self.kind in ("contact", "motion"):
            said["Switch1"] = "ON" if device.state else "OFF"
        elif self.kind == "climate":
            said["AM2301"] = {"Temperature": device.state, "Humidity": 48.1, "DewPoint": 9.1}
            said["TempUnit"] = "C"
        else:
            said["ENERGY"] = {"TotalStartTime": "2024-01-01T00:00:00", "Total": 3.2, "Yesterday": 0.1, "Today": 0.02, "Power": 40 if device.state else 0, "Voltage": 230, "Current": 0.17 if device.state else 0}
        return json.dumps(said)

    def power(self, device):
        word = "ON" if device.state else "OFF"
        said = self.say(f"stat/{self.topic}/RESULT", json.dumps({"POWER": word}))
        return self.say(f"stat/{self.topic}/POWER", word) or said

    def changes(self, device):
        if self.kind == "plug":
            return self.power(device)
        if self.kind == "climate":
            return self.say(f"tele/{self.topic}/SENSOR", self.sensor(device))
        # SetOption114: the switch on its own, without a relay; then the sensors at once.
        said = self.say(f"stat/{self.topic}/RESULT", json.dumps({"Switch1": {"Action": "ON" if device.state else "OFF"}}))
        return self.say(f"tele/{self.topic}/SENSOR", self.sensor(device)) or said


def bridges(world):
    kinds = ["contact"] * 30 + ["motion"] * 25 + ["plug"] * 20 + ["climate"] * 15
    return [Tasmota(world, 0x10A000 + number, kind) for number, kind in enumerate(kinds)]
