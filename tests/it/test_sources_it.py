"""Who may speak for a PBX: by address, by login, by sender, by signature; and that nobody else may, whatever he writes."""
import json
import re

import lures
import mails
import pytest
from conftest import Site, need_postfix
from daemon import AUDIT, OWNER, STRANGER, Daemon
from miltermta import Mta
from postfix import HOST, Postfix
from verifier import Verifier

NOBODY = '{ "203.0.113.9" }'
LURES = lures.all_of_them()
REAL = ["freepbx-missed", "asterisk-voicemail", "fusionpbx-voicemail"]

SECTIONS = {
    "networks": 'source pbx { networks = { "192.0.2.0/24", "sendmail" } }\n',
    "auth": 'source pbx { auth = { "pbx", "branch" } }\n',
    "senders": 'source pbx { networks = { "192.0.2.0/24" } senders = { "@pbx.example.com" } }\n',
    "dkim": 'source pbx { dkim = { "pbx.example.com", "ringcentral.com", "example.org" } }\n',
}


def start(site, section, **settings):
    return site.start(sources=NOBODY, extra=section, **settings)


def send_taken(site, mail, **options):
    site.mailboxes.clear()
    site.send(mail, ["anna@example.com"], **options)


def assert_item(site, source="pbx"):
    assert site.rcpts() == [OWNER, AUDIT], site.daemon.log()
    assert all(copy.header("X-Ringback-Item") for _, copy in site.delivered())
    assert f" source={source} " in site.daemon.log()
    assert f"source {source};" in site.delivered()[0][1].header("X-Ringback-Why")
    assert site.daemon.rows("SELECT source FROM items ORDER BY id DESC LIMIT 1") == [(source,)]
    created = site.daemon.rows("SELECT why FROM journal WHERE what = 'created' ORDER BY id DESC LIMIT 1")
    assert created[0][0].endswith(f"; source {source}")


def assert_just_mail(site, mail):
    """To whom it was addressed, with the text it had, and nothing in the store that could ever become a text."""
    assert site.rcpts() == ["anna@example.com"], site.daemon.log()
    copy = site.delivered()[0][1]
    assert copy.body == mails.body_of(mail)
    assert not [name for name in copy.message.keys() if name.lower().startswith("x-ringback")]
    for table in ("items", "notices", "outbox", "journal"):
        assert site.daemon.rows(f"SELECT * FROM {table}") == [], table


# ---- strangers ----

@pytest.mark.parametrize("section", list(SECTIONS.values()), ids=list(SECTIONS))
def test_lures_of_strangers(empty_site, section):
    start(empty_site, section)
    for name, mail in LURES.items():
        for sender in ("pbx@pbx.example.com", "bounce@example.org"):
            send_taken(empty_site, mail, client=STRANGER, sender=sender)
            assert_just_mail(empty_site, mail)
    assert "mail=edit" not in empty_site.daemon.log()


@pytest.mark.parametrize("section,options", [
    (SECTIONS["networks"], {}),
    (SECTIONS["auth"], {"client": STRANGER, "login": "pbx"}),
    (SECTIONS["auth"], {"client": STRANGER, "login": "branch"}),
    (SECTIONS["senders"], {"sender": "any@PBX.example.com"}),
], ids=["networks", "auth", "second-auth", "senders"])
@pytest.mark.parametrize("name", REAL)
def test_the_same_mails_of_the_source(empty_site, section, options, name):
    start(empty_site, section)
    send_taken(empty_site, LURES[name], **options)
    assert_item(empty_site)


@pytest.mark.parametrize("section,options", [
    (SECTIONS["auth"], {"client": STRANGER, "login": "anna"}),
    (SECTIONS["auth"], {"client": STRANGER, "login": "PBX"}),
    (SECTIONS["auth"], {"client": STRANGER}),
    (SECTIONS["senders"], {"sender": "pbx@example.com"}),
    (SECTIONS["senders"], {"sender": "pbx@pbx.example.com", "client": STRANGER}),
    ('source pbx { networks = { "192.0.2.0/24" } auth = { "pbx" } }\n', {"client": STRANGER, "login": "pbx"}),
    ('source pbx { networks = { "192.0.2.0/24" } auth = { "pbx" } }\n', {}),
], ids=["other-login", "login-case", "no-login", "other-sender", "sender-of-a-stranger", "login-elsewhere", "here-without-login"])
def test_one_condition_that_fails(empty_site, section, options):
    start(empty_site, section)
    mail = mails.freepbx_missed()
    send_taken(empty_site, mail, **options)
    assert_just_mail(empty_site, mail)


