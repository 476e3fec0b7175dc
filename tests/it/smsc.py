"""An SMSC for tests, in few lines and by nobody's library: SMPP 3.4, transceiver binds, receipts."""
import collections
import itertools
import re
import socket
import socketserver
import struct
import threading
import time
from dataclasses import dataclass

BIND_RECEIVER, BIND_TRANSMITTER = 0x1, 0x2
BIND_TRANSCEIVER, SUBMIT_SM, DELIVER_SM, UNBIND, ENQUIRE_LINK, NACK = 0x9, 0x4, 0x5, 0x6, 0x15, 0x80000000
RESP = 0x80000000


@dataclass
class Text:
    id: str
    to: str
    text: str
    validity: str
    data_coding: int
    reference: int = -1     # user_message_reference


def cstring(data, at):
    end = data.index(b"\0", at)
    return data[at:end].decode("ascii"), end + 1


def reference(tlvs):
    while len(tlvs) >= 4:
        tag, size = struct.unpack(">HH", tlvs[:4])
        if tag == 0x0204:
            return int.from_bytes(tlvs[4:4 + size], "big")
        tlvs = tlvs[4 + size:]
    return -1


def submit(data, number):
    _, at = cstring(data, 0)
    _, at = cstring(data, at + 2)
    to, at = cstring(data, at + 2)
    _, at = cstring(data, at + 3)
    validity, at = cstring(data, at)
    data_coding, size = data[at + 2], data[at + 4]
    short = data[at + 5:at + 5 + size]
    # Our texts are plain enough for GSM 03.38 to read as ASCII, but for what follows.
    text = short.decode("utf-16-be") if data_coding == 8 else short.decode("latin-1").replace("\0", "@")
    return Text(f"{number:08x}", to, text, validity, data_coding, reference(data[at + 5 + size:]))


def told(texts):
    """How often each number was told, as "+12025550143": a text may be about several items."""
    return collections.Counter(number for t in texts for number in re.findall(r"\+1\d{10}", t.text))


class Handler(socketserver.BaseRequestHandler):
    def read(self, n):
        data = b""
        while len(data) < n:
            piece = self.request.recv(n - len(data))
            if not piece:
                raise ConnectionError
            data += piece
        return data

    def put(self, command, sequence, body=b"", status=0):
        with self.lock:
            self.request.sendall(struct.pack(">IIII", len(body) + 16, command, status, sequence) + body)

    def handle(self):
        self.lock = threading.Lock()
        try:
            while True:
                size, command, _, sequence = struct.unpack(">IIII", self.read(16))
                if not self.take(command, sequence, self.read(size - 16)):
                    return
        except OSError:
            pass
        finally:
            self.server.smsc.gone(self)

    def take(self, command, sequence, body):
        smsc = self.server.smsc
        if command in (BIND_TRANSCEIVER, BIND_TRANSMITTER, BIND_RECEIVER):
            self.role = command
            self.put(command | RESP, sequence, b"smsc\0")
            smsc.bound(self)
        elif command == SUBMIT_SM and self.role != BIND_RECEIVER:
            text = submit(body, next(smsc.numbers))
            smsc.keep(text)
            self.put(command | RESP, sequence, text.id.encode() + b"\0")
            if smsc.receipts:
                smsc.receipt(text)
        elif command == UNBIND:
            self.put(command | RESP, sequence)
            return False
        elif command == ENQUIRE_LINK:
            self.put(command | RESP, sequence)
        elif not command & RESP:
            self.put(NACK, sequence, status=3)
        return True


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    tls = None      # an ssl.SSLContext

    def get_request(self):
        request, address = super().get_request()
        if self.tls:
            request.settimeout(10)      # for a client that says nothing
            request = self.tls.wrap_socket(request, server_side=True)
            request.settimeout(None)
        return request, address


class Smsc:
    def __init__(self, receipts=True, port=0, tls=None, handler=Handler):
        self.receipts = receipts
        self.texts, self.binds = [], []
        self.numbers, self.sequence = itertools.count(1), itertools.count(1)
        self.changed = threading.Condition()
        self.server = Server(("127.0.0.1", port), handler)
        self.server.smsc = self
        self.server.tls = tls
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def conf(self, name="test", **settings):
        """The provider section of ringback's configuration."""
        more = "".join(f"\t{key} = {value}\n" for key, value in settings.items())
        return (f'provider {name} {{\n\thost = "127.0.0.1"\n\tport = {self.port}\n\tsystem_id = "ringback"\n'
                f'\tsource_addr = "12025550100"\n{more}}}\n')

    def bound(self, bind):
        with self.changed:
            self.binds.append(bind)
            self.changed.notify_all()

    def gone(self, bind):
        with self.changed:
            if bind in self.binds:
                self.binds.remove(bind)

    def keep(self, text):
        with self.changed:
            self.texts.append(text)
            self.changed.notify_all()

    def deliver(self, esm_class, source, words):
        body = (b"\0\1\1" + source.encode() + b"\0\0\1" + b"12025550100\0" + bytes([esm_class]) + b"\0\0\0\0\0\0\0\0"
                + bytes([len(words)]) + words.encode("ascii"))
        with self.changed:
            binds = [b for b in self.binds if b.role != BIND_TRANSMITTER]
        if binds:
            try:
                binds[-1].put(DELIVER_SM, next(self.sequence), body)
            except OSError:
                pass        # it went away meanwhile

    def receipt(self, text, id=None, state="DELIVRD"):
        self.deliver(4, text.to, f"id:{text.id if id is None else id} sub:001 dlvrd:001 submit date:2603032116 done date:2603032116 "
                                 f"stat:{state} err:000 text:")

    def reply(self, source, words):
        """As if somebody wrote a text."""
        self.deliver(0, source.lstrip("+"), words)

    def wait(self, condition, what, timeout=20):
        end = time.monotonic() + timeout
        with self.changed:
            while not (found := condition(self.texts)):
                left = end - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"no {what} within {timeout} s; texts: {self.texts}")
                self.changed.wait(left)
            return found

    def stop(self):
        """Nobody listens any more, and who is bound loses the connection."""
        self.server.shutdown()
        self.server.server_close()
        with self.changed:
            binds = list(self.binds)
        for bind in binds:
            try:
                bind.request.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass        # gone already
