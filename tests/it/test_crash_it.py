"""kill -9 at any moment, under load: no mail lost, no item doubled, no text lost, none sent twice in silence."""
import collections
import os
import random
import threading
import time

import mails
import pytest
from daemon import AUDIT, OWNER
from postfix import wait_until
from smsc import Smsc, told

KILLS = int(os.environ.get("RINGBACK_KILLS", "100"))
SENDERS = 4


@pytest.fixture
def smsc():
    s = Smsc()
    yield s
    s.stop()


class Senders:
    """PBXs that send one call after the other, each until it is taken, as PBXs do."""

    def __init__(self, postfix):
        self.postfix = postfix
        self.stop = threading.Event()
        self.calls = []         # numbers whose mail was taken
        self.lost_replies = set()   # taken or not: the client never heard
        self.errors = []
        self.lock = threading.Lock()
        self.next = 0
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def number(self):
        with self.lock:
            self.next += 1
            return f"{self.next // 10000 + 202}555{self.next % 10000:04}"

    def run(self):
        while not self.stop.is_set():
            number = self.number()
            try:
                self.send(number)
            except Exception as e:      # seen by the test, which fails on it
                self.errors.append(repr(e))
                return

    def send(self, number):
        while True:
            try:
                code, text = self.postfix.send(mails.freepbx_missed(number=number), ["bob@example.com"])
            except OSError:
                self.lost_replies.add(number)
                continue
            if code == 250:
                self.calls.append(number)
                return
            assert 400 <= code < 500, (code, text)
            time.sleep(0.01)

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a sender hangs"
        assert not self.errors, self.errors[:3]


def numbers_of(copies, rcpt):
    return collections.Counter(c.header("X-Ringback-Caller") for c in copies if c.rcpt == rcpt)


def test_kill_under_load(empty_site, smsc):
    site = empty_site
    daemon = site.start(extra=smsc.conf(), collect_window="0s")
    senders = Senders(site.postfix)
    chance = random.Random(int(os.environ.get("RINGBACK_SEED", "1")))
    for _ in range(KILLS):
        time.sleep(chance.uniform(0, 0.3))
        daemon.kill()
        daemon.start()
    senders.finish()
    site.postfix.wait_idle(60)
    calls = {"+1" + number for number in senders.calls}
    assert len(calls) == len(senders.calls) > KILLS

    # One item a call.
    items = collections.Counter(caller for caller, in daemon.rows("SELECT caller FROM items"))
    assert set(items) >= calls
    assert not [caller for caller, n in items.items() if n > 1]

    # Each mail that was taken is at owner and audit mailbox. Twice only if the client sent it twice.
    for rcpt in (OWNER, AUDIT):
        got = numbers_of(site.mailboxes.copies, rcpt)
        assert not calls - set(got), "mail lost"
        assert not [c for c, n in got.items() if n > 1 and c[2:] not in senders.lost_replies], "mail doubled"
    assert {c.rcpt for c in site.mailboxes.copies} == {OWNER, AUDIT}

    # Each call was texted; more than once only where the journal says so.
    smsc.wait(lambda texts: calls <= set(told(texts)), "text for each call", 120)
    twice = {caller for caller, in daemon.rows(
        "SELECT caller FROM items WHERE id IN (SELECT item FROM journal WHERE why LIKE '%possibly twice%')")}
    assert not [c for c, n in told(smsc.texts).items() if n > 1 and c not in twice], "text doubled in silence"
    wait_until(lambda: not daemon.rows("SELECT 1 FROM outbox WHERE kind = 0 AND state IN (0, 1) AND due <= unixepoch()"),
               "no text waits", 60)
