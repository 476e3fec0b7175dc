"""The mailbox is the dashboard: what lies in a real Dovecot behind a real Postfix, and what answers to it do."""
import email
import email.policy
import json
import re

import mails
import pytest
from conftest import Site, need, need_postfix
from daemon import AUDIT, OWNER, SRC
from dovecot import Dovecot, Folder
from postfix import HOST, Postfix, wait_until

BOB, STRANGER = "bob@example.com", "eve@example.org"
KEY = "a key of the tests, 0123456789abcdef"
OTHER_HOST = "198.51.100.7"    # no PBX, and no mail server that we believe


class DovecotSite(Site):
    def __init__(self, postfix, dovecot):
        super().__init__(postfix, None)
        self.dovecot = dovecot

    def begin(self, key=KEY, **settings):
        path = self.dovecot.root / "reply.key"
        path.write_text(key + "\n")
        path.chmod(0o640)
        return self.start(relay=f'"127.0.0.1:{self.postfix.plain_port}"', reply_address=AUDIT, reply_key_file=f'"{path}"',
                          collect_window="0s", **settings)

    def folder(self, user=AUDIT, name="Calls/clinic"):
        return Folder(self.dovecot, user, name)

    def wait_mails(self, n, user=AUDIT, name="Calls/clinic"):
        folder = self.folder(user, name)
        wait_until(lambda: len(folder.mails()) >= n, f"{n} mails in {name} of {user}")
        return [(parsed(octets), flags) for octets, flags in folder.mails()]

    def missed(self, number="2025550143", **options):
        """A call, and the owner's mail of it."""
        self.send(mails.freepbx_missed(number=number, **options), [OWNER])
        folder = self.folder(OWNER)
        wait_until(lambda: any(number in octets.decode() for octets, _ in folder.mails()), "the owner has the mail")
        return [parsed(octets) for octets, _ in folder.mails() if number in octets.decode()][-1]

    def answer(self, mail, sender=OWNER, client=OTHER_HOST, login=None, rcpts=(), to=None):
        """Hands in what a mail client wrote, and says what Postfix made of it."""
        code, text = self.postfix.send(mail, [to or reply_to(mail), *rcpts], sender=sender, client=client, login=login)
        assert code == 250, f"{code} {text}"
        self.postfix.wait_idle()

    def item(self, n=1):
        return json.loads(self.daemon.cli("show", "--json", str(n)).stdout.splitlines()[0])

    def journal(self, what):
        return [row[0] for row in self.daemon.rows(f"SELECT why FROM journal WHERE what = '{what}' ORDER BY id")]


def parsed(octets):
    """By a second parser, which raises what is wrong with it."""
    message = email.message_from_bytes(octets, policy=email.policy.strict)
    for part in message.walk():
        assert not part.defects
        if part.get_content_maintype() == "text":
            part.get_content()
    return message


def reply_to(mail):
    return re.search(rb"^To: (.*)\r$", mail, re.M)[1].decode()


@pytest.fixture(scope="module")
def server():
    need_postfix()
    need(not Dovecot.missing(), Dovecot.missing())
    dovecot = Dovecot(SRC / "contrib/ringback.sieve").start()
    postfix = Postfix(dovecot.lmtp_port).start()
    yield postfix, dovecot
    postfix.destroy()
    dovecot.destroy()


@pytest.fixture
def site(server):
    postfix, dovecot = server
    one = DovecotSite(postfix, dovecot)
    yield one
    postfix.empty_queue()
    if one.daemon:
        one.daemon.destroy()
    dovecot.empty()


def quoted(mail):
    text = mail.get_body(("plain",)).get_content()
    return "".join(f"> {line}\r\n" for line in text.splitlines())


def answer(mail, text, sender="Anna Smith <anna@example.com>", subject="Re: ", kind="text/plain", extra=""):
    """What a mail client makes of a click on Reply."""
    n = next(mails.counter)
    return (f"From: {sender}\r\nTo: {mail['Reply-To']}\r\nSubject: {subject}{mail['Subject']}\r\n"
            f"Date: Tue, 3 Mar 2026 21:20:00 -0500\r\nMessage-ID: <answer-{n}@example.com>\r\n"
            f"In-Reply-To: {mail['Message-ID']}\r\nReferences: {mail['Message-ID']}\r\n{extra}MIME-Version: 1.0\r\n"
            f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}").encode()


