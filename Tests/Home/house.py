"""The hub, its home folder and its broker, as real processes that are stopped by their identifiers."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

RESIDENCES = 10
ROOMS = ["hall", "kitchen", "bathroom", "bedroom_1", "bedroom_2"]
# How long a watched door may be open, and somebody out of a watched bed.
TOO_LONG = 8

RULES = f"""
version: 1
owner: the team leader
events:
  called: {{kind: call_button}}
signals:
  door_left: {{kind: door, label: watched, is: open}}
  flood: {{kind: leak, is: wet}}
  out_of_bed: {{kind: bed, label: watched, is: out}}
rules:
  - {{id: call, priority: critical, per: device, when: called, latch: true, title: {{en: Call, fr: Appel}}, do: {{en: Go., fr: Y aller.}}}}
  - {{id: door, priority: low, per: device, when: {{all: [door_left], for: {TOO_LONG}s}}, title: {{en: Door left open, fr: Porte ouverte}}}}
  - {{id: flood, priority: low, per: device, when: flood, title: {{en: Water, fr: Eau}}}}
  - {{id: bed, priority: low, per: device, when: {{all: [out_of_bed], for: {TOO_LONG}s}}, title: {{en: Out of bed, fr: Hors du lit}}}}
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Broker:
    """mosquitto with the limits that the hub gives its own broker (Sources/Hub/Intake/BrokerFiles.swift)."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.port = free_port()
        self.process = None

    def start(self, persistence=True):
        self.persistence = persistence
        keeps = f"persistence true\npersistence_location {self.folder}/\nautosave_interval 1\n" if persistence else "persistence false\n"
        (self.folder / "mosquitto.conf").write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\n{keeps}persistent_client_expiration 30d\n"
            "max_inflight_messages 16000\nmax_queued_messages 2000000\nmax_queued_bytes 536870912\n"
            "queue_qos0_messages true\nset_tcp_nodelay true\nconnection_messages false\n"
            f"log_dest file {self.folder}/broker.log\n" + ("user root\n" if os.geteuid() == 0 else ""))
        program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.process = subprocess.Popen([program, "-c", str(self.folder / "mosquitto.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the broker does not listen")

    def kill(self, how=signal.SIGKILL):
        self.process.send_signal(how)
        self.process.wait(20)

    def forget(self):
        (self.folder / "mosquitto.db").unlink(missing_ok=True)


class House:
    def __init__(self, root: Path, folder: Path, world, broker: Broker):
        self.home = folder / "home"
        self.program = root / ".build/debug/hubctl"
        self.environment = dict(os.environ, FOYER_DEVICES=str(root / "devices"), LANG="en_US.UTF-8")
        self.log = folder / "hub.log"
        self.process = None
        (self.home / "rules").mkdir(parents=True)
        rooms = "\n".join(f"      - {{id: {room}, kind: {room.split('_')[0]}, title: {{en: {room}, fr: {room}}}}}" for room in ROOMS)
        residences = "\n".join(f"  - id: r{number}\n    title: {{en: R{number}, fr: R{number}}}\n    people: [p{number}]\n    rooms:\n{rooms}" for number in range(RESIDENCES))
        (self.home / "hub.yaml").write_text(
            f"version: 1\nsite: {{id: site, title: {{en: Site, fr: Site}}}}\nzone: Europe/Paris\nresidences:\n{residences}\n"
            f"listen: \"off\"\nbroker:\n  url: \"mqtt://127.0.0.1:{broker.port}\"\n")
        lines = ["version: 1", "devices:"]
        for index, device in enumerate(world.devices):
            residence = index % RESIDENCES
            more = ", labels: [watched]" if device.watched else ""
            kind = ", kind: call_button" if device.kind == "call" else ""
            person = f", person: p{residence}" if device.kind in ("call", "bed") else ""
            lines.append(f"  - {{name: \"{device.name}\", profile: {device.profile}, topic: \"{device.topic}\", residence: r{residence}, room: {ROOMS[index // RESIDENCES % len(ROOMS)]}{kind}{person}{more}}}")
        (self.home / "devices.yaml").write_text("\n".join(lines) + "\n")
        (self.home / "rules/home.yaml").write_text(RULES)

    def hubctl(self, *arguments) -> str:
        found = subprocess.run([self.program, *arguments, "--home", self.home], env=self.environment, capture_output=True, text=True, timeout=120)
        if found.returncode:
            raise AssertionError(f"hubctl {' '.join(arguments)}: {found.returncode}\n{found.stdout[-2000:]}{found.stderr[-2000:]}")
        return found.stdout

    def json(self, *arguments) -> list:
        return [json.loads(line) for line in self.hubctl(*arguments, "--json").splitlines()]

    def start(self):
        self.process = subprocess.Popen([self.program, "run", "--home", self.home], env=self.environment, stdout=open(self.log, "ab"), stderr=subprocess.STDOUT)

    def connections(self) -> int:
        """How often it has said that it is connected."""
        return self.log.read_text(errors="replace").count("connected to")

    def has_heard(self, topic: str) -> bool:
        """Whether it has stored that something came on a topic of no device."""
        return topic in self.hubctl("events", "unknown", "--limit", "1000000").split()

    def kill(self):
        self.process.kill()
        self.process.wait(20)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
