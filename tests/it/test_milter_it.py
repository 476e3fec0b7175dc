"""Mail through a real Postfix: who gets it, what it looks like, and what happens to those who misbehave."""
import email
import email.policy
import json
import os
import pathlib
import re
import signal
import socket
import stat
import subprocess
import time

import mails
import pytest
from conftest import need
from daemon import AUDIT, OWNER, STRANGER, Daemon
from postfix import wait_until

HERE = pathlib.Path(__file__).parent
STRICT = email.policy.default.clone(raise_on_defect=True)


def is_edited(copy):
    return copy.header("X-Ringback-Item") is not None


def inner_body(copy, original):
    """Where the PBX's own body lies in ours."""
    return copy.body.find(mails.body_of(original))


def verdicts(daemon):
    return re.findall(r" mail=(\w+)", daemon.log())


# ---- recipients ----

def test_ring_group(site):
    for extension, person in (("1201", "anna"), ("1202", "bob"), ("1203", "carl")):
        site.send(mails.freepbx_missed(extension=extension, to=f"{person}@example.com"), [f"{person}@example.com"])
    assert site.rcpts() == [OWNER, AUDIT]
    assert verdicts(site.daemon) == ["edit", "swallow", "swallow"]
    assert len(site.daemon.rows("SELECT * FROM items")) == 1
    assert len(site.daemon.rows("SELECT * FROM notices")) == 3


@pytest.mark.parametrize("rcpts", [
    ["anna@example.com"],
    ["bob@example.com", "carl@example.com"],
    ["Anna@Example.COM"],
    ["ANNA@example.com", "anna@example.com"],
    ["bob@example.com", "bob@example.com", "BOB@example.com"],
    [AUDIT],
    [AUDIT, OWNER],
    ["Calls@example.com", "Anna@example.com", "bob@example.com"],
    ["front@example.com"],
    ["front@example.com", "anna@example.com", AUDIT],
], ids=" ".join)
def test_one_copy_each(site, rcpts):
    site.send(mails.freepbx_missed(to=", ".join(rcpts)), rcpts)
    assert sorted(rcpt.lower() for rcpt in site.rcpts()) == [OWNER, AUDIT]


def test_original_recipients_stay_known(site):
    site.send(mails.freepbx_missed(to="bob@example.com"), ["bob@example.com", "carl@example.com"])
    for rcpt, copy in site.delivered():
        assert copy.orcpt.lower() == "rfc822;bob@example.com", rcpt
        said = " ".join(value for name, value in copy.message.items() if name.lower().startswith("x-ringback-"))
        assert "bob@example.com" in said and "carl@example.com" in said


@pytest.mark.parametrize("rcpts", [["2001"], ["bob@example.com"], ["bob", "bob@mx.example.com"], ["anna@example.com"]],
                         ids=" ".join)
def test_sendmail(site, rcpts):
    mail = mails.freepbx_missed(to=", ".join(rcpts)).replace(b"\r\n", b"\n")
    site.postfix.sendmail(mail, "-f", "asterisk@pbx.example.com", *rcpts)
    site.mailboxes.wait(lambda copies: len(copies) >= 2, "two copies")
    site.postfix.wait_idle()
    assert site.rcpts() == [OWNER, AUDIT]


def test_sendmail_takes_recipients_from_header(site):
    site.postfix.sendmail(mails.freepbx_missed(to="bob@example.com").replace(b"\r\n", b"\n"), "-t")
    site.mailboxes.wait(lambda copies: len(copies) >= 2, "two copies")
    site.postfix.wait_idle()
    assert site.rcpts() == [OWNER, AUDIT]


def test_sendmail_untrusted(empty_site):
    empty_site.start(sources='{ "192.0.2.0/24" }')
    mail = mails.freepbx_missed(to="bob@example.com", extra="X-Ringback-Item: RB-9\n")
    empty_site.postfix.sendmail(mail.replace(b"\r\n", b"\n"), "bob@example.com")
    [copy] = empty_site.mailboxes.wait(lambda copies: list(copies), "a copy")
    assert copy.rcpt == "bob@example.com" and not is_edited(copy)