def test_one_thread(site):
    """The call, its voicemail and the notes lie in the line's folder as one thread, with keywords for state and owner."""
    site.begin()
    first = site.missed()
    site.send(mails.fusionpbx_voicemail(), [BOB])
    site.answer(answer(first, f"mine\r\n\r\nOn Tue, 3 Mar 2026 PBX wrote:\r\n{quoted(first)}"), login="anna")
    wait_until(lambda: site.item()["state"] == "acked", "it is taken")
    site.answer(answer(first, "called"), login="anna@example.com")
    all_mails = site.wait_mails(4)
    assert site.item()["resolution"] == "called_back"
    assert site.folder().threads() == [4]
    assert {m["List-Id"] for m, _ in all_mails} == {"<clinic.calls.example.com>"}
    assert all(m["Reply-To"] == first["Reply-To"] for m, _ in all_mails)
    states = [next(f for f in flags if f in ("rb-collecting", "rb-open", "rb-acked", "rb-closed")) for _, flags in all_mails]
    assert (states[0], states[2], states[3]) == ("rb-collecting", "rb-acked", "rb-closed")
    assert all("rb-owner-anna" in flags for _, flags in all_mails)
    assert ["rb-voicemail" in flags for _, flags in all_mails][:2] == [False, True]
    assert [("\\Seen" in flags) for _, flags in all_mails] == [False, False, False, True]
    assert all_mails[0][0]["Keywords"] == "missed, clinic, anna"
    assert all_mails[0][0]["X-CallingTelephoneNumber"] == "+12025550143"
    assert all_mails[1][0]["X-VoiceMessageDuration"] == "34"
    # Anna's own answers are swallowed, and answered in the thread.
    own = site.wait_mails(4, OWNER)
    assert site.folder(OWNER).threads() == [4]
    assert "It is yours since" in own[2][0]["Subject"] and "It is closed: called_back" in own[3][0]["Subject"]
    assert not site.folder(AUDIT, "INBOX").mails()
    site.daemon.stop()


FORMS = [
    ("top-posted", {"text": "called\r\n\r\nOn Tue, 3 Mar 2026 at 21:16 PBX <pbx@pbx.example.com> wrote:\r\n> mine\r\n"}),
    ("html-only", {"text": "<html><body><div dir=\"ltr\">called</div><br><div class=\"gmail_quote\"><blockquote>mine</blockquote>"
                           "</div></body></html>", "kind": "text/html"}),
    ("german-outlook", {"text": "called\r\n\r\nMit freundlichen Grüßen\r\nAnna Smith\r\n\r\n-----Ursprüngliche Nachricht-----\r\n"
                                "Von: PBX\r\n", "subject": "AW: "}),
    ("signature", {"text": "Called.\r\n-- \r\nAnna Smith\r\nClinic\r\n"}),
    ("phone", {"text": "\r\nCalled back\r\n\r\nSent from my phone\r\n"}),
]


@pytest.mark.parametrize("form", [form for _, form in FORMS], ids=[name for name, _ in FORMS])
def test_as_mail_clients_write(site, form):
    site.begin()
    site.answer(answer(site.missed(), **form), login="anna")
    assert (site.item()["state"], site.item()["resolution"]) == ("closed", "called_back")


def test_the_card_can_be_clicked(site):
    """The links of the card write a mail that is understood."""
    site.begin()
    mail = site.missed()
    html = mail.get_body(("html",)).get_content()
    links = re.findall(r'href="mailto:([^?]+)\?subject=([^&]+)&amp;body=([^"]+)"', html)
    assert [body for _, _, body in links] == ["mine", "called", "tried", "pass", "no%20callback"]
    assert {to.replace("%2B", "+") for to, _, _ in links} == {mail["Reply-To"]}
    assert links[0][1] == "RB-1"
    text = f"From: anna@example.com\r\nTo: {mail['Reply-To']}\r\nSubject: RB-1\r\nMessage-ID: <c@example.com>\r\n\r\nno callback\r\n"
    site.answer(text.encode(), login="anna")
    assert site.item()["resolution"] == "no_callback_needed"


def test_notes_and_colleagues(site):
    site.begin()
    mail = site.missed()
    site.answer(answer(mail, "note the boiler is fixed", sender="Bob Jones <BOB@example.com>"), sender=BOB, login="bob")
    assert site.journal("noted") == ["the boiler is fixed"]
    assert [m["Subject"] for m, _ in site.wait_mails(2)][1] == "[RB-1 Clinic] Bob Jones: the boiler is fixed"
    site.answer(answer(mail, "mine", sender="Bob Jones <bob@example.com>"), sender=BOB, login="bob")
    assert site.item()["owner"] == "bob"


def test_a_mail_server_that_is_believed(site):
    site.begin(reply_networks='{ "203.0.113.0/24" }')
    site.answer(answer(site.missed(), "mine"), client="203.0.113.25")
    assert site.item()["state"] == "acked"


def test_keep(site):
    """What was understood goes on where the configuration wants it, and to others it was written to in any case."""
    site.begin(reply_mails="keep")
    site.answer(answer(site.missed(), "mine"), login="anna")
    assert site.item()["state"] == "acked"
    wait_until(lambda: len(site.folder(AUDIT, "INBOX").mails()) == 1, "the answer itself is in the mailbox")
    site.daemon.reload(reply_mails="swallow")
    site.answer(answer(site.missed(number="2025550144"), "mine"), login="anna", rcpts=[BOB])
    wait_until(lambda: len(site.folder(BOB, "INBOX").mails()) == 1, "Bob has his copy")
    assert len(site.folder(AUDIT, "INBOX").mails()) == 1
    assert site.item(2)["state"] == "acked"