# ---- what a source decides ----

def test_profiles_of_a_source(empty_site):
    start(empty_site, 'source pbx { networks = { "192.0.2.0/24" } profiles = { "asterisk" } }\n')
    mail = LURES["freepbx-missed"]
    send_taken(empty_site, mail)
    assert_just_mail(empty_site, mail)
    send_taken(empty_site, LURES["asterisk-voicemail"])
    assert_item(empty_site)


def test_region_and_zone_of_a_source(empty_site):
    start(empty_site, 'source london { networks = { "192.0.2.10" } region = GB timezone = "Europe/London" }\n'
                      'source rest { networks = { "192.0.2.0/24" } }\n')
    mail = mails.freepbx_missed(number="07700900145", printed="2026-03-03 21:16:12")
    mail = mail.replace(b"Date: Tue, 3 Mar 2026 21:16:12 -0500\r\n", b"")
    send_taken(empty_site, mail, client="192.0.2.10")
    assert_item(empty_site, "london")
    copy = empty_site.mailboxes.of(OWNER)[0]
    assert copy.header("X-Ringback-Caller") == "+447700900145"
    assert empty_site.daemon.rows("SELECT call_time FROM items") == [(1772572572,)]     # 21:16:12 in London
    send_taken(empty_site, mails.freepbx_missed(number="2025550145"), client="192.0.2.11")
    assert_item(empty_site, "rest")
    assert empty_site.mailboxes.of(OWNER)[0].header("X-Ringback-Caller") == "+12025550145"


# ---- drift: mails that a product's update has changed ----

ACME = r"""
profile "acme-missed" {
	signature { from('Acme') }
	match { from('Acme') text('Caller:') }
	extract { text('Caller: (?<caller>\d+)') text('Line: (?<called>\S+)') text('Time: (?<time>[0-9: -]+)') }
	dates = { "en_US|yyyy-MM-dd HH:mm:ss" }
	expect = { caller, time }
}
"""


@pytest.fixture
def acme(tmp_path):
    """The settings for a profile that is ours alone."""
    (tmp_path / "acme.conf").write_text(ACME)
    return {"profile_dir": f'"{tmp_path}"'}


def acme_missed(n=0, text="Caller: {}\nLine: 1201\nTime: 2026-03-03 21:16:12\n"):
    return mails.crlf(f"""\
From: Acme <pbx@pbx.example.com>
To: anna@example.com
Subject: Missed
Date: Tue, 3 Mar 2026 21:16:12 -0500
Message-ID: <acme-{next(mails.counter)}@pbx.example.com>

""" + text.format(f"20255501{n + 40}"))


def sources_of(site):
    records = [json.loads(line) for line in site.daemon.cli("status", "--json").stdout.splitlines()]
    return [r for r in records if r["record"] == "source"]


def test_drift(empty_site, acme):
    start(empty_site, SECTIONS["networks"] + 'source quiet { networks = { "203.0.113.77" } }\n', **acme)
    assert [(r["source"], r["profile"], r["read"], r["missing"]) for r in sources_of(empty_site)] == [
        ("pbx", None, 0, None), ("quiet", None, 0, None), ("default", None, 0, None)]
    for n, text in enumerate(["Caller: {}\nTime: 2026-03-03 21:16:12\n", "Caller: {}\nWhen: 9 pm\n", "Caller: \nWhen: 9 pm\n",
                              "Caller: {}\nTime: 2026-03-03 21:16:12\n"]):
        empty_site.send(acme_missed(n, text), [OWNER])
    empty_site.send(acme_missed(5, "From: {}\n"), ["anna@example.com"])
    pbx, quiet, _ = sources_of(empty_site)
    assert (pbx["profile"], pbx["read"], pbx["unread"], pbx["missing"]) == ("acme-missed", 4, 1, "caller 1, time 2")
    assert pbx["drift_since"] <= pbx["drift_last"] and pbx["drift_since"].startswith("20")
    assert (quiet["source"], quiet["read"]) == ("quiet", 0)
    text = empty_site.daemon.cli("status").stdout
    assert re.search(r"missing +caller 1, time 2\n", text)
    # Once an hour at most, whatever comes.
    warnings = [line for line in empty_site.daemon.log().splitlines() if "drift=yes" in line]
    assert len(warnings) == 1 and "source=pbx profile=acme-missed missing=time " in warnings[0]


