"""A private Postfix in a temp folder: own configuration, queue and port; never the system's. Needs root."""
import json
import os
import pathlib
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time

HOST = "mx.example.com"
PBX = "192.0.2.10"

MAIN = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
daemon_directory = {daemon_directory}
command_directory = {command_directory}
meta_directory = {meta_directory}
shlib_directory = {shlib_directory}
mail_owner = postfix
setgid_group = postdrop
maillog_file = {root}/maillog
maillog_file_prefixes = {root}
myhostname = {host}
mydomain = {host}
myorigin = {host}
mydestination =
mynetworks = 0.0.0.0/0
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
local_recipient_maps =
alias_maps =
alias_database =
virtual_alias_maps = inline:{{ {{front@example.com = anna@example.com, carl@example.com}} }}
default_transport = lmtp:inet:127.0.0.1:{lmtp_port}
local_transport = $default_transport
relay_transport = $default_transport
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_client_connection_rate_limit = 0
smtpd_authorized_xclient_hosts = 127.0.0.1
smtpd_milters = unix:{root}/milter
non_smtpd_milters = $smtpd_milters
milter_default_action = tempfail
in_flow_delay = 0
message_size_limit = 60000000
mailbox_size_limit = 0
minimal_backoff_time = 1s
queue_run_delay = 1s
notify_classes =
biff = no
"""

MASTER = """\
127.0.0.1:{port} inet n - n - 200 smtpd
127.0.0.1:{tcp_port} inet n - n - 200 smtpd -o smtpd_milters=inet:127.0.0.1:{milter_port}
127.0.0.1:{plain_port} inet n - n - 200 smtpd -o smtpd_milters= -o receive_override_options=no_milters
pickup    unix  n - n 1 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp      unix  - - n - - smtp
relay     unix  - - n - - smtp
showq     unix  n - n - - showq
error     unix  - - n - - error
retry     unix  - - n - - error
discard   unix  - - n - - discard
lmtp      unix  - - n - - lmtp
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def public_folder(prefix):
    """A temp folder that user postfix may enter (pytest's own may not be)."""
    path = pathlib.Path(tempfile.mkdtemp(prefix=prefix))
    path.chmod(0o755)
    return path


def wait_until(condition, what, timeout=20):
    end = time.monotonic() + timeout
    while not (found := condition()):
        if time.monotonic() > end:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.02)
    return found


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


