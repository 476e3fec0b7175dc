"""What crosses the milter socket, and in which order."""
import mails
import pytest
from daemon import AUDIT, OWNER, STRANGER, Daemon
from miltermta import (ADD_HEADER, ADD_RCPT, ADD_RCPT_PAR, CHANGE_HEADER, DEL_RCPT, HDR_LEADSPC, NODATA, NOHELO, NO_REPLY,
                       REPLACE_BODY, SKIP, STEPS, Closed, Mta)


@pytest.fixture(scope="module")
def daemon():
    d = Daemon().start()
    yield d
    d.destroy()


@pytest.fixture
def sock(daemon):
    with daemon.connect() as s:
        yield s


def numbers():
    n = 0
    while True:
        n += 1
        yield f"20255501{n:02}"


NUMBERS = numbers()


def test_negotiation(sock):
    mta = Mta(sock)
    for command in "CMRL":
        assert mta.steps & NO_REPLY[command], command
    assert mta.steps & NOHELO and mta.steps & SKIP and mta.steps & HDR_LEADSPC
    for command in "NB":
        assert not mta.steps & NO_REPLY[command], command
    assert mta.steps & NODATA        # on a unix socket; over TCP it stays, with its reply


def test_order_of_edits(sock):
    mta = Mta(sock)
    mta.connect()
    edits, reply = mta.mail(mails.asterisk_voicemail(number=next(NUMBERS), audio=mails.wav(200000)),
                            ["<bob@example.com>", "<Carl@Example.com>"])
    assert reply in "ac"
    order = "".join(command for command, _ in edits)
    kinds = [order.index(c) for c in (ADD_HEADER, ADD_RCPT_PAR if ADD_RCPT_PAR in order else ADD_RCPT, REPLACE_BODY,
                                      DEL_RCPT)]
    assert kinds == sorted(kinds)
    headers = max(order.rindex(c) for c in (ADD_HEADER, CHANGE_HEADER) if c in order)
    adds = max(order.rindex(c) for c in (ADD_RCPT, ADD_RCPT_PAR) if c in order)
    assert headers < kinds[1] and adds < kinds[2]
    assert set(order[kinds[2]:kinds[3]]) == {REPLACE_BODY}
    assert set(order[kinds[3]:]) == {DEL_RCPT}
    assert all(len(data) <= 65535 for command, data in edits if command == REPLACE_BODY)
    added = {data.split(b"\0")[0].strip(b"<>").decode() for command, data in edits if command in (ADD_RCPT, ADD_RCPT_PAR)}
    removed = {data.rstrip(b"\0").decode() for command, data in edits if command == DEL_RCPT}
    assert added == {OWNER, AUDIT}
    assert removed == {"<bob@example.com>", "<Carl@Example.com>"}


@pytest.mark.parametrize("steps", [0, SKIP, STEPS, STEPS & ~HDR_LEADSPC, STEPS & ~NODATA, HDR_LEADSPC],
                         ids=["none", "skip", "all", "no-leading-space", "data", "leading-space"])
def test_any_mail_server(sock, steps):
    """Whatever the mail server can leave out, the header fields come out the same."""
    mta = Mta(sock, steps=steps)
    mta.connect()
    for _ in range(2):
        edits, _ = mta.mail(mails.freepbx_missed(number=next(NUMBERS)), [f"<{OWNER}>"])
        values = [data for command, data in edits if command == ADD_HEADER and data.startswith(b"X-Ringback-Class\0")]
        blank = b" " if mta.steps & HDR_LEADSPC else b""
        assert values == [b"X-Ringback-Class\0" + blank + b"missed\0"]


def test_recipients_that_stay_are_not_touched(sock):
    mta = Mta(sock)
    mta.connect()
    edits, _ = mta.mail(mails.freepbx_missed(number=next(NUMBERS)), [f"<{OWNER}>", f"<{AUDIT}>"])
    assert not [e for e in edits if e[0] in (ADD_RCPT, ADD_RCPT_PAR, DEL_RCPT)]


def test_body_of_foreign_mail_stays_away(sock):
    mta = Mta(sock)
    mta.connect(STRANGER)
    mta.envelope([f"<{OWNER}>"])
    assert mta.headers(mails.freepbx_missed()) == "a"
    # The next mail on the same connection has a forged header: seen to the end, but its body is not.
    mta.envelope([f"<{OWNER}>"])
    assert mta.headers(mails.letter(extra="X-Ringback-Item: RB-1\nX-Ringback-Item: RB-2\n")) == "c"
    assert mta.body(b"x" * 1000000) == 1
    edits, _ = mta.end()
    assert [(c, int.from_bytes(d[:4], "big"), d[4:]) for c, d in edits] == [
        (CHANGE_HEADER, 2, b"X-Ringback-Item\0\0"), (CHANGE_HEADER, 1, b"X-Ringback-Item\0\0")]


def test_copy_is_discarded(sock):
    mta = Mta(sock)
    mta.connect()
    number = next(NUMBERS)
    assert mta.mail(mails.freepbx_missed(number=number), ["<bob@example.com>"])[1] in "ac"
    edits, reply = mta.mail(mails.freepbx_missed(number=number, extension="1202"), ["<carl@example.com>"])
    assert reply == "d" and not edits


def test_abort_between_any_two_steps(sock):
    mail = mails.freepbx_missed(number=next(NUMBERS))
    mta = Mta(sock)
    mta.connect()
    for steps in range(5):
        if steps > 0:
            mta.step("M", b"<pbx@pbx.example.com>\0")
        if steps > 1:
            mta.step("R", b"<eve@example.com>\0")
        if steps > 2:
            mta.step("L", b"Subject\0 Missed call from Jane\0")
        if steps > 3:
            mta.headers(mail)
        mta.put("A")
    edits, reply = mta.mail(mail, ["<bob@example.com>"])
    assert reply in "ac" and [e for e in edits if e[0] == DEL_RCPT] == [(DEL_RCPT, b"<bob@example.com>\0")]


def test_mail_without_abort_begins_anew(sock):
    mta = Mta(sock)
    mta.connect()
    mta.envelope(["<eve@example.com>"])
    edits, _ = mta.mail(mails.freepbx_missed(number=next(NUMBERS)), ["<bob@example.com>"])
    assert b"eve" not in b"".join(data for _, data in edits)


def test_steps_out_of_order_end_nothing_but_the_session(daemon):
    for commands in ("E", "B", "N", "L", "ME", "MBE", "OO", "CC", "Q", "X", "\0", "MNNE", "MRNEE"):
        with daemon.connect() as s:
            mta = Mta(s)
            try:
                for command in commands:
                    mta.put(command, {"M": b"<a@example.com>\0", "R": b"<b@example.com>\0", "L": b"A\0b\0", "B": b"x",
                                      "C": b"x\0U"}.get(command, b""))
                s.shutdown(1)
                while True:
                    mta.get()
            except (Closed, OSError):
                pass
    assert daemon.process.poll() is None, daemon.log()[-2000:]


def test_mail_server_without_our_actions(daemon):
    with daemon.connect() as s:
        with pytest.raises((Closed, AssertionError)):
            Mta(s, actions=0x1)
