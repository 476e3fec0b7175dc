"""The journal's chain from the outside: tampering by SQLite directly, and witnesses."""
import json
import sqlite3

import pytest

import mails
from daemon import OWNER

EX_USAGE, EX_DATAERR = 64, 65


def objects(r):
    return [json.loads(line) for line in r.stdout.splitlines()]


@pytest.fixture
def office(empty_site):
    """Three calls of which nobody hears."""
    empty_site.start(collect_window="0s")
    for n in range(3):
        empty_site.send(mails.freepbx_missed(number=f"202555014{n}"), [OWNER])
    assert empty_site.daemon.rows("SELECT count(*) FROM items") == [(3,)]     # before the mail went on
    empty_site.daemon.stop()
    return empty_site


def spoil(site, sql):
    db = site.daemon.db()
    db.executescript("DROP TRIGGER journal_update; DROP TRIGGER journal_delete;" + sql)
    db.close()


def test_verify(office):
    [o] = objects(office.daemon.cli("journal", "verify", "--json"))
    [h] = objects(office.daemon.cli("journal", "head", "--json"))
    assert o["whole"] is True and o["records"] >= 3 and (o["records"], o["head"]) == (h["records"], h["head"])
    assert o["head"].startswith(f"{o['records']}:")
    office.daemon.cli("journal", "verify", "--head", o["head"])
    office.daemon.cli("close", "1")
    office.daemon.cli("journal", "verify", "--head", o["head"])     # still there, further down


@pytest.mark.parametrize("sql, words", [
    ("UPDATE journal SET why = 'nothing' WHERE id = 2", "record 2: it is not what was written"),
    ("UPDATE journal SET at = 0 WHERE id = 1", "record 1: it is not what was written"),
    ("DELETE FROM journal WHERE id = 2", "record 3: the record before it is missing"),
    ("DELETE FROM journal WHERE id = (SELECT max(id) FROM journal)", "were written"),
    ("UPDATE journal SET id = -1 WHERE id = 1; UPDATE journal SET id = 1 WHERE id = 2; UPDATE journal SET id = 2 WHERE id = -1",
     "record 1: it is not what was written"),
    ("INSERT INTO journal (item, at, who, what, how, why, link) VALUES (1, 1, 'bob', 'closed', 'cli', 'spam', zeroblob(48))",
     "it is not what was written"),
], ids=["why", "at", "deleted", "cut-off", "swapped", "appended"])
def test_spoilt(office, sql, words):
    spoil(office, sql)
    r = office.daemon.cli("journal", "verify", ok=False)
    assert r.returncode == EX_DATAERR and "the journal was changed" in r.stderr and words in r.stderr and not r.stdout


def test_written_anew(office):
    """Whoever has the file can write all of it anew; who has an old head sees it."""
    [h] = objects(office.daemon.cli("journal", "head", "--json"))
    spoil(office, "DELETE FROM journal; DELETE FROM sqlite_sequence WHERE name = 'journal'")
    r = office.daemon.cli("journal", "verify", "--head", h["head"], ok=False)
    assert r.returncode == EX_DATAERR and "before the given head" in r.stderr
    r = office.daemon.cli("journal", "verify", "--head", "1:" + 64 * "0", ok=False)
    assert r.returncode == EX_DATAERR


@pytest.mark.parametrize("args", [[], ["prove"], ["verify", "--head", "1:ab"], ["verify", "--head", "x"], ["head", "verify"]])
def test_usage(office, args):
    r = office.daemon.cli("journal", *args, ok=False)
    assert r.returncode == EX_USAGE and r.stderr


def test_append_only(office):
    db = office.daemon.db()
    for sql in ("UPDATE journal SET why = 'x'", "DELETE FROM journal"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            db.execute(sql)
    db.close()


# ---- forgetting ----

NUMBER = "+12025550141"


def everything(site):
    """All octets of the store, once it is closed and its log is in it."""
    return b"".join(f.read_bytes() for f in site.daemon.folder.glob("ringback.db*"))


def test_forget(office):
    assert NUMBER.encode() in everything(office)
    [h] = objects(office.daemon.cli("journal", "head", "--json"))
    [o] = objects(office.daemon.cli("forget", "--json", "202-555-0141"))
    assert (o["items"], o["closed"]) == (1, 1)
    left = everything(office)
    assert NUMBER.encode() not in left and b"2025550141" not in left and b"+12025550140" in left
    office.daemon.cli("journal", "verify", "--head", h["head"])
    items = {i["id"]: i for i in objects(office.daemon.cli("list", "--all", "--json"))}
    assert len(items) == 3 and items["RB-2"]["caller"] is None and items["RB-2"]["resolution"] == "expired"
    assert items["RB-1"]["caller"] == "+12025550140"
    assert [r["what"] for r in objects(office.daemon.cli("why", "--json", "2"))][-1] == "forgotten"
    r = office.daemon.cli("forget", "202-555-0141", ok=False)
    assert r.returncode == EX_DATAERR


@pytest.mark.parametrize("args", [[], ["nobody"], ["--all"]])
def test_forget_usage(office, args):
    assert office.daemon.cli("forget", *args, ok=False).returncode == EX_USAGE


def test_retention(office):
    """Closed longer ago than kept: the courier forgets it at its start; what is open stays."""
    office.daemon.cli("close", "1")
    db = office.daemon.db()
    db.execute("UPDATE items SET closed = closed - 100, until = until - 100 WHERE id = 1")
    db.commit()
    db.close()
    office.daemon.write(keep_missed="60s")
    office.daemon.start()
    office.daemon.wait_log("forgotten=1 items")
    office.daemon.stop()
    items = {i["id"]: i["caller"] for i in objects(office.daemon.cli("list", "--all", "--json"))}
    assert items == {"RB-1": None, "RB-2": NUMBER, "RB-3": "+12025550142"}
    assert [r["why"] for r in objects(office.daemon.cli("why", "--json", "1"))][-1] == "missed, kept for 0 days"
    office.daemon.cli("journal", "verify")
