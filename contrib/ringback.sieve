# ringback.sieve - calls into a folder for each line, with IMAP keywords for state and owner. For Dovecot (Pigeonhole) and
# other servers that speak Sieve; see ringback-card(5).
#
# All mails of an item go to Calls/LINE: the calls themselves and the status notes. Their keywords are what a mail client
# shows as tags or colours: rb-open, rb-acked, rb-attempted, rb-snoozed, rb-closed (rb-collecting: just in), rb-voicemail,
# and rb-owner-anna. The newest mail of a thread has the state of now.
#
# X-Ringback fields are ringback's own: it takes forged ones away from mail that comes in.
require ["fileinto", "mailbox", "imap4flags", "variables"];

# Where the folders are. Change / into . where the server parts folders by dots.
set "folder" "Calls/";

if header :matches "X-Ringback-Item" "?*" {
	if header :matches "X-Ringback-State" "?*" {
		set :lower "state" "${1}${2}";
		addflag "rb-${state}";
	}
	if header :is "X-Ringback-Class" "voicemail" {
		addflag "rb-voicemail";
	}
	if header :matches "X-Ringback-Owner" "?*" {
		set :lower "owner" "${1}${2}";
		addflag "rb-owner-${owner}";
	}
	# What is closed needs nobody: it counts as read.
	if header :is "X-Ringback-State" "closed" {
		addflag "\\Seen";
	}
	if header :matches "X-Ringback-Line" "?*" {
		fileinto :create "${folder}${1}${2}";
		stop;
	}
}
