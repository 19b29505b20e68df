"""A home of 1,000 devices through restarts of its broker, its bridges and its hub: every transition, press and alert in the journal
must be a true one, and none may be missing."""

import argparse
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from check import compare, table
from families import esphome, gateway, homeassistant, homie, lorawan, plain, rtl433, shelly, tasmota, zigbee2mqtt, zwave
from house import TOO_LONG, Broker, House
from model import PRESSED, World
from wire import Wire

FAMILIES = [zigbee2mqtt, homeassistant, homie, tasmota, shelly, esphome, zwave, gateway, rtl433, lorawan, plain]


class Scenario:
    def __init__(self, root: Path, folder: Path, seed: int):
        self.rng = random.Random(seed)
        self.broker = Broker(folder)
        self.wire = Wire(self.broker.port, self.rng)
        self.world = World(self.wire)
        for family in FAMILIES:
            self.world.bridges += family.bridges(self.world)
        # Every eighth door and every second bed is watched.
        for kind, step in (("contact", 8), ("bed", 2)):
            for device in [device for device in self.world.devices if device.kind == kind][::step]:
                device.watched = True
        self.house = House(root, folder, self.world, self.broker)
        self.begin = time.monotonic()
        self.last_long = 0.0
        self.marks = 0

    def say(self, what: str):
        print(f"{time.monotonic() - self.begin:6.1f} s  {what}", flush=True)

    # What people do.

    def happens(self, device):
        """One true event."""
        if device.kind in PRESSED:
            if not device.bridge.is_held(device):
                device.happens()
        elif device.kind == "climate":
            device.happens(round(device.state + self.rng.choice([-2, -1, 1, 2]), 1))
        else:
            device.happens(not device.state)

    def live(self, seconds: float, rate: float = 40, devices=None):
        """So many true events a second, at random, of what is not watched."""
        devices = devices or [device for device in self.world.devices if not device.watched]
        for _ in range(int(seconds * rate)):
            self.wire.later(self.rng.uniform(0, seconds), lambda device=self.rng.choice(devices): self.happens(device))
        self.wire.run(seconds)

    def leave_open(self, share: float):
        """Some of what is watched stays open, or empty, for too long: each is an alert."""
        idle = [device for device in self.world.devices if device.watched and not device.busy and device.bridge.client.is_up]
        for device in self.rng.sample(idle, int(len(idle) * share)):
            unusual = device.kind != "bed"
            device.busy = True
            device.long += 1
            device.happens(unusual)
            self.last_long = time.monotonic() + TOO_LONG + 8
            self.wire.later(self.rng.uniform(TOO_LONG + 4, TOO_LONG + 7), lambda device=device: self.usual(device))

    def usual(self, device):
        if not device.bridge.client.is_up:
            return self.wire.later(0.5, lambda: self.usual(device))
        device.happens(device.kind == "bed")
        device.busy = False

    def open_briefly(self):
        """And some only briefly: no alert."""
        for device in [device for device in self.world.devices if device.watched and not device.busy][::3]:
            device.happens(device.kind != "bed")
            self.wire.later(self.rng.uniform(0.3, 1), lambda device=device: device.happens(device.kind == "bed"))
        self.wire.run(1.2)

    # What fails.

    def hub_starts(self):
        connections = self.house.connections() if self.house.log.exists() else 0
        self.house.start()
        connected = self.wire.until(lambda: self.house.connections() > connections, 60)
        assert connected, "the hub does not connect"

    def start(self):
        self.say("the broker and the hub start")
        self.house.hubctl("check")
        self.broker.start()
        self.hub_starts()
        self.say("1,000 devices start")
        for device in self.world.devices:
            if device.kind == "bed":
                device.state = True
        for bridge in self.world.bridges:
            self.wire.later(self.rng.uniform(0, 2), bridge.client.start)
        self.wire.run(4.5)
        self.report()

    def settle(self, seconds: float):
        """Everybody finishes, and the hub takes in what was said, however slow the machine is."""
        self.wire.run(seconds)
        self.marks += 1
        mark = f"marks/{self.marks}"
        next(bridge.client for bridge in self.world.bridges if bridge.client.is_up).publish(mark, "1", 1)
        assert self.wire.until(lambda: self.house.has_heard(mark), 60), "the hub does not take in what is said"

    def report(self):
        """The next periodic reports of everybody."""
        for bridge in self.world.bridges:
            self.wire.later(self.rng.uniform(0, 1), bridge.reports)
        self.wire.run(1.8)

    def broker_restarts(self, persistence: bool, how=signal.SIGTERM):
        self.settle(1.6)
        self.say(f"the broker is {'killed' if how == signal.SIGKILL else 'restarted'}, {'with' if persistence else 'without'} its persistence")
        # One that ran without persistence has nothing to come back with either.
        forgets = not persistence or not self.broker.persistence
        self.broker.kill(how)
        self.world.is_unheard = forgets
        # For a moment nobody has noticed, and what is said is lost but where the client sends it again.
        self.world.loses_quality_0 = True
        self.live(0.1)
        self.world.loses_quality_0 = False
        self.live(1.4)
        if forgets:
            self.broker.forget()
        connections = self.house.connections()
        self.broker.start(persistence)
        back = self.wire.until(lambda: self.house.connections() > connections, 60)
        assert back, "the hub does not come back"
        self.world.is_unheard = False
        # Everybody is back, and Zigbee2MQTT has said again what was retained.
        self.wire.run(4)
        self.report()

    def bridges_restart(self):
        failing = [bridge for bridge in self.world.bridges if len(bridge.devices) > 4 or self.rng.random() < 0.3]
        self.say(f"{len(failing)} bridges and devices with a connection of their own restart")
        self.wire.run(0.3)
        for bridge in failing:
            self.wire.later(self.rng.uniform(0, 1), lambda bridge=bridge: bridge.crash(self.rng.uniform(0.3, 1.5)))
        self.live(1, devices=[device for bridge in self.world.bridges if bridge not in failing for device in bridge.devices if not device.watched])
        self.wire.run(3.5)
        self.report()

    def hub_restarts(self, how: str):
        self.say(f"the hub is {'killed' if how == 'kill' else 'stopped'}, and everybody goes on")
        if how == "kill":
            # What is under way to it with quality of service 0 is lost with it; what was said before has been taken in.
            self.settle(1.5)
            self.world.loses_quality_0 = True
            self.live(0.5, rate=80)
            self.house.kill()
            self.world.loses_quality_0 = False
        else:
            self.house.stop()
        self.wire.run(0.3)
        self.live(2)
        self.hub_starts()
        self.live(1)

    def hub_sleeps(self):
        """What is shut while the hub is down, before it was open for too long, is no alert afterwards: the devices that tell the
        time of it say so. The hub comes back when it would have been too late."""
        self.say("the hub is killed for a while; doors that tell the time are shut meanwhile")
        doors = [device for device in self.world.devices if device.watched and device.kind == "contact" and device.bridge.tells_time and not device.busy]
        for device in doors:
            device.happens(True)
        self.settle(1.5)
        self.house.kill()
        self.wire.run(1)
        for device in doors:
            device.happens(False)
        self.wire.run(TOO_LONG)
        self.hub_starts()
        self.wire.run(1)

    def short(self):
        self.start()
        self.live(4)
        self.open_briefly()
        self.leave_open(0.5)
        self.broker_restarts(True, signal.SIGKILL)
        self.live(3)
        self.bridges_restart()
        self.leave_open(0.5)
        self.live(2)
        self.hub_restarts("kill")
        self.live(2)
        self.hub_sleeps()
        self.broker_restarts(False)
        self.open_briefly()
        self.live(3)

    def long(self, rounds: int):
        self.start()
        actions = [
            lambda: self.broker_restarts(True, signal.SIGKILL), lambda: self.broker_restarts(True), lambda: self.broker_restarts(False),
            self.bridges_restart, lambda: self.hub_restarts("kill"), lambda: self.hub_restarts("stop"), self.hub_sleeps,
        ]
        for number in range(rounds):
            self.say(f"round {number + 1} of {rounds}")
            self.live(self.rng.uniform(1, 4))
            self.rng.choice([self.open_briefly, lambda: self.leave_open(0.4)])()
            self.rng.choice(actions)()

    def finish(self, replays: bool) -> int:
        self.wire.run(max(1.5, self.last_long - time.monotonic()))
        self.say("the journal is compared with what was true")
        self.house.stop()
        tallies, wrong = compare(self.world, self.house)
        print(table(tallies))
        for line in wrong[:60]:
            print(line)
        if replays:
            self.say(self.house.hubctl("rules", "replay", "--verify").strip().splitlines()[-1])
        if wrong:
            print(f"{len(wrong)} things are wrong")
            return 1
        print("exactly what was true: no false transition, press or alert, and none is missing")
        return 0

    def stop(self):
        self.house.stop()
        if self.broker.process and self.broker.process.poll() is None:
            self.broker.kill(signal.SIGTERM)


def main() -> int:
    parser = argparse.ArgumentParser(prog="Tests/Home/run")
    parser.add_argument("root", type=Path)
    parser.add_argument("--rounds", type=int, default=0, help="so many restarts at random; without it the short form")
    parser.add_argument("--seed", type=int, default=20261127)
    parser.add_argument("--keep", action="store_true", help="keep the home's folder, and say where it is")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="foyer-home-")
    scenario = Scenario(arguments.root, Path(folder), arguments.seed)
    try:
        print(f"seed {arguments.seed}")
        scenario.long(arguments.rounds) if arguments.rounds else scenario.short()
        return scenario.finish(replays=arguments.rounds > 0)
    finally:
        scenario.stop()
        if arguments.keep:
            print(folder)
        else:
            shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
