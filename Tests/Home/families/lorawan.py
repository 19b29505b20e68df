"""LoRaWAN: ChirpStack 4 (https://www.chirpstack.io/docs/chirpstack/integrations/events.html) and The Things Stack
(https://www.thethingsindustries.com/docs/integrations/other-integrations/mqtt/): a message for each uplink, with its time; nothing at a start,
nothing retained, no will; quality of service 0. A join comes after a device's battery was changed.
"""

import json
import uuid
from datetime import datetime, timezone

from model import Bridge


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


class Server(Bridge):
    tells_time = True
    restates_at_start = restates_at_reconnection = False

    def greet(self, _):
        # The devices' next uplinks.
        self.world.wire.later(0.5, self.reports)

    def values(self, device):
        if device.kind == "contact":
            return {"battery": 93, "door": "open" if device.state else "close"}
        if device.kind == "leak":
            return {"battery": 90, "water_leak": "leak" if device.state else "normal"}
        return {"battery": 88, "temperature": device.state, "humidity": 47.5}


class ChirpStack(Server):
    family = "chirpstack_v4"

    def __init__(self, world, number):
        self.application = str(uuid.UUID(int=number + 1, version=4))
        self.count = 0
        super().__init__(world, f"chirpstack {number}", f"chirpstack-{number}")
        for index, kind in enumerate(["contact"] * 9 + ["leak"] * 6 + ["climate"] * 5):
            eui = f"24e124{number:04x}{index:06x}"
            self.add(kind, f"chirpstack-{kind}", f"application/{self.application}/device/{eui}/event/up", f"chirp_{number}_{index}", 20.0 if kind == "climate" else False)

    def state_messages(self, device):
        eui = device.topic.split("/")[3]
        self.count += 1
        info = {"tenantId": str(uuid.UUID(int=9)), "tenantName": "home", "applicationId": self.application, "applicationName": "home", "deviceProfileName": "EM300", "deviceName": device.name, "devEui": eui, "tags": {}}
        said = {"deduplicationId": str(uuid.UUID(int=self.world.rng.getrandbits(128))), "time": now(), "deviceInfo": info, "devAddr": "00189440", "adr": True, "dr": 5, "fCnt": self.count, "fPort": 85, "confirmed": False, "data": "AXVkAwABBAAB", "object": self.values(device), "rxInfo": [{"gatewayId": "0016c001f153a14c", "uplinkId": 4217106255, "rssi": -57, "snr": 10}]}
        return [(device.topic, json.dumps(said))]


class TheThings(Server):
    family = "ttn_v3"

    def __init__(self, world):
        super().__init__(world, "ttn", "ttn-mqtt")
        for index in range(20):
            self.add("contact", "ttn-contact", f"v3/home@ttn/devices/door-{index}/up", f"ttn_{index}", False)

    def state_messages(self, device):
        name = device.topic.split("/")[3]
        said = {"end_device_ids": {"device_id": name, "application_ids": {"application_id": "home"}, "dev_eui": f"70B3D57ED000{int(name[5:]):04X}"}, "received_at": now(), "uplink_message": {"f_port": 10, "f_cnt": 7, "frm_payload": "DBcB", "decoded_payload": {"DOOR_OPEN_STATUS": int(device.state)}, "rx_metadata": [{"gateway_ids": {"gateway_id": "roof"}, "rssi": -71, "snr": 9}], "received_at": now()}}
        return [(device.topic, json.dumps(said))]


def bridges(world):
    return [ChirpStack(world, number) for number in range(2)] + [TheThings(world)]
