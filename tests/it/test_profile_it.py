"""ringback profile: an administrator who has written a text of his own drafts a profile from three mails, tries it on others,
and puts it in force."""
import json
import os
import pty
import subprocess
from email.header import Header

import pytest
from test_cli_it import BUILD, EX_DATAERR, EX_NOINPUT, EX_OK, EX_USAGE, is_harmless, objects, ringback
from daemon import Daemon

EX_CANTCREAT = 73
ALL, NOT_ALL, CANNOT = 0, 1, 2
WHERE = ("--region", "GB", "--timezone", "Europe/London")

CALLS = [('"Jane Doe" <02079460143>', "0:27", "Friday, March 13, 2026 at 10:04:20 PM", "Fri, 13 Mar 2026 22:04:20 +0000"),
         ('"Bob O\'Neill" <07700900456>', "1:12", "Saturday, March 14, 2026 at 09:30:02 AM", "Sat, 14 Mar 2026 09:30:02 +0000"),
         ("07700900457", "0:05", "Monday, March 16, 2026 at 01:15:00 PM", "Mon, 16 Mar 2026 13:15:00 +0000"),
         ("an unknown caller", "12:40", "Tuesday, March 17, 2026 at 12:01:59 PM", "Tue, 17 Mar 2026 12:01:59 +0000")]


def mail(who, length, time, date, subject="Clinic voicemail for box 402"):
    return (f"Date: {date}\nFrom: Harbour Clinic Phones <phones@pbx.example.com>\nTo: clinic@example.com\n"
            f"Subject: {Header(subject, 'utf-8').encode()}\nMessage-ID: <{abs(hash(date))}@pbx.example.com>\n"
            "Content-Type: text/plain; charset=utf-8\n\n"
            f"Hello,\n\nsomebody left us a voice message in box 402. It was {who} and the message is {length} long.\n"
            f"It was recorded on {time}.\n\nIf the phones are down call Dave on 020 7946 0999.\n").encode()


@pytest.fixture
def samples(tmp_path):
    files = [tmp_path / f"{i}.eml" for i in range(len(CALLS))]
    for file, call in zip(files, CALLS):
        file.write_bytes(mail(*call))
    return files


@pytest.fixture
def draft(samples, tmp_path):
    file = tmp_path / "clinic.conf"
    r = ringback("profile", "new", *WHERE, "-o", file, *samples[:2])
    assert r.returncode == EX_OK and not r.stdout, r.stderr
    return file


def read(draft, *files, args=WHERE):
    return ringback("profile", "test", "--json", *args, draft, *files)


def test_draft_reads_other_mails(samples, draft):
    r = read(draft, *samples)
    assert r.returncode == ALL, r.stderr
    calls = objects(r)
    assert [c["profile"] for c in calls] == ["clinic"] * 4
    assert [c["caller"] for c in calls] == ["+442079460143", "+447700900456", "+447700900457", None]
    assert [c["withheld"] for c in calls] == [False, False, False, True]
    assert [c["caller_name"] for c in calls] == ["Jane Doe", "Bob O'Neill", None, None]
    assert [c["duration_s"] for c in calls] == [27, 72, 5, 760]
    assert [c["time"] for c in calls][1] == "2026-03-14T09:30:02Z"
    assert {c["called"] for c in calls} == {"402"} and {c["class"] for c in calls} == {"voicemail"}
    assert all(c["missing"] == [] for c in calls)


def test_draft_on_standard_output_is_the_same(samples, draft):
    r = ringback("profile", "new", "--name", "clinic", *WHERE, *samples[:2])
    assert r.returncode == EX_OK and r.stdout == draft.read_bytes()
    text = r.stdout.decode()
    assert is_harmless(text.replace("\t", " "))
    assert "(?<caller>" in text and "020 7946 0999" not in text


