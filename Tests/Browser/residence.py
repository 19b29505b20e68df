"""A home with a running hub and broker, as a customer has one, and its devices."""

import hashlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

PASSWORD = "a long enough password"

STUDY = """
version: 1
title: {en: Things of every day, fr: Les choses de tous les jours}
question: {en: "When are things used, and when not?", fr: "Quand les choses servent-elles, et quand non ?"}
agreed:
  residents: {on: 2026-10-01, who: "five residents, at the house meeting"}
  professionals: {on: 2026-10-02, who: the team}
  researchers: {on: 2026-10-03, who: the laboratory}
investigators:
  - {name: "Carberry, Josiah", affiliation: Brown University}
publisher: An association
legal: riph3
ethics: {opinion: favourable, committee: CPP Ouest, reference: 26.01, on: 2026-10-10}
notice:
  file: studies/tablets/notice.md
  version: "1"
  sha256: HASH
  easy_read: {en: studies/tablets/easy.en.txt, fr: studies/tablets/easy.fr.txt}
variables:
  - {name: use, title: {en: Use, fr: Usage}, measure: uses_per_day}
participants: all
devices: all
rooms: all
from: 2026-10-20
until: 2099-12-31
phases: []
keep_until: 2100-12-31
then: erase
shift_dates: true
owed:
  - {name: report, title: {en: A report, fr: Un compte rendu}, by: 2100-06-30}
questionnaires: []
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait(what: str, condition, seconds: float = 20.0):
    """Asks again and again until the answer is yes."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        answer = condition()
        if answer:
            return answer
        time.sleep(0.05)
    raise AssertionError(f"{what} did not come within {seconds} s")


class Residence:
    """Two carers: one until a change of shift that comes soon, and one after it."""

    def __init__(self, root: Path):
        self.root = root
        self.folder = tempfile.TemporaryDirectory(prefix="foyer-browser-")
        self.home = Path(self.folder.name) / "home"
        self.port = free_port()
        self.broker = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.hub = None
        self.environment = dict(os.environ, FOYER_DEVICES=str(root / "devices"), LANG="en_US.UTF-8")
        self.hubctl("init", str(self.home))
        text = (self.home / "hub.yaml").read_text()
        text = text.replace("port: 1883", f"port: {self.broker}")
        text = text.replace("127.0.0.1:8080", f"127.0.0.1:{self.port}")
        (self.home / "hub.yaml").write_text(text)
        devices = (self.home / "devices.yaml").read_text().rstrip()
        (self.home / "devices.yaml").write_text(devices + """
  - {name: wardrobe, profile: zigbee2mqtt-contact, topic: zigbee2mqtt/wardrobe, residence: home, room: bedroom, person: p1, kind: wardrobe, title: {en: Wardrobe, fr: Armoire}}
  - {name: bedroom_motion, profile: zigbee2mqtt-motion, topic: zigbee2mqtt/bedroom_motion, residence: home, room: bedroom, title: {en: Movement, fr: Mouvement}}
""")
        self.change = (datetime.now(ZoneInfo("Europe/Paris")) + timedelta(seconds=100)).replace(
            second=0, microsecond=0)
        until = self.change.strftime("%H:%M")
        since = (self.change - timedelta(hours=8)).strftime("%H:%M")
        (self.home / "staff.yaml").write_text(f"""
version: 1
staff:
  - {{id: marie, name: Marie Lefort, roles: [carer], residences: [home]}}
  - {{id: noor, name: Noor Haddad, roles: [carer], residences: [home]}}
  - {{id: claire, name: Claire Moreau, roles: [team_leader]}}
shifts:
  before: {{from: "{since}", to: "{until}", title: {{en: Day, fr: Jour}}}}
  after: {{from: "{until}", to: "{since}", title: {{en: Evening, fr: Soir}}}}
rota:
  - {{shift: before, staff: [marie]}}
  - {{shift: after, staff: [noor]}}
""")
        for account in ("marie", "noor", "claire"):
            self.hubctl("accounts", "add", account, "--home", str(self.home), text=PASSWORD + "\n")
        self.hubctl("accounts", "add", "zoe", "--role", "resident", "--person", "p1",
                    "--home", str(self.home), text=PASSWORD + "\n")
        self.study()

    def study(self):
        """A study that asks everybody, with its notice in easy words."""
        folder = self.home / "studies/tablets"
        folder.mkdir(parents=True)
        (folder / "notice.md").write_text("The whole notice.")
        (folder / "easy.en.txt").write_text(
            "We look at when the door and the button are used.\nWe do not know your name.\nIt ends in a year.\n")
        (folder / "easy.fr.txt").write_text(
            "On regarde quand la porte et le bouton servent.\nOn ne connaît pas votre nom.\nCela finit dans un an.\n")
        digest = hashlib.sha256((folder / "notice.md").read_bytes()).hexdigest()
        (self.home / "studies/tablets.yaml").write_text(STUDY.replace("HASH", digest))

    def hubctl(self, *arguments: str, text: str = "") -> str:
        program = self.root / ".build/debug/hubctl"
        done = subprocess.run(
            [program, *arguments], input=text, text=True, capture_output=True,
            env=self.environment, timeout=60)
        if done.returncode != 0:
            raise AssertionError(f"hubctl {' '.join(arguments)}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        log = open(Path(self.folder.name) / "hub.log", "ab")
        self.hub = subprocess.Popen(
            [self.root / ".build/debug/hubctl", "run", "--home", self.home], env=self.environment,
            stdout=log, stderr=log)

        def online() -> bool:
            done = subprocess.run(
                [self.root / ".build/debug/hubctl", "status", "--json", "--home", self.home],
                capture_output=True, text=True, env=self.environment)
            if '"online"' not in done.stdout:
                return False
            with socket.socket() as one:
                return one.connect_ex(("127.0.0.1", self.port)) == 0
        wait("the hub online", online, 40)

    def kill(self):
        self.hub.send_signal(signal.SIGKILL)
        self.hub.wait()

    def publish(self, topic: str, payload: str):
        """As a device: with mosquitto_pub."""
        password = (self.home / "broker/devices.password").read_text().strip()
        subprocess.run(
            ["mosquitto_pub", "-h", "127.0.0.1", "-p", str(self.broker), "-u", "devices",
             "-P", password, "-q", "1", "-t", topic, "-m", payload], check=True, timeout=20)

    def end(self):
        if self.hub and self.hub.poll() is None:
            self.hub.send_signal(signal.SIGTERM)
            try:
                self.hub.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        self.folder.cleanup()
