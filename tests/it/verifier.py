"""A small milter that stands before ringback, as a verifier of signatures does: it puts Authentication-Results into mails
and can take those away that say they are its own."""
import socket
import struct
import threading

ADD_HEADERS, CHANGE_HEADERS = 0x1, 0x10
NO_RCPT, NO_BODY = 0x8, 0x10


class Verifier:
    """results: what it says of each mail, without its id; None: nothing. index: where its field is put; None: at the end.
    strips: fields with its id that came with the mail go."""

    def __init__(self, path, ident="mx.example.com"):
        self.ident = ident
        self.reset()
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        path.chmod(0o777)
        self.listener.listen(50)
        threading.Thread(target=self.accept, daemon=True).start()

    def reset(self, results=None, index=0, strips=False):
        self.results, self.index, self.strips = results, index, strips

    def accept(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def stop(self):
        self.listener.close()

    @staticmethod
    def read(s, n):
        data = b""
        while len(data) < n:
            piece = s.recv(n - len(data))
            if not piece:
                raise EOFError
            data += piece
        return data

    @staticmethod
    def put(s, command, data=b""):
        s.sendall(struct.pack(">I", len(data) + 1) + command.encode() + data)

    def serve(self, s):
        own = []
        try:
            while True:
                size = struct.unpack(">I", self.read(s, 4))[0]
                packet = self.read(s, size)
                command, data = chr(packet[0]), packet[1:]
                if command == "O":
                    self.put(s, "O", struct.pack(">III", 6, ADD_HEADERS | CHANGE_HEADERS, 0))
                elif command == "L":
                    name, value = data.rstrip(b"\0").split(b"\0", 1)
                    if name.lower() == b"authentication-results":
                        own.append(value.strip().lower().startswith(self.ident.encode()))
                    self.put(s, "c")
                elif command == "E":
                    self.edit(s, own)
                    own = []
                elif command == "M":
                    own = []
                    self.put(s, "c")
                elif command not in "DAQK":
                    self.put(s, "c")
        except (EOFError, OSError):
            s.close()

    def edit(self, s, own):
        for n in range(len(own), 0, -1):
            if self.strips and own[n - 1]:
                self.put(s, "m", struct.pack(">I", n) + b"Authentication-Results\0\0")
        if self.results is not None:
            field = b"Authentication-Results\0" + f"{self.ident}; {self.results}".encode() + b"\0"
            if self.index is None:
                self.put(s, "h", field)
            else:
                self.put(s, "i", struct.pack(">I", self.index) + field)
        self.put(s, "c")
