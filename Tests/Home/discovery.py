"""Home Assistant's discovery messages of the test home's devices, as the projects write them, and of some devices more.

Zigbee2MQTT: `lib/extension/homeassistant.ts`. Z-Wave JS UI: `api/hass/configurations.ts`. OpenMQTTGateway and Theengs: `main/ZmqttDiscovery.ino`,
`ZgatewayBT.ino`. rtl_433: `examples/rtl_433_mqtt_hass.py`. Tasmota with SetOption19: `xdrv_12_home_assistant.ino`. ESPHome says its own
(families/esphome.py). Each entity is here with the messages that give it a state.
"""

import json
from dataclasses import dataclass


@dataclass
class Entity:
    """One entity: where its configuration stands, the configuration, and the messages of its state, in order."""

    topic: str
    config: dict
    states: list

    @property
    def payload(self) -> str:
        return json.dumps(self.config)


def zigbee2mqtt(device, bridge) -> list[Entity]:
    address = bridge.address(device)
    about = {"identifiers": [f"zigbee2mqtt_{address}"], "name": device.name, "model": f"{device.kind} (X1)", "manufacturer": "Aqara", "sw_version": "Zigbee2MQTT 1.36.0"}

    def entity(component, object_id, **more):
        config = {"name": object_id.capitalize(), "state_topic": device.topic, "unique_id": f"{address}_{object_id}_{bridge.base}", "device": about, "origin": {"name": "Zigbee2MQTT", "sw": "1.36.0"}, "json_attributes_topic": device.topic} | more
        return Entity(f"homeassistant/{component}/{address}/{object_id}/config", config, [(device.topic, bridge.message(device, {}, True))])

    def sensor(name, device_class, unit, **more):
        return entity("sensor", name, value_template="{{ value_json.%s }}" % name, state_class="measurement", **({"device_class": device_class} if device_class else {}), **({"unit_of_measurement": unit} if unit else {}), **more)

    def binary(name, device_class, on, off):
        return entity("binary_sensor", name, value_template="{{ value_json.%s }}" % name, payload_on=on, payload_off=off, **({"device_class": device_class} if device_class else {}))

    link = sensor("linkquality", None, "lqi", entity_category="diagnostic", enabled_by_default=True)
    battery = sensor("battery", "battery", "%", entity_category="diagnostic")
    volts = sensor("voltage", "voltage", "mV", entity_category="diagnostic")
    own = {
        "contact": lambda: [binary("contact", "door", False, True), battery, volts],
        "bed": lambda: [binary("contact", "door", False, True), battery],
        "motion": lambda: [binary("occupancy", "motion", True, False), sensor("illuminance", "illuminance", "lx"), battery],
        "leak": lambda: [binary("water_leak", "moisture", True, False), binary("tamper", "tamper", True, False), binary("battery_low", "battery", True, False), battery],
        "climate": lambda: [sensor("temperature", "temperature", "°C"), sensor("humidity", "humidity", "%"), sensor("pressure", "atmospheric_pressure", "hPa"), battery],
        "plug": lambda: [entity("switch", "state", value_template="{{ value_json.state }}", payload_on="ON", payload_off="OFF", command_topic=f"{device.topic}/set"), sensor("power", "power", "W"), sensor("voltage", "voltage", "V"), sensor("current", "current", "A"), sensor("energy", "energy", "kWh")],
        "button": lambda: [battery],
        "call": lambda: [battery],
    }
    return own[device.kind]() + [link]


def zwave(device, bridge) -> list[Entity]:
    node = device.topic.split("/")[2]
    about = {"identifiers": [f"zwavejs2mqtt_0xf8_{bridge.prefix}_{node}"], "manufacturer": "Aeotec", "model": "Sensor (ZW187)", "name": node, "sw_version": "1.5"}
    words = {"contact": ("binary_sensor", {"payload_on": 22, "payload_off": 23, "device_class": "door"}), "motion": ("binary_sensor", {"payload_on": 8, "payload_off": 0, "device_class": "motion", "off_delay": 60}), "leak": ("binary_sensor", {"payload_on": 2, "payload_off": 0, "device_class": "moisture"}), "plug": ("switch", {"payload_on": True, "payload_off": False, "state_on": True, "state_off": False, "command_topic": f"{device.topic}/set"})}
    if device.kind not in words:
        return []
    component, more = words[device.kind]
    config = {"value_template": "{{ value_json.value }}", "state_topic": device.topic, "name": f"{node}_{device.kind}", "unique_id": f"zwavejs2mqtt_{bridge.prefix}_{node}", "device": about} | more
    return [Entity(f"homeassistant/{component}/{node}_{bridge.prefix}/{device.kind}/config", config, bridge.state_messages(device)[:1])]


