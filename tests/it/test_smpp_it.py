"""The SMPP carrier against SMSCs: those of Perl's Net::SMPP and of npm's smpp, both independent of our code and of each
other, and the pretend SMSC that ships with ringback."""
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import threading

import pytest
from conftest import need

SRC = pathlib.Path(os.environ.get("SRC", pathlib.Path(__file__).parents[2]))
BUILD = pathlib.Path(os.environ.get("BUILD", SRC / "b"))
PATIENCE = 20
PHONE = "+447700900123"


class Program:
    """A child whose lines come through a queue, so that a test waits for a line and never sleeps."""

    def __init__(self, argv, **env):
        self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env={**os.environ, **{k: str(v) for k, v in env.items()}}, text=True)
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def next(self):
        line = self.lines.get(timeout=PATIENCE)
        assert line is not None, f"{self.process.args} ended with {self.process.wait()}; before that: {self.seen}"
        self.seen.append(line)
        return line

    def wait_line(self, part):
        while part not in (line := self.next()):
            pass
        return line

    def wait_json(self, **want):
        """The next object that has these; those before it are passed over."""
        while True:
            line = self.next()
            got = json.loads(line) if line.startswith("{") else {}
            if all(got.get(k) == v for k, v in want.items()):
                return got

    def end(self, number=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.stdin.close()
        return self.process.wait(timeout=PATIENCE)


@pytest.fixture
def programs():
    started = []

    def start(argv, **env):
        started.append(Program(argv, **env))
        return started[-1]

    yield start
    for p in reversed(started):
        if p.process.poll() is None:
            p.end(signal.SIGKILL)


PEERS = {"perl": ["perl", SRC / "tests/it/smsc_netsmpp.pl"], "npm": ["node", SRC / "tests/it/smsc_npm.js"]}


class Peer:
    """An SMSC of other people's. npm's smpp is where contrib/check puts it: `npm ci` with tests/it/npm in BUILD/npm."""

    def __init__(self, programs, name, **env):
        if name == "npm":
            need(shutil.which("node") and (BUILD / "npm/node_modules/smpp").exists(), "node, and npm's smpp in BUILD/npm")
        else:
            need(subprocess.run(["perl", "-MNet::SMPP", "-e", "1"], stderr=subprocess.DEVNULL).returncode == 0, "Net::SMPP")
        self.smsc = programs(PEERS[name], NODE_PATH=BUILD / "npm/node_modules", **env)
        self.port = self.smsc.wait_line("port ").split()[1]

    def drive(self, programs, password="secret", **env):
        d = programs([BUILD / "tests/unit/smpp_drive", "127.0.0.1", self.port, password], **env)
        return d


@pytest.fixture(params=PEERS)
def peer(programs, request):
    return Peer(programs, request.param)


@pytest.fixture
def bound(peer, programs):
    d = peer.drive(programs, ENQUIRE=1, TIMEOUT=2)
    d.wait_json(event="state", up=True)
    return peer.smsc, d


def test_fields(bound):
    smsc, d = bound
    bind = smsc.wait_json(pdu="bind")
    assert (bind["system_id"], bind["password"]) == ("ringback", "secret")
    d.say(f"{PHONE} plain MISSED 21:52 Clinic")
    submit = smsc.wait_json(pdu="submit")
    assert submit["short_message"] == "plain MISSED 21:52 Clinic"
    assert (submit["source_addr"], submit["source_addr_ton"], submit["source_addr_npi"]) == ("442079460100", "1", "1")
    assert (submit["destination_addr"], submit["dest_addr_ton"], submit["dest_addr_npi"]) == ("447700900123", "1", "1")
    assert (submit["registered_delivery"], submit["data_coding"]) == ("1", "0")
    assert submit["validity_period"] == "000000001500000R"
    assert submit["reference"] == 1


def test_receipt(bound):
    smsc, d = bound
    d.say(f"{PHONE} plain")
    sent = d.wait_json(event="outcome", result="sent")
    receipt = d.wait_json(event="receipt")
    assert receipt["id"] == sent["id"] != ""
    assert (receipt["from"], receipt["state"], receipt["final"], receipt["delivered"]) == (PHONE, "DELIVRD", True, True)
    assert smsc.wait_json(pdu="deliver_resp")["status"] == 0


def test_receipt_of_failure(bound):
    _, d = bound
    d.say(f"{PHONE} undeliv")
    receipt = d.wait_json(event="receipt")
    assert (receipt["state"], receipt["final"], receipt["delivered"]) == ("UNDELIV", True, False)


def test_receipt_in_tlvs(bound):
    _, d = bound
    d.say(f"{PHONE} tlv")
    sent = d.wait_json(event="outcome", result="sent")
    receipt = d.wait_json(event="receipt")
    assert (receipt["id"], receipt["state"]) == (sent["id"], "DELIVRD")


def test_receipt_before_response(bound):
    _, d = bound
    d.say(f"{PHONE} early")
    receipt = d.wait_json(event="receipt")
    assert d.wait_json(event="outcome", result="sent")["id"] == receipt["id"]


@pytest.mark.parametrize("word, result", [("refused", "refused"), ("refused_body", "refused"), ("throttle", "later"),
                                          ("vendor", "later"), ("nack", "later")])
def test_failures(bound, word, result):
    _, d = bound
    d.say(f"{PHONE} {word}")
    assert d.wait_json(event="outcome")["result"] == result
    d.say(f"{PHONE} plain")     # the link is as good as before
    d.wait_json(event="outcome", job=2, result="sent")


def test_reply(bound):
    smsc, d = bound
    d.say(f"{PHONE} reply")
    got = d.wait_json(event="received")
    assert (got["phone"], got["text"]) == (PHONE, "17A")
    assert smsc.wait_json(pdu="deliver_resp")["status"] == 0


def test_reply_not_durable(bound):
    smsc, d = bound
    d.say("!keep 0")
    d.say(f"{PHONE} reply")
    d.wait_json(event="received")
    assert smsc.wait_json(pdu="deliver_resp")["status"] == 0x64


def test_forged_receipt(bound):
    _, d = bound
    d.say(f"{PHONE} forge")
    assert d.wait_json(event="received")["text"] == "id:1e4b stat:DELIVRD"


def test_enquire_link_both_ways(bound):
    smsc, d = bound
    d.say(f"{PHONE} enquire")
    smsc.wait_json(pdu="enquire_resp")
    smsc.wait_json(pdu="enquire")
    smsc.wait_json(pdu="enquire")
    d.say(f"{PHONE} plain")
    d.wait_json(event="outcome", job=2, result="sent")


def test_unbind_by_provider(bound):
    smsc, d = bound
    d.say(f"{PHONE} unbind")
    d.wait_json(event="outcome", result="sent")
    smsc.wait_json(pdu="unbind_resp")
    d.wait_json(event="state", up=False)
    d.wait_json(event="state", up=True)
    d.say(f"{PHONE} plain")
    d.wait_json(event="outcome", job=2, result="sent")


def test_dropped_link(bound):
    _, d = bound
    d.say(f"{PHONE} silent")
    d.say(f"{PHONE} drop")
    assert d.wait_json(event="outcome", job=1)["result"] == "unknown"
    assert d.wait_json(event="outcome", job=2)["result"] == "unknown"
    d.wait_json(event="state", up=True)
    d.say(f"{PHONE} plain")
    d.wait_json(event="outcome", job=3, result="sent")


def test_missing_response(bound):
    _, d = bound
    d.say(f"{PHONE} silent")
    assert d.wait_json(event="outcome", job=1)["result"] == "unknown"
    d.say(f"{PHONE} plain")     # its link lives
    d.wait_json(event="outcome", job=2, result="sent")


def test_stop(bound):
    smsc, d = bound
    for i in range(50):
        d.say(f"{PHONE} plain {i}")
    d.say("!stop")
    smsc.wait_json(pdu="unbind")
    assert d.process.wait(timeout=PATIENCE) == 0
    sent = [line for line in iter(d.lines.get, None) if '"sent"' in line]
    assert len(sent) + sum('"sent"' in line for line in d.seen) == 50


def test_wrong_password(peer, programs):
    d = peer.drive(programs, password="wrong", RECONNECT=1)
    peer.smsc.wait_json(pdu="bind", password="wrong")
    peer.smsc.wait_json(pdu="bind", password="wrong")      # never given up
    assert d.process.poll() is None
    d.say("!stop")
    assert d.process.wait(timeout=PATIENCE) == 0


def test_octet_by_octet(programs):
    d = Peer(programs, "npm", SPLIT=1).drive(programs)
    d.wait_json(event="state", up=True)
    for i in range(20):
        d.say(f"{PHONE} plain {i}")
    for i in range(20):
        d.wait_json(event="receipt", delivered=True)


# ---- the pretend SMSC ----

class Pretend:
    def __init__(self, programs, folder, *options, port=0):
        self.log, self.control = folder / "texts.jsonl", folder / "ctl"
        self.program = programs([BUILD / "contrib/ringback-smsc", "--port", port, "--log", self.log, "--control",
                                 self.control, *options])
        self.port = self.program.wait_line("listening").split()[-1]

    def texts(self):
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def command(self, line):
        return subprocess.run([BUILD / "contrib/ringback-smsc", "--control", self.control, "--say", line],
                              stdout=subprocess.PIPE, text=True, timeout=PATIENCE)

    def drive(self, programs, password="secret", **env):
        return programs([BUILD / "tests/unit/smpp_drive", "127.0.0.1", self.port, password], **env)


def test_pretend_shows_and_answers(programs, tmp_path):
    smsc = Pretend(programs, tmp_path)
    d = smsc.drive(programs)
    d.say(f"{PHONE} MISSED 21:52 Clinic Größe [x]")
    sent = d.wait_json(event="outcome", result="sent")
    assert d.wait_json(event="receipt")["id"] == sent["id"]
    smsc.program.wait_line("MISSED 21:52 Clinic Größe [x]")
    smsc.program.wait_line("1 segment")
    text, = smsc.texts()
    assert text["to"] == PHONE and text["from"] == "442079460100" and text["reference"] == 1
    assert text["text"] == "MISSED 21:52 Clinic Größe [x]" and text["message_id"] == sent["id"]
    assert smsc.command(f"reply {PHONE} 17A").stdout == "ok\n"
    got = d.wait_json(event="received")
    assert (got["phone"], got["text"]) == (PHONE, "17A")
    smsc.program.say(f"reply {PHONE} 17D ☎")     # on stdin, and not in GSM 03.38
    assert d.wait_json(event="received")["text"] == "17D ☎"


def test_pretend_keeps_replies(programs, tmp_path):
    smsc = Pretend(programs, tmp_path)
    assert smsc.command(f"reply {PHONE} 17A").stdout == "ok: waits until somebody binds\n"
    d = smsc.drive(programs)
    assert d.wait_json(event="received")["text"] == "17A"
    d.say("!keep 0")
    assert smsc.command(f"reply {PHONE} 18A").stdout.startswith("ok")
    d.wait_json(event="received", text="18A")
    d.say("!keep 1")
    d.wait_json(event="received", text="18A")    # "later" was said, so it comes again
    assert smsc.command(f"reply {PHONE} 19A").stdout == "ok\n"
    d.wait_json(event="received", text="19A")


@pytest.mark.parametrize("kind, state", [("failed", "UNDELIV"), ("delivered", "DELIVRD")])
def test_pretend_receipts(programs, tmp_path, kind, state):
    d = Pretend(programs, tmp_path, "--receipts", kind).drive(programs)
    d.say(f"{PHONE} x")
    assert d.wait_json(event="receipt")["state"] == state


def test_pretend_bad_commands(programs, tmp_path):
    smsc = Pretend(programs, tmp_path)
    for line in ("reply", "reply x y", "reply +447700900123", "what"):
        done = smsc.command(line)
        assert done.returncode == 65 and done.stdout.startswith("error"), line
    assert smsc.command("quit").stdout == "ok\n"
    assert smsc.program.process.wait(timeout=PATIENCE) == 0
    assert not smsc.control.exists()
    assert smsc.command("quit").returncode == 69


def test_pretend_password(programs, tmp_path):
    (tmp_path / "pw").write_text("geheim\n")
    smsc = Pretend(programs, tmp_path, "--system-id", "ringback", "--password-file", tmp_path / "pw")
    wrong = smsc.drive(programs, RECONNECT=60)
    smsc.program.wait_line("refused: ESME_RINVPASWD")
    wrong.end(signal.SIGKILL)
    smsc.drive(programs, password="geheim").wait_json(event="state", up=True)


def test_pretend_restart(programs, tmp_path):
    """The SMSC is killed under load and comes back on its port: every text has one outcome, every "sent" is in the log."""
    smsc = Pretend(programs, tmp_path)
    d = smsc.drive(programs)
    for i in range(400):
        d.say(f"{PHONE} text {i}")
    d.wait_json(event="outcome", job=20)
    smsc.program.end(signal.SIGKILL)
    Pretend(programs, tmp_path, port=smsc.port)
    d.say("!stop")
    assert d.process.wait(timeout=PATIENCE) == 0
    lines = d.seen + [line for line in iter(d.lines.get, None)]
    outcomes = [e for e in map(json.loads, lines) if e["event"] == "outcome"]
    assert sorted(e["job"] for e in outcomes) == list(range(1, 401))
    sent = {e["job"] for e in outcomes if e["result"] == "sent"}
    unknown = {e["job"] for e in outcomes if e["result"] == "unknown"}
    logged = [t["reference"] for t in smsc.texts()]
    assert sent <= set(logged) <= sent | unknown
    assert len(logged) == len(set(logged)), "the carrier itself never sends twice"
    assert len(unknown) <= 10


def test_pretend_outlives_killed_clients(programs, tmp_path):
    smsc = Pretend(programs, tmp_path, "--delay-ms", "5")
    for i in range(100):
        d = smsc.drive(programs, WINDOW=50)
        for j in range(20):
            d.say(f"{PHONE} round {i} text {j}")
        if i % 3:
            d.wait_json(event="outcome")
        d.end(signal.SIGKILL)
    assert smsc.program.process.poll() is None
    d = smsc.drive(programs)
    d.say(f"{PHONE} last")
    d.wait_json(event="outcome", job=1, result="sent")
    assert smsc.texts()[-1]["text"] == "last"
    assert len({t["message_id"] for t in smsc.texts()}) == len(smsc.texts())


@pytest.mark.parametrize("octets", [
    b"\0\0\0\0", b"\xff" * 64, b"GET / HTTP/1.1\r\n\r\n", bytes.fromhex("000000100000000400000000000000ff"),
    bytes.fromhex("00000010000000090000000000000001"), bytes.fromhex("0000001480000005000000000000000200000000")])
def test_pretend_hostile(programs, tmp_path, octets):
    smsc = Pretend(programs, tmp_path)
    with socket.create_connection(("127.0.0.1", int(smsc.port)), timeout=PATIENCE) as s:
        s.sendall(octets)
        s.shutdown(socket.SHUT_WR)
        while s.recv(4096):
            pass
    smsc.drive(programs).wait_json(event="state", up=True)
