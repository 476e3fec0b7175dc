#!/usr/bin/python3
"""How much of a folder of mails does ringback read right? Used by make check-corpus; --help has the format.

Tells for each product and each field how many mails are right, the share of those in which all fields are, and every
mail that is no call and became one."""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from email import message_from_bytes

FORMAT = """
The folder holds mails and expected.json, a list of objects; or it is like tests/golden:
*.eml beside *.expected in folders named for what they are about. Keys of expected.json:
  file            name of the mail, anywhere under the folder
  product         what wrote it; mails are counted by it
  kind            missed-call (class missed or abandoned), voicemail, or other (class none)
  caller_e164     the caller as +NUMBER, or null
  region, tz      what to read it with: ISO 3166 code; a text that begins with a time zone ("Europe/Berlin, ...")
  caller_name     or null
  called          all that the mail says of the called side; one of its words or numbers is enough
  time_utc        2026-03-03T19:15:09Z
  time_precision  second or minute
  time_basis      where it begins with "Date header", a printed time of the same minute is right too
  duration_s      seconds, or null
  reason          no-answer, busy, unreachable, rejected, abandoned, answered-elsewhere, unknown, voicemail
  transcript      or null
  unique_id       the PBX's id of the call; if it stands in the Message-ID, none is right too
  note            ignored, as is any other key
"""
FIELDS = ["class", "reason", "caller", "caller_name", "called", "time", "duration", "transcript", "call_id"]
CLASSES = {"missed-call": {"missed", "abandoned"}, "voicemail": {"voicemail"}, "other": {"none"}}
REASONS = {
    "no-answer": {"no_answer"}, "busy": {"busy"}, "unreachable": {"not_reachable"}, "rejected": {"rejected"},
    "abandoned": {"abandoned"}, "answered-elsewhere": {"answered_elsewhere"}, "unknown": {"unknown"},
    "voicemail": {"no_answer", "unknown"},    # a recording is its own reason
}
CARRIERS_NAMES = {"wireless caller"}    # a name that carriers send for any mobile: with it or without it
Mail = collections.namedtuple("Mail", "path product other region zone want")


# ---- what is expected ----

def words(text):
    return " ".join((text or "").split())


def digits(text):
    return re.sub(r"\D", "", text or "")


def called_right(want, got):
    if not want or not got:
        return not want and not got
    inside = re.search(r"(?<!\w)" + re.escape(words(got)) + r"(?!\w)", words(want))
    return bool(inside) or (digits(got) != "" and digits(got) == digits(want))


def time_right(row, got):
    want, got = row["time_utc"] or "", got or ""
    if row["time_precision"] == "minute":
        return got[:16] == want[:16]
    loose = (row.get("time_basis") or "").startswith("Date header") and got.endswith(":00Z")
    return got == want or (loose and got[:16] == want[:16])


def name_right(want, got):
    return want == got or (got is None and want.lower() in CARRIERS_NAMES)


def id_right(row, got, path):
    want = re.sub(r"\s*\(.*", "", row["unique_id"] or "") or None
    message_id = str(message_from_bytes(path.read_bytes())["Message-ID"])
    return got == want or (got is None and want is not None and want in message_id)


def duration_right(row, got):
    none = row["kind"] == "missed-call" and not row["duration_s"]    # 0:00 of a call that nobody took
    return row["duration_s"] == got or (none and not got)


def rows_want(row, path):
    def want(got):
        return {
            "class": got["class"] in CLASSES[row["kind"]],
            "reason": got["reason"] in REASONS[row["reason"]],
            "caller": got["caller"] == row["caller_e164"],
            "caller_name": name_right(row["caller_name"], got["caller_name"]),
            "called": called_right(row["called"], got["called"]),
            "time": time_right(row, got["time"]),
            "duration": duration_right(row, got["duration_s"]),
            "transcript": words(row["transcript"]) == words(got["transcript"]),
            "call_id": id_right(row, got["call_id"], path),
        }
    return want


def rows_read(folder):
    for row in json.loads((folder / "expected.json").read_text()):
        paths = sorted(folder.rglob(row["file"]))
        if not paths:
            sys.exit(f"corpus.py: {folder}/expected.json names {row['file']}, which is not there")
        zone = re.match(r"[A-Z]\w+/\w+(/\w+)?|UTC", row["tz"] or "")
        yield Mail(paths[0], row["product"], row["kind"] == "other", row["region"] or "US",
                   zone.group() if zone else "UTC", rows_want(row, paths[0]))


