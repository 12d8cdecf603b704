"""Scheduler, kubelet and workers of a test: each Pod of a namespace runs for a while and ends as its script says.

Nothing is bound (a Pod on a node that does not exist would be collected); the Pod's status is set through its
subresource, so the real Job controller does the rest. The results keep worker/contract/run_result.h.
"""

import datetime
import hashlib
import heapq
import http.client
import itertools
import json
import queue
import threading
import time
import typing

from kube_client import ApiError, KubeClient

WORKER = "worker"


class Script(typing.NamedTuple):
    seconds: float
    exit_code: int = 0


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def dataset_facts(location):
    return {"digest": "sha256:" + sha256(f"{location['store']}/{location['path']}"), "images": 100, "annotations": 250, "classes": 2,
            "sizeBytes": 4096, "report": "eda.json",
            "classCounts": [{"name": "bus", "images": 60, "objects": 100}, {"name": "car", "images": 80, "objects": 150}]}


def train_facts(train):
    model = {"path": train["checkpointPath"] + "/best.pt", "sha256": sha256(train["checkpointPath"]), "bytes": 1000,
             "epoch": train["epochs"]}
    return {"epochs": train["epochs"], "bestEpoch": train["epochs"], "bestMetric": "map50", "bestValue": 0.95,
            "metrics": {"map50": 0.95, "loss": 0.1}, "model": model, "last": model}


def result(run, exit_code, index):
    """What the worker of `run` leaves as its termination message."""
    if exit_code != 0:
        return {"error": {"class": "StorageFailure", "message": "scripted failure"}}
    if "inspect" in run:
        return {"dataset": dataset_facts(run["inspect"]["dataset"])}
    if "pipeline" in run:
        return {"dataset": dataset_facts(run["pipeline"]["output"]),
                "pipeline": {"imagesIn": 120, "imagesOut": 100, "published": index == 0}}
    if "train" in run:
        return {"train": train_facts(run["train"])}
    return {}


def sidecar_word(run, exit_code):
    """What its sidecar leaves, as worker/contract/sidecar_word.h."""
    if "train" not in run:
        return ""
    word = {"ownerUid": run["owner"]["uid"], "run": run["owner"]["run"], "attempt": run["owner"]["attempt"],
            "identity": run["owner"]["identity"]}
    facts = train_facts(run["train"])
    return json.dumps({**word, **({"model": facts["model"], "last": facts["last"]} if exit_code == 0 else {"problem": "not done"})})


def run_of(pod):
    for container in pod["spec"]["containers"]:
        for variable in container.get("env", []):
            if container["name"] == WORKER and variable["name"] == "VISIONOPS_RUN":
                return json.loads(variable["value"])
    return None


def owner_name(pod):
    return run_of(pod)["owner"]["name"]


def statuses(containers, state):
    return [{"name": c["name"], "image": c["image"], "imageID": "simulated", "restartCount": 0,
             "ready": "running" in state, "started": "running" in state, "state": state} for c in containers]


class SimulatedNode:
    """`script` tells for the run spec of a Pod how it goes; called once a Pod. end() cuts it short."""

    def __init__(self, kubeconfig, namespace, script=lambda run: Script(0.3)):
        self.client = KubeClient(kubeconfig)
        self.namespace = namespace
        self.script = script
        self.arrived = queue.Queue()
        self.stopped = threading.Event()
        self.ended = set()  # names of resources whose Pods end at once
        self.failures = []  # what a thread could not cope with
        self.threads = [threading.Thread(target=self._guarded, args=(body,), daemon=True) for body in (self._watch, self._work)]
        for thread in self.threads:
            thread.start()

    def end(self, name):
        """The Pods of the resource end now, and those that come later as soon as they run."""
        self.ended.add(name)

    def close(self):
        self.stopped.set()
        for thread in self.threads:
            thread.join(timeout=30)
        if self.failures:
            raise AssertionError(f"the simulated node: {self.failures}")

    def _guarded(self, body):
        while not self.stopped.is_set():
            try:
                body()
            except (OSError, http.client.HTTPException, ApiError):
                time.sleep(0.5)  # an API server that goes and comes: look again
            except Exception as error:  # noqa: BLE001 told by close()
                self.failures.append(repr(error))
                return

    def _watch(self):
        listed = self.client.call("GET", f"/api/v1/namespaces/{self.namespace}/pods")
        for pod in listed["items"]:
            self.arrived.put(pod)
        version = listed["metadata"]["resourceVersion"]
        while not self.stopped.is_set():
            for type_, pod in self.client.watch("pods", self.namespace, version):
                version = pod["metadata"]["resourceVersion"]
                if type_ == "ADDED":
                    self.arrived.put(pod)

    def _work(self):
        known, due, order = set(), [], itertools.count()
        while not self.stopped.is_set():
            try:
                pod = self.arrived.get(timeout=max(0.0, min(0.2, due[0][0] - time.monotonic())) if due else 0.2)
                if pod["metadata"]["uid"] not in known:
                    known.add(pod["metadata"]["uid"])
                    script = self._start(pod)
                    if script:
                        heapq.heappush(due, (time.monotonic() + script.seconds, next(order), pod, script.exit_code))
            except queue.Empty:
                pass
            over = [entry for entry in due if entry[0] <= time.monotonic() or owner_name(entry[2]) in self.ended]
            for entry in over:
                due.remove(entry)
                self._finish(entry[2], entry[3])
            if over:
                heapq.heapify(due)

    def _start(self, pod):
        run = run_of(pod)
        if run is None or pod.get("status", {}).get("phase") != "Pending" or "deletionTimestamp" in pod["metadata"]:
            return None
        self._set(pod, "Running", {"running": {"startedAt": now()}})
        return self.script(run)

    def _finish(self, pod, exit_code):
        index = int(pod["metadata"].get("annotations", {}).get("batch.kubernetes.io/job-completion-index", "0"))
        ended = {"exitCode": exit_code, "reason": "Completed" if exit_code == 0 else "Error", "startedAt": now(), "finishedAt": now(),
                 "message": json.dumps(result(run_of(pod), exit_code, index))}
        self._set(pod, "Succeeded" if exit_code == 0 else "Failed", {"terminated": ended})

    def _set(self, pod, phase, state):
        status = {"phase": phase, "startTime": now(), "containerStatuses": statuses(pod["spec"]["containers"], state)}
        sidecars = pod["spec"].get("initContainers", [])
        if sidecars:
            quiet = state
            if "terminated" in state:
                word = sidecar_word(run_of(pod), state["terminated"]["exitCode"])
                quiet = {"terminated": {**state["terminated"], "exitCode": 0, "message": word}}
            status["initContainerStatuses"] = statuses(sidecars, quiet)
        for _ in range(60):
            try:
                self.client.patch("pods", self.namespace, pod["metadata"]["name"],
                                  {"metadata": {"uid": pod["metadata"]["uid"]}, "status": status}, "status")
                return
            except ApiError as error:
                if error.status in (404, 409, 422):  # gone, or a successor of the same name
                    return
                time.sleep(0.5)
            except (OSError, http.client.HTTPException):
                time.sleep(0.5)
        raise AssertionError(f"the status of Pod {pod['metadata']['name']} could not be written")
