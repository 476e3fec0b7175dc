"""Debian's osmo-msc, a mobile network's switch, as an SMSC: one that calls every text by the same name."""
import os
import shutil
import socket
import subprocess

import pytest
from conftest import need
from daemon import BUILD, SRC
from postfix import free_port, wait_until
from test_smpp_it import PHONE, Program, programs  # noqa: F401

CONF = """\
log stderr
 logging filter all 1
 logging color 0
 logging level set-all notice
line vty
 no login
smpp
 local-tcp-ip 127.0.0.1 {port}
 system-id osmo
 policy closed
 esme ringback
  password secret
  default-route
"""


def listens(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def osmo(tmp_path):
    """Without a network behind it: it takes texts, and keeps them for phones that never come."""
    need(shutil.which("osmo-msc") and shutil.which("gcc"), "osmo-msc and gcc")
    port = free_port()
    (tmp_path / "msc.cfg").write_text(CONF.format(port=port))
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", tmp_path / "nosctp.so", SRC / "tests/it/nosctp.c", "-ldl"], check=True)
    with open(tmp_path / "log", "wb") as log:
        process = subprocess.Popen(["osmo-msc", "-c", tmp_path / "msc.cfg"], cwd=tmp_path, stdout=log, stderr=log,
                                   env={**os.environ, "LD_PRELOAD": str(tmp_path / "nosctp.so")})
    try:
        wait_until(lambda: listens(port) or process.poll() is not None, "osmo-msc listens")
        assert process.poll() is None, (tmp_path / "log").read_text()[-2000:]
        yield port
    finally:
        process.kill()
        process.wait()


def test_bind_and_submit(osmo, programs):  # noqa: F811
    d = programs([BUILD / "tests/unit/smpp_drive", "127.0.0.1", osmo, "secret"], ENQUIRE=1, TIMEOUT=5)
    d.wait_json(event="state", up=True)
    for i in (1, 2):
        d.say(f"{PHONE} MISSED 21:52 Clinic {i}")
        assert d.wait_json(event="outcome", job=i)["result"] == "sent"
    ids = {line.split('"id":')[1].split(",")[0] for line in d.seen if '"sent"' in line}
    assert ids == {'"msg_id_not_implemented"'}, "it has real ids now: then look for receipts here"
    d.say("!stop")
    assert d.process.wait(timeout=20) == 0


def test_wrong_password(osmo, programs):  # noqa: F811
    d = programs([BUILD / "tests/unit/smpp_drive", "127.0.0.1", osmo, "wrong"], RECONNECT=1)
    assert "ESME_" in d.wait_json(event="state", up=False)["error"]
    d.say("!stop")
    assert d.process.wait(timeout=20) == 0
