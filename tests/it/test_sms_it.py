"""ringback sms: the queue, a text for trying, a preview."""
import json

import mails
import pytest
from daemon import OWNER
from postfix import wait_until
from smsc import Smsc


def objects(r):
    return [json.loads(line) for line in r.stdout.splitlines()]


@pytest.fixture
def smsc():
    s = Smsc()
    yield s
    s.stop()


@pytest.fixture
def night(empty_site, smsc):
    """A call whose text waits for the collect window."""
    site = empty_site
    site.start(extra=smsc.conf(), collect_window="10m", relay='""')
    site.send(mails.freepbx_missed(number="2025550141"), [OWNER])
    return site


def test_a_text_for_trying(night, smsc):
    states = objects(night.daemon.cli("sms", "--json", "test", "bob"))
    assert states[-1]["state"] == "delivered" and states[-1]["provider"] == "test" and states[-1]["person"] == "bob"
    [text] = smsc.texts
    assert text.to == "447700900456" and text.text.startswith("ringback: a test for Bob Jones, nobody called.")


def test_no_such_person_and_no_provider(night):
    r = night.daemon.cli("sms", "test", "eve", ok=False)
    assert r.returncode == 64 and "no such person 'eve'; people: anna, bob" in r.stderr
    night.daemon.extra = ""
    night.daemon.write()
    r = night.daemon.cli("sms", "test", "bob", ok=False)
    assert r.returncode == 78 and "no provider" in r.stderr


def test_nobody_is_bound(empty_site):
    s = Smsc()
    s.stop()
    empty_site.start(extra=s.conf(), collect_window="0s", relay='""')
    empty_site.send(mails.freepbx_missed(number="2025550141"), [OWNER])
    wait_until(lambda: objects(empty_site.daemon.cli("sms", "--json", "queue")), "a text waits")
    [job] = objects(empty_site.daemon.cli("sms", "--json", "queue"))
    assert (job["state"], job["item"], job["person"], job["provider"]) == ("waiting", "RB-1", "anna", None)
    assert "waiting" in empty_site.daemon.cli("sms", "show", str(job["id"])).stdout
    [job] = objects(empty_site.daemon.cli("sms", "--json", "cancel", str(job["id"])))
    assert job["state"] == "cancelled"
    assert not objects(empty_site.daemon.cli("sms", "--json", "queue"))
    why = [r["why"] for r in objects(empty_site.daemon.cli("why", "--json", "1"))]
    assert "cancelled by the operator" in why
    r = empty_site.daemon.cli("sms", "cancel", str(job["id"]), ok=False)
    assert r.returncode == 65 and "it does not wait any more" in r.stderr


def test_resend(empty_site):
    """A text that has ended goes once more, as a text of its own; one that is on its way does not, nor one whose item is taken."""
    smsc, night = Smsc(), empty_site
    night.start(extra=smsc.conf(), collect_window="0s", relay='""')
    night.send(mails.freepbx_missed(number="2025550141"), [OWNER])
    smsc.wait(lambda texts: texts, "text")
    wait_until(lambda: night.daemon.rows("SELECT 1 FROM journal WHERE what = 'delivered'"), "the receipt has come")
    [(id,)] = night.daemon.rows("SELECT id FROM outbox WHERE kind = 0")
    states = objects(night.daemon.cli("sms", "--json", "resend", str(id)))
    assert states[-1]["state"] == "delivered" and states[-1]["id"] != id
    assert [t.text for t in smsc.texts] == [smsc.texts[0].text] * 2
    assert "resent" in [r["what"] for r in objects(night.daemon.cli("why", "--json", "1"))]
    night.daemon.cli("ack", "1", "--by", "anna")
    r = night.daemon.cli("sms", "resend", str(id), ok=False)
    assert r.returncode == 65 and "its item is no longer open" in r.stderr
    smsc.stop()


@pytest.mark.parametrize("args, words", [
    (["sms"], "usage: ringback sms"), (["sms", "queue", "1"], "usage: ringback sms"),
    (["sms", "shout"], "usage: ringback sms"), (["sms", "show", "x"], "'x' is no number of a text"),
    (["sms", "show", "999"], "there is no text 999"),
])
def test_wrong_words(night, args, words):
    r = night.daemon.cli(*args, ok=False)
    assert r.returncode in (64, 65) and words in r.stderr


def test_preview(night):
    texts = {t["template"]: t for t in objects(night.daemon.cli("sms", "--json", "preview", "RB-1"))}
    assert {"missed", "voicemail", "abandoned", "escalation", "taken", "yours", "help"} <= set(texts)
    assert texts["missed"]["text"].startswith("MISSED") and "+12025550141" in texts["missed"]["text"]
    assert texts["escalation"]["text"].startswith("ESC 2/3")
    assert all(0 < t["length"] <= 160 and t["parts"] == 1 and t["coding"] == "GSM 03.38" for t in texts.values())
    german, = objects(night.daemon.cli("sms", "--json", "preview", "--language", "de", "RB-1", "missed"))
    assert german["language"] == "de" and german["text"].startswith("VERPASST")
    assert night.daemon.cli("sms", "preview", "RB-1", "colour", ok=False).returncode == 64