# ---- contents ----

def test_voicemail(site):
    audio = mails.wav(30000, seed=7)
    mail = mails.asterisk_voicemail(audio=audio)
    site.send(mail, [OWNER])
    for _, copy in site.delivered():
        parts = [p for p in copy.message.walk() if p.get_content_maintype() == "audio"]
        assert [p.get_payload(decode=True) for p in parts] == [audio]
        assert copy.header("X-Ringback-Class") == "voicemail"
        assert copy.header("X-Ringback-Caller") == "+12025550143"
        assert copy.header("Message-Context") == "voice-message"
        assert inner_body(copy, mail) > 0
    assert site.rcpts() == [OWNER, AUDIT]


def test_own_body_lies_between(site):
    mail = mails.freepbx_missed(name="Zoë Müller")
    site.send(mail, [OWNER])
    copy = site.mailboxes.of(OWNER)[0]
    at = inner_body(copy, mail)
    assert at > 0
    assert b"application/vcon" in copy.body[at + len(mails.body_of(mail)):]
    assert "Zoë Müller" in copy.message.get_body(("plain",)).get_content()
    vcon = [p for p in copy.message.walk() if p.get_content_type() == "application/vcon"]
    assert json.loads(vcon[0].get_payload(decode=True))["parties"]


@pytest.mark.parametrize("mail", [
    mails.freepbx_missed(), mails.asterisk_voicemail(), mails.freepbx_missed(name="Zoë Müller"),
    mails.freepbx_missed(name="a" * 200), mails.asterisk_voicemail(name='"Quote" <x@y>'),
], ids=["missed", "voicemail", "utf8", "long-name", "odd-name"])
def test_strict_parser(site, mail):
    site.send(mail, [OWNER])
    for _, copy in site.delivered():
        assert is_edited(copy)
        message = email.message_from_bytes(copy.data, policy=STRICT)
        for part in message.walk():
            assert not part.defects
            for name, value in part.items():
                assert not value.defects, (name, value.defects)
            if not part.is_multipart():
                part.get_payload(decode=True)
        assert all(len(line) <= 998 for line in copy.data.split(b"\r\n"))


def test_eight_bit_header(site):
    mail = mails.freepbx_missed().replace(b"Subject: ", "Subject: Zoë ".encode())
    site.send(mail, [OWNER], mail_options=("SMTPUTF8",))
    assert site.rcpts() == [OWNER, AUDIT]


def test_signed_mail_gets_additions_only(site):
    signature = ("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=pbx.example.com; s=x;\n"
                 "\th=from:to:subject:date:message-id:mime-version:content-type; bh=AAAA; b=BBBB\n")
    mail = mails.freepbx_missed(extra=signature)
    site.send(mail, [OWNER])
    for _, copy in site.delivered():
        assert is_edited(copy)
        assert copy.body == mails.body_of(mail)
        for line in mail.split(b"\r\n\r\n")[0].split(b"\r\n"):
            assert line in copy.head.split(b"\r\n")
    assert site.rcpts() == [OWNER, AUDIT]


def test_caller_name_cannot_add_headers(site):
    # An encoded word may hold line breaks.
    evil = "=?utf-8?Q?Jane=0D=0AX-Ringback-Owner:=20eve=0D=0ABcc:=20eve@example.com=0D=0A=0D=0Ahi?="
    site.send(mails.asterisk_voicemail(name=evil), [OWNER])
    assert site.rcpts() == [OWNER, AUDIT]
    for _, copy in site.delivered():
        assert copy.message.get_all("X-Ringback-Owner") == ["anna"]
        assert copy.header("Bcc") is None


# ---- mail that is not ours ----

FORGED = "X-Ringback-Item: RB-1\nx-ringback-owner: eve\nX-Zammad-Ticket-Id: 7\nX-OTRS-Queue: Evil\nX-OTRS-queue: Two\n"


