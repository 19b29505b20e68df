"""Shelly, each device a client of its own.

Gen2 and later: https://shelly-api-docs.shelly.cloud/gen2/ComponentsAndServices/Mqtt and /gen2/General/Notifications: `…/online`
is birth and will, retained; NotifyFullStatus at a start, then NotifyStatus for changes and NotifyEvent for presses; quality of
service 1.

Gen1: https://shelly-api-docs.shelly.cloud/gen1/#mqtt-support: `shellies/…/online`, `shellies/announce`, then every topic of its
state, and again every 30 s; an input's last event with an empty word; quality of service 0, nothing retained.

BLU: the script https://github.com/ALLTERCO/shelly-script-examples/blob/main/ble-shelly-blu.js on a gateway: each broadcast of a
sensor comes several times with one `pid`.
"""

import json
import time

from model import PRESSED, Bridge


class Second(Bridge):
    family = "shelly_gen2"
    tells_time = True
    qos = 1
    profiles = {"contact": "shelly-contact", "button": "shelly-button", "plug": "shelly-plug"}

    def __init__(self, world, number, kind):
        self.prefix = f"shellyplus-{number:012x}"
        self.kind = kind
        super().__init__(world, self.prefix, self.prefix)
        self.add(kind, self.profiles[kind], f"{self.prefix}/events/rpc", self.prefix, None if kind in PRESSED else False)

    def last_will(self):
        return (f"{self.prefix}/online", "false", 1, True)

    def status(self, device):
        if self.kind == "contact":
            return {"input:0": {"id": 0, "state": not device.state}}
        if self.kind == "plug":
            return {"switch:0": {"id": 0, "source": "init", "output": device.state, "apower": 41.5 if device.state else 0, "voltage": 230.4}}
        return {"input:0": {"id": 0, "state": None}}

    def notify(self, method, params):
        return self.say(f"{self.prefix}/events/rpc", json.dumps({"src": self.prefix, "dst": f"{self.prefix}/events", "method": method, "params": {"ts": round(time.time(), 2)} | params}))

    def greet(self, fresh):
        self.say(f"{self.prefix}/online", "true", 1, True)
        if fresh:
            self.say("shellies/announce", json.dumps({"id": self.prefix, "mac": self.prefix[-12:].upper(), "model": "SNSN-0024X", "gen": 2, "fw_id": "20240223-141928/1.2.2"}))

    def restate(self):
        device = self.devices[0]
        whole = {"ble": {}, "cloud": {"connected": False}, "mqtt": {"connected": True}, "sys": {"mac": self.prefix[-12:].upper(), "uptime": 3}, "wifi": {"rssi": -61}} | self.status(device)
        certain = self.notify("NotifyFullStatus", whole)
        self.notify("NotifyStatus", {"mqtt": {"connected": True}})
        device.tells(certain)

    def changes(self, device):
        return self.notify("NotifyStatus", self.status(device))

    def presses(self, device):
        def event(word):
            return self.notify("NotifyEvent", {"events": [{"component": "input:0", "id": 0, "event": word, "ts": round(time.time(), 2)}]})
        event("btn_down")
        event("btn_up")
        return event("single_push")


