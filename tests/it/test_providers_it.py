"""Several providers, and TLS to them."""
import json
import socket
import ssl
import subprocess

import mails
import pytest
from daemon import OWNER
from postfix import free_port, wait_until
from smsc import BIND_RECEIVER, BIND_TRANSMITTER, Smsc
from test_smpp_it import BUILD, PHONE, programs  # noqa: F401


def provider(name, port, **settings):
    more = "".join(f"\t{key} = {value}\n" for key, value in settings.items())
    return (f'provider {name} {{\n\thost = "127.0.0.1"\n\tport = {port}\n\tsystem_id = "ringback"\n'
            f'\tsource_addr = "12025550100"\n{more}}}\n')


def states(site):
    return {p["name"]: p["up"] for p in map(json.loads, site.daemon.cli("providers", "--json").stdout.splitlines())}


def test_the_next_takes_over_and_gives_back(empty_site):
    """The first goes away: texts go through the second; the first returns: through the first again. Nothing twice."""
    site, port = empty_site, free_port()
    first, second = Smsc(port=port), Smsc()
    try:
        site.start(extra=provider("main", port, priority=1) + provider("spare", second.port, priority=2),
                   collect_window="0s", relay='""')
        wait_until(lambda: states(site) == {"main": True, "spare": True}, "both are bound")
        site.send(mails.freepbx_missed(number="2025550141"), [OWNER])
        first.wait(lambda texts: [t for t in texts if "+12025550141" in t.text], "text by the first")
        first.stop()
        wait_until(lambda: states(site) == {"main": False, "spare": True}, "the first is gone")
        site.send(mails.freepbx_missed(number="2025550142"), [OWNER])
        second.wait(lambda texts: [t for t in texts if "+12025550142" in t.text], "text by the second")
        first = Smsc(port=port)
        wait_until(lambda: states(site) == {"main": True, "spare": True}, "the first is back", 90)
        site.send(mails.freepbx_missed(number="2025550143"), [OWNER])
        first.wait(lambda texts: [t for t in texts if "+12025550143" in t.text], "text by the first again")
        assert len(second.texts) == 1 and len(first.texts) == 1
        assert [r[0] for r in site.daemon.rows("SELECT provider FROM outbox WHERE kind = 0 ORDER BY id")] == [
            "main", "spare", "main"]
    finally:
        first.stop()
        second.stop()


def test_a_pair(empty_site):
    """A transmitter and a receiver: texts go over one, receipts and replies come over the other."""
    smsc = Smsc()
    try:
        empty_site.start(extra=smsc.conf(bind="pair"), collect_window="0s", relay='""')
        wait_until(lambda: states(empty_site) == {"test": True}, "both are bound")
        assert sorted(b.role for b in smsc.binds) == [BIND_RECEIVER, BIND_TRANSMITTER]
        empty_site.send(mails.freepbx_missed(number="2025550141"), [OWNER])
        smsc.wait(lambda texts: texts, "text")
        wait_until(lambda: empty_site.daemon.rows("SELECT 1 FROM journal WHERE what = 'delivered'"), "the receipt has come")
        smsc.reply(PHONE, "10A")
        smsc.wait(lambda texts: [t for t in texts if "10 is yours" in t.text], "answer")
        # Without the receiver texts go all the same; it is bound again by itself.
        [hearer] = [b for b in smsc.binds if b.role == BIND_RECEIVER]
        hearer.request.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: sorted(b.role for b in smsc.binds if b is not hearer) == [BIND_RECEIVER, BIND_TRANSMITTER],
                   "it is back")
    finally:
        smsc.stop()


def test_reload(empty_site):
    """Providers come, change and go without a restart; what is the same keeps its link, and nothing is texted twice."""
    first, second, third = Smsc(), Smsc(), Smsc()
    try:
        empty_site.start(extra=first.conf("main", priority=1) + second.conf("spare", priority=2),
                         collect_window="0s", relay='""')
        wait_until(lambda: states(empty_site) == {"main": True, "spare": True}, "both are bound")
        kept = second.binds[0]
        empty_site.send(mails.freepbx_missed(number="2025550141"), [OWNER])
        first.wait(lambda texts: texts, "text by the first")
        empty_site.daemon.extra = second.conf("spare", priority=2) + third.conf("new", priority=1)
        empty_site.daemon.reload()
        wait_until(lambda: states(empty_site) == {"spare": True, "new": True}, "the new one is bound")
        wait_until(lambda: not first.binds, "the first is unbound")
        assert second.binds == [kept]
        empty_site.send(mails.freepbx_missed(number="2025550142"), [OWNER])
        third.wait(lambda texts: [t for t in texts if "+12025550142" in t.text], "text by the new one")
        # The same name with other settings: bound anew.
        empty_site.daemon.extra = second.conf("spare", priority=2, window=5) + third.conf("new", priority=1)
        empty_site.daemon.reload()
        wait_until(lambda: second.binds and second.binds != [kept], "bound anew")
        assert len(first.texts) == 1 and not second.texts and len(third.texts) == 1
        assert "next start" not in empty_site.daemon.log()
    finally:
        for smsc in (first, second, third):
            smsc.stop()


