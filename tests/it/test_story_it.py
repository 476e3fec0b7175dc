"""The main job, whole: what a PBX mails in one night, through a real Postfix, to mailboxes and a phone, and back."""
import json

import mails
import pytest
from daemon import AUDIT, OWNER
from postfix import Postfix, free_port, wait_until
from smsc import Smsc
from test_smpp_it import PEERS, Peer, programs  # noqa: F401

ANNA, STRANGER = "447700900123", "447700900999"
FIRST = "<first@pbx.example.com>"


@pytest.fixture
def smsc():
    s = Smsc()
    yield s
    s.stop()


def start(site, **settings):
    return site.start(relay=f'"127.0.0.1:{site.postfix.plain_port}"', **settings)


def item(site):
    return json.loads(site.daemon.cli("show", "--json", "1").stdout.splitlines()[0])


def journal(site):
    return [json.loads(line) for line in site.daemon.cli("why", "--json", "1").stdout.splitlines()]


def is_note(copy):
    return copy.header("Message-ID").startswith("<note.")


def notes(copies):
    return [c for c in copies if is_note(c)]


def wait_note(site, words):
    return site.mailboxes.wait(lambda copies: [c for c in notes(copies) if words in c.data.decode()], f"note {words!r}")[0]


def wait_text(smsc, words):
    return smsc.wait(lambda texts: [t for t in texts if words in t.text], f"text with {words!r}")[0]


def hand_in_the_evening(site, audio):
    """A ring group's three copies of one call, its voicemail, and a human who merely talks of it."""
    for extension, person in (("1201", "anna"), ("1202", "bob"), ("1203", "carl")):
        site.send(mails.freepbx_missed(extension=extension, to=f"{person}@example.com",
                                       message_id=FIRST if person == "anna" else None), [f"{person}@example.com"])
    site.send(mails.fusionpbx_voicemail(audio=audio), ["bob@example.com"])
    site.send(mails.letter("Missed call from Jane Doe", text="Did you see the missed call from Jane?\n"),
              ["bob@example.com"])


def test_one_evening(empty_site, smsc):
    site, audio = empty_site, mails.wav(20000, seed=3)
    start(site, extra=smsc.conf(), collect_window="10s")
    hand_in_the_evening(site, audio)

    # One item, whose text still waits; the mails are there already.
    assert not smsc.texts
    assert site.rcpts() == [OWNER, OWNER, "bob@example.com", AUDIT, AUDIT]
    assert site.mailboxes.of("bob@example.com")[0].header("X-Ringback-Item") is None
    for rcpt in (OWNER, AUDIT):
        missed, voicemail = site.mailboxes.of(rcpt)
        assert missed.header("Message-ID") == FIRST
        assert voicemail.header("In-Reply-To") == FIRST and FIRST in voicemail.header("References")
        assert [c.header("X-Ringback-Class") for c in (missed, voicemail)] == ["missed", "voicemail"]
        assert {c.header("X-Ringback-Item") for c in (missed, voicemail)} == {"RB-1"}
        assert [p.get_payload(decode=True) for p in voicemail.message.walk()
                if p.get_content_maintype() == "audio"] == [audio]
        assert "The boiler is leaking" in voicemail.message.get_body(("plain",)).get_content()

    # One text, which knows of the voicemail.
    text = wait_text(smsc, "+12025550143")
    assert text.to == ANNA and text.text.startswith("VOICEMAIL 0:34 21:16 Clinic")
    assert "boiler is leaking" in text.text and "10A mine" in text.text
    wait_note(site, "Text delivered to Anna Smith")

    # A phone that nobody knows gets no answer and changes nothing.
    before = item(site)
    smsc.reply(STRANGER, "10A")
    wait_until(lambda: site.daemon.rows("SELECT 1 FROM journal WHERE what = 'unknown_sender'"), "the stranger is recorded")
    assert item(site) == before and before["state"] == "open"

    # Anna takes it, and calls back.
    smsc.reply(ANNA, "10A")
    assert wait_text(smsc, "10 is yours").to == ANNA
    assert (item(site)["state"], item(site)["acked_by"]) == ("acked", "anna")
    smsc.reply(ANNA, "10D")
    assert wait_text(smsc, "10").to == ANNA
    wait_note(site, "Anna Smith closed it by text")
    assert (item(site)["state"], item(site)["resolution"]) == ("closed", "called_back")
    smsc.wait(lambda texts: len(texts) == 3, "three texts")
    assert [t.to for t in smsc.texts] == [ANNA] * 3
    check_notes(site)
    check_journal(site)
    site.daemon.stop()


def check_notes(site):
    """Each in the item's thread, for the audit mailbox alone, and marked so that nobody answers it."""
    site.postfix.wait_idle()
    all_notes = notes(site.mailboxes.copies)
    for words in ("Text delivered to Anna Smith", "Anna Smith took it by text", "Anna Smith closed it by text"):
        assert len([c for c in all_notes if words in c.data.decode()]) == 1, words
    for c in all_notes:
        assert c.rcpt == AUDIT
        assert c.header("In-Reply-To") == FIRST and FIRST in c.header("References")
        assert c.header("Auto-Submitted") == "auto-generated"
        assert c.header("X-Ringback-Item") == "RB-1"
    assert len({c.header("Message-ID") for c in all_notes}) == len(all_notes)


