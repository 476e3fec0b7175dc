-- miltertest: one missed call from a PBX that may use us, one mail from somebody who may not. The notice is signed, so
-- that its body stays: miltertest 1.6 overruns its own buffer on edits of more than 1,024 octets.
local function must(what, ok)
	if not ok then
		mt.echo("wrong: " .. what)
		error(what)
	end
end

local function session(address)
	local conn = mt.connect(socket, 40, 0.25)
	must("cannot connect", conn ~= nil)
	must("negotiation", mt.negotiate(conn, nil, nil, nil) == nil)
	must("connect", mt.conninfo(conn, "pbx.example.com", address) == nil)
	return conn
end

local function envelope(conn, rcpt)
	mt.macro(conn, SMFIC_MAIL, "i", "4LUA")
	must("mail", mt.mailfrom(conn, "<pbx@pbx.example.com>") == nil)
	must("rcpt", mt.rcptto(conn, rcpt) == nil)
end

local function header(conn, name, value)
	must(name, mt.header(conn, name, value) == nil)
end

-- a notice
local conn = session("192.0.2.10")
envelope(conn, "<bob@example.com>")
header(conn, "From", "\"FreePBX: Missed Call Notification\" <pbx@pbx.example.com>")
header(conn, "Subject", "Missed call from Jane Doe")
header(conn, "Date", "Tue, 3 Mar 2026 21:16:12 -0500")
header(conn, "Message-ID", "<lua-1@pbx.example.com>")
header(conn, "Content-Type", "text/plain; charset=utf-8")
header(conn, "DKIM-Signature", "v=1; a=rsa-sha256; d=pbx.example.com; s=x; h=from:subject:date; bh=AAAA; b=BBBB")
must("end of header", mt.eoh(conn) == nil and mt.getreply(conn) == SMFIR_CONTINUE)
must("body", mt.bodystring(conn, "Hi 1201,\r\n\r\nIncoming call to extension 1201 was not answered. CallerID Number:\r\n" ..
	"2025550143 CallerID Name: Jane Doe Date/Time: 2026-03-03 21:16:12\r\n\r\nThanks,\r\nThe FreePBX Team\r\n") == nil)
must("end of message", mt.eom(conn) == nil)
must("item", mt.eom_check(conn, MT_HDRADD, "X-Ringback-Item"))
must("old recipient goes", mt.eom_check(conn, MT_RCPTDELETE, "<bob@example.com>"))
must("body stays", not mt.eom_check(conn, MT_BODYCHANGE))
mt.disconnect(conn)

-- a letter of a stranger ends with its header
conn = session("198.51.100.7")
envelope(conn, "<bob@example.com>")
header(conn, "Subject", "Lunch")
must("end of header", mt.eoh(conn) == nil and mt.getreply(conn) == SMFIR_ACCEPT)
mt.disconnect(conn)

-- unless it has a forged header
conn = session("198.51.100.7")
envelope(conn, "<bob@example.com>")
header(conn, "X-Ringback-Owner", "eve")
must("end of header", mt.eoh(conn) == nil and mt.getreply(conn) == SMFIR_CONTINUE)
must("body", mt.bodystring(conn, "Hello\r\n") == nil and mt.getreply(conn) == SMFIR_SKIP)
must("end of message", mt.eom(conn) == nil)
must("forged header goes", mt.eom_check(conn, MT_HDRDELETE, "X-Ringback-Owner"))
mt.disconnect(conn)