def test_forged_headers_go_and_nothing_else(site):
    kept = "X-First: 1\nX-Folded: a\n\tb  c\n"
    site.send(mails.letter(extra=kept + FORGED + "X-Last:no blank\n"), ["bob@example.com"], client=STRANGER)
    site.send(mails.letter(extra=kept + "X-Last:no blank\n"), ["bob@example.com"], client=STRANGER)
    one, two = [re.sub(rb"\A.*?(?=\r\nFrom:)", b"", c.data, flags=re.S).replace(b"letter-", b"")
                for c in site.mailboxes.copies]
    assert re.sub(rb"<\d+@", b"<", one) == re.sub(rb"<\d+@", b"<", two)
    assert site.rcpts() == ["bob@example.com"] * 2


@pytest.mark.parametrize("client, mail", [
    (STRANGER, mails.freepbx_missed()), (STRANGER, mails.letter()), (None, mails.letter()),
    ("192.0.2.10", mails.letter("About the missed call from Jane")),
    ("192.0.2.10", mails.freepbx_missed(extra="Auto-Submitted: auto-replied\n")),
], ids=["pbx-mail-of-stranger", "stranger", "local", "letter-by-pbx", "auto-replied"])
def test_unchanged(site, client, mail):
    site.send(mail, ["bob@example.com", "carl@example.com"], client=client)
    assert site.rcpts() == ["bob@example.com", "carl@example.com"]
    for _, copy in site.delivered():
        assert copy.data.endswith(mail)
        assert not is_edited(copy)


def test_bounce_is_no_notice(site):
    site.send(mails.freepbx_missed(), ["bob@example.com"], sender="")
    assert site.rcpts() == ["bob@example.com"]


def test_our_own_work_is_not_done_twice(site):
    """An after-queue filter hands the edited mail in again from a trusted address."""
    site.send(mails.freepbx_missed(), [OWNER])
    edited = site.mailboxes.of(OWNER)[0]
    site.mailboxes.clear()
    site.send(edited.data, [OWNER, AUDIT])
    assert site.rcpts() == [OWNER, AUDIT]
    assert all(copy.data.endswith(edited.data) for _, copy in site.delivered())
    assert len(site.daemon.rows("SELECT * FROM notices")) == 1


# ---- connections ----

def test_several_mails_in_one_connection(site):
    with site.postfix.smtp("192.0.2.10") as s:
        for n in range(5):
            assert site.postfix.hand_in(s, mails.freepbx_missed(number=f"202555014{n}"), [OWNER])[0] == 250
            s.mail("tom@example.com")
            s.rcpt("bob@example.com")
            s.rset()
            assert site.postfix.hand_in(s, mails.letter(), ["carl@example.com"])[0] == 250
    site.postfix.wait_idle()
    assert site.rcpts() == [OWNER] * 5 + [AUDIT] * 5 + ["carl@example.com"] * 5


def test_recipients_of_an_abandoned_mail_do_not_leak(site):
    with site.postfix.smtp("192.0.2.10") as s:
        s.ehlo()
        s.mail("pbx@pbx.example.com")
        s.rcpt("eve@example.com")
        s.rset()
        assert site.postfix.hand_in(s, mails.freepbx_missed(), ["bob@example.com"])[0] == 250
    site.postfix.wait_idle()
    assert site.rcpts() == [OWNER, AUDIT]
    assert "eve" not in str(site.daemon.rows("SELECT rcpts FROM notices"))


def test_client_vanishes(site):
    for when in ("connect", "mail", "rcpt", "data", "mid-data"):
        s = site.postfix.smtp("192.0.2.10")
        s.ehlo()
        steps = ["connect", "mail", "rcpt", "data", "mid-data"].index(when)
        if steps >= 1:
            s.mail("pbx@pbx.example.com")
        if steps >= 2:
            s.rcpt(OWNER)
        if steps >= 3:
            s.docmd("DATA")
        if steps >= 4:
            s.send(mails.freepbx_missed()[:700])
        s.sock.close()
        s.close()
    site.send(mails.freepbx_missed(), [OWNER])
    assert site.rcpts() == [OWNER, AUDIT]
    assert len(site.daemon.rows("SELECT * FROM notices")) == 1


