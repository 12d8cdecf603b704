"""What one client sees of Pods and resources: when each change arrived on its watches."""

import threading
import time

import workload
from api_client import ApiError

TERMINAL = {kind: {"Succeeded", "Failed"} for kind in ("Dataset", "Pipeline", "TrainingJob")}
GOOD = {"Succeeded"}


def _pod_stage(pod):
    """Running once its worker runs, Ended once its worker has ended (a sidecar may go on)."""
    for state in pod.get("status", {}).get("containerStatuses", []):
        if state["name"] == "worker":
            return "Ended" if "terminated" in state["state"] else "Running" if "running" in state["state"] else None
    return None


def _resource_stage(kind, status):
    """What a resource tells of its Pod."""
    if status.get("phase") in TERMINAL[kind] or status.get("outputDigest"):
        return "Ended"
    ready = next((c for c in status.get("conditions", []) if c["type"] == "Ready"), {})
    return "Running" if ready.get("reason") == "Running" else None


class Observer:
    """Reads are safe from any thread; `changed` is notified after each event."""

    def __init__(self, api):
        self.api = api
        self.stop_requested = threading.Event()
        self.changed = threading.Condition()
        self.phases = {}     # (kind, namespace, name) -> phase
        self.messages = {}   # (kind, namespace, name) -> status.message
        self.seen = {}       # (kind, namespace, name) -> {stage: time}
        self.pods_seen = {}  # (kind, namespace, owner name) -> {stage: time of the first Pod}
        self.pods = {}       # namespace/name -> phase
        self.made_by = {}    # Dataset -> Pipeline
        self.threads = []

    def start(self):
        for kind in workload.PLURALS:
            self._follow(workload.path(kind), lambda when, event, kind=kind: self._resource(kind, when, event))
        self._follow("/api/v1/pods", self._pod)

    def stop(self):
        self.stop_requested.set()
        for thread in self.threads:
            thread.join()

    def _follow(self, path, handle):
        version = self.api.get(path + "?limit=1")["metadata"]["resourceVersion"]

        def body(version=version):
            while not self.stop_requested.is_set():
                try:
                    for when, event in self.api.watch(path, version, self.stop_requested):
                        version = event["object"]["metadata"]["resourceVersion"]
                        if event["type"] != "BOOKMARK":
                            with self.changed:
                                handle(when, event)
                                self.changed.notify_all()
                except (OSError, ApiError):
                    time.sleep(0.2)

        self.threads.append(threading.Thread(target=body, daemon=True))
        self.threads[-1].start()

    def _resource(self, kind, when, event):
        resource = event["object"]
        key = kind, resource["metadata"]["namespace"], resource["metadata"]["name"]
        status = resource.get("status", {})
        self.phases[key] = status.get("phase", "")
        self.messages[key] = status.get("message", "")
        maker = (status.get("lineage") or {}).get("pipeline")
        if maker:
            self.made_by[key] = ("Pipeline", key[1], maker)
        stage = _resource_stage(kind, status)
        if stage:
            self.seen.setdefault(key, {}).setdefault(stage, when)

    def _pod(self, when, event):
        meta = event["object"]["metadata"]
        key = f"{meta['namespace']}/{meta['name']}"
        if event["type"] == "DELETED":
            self.pods.pop(key, None)
            return
        self.pods[key] = event["object"].get("status", {}).get("phase", "")
        owner = meta["labels"].get("visionops.dev/kind"), meta["namespace"], meta["labels"].get("visionops.dev/name")
        stage = _pod_stage(event["object"])
        if stage:
            self.pods_seen.setdefault(owner, {}).setdefault(stage, when)

    def terminal(self):
        with self.changed:
            return sum(1 for key, phase in self.phases.items() if phase in TERMINAL[key[0]])

    def failed(self):
        with self.changed:
            return [key for key, phase in self.phases.items() if phase in TERMINAL[key[0]] - GOOD]

    def wait_terminal(self, wanted, seconds):
        """Waits until every known resource is terminal and all of `wanted` are known; the time when it was seen."""
        end = time.monotonic() + seconds
        with self.changed:
            while time.monotonic() < end:
                done = all(self.phases.get(key) in TERMINAL[key[0]] for key in wanted)
                if done and all(phase in TERMINAL[key[0]] for key, phase in self.phases.items()):
                    return time.monotonic()
                self.changed.wait(1.0)
            late = [f"{'/'.join(key)}: {phase}, {self.messages[key]}" for key, phase in self.phases.items()
                    if phase not in TERMINAL[key[0]]]
        raise AssertionError(f"{len(late)} resources are not terminal after {seconds} s, such as\n" + "\n".join(late[:5]))

    def latencies(self, keys):
        """Seconds from a Pod's change until its resource tells it, for each change of `keys` that was seen twice."""
        out = []
        with self.changed:
            for key in keys:
                for stage, when in self.pods_seen.get(key, {}).items():
                    told = self.seen.get(key, {}).get(stage)
                    out.append(max(0.0, told - when) if told else None)
        return out
