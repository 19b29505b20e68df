"""Home Assistant itself (from PyPI, only its MQTT integration) and the hub read the same discovery messages and states from one broker:
entity for entity, what do they make of them?"""

import argparse
import asyncio
import json
import logging
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from unittest.mock import MagicMock

import discovery
from families import esphome, gateway, rtl433, tasmota, zigbee2mqtt, zwave
from house import Broker, House
from model import World
from wire import Client, Wire

# Home Assistant's device classes as capabilities, for the components that the test has.
CLASSES = {
    ("binary_sensor", "door"): "contact.open", ("binary_sensor", "window"): "contact.open", ("binary_sensor", "motion"): "presence.motion",
    ("binary_sensor", "occupancy"): "presence.occupied", ("binary_sensor", "moisture"): "alarm.water", ("binary_sensor", "tamper"): "alarm.tamper",
    ("binary_sensor", "smoke"): "alarm.smoke", ("binary_sensor", "battery"): "device.battery_low", ("sensor", "battery"): "device.battery",
    ("sensor", "temperature"): "env.temperature", ("sensor", "humidity"): "env.humidity", ("sensor", "illuminance"): "env.illuminance",
    ("sensor", "atmospheric_pressure"): "env.pressure", ("sensor", "carbon_dioxide"): "env.co2", ("sensor", "power"): "power.active",
    ("sensor", "voltage"): ("power.voltage", "device.battery_voltage"), ("sensor", "current"): "power.current", ("sensor", "energy"): "energy.total",
    ("switch", None): "switch.on", ("lock", None): "lock.locked", ("light", None): ("light.level", "switch.on"), ("cover", None): "cover.position",
    ("event", "button"): "button.press",
}
UNITS = {"°C": "Cel", "°F": "[degF]", "ppm": "[ppm]", "lqi": ""}


async def home_assistant(port: int, seconds: float) -> tuple[dict, dict, list]:
    """Runs Home Assistant at a broker. Gives its entities by their identity, its devices by an identifier, and all states."""
    from homeassistant.core import HomeAssistant
    from homeassistant import bootstrap, config_entries, loader
    from homeassistant.helpers import device_registry, entity_registry
    from homeassistant.setup import async_setup_component

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "configuration.yaml").write_text("")
        hass = HomeAssistant(folder)
        hass.config.skip_pip = True
        loader.async_setup(hass)
        hass.config_entries = config_entries.ConfigEntries(hass, {})
        # Its web server is not started; some components ask it for a place.
        hass.http = MagicMock()
        await bootstrap.async_load_base_functionality(hass)
        for component in ("http", "file_upload", "websocket_api"):
            hass.config.components.add(component)
        entry = config_entries.ConfigEntry(version=1, minor_version=1, domain="mqtt", title="mqtt", source="user", data={"broker": "127.0.0.1", "port": port, "discovery": True})
        hass.config_entries._entries[entry.entry_id] = entry
        await async_setup_component(hass, "mqtt", {})
        assert entry.state is config_entries.ConfigEntryState.LOADED, entry.state
        await asyncio.sleep(seconds)
        await hass.async_block_till_done()
        entities = entity_registry.async_get(hass)
        devices = device_registry.async_get(hass)
        found = {}
        for known in entities.entities.values():
            state = hass.states.get(known.entity_id)
            found[known.unique_id] = {
                "component": known.domain, "device_class": state and state.attributes.get("device_class"),
                "unit": state and state.attributes.get("unit_of_measurement"), "state": state and state.state,
                            }
        about = {identifier: {"name": device.name, "maker": device.manufacturer, "model": device.model} for device in devices.devices.values() for _, identifier in list(device.identifiers) + list(device.connections)}
        states = [(state.entity_id, dict(state.attributes)) for state in hass.states.async_all()]
        await hass.async_stop(force=True)
        return found, about, states


# Where the hub means to differ, by the beginning of what is said of it.
EXPLAINED = {
    "entity exists: sensor no_such_class": "Home Assistant refuses a device class that it does not know; the hub shows that there is something",
    "state: sensor battery on rtl_433": "rtl_433 says only whether the battery is good; its script for Home Assistant makes 1 % or 100 % of that",
    "state: binary_sensor smoke on json": "only the template says what a nested 0 means; by the message alone nothing is guessed",
    "state: sensor temperature on json": "only the configuration says that it is in °F; the message alone is read as °C: place it with a profile that scales",
    "state: lock None on text": "a word alone says nothing without the configuration",
    "state: switch None on text": "a word alone says nothing without the configuration",
    "state: cover None on text": "a word alone says nothing without the configuration",
}


