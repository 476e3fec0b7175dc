import os
import pathlib
import shutil
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from daemon import BUILD, Daemon  # noqa: E402
from lmtp import Mailboxes  # noqa: E402
from postfix import Postfix  # noqa: E402


def need(condition, what):
    """A skip says why; where everything must be there, it is a failure."""
    if condition:
        return
    if os.environ.get("RINGBACK_IT") == "required":
        pytest.fail(f"needs {what}")
    pytest.skip(f"needs {what}")


def need_postfix():
    need(os.geteuid() == 0, "root")
    need(shutil.which("postfix"), "Postfix")
    need((BUILD / "src/ringbackd").exists(), "a built ringbackd")


class Site:
    """Postfix, a ringbackd and the mailboxes behind them, as one test sees them."""

    def __init__(self, postfix, mailboxes):
        self.postfix = postfix
        self.mailboxes = mailboxes
        self.daemon = None

    def start(self, **settings):
        """A fresh ringbackd with an empty store."""
        self.daemon = Daemon(f"unix:{self.postfix.socket}", **settings).start()
        return self.daemon

    def start_tcp(self, **settings):
        self.daemon = Daemon(f"inet:{self.postfix.milter_port}@127.0.0.1", **settings).start()
        return self.daemon

    def send(self, mail, rcpts, **options):
        """Hands in a mail that must be taken, and waits until it is where it belongs."""
        code, text = self.postfix.send(mail, rcpts, **options)
        assert code == 250, f"{code} {text}\n{self.daemon.log()[-2000:]}"
        self.postfix.wait_idle()

    def delivered(self):
        """(recipient, copy) of all that was delivered, sorted by recipient."""
        return sorted(((c.rcpt, c) for c in self.mailboxes.copies), key=lambda pair: pair[0])

    def rcpts(self):
        return [rcpt for rcpt, _ in self.delivered()]


@pytest.fixture(scope="session")
def mailboxes_server():
    mailboxes = Mailboxes()
    yield mailboxes
    mailboxes.stop()


@pytest.fixture(scope="session")
def postfix_server(mailboxes_server):
    need_postfix()
    postfix = Postfix(mailboxes_server.port).start()
    yield postfix
    postfix.destroy()


@pytest.fixture
def empty_site(postfix_server, mailboxes_server):
    """No ringbackd yet: site.start(...) with what the test needs."""
    mailboxes_server.clear()
    site = Site(postfix_server, mailboxes_server)
    yield site
    postfix_server.empty_queue()
    if site.daemon:
        site.daemon.destroy()


@pytest.fixture
def site(empty_site):
    empty_site.start()
    return empty_site