def test_drift_of_what_is_read_no_more(empty_site, acme):
    start(empty_site, SECTIONS["networks"], **acme)
    mail = acme_missed(text="From: {}\n")
    send_taken(empty_site, mail)
    assert_just_mail(empty_site, mail)
    [pbx, _] = sources_of(empty_site)
    assert (pbx["profile"], pbx["read"], pbx["unread"], pbx["missing"]) == ("acme-missed", 0, 1, None)
    assert "drift=yes source=pbx profile=acme-missed missing=all" in empty_site.daemon.log()


def test_strangers_do_not_drift(empty_site, acme):
    start(empty_site, SECTIONS["networks"], **acme)
    send_taken(empty_site, acme_missed(text="From: {}\n"), client=STRANGER)
    assert [r["unread"] for r in sources_of(empty_site)] == [0, 0]
    assert "drift=" not in empty_site.daemon.log()


# ---- signatures, with a verifier before us ----

class Signed:
    def __init__(self, postfix, verifier):
        self.postfix, self.verifier = postfix, verifier


def signed_postfix(mailboxes_server, *main):
    need_postfix()
    postfix = Postfix(mailboxes_server.port)
    (postfix.root / "header_checks").write_text(rf"/^Authentication-Results[[:space:]]*:[[:space:]]*{HOST}/ IGNORE" + "\n")
    verifier = Verifier(postfix.root / "verifier")
    postfix.main += [line.format(root=postfix.root) for line in
                     ("smtpd_milters = unix:{root}/verifier, unix:{root}/milter", *main)]
    postfix.write()
    postfix.start()
    yield Signed(postfix, verifier)
    postfix.destroy()
    verifier.stop()


@pytest.fixture(scope="module")
def signed(mailboxes_server):
    yield from signed_postfix(mailboxes_server)


@pytest.fixture(scope="module")
def signed_and_checked(mailboxes_server):
    yield from signed_postfix(mailboxes_server, "header_checks = regexp:{root}/header_checks")


def site_of(signed, mailboxes):
    mailboxes.clear()
    signed.verifier.reset()
    site = Site(signed.postfix, mailboxes)
    yield site
    signed.postfix.empty_queue()
    if site.daemon:
        site.daemon.destroy()


@pytest.fixture
def signed_site(signed, mailboxes_server):
    yield from site_of(signed, mailboxes_server)


@pytest.fixture
def checked_site(signed_and_checked, mailboxes_server):
    yield from site_of(signed_and_checked, mailboxes_server)


PASS = "dkim=pass (2048-bit key) header.d=pbx.example.com header.i=@pbx.example.com header.s=s1 header.b=\"aB3/x+9=\""
FORGED = f"Authentication-Results: {HOST}; dkim=pass header.d=pbx.example.com\r\n".encode()
RECEIVED = b"Received: from eve.example.org by relay.example.org; Tue, 3 Mar 2026 21:16:00 -0500\r\n"
FROM = b'From: "FreePBX: Missed Call Notification" <pbx@pbx.example.com>\r\n'


