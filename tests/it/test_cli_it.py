"""ringback(1), every command: on files without a daemon, and on a daemon that took its mail from a real Postfix."""
import json
import os
import re
import signal
import socket
import subprocess
from types import SimpleNamespace

import mails
import pytest
from daemon import AUDIT, BUILD, OWNER, SRC, STRANGER, Daemon
from miltermta import Mta
from postfix import PBX, wait_until
from smsc import Smsc

EX_OK, EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_TEMPFAIL, EX_CONFIG = 0, 64, 65, 66, 69, 75, 78
PARSE_KEYS = ["file", "profile", "class", "reason", "caller", "caller_raw", "caller_name", "called", "time", "duration_s",
              "transcript", "call_id", "confidence", "transcript_lang", "transcript_engine", "transcript_confidence"]
ANNA, BOB = "447700900123", "447700900456"


def ringback(*args, data=None):
    """Without any configuration but what args name; the profiles are those of the source tree."""
    env = {**os.environ, "RINGBACK_PROFILE_DIR": str(SRC / "conf/profiles"), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    return subprocess.run([str(BUILD / "src/ringback"), *map(str, args)], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=env)


def objects(result):
    """Its output as JSON, an object a line; a line that is none fails."""
    out = result.stdout
    return [json.loads(line) for line in (out if isinstance(out, str) else out.decode()).splitlines()]


def is_harmless(text):
    """Nothing but a line's end may move a terminal: neither C0 nor DEL nor C1."""
    return not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


@pytest.fixture
def folder(tmp_path):
    """Mails in files: two notices of one call and its voicemail, and what a human wrote."""
    for name, mail in {
        "one.eml": mails.freepbx_missed(extension="1201", to="anna@example.com"),
        "two.eml": mails.freepbx_missed(extension="1202", to="bob@example.com"),
        "voicemail.eml": mails.asterisk_voicemail(),
        "human.eml": mails.letter("About the missed call from Jane"),
        "local.eml": mails.freepbx_missed(number="020 7946 0123"),
    }.items():
        (tmp_path / name).write_bytes(mail)
    return tmp_path


# ---- parse ----

def test_parse_json(folder):
    r = ringback("parse", "--json", "--timezone", "America/New_York", folder / "one.eml", folder / "voicemail.eml",
                 folder / "human.eml")
    assert r.returncode == EX_OK, r.stderr
    missed, voicemail, human = objects(r)
    assert [list(o) for o in (missed, voicemail, human)] == [PARSE_KEYS] * 3
    assert missed == {
        "file": str(folder / "one.eml"), "profile": "freepbx-missed", "class": "missed", "reason": "no_answer",
        "caller": "+12025550143", "caller_raw": "2025550143", "caller_name": "Jane Doe", "called": "1201",
        "time": "2026-03-04T02:16:12Z", "duration_s": None, "transcript": None, "call_id": None,
        "confidence": 100, "transcript_lang": None, "transcript_engine": None, "transcript_confidence": None}
    assert (voicemail["class"], voicemail["duration_s"], voicemail["time"]) == ("voicemail", 27, "2026-03-04T02:17:40Z")
    assert human["class"] == "none"
    assert {human[k] for k in PARSE_KEYS if k not in ("file", "class")} == {None}


def test_parse_json_before_the_command(folder):
    assert objects(ringback("--json", "parse", folder / "one.eml")) == objects(
        ringback("parse", folder / "one.eml", "--json"))


def test_parse_for_people(folder):
    r = ringback("parse", folder / "one.eml", folder / "human.eml")
    assert r.returncode == EX_OK
    first, second = r.stdout.decode().split("\n\n")
    assert re.search(r"^caller +\+1.*202.*555.*0143$", first, re.M)
    assert re.search(r"^caller_name +Jane Doe$", first, re.M)
    assert re.search(r"^class +none$", second, re.M)


def rule_at(file, line):
    return open(file).read().split("\n")[line - 1].strip()


def test_explain(folder):
    """Each value is at the place that is named, and the line that is named is the rule."""
    [o] = objects(ringback("parse", "--json", "--explain", "--timezone", "America/New_York", folder / "one.eml"))
    why = o["explain"]
    assert (why["profile"], why["never"], why["near"]) == (o["profile"], None, [])
    values = {v["field"]: v for v in why["values"] if v["value"]}
    assert {"caller", "caller_name", "called", "time"} <= set(values)
    for v in values.values():
        assert v["file"].endswith("/conf/profiles/freepbx.conf")
        assert rule_at(v["file"], v["line"]).startswith(v["part"] + "('") and f"(?<{v['field']}>" in rule_at(
            v["file"], v["line"])
    assert values["caller"]["value"] == o["caller_raw"] == values["caller"]["raw"].strip()
    assert values["caller"]["size"] == len(values["caller"]["raw"])
    assert why["date"] == "en_US|yyyy-MM-dd HH:mm:ss"


def test_explain_for_people(folder):
    out = ringback("parse", "--explain", folder / "voicemail.eml").stdout.decode()
    assert "read by profile asterisk-voicemail:" in out
    assert re.search(r'^  duration = "0:27"\n      text, octets \d+ to \d+; \S+/asterisk.conf:\d+$', out, re.M)
    assert re.search(r"^      header X-Asterisk-CallerID, octets 0 to \d+; ", out, re.M)


def test_explain_what_came_close(tmp_path):
    (tmp_path / "near.conf").write_text("profile near {\n match {\n  from('pbx')\n  text('^CallerID')\n }\n}\n")
    env = {**os.environ, "RINGBACK_PROFILE_DIR": str(tmp_path), "LC_ALL": "C.UTF-8"}

    def explain(*args):
        r = subprocess.run([str(BUILD / "src/ringback"), "parse", "--explain", *args, "-"], env=env, text=True,
                           input="From: pbx@example.com\nSubject: y\n\nCaller: 1\n", stdout=subprocess.PIPE)
        assert r.returncode == EX_OK
        return r

    assert re.search(r"no profile reads it; the closest:\n  near: 1 of 2 rules of a match hold; this one does not:"
                     r"\n      text\('\^CallerID'\); \S+/near.conf:4\n", explain().stdout)
    [o] = objects(explain("--json"))
    [near] = o["explain"]["near"]
    assert (near["profile"], near["held"], near["rules"], near["rejected"]) == ("near", 1, 2, False)
    assert rule_at(near["file"], near["line"]) == near["rule"]


def test_explain_a_reject(folder):
    mail = (folder / "voicemail.eml").read_bytes().replace(b"Just wanted", b"Jane just forwarded a message. Just wanted", 1)
    out = ringback("parse", "--explain", "-", data=mail).stdout.decode()
    assert re.search(r"asterisk-voicemail: matches, but its reject holds:\n +text\('.*forwarded", out)


def test_explain_a_reply(folder):
    mail = b"In-Reply-To: <1@example.com>\r\n" + (folder / "one.eml").read_bytes()
    out = ringback("parse", "--explain", "-", data=mail).stdout.decode()
    assert "no profile is asked: a reply to another mail" in out
    assert "no rule of any match holds" in ringback("parse", "--explain", "-", data=b"\r\n").stdout.decode()


def test_the_example_of_the_manual(tmp_path):
    """ringback-profile(5): its profile reads its mail."""
    blocks = [b.replace("\\e", "\\").replace("\\-", "-") for b in
              re.findall(r"^\.nf\n\.RS\n(.*?)^\.RE$", (SRC / "doc/ringback-profile.5").read_text(), re.M | re.S)]
    (tmp_path / "example.conf").write_text(blocks[1])
    r = subprocess.run([str(BUILD / "src/ringback"), "parse", "--json", "--timezone", "Europe/London", "-"],
                       input="From: Example PBX <pbx@example.com>\nDate: Tue, 3 Mar 2026 14:15:30 +0000\n\n" + blocks[0],
                       stdout=subprocess.PIPE, env={**os.environ, "RINGBACK_PROFILE_DIR": str(tmp_path)}, text=True)
    [o] = objects(r)
    assert (o["profile"], o["caller"], o["caller_name"], o["called"], o["time"]) == (
        "example-missed", "+442079460123", "Jane Doe", "201", "2026-03-03T14:15:09Z")


def test_parse_standard_input(folder):
    [o] = objects(ringback("parse", "--json", "-", data=(folder / "one.eml").read_bytes()))
    assert (o["file"], o["caller"]) == ("-", "+12025550143")


def test_parse_goes_on_after_a_missing_file(folder):
    r = ringback("parse", "--json", folder / "none.eml", folder / "one.eml")
    assert r.returncode == EX_NOINPUT
    assert [o["class"] for o in objects(r)] == ["missed"]
    assert b"none.eml: No such file or directory" in r.stderr


def test_parse_a_folder_is_no_mail(folder):
    r = ringback("parse", folder)
    assert r.returncode == EX_NOINPUT and b"directory" in r.stderr


@pytest.mark.parametrize("region, caller", [("GB", "+442079460123"), ("US", None)])
def test_parse_region(folder, region, caller):
    [o] = objects(ringback("parse", "--json", "--region", region, folder / "local.eml"))
    assert (o["caller"], o["caller_raw"]) == (caller, "020 7946 0123")


@pytest.mark.parametrize("zone, time", [("UTC", "2026-03-03T21:16:12Z"), ("Asia/Kolkata", "2026-03-03T15:46:12Z")])
def test_parse_timezone(folder, zone, time):
    """Of a mail whose Date names no zone: the time that is printed in it is one of this zone."""
    mail = re.sub(rb"Date: .* -0500\r\n", b"", (folder / "one.eml").read_bytes(), count=1)
    [o] = objects(ringback("parse", "--json", "--timezone", zone, "-", data=mail))
    assert o["time"] == time


@pytest.mark.parametrize("args", [
    ["parse"], ["parse", "--region", "XX", "f"], ["parse", "--timezone", "Mars/Base", "f"], ["parse", "--colour", "f"],
    ["replay"], ["replay", "--at", "yesterday", "f"], ["replay", "--colour", "f"], [], ["dance"], ["--colour"],
], ids=" ".join)
def test_usage(args):
    r = ringback(*args)
    assert r.returncode == EX_USAGE
    assert r.stderr and not r.stdout


def test_parse_takes_hostile_mail(folder):
    for mail in (b"", b"\0" * 1000, b"\r\n" * 10000, b"Subject: " + b"x" * 100000, os.urandom(20000)):
        [o] = objects(ringback("parse", "--json", "-", data=mail))
        assert o["class"] == "none"


# ---- replay ----

@pytest.fixture
def daemon():
    d = Daemon()
    yield d
    d.destroy()


def tree(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_replay_sequence(daemon, folder):
    r = daemon.cli("replay", "--json", "--at", "2026-03-04T02:16:12Z",
                   *(str(folder / f) for f in ("one.eml", "two.eml", "voicemail.eml", "human.eml")))
    events = objects(r)
    told = [e for e in events if e["event"] == "mail"]
    assert [e["verdict"] for e in told] == ["edit", "swallow", "edit", "pass"]
    assert [e["item"] for e in told] == ["RB-1", "RB-1", "RB-1", None]
    assert told[0]["mailed"] == f"{OWNER},{AUDIT}" and told[1]["mailed"] == ""
    assert told[3]["mailed"] == OWNER
    assert (told[0]["owner"], told[0]["line"], told[0]["caller"]) == ("anna", "clinic", "+12025550143")
    assert all(list(e) == list(told[0]) for e in told) and all(e["why"] for e in told)
    assert told[0]["at"] == "2026-03-03T21:16:12-05:00"
    texts = [e for e in events if e["event"] == "text"]
    assert [(e["person"], e["to"]) for e in texts] == [("anna", f"+{ANNA}"), ("bob", f"+{BOB}")]
    assert texts[0]["text"].startswith("MISSED 21:16 Clinic\n+12025550143 Jane Doe")
    assert texts[0]["at"] == "2026-03-03T21:16:57-05:00"      # the collect window later
    assert texts[1]["at"] == "2026-03-03T21:31:57-05:00"      # and a step
    assert events[-1] == {"event": "sum", "mails": 4, "notices": 3, "items": 1, "suppressed": 0, "swallowed": 1, "texts": 2}


def test_replay_for_people(daemon, folder):
    out = daemon.cli("replay", str(folder / "one.eml")).stdout
    assert "RB-1" in out and "Reply 10A mine" in out and is_harmless(out)


@pytest.mark.parametrize("client, verdict", [(None, "edit"), (PBX, "edit"), ("sendmail", "edit"), (STRANGER, "pass"),
                                             ("nonsense", "pass")])
def test_replay_client(daemon, folder, client, verdict):
    options = ["--client", client] if client else []
    events = objects(daemon.cli("replay", "--json", *options, str(folder / "one.eml")))
    assert events[0]["verdict"] == verdict
    assert [e["event"] for e in events if e["event"] == "text"] == (["text"] * 2 if verdict == "edit" else [])


def test_replay_sendmail_untrusted(daemon, folder):
    daemon.write(sources='{ "192.0.2.0/24" }')
    [event, total] = objects(daemon.cli("replay", "--json", "--client", "sendmail", str(folder / "one.eml")))
    assert event["verdict"] == "pass" and "trusted" in event["why"]
    assert (total["mails"], total["notices"], total["items"]) == (1, 0, 0)


def test_replay_rcpt(daemon, folder):
    events = objects(daemon.cli("replay", "--json", "--rcpt", "Carl@example.com", "--rcpt", "eve@example.com",
                                str(folder / "human.eml")))
    assert events[0]["mailed"] == "carl@example.com,eve@example.com"


def test_replay_options_may_come_last(daemon, folder):
    events = objects(daemon.cli("replay", str(folder / "one.eml"), "--at", "2026-03-04T02:16:12Z", "--json"))
    assert events[0]["at"] == "2026-03-03T21:16:12-05:00"


def mbox(*mails):
    return b"".join(b"From pbx@example.com Tue Mar  3 21:16:12 2026\n" + re.sub(rb"^(>*From )", rb">\1", m, flags=re.M) + b"\n\n"
                    for m in mails)


def when(mail, date):
    return re.sub(rb"^Date: .*$", b"Date: " + date, mail, count=1, flags=re.M).replace(b"\r\n", b"\n")


def test_replay_folder_and_mbox(daemon, folder, tmp_path):
    """In the order of their dates, wherever they lie; a year apart no call belongs to the other."""
    one = (folder / "one.eml").read_bytes()
    old = tmp_path / "old"
    (old / "cur").mkdir(parents=True)
    (old / "cur" / "x.eml").write_bytes(when(one, b"Tue, 4 Mar 2025 02:16:12 +0000"))
    (old / ".hidden").write_bytes(one)
    (old / "a.mbox").write_bytes(mbox(when(one, b"Wed, 4 Mar 2026 02:16:12 +0000"), b"Subject: From me\n\nFrom here\n",
                                      when(one, b"Wed, 4 Mar 2026 12:16:12 +0000")))
    events = objects(daemon.cli("replay", "--json", str(old)))
    told = [e for e in events if e["event"] == "mail"]
    assert [(e["file"][len(str(old)) + 1:], e["item"], e["at"][:16]) for e in told] == [
        ("cur/x.eml", "RB-1", "2025-03-03T21:16"), ("a.mbox#1", "RB-2", "2026-03-03T21:16"),
        ("a.mbox#2", None, "2026-03-03T21:16"), ("a.mbox#3", "RB-2", "2026-03-04T07:16")]
    assert (events[-1]["notices"], events[-1]["items"], events[-1]["mails"]) == (3, 2, 4)
    assert len([e for e in events if e["event"] == "text"]) == events[-1]["texts"] >= 4
    out = daemon.cli("replay", str(old)).stdout
    assert out.endswith(f"4 mails: 3 notices -> 2 items -> {events[-1]['texts']} texts\n")


def test_replay_compare(daemon, folder):
    """Only what is different: the owner, and with him where the mail goes; the text is the same."""
    other = daemon.folder / "other.conf"
    other.write_text(daemon.conf.read_text().replace("owner = anna", "owner = bob"))
    files = [str(folder / f) for f in ("one.eml", "human.eml")]
    difference, before, after = objects(daemon.cli("replay", "--json", "--compare", str(other), *files))
    assert difference["event"] == "difference" and difference["file"] == files[0]
    assert (difference["owner_before"], difference["owner_after"]) == ("anna", "bob")
    assert difference["mailed_before"] == f"{OWNER},{AUDIT}" and difference["mailed_after"].endswith(f",{AUDIT}")
    assert difference["texted_before"] == difference["texted_after"] == "anna 2026-03-03T21:16, bob 2026-03-03T21:31"
    assert (before["which"], after["which"], before["texts"], after["texts"]) == ("before", "after", 2, 2)
    out = daemon.cli("replay", "--compare", str(other), *files).stdout
    assert "owner            anna -> bob" in out and "1 of 2 mails would be treated otherwise" in out
    assert objects(daemon.cli("replay", "--json", "--compare", str(daemon.conf), *files))[0]["event"] == "sum"


def test_replay_compare_with_a_broken_file(daemon, folder):
    other = daemon.folder / "other.conf"
    other.write_text("colour = red\n")
    r = daemon.cli("replay", "--compare", str(other), str(folder / "one.eml"), ok=False)
    assert r.returncode == EX_CONFIG and f"{other}:1: " in r.stderr and not r.stdout


def test_replay_missing_file(daemon, folder):
    r = daemon.cli("replay", "--json", str(folder / "none.eml"), str(folder / "one.eml"), ok=False)
    assert r.returncode == EX_NOINPUT and "none.eml" in r.stderr
    assert objects(r)[0]["verdict"] == "edit"


def test_replay_without_configuration(folder):
    events = objects(ringback("replay", "--json", folder / "one.eml"))
    assert events[0]["event"] == "mail"


def test_replay_touches_nothing(daemon, folder):
    """Neither the store nor any folder, and no carrier: both listen, and nobody comes."""
    with socket.create_server(("127.0.0.1", 0)) as smsc, socket.create_server(("127.0.0.1", 0)) as relay:
        daemon.extra = (f'provider test {{\n\thost = "127.0.0.1"\n\tport = {smsc.getsockname()[1]}\n'
                        '\tsystem_id = "ringback"\n}\n')
        daemon.write(relay=f'"127.0.0.1:{relay.getsockname()[1]}"')
        before = tree(daemon.folder)
        events = objects(daemon.cli("replay", "--json", str(folder / "one.eml"), str(folder / "voicemail.eml")))
        assert [e for e in events if e["event"] == "text"]
        assert tree(daemon.folder) == before
        for s in (smsc, relay):
            s.setblocking(False)
            with pytest.raises(BlockingIOError):
                s.accept()


def test_replay_leaves_the_store_alone(daemon, folder):
    daemon.start()
    daemon.wait_log(" start: ")
    daemon.cli("replay", str(folder / "one.eml"))
    for table in ("items", "notices", "outbox", "journal"):
        assert daemon.rows(f"SELECT * FROM {table}") == []


# ---- items ----

@pytest.fixture
def smsc():
    s = Smsc()
    yield s
    s.stop()


@pytest.fixture
def office(empty_site, smsc):
    """A night with one call, of which Anna was texted."""
    site = empty_site
    site.smsc = smsc
    site.start(extra=smsc.conf(), collect_window="0s", relay=f'"127.0.0.1:{site.postfix.plain_port}"')
    site.send(mails.freepbx_missed(), [OWNER])
    smsc.wait(lambda texts: [t for t in texts if t.to == ANNA], "text to Anna")
    return site


def item(site, name="1"):
    return objects(site.daemon.cli("show", "--json", name))[0]


def texts_to(smsc, phone):
    return [t.text for t in smsc.texts if t.to == phone]


def note_with(site, words):
    """The status note of the audit mailbox that says so."""
    return site.mailboxes.wait(
        lambda copies: [c for c in copies if c.rcpt == AUDIT and c.header("Subject") and words in c.data.decode()
                        and c.message.get_content_type() == "text/plain"], f"note with {words!r}")[0]


def test_list(office):
    office.send(mails.freepbx_missed(number="2025550199", name="Zoë Müller"), [OWNER])
    r = office.daemon.cli("list", "--json")
    newest, oldest = objects(r)
    assert [newest["id"], oldest["id"]] == ["RB-2", "RB-1"]
    assert (newest["record"], newest["name"], newest["caller"]) == ("item", "Zoë Müller", "+12025550199")
    out = office.daemon.cli("list").stdout
    heading, first, second = out.splitlines()
    assert heading.split() == ["ID", "STATE", "CLASS", "LINE", "CALLER", "NAME", "CALLS", "OWNER", "AGE", "DUE"]
    assert first.startswith("RB-2 ") and second.startswith("RB-1 ")


def test_list_filters(office):
    daemon = office.daemon
    daemon.cli("close", "1")
    assert objects(daemon.cli("list", "--json")) == []
    assert daemon.cli("list").stdout == "Nothing is open.\n"
    assert [o["id"] for o in objects(daemon.cli("list", "--all", "--json"))] == ["RB-1"]
    assert [o["id"] for o in objects(daemon.cli("list", "--all", "--json", "--owner", "anna"))] == ["RB-1"]
    assert objects(daemon.cli("list", "--all", "--json", "--owner", "bob")) == []
    assert [o["id"] for o in objects(daemon.cli("list", "--all", "--json", "--line", "clinic"))] == ["RB-1"]


def test_show(office):
    site = office
    wait_until(lambda: any(o.get("state") == "delivered" for o in objects(site.daemon.cli("show", "--json", "1"))),
               "the text is delivered")
    records = objects(site.daemon.cli("show", "--json", "RB-1"))
    assert records[0]["record"] == "item" and records[0]["calls"] == 1 and records[0]["owner"] == "anna"
    [notice] = [r for r in records if r["record"] == "notice"]
    assert (notice["rcpts"], notice["action"], notice["item"]) == (OWNER, "first", "RB-1")
    [text] = [r for r in records if r["record"] == "job" and r["kind"] == "text"]
    assert text["to"] == f"+{ANNA}" and text["provider_id"] and text["possibly_twice"] is False
    out = site.daemon.cli("show", "rb1").stdout
    assert "notices" in out and "outbox" in out and "+12025550143" in out.replace(" ", "").replace("-", "")


def test_why(office):
    office.smsc.reply(ANNA, "10A")
    wait_until(lambda: item(office)["state"] == "acked", "the reply counts")
    records = objects(office.daemon.cli("why", "--json", "1"))
    assert {r["record"] for r in records} == {"journal"} and {r["item"] for r in records} == {"RB-1"}
    whats = [r["what"] for r in records]
    assert whats[0] == "created" and "acknowledged" in whats
    ack = records[whats.index("acknowledged")]
    assert (ack["who"], ack["how"]) == ("anna", "text")
    assert records[0]["why"] == ("missed call of +12025550143 on Clinic (called 1201, closed by off); "
                                 "rule default; owner Anna Smith; policy oncall; source default")
    out = office.daemon.cli("why", "1").stdout
    assert out.splitlines()[0] == "RB-1: missed from +12025550143 for Clinic; acked, owner Anna Smith"
    assert re.search(r"acknowledged +Anna Smith +text", out)


@pytest.mark.parametrize("number", ["+12025550143", "2025550143", "(202) 555-0143", "202 555 0143"])
def test_find(office, number):
    office.daemon.cli("close", "1")
    assert [o["id"] for o in objects(office.daemon.cli("find", "--json", *number.split()))] == ["RB-1"]


def test_ack_by_owner(office):
    [o] = objects(office.daemon.cli("ack", "--json", "1"))
    assert (o["state"], o["owner"], o["acked_by"]) == ("acked", "anna", "anna")
    assert "at the console" in note_with(office, "Anna Smith took it").data.decode()
    assert len(texts_to(office.smsc, ANNA)) == 1        # she did it: nothing to tell her


def test_ack_by_somebody_else(office):
    """Who was told hears that it is taken, at once; the audit mailbox too."""
    out = office.daemon.cli("ack", "--by", "bob", "RB-1").stdout
    assert re.search(r"^state +acked$", out, re.M) and re.search(r"^owner +bob$", out, re.M)
    taken = office.smsc.wait(lambda texts: [t for t in texts if "was taken by" in t.text], "TAKEN text")
    assert [t.to for t in taken] == [ANNA] and taken[0].text.startswith("10 was taken by Bob Jones at ")
    note = note_with(office, "Bob Jones took it at the console")
    assert note.header("Auto-Submitted") == "auto-generated"
    first = office.mailboxes.of(AUDIT)[0]
    assert note.header("In-Reply-To") == first.header("Message-ID")
    assert not texts_to(office.smsc, BOB)


def test_close(office):
    [o] = objects(office.daemon.cli("close", "--json", "--resolution", "spam", "--by", "bob", "1"))
    assert (o["state"], o["resolution"]) == ("closed", "spam") and o["closed"]
    assert "spam" in note_with(office, "Bob Jones closed it").data.decode()


def test_snooze(office):
    """Nobody is told while it is put off; when the time is over the person is told again."""
    [o] = objects(office.daemon.cli("snooze", "--json", "--for", "2h", "--by", "anna", "1"))
    assert o["state"] == "snoozed" and o["wake"]
    assert "put it off at the console" in note_with(office, "Anna Smith put it off").data.decode()
    [o] = objects(office.daemon.cli("snooze", "--json", "1"))
    assert o["state"] == "snoozed"
    office.daemon.cli("ack", "--by", "bob", "1")
    assert item(office)["state"] == "acked" and item(office)["wake"] is None


def test_tried(office):
    [o] = objects(office.daemon.cli("tried", "--json", "--by", "bob", "--retry", "45m", "1"))
    assert (o["state"], o["owner"], o["attempts"]) == ("attempted", "bob", 1) and o["wake"]
    assert "did not reach the caller; next try at" in note_with(office, "Bob Jones called back").data.decode()
    [o] = objects(office.daemon.cli("tried", "--json", "--by", "bob", "1"))
    assert o["attempts"] == 2


def test_mute(office):
    """Of a muted line nobody is told, and status says so; the journal keeps it."""
    [m] = objects(office.daemon.cli("mute", "--json", "clinic", "--for", "2h", "--reason", "painters", "--by", "anna"))
    assert (m["record"], m["line"], m["reason"], m["by"]) == ("mute", "clinic", "painters", "anna")
    shown = [o for o in objects(office.daemon.cli("status", "--json")) if o["record"] == "mute"]
    assert [o["reason"] for o in shown] == ["painters"]
    assert "painters" in office.daemon.cli("status").stdout
    office.daemon.cli("unmute", "clinic")
    assert not [o for o in objects(office.daemon.cli("status", "--json")) if o["record"] == "mute"]
    r = office.daemon.cli("unmute", "clinic", ok=False)
    assert r.returncode == EX_DATAERR and "line clinic is not muted" in r.stderr


def test_assign(office):
    [o] = objects(office.daemon.cli("assign", "--json", "1", "bob"))
    assert (o["owner"], o["state"]) == ("bob", "open")
    note_with(office, "Assigned to Bob Jones")


@pytest.mark.parametrize("args, code, words", [
    (["show"], EX_USAGE, "usage: ringback show"),
    (["show", "1", "2"], EX_USAGE, "usage: ringback show"),
    (["show", "Jane"], EX_USAGE, "names no item"),
    (["show", "RB-"], EX_USAGE, "names no item"),
    (["show", "0"], EX_USAGE, "names no item"),
    (["show", "99999999999999999999"], EX_USAGE, "names no item"),
    (["show", "77"], EX_DATAERR, "no item RB-77"),
    (["why", "77"], EX_DATAERR, "no item RB-77"),
    (["find"], EX_USAGE, "usage: ringback find"),
    (["find", "Jane"], EX_USAGE, "is no phone number"),
    (["find", "+442079460999"], EX_DATAERR, "no item from +442079460999"),
    (["list", "1"], EX_USAGE, "usage: ringback list"),
    (["list", "--owner", "eve"], EX_USAGE, "no such person 'eve'; people: anna, bob"),
    (["list", "--line", "moon"], EX_USAGE, "no such line 'moon'; lines: clinic"),
    (["ack"], EX_USAGE, "usage: ringback ack"),
    (["ack", "77"], EX_DATAERR, "no item RB-77"),
    (["ack", "--by", "eve", "1"], EX_USAGE, "no such person 'eve'"),
    (["ack", "--resolution", "spam", "1"], EX_USAGE, "usage: ringback ack"),
    (["close", "--resolution", "whatever", "1"], EX_USAGE, "no such resolution 'whatever'; one of: called_back"),
    (["close", "--resolution", "none", "1"], EX_USAGE, "no such resolution 'none'"),
    (["assign", "1"], EX_USAGE, "usage: ringback assign"),
    (["assign", "1", "eve"], EX_USAGE, "no such person 'eve'"),
    (["assign", "1", "anna"], EX_DATAERR, "owns it already"),
    (["snooze"], EX_USAGE, "usage: ringback snooze"),
    (["snooze", "--for", "1h", "--until", "2099-01-01", "1"], EX_USAGE, "usage: ringback snooze"),
    (["snooze", "--for", "soon", "1"], EX_USAGE, "'soon' is no time to wait"),
    (["snooze", "--for", "31d", "1"], EX_USAGE, "more than 30 days ahead"),
    (["snooze", "--until", "2020-01-01 10:00", "1"], EX_USAGE, "the time is over"),
    (["snooze", "--until", "noon", "1"], EX_USAGE, "--until noon: no such time"),
    (["snooze", "--retry", "1h", "1"], EX_USAGE, "usage: ringback snooze"),
    (["tried", "--for", "1h", "1"], EX_USAGE, "usage: ringback tried"),
    (["tried", "--by", "eve", "1"], EX_USAGE, "no such person 'eve'"),
    (["mute", "clinic", "--for", "1h"], EX_USAGE, "usage: ringback mute"),
    (["mute", "clinic", "--reason", "x"], EX_USAGE, "usage: ringback mute"),
    (["mute", "moon", "--for", "1h", "--reason", "x"], EX_USAGE, "no such line 'moon'"),
    (["mute", "clinic", "--for", "soon", "--reason", "x"], EX_USAGE, "'soon' is no time"),
    (["mute", "clinic", "--until", "2020-01-01", "--reason", "x"], EX_USAGE, "the end is over"),
    (["unmute"], EX_USAGE, "usage: ringback unmute"),
    (["status", "1"], EX_USAGE, "usage: ringback status"),
    (["reload", "1"], EX_USAGE, "usage: ringback reload"),
], ids=lambda v: " ".join(v) if isinstance(v, list) else None)
def test_refusals(office, args, code, words):
    before = item(office)
    r = office.daemon.cli(*args, ok=False)
    assert (r.returncode, r.stdout) == (code, "")
    assert words in r.stderr
    assert item(office)["updated"] == before["updated"]


def test_closed_is_closed(office):
    office.daemon.cli("close", "1")
    for args in (["ack", "1"], ["close", "1"], ["assign", "1", "bob"]):
        r = office.daemon.cli(*args, ok=False)
        assert r.returncode == EX_DATAERR and "it is closed (called_back)" in r.stderr


def test_help_of_each_command():
    commands = re.findall(r"^  ([a-z]+) ", ringback("--help").stdout.decode(), re.M)
    assert commands == ["list", "show", "why", "find", "ack", "close", "assign", "tried", "snooze", "mute", "unmute",
                        "oncall", "status", "providers", "sms", "reload", "check", "parse", "replay", "profile",
                        "report", "journal", "export", "forget"]
    for c in commands:
        for args in ([c, "--help"], ["help", c]):
            r = ringback(*args)
            assert r.returncode == EX_OK and r.stdout.startswith(b"usage: ringback [-c FILE] " + c.encode()), args


# ---- status and reload ----

def test_status(office):
    records = objects(office.daemon.cli("status", "--json"))
    assert [r["record"] for r in records] == ["daemon", "daemon", "store", "source"]
    milter, courier, store, source = records
    assert (source["source"], source["read"], source["unread"], source["missing"]) == ("default", 1, 0, None)
    assert (milter["role"], courier["role"]) == ("milter", "courier")
    assert milter["running"] and milter["pid"] == office.daemon.process.pid
    assert (milter["milter.notices"], milter["milter.edited"]) == (1, 1)
    assert courier["texts.up"] is True and courier["texts.sent"] == 1
    assert (store["items"], store["live"], store["texts_sent"]) == (1, 1, 1)
    out = office.daemon.cli("status").stdout
    assert re.search(r"^texts.up +yes$", out, re.M)


def test_no_daemon(office):
    """Items are there without it; what needs it says so."""
    office.daemon.stop()
    r = office.daemon.cli("status", "--json", ok=False)
    assert r.returncode == EX_UNAVAILABLE and "no ringbackd runs" in r.stderr
    records = objects(r)
    assert [x.get("running") for x in records] == [False, False, None, None] and records[2]["items"] == 1
    r = office.daemon.cli("reload", ok=False)
    assert r.returncode == EX_UNAVAILABLE and "no ringbackd runs" in r.stderr
    [o] = objects(office.daemon.cli("ack", "--json", "--by", "bob", "1"))
    assert o["state"] == "acked"
    office.daemon.start()
    office.smsc.wait(lambda texts: [t for t in texts if "was taken by Bob" in t.text], "TAKEN text after the start")


def test_no_store(daemon):
    for args in (["list"], ["show", "1"], ["find", "+12025550143"], ["ack", "1"]):
        r = daemon.cli(*args, ok=False)
        assert r.returncode == EX_TEMPFAIL and "there is no store" in r.stderr
    assert not (daemon.folder / "ringback.db").exists()


def test_store_that_is_none(daemon):
    (daemon.folder / "ringback.db").write_text("This is a letter, not a database. " * 100)
    r = daemon.cli("list", ok=False)
    assert r.returncode == EX_TEMPFAIL and "ringback.db" in r.stderr


def test_store_busy(office):
    db = office.daemon.db()
    db.isolation_level = None
    db.execute("BEGIN EXCLUSIVE")
    r = office.daemon.cli("ack", "1", ok=False)
    db.close()
    assert r.returncode == EX_TEMPFAIL
    assert item(office)["state"] == "open"


def test_bad_configuration(daemon):
    daemon.write(ack_timeout="1s", sms_max="1", unheard_of="1")
    for args in (["list"], ["status"], ["reload"], ["replay", "x"], ["parse", "x"]):
        r = daemon.cli(*args, ok=False)
        assert r.returncode == EX_CONFIG, args
        errors = re.findall(rf"{re.escape(str(daemon.conf))}:(\d+): ", r.stderr)
        assert len(errors) == 3, r.stderr


def test_missing_configuration(daemon):
    daemon.conf.unlink()
    r = daemon.cli("list", ok=False)
    assert r.returncode == EX_CONFIG and "ringback.conf" in r.stderr


def item_header(edits):
    """The value of X-Ringback-Item among the milter's edits: name and value, each ended by NUL."""
    added = [data.split(b"X-Ringback-Item\0", 1)[1] for _, data in edits if b"X-Ringback-Item\0" in data]
    return [value.split(b"\0")[0].decode().strip() for value in added if value.strip(b"\0")][-1]


def reload_by_signal(site):
    site.daemon.reload()


def reload_by_command(site):
    assert objects(site.daemon.cli("reload", "--json")) == [{"reloaded": True}]


@pytest.mark.parametrize("reload", [reload_by_signal, reload_by_command])
def test_reload_within_a_session(site, reload):
    """Between RCPT and DATA; the session lives on, and its next mail has the new configuration."""
    with site.postfix.smtp(PBX) as s:
        s.ehlo()
        s.mail("pbx@pbx.example.com")
        s.rcpt(OWNER)
        site.daemon.write(item_prefix="CALL")
        reload(site)
        assert s.data(mails.freepbx_missed())[0] == 250
        assert site.postfix.hand_in(s, mails.freepbx_missed(number="2025550199"), [OWNER])[0] == 250
    site.postfix.wait_idle()
    # Postfix may keep MAIL to itself until it needs an answer, so the first mail may have begun before or after.
    first, second = [c.header("X-Ringback-Item") for c in site.mailboxes.of(OWNER)]
    assert first in ("RB-1", "CALL-1") and second == "CALL-2"


@pytest.mark.parametrize("reload", [reload_by_signal, reload_by_command])
def test_mail_keeps_the_configuration_it_began_with(daemon, reload):
    """Step by step at the milter's socket, as no mail server does: the reload falls between header and body."""
    daemon.start()
    daemon.wait_log(" start: ")
    mail = mails.freepbx_missed()
    with daemon.connect() as sock:
        mta = Mta(sock)
        mta.connect()
        mta.envelope(["<anna@example.com>"])
        mta.headers(mail)
        daemon.write(item_prefix="CALL")
        reload(SimpleNamespace(daemon=daemon))
        mta.body(mails.body_of(mail))
        edits, final = mta.end()
        assert final in "ac" and item_header(edits) == "RB-1"
        edits, _ = mta.mail(mails.freepbx_missed(number="2025550199"), ["<anna@example.com>"])
        assert item_header(edits) == "CALL-2"


@pytest.mark.parametrize("by", ["signal", "command"])
def test_bad_reload(site, by):
    with site.postfix.smtp(PBX) as s:
        s.ehlo()
        s.mail("pbx@pbx.example.com")
        s.rcpt(OWNER)
        site.daemon.write(item_prefix="CALL", unheard_of="1")
        if by == "signal":
            site.daemon.process.send_signal(signal.SIGUSR1)
            site.daemon.wait_log("the old configuration stays in force")
            assert re.search(r"ringback\.conf:\d+: ", site.daemon.log())
        else:
            r = site.daemon.cli("reload", ok=False)
            assert r.returncode == EX_CONFIG and re.search(r"ringback\.conf:\d+: .*unheard_of", r.stderr)
        assert s.data(mails.freepbx_missed())[0] == 250
        assert site.postfix.hand_in(s, mails.freepbx_missed(number="2025550199"), [OWNER])[0] == 250
    site.postfix.wait_idle()
    assert [c.header("X-Ringback-Item") for c in site.mailboxes.of(OWNER)] == ["RB-1", "RB-2"]


# ---- what others wrote, on the operator's terminal ----

EVIL = "=?utf-8?Q?=1B[31mEvil=1B]0;title=07=C2=9B2J=7F=E2=80=AEname?="


def test_terminal_is_safe(office, tmp_path):
    """A caller's name and a person's reply may hold escape sequences; no command lets one through."""
    mail = mails.asterisk_voicemail(number="2025550177", name=EVIL)
    (tmp_path / "evil.eml").write_bytes(mail)
    office.send(mail, [OWNER])
    office.smsc.reply(ANNA, "10 \x1b]0;title\x07 what")
    wait_until(lambda: "what" in office.daemon.cli("why", "1").stdout + office.daemon.cli("why", "2").stdout
               or office.daemon.rows("SELECT 1 FROM journal WHERE why LIKE '%what%'"), "the reply is in the journal")
    for args in (["list"], ["show", "2"], ["why", "1"], ["why", "2"], ["find", "2025550177"], ["ack", "2"],
                 ["close", "2"], ["parse", str(tmp_path / "evil.eml")], ["replay", str(tmp_path / "evil.eml")]):
        r = office.daemon.cli(*args)
        assert is_harmless(r.stdout) and is_harmless(r.stderr), args
    assert "Evil" in office.daemon.cli("show", "2").stdout
    for args in (["show", "--json", "2"], ["parse", "--json", str(tmp_path / "evil.eml")]):
        assert "\x1b" not in office.daemon.cli(*args).stdout