def test_draft_from_an_mbox(samples, draft, tmp_path):
    mbox = tmp_path / "mbox"
    mbox.write_bytes(b"".join(b"From phones@pbx.example.com Fri Mar 13 22:04:20 2026\n" + f.read_bytes() + b"\n"
                              for f in samples))
    one, two = tmp_path / "one.conf", tmp_path / "two.conf"
    for out, files in (one, [mbox]), (two, samples):
        assert ringback("profile", "new", "--name", "x", *WHERE, "-o", out, *files).returncode == EX_OK
    rules = [[line for line in f.read_text().splitlines() if not line.startswith("#")] for f in (one, two)]
    assert rules[0] == rules[1]
    assert len(objects(read(one, mbox))) == 4


def test_draft_from_standard_input(samples):
    r = ringback("profile", "new", *WHERE, "-", data=samples[0].read_bytes())
    assert r.returncode == EX_OK and b'profile "my-pbx" {' in r.stdout
    assert b"One sample does not show what varies" in r.stdout


def test_a_file_is_not_overwritten(samples, draft):
    before = draft.read_bytes()
    r = ringback("profile", "new", "-o", draft, samples[2])
    assert r.returncode == EX_CANTCREAT and b"--force" in r.stderr and draft.read_bytes() == before
    assert ringback("profile", "new", "-o", draft, "--force", samples[2]).returncode == EX_OK
    assert draft.read_bytes() != before


def test_nothing_to_draft_from(tmp_path):
    human = tmp_path / "human.eml"
    human.write_bytes(b"From: anna@example.com\nSubject: Lunch\n\nAt one?\n")
    r = ringback("profile", "new", "-o", tmp_path / "x.conf", human)
    assert r.returncode == EX_DATAERR and b"neither a caller nor a time" in r.stderr
    assert not (tmp_path / "x.conf").exists()
    assert ringback("profile", "new", tmp_path / "none.eml").returncode == EX_NOINPUT


@pytest.mark.parametrize("args, code", [
    (["profile"], EX_USAGE), (["profile", "dance"], EX_USAGE), (["profile", "new"], EX_USAGE),
    (["profile", "new", "--name", 'a"b', "f"], EX_USAGE), (["profile", "new", "--region", "XX", "f"], EX_USAGE),
    (["profile", "list", "--force"], EX_USAGE), (["profile", "list", "x"], EX_USAGE),
    (["profile", "test", "asterisk"], CANNOT), (["profile", "test", "--force", "a", "b"], CANNOT),
    (["profile", "test", "no-such-profile", "/dev/null"], CANNOT), (["profile", "test", "/no/such.conf", "/dev/null"], CANNOT),
], ids=lambda a: " ".join(a) if isinstance(a, list) else "")
def test_usage(args, code):
    r = ringback(*args)
    assert r.returncode == code and r.stderr and not r.stdout


def test_where_each_value_comes_from(samples, draft):
    r = ringback("profile", "test", *WHERE, draft, samples[0])
    out = r.stdout.decode()
    assert is_harmless(out) and r.returncode == ALL
    rule = next(i for i, line in enumerate(draft.read_text().splitlines(), 1) if "(?<duration>" in line)
    assert f"text, line 3      clinic.conf:{rule}" in out
    assert "It was \"Jane Doe\" <02079460143> and" in out
    assert "the number is +442079460143" in out
    assert "2026-03-13T22:04:20+00:00, as printed (en_US|EEEE, MMMM dd, yyyy 'at' hh:mm:ss a)" in out
    [o] = objects(read(draft, samples[0]))
    [caller] = [v for v in o["explain"]["values"] if v["field"] == "caller"]
    text = samples[0].read_text().split("\n\n", 1)[1]
    assert text.encode()[caller["offset"]:][:caller["size"]] == b"02079460143"


def test_the_value_is_underlined_on_a_terminal(samples, draft):
    main, terminal = pty.openpty()
    subprocess.run([str(BUILD / "src/ringback"), "profile", "test", *WHERE, str(draft), str(samples[0])], stdout=terminal,
                   check=True, env={**os.environ, "LC_ALL": "C.UTF-8"})
    os.close(terminal)
    out = b""
    while True:
        try:
            piece = os.read(main, 65536)
        except OSError:
            break
        if not piece:
            break
        out += piece
    os.close(main)
    assert b"<\x1b[4m02079460143\x1b[24m>" in out