class First(Bridge):
    family = "shelly_gen1"
    profiles = {"contact": ("shelly1-contact", "shellydw2", "sensor/state"), "leak": ("shelly1-leak", "shellyflood", "sensor/flood"), "button": ("shelly1-button", "shellybutton1", "input_event/0"), "plug": ("shelly1-plug", "shellyplug-s", "relay/0")}

    def __init__(self, world, number, kind):
        profile, model, topic = self.profiles[kind]
        self.id = f"{model}-{number:06X}"
        self.kind = kind
        self.count = 0
        super().__init__(world, self.id, self.id)
        self.add(kind, profile, f"shellies/{self.id}/{topic}", self.id, None if kind in PRESSED else False)

    def last_will(self):
        return (f"shellies/{self.id}/online", "false", 0, True)

    def crashed(self):
        self.count = 0

    def greet(self, _):
        self.say(f"shellies/{self.id}/online", "true", 0, True)
        announcement = json.dumps({"id": self.id, "model": "SHDW-2", "mac": f"4022D8{self.id[-6:]}", "ip": "192.168.1.90", "new_fw": False, "fw_ver": "20230913-112234/v1.14.0-gcb84623"})
        self.say("shellies/announce", announcement)
        self.say(f"shellies/{self.id}/announce", announcement)

    def restate(self):
        device = self.devices[0]
        if self.kind == "button":
            self.say(f"shellies/{self.id}/input_event/0", json.dumps({"event": "", "event_cnt": self.count}))
        device.tells(self.changes(device))

    def changes(self, device):
        base = f"shellies/{self.id}"
        if self.kind == "contact":
            said = self.say(f"{base}/sensor/state", "open" if device.state else "close")
            for topic, value in (("lux", "31"), ("illumination", "dark"), ("temperature", "21.3"), ("tilt", "-1"), ("vibration", "0"), ("battery", "98"), ("act_reasons", '["sensor"]')):
                self.say(f"{base}/sensor/{topic}", value)
            return said
        if self.kind == "leak":
            said = self.say(f"{base}/sensor/flood", "true" if device.state else "false")
            self.say(f"{base}/sensor/temperature", "19.5")
            self.say(f"{base}/sensor/battery", "97")
            return said
        if self.kind == "plug":
            said = self.say(f"{base}/relay/0", "on" if device.state else "off")
            self.say(f"{base}/relay/0/power", "61.28" if device.state else "0.00")
            self.say(f"{base}/relay/0/energy", "1234")
            return said
        return self.say(f"{base}/sensor/battery", "99")

    def presses(self, device):
        self.count += 1
        return self.say(f"shellies/{self.id}/input_event/0", json.dumps({"event": "S", "event_cnt": self.count}))


class Blu(Bridge):
    family = "shelly_blu"
    restates_at_start = restates_at_reconnection = False
    profiles = {"contact": "shelly-blu-contact", "button": "shelly-blu-button", "motion": "shelly-blu-motion"}

    def __init__(self, world, number):
        self.prefix = f"shellyblugw-{number:012x}"
        self.pids = {}
        super().__init__(world, self.prefix, self.prefix)
        for index, kind in enumerate(["contact"] * 7 + ["button"] * 4 + ["motion"] * 4):
            address = f"3c:2e:f5:{number & 255:02x}:00:{index:02x}"
            self.add(kind, self.profiles[kind], f"shellies/blu/{address}", f"blu_{number & 255}_{index}", None if kind in PRESSED else False)

    def last_will(self):
        return (f"{self.prefix}/online", "false", 1, True)

    def greet(self, _):
        self.say(f"{self.prefix}/online", "true", 1, True)

    def broadcast(self, device, more):
        pid = self.pids[device] = (self.pids.get(device, self.world.rng.randrange(256)) + 1) % 256
        said = False
        for copy in range(3):
            said = self.say(device.topic, json.dumps({"encryption": False, "BTHome_version": 2, "pid": pid, "battery": 100, "rssi": -70 - copy, "address": device.topic.split("/")[2]} | more)) or said
        return said

    def restate(self):
        for device in self.devices:
            device.tells(self.changes(device))

    def changes(self, device):
        if device.kind == "contact":
            return self.broadcast(device, {"illuminance": 1, "window": int(device.state), "rotation": 0})
        if device.kind == "motion":
            return self.broadcast(device, {"illuminance": 12, "motion": int(device.state)})
        return self.broadcast(device, {"button": 0})

    def presses(self, device):
        return self.broadcast(device, {"button": 1})


def bridges(world):
    second = ["contact"] * 25 + ["button"] * 15 + ["plug"] * 20
    first = ["contact"] * 15 + ["leak"] * 9 + ["button"] * 8 + ["plug"] * 8
    return (
        [Second(world, 0xA8032A000000 + number, kind) for number, kind in enumerate(second)]
        + [First(world, 0x6A0000 + number, kind) for number, kind in enumerate(first)]
        + [Blu(world, 0xB0B21C000001 + number) for number in range(2)])