# ---- TLS ----

@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """An authority, a certificate for localhost and 127.0.0.1 by it, one by nobody, and one for us."""
    folder = tmp_path_factory.mktemp("tls")

    def openssl(*args):
        subprocess.run(["openssl", *map(str, args)], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)

    def certificate(name, *signed_by, subject, names=()):
        extra = ["-addext", "subjectAltName=" + ",".join(names)] if names else []
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-keyout",
                f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={subject}", *extra, *signed_by)

    certificate("ca", subject="Test authority")
    by_ca = ("-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:FALSE")
    certificate("server", *by_ca, subject="smsc.example.com", names=("DNS:smsc.example.com", "IP:127.0.0.1"))
    certificate("client", *by_ca, subject="ringback")
    certificate("other", subject="smsc.example.com", names=("DNS:smsc.example.com", "IP:127.0.0.1"))
    return folder


def server(authority, name="server", client=False):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / f"{name}.pem", authority / f"{name}.key")
    if client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(authority / "ca.pem")
    return Smsc(tls=context)


def drive(programs, smsc, authority, name="smsc.example.com", **env):  # noqa: F811
    return programs([BUILD / "tests/unit/smpp_drive", "127.0.0.1", smsc.port, "secret"], TLS_NAME=name,
                    TLS_CA=authority / "ca.pem", RECONNECT=60, **env)


def failure(d):
    while True:
        got = d.wait_json(event="state")
        if got["error"]:
            return got["error"]


@pytest.mark.parametrize("name", ["smsc.example.com", "127.0.0.1"])
def test_tls(programs, authority, name):  # noqa: F811
    """Bound by its name or its address; many texts and receipts pass."""
    smsc = server(authority)
    try:
        d = drive(programs, smsc, authority, name)
        d.wait_json(event="state", up=True)
        for n in range(200):
            d.say(f"{PHONE} MISSED {n} " + "x" * 100)
        for n in range(200):
            d.wait_json(event="outcome", result="sent")
        smsc.wait(lambda texts: len(texts) == 200, "all texts")
        assert {t.text.split()[1] for t in smsc.texts} == {str(n) for n in range(200)}
    finally:
        smsc.stop()


@pytest.mark.parametrize("certificate, name, words", [
    ("server", "smsc.example.org", "hostname mismatch"),
    ("server", "127.0.0.2", "IP address mismatch"),
    ("other", "smsc.example.com", "self-signed certificate"),
])
def test_tls_of_somebody_else(programs, authority, certificate, name, words):  # noqa: F811
    """The password does not leave before the SMSC has shown who it is."""
    smsc = server(authority, certificate)
    try:
        assert words in failure(drive(programs, smsc, authority, name))
        assert not smsc.binds
    finally:
        smsc.stop()


def test_tls_with_our_certificate(programs, authority):  # noqa: F811
    smsc = server(authority, client=True)
    try:
        d = drive(programs, smsc, authority, TLS_CERT=authority / "client.pem", TLS_KEY=authority / "client.key")
        d.wait_json(event="state", up=True)
        assert failure(drive(programs, smsc, authority))
    finally:
        smsc.stop()


def test_tls_where_none_is_spoken(programs, authority):  # noqa: F811
    with socket.create_server(("127.0.0.1", 0)) as listener:
        d = programs([BUILD / "tests/unit/smpp_drive", "127.0.0.1", listener.getsockname()[1], "secret"],
                     TLS_NAME="127.0.0.1", TLS_CA=authority / "ca.pem", RECONNECT=60)
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"\0\0\0\x10\x80\0\0\0\0\0\0\x02\0\0\0\0")     # generic_nack
            assert "TLS: " in failure(d)
