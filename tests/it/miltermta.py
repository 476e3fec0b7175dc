"""The mail server's side of the milter protocol, packet by packet (version 6), to see what goes over the wire."""
import struct

ACTIONS = 0x1FF             # all SMFIF_*
STEPS = 0x1FFFFF            # all SMFIP_* up to HDR_LEADSPC
NOHELO, SKIP, NODATA, HDR_LEADSPC = 0x2, 0x400, 0x200, 0x100000
NO_REPLY = {"C": 0x1000, "H": 0x2000, "M": 0x4000, "R": 0x8000, "L": 0x80, "T": 0x10000, "N": 0x40000, "B": 0x80000}
NOT_SENT = {"C": 0x1, "H": 0x2, "M": 0x4, "R": 0x8, "L": 0x20, "N": 0x40, "B": 0x10, "T": 0x200}
ADD_HEADER, CHANGE_HEADER, ADD_RCPT, ADD_RCPT_PAR, DEL_RCPT, REPLACE_BODY = "h", "m", "+", "2", "-", "b"
FINAL = set("acdrty")       # accept, continue, discard, reject, tempfail, with a text


class Closed(Exception):
    pass


class Mta:
    """steps: what this mail server offers to leave out."""

    def __init__(self, sock, steps=STEPS, actions=ACTIONS):
        self.sock = sock
        self.sock.settimeout(30)
        self.put("O", struct.pack(">III", 6, actions, steps))
        command, data = self.get()
        assert command == "O"
        _, self.actions, self.steps = struct.unpack(">III", data[:12])
        self.macros = data[12:]

    def put(self, command, data=b""):
        self.sock.sendall(struct.pack(">I", len(data) + 1) + command.encode() + data)

    def read(self, n):
        data = b""
        while len(data) < n:
            piece = self.sock.recv(n - len(data))
            if not piece:
                raise Closed
            data += piece
        return data

    def get(self):
        size = struct.unpack(">I", self.read(4))[0]
        data = self.read(size)
        return data[:1].decode(), data[1:]

    def step(self, command, data=b"", macros=None):
        """The reply to a step; None where none is sent or the step itself is left out."""
        if self.steps & NOT_SENT.get(command, 0):
            return None
        if macros is not None:
            self.put("D", command.encode() + b"".join(s.encode() + b"\0" for pair in macros.items() for s in pair))
        self.put(command, data)
        return None if self.steps & NO_REPLY.get(command, 0) else self.get()[0]

    def connect(self, address="192.0.2.10", port=40000):
        return self.step("C", b"pbx.example.com\0004" + struct.pack(">H", port) + address.encode() + b"\0")

    def envelope(self, rcpts, sender="<pbx@pbx.example.com>", auth=None):
        self.step("M", sender.encode() + b"\0", {"{auth_authen}": auth} if auth else None)
        for rcpt in rcpts:
            self.step("R", rcpt.encode() + b"\0")

    def headers(self, mail):
        """All header fields and the end of the header; gives the reply to that."""
        self.step("T", macros={"i": "4TEST"})
        head = mail.split(b"\r\n\r\n")[0].replace(b"\r\n\t", b"\n\t").split(b"\r\n")
        for line in head:
            name, _, value = line.partition(b":")
            if not self.steps & HDR_LEADSPC:
                value = value[1:]
            self.step("L", name + b"\0" + value + b"\0")
        return self.step("N", macros={"i": "4TEST", "j": "mx.example.com"})

    def body(self, data, chunk=65535):
        """Gives the number of chunks that were wanted."""
        for n, at in enumerate(range(0, len(data), chunk), 1):
            if self.step("B", data[at:at + chunk]) == "s":
                return n
        return n

    def end(self):
        """All edits in their order, and the final reply."""
        self.put("D", b"E" + b"i\0004TEST\0j\0mx.example.com\0")
        self.put("E")
        edits = []
        while True:
            command, data = self.get()
            if command in FINAL:
                return edits, command
            edits.append((command, data))

    def mail(self, mail, rcpts):
        self.envelope(rcpts)
        reply = self.headers(mail)
        if reply == "a":
            return [], "a"
        self.body(mail.split(b"\r\n\r\n", 1)[1])
        return self.end()


def hand_in(daemon, mail, rcpt):
    """True once it is taken; False: the daemon was not there, or said "later"."""
    try:
        with daemon.connect() as sock:
            mta = Mta(sock)
            mta.connect()
            return mta.mail(mail, [f"<{rcpt}>"])[1] in "ac"
    except (OSError, Closed):
        return False
