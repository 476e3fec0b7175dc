"""A ringbackd of its own: generated configuration, store and sockets in a temp folder."""
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess

from postfix import public_folder, wait_until

SRC = pathlib.Path(os.environ.get("SRC", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("BUILD", SRC / "b"))

STRANGER = "198.51.100.7"   # PBX is trusted, this is not
AUDIT = "calls@example.com"
OWNER = "anna@example.com"

CONF = """\
region = US
timezone = America/New_York
audit = {audit}
domain = example.com
milter_socket = "{socket}"
milter_socket_group = postfix
store = "{folder}/ringback.db"
run_dir = "{folder}/run"
{settings}

person anna {{
	name = "Anna Smith"
	mail = "{owner}"
	phone = "+447700900123"
}}
person bob {{
	name = "Bob Jones"
	mail = "bob@example.com"
	phone = "+447700900456"
}}
policy oncall {{
	step {{ tell = anna }}
	step {{ tell = bob }}
}}
line clinic {{
	name = "Clinic"
	owner = anna
	extensions = {{ "1201", "1202", "1203" }}
	closed = oncall
}}
"""


class Daemon:
    """settings: lines at the top of the configuration, name=value in its syntax. extra: text at its end (a provider)."""

    def __init__(self, socket=None, extra="", **settings):
        self.folder = public_folder("ringback-it.")
        (self.folder / "run").mkdir()
        self.socket = socket or f"unix:{self.folder}/milter.sock"
        self.conf = self.folder / "ringback.conf"
        self.log_file = self.folder / "log"
        self.process = None
        self.extra = extra
        self.settings = {"profile_dir": f'"{SRC}/conf/profiles"', "sources": '{ "192.0.2.0/24", "sendmail" }', "relay": '""', "hours": '"off"', "user": '""',
                         **settings}
        self.write()

    def write(self, **settings):
        self.settings.update(settings)
        lines = "".join(f"{name} = {value}\n" for name, value in self.settings.items())
        self.conf.write_text(CONF.format(folder=self.folder, socket=self.socket, settings=lines, audit=AUDIT,
                                         owner=OWNER) + self.extra)

    # ---- running ----

    def spawn(self, *options, **more):
        log = open(self.log_file, "ab")
        return subprocess.Popen([str(BUILD / "src/ringbackd"), "-f", "-c", str(self.conf), *options], stdout=log, stderr=log,
                                **more)

    def start(self, *options):
        self.process = self.spawn(*options)
        wait_until(lambda: self.listens() or self.process.poll() is not None, "ringbackd listens")
        assert self.process.poll() is None, self.log()
        return self

    def connect(self):
        kind, _, where = self.socket.partition(":")
        if kind == "inet":
            port, _, host = where.partition("@")
            return socket.create_connection((host, int(port)))
        s = socket.socket(socket.AF_UNIX)
        try:
            s.connect(where)
        except OSError:
            s.close()
            raise
        return s

    def listens(self):
        try:
            self.connect().close()
            return True
        except OSError:
            return False

    def reload(self, **settings):
        self.write(**settings)
        before = len(self.log())
        self.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: "reload" in self.log()[before:], "ringbackd says that it has reloaded")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        if self.process:
            self.ended()

    def ended(self, timeout=30):
        """Waits for the end; a crash, or what a sanitizer found, shows in the exit code."""
        code = self.process.wait(timeout)
        self.process = None
        assert code == 0, f"ringbackd ended with {code}\n{self.log()[-4000:]}"

    def kill(self):
        """As a crash: no chance to do anything."""
        self.process.kill()
        self.process.wait()
        self.process = None

    def destroy(self):
        try:
            self.stop()
        finally:
            if self.process:
                self.kill()
            shutil.rmtree(self.folder)

    # ---- looking inside ----

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def wait_log(self, words, timeout=20):
        wait_until(lambda: words in self.log(), f"log says {words!r}", timeout)

    def rss_kb(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("VmRSS"):
                return int(line.split()[1])

    def cli(self, *args, ok=True):
        r = subprocess.run([str(BUILD / "src/ringback"), "-c", str(self.conf), *args], stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, text=True)
        assert not ok or r.returncode == 0, f"ringback {args}: {r.returncode} {r.stderr}"
        return r

    def db(self):
        return sqlite3.connect(self.folder / "ringback.db", timeout=20)

    def rows(self, query):
        db = self.db()
        try:
            return db.execute(query).fetchall()
        finally:
            db.close()