def check_journal(site):
    records = journal(site)
    whats = [r["what"] for r in records]
    assert [w for w in whats if w not in ("sent", "delivered")] == [
        "created", "copied", "copied", "joined", "opened", "told", "replied", "acknowledged", "replied", "closed"]
    assert whats.count("delivered") >= 1
    assert all(r["who"] and r["how"] and r["why"] and r["at"] for r in records)
    assert [r["who"] for r in records if r["what"] in ("acknowledged", "closed")] == ["anna", "anna"]
    assert len(site.daemon.rows("SELECT * FROM items")) == 1
    assert len(site.daemon.rows("SELECT * FROM notices")) == 4


def test_retry_after_a_store_failure(empty_site, smsc):
    """The PBX's own mail server is told to come again, and does: one item, one mail each, one text."""
    site = empty_site
    start(site, extra=smsc.conf(), collect_window="1s", sources='{ "127.0.0.1" }')
    pbx = Postfix(1, main=[f"default_transport = smtp:[127.0.0.1]:{site.postfix.port}", "smtpd_milters =",
                           "non_smtpd_milters =", "virtual_alias_maps ="]).start()
    try:
        lock = site.daemon.db()
        lock.isolation_level = None
        lock.execute("BEGIN EXCLUSIVE")
        pbx.sendmail(mails.freepbx_missed().replace(b"\r\n", b"\n"), "-f", "pbx@pbx.example.com", "bob@example.com")
        wait_until(lambda: "status=deferred" in pbx.log(), "the mail is put off", 40)
        lock.close()
        pbx.wait_idle(60)
    finally:
        pbx.destroy()
    site.postfix.wait_idle()
    wait_text(smsc, "+12025550143")
    assert [c.rcpt for c in sorted(site.mailboxes.copies, key=lambda c: c.rcpt) if not is_note(c)] == [OWNER, AUDIT]
    assert site.daemon.rows("SELECT calls FROM items") == [(1,)]
    assert len([t for t in smsc.texts if t.text.startswith("MISSED")]) == 1


def test_smsc_away_during_the_night(empty_site):
    """It is not there at first, and goes away once more: mail flows on, each text goes when it is back, and once."""
    site, port = empty_site, free_port()
    extra = (f'provider test {{\n\thost = "127.0.0.1"\n\tport = {port}\n\tsystem_id = "ringback"\n'
             f'\tsource_addr = "12025550100"\n}}\n')
    start(site, extra=extra, collect_window="0s")
    site.send(mails.freepbx_missed(number="2025550141"), [OWNER])
    assert site.rcpts() == [OWNER, AUDIT]
    wait_until(lambda: site.daemon.rows("SELECT 1 FROM outbox WHERE kind = 0"), "the text waits")
    first = Smsc(port=port)
    try:
        first.wait(lambda texts: [t for t in texts if "+12025550141" in t.text], "text after it is there", 60)
    finally:
        first.stop()
    site.send(mails.freepbx_missed(number="2025550142"), [OWNER])
    assert len(site.mailboxes.of(OWNER)) == 2
    second = Smsc(port=port)
    try:
        second.wait(lambda texts: [t for t in texts if "+12025550142" in t.text], "text after it returns", 90)
        assert not [t for t in second.texts if "+12025550141" in t.text]
    finally:
        second.stop()
    site.daemon.stop()


@pytest.mark.parametrize("name", PEERS)
def test_with_an_smsc_of_another_library(empty_site, programs, name):  # noqa: F811
    """The same through Net::SMPP and npm's smpp: bind with a password, text, receipt, and the phone's answer."""
    site = empty_site
    peer = Peer(programs, name, REPLY="10A")
    smsc, port = peer.smsc, peer.port
    try:
        password = site.postfix.root / "password"
        password.write_text("secret\n")
        password.chmod(0o600)
        extra = (f'provider {name} {{\n\thost = "127.0.0.1"\n\tport = {port}\n\tsystem_id = "ringback"\n'
                 f'\tpassword_file = "{password}"\n\tsource_addr = "12025550100"\n}}\n')
        start(site, extra=extra, collect_window="0s")
        site.send(mails.freepbx_missed(), [OWNER])
        told = smsc.wait_json(pdu="submit")
        assert told["destination_addr"] == ANNA and told["short_message"].startswith("MISSED")
        answer = smsc.wait_json(pdu="submit")
        assert answer["short_message"].startswith("10 is yours")
        wait_note(site, "Text delivered to Anna Smith")
        wait_note(site, "Anna Smith took it by text")
        site.daemon.stop()
        smsc.wait_json(pdu="unbind")
    finally:
        smsc.end(9)