@pytest.mark.parametrize("results", [
    PASS, "spf=fail smtp.mailfrom=eve.example.org;\n\t" + PASS, "dkim=fail header.d=example.org; " + PASS,
], ids=["alone", "among-others", "second"])
@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("top", [b"", RECEIVED, RECEIVED + RECEIVED], ids=["direct", "relayed", "relayed-twice"])
def test_signed(signed, signed_site, results, index, top):
    start(signed_site, SECTIONS["dkim"])
    signed.verifier.reset(results, index)
    send_taken(signed_site, top + mails.freepbx_missed(), client=STRANGER)
    assert_item(signed_site)


NOT_SIGNED = {
    # name: (what the verifier says, what stands above the mail, changes to it)
    "no-verifier": (None, b"", None),
    "failed": (PASS.replace("pass", "fail"), b"", None),
    "other-signer": (PASS.replace("pbx.example.com", "example.net"), b"", None),
    "signer-above": (PASS.replace("pbx.example.com", "example.com"), b"", None),
    "other-author": (PASS, b"", (b"<pbx@pbx.example.com>", b"<pbx@example.net>")),
    "author-in-name": (PASS, b"", (FROM, b'From: "pbx@pbx.example.com" <eve@example.net>\r\n')),
    "second-author": (PASS, b"From: Eve <eve@example.net>\r\n", None),
    "second-author-below": (PASS, b"", (FROM, FROM + b"From: Eve <eve@example.net>\r\n")),
    "second-author-hidden": (PASS, b"", (FROM, FROM + b"From : Eve <eve@example.net>\r\n")),
    "two-authors": (PASS, b"", (FROM, b"From: pbx@pbx.example.com, eve@example.net\r\n")),
    "no-author": (PASS, b"", (FROM, b"")),
    "forged-below-ours": ("dkim=none", FORGED, None),
    "forged-below-failure": ("dkim=fail header.d=pbx.example.com", FORGED, None),
    "forged-below-nonsense": ("dkim=", FORGED, None),
    "forged-below-received": (None, RECEIVED + FORGED, None),
    "forged-in-words": (None, f"Authentication-Results: =?utf-8?q?{HOST}=3B_dkim=3Dpass_header.d=3Dpbx.example.com?=\r\n"
                              .encode(), None),
    "of-another-server": (None, FORGED.replace(HOST.encode(), b"mx.example.net"), None),
    "of-a-longer-name": (None, FORGED.replace(HOST.encode(), HOST.encode() + b".example.net"), None),
}


@pytest.mark.parametrize("name", list(NOT_SIGNED))
def test_not_signed(signed, signed_site, name):
    results, top, change = NOT_SIGNED[name]
    start(signed_site, SECTIONS["dkim"])
    for index in (0, 1):
        signed.verifier.reset(results, index)
        mail = top + mails.freepbx_missed()
        if change:
            assert change[0] in mail
            mail = mail.replace(*change)
        # Postfix takes the author of a mail without one from here.
        send_taken(signed_site, mail, client=STRANGER, sender="eve@example.net")
        assert_just_mail(signed_site, mail)


def test_other_id(signed, signed_site):
    start(signed_site, SECTIONS["dkim"], authserv_id="verify.example.com")
    signed.verifier.reset(PASS)
    mail = mails.freepbx_missed()
    send_taken(signed_site, mail, client=STRANGER)
    assert_just_mail(signed_site, mail)
    signed_site.daemon.reload(authserv_id=HOST.upper())
    send_taken(signed_site, mails.freepbx_missed(), client=STRANGER)
    assert_item(signed_site)


FORGERIES = {
    "top": FORGED, "folded": FORGED.replace(b": ", b":\r\n\t"), "case": FORGED.replace(b"mx.example", b"MX.Example"),
    "blank-before-colon": FORGED.replace(b": ", b" : "), "twice": FORGED * 2, "version": FORGED.replace(b";", b" 1;", 1),
    "comment": FORGED.replace(b": ", b": (x) "), "quoted": FORGED.replace(HOST.encode(), f'"{HOST}"'.encode()),
}


def assert_not_believed(site, name):
    """The verifier itself writes nothing, as some do where there is no signature."""
    start(site, SECTIONS["dkim"])
    send_taken(site, FORGERIES[name] + mails.freepbx_missed(), client=STRANGER)
    assert site.rcpts() == ["anna@example.com"], site.daemon.log()
    assert site.daemon.rows("SELECT * FROM items") == []