class Comparison:
    def __init__(self):
        self.rows = defaultdict(Counter)
        self.differences = Counter()
        self.explained = Counter()

    def note(self, what: str, agrees: bool | None, difference: str = ""):
        difference = f"{what}: {difference}"
        reason = next((reason for begin, reason in EXPLAINED.items() if difference.startswith(begin)), None)
        if agrees is False and reason:
            self.rows[what]["explained"] += 1
            self.explained[f"{difference}\n           {reason}"] += 1
            return
        self.rows[what]["agree" if agrees else "differ" if agrees is False else "left out"] += 1
        if agrees is False:
            self.differences[difference] += 1

    def show(self):
        print(f"{'':24} {'agree':>6} {'differ':>7} {'explained':>10} {'left out':>9}")
        for what, counts in self.rows.items():
            print(f"{what:24} {counts['agree']:6} {counts['differ']:7} {counts['explained']:10} {counts['left out']:9}")
        print("explained:")
        for difference, count in self.explained.most_common():
            print(f"  {count:4} × {difference}")
        print("differ:" if self.differences else "nothing else differs")
        for difference, count in self.differences.most_common(400):
            print(f"  {count:4} × {difference}")


def long_names(config: dict) -> dict:
    from homeassistant.components.mqtt.abbreviations import ABBREVIATIONS, DEVICE_ABBREVIATIONS

    named = {ABBREVIATIONS.get(key, key): value for key, value in config.items()}
    if isinstance(named.get("device"), dict):
        named["device"] = {DEVICE_ABBREVIATIONS.get(key, key): value for key, value in named["device"].items()}
    return named


def same(ours, theirs: str, component: str) -> bool:
    """Whether a reading says what a state does."""
    if theirs in ("unknown", "unavailable"):
        return ours is None
    if component == "cover":
        return {"open": 100, "closed": 0}.get(theirs) == ours
    if component in ("binary_sensor", "switch", "lock", "light"):
        on = theirs in ("on", "locked")
        return ours == on if isinstance(ours, bool) else on == bool(ours)
    try:
        return abs(float(theirs) - float(ours)) < 0.051
    except (TypeError, ValueError):
        return str(ours) == theirs


def main() -> int:
    parser = argparse.ArgumentParser(prog="Tests/Home/run --home-assistant")
    parser.add_argument("root", type=Path)
    parser.add_argument("--corpus", type=Path, help="more messages: JSON, one object a line, with topic and payload")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="foyer-ha-"))
    broker = Broker(folder)
    wire = Wire(broker.port, random.Random(1))
    world = World(wire)
    for family in (zigbee2mqtt, zwave, gateway, tasmota, rtl433, esphome):
        world.bridges += family.bridges(world)
    # Half of what has two states is in the other one.
    for index, device in enumerate(world.devices):
        if isinstance(device.state, bool) and index % 2:
            device.state = True
    entities = discovery.of_home(world)
    house = House(arguments.root, folder, World(wire), broker)
    try:
        broker.start()
        # A hub without a device of its own: all that it hears is proposed.
        (house.home / "devices.yaml").write_text("version: 1\ndevices: []\n")
        (house.home / "rules/home.yaml").unlink()
        house.start()
        assert wire.until(lambda: house.log.exists() and house.connections() > 0, 60)
        told = []
        client = Client(wire, "announcer", lambda _: None)
        client.start()
        assert wire.until(lambda: client.is_up, 10)
        for entity in entities:
            client.publish(entity.topic, entity.payload, 0, True)
            # Retained, so that Home Assistant hears it when it subscribes.
            named = long_names(entity.config)
            if "availability_topic" in named:
                client.publish(named["availability_topic"], named.get("payload_available", "online"), 0, True)
            for topic, payload in entity.states:
                client.publish(topic, payload, 0, True)
            wire.run(0.002)
        corpus = [json.loads(line) for line in arguments.corpus.read_text().splitlines()] if arguments.corpus else []
        corpus = [message for message in corpus if message["convention"] == "ha_discovery" and message.get("enc") != "hex"]
        for message in corpus:
            if message["topic"].endswith("/config"):
                client.publish(message["topic"], message["payload"], 0, True)
        wire.run(2)
        client.stop()
        found, devices, states = asyncio.run(home_assistant(broker.port, 12))
        time.sleep(1)
        proposed = {one["identity"]: one for one in house.json("devices", "proposed", "--limit", "10000")}
        lines = [json.dumps({"topic": entity.topic, "payload": entity.payload, "retain": True}) for entity in entities]
        lines += [json.dumps({"topic": topic, "payload": payload, "retain": True}) for entity in entities for topic, payload in entity.states]
        read = subprocess.run([house.program, "devices", "decode", "--stdin"], input="\n".join(lines) + "\n", capture_output=True, text=True, env=house.environment, check=True).stdout.splitlines()
        read = [json.loads(line) for line in read]
        configs, rest = read[: len(entities)], read[len(entities):]
        result = Comparison()
        for entity, config in zip(entities, configs):
            says, rest = rest[: len(entity.states)], rest[len(entity.states):]
            compare(result, entity, config, says, found, devices, proposed)
        for message in corpus:
            if message["topic"].endswith("/config"):
                compare_corpus(result, message, house, states)
        from homeassistant.const import __version__
        print(f"Home Assistant {__version__}: {len(found)} entities with an identity, {len(entities)} announced; the hub: {len(proposed)} devices")
        result.show()
        return 1 if result.differences else 0
    finally:
        house.stop()
        broker.kill()


