"""rtl_433, as in `src/output_mqtt.c` and `docs/OPERATION.md` (`events=rtl_433/[hostname][/model][/id]`, `availability`): one message
of a sensor is sent several times and each copy is told; nothing is said at a start but that it is there. Quality of service 0.
"""

import json
from datetime import datetime

from model import Bridge


class Radio(Bridge):
    family = "rtl_433"
    restates_at_start = restates_at_reconnection = False

    def __init__(self, world, host):
        self.host = host
        super().__init__(world, host, f"rtl_433-{host}")
        for index, kind in enumerate(["contact"] * 10 + ["climate"] * 5):
            model, number = ("Honeywell-Security", 734100 + index) if kind == "contact" else ("Acurite-Tower", 11500 + index)
            self.add(kind, f"rtl433-{kind}", f"rtl_433/{host}/{model}/{number}", f"{host}_{kind}_{index}", 18.0 if kind == "climate" else False)

    def last_will(self):
        return (f"rtl_433/{self.host}/availability", "offline", 0, True)

    def greet(self, _):
        self.say(f"rtl_433/{self.host}/availability", "online", 0, True)

    def state_messages(self, device):
        _, _, model, number = device.topic.split("/")
        said = {"time": datetime.now().strftime("%Y-%m-%d %H:%M:%S"), "model": model, "id": int(number), "channel": 8}
        if device.kind == "contact":
            said |= {"event": 160 if device.state else 128, "state": "open" if device.state else "closed", "heartbeat": "no", "battery_ok": 1, "mic": "CRC"}
        else:
            said |= {"battery_ok": 1, "temperature_C": device.state, "humidity": 44, "mic": "CHECKSUM"}
        return [(device.topic, json.dumps(said))] * (6 if device.kind == "contact" else 3)


def bridges(world):
    return [Radio(world, host) for host in ("attic", "cellar")]
