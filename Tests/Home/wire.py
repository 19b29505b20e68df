"""Many real MQTT clients and a clock, in one thread: what a firmware does later is a call that is due."""

import heapq
import itertools
import random
import select
import time

import paho.mqtt.client as mqtt


class Wire:
    """The clients of a home. Nothing happens but within `run`."""

    def __init__(self, port: int, rng: random.Random):
        self.port = port
        self.rng = rng
        self.clients: set["Client"] = set()
        self._due: list = []
        self._order = itertools.count()
        self._misc = 0.0

    def later(self, seconds: float, action):
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._order), action))

    def run(self, seconds: float):
        """Lets the home live for so long."""
        self.until(lambda: False, seconds)

    def until(self, condition, seconds: float) -> bool:
        """Lets the home live until the condition holds; false where it did not within so long."""
        end = time.monotonic() + seconds
        while True:
            if condition():
                return True
            now = time.monotonic()
            while self._due and self._due[0][0] <= now:
                heapq.heappop(self._due)[2]()
            if now >= end:
                return False
            self._pump(min(0.02, end - now))

    def _pump(self, wait: float):
        poll = select.poll()
        sockets = {}
        for client in list(self.clients):
            socket = client.paho.socket()
            if socket is None or socket.fileno() < 0:
                client.lost()
                continue
            sockets[socket.fileno()] = client
            write = select.POLLOUT if client.paho.want_write() else 0
            poll.register(socket.fileno(), select.POLLIN | write)
        for number, event in poll.poll(max(1, int(wait * 1000))):
            client = sockets[number]
            if event & (select.POLLIN | select.POLLHUP | select.POLLERR):
                client.paho.loop_read()
            if event & select.POLLOUT and client.paho.socket() is not None:
                client.paho.loop_write()
        if time.monotonic() - self._misc > 1:
            self._misc = time.monotonic()
            for client in list(self.clients):
                client.paho.loop_misc()


class Client:
    """One connection, with its last will. It comes back by itself until it is told to stay away.

    `connected` is called at each connection, with whether the firmware has just started.
    """

    def __init__(self, wire: Wire, name: str, connected, will=None, subscribe=(), queues=False):
        self.wire = wire
        self.name = name
        self.connected = connected
        self.will = will
        self.subscribe = subscribe
        self.queues = queues
        self.heard = None
        self.is_up = False
        self.is_wanted = False
        self.is_fresh = True
        self.waiting: list = []
        self.sent = 0
        self.paho = None

    def start(self):
        """Power on."""
        self.is_wanted = True
        self.is_fresh = True
        self._connect()

    def crash(self):
        """Power off: the broker speaks the last will."""
        self.is_wanted = False
        self.waiting = []
        self._drop()

    def stop(self):
        """A proper good-bye: no last will."""
        self.is_wanted = False
        if self.paho and self.is_up:
            self.paho.disconnect()
            self.paho.loop_write()
        self._drop()

    def _drop(self):
        self.is_up = False
        self.wire.clients.discard(self)
        if self.paho and self.paho.socket():
            self.paho.socket().close()
        self.paho = None

    def _connect(self):
        if not self.is_wanted or self in self.wire.clients:
            return
        if self.paho:
            # The same client comes back: what was under way with quality of service 1 is sent again.
            try:
                self.paho.reconnect()
            except OSError:
                return self._again()
            return self.wire.clients.add(self)
        paho = mqtt.Client(client_id=self.name, clean_session=True)
        paho.max_inflight_messages_set(1000)
        if self.will:
            paho.will_set(*self.will)
        paho.on_connect = self._on_connect
        paho.on_message = lambda _, __, message: self.heard and self.heard(message)
        try:
            paho.connect("127.0.0.1", self.wire.port, keepalive=30)
        except OSError:
            return self._again()
        self.paho = paho
        self.wire.clients.add(self)

    def _on_connect(self, paho, _, __, code):
        if code != 0 or paho is not self.paho:
            return
        self.is_up = True
        for topic in self.subscribe:
            paho.subscribe(topic, 0)
        fresh, self.is_fresh = self.is_fresh, False
        self.connected(fresh)
        waiting, self.waiting = self.waiting, []
        for message in waiting:
            self.publish(*message)

    def lost(self):
        """The broker is gone."""
        self.is_up = False
        self.wire.clients.discard(self)
        self._again()

    def _again(self):
        # Firmwares wait for 1 to 10 s; here time goes faster.
        if self.is_wanted:
            self.wire.later(self.wire.rng.uniform(0.2, 1.2), self._connect)

    def publish(self, topic: str, payload, qos: int = 0, retain: bool = False) -> bool:
        """Says something; false where it is lost for nobody is there to hear it."""
        if self.is_up and self.paho and self.paho.socket():
            self.paho.publish(topic, payload, qos, retain)
            self.sent += 1
            return True
        if self.queues and self.is_wanted:
            self.waiting.append((topic, payload, qos, retain))
            return True
        return False