class Postfix:
    """Three listeners: port asks the milter at the unix socket `socket`, tcp_port the one at milter_port, plain_port
    none (for status notes). While no milter listens there, mail is put off. main: lines that win over MAIN."""

    def __init__(self, lmtp_port, main=()):
        self.root = public_folder("ringback-pf.")
        self.etc = self.root / "etc"
        self.lmtp_port = lmtp_port
        self.socket = self.root / "milter"
        self.port, self.tcp_port, self.plain_port, self.milter_port = (free_port() for _ in range(4))
        self.main = list(main)
        self.write()

    def write(self):
        own = {name: subprocess.check_output(["postconf", "-d", "-h", name], text=True).strip()
               for name in ("daemon_directory", "command_directory", "meta_directory", "shlib_directory")}
        for name in ("etc", "queue", "data"):
            (self.root / name).mkdir(exist_ok=True)
        shutil.chown(self.root / "data", "postfix")
        (self.root / "maillog").touch()
        main = MAIN.format(root=self.root, host=HOST, lmtp_port=self.lmtp_port, **own).splitlines() + self.main
        # Each name once, the last one: Postfix warns of a second, and ten warnings before postlogd runs block it for ever.
        settings = {line.partition("=")[0].strip(): line for line in main}
        (self.etc / "main.cf").write_text("".join(line + "\n" for line in settings.values()))
        (self.etc / "master.cf").write_text(MASTER.format(
            port=self.port, tcp_port=self.tcp_port, plain_port=self.plain_port, milter_port=self.milter_port))

    def command(self, *args):
        """By way of a file: a daemon that Postfix starts may keep a pipe open for as long as it lives."""
        with tempfile.TemporaryFile("w+") as output:
            r = subprocess.run(["postfix", "-c", str(self.etc), *args], stdin=subprocess.DEVNULL, stdout=output,
                               stderr=subprocess.STDOUT)
            output.seek(0)
            r.stdout = output.read()
        return r

    def start(self):
        r = self.command("start")
        assert r.returncode == 0, r.stdout + self.log()
        wait_until(lambda: all(map(self.answers, (self.port, self.tcp_port, self.plain_port))), "Postfix listens")
        return self

    @staticmethod
    def answers(port):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", port)) == 0

    def master_pid(self):
        try:
            return int((self.root / "queue/pid/master.pid").read_text())
        except (OSError, ValueError):
            return 0

    def stop(self):
        pid = self.master_pid()
        if pid and alive(pid):
            self.command("stop")
            wait_until(lambda: not alive(pid), "Postfix stops")

    def destroy(self):
        self.stop()
        shutil.rmtree(self.root)

    def set(self, *lines):
        """Adds lines to main.cf and makes every daemon take them."""
        self.main += lines
        self.write()
        self.command("reload")

    def log(self):
        return (self.root / "maillog").read_text(errors="replace")

    # ---- handing mail in ----

    def smtp(self, client=None, port=None, timeout=120, login=None):
        """client: the address that Postfix shall believe in (XCLIENT), login: the user that it shall."""
        s = smtplib.SMTP("127.0.0.1", port or self.port, local_hostname="pbx.example.com", timeout=timeout)
        if client:
            s.ehlo()
            user = f" LOGIN={login}" if login else ""
            code, text = s.docmd("XCLIENT", f"NAME=[UNAVAILABLE] ADDR={client} PORT=40000{user}")
            assert code == 220, text
        return s

    def send(self, data, rcpts, sender="pbx@pbx.example.com", client=PBX, port=None, login=None, **options):
        """One mail in one connection. Gives the SMTP reply that ended it as (code, text); refusals are given, not
        raised."""
        with self.smtp(client, port, login=login) as s:
            return self.hand_in(s, data, rcpts, sender, **options)

    @staticmethod
    def hand_in(s, data, rcpts, sender="pbx@pbx.example.com", mail_options=(), rcpt_options=()):
        s.ehlo()
        code, text = s.mail(sender, mail_options)
        if code != 250:
            return code, text.decode()
        for rcpt in [rcpts] if isinstance(rcpts, str) else rcpts:
            code, text = s.rcpt(rcpt, rcpt_options)
            if code not in (250, 251):
                return code, text.decode()
        code, text = s.data(data)
        return code, text.decode()

    def sendmail(self, data, *args):
        """sendmail(1) as a PBX on this host calls it."""
        subprocess.run(["/usr/sbin/sendmail", "-C", str(self.etc), *args], input=data, check=True)

    # ---- what became of it ----

    def queue(self):
        r = subprocess.run(["postqueue", "-c", str(self.etc), "-j"], stdout=subprocess.PIPE, text=True, check=True)
        return [json.loads(line) for line in r.stdout.splitlines()]

    def idle(self):
        folders = [self.root / "queue" / name for name in ("maildrop", "incoming", "active", "deferred", "hold")]
        return not any(p.is_file() for folder in folders if folder.exists() for p in folder.rglob("*"))

    def empty_queue(self):
        """What one test could not get rid of shall not wait in the next."""
        subprocess.run(["postsuper", "-c", str(self.etc), "-d", "ALL"], stderr=subprocess.DEVNULL, check=True)

    def wait_idle(self, timeout=30):
        """Every mail that was taken has been delivered, swallowed or bounced."""
        wait_until(self.idle, "Postfix has nothing left in its queue", timeout)