def test_what_is_missing(samples, draft, tmp_path):
    other = tmp_path / "other.eml"
    other.write_bytes(samples[0].read_bytes().replace(b"is 0:27 long", b"is short"))
    r = ringback("profile", "test", *WHERE, draft, other)
    assert b"MISSING, though the profile expects it: duration" in r.stdout
    [o] = objects(read(draft, other))
    assert o["missing"] == ["duration"] and o["not_found"] == []


def test_a_mail_that_is_not_read(samples, draft, tmp_path):
    reply = tmp_path / "reply.eml"
    reply.write_bytes(b"In-Reply-To: <1@example.com>\n" + samples[0].read_bytes())
    changed = tmp_path / "changed.eml"
    changed.write_bytes(samples[0].read_bytes().replace(b"somebody left us", b"we have"))
    r = ringback("profile", "test", *WHERE, draft, reply, changed, samples[0])
    out = r.stdout.decode()
    assert r.returncode == NOT_ALL
    assert "reply.eml: not read: no profile is asked: " in out
    assert "changed.eml: not read: only 3 of 4 patterns of match hold; not so: text('^\\h*somebody" in out
    [one, two, three] = objects(read(draft, reply, changed, samples[0]))
    assert one["explain"]["never"] and two["explain"]["near"] and three["profile"] == "clinic"


def test_a_profile_with_an_error(samples, draft):
    lines = draft.read_text().splitlines()
    bad = next(i for i, line in enumerate(lines) if "(?<caller>" in line)
    lines[bad] = "\t\ttext('(?<caller>')"
    draft.write_text("\n".join(lines) + "\n")
    r = ringback("profile", "test", draft, samples[0])
    assert r.returncode == CANNOT and f"clinic.conf:{bad + 1}: ".encode() in r.stderr and not r.stdout


def test_a_profile_in_force_by_name(samples):
    r = ringback("profile", "test", "freepbx", samples[0])
    assert r.returncode == NOT_ALL and b"not read" in r.stdout


def test_list():
    r = ringback("profile", "list")
    lines = r.stdout.decode().splitlines()
    assert r.returncode == EX_OK and lines[0].split() == ["PROFILE", "CLASS", "PRIORITY", "MATCH", "EXTRACT", "FILE"]
    rows = objects(ringback("profile", "list", "--json"))
    assert len(rows) == len(lines) - 1
    assert [r["priority"] for r in rows] == sorted(r["priority"] for r in rows)
    [row] = [r for r in rows if r["profile"] == "freepbx-missed"]
    assert row["class"] == "missed" and row["file"].endswith("/freepbx.conf") and row["extract"] > 3


def test_a_draft_in_force(samples, draft):
    """In the folder of the profiles, beside those of the products."""
    d = Daemon()
    try:
        [o] = objects(d.cli("parse", "--json", *WHERE, str(samples[2])))
        assert o["profile"] != "clinic"
        folder = draft.parent / "profiles"
        folder.mkdir()
        (folder / "clinic.conf").write_bytes(draft.read_bytes())
        env = {**os.environ, "RINGBACK_PROFILE_DIR": str(folder)}
        r = subprocess.run([str(BUILD / "src/ringback"), "parse", "--json", *WHERE, str(samples[2])], env=env,
                           stdout=subprocess.PIPE, check=True)
        assert json.loads(r.stdout)["profile"] == "clinic"
    finally:
        d.destroy()


def test_hostile_samples(tmp_path):
    """Nothing in a sample can end a string, a comment or a section of the draft."""
    bad = tmp_path / "a\n} profile 'evil' {.eml"
    bad.write_bytes(mail("'} } profile \"evil\" { match { subject('.') } } # ${HOME} \\' <02079460143>", "0:27", CALLS[0][2],
                         CALLS[0][3], subject="Voicemail '\\' } /* for box 402"))
    r = ringback("profile", "new", *WHERE, "-o", tmp_path / "x.conf", bad)
    assert r.returncode == EX_OK, r.stderr
    [o] = objects(read(tmp_path / "x.conf", bad))
    assert o["profile"] == "x" and o["caller"] == "+442079460143"
