"""Mails as PBXs write them, as octets with CRLF line ends."""
import base64
import itertools
import random
from email.header import Header

counter = itertools.count(1)


def crlf(text):
    return text.encode() if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()


def wav(size=2000, seed=1):
    noise = random.Random(seed).randbytes(size)
    return b"RIFF" + (size + 36).to_bytes(4, "little") + b"WAVEfmt " + noise


def lines_of_base64(data):
    text = base64.b64encode(data).decode()
    return "\n".join(text[i:i + 72] for i in range(0, len(text), 72))


def freepbx_missed(number="2025550143", name="Jane Doe", extension="1201", to="anna@example.com", extra="",
                   printed="2026-03-03 21:16:12", message_id=None):
    """FreePBX's missed call notification for one extension."""
    message_id = message_id or f"<missed-{next(counter)}@pbx.example.com>"
    subject = Header(f"Missed call from {name}", "utf-8").encode()
    return crlf(f"""\
To: {to}
Subject: {subject}
User-Agent: CodeIgniter
Date: Tue, 3 Mar 2026 21:16:12 -0500
From: "FreePBX: Missed Call Notification" <pbx@pbx.example.com>
X-Sender: pbx@pbx.example.com
X-Mailer: CodeIgniter
X-Priority: 3 (Normal)
Message-ID: {message_id}
Mime-Version: 1.0
{extra}Content-Type: multipart/alternative; boundary="B_ALT_69a7331c0b1f2"

This is a multi-part message in MIME format.
Your email application may not support this format.

--B_ALT_69a7331c0b1f2
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hi {extension},

Incoming call to extension {extension} was not answered. CallerID Number:
{number} CallerID Name: {name} Date/Time: {printed}

Thanks,
The FreePBX Team

--B_ALT_69a7331c0b1f2
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: 8bit

Hi {extension},

Incoming call to extension {extension} was not answered. CallerID Number: {number} CallerID Name: {name} Date/Time: {printed}

Thanks,
The FreePBX Team

--B_ALT_69a7331c0b1f2--
""")


def asterisk_voicemail(number="2025550143", name="Jane Doe", mailbox="1201", to="anna@example.com", audio=None,
                       extra="", message_id=None):
    """Asterisk's voicemail mail with the recording attached."""
    n = next(counter)
    message_id = message_id or f"<Asterisk-4-{n}-{mailbox}-2817@pbx.example.com>"
    boundary = f"----voicemail_{n}28171731098259"
    return crlf(f"""\
Date: Tue, 03 Mar 2026 21:17:40 -0500
From: Asterisk PBX <asterisk@pbx.example.com>
To: "Anna Smith" <{to}>
Subject: [PBX]: New message 4 in mailbox {mailbox}
Message-ID: {message_id}
X-Asterisk-CallerID: {number}
X-Asterisk-CallerIDName: {name}
MIME-Version: 1.0
{extra}Content-Type: multipart/mixed; boundary="{boundary}"


This is a multi-part message in MIME format.

--{boundary}
Content-Type: text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: 8bit

Dear Anna Smith:

\tJust wanted to let you know you were just left a 0:27 long message (number 4)
in mailbox {mailbox} from {name}, on Tuesday, March 03, 2026 at 09:17:40 PM so you might
want to check it when you get a chance.  Thanks!

\t\t\t\t--Asterisk

--{boundary}
Content-Type: audio/x-wav; name="msg0003.wav"
Content-Transfer-Encoding: base64
Content-Description: Voicemail sound attachment.
Content-Disposition: attachment; filename="msg0003.wav"

{lines_of_base64(audio or wav())}


--{boundary}--
""")


def fusionpbx_voicemail(number="2025550143", name="Jane Doe", mailbox="1201", to="anna@example.com", audio=None,
                        transcript="Hi, it's Jane. The boiler is leaking. Can someone come tonight?", message_id=None):
    """FusionPBX's voicemail mail, with a transcript and the recording."""
    message_id = message_id or f"<voicemail-{next(counter)}@pbx.example.com>"
    text = (f"Voicemail from {name} {number}\n\nTo {mailbox} (Clinic)\nReceived Tuesday    03 Mar 2026 09:16:40 PM\n"
            f"Length 00:00:34\nMessage Attached\n\nTranscription\n{transcript}")
    subject = Header(f"Voicemail from {name} <{number}> 00:00:34", "utf-8").encode()
    return crlf(f"""\
Date: Tue, 03 Mar 2026 21:17:20 -0500
To: {to}
From: PBX <voicemail@pbx.example.com>
Subject: {subject}
Message-ID: {message_id}
X-Mailer: PHPMailer 5.2.28 (https://github.com/PHPMailer/PHPMailer)
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b1_4f1a2b3c502506f"

This is a multi-part message in MIME format.

--b1_4f1a2b3c502506f
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: base64

{lines_of_base64(text.encode())}

--b1_4f1a2b3c502506f
Content-Type: audio/x-wav; name="msg_7c2e0002-5b1d-4e2f-8a3b-0c9d8e7f6a5b.wav"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=msg_7c2e0002-5b1d-4e2f-8a3b-0c9d8e7f6a5b.wav

{lines_of_base64(audio or wav())}

--b1_4f1a2b3c502506f--
""")


def letter(subject="Lunch", to="anna@example.com", extra="", text="Shall we?\n"):
    """What a human writes."""
    return crlf(f"""\
From: Tom Okafor <tom@example.com>
To: {to}
Subject: {subject}
Date: Tue, 3 Mar 2026 10:00:00 +0000
Message-ID: <letter-{next(counter)}@example.com>
{extra}
{text}""")


def body_of(mail):
    return mail.split(b"\r\n\r\n", 1)[1]
