"""The clients for makers of applications, against a real hub: nothing is lost offline, nothing counts twice."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from residence import Residence, wait


def events(residence: Residence) -> list[dict]:
    text = residence.hubctl("events", "list", "--home", str(residence.home), "--limit", "0", "--json")
    rows = [json.loads(line) for line in text.splitlines()]
    return [row for row in rows if row["capability"].startswith("usage.")]


def values(residence: Residence) -> list[str]:
    return [str(row["value"]) for row in events(residence)]


def python_client(residence: Residence, root: Path):
    sys.path.insert(0, str(root / "clients"))
    from foyer_use import FoyerUse
    queue = str(Path(residence.folder.name) / "queue.jsonl")
    password = (residence.home / "broker/devices.password").read_text().strip()

    def client(port: int) -> FoyerUse:
        return FoyerUse("127.0.0.1", "home", "tablet", password=password, port=port, queue=queue)

    # Nobody listens on port 1: what happens now waits in the file, also over the client's end.
    offline = client(1)
    offline.app("offline one")
    offline.symbol("offline two")
    assert offline.waiting == 2
    offline.close()
    time.sleep(0.5)
    online = client(residence.broker)
    online.app("online")
    wait("the python client's events", lambda: len(values(residence)) == 3)
    wait("an empty queue", lambda: online.waiting == 0)
    online.close()
    assert sorted(values(residence)) == ["offline one", "offline two", "online"], values(residence)
    assert Path(queue).read_text() == ""
    # The same message again, as after a lost acknowledgement, counts once; the same press with another id twice.
    for identifier in ("again", "again", "other"):
        residence.publish("foyer/home/use/tablet", json.dumps({"id": identifier, "app": "repeated"}))
    wait("two of three", lambda: values(residence).count("repeated") == 2)
    time.sleep(0.5)
    assert values(residence).count("repeated") == 2, values(residence)
    # What tells of a use is none, and a word that is neither is refused with its message.
    telling = client(residence.broker)
    telling.app("told", helped=False)
    telling.app("asked")
    telling.helped(True)
    telling.prompt("drink")
    telling.app("after")
    wait("what tells of uses", lambda: values(residence).count("after") == 1)
    telling.close()
    rows = [(row["capability"], row["value"]) for row in events(residence)]
    assert ("usage.support", "alone") in rows and ("usage.support", "helped") in rows, rows
    assert ("usage.prompt", "drink") in rows, rows
    residence.publish("foyer/home/use/tablet", json.dumps({"id": "odd", "app": "odd", "helped": "very"}))
    wait("the fault of a word", lambda: 'has no "very"' in residence.hubctl(
        "devices", "faults", "--home", str(residence.home)))
    row = json.loads(residence.hubctl(
        "measures", "--device", "home/tablet", "--json", "--home", str(residence.home)).splitlines()[0])
    assert (row["alone"], row["helped"]) == (1, 1) and row["support_unknown"] >= 4, row
    # Many at once, while answers to the first ones arrive: neither thread waits for the other for ever.
    burst = client(residence.broker)
    for number in range(300):
        burst.step(f"burst {number}")
    wait("all of a burst", lambda: sum(value.startswith("burst") for value in values(residence)) == 300)
    wait("an empty queue", lambda: burst.waiting == 0)
    burst.close()
    print("ok  use events, Python: kept offline, sent later, counted once", flush=True)


SCRIPT = """
const {FoyerUse} = require(process.argv[1]);
const {execFileSync} = require('child_process');
const [port, password] = process.argv.slice(2);
const store = new Map();
const storage = {getItem: key => store.get(key) ?? null, setItem: (key, value) => store.set(key, value)};
let online = false;
const publish = async (topic, payload) => {
  if (!online) throw new Error('offline');
  execFileSync('mosquitto_pub', ['-h', '127.0.0.1', '-p', port, '-u', 'devices', '-P', password, '-q', '1', '-t', topic, '-m', payload]);
};
(async () => {
  const first = new FoyerUse({residence: 'home', device: 'tablet', publish, storage});
  await first.app('script one');
  await first.step('script two');
  if (first.waiting !== 2) throw new Error('nothing waits');
  online = true;
  const second = new FoyerUse({residence: 'home', device: 'tablet', publish, storage});
  await second.said('script three', {helped: false});
  await second.prompt('script prompt');
  if (second.waiting !== 0) throw new Error('something waits');
  if (JSON.parse([...store.values()][0]).length !== 0) throw new Error('the store is not empty');
})().catch(error => { console.error(error); process.exit(1); });
"""


def script_client(residence: Residence, root: Path):
    node = shutil.which("node")
    if node is None:
        print("--  use events, JavaScript: skipped, node is not installed", flush=True)
        return
    password = (residence.home / "broker/devices.password").read_text().strip()
    done = subprocess.run(
        [node, "-e", SCRIPT, str(root / "clients/foyer-use.js"), str(residence.broker), password],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    wait("the script's events", lambda: sum(v.startswith("script") for v in values(residence)) == 4)
    assert [v for v in values(residence) if v.startswith("script")] == [
        "script one", "script two", "script three", "script prompt"], values(residence)
    print("ok  use events, JavaScript: kept offline, sent later, in order", flush=True)


def main(residence: Residence, root: Path):
    text = (residence.home / "devices.yaml").read_text()
    (residence.home / "devices.yaml").write_text(
        text.rstrip() + "\n  - {name: tablet, profile: foyer-use, topic: foyer/home/use/tablet, "
        "residence: home, room: hall, person: p1}\n")
    residence.hubctl("reload", "--home", str(residence.home))
    # The person has said no on their own page: without a yes no use is measured.
    notice = Path(residence.folder.name) / "notice.txt"
    notice.write_text("What the tablet tells of its use.\n")
    residence.hubctl(
        "consent", "yes", "p1", "--purpose", "care", "--text", str(notice), "--text-version", "1",
        "--understanding", "said it in her own words", "--checked-by", "marie", "--home", str(residence.home))
    python_client(residence, root)
    script_client(residence, root)
