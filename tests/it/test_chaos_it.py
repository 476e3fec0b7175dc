"""Chaos: an SMSC that misbehaves in every way it can, and kill -9 again and again. Every item's text arrives; each that
arrived twice is marked. The seed and the number of duplicates are printed; RINGBACK_SEED=N plays it again."""
import collections
import json
import os
import pathlib
import random
import threading
import time

import mails
import pytest
from conftest import need
from daemon import BUILD, Daemon
from miltermta import hand_in
from postfix import wait_until
from smsc import told
from smsc_unruly import UnrulySmsc, by_chance

ITEMS = int(os.environ.get("RINGBACK_CHAOS_ITEMS", "2000"))
KILLS = int(os.environ.get("RINGBACK_CHAOS_KILLS", "50"))
PEOPLE, SENDERS = 200, 2
# Area codes of the USA: with 555-01xx, which nobody has, 25 times 100 numbers.
AREAS = [202, 205, 206, 207, 208, 209, 210, 212, 213, 214, 215, 216, 217, 218, 219, 224, 225, 228, 229, 231, 234, 239, 240,
         248, 251]
WEIGHTS = {"early": 15, "receipt_twice": 15, "no_receipt": 5, "late": 5, "lost": 1, "swallowed": 0.5, "drop_before": 0.5,
           "drop_after": 0.5, "drop_half": 0.5, "throttle": 0.5, "queue_full": 0.3, "vendor": 1}


def number(n):
    return f"{AREAS[n // 100]}55501{n % 100:02}"


def caller(n):
    return number(n + PEOPLE)


def people():
    """Each with a line and a policy; the items go round among them."""
    out = []
    for n in range(PEOPLE):
        out.append(f'person p{n} {{ mail = p{n}@example.com phone = "+1{number(n)}" }}\n'
                   f'policy o{n} {{\n\tstep {{ tell = p{n} wait = 4h }}\n\tstep {{ tell = p{n} wait = 4h }}\n}}\n'
                   f'line l{n} {{ owner = p{n} extensions = {{ "{10000 + n}" }} closed = o{n} }}\n')
    return "".join(out)


class Calls:
    """PBXs that hand each mail in until it is taken."""

    def __init__(self, daemon):
        self.daemon, self.lock, self.next, self.errors = daemon, threading.Lock(), 0, []
        self.threads = [threading.Thread(target=self.run, daemon=True) for _ in range(SENDERS)]
        for thread in self.threads:
            thread.start()

    def run(self):
        try:
            while True:
                with self.lock:
                    n, self.next = self.next, self.next + 1
                if n >= ITEMS:
                    return
                self.hand_in(n)
        except Exception as e:      # seen by the test, which fails on it
            self.errors.append(repr(e))

    def hand_in(self, n):
        owner = f"p{n % PEOPLE}@example.com"
        mail = mails.freepbx_missed(number=caller(n), extension=str(10000 + n % PEOPLE), to=owner,
                                    message_id=f"<{n}@pbx.example.com>")
        while not hand_in(self.daemon, mail, owner):
            time.sleep(0.02)        # as a mail server would, if more slowly

    def done(self):
        assert not self.errors, self.errors[:3]
        return not any(thread.is_alive() for thread in self.threads)


def arrived(smsc):
    """How often the text of each item did: an item is its caller."""
    return collections.Counter({number[2:]: n for number, n in told(list(smsc.texts)).items()})


def marked(daemon):
    """The callers of items whose journal says "possibly twice"."""
    return {c[2:] for c, in daemon.rows("SELECT caller FROM items WHERE id IN"
                                        " (SELECT item FROM journal WHERE what = 'possibly_twice')")}


def kill_at_random(daemon, chance, calls, everything_is_there):
    """KILLS times, and as long as there is something to do."""
    for kills in range(1, 10 * KILLS):
        time.sleep(chance.uniform(0, 0.8))
        daemon.kill()
        daemon.start()
        if kills >= KILLS and calls.done():
            return kills
        if everything_is_there():
            raise AssertionError(f"all was done after {kills} kills; give it more items")
    raise AssertionError("the calls are never taken")


def tell(capsys, **what):
    with capsys.disabled():
        print("\nchaos: " + json.dumps(what))


@pytest.mark.timeout(600)
def test_chaos(capsys):
    need((BUILD / "src/ringbackd").exists(), "a built ringbackd")
    seed = int(os.environ.get("RINGBACK_SEED") or random.SystemRandom().randrange(1 << 31))
    chance, began = random.Random(seed), time.monotonic()
    tell(capsys, seed=seed, items=ITEMS)
    delays = random.Random(seed + 1)
    smsc = UnrulySmsc(by_chance(random.Random(seed + 2), WEIGHTS), late_s=lambda: delays.uniform(0.05, 7))
    daemon = Daemon(extra=smsc.conf(response_timeout="5s", window=20) + people(), collect_window="0s", default_line="clinic")
    everything = {caller(n) for n in range(ITEMS)}
    try:
        daemon.start()
        calls = Calls(daemon)
        kills = kill_at_random(daemon, chance, calls, lambda: everything <= set(arrived(smsc)))
        smsc.wait(lambda texts: everything <= set(arrived(smsc)), "text of every item", 240)
        wait_until(lambda: not daemon.rows("SELECT 1 FROM outbox WHERE kind = 0 AND state IN (0, 1) AND due <= unixepoch()"),
                   "no text waits", 60)
        found, sure = arrived(smsc), marked(daemon)
        twice = {c for c, n in found.items() if n > 1}
        tell(capsys, seed=seed, kills=kills, items=ITEMS, arrived=len(found), texts=len(smsc.texts), twice=len(twice),
             marked=len(sure), seconds=round(time.monotonic() - began), **smsc.deeds)
        assert kills >= KILLS
        assert daemon.rows("SELECT count(*) FROM items") == [(ITEMS,)]
        assert everything == set(found), "a text of nobody's"
        assert not twice - sure, "arrived twice in silence"
        daemon.stop()
    finally:
        daemon.destroy()
        smsc.stop()