def golden_want(fields, dated):
    def want(got):
        keys = {key: key for key in FIELDS} | {"duration": "duration_s"}
        right = {key: fields.get(key if key != "duration" else "duration_s") ==
                 (None if got[keys[key]] is None else str(got[keys[key]])) for key in FIELDS}
        right["time"] |= not dated    # that of the arrival
        right["caller"] = got["caller"] == (None if fields.get("caller") == "withheld" else fields.get("caller"))
        return right
    return want


def golden_read(folder):
    for path in sorted(folder.rglob("*.eml")):
        text = path.with_suffix(".expected").read_text()
        fields = dict(line.split(": ", 1) for line in text.splitlines())
        fields["time"] = fields.get("time", "").split(" ")[0]
        with_what = re.search(rb"^X-Golden: (\S+) (\S+)", path.read_bytes(), re.M)
        dated = re.search(rb"^date:", path.read_bytes(), re.M | re.I)
        region, zone = (g.decode() for g in with_what.groups()) if with_what else ("US", "America/New_York")
        yield Mail(path, path.parent.name, fields["class"] == "none", region, zone, golden_want(fields, dated))


# ---- what ringback says ----

def parse(ringback, mails, profiles):
    """The answers, in the order of mails: one run for each region and zone."""
    groups = collections.defaultdict(list)
    for mail in mails:
        groups[mail.region, mail.zone].append(mail)
    said = {}
    for (region, zone), some in groups.items():
        command = [ringback, "parse", "--json", "--region", region, "--timezone", zone, *(str(m.path) for m in some)]
        done = subprocess.run(command, env=os.environ | {"RINGBACK_PROFILE_DIR": str(profiles)}, check=False,
                              stdout=subprocess.PIPE)
        if done.returncode:
            sys.exit(f"corpus.py: {' '.join(command[:7])} ... failed with {done.returncode}")
        for line in done.stdout.splitlines():
            call = json.loads(line)
            said[call["file"]] = call
    return [said[str(mail.path)] for mail in mails]


# ---- the tables ----

def print_table(mails, answers, fields, verbose):
    """True for each call of which all fields are right."""
    count = collections.defaultdict(collections.Counter)
    whole = []
    for mail, got in zip(mails, answers):
        if mail.other:
            continue
        right = mail.want(got)
        count[mail.product].update(f for f in fields if right[f])
        count[mail.product]["mails"] += 1
        whole.append(all(right[f] for f in fields))
        for field in fields:
            if verbose and not right[field]:
                key = "duration_s" if field == "duration" else field
                print(f"{mail.path}: {field} {got[key]!r}")
    print(f"{'product':26}{'mails':>6}" + "".join(f"{f:>12}" for f in fields))
    for product in sorted(count):
        print(f"{product:26}{count[product]['mails']:6}" + "".join(f"{count[product][f]:12}" for f in fields))
    return whole


def arguments():
    p = argparse.ArgumentParser(description=__doc__, epilog=FORMAT, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("folder", type=pathlib.Path, help="mails and what they say")
    p.add_argument("--ringback", default="src/ringback", help="the program; default: src/ringback")
    p.add_argument("--profiles", type=pathlib.Path, default=pathlib.Path("conf/profiles"), help="their folder")
    p.add_argument("--generic-only", action="store_true", help="no product profiles: class and caller alone count")
    p.add_argument("--goal", type=float, help="percent of the calls; default: 98, with --generic-only 85")
    p.add_argument("-v", "--verbose", action="store_true", help="each wrong field with what was read")
    return p.parse_args()


def main():
    a = arguments()
    fields = ["class", "caller"] if a.generic_only else FIELDS
    goal = a.goal if a.goal is not None else 85 if a.generic_only else 98
    mails = list((rows_read if (a.folder / "expected.json").exists() else golden_read)(a.folder))
    with tempfile.TemporaryDirectory() as only:
        (pathlib.Path(only) / "generic").symlink_to((a.profiles / "generic").absolute())
        answers = parse(a.ringback, mails, only if a.generic_only else a.profiles)
    whole = print_table(mails, answers, fields, a.verbose)
    share = 100 * sum(whole) / max(len(whole), 1)
    print(f"{', '.join(fields) if a.generic_only else 'all fields'} right: "
          f"{sum(whole)} of {len(whole)} calls, {share:.1f} % (goal {goal:g} %)")
    items = [m for m, got in zip(mails, answers) if m.other and got["class"] != "none"]
    print(f"no call, but became one: {len(items)} of {sum(m.other for m in mails)} (goal 0)")
    for mail in items:
        print(f"  {mail.path}")
    # What only the product's own profile can know, tests/golden/none has too.
    forgiven = a.generic_only and not (a.folder / "expected.json").exists()
    return 0 if share >= goal and whole and (forgiven or not items) else 1


if __name__ == "__main__":
    sys.exit(main())
