"""A private Dovecot in a temp folder: LMTP in, IMAP out, with a Sieve script for everybody. Needs root."""
import imaplib
import os
import pathlib
import shutil
import subprocess

from postfix import free_port, public_folder, wait_until

CONF = """\
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/log
instance_name = ringback-it
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_vsz_limit = 0
first_valid_uid = 1
recipient_delimiter = +
mail_location = maildir:~/mail
passdb {{
	driver = static
	args = password=secret
}}
userdb {{
	driver = static
	args = uid=mail gid=mail home={root}/home/%n allow_all_users=yes
}}
namespace inbox {{
	inbox = yes
	separator = /
}}
service imap-login {{
	inet_listener imap {{
		port = {imap_port}
	}}
	inet_listener imaps {{
		port = 0
	}}
}}
service lmtp {{
	inet_listener lmtp {{
		port = {lmtp_port}
	}}
}}
protocol lmtp {{
	mail_plugins = sieve
	postmaster_address = postmaster@example.com
}}
plugin {{
	sieve_before = {root}/sieve/ringback.sieve
}}
"""


class Dovecot:
    def __init__(self, script):
        self.root = public_folder("ringback-dc.")
        self.imap_port, self.lmtp_port = free_port(), free_port()
        self.conf = self.root / "dovecot.conf"
        self.conf.write_text(CONF.format(root=self.root, imap_port=self.imap_port, lmtp_port=self.lmtp_port))
        for name in ("home", "sieve"):
            (self.root / name).mkdir()
        shutil.chown(self.root / "home", "mail", "mail")
        shutil.copy(script, self.root / "sieve/ringback.sieve")
        self.clients = {}

    @staticmethod
    def missing():
        """What the host lacks for it; "" if nothing."""
        if not shutil.which("dovecot"):
            return "Dovecot"
        modules = pathlib.Path("/usr/lib/dovecot")
        lacks = [name for name, file in (("its imapd", "imap"), ("its lmtpd", "lmtp"), ("Pigeonhole", "modules/lib90_sieve_plugin.so"))
                 if not (modules / file).exists()]
        return ", ".join(lacks)

    def start(self):
        compiled = subprocess.run(["sievec", "-c", str(self.conf), str(self.root / "sieve/ringback.sieve")], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True)
        assert compiled.returncode == 0, compiled.stdout
        with open(os.devnull, "r+b") as null:
            subprocess.run(["dovecot", "-c", str(self.conf)], check=True, stdin=null, stdout=null, stderr=null)
        wait_until(self.answers, "Dovecot listens")
        return self

    def answers(self):
        try:
            imaplib.IMAP4("127.0.0.1", self.imap_port).logout()
            return True
        except OSError:
            return False

    def empty(self):
        for home in (self.root / "home").iterdir():
            subprocess.run(["doveadm", "-c", str(self.conf), "expunge", "-u", home.name, "mailbox", "*", "ALL"], check=True)

    def log(self):
        return (self.root / "log").read_text(errors="replace")

    def destroy(self):
        for client in self.clients.values():
            client.shutdown()
        subprocess.run(["doveadm", "-c", str(self.conf), "stop"], check=False, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        wait_until(lambda: not (self.root / "run/master.pid").exists(), "Dovecot stops")
        shutil.rmtree(self.root)

    def login(self, user):
        """One connection for each user: Dovecot allows few."""
        if user not in self.clients:
            self.clients[user] = imaplib.IMAP4("127.0.0.1", self.imap_port)
            self.clients[user].login(user, "secret")
        return self.clients[user]


class Folder:
    """One folder of one person, as a mail client sees it."""

    def __init__(self, dovecot, user, name):
        self.client = dovecot.login(user)
        self.name = name

    def select(self):
        code, _ = self.client.select(self.name, readonly=True)
        return code == "OK"

    def mails(self):
        """[(octets, keywords)], the oldest first."""
        if not self.select():
            return []
        code, found = self.client.search(None, "ALL")
        return [self.fetch(number) for number in found[0].split()]

    def fetch(self, number):
        code, answer = self.client.fetch(number, "(FLAGS BODY.PEEK[])")
        head = next(part for part in answer if isinstance(part, tuple))
        flags = [part for part in answer if isinstance(part, bytes)] + [head[0]]
        return head[1], {flag.decode() for text in flags for flag in imaplib.ParseFlags(text)}

    def threads(self):
        """By REFERENCES, as a list of how many mails each has."""
        assert self.select()
        code, answer = self.client.thread("REFERENCES", "UTF-8", "ALL")
        assert code == "OK", answer
        return sizes(answer[0].decode())


def sizes(text):
    """How many numbers there are in each of the outermost brackets of "(1 2 (3)(4))(5)"."""
    counts, depth, inside = [], 0, ""
    for sign in text:
        depth += {"(": 1, ")": -1}.get(sign, 0)
        inside += " " if sign in "()" else sign
        if depth == 0 and inside.strip():
            counts.append(len(inside.split()))
            inside = ""
    return counts
