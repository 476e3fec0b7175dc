"""The report against figures that are computed from `ringback export` alone, and the mail it makes. The store is filled by
contrib/bench/fillstore, which writes the journal's chain by the words of chain.h and not by its code."""
import csv
import email
import email.policy
import hashlib
import importlib.machinery
import importlib.util
import io
import json
import math
import struct
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from daemon import AUDIT, SRC, Daemon

EX_USAGE = 64
ZONE = ZoneInfo("America/New_York")
FROM, TO = "2026-02-01", "2026-06-01 12:30"


def load(path):
    loader = importlib.machinery.SourceFileLoader("fillstore", str(path))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("fillstore", loader))
    loader.exec_module(module)
    return module


def at(text):
    return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())


@pytest.fixture(scope="module")
def office():
    d = Daemon(hours='"Mo-Fr 09:00-17:00"')
    d.start()
    d.wait_log(" start: ")
    d.stop()
    load(SRC / "contrib/bench/fillstore").fill(str(d.folder / "ringback.db"), 1500, ("clinic",), at("2026-07-01"))
    d.cli("export", str(d.folder / "export"))
    yield d
    d.destroy()


@pytest.fixture(scope="module")
def exported(office):
    folder = office.folder / "export"
    items = []
    for f in sorted((folder / "items").iterdir()):
        v = json.loads(f.read_text())
        body = v["analysis"][-1]["body"]
        body["id"] = int(body["item"].split("-")[1])
        body["caller"] = v["parties"][0].get("tel")
        body["start"] = v["dialog"][0]["start"]
        items.append(body)
    records = [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]
    return items, records


def seconds(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()) if text else 0


def test_chain(office, exported):
    """The hashes of the export, followed by hashlib."""
    _, records = exported
    before = bytes(32)
    for n, r in enumerate(records, 1):
        assert r["id"] == n
        text = b"".join(struct.pack(">I", len(r[k].encode())) + r[k].encode() for k in ("who", "what", "how"))
        commitment = hashlib.sha256(bytes.fromhex(r["salt"]) + r["why"].encode()).digest() if r["why"] is not None else bytes(32)
        before = hashlib.sha256(before + struct.pack(">qqq", n, r["item"] or 0, r["at"]) + text + commitment).digest()
        assert r["hash"] == before.hex()
    verified = json.loads(office.cli("journal", "verify", "--json").stdout)
    assert verified["head"] == f"{len(records)}:{before.hex()}"


def open_seconds(begin, end):
    """Of Mo-Fr 09:00-17:00, day by day."""
    day, total = datetime.fromtimestamp(begin, ZONE).date(), 0
    while True:
        opens = datetime(day.year, day.month, day.day, 9, tzinfo=ZONE).timestamp()
        closes = datetime(day.year, day.month, day.day, 17, tzinfo=ZONE).timestamp()
        if opens >= end:
            return int(total)
        if day.weekday() < 5:
            total += max(0, min(end, closes) - max(begin, opens))
        day += timedelta(days=1)


def rank(values, p):
    values = sorted(values)
    return values[math.ceil(p * len(values)) - 1] if values else None


def is_open(when):
    t = datetime.fromtimestamp(when, ZONE)
    return t.weekday() < 5 and 9 <= t.hour < 17


def recompute(items, records, begin, end):
    now_items = [i for i in items if i["state"] != "closed"]
    items = [i for i in items if begin <= seconds(i["created"]) < end]
    ids = {i["id"] for i in items}
    won = [i for i in items if i.get("resolution") in ("called_back", "caller_reached")]
    first = {}
    for r in records:
        if r["item"] in ids and r["what"] in ("acknowledged", "tried", "closed"):
            first.setdefault(r["item"], r["at"])
    acks = [(seconds(i["created"]), first[i["id"]]) for i in items if i["id"] in first]
    backs = [(seconds(i["created"]), seconds(i["closed"])) for i in won]
    within = [r for r in records if begin <= r["at"] < end]
    texts = [r for r in within if r["what"] == "sent" and r["how"] == "text"]
    calls = Counter()
    for i in items:
        if i["caller"]:
            calls[i["caller"]] += 2 if i["calls"] > 1 else 1
    figures = {
        "items": len(items), "recovered": len(won), "recovery_rate": len(won) / len(items),
        "within_promise": sum(seconds(i["closed"]) <= seconds(i["due"]) for i in won),
        "live": len(now_items), "without_owner": sum(not i.get("owner") for i in items),
        "repeat_callers": sum(n > 1 for n in calls.values()),
        "after_hours": sum(not is_open(seconds(i["created"])) for i in items) / len(items),
        "notices": sum(r["how"] == "mail" and r["what"] in ("created", "copied", "joined", "seen_again", "suppressed") for r in within),
        "texts": len(texts),
    }
    for name, spans in (("ack", acks), ("callback", backs)):
        for suffix, lasts in (("", [b - a for a, b in spans]), ("_open", [open_seconds(a, b) for a, b in spans])):
            figures[f"{name}{suffix}_median"], figures[f"{name}{suffix}_p90"] = rank(lasts, 0.5), rank(lasts, 0.9)
    night = [r for r in texts if not 7 <= datetime.fromtimestamp(r["at"], ZONE).hour < 22]
    hours = Counter()
    for i in items:
        t = datetime.fromtimestamp(seconds(i["start"]), ZONE)
        hours[t.weekday(), t.hour] += 1
    tables = {
        "people": {p: (n, sum(r["why"] == f"first to {p}" for r in night))
                   for p, n in Counter(r["why"].rsplit(" ", 1)[1] for r in texts).items()},
        "reasons": Counter(i["reason"] for i in items),
        "resolutions": Counter(i["resolution"] for i in items if i["state"] == "closed"),
        "closed_by": Counter(r["how"] for r in records if r["item"] in ids and r["what"] == "closed"),
        "hours": hours,
    }
    return figures, tables