def test_probes(site):
    for octets in (b"", b"\0", b"\0\0\0\1", b"\0\0\0\rO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff", b"GET / HTTP/1.0\r\n\r\n",
                   b"\xff\xff\xff\xffO", b"\0\0\0\1M", b"\0\0\0\1E"):
        with site.daemon.connect() as s:
            s.sendall(octets)
    site.send(mails.freepbx_missed(), [OWNER])
    assert site.rcpts() == [OWNER, AUDIT]
    wait_until(lambda: status(site, "open") == 0, "no session is left")


def status(site, counter):
    answers = [json.loads(line) for line in site.daemon.cli("status", "--json").stdout.splitlines()]
    return next(a[f"milter.{counter}"] for a in answers if f"milter.{counter}" in a)


def test_tcp(empty_site):
    """The same over TCP; every small write goes out at once, and DATA keeps its reply."""
    site = empty_site
    site.start_tcp()
    for n in range(3):
        site.send(mails.freepbx_missed(number=f"202555014{n}"), [OWNER], port=site.postfix.tcp_port)
        site.send(mails.letter(extra=FORGED), ["bob@example.com"], client=STRANGER, port=site.postfix.tcp_port)
    assert site.rcpts() == [OWNER] * 3 + ["bob@example.com"] * 3 + [AUDIT] * 3


# ---- when things go wrong ----

def locked(daemon):
    """Keeps the store locked until the connection is closed."""
    db = daemon.db()
    db.isolation_level = None
    db.execute("BEGIN EXCLUSIVE")
    return db


def test_store_out_of_reach_tempfail(site):
    site.send(mails.letter(), ["bob@example.com"])
    site.mailboxes.clear()
    lock = locked(site.daemon)
    began = time.monotonic()
    code, _ = site.postfix.send(mails.freepbx_missed(message_id="<one@pbx.example.com>"), ["bob@example.com"])
    took = time.monotonic() - began
    lock.close()
    assert code == 451 and took < 10
    assert site.rcpts() == []
    # The PBX tries again: another queue id, another Message-ID.
    site.send(mails.freepbx_missed(message_id="<two@pbx.example.com>"), ["bob@example.com"])
    assert site.rcpts() == [OWNER, AUDIT]
    assert len(site.daemon.rows("SELECT * FROM items")) == 1


def test_store_out_of_reach_accept(empty_site):
    site = empty_site
    site.start(on_store_failure="accept")
    site.send(mails.letter(), ["bob@example.com"])      # it has opened its store
    site.mailboxes.clear()
    lock = locked(site.daemon)
    mail = mails.freepbx_missed()
    site.send(mail, ["bob@example.com", "carl@example.com"])
    lock.close()
    assert site.rcpts() == ["bob@example.com", "carl@example.com"]
    for _, copy in site.delivered():
        assert copy.header("X-Ringback-Error") and not is_edited(copy)
        assert copy.body == mails.body_of(mail)


def test_same_mail_again(site):
    """The client never heard our yes: it sends again, with a new queue id and a new Message-ID."""
    site.send(mails.freepbx_missed(message_id="<one@pbx.example.com>"), [OWNER])
    site.send(mails.freepbx_missed(message_id="<two@pbx.example.com>"), [OWNER])
    assert len(site.daemon.rows("SELECT * FROM items")) == 1
    assert site.rcpts() == [OWNER] * 2 + [AUDIT] * 2
    assert {c.header("X-Ringback-Item") for c in site.mailboxes.copies} == {"RB-1"}
    assert {c.header("X-Ringback-Calls") for c in site.mailboxes.copies} == {"1"}


def test_reload(site):
    """A session goes on over a reload; its next mail has the new configuration."""
    with site.postfix.smtp("192.0.2.10") as s:
        assert site.postfix.hand_in(s, mails.freepbx_missed(), [OWNER])[0] == 250
        site.daemon.reload(item_prefix="CALL")
        assert site.postfix.hand_in(s, mails.freepbx_missed(number="2025550199"), [OWNER])[0] == 250
    site.postfix.wait_idle()
    assert [c.header("X-Ringback-Item") for c in site.mailboxes.of(OWNER)] == ["RB-1", "CALL-2"]


