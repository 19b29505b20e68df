"""OpenMQTTGateway, as in `main/OpenMQTTGateway.ino` and `ZgatewayBT.ino` (`home/GATEWAY/LWT` is birth and will, retained; then the
gateway's own state), and Theengs Gateway (https://gateway.theengs.io): each broadcast that is heard, decoded as
https://decoder.theengs.io/devices/devices.html says; quality of service 0, not retained. A sensor broadcasts its state all the time.
"""

import json

from model import Bridge

MODELS = {"contact": ("MCCGQ02HL", "CTMO"), "motion": ("RTCGQ02LM", "PIR"), "climate": ("LYWSD03MMC_PVVX", "THB")}


class Gateway(Bridge):
    restates_at_start = restates_at_reconnection = False

    def __init__(self, world, number, name, family, kinds):
        self.family = family
        self.gateway = name
        super().__init__(world, name, name)
        for index, kind in enumerate(kinds):
            address = f"A4C138{number:02X}{index:04X}"
            self.add(kind, f"gateway-{kind}", f"home/{name}/BTtoMQTT/{address}", f"{family}_{number}_{index}", 20.0 if kind == "climate" else False)

    def last_will(self):
        return (f"home/{self.gateway}/LWT", "offline", 0, True)

    def greet(self, _):
        self.say(f"home/{self.gateway}/LWT", "online", 0, True)
        self.say(f"home/{self.gateway}/SYStoMQTT", json.dumps({"uptime": 3, "version": "v1.7.0", "env": "esp32dev-ble", "freemem": 110000, "rssi": -58, "modules": ["BT"]}))
        # What it hears in its first seconds.
        self.world.wire.later(0.8, self.reports)

    def state_messages(self, device):
        address = device.topic.rsplit("/", 1)[1]
        model, kind = MODELS[device.kind]
        said = {"id": ":".join(address[i:i + 2] for i in range(0, 12, 2)), "rssi": -60 - self.world.rng.randrange(20), "brand": "Xiaomi/Aqara", "model": model, "model_id": model, "type": kind}
        if device.kind == "contact":
            said |= {"open": device.state, "batt": 91}
        elif device.kind == "motion":
            said |= {"motion": device.state, "lux": 3, "batt": 88}
        else:
            said |= {"tempc": device.state, "tempf": round(device.state * 1.8 + 32, 1), "hum": 47, "batt": 70, "volt": 2.9}
        return [(device.topic, json.dumps(said))] * 2


def bridges(world):
    kinds = ["contact"] * 12 + ["motion"] * 8 + ["climate"] * 5
    return [Gateway(world, number, f"OMG_{number}", "openmqttgateway", kinds) for number in range(2)] + [Gateway(world, 9, "TheengsGateway", "theengs", ["contact"] * 8 + ["motion"] * 6 + ["climate"] * 6)]
