"""For every write of the operator in a life of each kind, on a real API server: the operator is killed after it, its reply
is lost, the next view is one of before it, or all watches are silent for a while after it. In the end nothing may differ
from an undisturbed life, and at no time may a rule be broken.

    run-with-control-plane python3 -B sieve_campaign.py [--every N] [--from N] [--lives N] [--only FAULT:NUMBER]"""

import argparse
import collections
import queue
import threading
import time

from api_proxy import PASS, Verdict
from life import Life, difference
from tally import Tally

PAST_SECONDS = 1.5    # shorter than the operator's patience with its own writes
SILENT_SECONDS = 6.5  # longer: it asks directly then


def is_step(asked):
    """A write of the life itself; events are told best effort."""
    return asked.writes and not asked.path.endswith("/events")


class Fault:
    """Strikes once, at the `ordinal`-th write that is called `what`."""

    def __init__(self, name, what, ordinal):
        self.name, self.what, self.ordinal = name, what, ordinal
        self.lock = threading.Lock()
        self.seen = collections.Counter()
        self.struck = False

    def __call__(self, life, asked):
        if not is_step(asked):
            return PASS
        with self.lock:
            self.seen[asked.what] += 1
            if self.struck or asked.what != self.what or self.seen[asked.what] != self.ordinal:
                return PASS
            self.struck = True
        return getattr(self, self.name)(life)

    def crash(self, life):
        return Verdict(then=life.operator.kill, unanswered=True)

    def lost_reply(self, life):
        return Verdict(unanswered=True)

    def stale_read(self, life):
        """It dies, and its successor sees the cluster as it was before the write."""
        before = life.proxy.version()

        def strike():
            life.proxy.freeze_at(before, PAST_SECONDS)
            life.operator.kill()
        return Verdict(then=strike, unanswered=True)

    def frozen_watch(self, life):
        return Verdict(then=lambda: life.proxy.freeze(SILENT_SECONDS))

    def __str__(self):
        return f"{self.name} at {self.what} ({self.ordinal})"


FAULTS = ("crash", "lost_reply", "stale_read", "frozen_watch")


def undisturbed():
    """What every life must come to, and the writes that led there: [(what, ordinal)]."""
    writes = []

    def note(_, asked):
        if is_step(asked):
            writes.append(asked.what)
        return PASS
    with Life("sieve-undisturbed", note) as life:
        state = life.live()
        assert not life.violations(), life.violations()
        counts, seen, points = life.counts(), collections.Counter(), []
        for what in writes:
            seen[what] += 1
            points.append((what, seen[what]))
    return state, counts, points


class Campaign:
    def __init__(self, options):
        self.options = options
        self.tally = Tally("sieve")
        self.missed = 0
        self.waiting_points = queue.SimpleQueue()

    def run(self):
        self.state, self.counts, points = undisturbed()
        print(f"an undisturbed life takes {len(points)} writes in {time.monotonic() - self.tally.begin:.0f} s", flush=True)
        # Neighbours in this row differ in fault and in write: every N-th of them has some of each.
        every = [(fault, *points[(number + 5 * shift) % len(points)]) for number in range(len(points))
                 for shift, fault in enumerate(FAULTS)]
        if self.options.only:
            fault, _, number = self.options.only.partition(":")
            every = [(fault, *points[int(number)])]
        chosen = every[self.options.first::self.options.every]
        for number, point in enumerate(chosen):
            self.waiting_points.put((number, Fault(*point)))
        workers = [threading.Thread(target=self.work) for _ in range(self.options.lives)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.tally.end(f", of {len(every)}; {self.missed} were not reached")

    def work(self):
        while True:
            try:
                number, fault = self.waiting_points.get_nowait()
            except queue.Empty:
                return
            try:
                self.try_point(f"sieve-{number}", fault)
            except Exception as error:  # noqa: BLE001 a life that does not end is what the campaign looks for
                self.tally.alarm(fault, error)
            self.tally.count()
            if self.tally.tried % 20 == 0:
                print(f"  {self.tally.tried} points tried", flush=True)

    def try_point(self, namespace, fault):
        with Life(namespace, fault) as life:
            state = life.live()
            for violation in life.violations():
                self.tally.alarm(fault, violation)
            counts = life.counts()
        if not fault.struck:
            self.missed += 1
        elif fault.name == "stale_read" and not life.proxy.past_lists:
            self.tally.alarm(fault, "no view of the past was asked for")
        differs = difference(self.state, state)
        if differs:
            self.tally.alarm(fault, differs)
        differs = difference(self.counts, counts)
        if differs:
            self.tally.alarm(fault, differs)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="of all points every N-th")
    parser.add_argument("--from", type=int, default=0, dest="first", help="the first of them")
    parser.add_argument("--lives", type=int, default=4, help="at a time")
    parser.add_argument("--only", help="FAULT:NUMBER, a single point; NUMBER is that of the write")
    Campaign(parser.parse_args()).run()
