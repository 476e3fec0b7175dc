"""Each letter of a text is read back from the SMSC: from Net::SMPP's, decoded by tables of Python's own, and from the pretend
one that ships with ringback; and what a phone writes in several parts comes in whole."""
import subprocess

import pytest
from test_smpp_it import PHONE, Peer, Pretend, programs  # noqa: F401

ALPHABET = ("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
            "¿abcdefghijklmnopqrstuvwxyzäöñüà")
EXTENSION = {0x0a: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2f: "\\", 0x3c: "[", 0x3d: "~", 0x3e: "]", 0x40: "|", 0x65: "€"}

TEXTS = {
    "gsm": ALPHABET.replace("\n", "").replace("\x1b", "") + "".join(EXTENSION.values()),
    "en": "The quick brown fox jumps over the lazy dog. " * 5,
    "de": "Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. " * 3,
    "da": "Høj bly gom vandt fræk sexquiz på wc. " * 6,
    "ru": "Съешь же ещё этих мягких французских булок, да выпей чаю. " * 3,
    "el": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία ж ",
    "ar": "نص حكيم له سر قاطع وذو شأن عظيم مكتوب على ثوب أخضر ",
    "he": "דג סקרן שט בים מאוכזב ולפתע מצא לו חברה ",
    "ja": "いろはにほへと ちりぬるを わかよたれそ つねならむ 漢字 " * 3,
    "zh": "視野無限廣，窗外有藍天。" * 8,
    "ko": "키스의 고유조건은 입술끼리 만나야 하고 특별한 기술은 필요치 않다.",
    "hi": "नमस्ते दुनिया, आज मौसम बहुत अच्छा है और हम सब खुश हैं। " * 3,
    "emoji": "😀👍🏽👨‍👩‍👧‍👦🇩🇪❤️" * 8,
}
JOININGS = {"udh": 0, "udh16": 1, "sar": 2, "payload": 3}


def gsm(octets):
    out, escaped = "", False
    for o in octets:
        if o == 0x1b and not escaped:
            escaped = True
            continue
        out += EXTENSION[o] if escaped else ALPHABET[o]
        escaped = False
    assert not escaped, "a part ends in the middle of a pair"
    return out


def decode(coding, octets):
    return octets.decode("utf-16-be") if coding == 8 else gsm(octets)


def part(pdu):
    """(reference, total, number, octets) of a submit_sm as Net::SMPP read it."""
    octets = bytes.fromhex(pdu["octets"])
    if pdu.get("message_payload"):
        octets = bytes.fromhex(pdu["message_payload"])
    if int(pdu["esm_class"]) & 0x40:
        header, octets = octets[1:octets[0] + 1], octets[octets[0] + 1:]
        assert header[:2] in (b"\0\3", b"\10\4")
        return header[2:-2].hex(), header[-2], header[-1], octets
    if "sar_total_segments" in pdu:
        return pdu["sar_msg_ref_num"], int(pdu["sar_total_segments"], 16), int(pdu["sar_segment_seqnum"], 16), octets
    return "", 1, 1, octets


@pytest.mark.parametrize("joining", JOININGS)
@pytest.mark.parametrize("name", TEXTS)
def test_letter_by_letter(programs, name, joining):
    perl = Peer(programs, "perl")
    drive = perl.drive(programs, WIDE=1, JOINING=JOININGS[joining])
    drive.wait_json(event="state", up=True)
    drive.say(f"{PHONE} {TEXTS[name]}")
    got, total = {}, 1
    while len(got) < total:
        pdu = perl.smsc.wait_json(pdu="submit")
        reference, total, number, octets = part(pdu)
        assert len(octets) <= (1000 if joining == "payload" else 160)
        got[number] = decode(int(pdu["data_coding"]), octets)      # each part by itself
        assert pdu["registered_delivery"] == "1"
    assert "".join(got[k] for k in sorted(got)) == TEXTS[name]
    outcome = drive.wait_json(event="outcome", result="sent")
    assert outcome["id"].count("s.") == (total if total > 1 else 0)


@pytest.mark.parametrize("alphabet,shown", [(1, "Grüße [x] £ D EUR a"), (2, "Gruesse [x] GBP D EUR a")])
def test_alphabet_of_the_provider(programs, alphabet, shown):
    perl = Peer(programs, "perl")
    drive = perl.drive(programs, ALPHABET=alphabet)
    drive.say(f"{PHONE} Grüße [x] £ Δ € á")
    pdu = perl.smsc.wait_json(pdu="submit")
    assert pdu["data_coding"] == "0" and bytes.fromhex(pdu["octets"]).decode("latin-1") == shown


@pytest.mark.parametrize("name", TEXTS)
def test_pretend_shows_all(programs, tmp_path, name):
    smsc = Pretend(programs, tmp_path)
    drive = smsc.drive(programs, WIDE=1)
    drive.say(f"{PHONE} {TEXTS[name]}")
    sent = drive.wait_json(event="outcome", result="sent")
    assert "".join(t["text"] for t in smsc.texts()) == TEXTS[name]
    n = max(1, sent["id"].count("s."))
    assert len(smsc.texts()) == n
    line = smsc.program.wait_line(" segment")
    assert f"{n} segment" in line and ("UCS-2" in line) == (name in ("ru", "el", "ar", "he", "ja", "zh", "ko", "hi", "emoji"))


@pytest.mark.parametrize("name", TEXTS)
def test_replies_in_parts(programs, tmp_path, name):
    smsc = Pretend(programs, tmp_path)
    drive = smsc.drive(programs)
    drive.wait_json(event="state", up=True)
    text = TEXTS[name].replace("\r", "").replace("\f", "").strip()
    answer = subprocess.run([smsc.program.process.args[0], "--control", smsc.control, "--say", f"reply {PHONE} {text}"],
                            stdout=subprocess.PIPE, text=True, timeout=20)
    assert answer.stdout == "ok\n"
    assert drive.wait_json(event="received")["text"] == text
