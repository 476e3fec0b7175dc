"""What SMSCs do to their clients, each lesson by itself: ringbackd whole, an SMSC that misbehaves on demand."""
import mails
import pytest
from daemon import OWNER, Daemon
from miltermta import hand_in
from postfix import wait_until
from smsc_unruly import UnrulySmsc, first

CALLER = "2025550143"
SENT, DELIVERED = 2, 3      # outbox.state
TIMEOUT_S = 5


class Site:
    def __init__(self, deed, **more):
        self.smsc = UnrulySmsc(deed, **more)
        self.daemon = Daemon(extra=self.smsc.conf(response_timeout=f"{TIMEOUT_S}s", enquire_link="5s"), collect_window="0s",
                             default_line="clinic")

    def call(self, number=CALLER):
        assert hand_in(self.daemon, mails.freepbx_missed(number=number), OWNER), self.daemon.log()[-2000:]

    def texts(self, number=CALLER):
        return [t for t in self.smsc.texts if "+1" + number in t.text]

    def wait_text(self, number=CALLER, n=1, timeout=40):
        self.smsc.wait(lambda texts: len(self.texts(number)) >= n, f"{n} texts", timeout)

    def wait_state(self, state, n=1):
        wait_until(lambda: self.daemon.rows(f"SELECT count(*) FROM outbox WHERE kind = 0 AND state = {state}") == [(n,)],
                   f"{n} texts in state {state}; {self.daemon.log()[-1500:]}", 40)

    def marked(self):
        return self.daemon.rows("SELECT count(*) FROM journal WHERE what = 'possibly_twice'")[0][0]


@pytest.fixture
def start():
    sites = []

    def start(deed, **more):
        sites.append(Site(deed, **more))
        sites[-1].daemon.start()
        return sites[-1]

    yield start
    for site in sites:
        site.daemon.destroy()
        site.smsc.stop()


@pytest.mark.parametrize("deed, arrivals", [("drop_before", 1), ("drop_after", 2), ("drop_half", 2), ("lost", 2),
                                            ("swallowed", 1)])
def test_unanswered_goes_once_more(start, deed, arrivals):
    """It may have arrived: once more, under the same reference, and the journal says so."""
    site = start(first(1, deed))
    site.call()
    site.wait_state(DELIVERED)
    assert len(site.texts()) == arrivals
    assert len({t.reference for t in site.texts()}) == 1 and site.texts()[0].reference > 0
    assert site.marked() == 1
    assert sum(site.smsc.deeds.values()) == 2


def test_late_answer_is_nobody_elses(start):
    """The answer comes after its time was over, while the same text is out again."""
    site = start(first(1, "late"), late_s=TIMEOUT_S + 1)
    site.call()
    site.wait_text(n=2)
    site.daemon.wait_log("late=submit_sm_resp")
    site.call("2025550144")
    site.wait_state(DELIVERED, 2)
    assert len(site.texts()) == 2 and len(site.texts("2025550144")) == 1
    assert site.marked() == 1


@pytest.mark.parametrize("deed", ["throttle", "queue_full", "vendor"])
def test_later_is_not_never(start, deed):
    """Refused for now, as often as it may be: it arrives, once, and nothing is marked."""
    site = start(first(3, deed))
    site.call()
    site.wait_state(DELIVERED)
    assert len(site.texts()) == 1 and site.marked() == 0
    assert site.smsc.deeds[deed] == 3


@pytest.mark.parametrize("deed", ["early", "receipt_twice"])
def test_receipts_in_any_order(start, deed):
    site = start(deed)
    site.call()
    site.wait_state(DELIVERED)
    delivered = "SELECT count(*) FROM journal WHERE what = 'delivered'"
    assert site.daemon.rows(delivered) == [(1,)]
    site.call("2025550144")
    site.wait_state(DELIVERED, 2)
    assert site.daemon.rows(delivered) == [(2,)]


def test_ids_change_their_form(start):
    """Between answer and receipt; or are no ids at all."""
    site = start("renamed")
    forms = [("1e4b", "1e4b"), ("1e4c", "7756"), ("7757", "1E4D"), ("1e4e", "1E4E"), ("0000007759", "7759"),
             ("7760", "0000007760"), ("00001e51", "7761"), ("0000007762", "00001E52"), ("", ""), ("all", "all"), ("all", "all")]
    for n, site.smsc.forms in enumerate(forms, 1):
        site.call(f"20255501{n:02}")
        try:
            site.wait_state(DELIVERED, n)
        except AssertionError:
            pytest.fail(f"{site.smsc.forms}: not matched")
    assert site.marked() == 0


def test_half_open_link(start):
    """Nobody is there any more, and TCP does not say so."""
    site = start("plain")
    site.smsc.wait(lambda _: site.smsc.binds, "bind")
    gone = site.smsc.binds[0]
    site.smsc.deaf = True
    site.smsc.wait(lambda _: [b for b in site.smsc.binds if b is not gone], "another bind", 40)
    site.smsc.deaf = False
    site.daemon.wait_log("no answer to enquire_link")
    site.call()
    site.wait_state(DELIVERED)
    assert site.marked() == 0


def test_killed_with_a_text_under_way(start):
    site = start(first(1, "lost"))
    site.call()
    site.wait_text()
    site.daemon.kill()
    site.daemon.start()
    site.wait_state(DELIVERED)
    assert len(site.texts()) == 2 and site.marked() == 1