def test_bad_reload_changes_nothing(site):
    site.daemon.reload(region="nonsense")
    site.send(mails.freepbx_missed(), [OWNER])
    assert site.rcpts() == [OWNER, AUDIT]


def huge_text(size):
    return b"".join(b"%070d\r\n" % i for i in range(size // 72))


def with_text(mail, text):
    """The mail with `text` put into its first part."""
    head, _, body = mail.partition(b"Hi 1201,\r\n")
    return head + b"Hi 1201,\r\n" + text + body


def nested(depth):
    mail = b"From: pbx@pbx.example.com\r\nSubject: Missed call from Jane\r\nMIME-Version: 1.0\r\n"
    mail += b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n'
    for n in range(1, depth):
        mail += b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (n - 1, n)
    return mail + b"--b%d\r\n\r\nend\r\n" % (depth - 1)


def many_headers(n):
    return mails.freepbx_missed(extra="".join(f"X-Header-{i}: {i}\n" for i in range(n)))


HOSTILE = {
    "50-mb": lambda: with_text(mails.freepbx_missed(), huge_text(50 * 1000 * 1000)),
    "10000-headers": lambda: many_headers(10000),
    "one-name-10000-times": lambda: mails.freepbx_missed(extra="X-Ringback-Item: x\n" * 10000),
    "nested-1000": lambda: nested(1000),
    "nul": lambda: with_text(mails.freepbx_missed(), b"a\0b\0c\r\n" * 1000),
    "no-blank-line": lambda: mails.freepbx_missed().split(b"\r\n\r\n")[0] + b"\r\n",
    "no-header": lambda: b"\r\n" + huge_text(1000),
    "empty": lambda: b"",
    "long-line": lambda: with_text(mails.freepbx_missed(), b"x" * 1000000 + b"\r\n"),
    "long-header": lambda: mails.freepbx_missed(extra="X-Long: " + "y" * 90000 + "\n"),
    "unclosed": lambda: mails.freepbx_missed()[:900],
    "many-parts": lambda: with_text(mails.freepbx_missed(), b"--B_ALT_69a7331c0b1f2\r\n\r\nx\r\n" * 20000),
}


@pytest.mark.parametrize("client", ["192.0.2.10", STRANGER], ids=["pbx", "stranger"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(site, name, client):
    site.send(mails.letter(), ["bob@example.com"])
    site.mailboxes.clear()
    before = site.daemon.rss_kb()
    began = time.monotonic()
    code, text = site.postfix.send(HOSTILE[name](), ["carl@example.com"], client=client)
    took = time.monotonic() - began
    grew = site.daemon.rss_kb() - before
    assert site.daemon.process.poll() is None, site.daemon.log()[-2000:]
    assert code in (250, 554), (code, text)
    site.postfix.wait_idle()
    # Never lost: it is at its recipients, or at owner and audit mailbox, or the sender was told.
    assert site.rcpts() in ([["carl@example.com"], [OWNER, AUDIT]] if code == 250 else [[]])
    assert took < 20 * SLOW, f"{took:.1f} s"
    assert grew < 150000 * SLOW, f"{grew} KB"
    site.mailboxes.clear()
    site.send(mails.freepbx_missed(number="2025550177"), [OWNER])
    assert site.rcpts() == [OWNER, AUDIT]


def sanitized():
    binary = (pathlib.Path(os.environ.get("BUILD", HERE.parents[1] / "b")) / "src/ringbackd")
    return binary.exists() and b"__asan_init" in binary.read_bytes()


SLOW = 4 if sanitized() else 1


# ---- socket, signals, stop ----

@pytest.fixture
def daemon():
    need(os.geteuid() == 0, "root")
    d = Daemon()
    yield d
    d.destroy()


def test_socket_mode_and_group(daemon):
    import grp
    daemon.start()
    path = daemon.folder / "milter.sock"
    st = path.stat()
    assert stat.S_ISSOCK(st.st_mode) and stat.S_IMODE(st.st_mode) == 0o660
    assert grp.getgrgid(st.st_gid).gr_name == "postfix"
    daemon.stop()
    assert not path.exists()


def test_stale_socket_is_replaced(daemon):
    daemon.start()
    daemon.kill()
    assert (daemon.folder / "milter.sock").exists()
    daemon.start()


def test_live_socket_is_left_alone(daemon):
    daemon.start()
    second = daemon.spawn()
    assert second.wait(20) != 0
    assert "another process listens" in daemon.log() or "already" in daemon.log()
    assert daemon.listens()


def test_other_file_is_left_alone(daemon):
    path = daemon.folder / "milter.sock"
    path.write_text("precious")
    assert daemon.spawn().wait(20) != 0
    assert path.read_text() == "precious"


def test_inherited_socket(daemon):
    """As systemd hands it in: LISTEN_FDS, file descriptor 3."""
    path = str(daemon.folder / "milter.sock")
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path)
        s.listen(10)
        fd = s.fileno()
        script = f'exec 3<&{fd}; export LISTEN_PID=$$ LISTEN_FDS=1; exec "$0" "$@"'
        log = open(daemon.log_file, "ab")
        from daemon import BUILD
        daemon.process = subprocess.Popen(["bash", "-c", script, str(BUILD / "src/ringbackd"), "-f", "-c",
                                           str(daemon.conf)], pass_fds=[fd], stdout=log,
                                          stderr=log)
        with daemon.connect() as c:
            c.sendall(b"\0\0\0\rO\0\0\0\6\0\0\1\xff\0\x1f\xff\xff")
            c.settimeout(20)
            assert c.recv(5)[4:] == b"O"
        daemon.stop()
        assert os.path.exists(path)      # it is systemd's
        with daemon.connect():           # and still takes connections, for the next ringbackd
            pass


def test_stop_lets_the_open_session_finish(site):
    daemon = site.daemon
    with site.postfix.smtp("192.0.2.10") as s:
        s.ehlo()
        s.mail("pbx@pbx.example.com")
        s.rcpt(OWNER)
        daemon.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not os.path.exists(site.postfix.socket), "the socket is gone")
        code, text = s.data(mails.freepbx_missed())
        assert code == 250, text
    daemon.ended()
    site.postfix.wait_idle()
    assert site.rcpts() == [OWNER, AUDIT]


def test_stop_does_not_wait_for_ever(site):
    """A session that stays open is ended at last; its mail is put off, not lost."""
    with site.postfix.smtp("192.0.2.10") as s:
        s.ehlo()
        s.mail("pbx@pbx.example.com")
        s.rcpt(OWNER)
        site.daemon.stop()
        assert "sessions ended by the stop" in site.daemon.log()
        code, text = s.data(mails.freepbx_missed())
        assert code == 451, text


def test_signals(daemon):
    """SIGHUP and SIGUSR1 reload; libmilter would end on SIGHUP, were it let: the kernel gives it the second of two
    signals that come together."""
    daemon.start()
    for n in range(500):
        daemon.process.send_signal(signal.SIGUSR1)
        daemon.process.send_signal(signal.SIGHUP)
    daemon.wait_log("reload: conf=")
    for n in range(10):         # a connection wakes libmilter, which would see then that it has to end
        assert daemon.listens() and daemon.process.poll() is None
        time.sleep(0.02)
    began = time.monotonic()
    daemon.stop()
    assert time.monotonic() - began < 5


# ---- the protocol, step by step ----

@pytest.mark.parametrize("script", sorted(p.name for p in HERE.glob("*.lua")))
def test_protocol(daemon, script):
    import shutil
    need(shutil.which("miltertest"), "miltertest")
    daemon.start()
    r = subprocess.run(["miltertest", "-s", str(HERE / script), "-D", f"socket={daemon.socket}"],
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    assert r.returncode == 0, r.stdout + daemon.log()[-2000:]