def report(office, *args):
    return json.loads(office.cli("report", "--json", "--from", FROM, "--to", TO, *args).stdout)


def test_recomputed(office, exported):
    r = report(office)
    figures, tables = recompute(*exported, at(FROM), at(TO))
    assert figures["items"] > 400 and figures["live"] >= 3 and 0 < figures["callback_open_median"] or figures["callback_open_p90"]
    for key, value in figures.items():
        assert r[key] == pytest.approx(value, abs=1e-5), key
    assert r["within_promise_rate"] == pytest.approx(figures["within_promise"] / figures["recovered"], abs=1e-5)
    assert {p["person"]: (p["texts"], p["night"]) for p in r["people"]} == tables["people"]
    for table, column in (("reasons", "reason"), ("resolutions", "resolution")):
        assert {row[column]: row["items"] for row in r[table]} == dict(tables[table]), table
    assert {row["way"]: row["times"] for row in r["closed_by"]} == dict(tables["closed_by"])
    days = ("mo", "tu", "we", "th", "fr", "sa", "su")
    assert {(d, int(row["hour"])): row[days[d]] for row in r["hours"] for d in range(7) if row[days[d]]} == dict(tables["hours"])
    [line] = r["lines"]
    assert (line["line"], line["items"], line["recovered"]) == ("clinic", figures["items"], figures["recovered"])


def test_needs_you(office):
    """What is live, however old, the most urgent first; all of these are overdue, and those of days ago stale."""
    r = report(office)
    rows = r["needs_you"]
    assert len(rows) == r["live"] == r["overdue"] == r["stale"] >= 3
    assert rows == sorted(rows, key=lambda row: row["due"]) and all(row["flags"] == "overdue stale" for row in rows)


def test_csv_has_the_same(office):
    r = report(office)
    rows = list(csv.DictReader(io.StringIO(office.cli("report", "--format", "csv", "--from", FROM, "--to", TO).stdout)))
    figures = {row["row"]: row["value"] for row in rows if row["table"] == "figures"}
    assert float(figures["items"]) == r["items"] and float(figures["recovery_rate"]) == pytest.approx(r["recovery_rate"], abs=1e-5)
    assert {row["row"]: int(row["value"]) for row in rows if row["table"] == "reasons"} == {
        row["reason"]: row["items"] for row in r["reasons"]}


def test_price(office):
    r = report(office, "--price", "0.075EUR")
    assert r["text_cost"] == pytest.approx(r["texts"] * 0.075)
    assert "EUR" in office.cli("report", "--from", FROM, "--to", TO, "--price", "0.075EUR").stdout


@pytest.mark.parametrize("language, words", [("en", "Needs you today"), ("de", "Heute zu tun")])
def test_mail(office, language, words):
    """A second parser, strictly: text, HTML with the picture inside, and the head of the chain as a witness."""
    made = office.cli("report", "--weekly", "--mail", "boss@example.com", "--language", language).stdout
    m = email.message_from_string(made, policy=email.policy.strict)
    assert (m["To"], m["Auto-Submitted"]) == ("boss@example.com", "auto-generated") and m["Date"] and m["Message-ID"]
    assert [p.get_content_type() for p in m.walk()] == ["multipart/alternative", "text/plain", "multipart/related", "text/html",
                                                        "image/png"]
    assert not any(p.defects for p in m.walk())
    text, html, picture = (p for p in m.walk() if not p.is_multipart())
    head = json.loads(office.cli("journal", "head", "--json").stdout)["head"]
    assert words in text.get_content() and head in text.get_content()
    assert words in html.get_content() and head in html.get_content()
    assert f"cid:{picture['Content-ID'].strip('<>')}" in html.get_content() and "http" not in html.get_content()
    assert picture.get_content().startswith(b"\x89PNG")
    office.cli("journal", "verify", "--head", head)


def test_daily_mail_is_short(office):
    m = email.message_from_string(office.cli("report", "--daily", "--format", "mail").stdout, policy=email.policy.strict)
    assert m["To"] == AUDIT and [p.get_content_type() for p in m.walk()] == ["multipart/alternative", "text/plain", "text/html"]


def test_html(office):
    html = office.cli("report", "--format", "html", "--from", FROM, "--to", TO).stdout
    assert "data:image/png;base64," in html and "<script" not in html and 'lang="en"' in html
    assert 'alt="Missed calls by weekday' in html and html.index("alt=") < html.index('class="hours"')    # a table behind it


@pytest.mark.parametrize("args", [["--from", "soon"], ["--to", "2020-01-01", "--from", "2021-01-01"], ["--format", "pdf"],
                                  ["--price", "much"], ["--line", "nowhere"], ["x"], ["--from", "1990-01-01"]], ids=" ".join)
def test_usage(office, args):
    r = office.cli("report", *args, ok=False)
    assert r.returncode == EX_USAGE and r.stderr and not r.stdout


def test_line(office):
    assert report(office, "--line", "clinic")["texts"] > 0


def test_export_into_nothing(office):
    r = office.cli("export", "/proc/nowhere/x", ok=False)
    assert r.returncode == 73 and "/proc/nowhere" in r.stderr
