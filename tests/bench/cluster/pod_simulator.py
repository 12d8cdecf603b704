"""Scheduler, kubelet and workers of the cluster bench, as one process that talks to the API server alone: it binds each
Pod, lets it run for a while and ends its worker with a result as the real one writes it (worker/contract/run_result.h),
and then its sidecar, in the steps in which a kubelet reports them.

    pod_simulator.py --kubeconfig FILE [--run-milliseconds N]"""

import argparse
import datetime
import heapq
import json
import queue
import random
import threading
import time

from api_client import ApiClient, ApiError

NODE = "bench-node"
INDEX = "batch.kubernetes.io/job-completion-index"
SIDECAR_SECONDS = 0.2
THREADS = 6

DIGEST = "sha256:" + "5a" * 32
CLASSES = ("bicycle", "bus", "car", "motorcycle", "person", "rider", "sign", "train", "truck", "van")
DATASET_FACTS = {"digest": DIGEST, "images": 1000, "annotations": 12000, "classes": 10, "sizeBytes": 214748364,
                 "classCounts": [{"name": name, "images": 60, "objects": 100} for name in CLASSES],
                 "problems": 2, "problemsByKind": {"DegenerateBox": 2},
                 "firstProblems": [{"kind": "DegenerateBox", "file": "annotation.json", "position": "annotations[812]",
                                    "message": "the box has no area"}], "report": "eda.json"}
CHECKPOINT = {"sha256": "6b" * 32, "bytes": 4194304, "epoch": 11}
PIPELINE_FACTS = {"imagesIn": 1200, "imagesOut": 1000, "loss": {"Masks": 7}}
TRAIN_FACTS = {"epochs": 12, "bestEpoch": 11, "bestMetric": "map50", "bestValue": 0.81,
               "metrics": {"map50": 0.81, "map": 0.52, "loss": 0.1}}


def run_of(pod):
    """The run specification that the operator gave to the worker."""
    return json.loads(next(v["value"] for c in pod["spec"]["containers"] for v in c.get("env", []) if v["name"] == "VISIONOPS_RUN"))


def checkpoints_of(pod):
    best = {**CHECKPOINT, "path": run_of(pod)["train"]["checkpointPath"] + "/best.pt"}
    return {"model": best, "last": best}


def word_of(pod):
    """What the sidecar of a training says it has read back (worker/contract/sidecar_word.h)."""
    labels = pod["metadata"].get("labels", {})
    if labels.get("visionops.dev/kind") != "TrainingJob":
        return ""
    owner = run_of(pod)["owner"]
    return json.dumps({"ownerUid": owner["uid"], "run": owner["run"], "attempt": owner["attempt"], "identity": owner["identity"],
                       **checkpoints_of(pod)}, separators=(",", ":"))


def result_of(pod):
    kind = pod["metadata"].get("labels", {}).get("visionops.dev/kind")
    if kind == "TrainingJob":
        return {"train": {**TRAIN_FACTS, **checkpoints_of(pod)}}
    if kind == "Pipeline":
        publishes = pod["metadata"].get("annotations", {}).get(INDEX, "0") == "0"
        return {"pipeline": {**PIPELINE_FACTS, "published": publishes}, **({"dataset": DATASET_FACTS} if publishes else {})}
    return {"dataset": DATASET_FACTS}


def timestamp():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def state_of(container, state):
    alive = "running" in state
    return {"name": container["name"], "image": container["image"], "imageID": container["image"], "ready": alive,
            "started": alive, "restartCount": 0, "state": state}


class Life:
    """One Pod from its binding to its end; used by one thread at a time."""

    def __init__(self, pod):
        self.pod = pod
        self.began = timestamp()

    def status(self, phase, worker_ended, sidecars_ended):
        spec = self.pod["spec"]
        running = {"running": {"startedAt": self.began}}
        ended = {"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": self.began, "finishedAt": timestamp()}}
        result = {"terminated": {**ended["terminated"], "message": json.dumps(result_of(self.pod), separators=(",", ":"))}}
        word = {"terminated": {**ended["terminated"], "message": word_of(self.pod)}}
        ready = {"status": "False", "reason": "PodCompleted"} if worker_ended else {"status": "True"}
        return {
            "phase": phase, "startTime": self.began, "hostIP": "10.0.0.1", "podIP": "10.1.0.1",
            "conditions": [{"type": "PodScheduled", "status": "True", "lastTransitionTime": self.began},
                           {"type": "Initialized", "status": "True", "lastTransitionTime": self.began},
                           {"type": "Ready", "lastTransitionTime": timestamp(), **ready},
                           {"type": "ContainersReady", "lastTransitionTime": timestamp(), **ready}],
            "containerStatuses": [state_of(c, result if worker_ended else running) for c in spec["containers"]],
            "initContainerStatuses": [state_of(c, word if sidecars_ended else running)
                                      for c in spec.get("initContainers", [])]}


