"""The leading replica dies over and over, as a node's memory killer would do it, while other things go on."""

import datetime
import os
import pathlib
import random
import signal
import threading
import time

TAKEOVER = 17.0  # seconds from the death until another one holds the Lease
LEASE = "visionops-operator"


def replicas():
    """Pod name -> process, of the operators on this machine that run in Pods."""
    found = {}
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if process.joinpath("cmdline").read_bytes().split(b"\0")[1:2] != [b"operator"]:
                continue
            for variable in process.joinpath("environ").read_bytes().split(b"\0"):
                if variable.startswith(b"POD_NAME="):
                    found[variable.partition(b"=")[2].decode()] = int(process.name)
        except OSError:  # it ended meanwhile
            pass
    return found


class LeaderDeaths(threading.Thread):
    """`kill(pid)` after random pauses; with more than two a replica the kubelet would only wait longer each time.

    Only when there is somebody to take over: a replica that the kubelet starts after the death cannot know
    how old the Lease is, and rightly waits for its whole duration.
    """

    def __init__(self, holder, standby, most, seed):
        super().__init__(daemon=True)
        self.holder = holder  # () -> spec of the Lease
        self.standby = standby  # () -> whether both replicas are ready
        self.most = most
        self.random = random.Random(seed)
        self.takeovers = []
        self.failure = None
        self.over = threading.Event()

    def run(self):
        try:
            while len(self.takeovers) < self.most and not self.over.wait(self.random.uniform(1, 8)):
                if self._standby_ready():
                    self.takeovers.append(self._kill())
        except Exception as error:  # noqa: BLE001 told by close()
            self.failure = error

    def _standby_ready(self):
        while not (ready := self.standby()) and not self.over.wait(0.5):
            pass
        return ready

    def _kill(self):
        before = self.holder()
        identity = before["holderIdentity"]
        process = next((pid for pod, pid in replicas().items() if identity.startswith(pod)), None)
        if process is None:
            raise AssertionError(f"the leader {identity} is no process here: {replicas()}")
        os.kill(process, signal.SIGKILL)
        death = time.time()
        while (now := self.holder())["leaseTransitions"] == before["leaseTransitions"]:
            if time.time() - death > 60:
                raise AssertionError(f"nobody took over from {identity} within 60 s")
            time.sleep(0.2)
        # Its own word, not the moment when this thread came to look.
        return datetime.datetime.fromisoformat(now["acquireTime"].replace("Z", "+00:00")).timestamp() - death

    def close(self):
        self.over.set()
        self.join()
        if self.failure:
            raise self.failure