def compare_corpus(result, message, house, states):
    """A recorded configuration: where several stand on one topic, the last counts, so that only what one alone says is compared."""
    read = json.loads(subprocess.run([house.program, "devices", "decode", message["topic"], message["payload"], "--json"], capture_output=True, text=True, env=house.environment, check=True).stdout)
    try:
        config = long_names(json.loads(message["payload"]))
    except (ValueError, AttributeError):
        config = None
    from homeassistant.components.mqtt.discovery import SUPPORTED_COMPONENTS

    component, name = message["topic"].split("/")[1], (config or {}).get("name")
    # What is taken back, broken, or of no component that there is, is nothing.
    theirs = config is not None and component in SUPPORTED_COMPONENTS
    if name and message["topic"] != "homeassistant/binary_sensor/bla/config":
        theirs = any(entity.startswith(f"{component}.") and name in str(about.get("friendly_name")) for entity, about in states)
    ours = "discovery" in read["flags"] and read["quarantined"] is None
    result.note("recorded messages", ours == theirs, f"{message['topic']}: the hub {ours}, Home Assistant {theirs}")


def compare(result, entity, config, states, found, devices, proposed):
    named = long_names(entity.config)
    component = entity.topic.split("/")[1]
    theirs = found.get(named.get("unique_id"))
    readings = {reading["capability"]: reading["value"] for reading in config["readings"]}
    exists = "discovery" in config["flags"] and config["quarantined"] is None
    result.note("entity exists", exists == (theirs is not None), f"{component} {named.get('device_class')}: the hub {'knows' if exists else 'does not know'} it")
    if theirs is None or not exists:
        return
    expected = CLASSES.get((component, theirs["device_class"]), CLASSES.get((component, None)))
    given = readings.get("capability")
    if expected is None:
        result.note("what it is", None)
    else:
        expected = expected if isinstance(expected, tuple) else (expected,)
        result.note("what it is", given in expected, f"{component} {theirs['device_class']} is {given}")
    if named.get("unit_of_measurement"):
        unit = named["unit_of_measurement"]
        result.note("unit", readings.get("unit", "") in (UNITS.get(unit, unit), unit), f"{unit} is {readings.get('unit')}")
    identity = named["device"]["identifiers"]
    identity = identity if isinstance(identity, str) else identity[0]
    ours = [one for key, one in proposed.items() if identity.lower().replace(":", "").endswith(key.lower().replace(":", "").removeprefix("0x")) or key.lower() == identity.lower()]
    known = devices.get(identity)
    if known:
        result.note("its device exists", bool(ours), f"{identity}")
        if ours:
            result.note("its device's name", ours[0]["name"] == known["name"], f"{ours[0]['name']} is {known['name']}")
    if not states:
        return
    last = {reading["capability"]: reading["value"] for message in states for reading in message["readings"]}
    capability = next((name for name in (expected or ()) if name in last), None)
    if expected is None:
        result.note("state", None)
    elif capability is None:
        result.note("state", theirs["state"] in ("unknown", "unavailable"), f"{entity.topic.split('/')[1]} {named.get('device_class')} on {states[-1]['convention']}: Home Assistant says {theirs['state']}, the hub nothing of it")
    else:
        state, ours = theirs["state"], last[capability]
        if theirs["unit"] == "mV":
            ours = ours * 1000
        result.note("state", same(ours, str(state), component), f"{component} {named.get('device_class')} on {states[-1]['convention']}: {ours} is {state} ({named.get('value_template')})")


if __name__ == "__main__":
    sys.exit(main())
