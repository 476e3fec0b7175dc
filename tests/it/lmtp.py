"""A mailbox server: takes every mail by LMTP and keeps each copy with its envelope."""
import email
import email.policy
import functools
import socketserver
import threading
import time
from dataclasses import dataclass


@dataclass
class Copy:
    """One mail as one recipient got it."""
    sender: str
    rcpt: str
    orcpt: str      # what the ORCPT parameter said, "" without one
    data: bytes     # CRLF line ends

    @functools.cached_property
    def message(self):
        return email.message_from_bytes(self.data, policy=email.policy.default)

    def header(self, name):
        return self.message[name]

    @property
    def head(self):
        return self.data.split(b"\r\n\r\n", 1)[0]

    @property
    def body(self):
        return self.data.split(b"\r\n\r\n", 1)[1]


class Handler(socketserver.StreamRequestHandler):
    def say(self, *lines):
        self.wfile.write("".join(line + "\r\n" for line in lines).encode())

    def read_data(self):
        lines = []
        while (line := self.rfile.readline()) not in (b"", b".\r\n"):
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    @staticmethod
    def split(argument):
        """("FROM:<a@b> SIZE=1") -> ("a@b", ["SIZE=1"])"""
        address, _, rest = argument[argument.index("<") + 1:].partition(">")
        return address, rest.split()

    def handle(self):
        try:
            self.talk()
        except OSError:
            pass        # Postfix does not wait for the last word

    def talk(self):
        self.say("220 mailboxes LMTP")
        sender, rcpts = "", []
        while line := self.rfile.readline():
            verb, _, argument = line.decode("utf-8", "surrogateescape").strip().partition(" ")
            verb = verb.upper()
            if verb == "LHLO":
                self.say("250-mailboxes", "250-PIPELINING", "250-8BITMIME", "250-SMTPUTF8", "250-DSN",
                         "250 ENHANCEDSTATUSCODES")
            elif verb == "MAIL":
                sender, rcpts = self.split(argument)[0], []
                self.say("250 2.1.0 fine")
            elif verb == "RCPT":
                rcpt, args = self.split(argument)
                orcpt = [a[6:] for a in args if a.upper().startswith("ORCPT=")]
                rcpts.append((rcpt, orcpt[0] if orcpt else ""))
                self.say("250 2.1.5 fine")
            elif verb == "DATA":
                self.say("354 go on")
                data = self.read_data()
                self.server.mailboxes.add([Copy(sender, rcpt, orcpt, data) for rcpt, orcpt in rcpts])
                self.say(*["250 2.0.0 kept"] * len(rcpts))
            elif verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            else:
                self.say("250 2.0.0 fine")


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Mailboxes:
    def __init__(self):
        self.copies = []
        self.changed = threading.Condition()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.mailboxes = self
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def add(self, copies):
        with self.changed:
            self.copies.extend(copies)
            self.changed.notify_all()

    def wait(self, condition, what, timeout=20):
        """Until condition(copies) gives something true, which is returned."""
        end = time.monotonic() + timeout
        with self.changed:
            while not (found := condition(self.copies)):
                left = end - time.monotonic()
                if left <= 0:
                    got = [(c.rcpt, len(c.data)) for c in self.copies]
                    raise AssertionError(f"no {what} within {timeout} s; mailboxes have {got}")
                self.changed.wait(left)
            return found

    def of(self, rcpt):
        with self.changed:
            return [c for c in self.copies if c.rcpt.lower() == rcpt.lower()]

    def clear(self):
        with self.changed:
            self.copies.clear()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
