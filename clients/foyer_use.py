"""Tells Foyer how an application is used: what was started, shown, said, done. One file to copy; needs paho-mqtt.

    use = FoyerUse("192.168.1.10", "home", "tablet", password="…", queue="/var/lib/app/foyer-use.jsonl")
    use.app("pictograms")
    use.symbol("drink")
    use.close()

What happens without a connection is kept in the queue's file and sent when there is one, with the time at which it
happened. Each event has an identifier: one that is sent twice counts once. Nothing a person types or says belongs in
here: names of applications, symbols and steps only. docs/use-events.md describes the messages.
"""

import json
import os
import threading
import uuid
from datetime import datetime, timezone

import paho.mqtt.client as mqtt

MOST = 10_000


class FoyerUse:
    """One device of one residence. Its methods never wait for the network, and may be called from any thread."""

    def __init__(self, host, residence, device, user="devices", password=None, port=1883, queue=None, tls=None):
        """`queue`: the file that keeps events until they have arrived; without it they last as long as the process.
        `tls`: the path of the authority's certificate, for a broker that asks for encryption."""
        self.topic = f"foyer/{residence}/use/{device}"
        self._file = queue
        self._lock = threading.Lock()
        self._waiting = self._load()
        self._given = set()  # Identifiers that the MQTT client has: it sends them again itself after a lost connection.
        self._under_way = {}  # Their packet numbers.
        self._early = set()  # Packet numbers that arrived before their identifier was known.
        arguments = {"client_id": f"{residence}-{device}-{uuid.uuid4().hex[:8]}"}
        if hasattr(mqtt, "CallbackAPIVersion"):
            arguments["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION1
        self._client = mqtt.Client(**arguments)
        if password is not None:
            self._client.username_pw_set(user, password)
        if tls is not None:
            self._client.tls_set(tls)
        self._client.on_connect = self._connected
        self._client.on_publish = self._arrived
        self._client.reconnect_delay_set(1, 60)
        self._client.connect_async(host, port, keepalive=30)
        self._client.loop_start()

    def app(self, name, helped=None):
        """An application was started. Each use may say whether somebody helped, where the application knows: False is "on
        one's own", None is "not known"."""
        self._tell({"app": name, **self._support(helped)})

    def symbol(self, name, helped=None):
        """A symbol of a communication aid was chosen."""
        self._tell({"symbol": name, **self._support(helped)})

    def step(self, name, helped=None):
        """A step of a schedule was done."""
        self._tell({"step": name, **self._support(helped)})

    def said(self, name, helped=None):
        """Something was spoken aloud: the button's or phrase's name, never free text."""
        self._tell({"said": name, **self._support(helped)})

    def helped(self, helped):
        """Somebody helped with the last use, or nobody did; within ten minutes of it."""
        self._tell({"helped": bool(helped)})

    def prompt(self, name):
        """The application reminded of something: what the next use within ten minutes is measured against."""
        self._tell({"prompt": name})

    def battery(self, percent):
        """How full the battery is, 0 to 100."""
        self._tell({"battery": percent})

    @property
    def waiting(self):
        """How many events have not arrived yet."""
        with self._lock:
            return len(self._waiting)

    def close(self):
        """Ends the connection; what has not arrived stays in the queue's file."""
        self._client.disconnect()
        self._client.loop_stop()

    @staticmethod
    def _support(helped):
        return {} if helped is None else {"helped": bool(helped)}

    def _tell(self, what):
        event = {"id": uuid.uuid4().hex, "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds"), **what}
        with self._lock:
            # The oldest go first: an aid that is away for months must not fill its disk.
            self._waiting = (self._waiting + [event])[-MOST:]
            self._save()
        if self._client.is_connected():
            self._send(event)

    def _send(self, event):
        # Never publish() with the lock held: the MQTT client calls _arrived under a lock that publish() takes.
        with self._lock:
            if event["id"] in self._given:
                return
            self._given.add(event["id"])
        result = self._client.publish(self.topic, json.dumps(event, ensure_ascii=False), qos=1)
        with self._lock:
            if result.rc == mqtt.MQTT_ERR_QUEUE_SIZE:
                self._given.discard(event["id"])  # It was not taken; the next connection tries again.
            elif result.mid in self._early:
                self._early.discard(result.mid)
                self._forget(event["id"])
            else:
                self._under_way[result.mid] = event["id"]

    def _connected(self, _client, _data, _flags, code, *_):
        if code != 0:
            return
        with self._lock:
            events = list(self._waiting)
        for event in events:
            self._send(event)

    def _arrived(self, _client, _data, packet, *_):
        with self._lock:
            identifier = self._under_way.pop(packet, None)
            if identifier is None:
                self._early.add(packet)
            else:
                self._forget(identifier)

    def _forget(self, identifier):
        self._given.discard(identifier)
        self._waiting = [event for event in self._waiting if event["id"] != identifier]
        self._save()

    def _load(self):
        if self._file is None or not os.path.exists(self._file):
            return []
        events = []
        with open(self._file, encoding="utf-8") as lines:
            for line in lines:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue  # The power failed in the middle of a line.
                if isinstance(event, dict) and "id" in event:
                    events.append(event)
        return events

    def _save(self):
        if self._file is None:
            return
        beside = f"{self._file}.new"
        with open(beside, "w", encoding="utf-8") as file:
            for event in self._waiting:
                file.write(json.dumps(event, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, self._file)