# What nobody may believe: text, what differs from Anna's own mail, and what the journal says of it.
DOUBTS = [
    ("no-proof", {}, {}, "nobody says that its author sent it"),
    ("forged-envelope", {}, {"sender": STRANGER, "login": "eve"}, "the envelope has another sender"),
    ("another's-login", {}, {"login": "bob"}, "nobody says that its author sent it"),
    ("stranger", {"sender": "Eve <eve@example.org>"}, {"sender": STRANGER, "login": "eve"}, "nobody of the configuration wrote it"),
    ("two-authors", {"sender": "anna@example.com, eve@example.org"}, {"login": "anna"}, "nobody of the configuration wrote it"),
    ("auto-responder", {"extra": "Auto-Submitted: auto-replied\r\n"}, {"login": "anna"}, "a machine wrote it"),
    ("vacation-of-old", {"extra": "Precedence: bulk\r\n"}, {"login": "anna"}, "a machine wrote it"),
    ("bounce", {}, {"sender": "", "login": "anna"}, "a machine wrote it"),
]


@pytest.mark.parametrize("doubt", [d[1:] for d in DOUBTS], ids=[d[0] for d in DOUBTS])
def test_who_is_not_believed(site, doubt):
    """No change, a record, no answer; and it goes on as the ordinary mail that it is."""
    written, sent, why = doubt
    site.begin()
    mail = site.missed()
    before = site.item()
    site.answer(answer(mail, "called", **written), **sent)
    assert site.item() == before
    assert len(site.journal("refused")) == 1 and why in site.journal("refused")[0]
    wait_until(lambda: len(site.folder(AUDIT, "INBOX").mails()) == 1, "it went on")
    assert len(site.folder().mails()) == 1 and len(site.folder(OWNER).mails()) == 1


def test_wrong_and_old_tokens(site):
    site.begin()
    mail = site.missed()
    right = mail["Reply-To"]
    at = right.index("@") - 3
    wrong = right[:at] + ("a" if right[at] != "a" else "b") + right[at + 1:]
    site.answer(answer(mail, "called"), login="anna", to=wrong)
    site.answer(answer(mail, "called"), login="anna", to=right.replace("RB-1-", "RB-2-"))
    assert site.item()["state"] != "closed" and len(site.journal("refused")) == 2
    site.daemon.destroy()
    site.begin(key="another key of the tests, 0123456789")
    site.missed(number="2025550145")
    site.answer(answer(mail, "called"), login="anna", to=right)
    assert site.item()["state"] != "closed"
    assert site.journal("refused") == ["anna@example.com: the token is wrong or old, to RB-1"]


def test_a_loop_ends(site):
    """A machine that does not say what it is answers our question for ever: it is asked once."""
    site.begin()
    mail = site.missed()
    for n in range(3):
        site.answer(answer(mail, "I am out of the office until Monday.\r\n"), login="anna")
    assert site.item()["state"] != "acked" and len(site.journal("unclear")) == 3
    assert len(site.wait_mails(2, OWNER)) == 2
    assert len(site.folder(AUDIT, "INBOX").mails()) == 3


@pytest.mark.parametrize("notes,subjects", [("all", ["took it", "closed it"]), ("milestones", ["took it", "closed it"]),
                                            ("close", ["closed it"])])
def test_how_chatty(site, notes, subjects):
    site.begin(notes=notes)
    mail = site.missed()
    site.answer(answer(mail, "mine"), login="anna")
    site.answer(answer(mail, "called"), login="anna")
    got = [m["Subject"] for m, _ in site.wait_mails(1 + len(subjects))][1:]
    assert len(got) == len(subjects) and all(words in subject for words, subject in zip(subjects, got))


def test_a_broken_template(site):
    """It is named with file and line, and the mail has the built-in card."""
    folder = site.dovecot.root / "templates"
    folder.mkdir()
    folder.chmod(0o755)
    (folder / "card.html").write_text("<p>\n{colour}{hue}\n")
    (folder / "fr.words").write_text((SRC / "conf/templates/en.words").read_text().replace("Missed call", "Appel manqué"))
    site.begin(template_dir=f'"{folder}"', language="fr")
    site.daemon.wait_log(f"template: {folder}/card.html:2: there is no value {{hue}}; the built-in one stays in force")
    mail = site.missed(name="<b>Jane</b> \u202eeoD")
    assert mail.get_body(("plain",)).get_content().startswith("Appel manqué from <b>Jane</b> eoD, ")
    assert "&lt;b&gt;Jane&lt;/b&gt; eoD" in mail.get_body(("html",)).get_content()