def gateway(device, bridge) -> list[Entity]:
    address = device.topic.rsplit("/", 1)[1]
    about = {"ids": [address], "cns": [["mac", address]], "mf": "Xiaomi", "mdl": "MCCGQ02HL", "name": f"Sensor-{address[-6:]}", "via_device": bridge.gateway}

    def entity(component, name, key, **more):
        config = {"stat_t": f"+/+/BTtoMQTT/{address}" if more.pop("any", False) else device.topic, "name": name, "uniq_id": f"{address}-{key}", "val_tpl": "{{ value_json.%s | is_defined }}" % key, "dev": about} | more
        return Entity(f"homeassistant/{component}/{address}-{key}/config", config, bridge.state_messages(device)[:1])

    if device.kind == "contact":
        return [entity("binary_sensor", "door", "open", dev_cla="door", pl_on="True", pl_off="False"), entity("sensor", "batt", "batt", dev_cla="battery", unit_of_meas="%")]
    if device.kind == "motion":
        return [entity("binary_sensor", "motion", "motion", dev_cla="motion", pl_on="True", pl_off="False")]
    return [entity("sensor", "tempc", "tempc", dev_cla="temperature", unit_of_meas="°C", stat_cla="measurement"), entity("sensor", "hum", "hum", dev_cla="humidity", unit_of_meas="%"), entity("sensor", "batt", "batt", dev_cla="battery", unit_of_meas="%")]


def tasmota(device, bridge) -> list[Entity]:
    mac = bridge.topic[-6:].upper()
    about = {"ids": [mac], "name": bridge.topic, "mdl": "Generic", "sw": "8.5.1(tasmota)", "mf": "Tasmota"}
    available = {"avty_t": f"tele/{bridge.topic}/LWT", "pl_avail": "Online", "pl_not_avail": "Offline"}
    bridge.has_time = True
    telemetry = (f"tele/{bridge.topic}/SENSOR", bridge.sensor(device))
    if device.kind == "plug":
        state = json.dumps({"Time": bridge.time(), "POWER": "ON" if device.state else "OFF", "Wifi": {"Signal": -64}})
        return [
            Entity(f"homeassistant/switch/{mac}_RL_1/config", {"name": bridge.topic, "stat_t": f"tele/{bridge.topic}/STATE", "val_tpl": "{{value_json.POWER}}", "cmd_t": f"cmnd/{bridge.topic}/POWER", "pl_off": "OFF", "pl_on": "ON", "uniq_id": f"{mac}_RL_1", "dev": about} | available, [(f"tele/{bridge.topic}/STATE", state)]),
            Entity(f"homeassistant/sensor/{mac}_ENERGY_Power/config", {"name": "Power", "stat_t": "~SENSOR", "~": f"tele/{bridge.topic}/", "val_tpl": "{{value_json['ENERGY']['Power']}}", "unit_of_meas": "W", "dev_cla": "power", "uniq_id": f"{mac}_ENERGY_Power", "dev": about} | available, [telemetry]),
        ]
    if device.kind == "climate":
        return [Entity(f"homeassistant/sensor/{mac}_AM2301_Temperature/config", {"name": "Temperature", "stat_t": f"tele/{bridge.topic}/SENSOR", "val_tpl": "{{value_json['AM2301'].Temperature}}", "unit_of_meas": "°C", "dev_cla": "temperature", "uniq_id": f"{mac}_AM2301_Temperature", "dev": about} | available, [telemetry])]
    return []


