"""ringback oncall, and iCalendar files that change, on a daemon that runs."""
import json
import subprocess

import pytest
from daemon import BUILD, Daemon
from postfix import wait_until

EX_OK, EX_USAGE, EX_DATAERR = 0, 64, 65
EVENT = """BEGIN:VEVENT
UID:one@example.com
DTSTART:20260302T090000Z
DTEND:20260309T090000Z
SUMMARY:{who}
END:VEVENT
"""
CALENDAR = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//example//EN\n{events}END:VCALENDAR\n"
SCHEDULES = """
schedule weeks {{ rotation {{ members = {{ anna, bob }} start = "2026-03-02" handoff = "Mo 09:00" }} }}
schedule shifts {{ calendar = "{ics}" }}
"""


@pytest.fixture
def daemon():
    d = Daemon()
    ics = d.folder / "shifts.ics"
    ics.write_text(CALENDAR.format(events=EVENT.format(who="Anna Smith")))
    d.ics = ics
    d.extra = SCHEDULES.format(ics=ics)
    d.write()
    d.start()
    yield d
    d.destroy()


def oncall(daemon, *args):
    r = subprocess.run([str(BUILD / "src/ringback"), "-c", str(daemon.conf), "oncall", "--json", *args],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    return r.returncode, [json.loads(line) for line in r.stdout.splitlines() if line.startswith("{")], r.stderr


def who(daemon, schedule, at):
    code, rows, error = oncall(daemon, "--at", at, schedule)
    assert code == EX_OK, error
    return rows[0]["person"]


def test_who(daemon):
    assert who(daemon, "weeks", "2026-03-02 09:00") == "anna"
    assert who(daemon, "weeks", "2026-03-09 09:00") == "bob"
    assert who(daemon, "shifts", "2026-03-05") == "anna"
    assert who(daemon, "shifts", "2026-03-10") is None


def test_days_and_gaps(daemon):
    code, rows, _ = oncall(daemon, "--at", "2026-03-09 09:00", "--days", "14", "weeks")
    assert code == EX_OK and [r["person"] for r in rows] == ["bob", "anna"]
    assert rows[0]["to"] == rows[1]["from"] == "2026-03-16T13:00:00Z"
    assert oncall(daemon, "--gaps", "--at", "2026-03-09 09:00", "weeks")[:2] == (EX_OK, [])
    code, rows, _ = oncall(daemon, "--gaps", "--at", "2026-03-05", "shifts")
    assert code == EX_DATAERR and [(r["from"], r["person"]) for r in rows] == [("2026-03-09T09:00:00Z", None)]


def test_ical_is_read_back(daemon):
    r = subprocess.run([str(BUILD / "src/ringback"), "-c", str(daemon.conf), "oncall", "--ical", "--at", "2026-03-09 09:00",
                        "--days", "14", "weeks"], stdout=subprocess.PIPE, check=True, text=True)
    daemon.ics.write_text(r.stdout)
    assert who(daemon, "shifts", "2026-03-10") == "bob"
    assert who(daemon, "shifts", "2026-03-17") == "anna"


def test_override(daemon):
    code, rows, _ = oncall(daemon, "override", "weeks", "--person", "bob", "--from", "2036-03-03 09:00", "--to",
                           "2036-03-03 18:00")
    assert code == EX_OK and (rows[0]["id"], rows[0]["from"], rows[0]["by"]) == (1, "2036-03-03T14:00:00Z", "operator")
    assert who(daemon, "weeks", "2036-03-03 12:00") == "bob"
    assert who(daemon, "weeks", "2036-03-03 18:00") == "anna"
    assert [r["id"] for r in oncall(daemon, "override")[1]] == [1]
    assert oncall(daemon, "override", "--remove", "1")[0] == EX_OK
    assert who(daemon, "weeks", "2036-03-03 12:00") == "anna"
    assert oncall(daemon, "override")[:2] == (EX_OK, [])
    assert oncall(daemon, "override", "--remove", "1")[0] == EX_DATAERR
    words = [w for (w,) in daemon.db().execute("SELECT what FROM journal ORDER BY id")]
    assert words == ["overridden", "override_removed"]


@pytest.mark.parametrize("args, words", [
    (["nights"], "no such schedule 'nights'; schedules: weeks, shifts"),
    (["--at", "soon"], "--at soon: no such time"),
    (["--ical"], "name it"),
    (["--days", "367"], "usage"),
    (["--person", "bob"], "usage"),
    (["override", "weeks", "--person", "eve", "--to", "2036-01-01"], "no such person 'eve'"),
    (["override", "weeks", "--person", "bob"], "--to"),
    (["override", "weeks", "--person", "bob", "--to", "2020-01-01"], "or over"),
    (["override", "--person", "bob", "--to", "2036-01-01"], "usage"),
    (["override", "--remove", "one"], "no number"),
])
def test_refusals(daemon, args, words):
    code, _, error = oncall(daemon, *args)
    assert code == EX_USAGE and words in error


def status(daemon):
    return [json.loads(line) for line in daemon.cli("status", "--json").stdout.splitlines()]


def test_a_broken_calendar_stays_as_it_was(daemon):
    """The daemon sees it by itself, says so, and goes on with what was good; then the file is good again."""
    daemon.ics.write_text("BEGIN:VCALENDAR\nBEGIN:VEV")
    wait_until(lambda: "shifts.ics:2: is cut short" in daemon.log(), "the daemon tells of the broken calendar", timeout=60)
    assert "what was good before stays in force" in daemon.log()
    assert any("shifts.ics:2" in (o.get("calendar_error") or "") for o in status(daemon))
    before = len(daemon.log())
    daemon.ics.write_text(CALENDAR.format(events=EVENT.format(who="Bob Jones")))
    wait_until(lambda: "calendars: read again" in daemon.log()[before:], "the daemon reads it again", timeout=60)
    assert not any(o.get("calendar_error") for o in status(daemon))
