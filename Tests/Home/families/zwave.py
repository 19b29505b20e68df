"""Z-Wave JS UI, as in `api/lib/MqttClient.ts` (will and birth on `PREFIX/_CLIENTS/…/status`; the version; MQTT.js keeps what is said
while the broker is away), `api/lib/Gateway.ts` and https://zwave-js.github.io/zwave-js-ui/#/guide/mqtt: at a start each node's
`nodeinfo` and `status` and all its known values, retained; scenes have no state, are not retained, and are taken back with null.
"""

import json
import time

from model import PRESSED, Bridge

VALUES = {"contact": "113/0/Access_Control/Door_state", "motion": "113/0/Home_Security/Motion_sensor_status", "leak": "113/0/Water_Alarm/Sensor_status", "button": "91/0/scene/001", "plug": "37/0/currentValue"}
KINDS = ["contact"] * 10 + ["motion"] * 6 + ["leak"] * 5 + ["button"] * 5 + ["plug"] * 4


class ZWave(Bridge):
    family = "zwave_js_ui"
    queues = True
    tells_time = True
    restates_at_reconnection = False

    def __init__(self, world, prefix, qos, retain):
        self.prefix = prefix
        self.qos = qos
        self.retain = retain
        super().__init__(world, prefix, f"ZWAVE_GATEWAY-{prefix}")
        for index, kind in enumerate(KINDS):
            node = f"{prefix}/floor_{index % 3}/{kind}_{index}"
            self.add(kind, f"zwave-{kind}", f"{node}/{VALUES[kind]}", f"{prefix}_{kind}_{index}", None if kind in PRESSED else False)

    @property
    def status(self):
        return f"{self.prefix}/_CLIENTS/ZWAVE_GATEWAY-{self.prefix}/status"

    def last_will(self):
        return (self.status, '{"value":false}', self.qos, self.retain)

    def greet(self, fresh):
        self.say(f"{self.prefix}/_CLIENTS/ZWAVE_GATEWAY-{self.prefix}/version", json.dumps({"value": "9.9.0", "time": self.now}))
        self.say(self.status, json.dumps({"value": True, "time": self.now}))
        if not fresh:
            return
        for index, device in enumerate(self.devices):
            node = device.topic.removesuffix("/" + VALUES[device.kind])
            self.say(f"{node}/nodeinfo", json.dumps({"id": index + 2, "name": node.split("/")[-1], "loc": node.split("/")[1], "manufacturer": "Aeotec", "productLabel": "ZW187", "status": "Alive", "ready": True}))
            self.say(f"{node}/status", json.dumps({"time": self.now, "value": True, "status": "Asleep" if device.kind != "plug" else "Alive", "nodeId": index + 2}))

    @property
    def now(self):
        return int(time.time() * 1000)

    def state_messages(self, device):
        value = {"contact": 22 if device.state else 23, "motion": 8 if device.state else 0, "leak": 2 if device.state else 0, "plug": device.state, "button": None}[device.kind]
        if device.kind == "button":
            return []
        said = [(device.topic, json.dumps({"time": self.now, "value": value}))]
        if device.kind == "plug":
            said.append((device.topic.replace("37/0/currentValue", "50/0/value/66049"), json.dumps({"time": self.now, "value": 58.1 if device.state else 0})))
        return said

    def press_messages(self, device):
        self.world.wire.later(0.3, lambda: self.say(device.topic, json.dumps({"time": self.now, "value": None}), self.qos, False))
        return [(device.topic, json.dumps({"time": self.now, "value": 0}), self.qos, False)]


def bridges(world):
    return [ZWave(world, "zwave", 1, True), ZWave(world, "zwavejs2mqtt", 0, False)]
