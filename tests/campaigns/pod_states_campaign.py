"""A fault matrix of Pod states: each row is a status as a kubelet, a scheduler or the control plane writes it, set on the
Pod of a resource of its own on a real API server; and what that resource must say then: reason, class of the failure, and
whether it counts against the retries.

    run-with-control-plane python3 -B pod_states_campaign.py [ROW...]"""

import json
import sys
import time
import typing

from kube_client import MERGE_PATCH, ApiError, KubeClient, path_of
from ledger import Ledger
from replica import KUBECONFIG, Replicas, kubectl, wait_until
from simulated_node import Script, SimulatedNode, dataset_facts, now, run_of, statuses
from tally import Tally
from vision_resources import dataset, pipeline, training

NAMESPACE = "pod-states"
NODE = "silent"
PATIENCE = 25.0
WORDS = "as the cluster words it"


class Row(typing.NamedTuple):
    name: str
    kind: str              # datasets, pipelines or trainingjobs
    make: typing.Callable  # Pod -> status
    phase: str = ""        # what the resource says
    reason: str = ""       # of its condition Reconciling
    failure: str = ""      # status.failure.class; counted: whether status.countedFailures is 1
    counted: bool = False
    words: str = ""        # in the message, or in the evidence
    bound: bool = True


def container_status(pod, worker, sidecar=None, phase="Running"):
    status = {"phase": phase, "startTime": now(), "containerStatuses": statuses(pod["spec"]["containers"], worker)}
    sidecars = pod["spec"].get("initContainers", [])
    if sidecars:
        status["initContainerStatuses"] = statuses(sidecars, sidecar or worker)
    return status


def waits(reason, sidecar=None):
    waiting = lambda why: {"waiting": {"reason": why, "message": WORDS}}
    return lambda pod: container_status(pod, waiting(reason), waiting(sidecar) if sidecar else None, "Pending")


def runs(phase="Running"):
    return lambda pod: container_status(pod, {"running": {"startedAt": now()}}, phase=phase)


def ends(code, message="", reason="", signal=0):
    """The worker ends. `message` as its termination message: text, or what tells for a Pod."""
    def make(pod):
        ended = {"exitCode": code, "reason": reason or ("Error" if code else "Completed"), "startedAt": now(), "finishedAt": now()}
        if signal:
            ended["signal"] = signal
        text = message(pod) if callable(message) else message
        quiet = {**ended, "exitCode": 0, "reason": "Completed"}
        quiet.pop("signal", None)
        return container_status(pod, {"terminated": {**ended, "message": text}}, {"terminated": quiet},
                                "Failed" if code or signal else "Succeeded")
    return make


def reports(failure):
    return json.dumps({"error": {"class": failure, "message": WORDS}})


def taken(reason, *conditions, message=WORDS):
    """The platform ends the Pod: no container tells anything."""
    return lambda pod: {"phase": "Failed", "reason": reason, "message": message, "startTime": now(),
                        "conditions": [{"type": c, "status": "True", "reason": reason or c, "message": WORDS} for c in conditions]}


def disrupted_while_it_ran(code):
    def make(pod):
        return {**ends(code)(pod), "conditions": [{"type": "DisruptionTarget", "status": "True", "reason": "EvictionByEvictionAPI",
                                                   "message": WORDS}]}
    return make


