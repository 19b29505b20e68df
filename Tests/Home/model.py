"""What a home has, and what is true of it: the reference that the hub's journal is compared with."""

import time
from dataclasses import dataclass, field

from wire import Client, Wire

CAPABILITIES = {
    "contact": "contact.open", "motion": "presence.motion", "bed": "bed.occupied", "leak": "alarm.water",
    "plug": "switch.on", "climate": "env.temperature", "button": "button.press", "call": "alarm.sos",
}
PRESSED = {"button", "call"}


@dataclass
class Fact:
    """Something that was so, or that happened. What is not certain to reach the broker may be missing from the journal."""

    value: object
    certain: bool
    at: float = field(default_factory=time.time)


@dataclass(eq=False)
class Device:
    name: str
    kind: str
    profile: str
    topic: str
    bridge: "Bridge"
    state: object = None
    facts: list = field(default_factory=list)
    # Long openings and absences happen to these only; their alerts are counted.
    watched: bool = False
    busy: bool = False
    # How often it was open, or empty, for too long.
    long: int = 0

    @property
    def capability(self) -> str:
        return CAPABILITIES[self.kind]

    def happens(self, value=None):
        """A state changes, or a press: as the real device tells it."""
        self.bridge.count_true(self)
        if self.kind in PRESSED:
            certain = self.bridge.presses(self)
            value = True if self.kind == "call" else "single"
        else:
            self.state = value
            certain = self.bridge.changes(self)
        self.facts.append(Fact(value, certain))

    def tells(self, certain: bool):
        """Its state was told again: from here on it is known, whatever was lost before."""
        if self.kind not in PRESSED and self.state is not None:
            self.facts.append(Fact(self.state, certain))


class Bridge:
    """Something that has one connection to the broker, with the devices behind it. A subclass is one convention."""

    family = ""
    # The quality of service of what the devices say.
    qos = 0
    retain = False
    # Whether messages wait for the broker while it is away.
    queues = False
    # Whether what they say carries the time at which it happened.
    tells_time = False
    # Whether all states are said again at a start, and at a mere reconnection.
    restates_at_start = True
    restates_at_reconnection = True

    def __init__(self, world: "World", name: str, client: str):
        self.world = world
        self.name = name
        self.devices: list[Device] = []
        self.true_events = 0
        self.client = Client(
            world.wire, client, self._connected, self.last_will(), self.subscriptions(), self.queues)

    # What a convention says.

    def last_will(self):
        """Topic, payload, quality of service, retained."""
        return None

    def subscriptions(self):
        return ()

    def greet(self, fresh: bool):
        """What is said at each connection before the states."""

    def state_messages(self, device: Device):
        """Messages that tell a device's state: topic, payload."""
        raise NotImplementedError

    def press_messages(self, device: Device):
        raise NotImplementedError

    def part(self):
        """What is said after the states."""

    # What is the same for all.

    def add(self, kind: str, profile: str, topic: str, name: str, state=None) -> Device:
        device = Device(name.lower(), kind, profile, topic, self, state)
        self.devices.append(device)
        return device

    def say(self, topic, payload, qos=None, retain=None) -> bool:
        """Says it, and whether it will certainly be heard."""
        qos = self.qos if qos is None else qos
        retain = self.retain if retain is None else retain
        sent = self.client.publish(topic, payload, qos, retain)
        if not retain and self.world.is_unheard:
            return False
        return sent and not (qos == 0 and self.world.loses_quality_0)

    def _connected(self, fresh: bool):
        self.greet(fresh)
        if self.restates_at_start if fresh else self.restates_at_reconnection:
            self.restate()
        self.part()

    def restate(self):
        for device in self.devices:
            device.tells(self._all(self.state_messages(device)))

    def changes(self, device: Device) -> bool:
        return self._all(self.state_messages(device))

    def presses(self, device: Device) -> bool:
        return self._all(self.press_messages(device))

    def is_held(self, _: Device) -> bool:
        """Whether it is pressed already, so that it cannot be pressed."""
        return False

    def _all(self, messages) -> bool:
        """Certain where at least one message that tells it is."""
        certain = False
        for message in messages:
            certain = self.say(*message) or certain
        return certain

    def reports(self):
        """The next periodic report of its devices: equal states again, and what was lost."""
        if self.client.is_up:
            self.restate()

    def count_true(self, _: Device):
        self.true_events += 1

    def crash(self, seconds: float):
        """Fails: the last will is spoken, and after so long it starts again."""
        self.client.crash()
        self.crashed()
        self.world.wire.later(seconds, self.client.start)

    def crashed(self):
        """What the firmware forgets."""


class World:
    def __init__(self, wire: Wire):
        self.wire = wire
        self.rng = wire.rng
        self.bridges: list[Bridge] = []
        # While the hub is being killed, what is under way to it with quality of service 0 is lost.
        self.loses_quality_0 = False
        # A broker that lost everything lost the hub's subscription too: until that is back nothing waits for it.
        self.is_unheard = False

    @property
    def devices(self) -> list[Device]:
        return [device for bridge in self.bridges for device in bridge.devices]
