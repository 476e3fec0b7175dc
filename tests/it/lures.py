"""Mails that look like those of a phone system and are none: what comes from strangers every day."""
import mails


def html_attachment(sender="voicemail@example.org"):
    """The text of a hosted service, and a page to be opened."""
    return mails.crlf(f"""\
From: "RingCentral" <{sender}>
To: anna@example.com
Subject: New Voice Message from (202) 555-0171 on 11/17/2025 9:41 AM
Date: Mon, 17 Nov 2025 14:41:09 +0000
Message-ID: <lure-html-{next(mails.counter)}@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="lure"

--lure
Content-Type: text/plain; charset=utf-8

You Have a New Voice Message

From: (202) 555-0171
Received: Monday, November 17, 2025 at 9:41 AM
Length: 00:28
To: (202) 555-0143 * 101 Anna Smith

--lure
Content-Type: text/html; name="Voice_Message_0028.wav.html"
Content-Disposition: attachment; filename="Voice_Message_0028.wav.html"

<html><script>location="https://example.org/"</script></html>

--lure--
""")


def archive():
    """In the words of a small router, in German, with an archive for the recording."""
    return mails.crlf(f"""\
From: FRITZ!Box <fritz@example.net>
To: anna@example.com
Subject: Anruf von 030 23125012 um 18:04 Uhr verpasst
Date: Tue, 18 Nov 2025 17:05:00 +0000
Message-ID: <lure-zip-{next(mails.counter)}@example.net>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
X-Mailer: FRITZ!Box

Anruf in Abwesenheit von 030 23125012, 18.11.2025 um 18:04 Uhr.
Ihre Nachricht: https://example.net/Sprachnachricht.zip
""")


def link():
    """A system's own name for a caller, and a button."""
    return mails.crlf(f"""\
From: "PBX" <noreply@voice.example.org>
To: anna@example.com
Subject: VM from UNKNOWN CALLER to Ext. 1201, 34 seconds
Date: Wed, 19 Nov 2025 08:00:00 +0000
Message-ID: <lure-link-{next(mails.counter)}@example.org>
Auto-Submitted: auto-generated
X-Asterisk-CallerID: 2025550171

You missed a call from UNKNOWN CALLER. Duration 34 seconds.
Listen: https://example.org/play?id=4711
""")


def all_of_them():
    """By name; the last three are, octet for octet, what a system would have sent."""
    return {
        "html-attachment": html_attachment(), "archive": archive(), "link": link(),
        "freepbx-missed": mails.freepbx_missed(number="2025550171"),
        "asterisk-voicemail": mails.asterisk_voicemail(number="2025550172"),
        "fusionpbx-voicemail": mails.fusionpbx_voicemail(number="2025550173"),
    }