def not_placed(reason):
    return lambda pod: {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": reason, "message": WORDS}]}




class Deleted(typing.NamedTuple):
    """Somebody deletes the Pod; its kubelet ends the worker and tells how."""
    then: typing.Callable

P, D, T = "pipelines", "datasets", "trainingjobs"
IMAGE, CONFIG = "ImagePullError", "ContainerConfigError"
ROWS = [
    # What waits is no failure, and says what it waits for.
    Row("unschedulable", P, not_placed("Unschedulable"), "Starting", "Unschedulable", words=WORDS, bound=False),
    Row("gated", P, not_placed("SchedulingGated"), "Starting", "Starting", bound=False),
    Row("err-image-pull", P, waits("ErrImagePull"), "Starting", IMAGE, words=WORDS),
    Row("image-pull-back-off", P, waits("ImagePullBackOff"), "Starting", IMAGE, words=WORDS),
    Row("invalid-image-name", D, waits("InvalidImageName"), "Starting", IMAGE, words=WORDS),
    Row("image-never-pull", P, waits("ErrImageNeverPull"), "Starting", IMAGE, words=WORDS),
    Row("image-inspect-error", P, waits("ImageInspectError"), "Starting", IMAGE, words=WORDS),
    Row("registry-unavailable", T, waits("RegistryUnavailable"), "Starting", IMAGE, words=WORDS),
    Row("config-error", P, waits("CreateContainerConfigError"), "Starting", CONFIG, words=WORDS),
    Row("create-error", P, waits("CreateContainerError"), "Starting", CONFIG, words=WORDS),
    Row("run-error", D, waits("RunContainerError"), "Starting", CONFIG, words=WORDS),
    Row("sidecar-image", T, waits("PodInitializing", "ImagePullBackOff"), "Starting", IMAGE, words=WORDS),
    Row("creating", P, waits("ContainerCreating"), "Starting", "Starting"),
    Row("initializing", T, waits("PodInitializing"), "Starting", "Starting"),
    Row("runs", P, runs(), "Running", "Running"),
    Row("runs-beside-a-sidecar", T, runs(), "Running"),
    Row("unknown-phase", P, runs("Unknown"), "Running"),
    # The worker's own exit codes.
    Row("done", D, ends(0, lambda pod: json.dumps({"dataset": dataset_facts(run_of(pod)["inspect"]["dataset"])})), "Succeeded"),
    Row("done-without-a-word", D, ends(0), failure="ResultLost", counted=True),
    Row("done-with-half-a-word", P, ends(0, '{"dataset": {"dig'), failure="ResultLost", counted=True),
    Row("done-with-another-word", P, ends(0, "[1, 2, 3]"), failure="ResultLost", counted=True),
    Row("unproved", T, ends(0), failure="CheckpointNotVerified", counted=True),
    Row("exit-2", P, ends(2), "Failed", failure="InvalidInput", counted=True),
    Row("exit-3", D, ends(3), "Failed", failure="InputMissing", counted=True),
    Row("exit-4", P, ends(4), failure="OutputConflict", counted=True),
    Row("exit-5", P, ends(5), "Failed", failure="LossNotAllowed", counted=True),
    Row("exit-6", P, ends(6), "Failed", failure="QualityFailed", counted=True),
    Row("exit-7", T, ends(7), "Failed", failure="Diverged", counted=True),
    Row("exit-8", P, ends(8), "Failed", failure="ContentChanged", counted=True),
    Row("exit-64", P, ends(64), failure="Internal", counted=True),
    Row("exit-65", D, ends(65), failure="StorageFailure", counted=True),
    Row("exit-138", T, ends(138), failure="RetryRequested", counted=True),
    Row("exit-143", T, ends(143), failure="Terminated"),
    Row("exit-1", P, ends(1, "one\nTypeError: last words\n"), failure="Unknown", counted=True, words="TypeError: last words"),
    # Signals, and what the container runtime says.
    Row("killed", P, ends(137), failure="Killed", counted=True),
    Row("interrupted", P, ends(130), failure="Killed", counted=True),
    Row("signal-only", P, ends(0, signal=9), failure="Killed", counted=True),
    Row("oom-killed", T, ends(137, reason="OOMKilled"), "Failed", failure="HostOOM", counted=True),
    Row("segmentation-fault", T, ends(139), failure="Crash", counted=True),
    Row("aborted", P, ends(134), failure="Crash", counted=True),
    Row("illegal-instruction", P, ends(132), failure="Crash", counted=True),
    Row("bus-error", T, ends(135), "Failed", failure="ShmTooSmall", counted=True),
    Row("not-executable", P, ends(126), "Failed", failure="ImageError", counted=True),
    Row("not-found", P, ends(127), "Failed", failure="ImageError", counted=True),
    Row("start-error", P, ends(128, WORDS, "StartError"), "Failed", failure="ImageError", counted=True, words=WORDS),
    # The worker's word about itself: what it may say, and what it may not.
    Row("says-cuda-oom", T, ends(1, reports("CudaOOM")), "Failed", failure="CudaOOM", counted=True, words=WORDS),
    Row("says-nan", T, ends(1, reports("NaN")), "Failed", failure="NaN", counted=True, words=WORDS),
    Row("says-xid", T, ends(1, reports("Xid")), failure="Xid", counted=True, words=WORDS),
    Row("claims-a-lost-node", P, ends(1, reports("NodeLost")), failure="Unknown", counted=True, words=WORDS),
    # The platform took the Pod: free, however the worker went down with it.
    Row("evicted", P, taken("Evicted"), failure="Evicted", counted=True, words=WORDS),
    Row("evicted-by-the-api", T, taken("Evicted", "DisruptionTarget"), failure="NodeLost"),
    Row("disrupted-and-killed", T, disrupted_while_it_ran(137), failure="NodeLost"),
    Row("disrupted-and-confused", P, disrupted_while_it_ran(2), failure="NodeLost"),
    Row("node-lost", P, taken("NodeLost"), failure="NodeLost", words=WORDS),
    Row("shutdown", P, taken("Terminated", message="Pod was terminated in response to imminent node shutdown."),
        failure="NodeLost", words="imminent node shutdown"),
    Row("preempted", P, taken("Preempting"), failure="NodeLost"),
    Row("admission-error", T, taken("UnexpectedAdmissionError"), failure="NodeRefused", words=WORDS),
    Row("out-of-cpu", P, taken("OutOfcpu"), failure="NodeRefused", words=WORDS),
    Row("node-affinity", P, taken("NodeAffinity"), failure="NodeRefused", words=WORDS),
    Row("over-its-deadline", P, taken("DeadlineExceeded"), failure="Unknown", counted=True, words=WORDS),
    Row("failed-without-a-reason", P, taken("", message=""), failure="Unknown", counted=True),
    Row("deleted", P, Deleted(ends(143)), failure="Terminated"),
]


def spec_for(row):
    if row.kind == D:
        return dataset(NAMESPACE, row.name)
    if row.kind == P:
        return pipeline(NAMESPACE, row.name, "train", f"{row.name}-out")
    return training(NAMESPACE, row.name, {"name": "train"}, "val")


def condition(status, type_):
    return next((c for c in status.get("conditions", []) if c["type"] == type_), {})


def differences(row, status):
    """What `status` says otherwise than the row."""
    failure = status.get("failure", {})
    found = {"class": failure.get("class", ""), "reason": condition(status, "Reconciling").get("reason", ""), "phase": status.get("phase", "")}
    wanted = {"class": row.failure, **({"reason": row.reason} if row.reason else {}), **({"phase": row.phase} if row.phase else {})}
    out = [f"{what} is {found[what]!r} instead of {value!r}" for what, value in wanted.items() if found[what] != value]
    if row.failure and (status.get("countedFailures", 0) > 0) != row.counted:
        out.append(f"countedFailures is {status.get('countedFailures', 0)}")
    text = failure.get("evidence", "") if row.failure else status.get("message", "")
    if row.words not in text:
        out.append(f"{row.words!r} is not in {text!r}")
    return out


class Campaign:
    def __init__(self, rows):
        self.rows = rows
        self.client = KubeClient(KUBECONFIG)
        self.tally = Tally("pod states")

    def prepare(self):
        kubectl("create", "namespace", NAMESPACE)
        self.replicas = Replicas(NAMESPACE, NAMESPACE, leaderElection={"enabled": False})
        self.operator = self.replicas.start()
        node = SimulatedNode(KUBECONFIG, NAMESPACE, lambda run: Script(0.1))
        for name, split in (("train", "Train"), ("val", "Val")):
            self.client.create("datasets", dataset(NAMESPACE, name, split))
        for name in ("train", "val"):
            wait_until(f"Dataset {name}", lambda name=name: self.status("datasets", name).get("phase") == "Succeeded", 60)
        node.close()
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "", "lastHeartbeatTime": now(),
                 "lastTransitionTime": now()}
        self.client.call("POST", "/api/v1/nodes", {"metadata": {"name": NODE}})
        self.client.call("PATCH", f"/api/v1/nodes/{NODE}/status", {"status": {"conditions": [ready]}}, MERGE_PATCH)
        self.ledger = Ledger(KUBECONFIG, NAMESPACE)

    def status(self, kind, name):
        return self.client.get(kind, NAMESPACE, name).get("status", {})

    def first_pods(self):
        """By resource, the Pod of its first attempt."""
        pods = self.client.items("pods", NAMESPACE)
        return {pod["metadata"]["labels"]["visionops.dev/name"]: pod for pod in pods
                if pod["metadata"]["labels"].get("visionops.dev/attempt") == "1"}

    def strike(self, row, pod):
        name = pod["metadata"]["name"]
        if row.bound:
            self.client.call("POST", path_of("pods", NAMESPACE, name, "binding"),
                             {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": name}, "target": {"kind": "Node", "name": NODE}})
        if isinstance(row.make, Deleted):
            self.client.patch("pods", NAMESPACE, name, {"status": runs()(pod)}, "status")
            self.client.call("DELETE", path_of("pods", NAMESPACE, name), {"gracePeriodSeconds": 30})
        make = row.make.then if isinstance(row.make, Deleted) else row.make
        self.client.patch("pods", NAMESPACE, name, {"status": make(pod)}, "status")

    def run(self):
        self.prepare()
        specs = {row.name: self.client.create(row.kind, spec_for(row))["spec"] for row in self.rows}
        wait_until("every resource has a Pod", lambda: specs.keys() <= self.first_pods().keys(), 120, pause=0.5,
                   report=lambda: f"without: {specs.keys() - self.first_pods().keys()}")
        pods = self.first_pods()
        for row in self.rows:
            try:
                self.strike(row, pods[row.name])
            except ApiError as error:
                self.tally.alarm(row.name, f"the API server does not take this row: {error}")
        self.judge()
        self.look_back(specs)

    def judge(self):
        """What a resource says may be over in seconds, when the next attempt begins: of all that it said, something must fit."""
        open_rows, end, mark = {(row.kind, row.name): row for row in self.rows}, time.monotonic() + PATIENCE, 0
        while open_rows and time.monotonic() < end:
            news = self.ledger.since(mark)
            mark += len(news)
            for entry in news:
                row = open_rows.get((entry.kind, entry.name))
                if row and not differences(row, entry.object.get("status", {})):
                    del open_rows[row.kind, row.name]
            time.sleep(0.2)
        for row in open_rows.values():
            told = self.status(row.kind, row.name)
            self.tally.alarm(row.name, "; ".join(differences(row, told)) + f" ({json.dumps(told)})")
        self.tally.count(len(self.rows))

    def look_back(self, specs):
        """What must hold in every row."""
        for (uid, run, attempt), jobs in self.ledger.jobs_by_attempt().items():
            if len(jobs) > 1:
                self.tally.alarm(uid, f"run {run} attempt {attempt} had {len(jobs)} Jobs: {jobs}")
        for row in self.rows:
            if self.client.get(row.kind, NAMESPACE, row.name)["spec"] != specs[row.name]:
                self.tally.alarm(row.name, "its spec was touched")
        if not self.operator.alive():
            self.tally.alarm("operator", self.operator.log_file.read_text()[-2000:])
        self.ledger.close()
        self.replicas.close()


if __name__ == "__main__":
    wanted = sys.argv[1:]
    campaign = Campaign([row for row in ROWS if not wanted or row.name in wanted])
    campaign.run()
    campaign.tally.end()
