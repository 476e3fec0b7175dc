"""Milter and courier as two processes that share nothing but the store and a wake-up."""
import json
import os
import pwd
import shutil
import stat
import time

import mails
import pytest
from conftest import need
from daemon import AUDIT, OWNER, Daemon
from postfix import wait_until
from smsc import Smsc, told

ANNA = "447700900123"
# The courier looks by itself once a minute; what is there sooner came by the wake-up.
AT_ONCE = 20


class Half(Daemon):
    """One role of the two: the configuration of another, a process and a log of its own."""

    def __init__(self, whole, role):
        self.__dict__.update(whole.__dict__)
        self.role, self.process = role, None
        self.log_file = whole.folder / f"{role}.log"

    def start(self):
        before = self.log().count(" start: ")
        self.process = self.spawn(f"--role={self.role}")
        wait_until(lambda: self.log().count(" start: ") > before or self.process.poll() is not None, f"{self.role} starts")
        assert self.process.poll() is None, self.log()
        return self

    def end(self):
        if self.process:
            self.stop()


class Pair:
    """user: of both daemons; the milter's socket is where Postfix asks. With an empty store."""

    def __init__(self, site, smsc, user="", **settings):
        self.whole = Daemon(f"unix:{site.postfix.socket}", extra=smsc.conf(), user=f'"{user}"',
                            relay=f'"127.0.0.1:{site.postfix.plain_port}"', **settings)
        if user:
            for path in (self.whole.folder, self.whole.folder / "run"):
                shutil.chown(path, user)
        self.milter, self.courier = Half(self.whole, "milter"), Half(self.whole, "courier")
        site.daemon = self.whole

    def start(self):
        self.milter.start()
        self.courier.start()
        return self

    def end(self):
        self.milter.end()
        self.courier.end()


@pytest.fixture
def smsc():
    s = Smsc()
    yield s
    s.stop()


@pytest.fixture
def make(empty_site, smsc):
    made = []

    def make_pair(**settings):
        made.append(Pair(empty_site, smsc, **{"collect_window": "1s", **settings}))
        return made[-1]

    yield make_pair
    for pair in made:
        for half in (pair.milter, pair.courier):
            if half.process:
                half.kill()


@pytest.fixture
def pair(make):
    return make().start()


def send(site, number="2025550143"):
    site.send(mails.freepbx_missed(number=number), [OWNER])


def texted(smsc, number, timeout=AT_ONCE):
    return smsc.wait(lambda texts: [t for t in texts if told([t])[number]],
                     f"text about {number}", timeout)


def status(pair):
    r = pair.whole.cli("status", "--json", ok=False)
    return {o.get("role", "store"): o for o in map(json.loads, r.stdout.splitlines())}, r.returncode


def test_text_goes_at_once(pair, empty_site, smsc):
    """The mail wakes the courier in the other process: the text is there when the window is over."""
    began = time.monotonic()
    send(empty_site)
    assert empty_site.rcpts() == [OWNER, AUDIT]
    texted(smsc, "+12025550143")
    assert time.monotonic() - began < AT_ONCE
    smsc.reply(ANNA, "10A")
    smsc.wait(lambda texts: [t for t in texts if "10 is yours" in t.text], "answer")
    empty_site.mailboxes.wait(lambda copies: [c for c in copies if b"Anna Smith took it by text" in c.data], "note")
    pair.end()


def test_each_tells_of_itself(pair):
    said, code = status(pair)
    assert code == 0
    assert said["milter"]["pid"] == pair.milter.process.pid and "milter.messages" in said["milter"]
    assert said["courier"]["pid"] == pair.courier.process.pid and said["courier"]["texts.up"] is True
    pair.courier.end()
    said, code = status(pair)
    assert code == 0 and (said["milter"]["running"], said["courier"]["running"]) == (True, False)


def test_reload_reaches_both(pair, empty_site, smsc):
    pair.whole.write(item_prefix="CALL")
    pair.whole.cli("reload")
    for half in (pair.milter, pair.courier):
        assert " reload: conf=" in half.log()
    send(empty_site)
    assert empty_site.mailboxes.of(OWNER)[0].header("X-Ringback-Item") == "CALL-1"
    note = empty_site.mailboxes.wait(lambda copies: [c for c in copies if b"Text delivered" in c.data], "note")[0]
    assert note.header("X-Ringback-Item") == "CALL-1"       # the courier writes the notes


def test_bad_reload_is_told_by_whoever_cannot(pair):
    pair.whole.write(unheard_of="1")
    r = pair.whole.cli("reload", ok=False)
    assert r.returncode == 78 and "unheard_of" in r.stderr


def test_mail_flows_while_the_courier_is_down(pair, empty_site, smsc):
    pair.courier.kill()
    for n in range(3):
        send(empty_site, f"202555014{n}")
    assert empty_site.rcpts() == [OWNER] * 3 + [AUDIT] * 3
    assert not smsc.texts
    pair.courier.start()
    for n in range(3):
        texted(smsc, f"+1202555014{n}")
    pair.end()
    assert sorted(told(smsc.texts).values()) == [1, 1, 1]


def test_text_goes_while_the_milter_is_down(pair, empty_site, smsc):
    """What was committed before the milter died is the courier's; mail is put off until the milter is there again."""
    send(empty_site)
    pair.milter.kill()
    texted(smsc, "+12025550143")
    code, _ = empty_site.postfix.send(mails.freepbx_missed(number="2025550199"), [OWNER])
    assert 400 <= code < 500
    pair.milter.start()
    send(empty_site, "2025550199")
    texted(smsc, "+12025550199")
    assert pair.whole.rows("SELECT count(*) FROM items") == [(2,)]


@pytest.mark.parametrize("role", ["milter", "courier"])
def test_killed_again_and_again(pair, empty_site, smsc, role):
    half = getattr(pair, role)
    for n in range(10):
        half.kill()
        half.start()
        send(empty_site, f"20255501{n:02}")
    for n in range(10):
        texted(smsc, f"+120255501{n:02}", 60)
    assert empty_site.rcpts()[:10] == [OWNER] * 10
    assert pair.whole.rows("SELECT count(*) FROM items") == [(10,)]
    journal = [why for why, in pair.whole.rows("SELECT why FROM journal WHERE what = 'possibly_twice'")]
    assert sum(told(smsc.texts).values()) <= 10 + len(journal)
    pair.end()


def test_two_milters_would_fight(pair):
    """A second process of a role does not start beside the first."""
    for role in ("milter", "courier"):
        second = pair.whole.spawn(f"--role={role}")
        assert second.wait(30) != 0
    assert "another ringbackd listens" in pair.whole.log() or "another process listens" in pair.whole.log()
    assert pair.milter.process.poll() is None and pair.courier.process.poll() is None


def test_as_a_user(make, empty_site, smsc):
    """Neither keeps root, and both can use what the other made."""
    need(os.geteuid() == 0, "root")
    pair = make(user="daemon").start()
    for half in (pair.milter, pair.courier):
        uid = next(line.split()[1:] for line in open(f"/proc/{half.process.pid}/status") if line.startswith("Uid:"))
        assert set(uid) == {str(pwd.getpwnam("daemon").pw_uid)}
    for name in ("milter.ctl", "courier.ctl"):
        st = (pair.whole.folder / "run" / name).stat()
        assert stat.S_IMODE(st.st_mode) == 0o660
    send(empty_site)
    texted(smsc, "+12025550143")
    smsc.reply(ANNA, "10A")
    smsc.wait(lambda texts: [t for t in texts if "10 is yours" in t.text], "answer")
    pair.end()