@pytest.mark.parametrize("name", list(FORGERIES))
def test_forged_and_removed_by_the_verifier(signed, signed_site, name):
    signed.verifier.reset(strips=True)
    assert_not_believed(signed_site, name)


@pytest.mark.parametrize("name", list(FORGERIES))
def test_forged_and_removed_by_header_checks(checked_site, name):
    assert_not_believed(checked_site, name)


def test_signed_where_forged_are_removed(signed_and_checked, checked_site):
    start(checked_site, SECTIONS["dkim"])
    signed_and_checked.verifier.reset(PASS)
    send_taken(checked_site, FORGED + mails.freepbx_missed(), client=STRANGER)
    assert_item(checked_site)


def test_forged_and_not_removed_is_believed(signed, signed_site):
    """Why the manual says that somebody must remove them: nothing in a mail tells one from the other."""
    start(signed_site, SECTIONS["dkim"])
    send_taken(signed_site, FORGED + mails.freepbx_missed(), client=STRANGER)
    assert_item(signed_site)


def test_signed_lures(signed, signed_site):
    """Signed well, by somebody else."""
    start(signed_site, 'source pbx { dkim = { "ringcentral.com" } }\n')
    signed.verifier.reset("dkim=pass header.d=example.org; dkim=pass header.d=ringcentral.com.example.org")
    for name, mail in LURES.items():
        send_taken(signed_site, mail, client=STRANGER)
        assert_just_mail(signed_site, mail)


# ---- how soon foreign mail leaves ----

@pytest.fixture
def mta_of():
    daemons = []

    def make(section):
        daemons.append(Daemon(sources=NOBODY, extra=section).start())
        mta = Mta(daemons[-1].connect())
        mta.daemon = daemons[-1]
        return mta
    yield make
    for daemon in daemons:
        daemon.destroy()


def test_only_what_is_needed_crosses(mta_of):
    mta = mta_of(SECTIONS["dkim"])
    wanted = mta.macros
    assert b"{auth_authen}\0" in wanted and wanted.count(b"i j\0") == 2


@pytest.mark.parametrize("section,auth,top,reply", [
    (SECTIONS["networks"], None, b"", "a"), (SECTIONS["networks"], "pbx", b"", "a"),
    (SECTIONS["auth"], None, b"", "a"), (SECTIONS["auth"], "eve", b"", "a"), (SECTIONS["auth"], "pbx", b"", "c"),
    (SECTIONS["dkim"], None, b"", "a"), (SECTIONS["dkim"], None, FORGED, "c"),
    (SECTIONS["dkim"], None, b"From: Eve <eve@example.net>\r\n" + FORGED, "a"),
    ('source a { dkim = { "example.net" } }\n' + SECTIONS["auth"], "branch", b"", "c"),
])
def test_body_of_foreign_mail_stays_away(mta_of, section, auth, top, reply):
    mta = mta_of(section)
    mta.connect(STRANGER)
    for _ in range(2):
        mta.envelope(["<anna@example.com>"], auth=auth)
        assert mta.headers(top + mails.freepbx_missed()) == reply


@pytest.mark.parametrize("section", list(SECTIONS.values()), ids=list(SECTIONS))
def test_forged_headers_go_whatever_the_sources(mta_of, section):
    mta = mta_of(section)
    mta.connect(STRANGER)
    mta.envelope(["<anna@example.com>"])
    head = b"X-Ringback-Item: RB-1\r\nFrom: pbx@pbx.example.com\r\nX-Ringback-Owner: eve\r\n\r\n"
    assert mta.headers(head) == "c"
    assert mta.body(b"x" * 200000) == 1
    edits, _ = mta.end()
    assert [data[4:] for _, data in edits] == [b"X-Ringback-Owner\0\0", b"X-Ringback-Item\0\0"]
    # The next one has a source, and none of the last one's names.
    if "dkim" in section:
        edits, reply = mta.mail(FORGED + mails.freepbx_missed(), ["<anna@example.com>"])
        assert reply in "ac" and edits
