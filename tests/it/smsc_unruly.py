"""An SMSC that misbehaves, by chance or on demand: what it does with each text is for a function to say."""
import collections
import itertools
import random
import struct
import threading

from smsc import ENQUIRE_LINK, RESP, SUBMIT_SM, Handler, Smsc, submit

THROTTLED, QUEUE_FULL, VENDOR = 0x58, 0x14, 0x412


class Unruly(Handler):
    """smsc.deed(text) names what becomes of a text: a method of this class. What is `kept` has arrived."""

    def take(self, command, sequence, body):
        smsc = self.server.smsc
        if command == SUBMIT_SM:
            text = submit(body, next(smsc.numbers))
            deed = smsc.deed(text)
            smsc.deeds[deed] += 1
            return getattr(self, deed)(sequence, text) is not False
        if command == ENQUIRE_LINK and smsc.deaf:
            return True
        return super().take(command, sequence, body)

    def keep(self, text):
        self.server.smsc.keep(text)

    def answer(self, sequence, text):
        self.put(SUBMIT_SM | RESP, sequence, text.id.encode() + b"\0")

    def refuse(self, sequence, status):
        self.put(SUBMIT_SM | RESP, sequence, status=status)

    # ---- deeds; False: the link ends ----

    def plain(self, sequence, text):
        self.keep(text)
        self.answer(sequence, text)
        self.server.smsc.receipt(text)

    def early(self, sequence, text):
        """The receipt comes first."""
        self.keep(text)
        self.server.smsc.receipt(text)
        self.answer(sequence, text)

    def receipt_twice(self, sequence, text):
        self.plain(sequence, text)
        self.server.smsc.receipt(text)

    def no_receipt(self, sequence, text):
        self.keep(text)
        self.answer(sequence, text)

    def renamed(self, sequence, text):
        """smsc.forms: what the answer calls it, and what the receipt does."""
        self.keep(text)
        answer, receipt = self.server.smsc.forms
        self.put(SUBMIT_SM | RESP, sequence, answer.encode() + b"\0")
        self.server.smsc.receipt(text, receipt)

    def late(self, sequence, text):
        self.keep(text)
        wait_s = self.server.smsc.late_s

        def then():
            try:
                self.answer(sequence, text)
            except OSError:
                pass        # it went away meanwhile
        timer = threading.Timer(wait_s() if callable(wait_s) else wait_s, then)
        timer.daemon = True
        timer.start()

    def lost(self, sequence, text):
        """It arrives, but nobody says so."""
        self.keep(text)

    def swallowed(self, sequence, text):
        """It does not even arrive."""

    def drop_before(self, sequence, text):
        return False

    def drop_after(self, sequence, text):
        self.keep(text)
        return False

    def drop_half(self, sequence, text):
        """The link breaks in the middle of the answer."""
        self.keep(text)
        with self.lock:
            self.request.sendall(struct.pack(">IIII", 25, SUBMIT_SM | RESP, 0, sequence) + text.id[:4].encode())
        return False

    def throttle(self, sequence, text):
        self.refuse(sequence, THROTTLED)

    def queue_full(self, sequence, text):
        self.refuse(sequence, QUEUE_FULL)

    def vendor(self, sequence, text):
        self.refuse(sequence, VENDOR)


class UnrulySmsc(Smsc):
    """deed: a function that gets the text, or the name of one deed for all. late_s: how late, or a function that says."""

    def __init__(self, deed="plain", late_s=1, **more):
        self.deed = deed if callable(deed) else lambda text: deed
        self.forms = None
        self.deeds, self.late_s, self.deaf = collections.Counter(), late_s, False
        super().__init__(handler=Unruly, **more)


def first(n, deed):
    """A deed for UnrulySmsc: n times that, and "plain" from then on."""
    left = itertools.chain(itertools.repeat(deed, n), itertools.repeat("plain"))
    return lambda text: next(left)


def by_chance(chance: random.Random, weights):
    """A deed for UnrulySmsc: weights maps names to how often, in percent; the rest is "plain"."""
    names, shares = [*weights, "plain"], [*weights.values(), 100 - sum(weights.values())]
    lock = threading.Lock()

    def deed(text):
        with lock:
            return chance.choices(names, shares)[0]
    return deed
