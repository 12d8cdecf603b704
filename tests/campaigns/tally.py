"""What a campaign has tried, and what alarmed it."""

import sys
import threading
import time


class Tally:
    """Any thread."""

    def __init__(self, campaign):
        self.campaign = campaign
        self.lock = threading.Lock()
        self.tried = 0
        self.alarms = []
        self.begin = time.monotonic()

    def count(self, points=1):
        with self.lock:
            self.tried += points

    def alarm(self, where, what):
        with self.lock:
            self.alarms.append(f"{where}: {what}")
            print(f"ALARM {where}: {what}", flush=True)

    def end(self, more=""):
        """Prints the counts and ends the process: with 1 when anything alarmed, or when nothing was tried."""
        print(f"campaign {self.campaign}: {self.tried} points tried, alarms {len(self.alarms)}{more} "
              f"({time.monotonic() - self.begin:.0f} s)", flush=True)
        sys.exit(1 if self.alarms or not self.tried else 0)
