# mails.sh - the mails that contrib/quickstart hands in, as the PBXs write them. Sourced. People and numbers are invented.

now_rfc=$(LC_ALL=C TZ=Europe/London date '+%a, %d %b %Y %H:%M:%S %z')
now_iso=$(TZ=Europe/London date '+%Y-%m-%d %H:%M:%S')
now_long=$(LC_ALL=C TZ=Europe/London date '+%A, %B %d, %Y at %I:%M:%S %p')
now_fusion=$(LC_ALL=C TZ=Europe/London date '+%A   %d %b %Y %I:%M:%S %p')

# freepbx_missed EXTENSION: one copy of what a ring group sends to each of its members
freepbx_missed() {
	cat <<EOF
To: phone$1@example.com
Subject: =?utf-8?Q?Missed_call_from_Jane_Doe?=
User-Agent: CodeIgniter
Date: $now_rfc
From: "FreePBX: Missed Call Notification" <pbx@example.com>
Reply-To: "pbx@example.com" <pbx@example.com>
X-Sender: pbx@example.com
X-Mailer: CodeIgniter
X-Priority: 3 (Normal)
Message-ID: <69a7331c$1$$@pbx.example.com>
Mime-Version: 1.0
Content-Type: multipart/alternative; boundary="B_ALT_69a7331c$1"

This is a multi-part message in MIME format.
Your email application may not support this format.

--B_ALT_69a7331c$1
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Hi $1,

Incoming call to extension $1 was not answered. CallerID Number:
02079460123 CallerID Name: Jane Doe Date/Time: $now_iso

Thanks,
The FreePBX Team

--B_ALT_69a7331c$1
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hi $1,

Incoming call to extension $1 was not answered. CallerID Number: 020794601=
23 CallerID Name: Jane Doe Date/Time: $now_iso

Thanks,
The FreePBX Team


--B_ALT_69a7331c$1--
EOF
}

audio() {	# half a second of nothing, as WAV
	{ printf 'RIFF\xc4\x0f\x00\x00WAVEfmt \x10\x00\x00\x00\x06\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data\xa0\x0f\x00\x00'
	  head -c 4000 /dev/zero | tr '\0' '\325'; } | base64 -w 72
}

asterisk_voicemail() {
	cat <<EOF
Date: $now_rfc
From: Asterisk PBX <asterisk@pbx.example.com>
To: "Front Desk" <clinic@example.com>
Subject: [PBX]: New message 4 in mailbox 1204
Message-ID: <Asterisk-4-1189641421-1204-$$@pbx.example.com>
X-Asterisk-CallerID: 02079460177
X-Asterisk-CallerIDName: Owen Birch
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="----voicemail_4120440211189641421"

This is a multi-part message in MIME format.

------voicemail_4120440211189641421
Content-Type: text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: 8bit

Dear Front Desk:

	Just wanted to let you know you were just left a 0:27 long message (number 4)
in mailbox 1204 from Owen Birch, on $now_long so you might
want to check it when you get a chance.  Thanks!

				--Asterisk

------voicemail_4120440211189641421
Content-Type: audio/x-wav; name="msg0003.wav"
Content-Transfer-Encoding: base64
Content-Description: Voicemail sound attachment.
Content-Disposition: attachment; filename="msg0003.wav"

$(audio)

------voicemail_4120440211189641421--
EOF
}

fusionpbx_voicemail() {
	local said='Hello, this is Ruth Gale. The boiler is leaking through the ceiling, can someone come tonight please?'
	cat <<EOF
Date: $now_rfc
To: clinic@example.com
From: PBX <voicemail@pbx.example.com>
Reply-To: PBX <voicemail@pbx.example.com>
Subject: =?utf-8?B?$(printf 'Voicemail from Ruth Gale <02079460145> 00:00:34' | base64 -w 0)?=
Message-ID: <6f1a2b3c4d5e6f708192a3b4c5db$$@pbx.example.com>
X-Priority: 0
X-Mailer: PHPMailer 5.2.28 (https://github.com/PHPMailer/PHPMailer)
MIME-Version: 1.0
Content-Type: multipart/mixed;
	boundary="b1_6f1a2b3c4d5e6f708192a3b4c5db7bbd"

This is a multi-part message in MIME format.

--b1_6f1a2b3c4d5e6f708192a3b4c5db7bbd
Content-Type: multipart/alternative;
	boundary="b2_6f1a2b3c4d5e6f708192a3b4c5db7bbd"

--b2_6f1a2b3c4d5e6f708192a3b4c5db7bbd
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: base64

$(printf 'Voicemail from Ruth Gale 02079460145\r\n\r\nTo 1204 (Front Desk)\r\nReceived %s\r\nLength 00:00:34\r\nMessage Attached\r\n\r\nTranscription\r\n%s' "$now_fusion" "$said" | base64 -w 76)

--b2_6f1a2b3c4d5e6f708192a3b4c5db7bbd
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: base64

$(printf '<html>\r\n<body>\r\nVoicemail from Ruth Gale <a href="tel:02079460145">02079460145</a><br />\r\n<br />\r\nTo 1204 (Front Desk)<br />\r\nReceived %s<br />\r\nLength 00:00:34<br />\r\nMessage Attached<br />\r\n<br />\r\nTranscription<br />\r\n%s\r\n</body>\r\n</html>' "$now_fusion" "$said" | base64 -w 76)

--b2_6f1a2b3c4d5e6f708192a3b4c5db7bbd--

--b1_6f1a2b3c4d5e6f708192a3b4c5db7bbd
Content-Type: audio/x-wav; name="msg_5a3c7acd-1d2f-4b6a-9c3e-a1b2c3d9b04b.wav"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename=msg_5a3c7acd-1d2f-4b6a-9c3e-a1b2c3d9b04b.wav

$(audio)

--b1_6f1a2b3c4d5e6f708192a3b4c5db7bbd--
EOF
}

human_mail() {
	cat <<EOF
Date: $now_rfc
From: Ruth Gale <ruth@example.com>
To: clinic@example.com
Subject: Sorry, I had a missed call from you
Message-ID: <20260303215409.$$@example.com>

Hi all,

I saw a missed call from 020 7946 0199 this morning, was that you?

Ruth
EOF
}