class PodSimulator:
    def __init__(self, api, run_seconds):
        self.api = api
        self.run_seconds = run_seconds
        self.due = []            # heap of (time, number, what to do)
        self.wake = threading.Condition()
        self.number = 0
        self.known = set()       # uids
        self.todo = queue.SimpleQueue()

    def run(self):
        for _ in range(THREADS):
            threading.Thread(target=self._work, daemon=True).start()
        threading.Thread(target=self._keep_time, daemon=True).start()
        version = None
        while True:
            try:
                version = self._list() if version is None else version
                for _, event in self.api.watch("/api/v1/pods", version, threading.Event()):
                    if event["type"] == "ERROR":
                        version = None
                        break
                    version = event["object"]["metadata"]["resourceVersion"]
                    if event["type"] != "BOOKMARK":
                        self._see(event["type"], event["object"])
            except (OSError, ApiError):
                time.sleep(0.2)

    def _list(self):
        for page in self.api.pages("/api/v1/pods"):
            for pod in page["items"]:
                self._see("ADDED", pod)
        return page["metadata"]["resourceVersion"]

    def _see(self, change, pod):
        uid = pod["metadata"]["uid"]
        if change == "DELETED":
            self.known.discard(uid)
        elif "deletionTimestamp" in pod["metadata"]:
            self.todo.put(lambda: self._remove(pod))
        elif uid not in self.known and pod.get("status", {}).get("phase", "Pending") == "Pending":
            self.known.add(uid)
            self.todo.put(lambda: self._start(Life(pod)))

    def _after(self, seconds, action):
        with self.wake:
            self.number += 1
            heapq.heappush(self.due, (time.monotonic() + seconds, self.number, action))
            self.wake.notify()

    def _keep_time(self):
        with self.wake:
            while True:
                wait = self.due[0][0] - time.monotonic() if self.due else 60
                if wait > 0:
                    self.wake.wait(wait)
                else:
                    self.todo.put(heapq.heappop(self.due)[2])

    def _work(self):
        while True:
            action = self.todo.get()
            try:
                action()
            except ApiError as error:
                if error.status not in (404, 409):  # gone, or bound before this process started
                    print(f"simulating a Pod: {error}", flush=True)
            except OSError:
                self._after(0.5, action)

    @staticmethod
    def _path(pod, subresource=""):
        return f"/api/v1/namespaces/{pod['metadata']['namespace']}/pods/{pod['metadata']['name']}{subresource}"

    def _patch(self, life, status):
        self.api.request("PATCH", self._path(life.pod, "/status"), {"status": status}, "application/strategic-merge-patch+json")

    def _start(self, life):
        if not life.pod["spec"].get("nodeName"):
            self.api.create(self._path(life.pod, "/binding"), {"target": {"kind": "Node", "name": NODE},
                                                               "metadata": {"name": life.pod["metadata"]["name"]}})
        self._patch(life, life.status("Running", False, False))
        self._after(self.run_seconds * random.uniform(1, 2), lambda: self._end_worker(life))

    def _end_worker(self, life):
        has_sidecar = bool(life.pod["spec"].get("initContainers"))
        self._patch(life, self._without_running(life.status("Running" if has_sidecar else "Succeeded", True, False)))
        if has_sidecar:
            self._after(SIDECAR_SECONDS, lambda: self._patch(life, self._without_running(life.status("Succeeded", True, True))))

    @staticmethod
    def _without_running(status):
        for key in ("containerStatuses", "initContainerStatuses"):
            for container in status[key]:
                container["state"].setdefault("running", None)
        return status

    def _remove(self, pod):
        self.api.request("DELETE", self._path(pod), {"gracePeriodSeconds": 0, "preconditions": {"uid": pod["metadata"]["uid"]}})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kubeconfig", required=True)
    parser.add_argument("--run-milliseconds", type=int, default=1000, help="the least time a worker runs; at most twice that")
    options = parser.parse_args()
    PodSimulator(ApiClient(options.kubeconfig), options.run_milliseconds / 1000).run()
