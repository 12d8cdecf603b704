"""Everything that ever happened to the objects of a namespace, by a watch that loses nothing."""

import collections
import threading

from kube_client import ApiError, KubeClient, path_of

RUN = "visionops.dev/run"
ATTEMPT = "visionops.dev/attempt"
OWNER_UID = "visionops.dev/uid"


class Entry(collections.namedtuple("Entry", "kind type name uid version object")):
    __slots__ = ()

    @property
    def labels(self):
        return self.object["metadata"].get("labels", {})


class Ledger:
    """One thread a kind, from now to close()."""

    def __init__(self, kubeconfig, namespace, kinds=("jobs", "datasets", "pipelines", "trainingjobs")):
        self.client = KubeClient(kubeconfig)
        self.namespace = namespace
        self.lock = threading.Lock()
        self.entries = []  # guarded by lock
        self.gaps = []
        self.stopped = threading.Event()
        self.threads = []
        for kind in kinds:
            version = self._first_version(kind)
            self.threads.append(threading.Thread(target=self._watch, args=(kind, version), daemon=True))
            self.threads[-1].start()

    def _first_version(self, kind):
        return self.client.call("GET", path_of(kind, self.namespace))["metadata"]["resourceVersion"]

    def _watch(self, kind, version):
        while not self.stopped.is_set():
            try:
                for type_, thing in self.client.watch(kind, self.namespace, version, seconds=3):
                    meta = thing["metadata"]
                    version = meta["resourceVersion"]
                    if type_ == "BOOKMARK":
                        continue
                    with self.lock:
                        self.entries.append(Entry(kind, type_, meta["name"], meta["uid"], int(version), thing))
            except ApiError as error:
                self.gaps.append(f"{kind} after {version}: {error}")
                return
            except OSError:
                self.stopped.wait(0.2)  # the next watch begins where this one ended

    def close(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=30)

    def since(self, mark=0):
        """What came after the first `mark` entries."""
        if self.gaps:
            raise AssertionError(f"the ledger has gaps: {self.gaps}")
        with self.lock:
            return self.entries[mark:]

    def mark(self):
        with self.lock:
            return len(self.entries)

    def of(self, kind, mark=0):
        return [entry for entry in self.since(mark) if entry.kind == kind]

    def uids(self, kind):
        """All uids that a name ever had."""
        found = collections.defaultdict(set)
        for entry in self.of(kind):
            found[entry.name].add(entry.uid)
        return found

    def jobs_by_attempt(self):
        """(owner uid, run, attempt) -> {(name, uid)} of every Job that ever existed."""
        found = collections.defaultdict(set)
        for entry in self.of("jobs"):
            found[(entry.labels[OWNER_UID], int(entry.labels[RUN]), int(entry.labels[ATTEMPT]))].add((entry.name, entry.uid))
        return found