def radio(device, bridge) -> list[Entity]:
    _, host, model, number = device.topic.split("/")
    if device.kind != "climate":
        return []
    base = f"rtl_433/{host}/devices/{model}/{number}"
    about = {"identifiers": [f"{model}-{number}"], "name": f"{model}-{number}", "model": model, "manufacturer": "rtl_433"}

    def entity(key, name, device_class, unit, template, value):
        config = {"state_topic": f"{base}/{key}", "unique_id": f"{model}-{number}-{name}", "name": name, "device_class": device_class, "unit_of_measurement": unit, "value_template": template, "state_class": "measurement", "device": about}
        return Entity(f"homeassistant/sensor/{model}-{number}/{model}-{number}-{name}/config", config, [(f"{base}/{key}", value)])

    return [entity("temperature_C", "T", "temperature", "°C", "{{ value|float|round(1) }}", f"{device.state:.5f}"), entity("humidity", "H", "humidity", "%", "{{ value|float }}", "44"), entity("battery_ok", "B", "battery", "%", "{{ float(value) * 99 + 1 }}", "1")]


def esphome(device, bridge) -> list[Entity]:
    said = []
    publish, bridge.say = bridge.say, lambda topic, payload, *_: said.append((topic, payload))
    bridge.discovery(device)
    if device.kind != "call":
        bridge.changes(device)
    else:
        said.append((device.topic, "OFF"))
    bridge.say = publish
    return [Entity(said[0][0], json.loads(said[0][1]), said[1:])]


def more() -> list[Entity]:
    """Forms that the home does not have: availability in a list, templates with conditions, an event, a lock, a light, a cover."""
    about = {"ids": "more-1", "name": "More", "mf": "Nobody"}

    def entity(component, name, states, **config):
        return Entity(f"homeassistant/{component}/more/{name}/config", {"name": name, "uniq_id": f"more_{name}", "dev": about, "stat_t": f"more/{name}"} | config, [(f"more/{name}", state) for state in states])

    return [
        entity("binary_sensor", "window", ["open"], dev_cla="window", pl_on="open", pl_off="closed"),
        entity("binary_sensor", "smoke", ['{"s":{"alarm":0}}'], dev_cla="smoke", val_tpl="{{ 'ON' if value_json.s.alarm == 1 else 'OFF' }}"),
        entity("binary_sensor", "presence", ['{"presence":true}'], dev_cla="occupancy", val_tpl="{% if value_json.presence %}ON{% else %}OFF{% endif %}"),
        entity("sensor", "co2", ['{"co2":812}'], dev_cla="carbon_dioxide", unit_of_meas="ppm", val_tpl="{{ value_json.co2 | int }}"),
        entity("sensor", "freezer", ['{"temperature":0.5}'], dev_cla="temperature", unit_of_meas="°F", val_tpl="{{ value_json.temperature | float(0) }}"),
        entity("sensor", "light", ['{"illuminance":120}'], dev_cla="illuminance", unit_of_meas="lx", val_tpl="{{ value_json['illuminance'] }}"),
        entity("lock", "lock", ["LOCKED"], cmd_t="more/lock/set", stat_locked="LOCKED", stat_unlocked="UNLOCKED"),
        entity("switch", "switch", ["ON"], cmd_t="more/switch/set"),
        entity("event", "bell", ['{"event_type":"press"}'], event_types=["press", "hold"], dev_cla="button"),
        entity("light", "lamp", ['{"state":"ON","brightness":255}'], schema="json", brightness=True, cmd_t="more/lamp/set"),
        entity("cover", "blind", ["open"], cmd_t="more/blind/set"),
        entity("sensor", "nothing", ["unavailable"], dev_cla="humidity", unit_of_meas="%"),
        entity("sensor", "broken", ["x"], dev_cla="no_such_class"),
    ]


def of_home(world) -> list[Entity]:
    """Of every device whose project announces it to Home Assistant."""
    made = {"zigbee2mqtt": zigbee2mqtt, "zwave_js_ui": zwave, "openmqttgateway": gateway, "theengs": gateway, "tasmota": tasmota, "rtl_433": radio, "esphome": esphome}
    return [entity for bridge in world.bridges if bridge.family in made for device in bridge.devices for entity in made[bridge.family](device, bridge)] + more()
