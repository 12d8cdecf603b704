"""A life of each kind in a namespace of its own, behind a proxy: what its users do, what becomes of it, and what must
hold meanwhile. Equal in the end, whatever goes wrong with the requests of the operator."""

import json
import re
import threading
import time

from api_proxy import ApiProxy
from kube_client import ApiError, KubeClient
from ledger import Ledger
from replica import KUBECONFIG, Replicas, wait_until
from simulated_node import Script, SimulatedNode
from vision_resources import dataset, pipeline, training

D, P, T = "datasets", "pipelines", "trainingjobs"
STEP_SECONDS = 90
OURS = (D, P, T)
VARYING_KEYS = {"resourceVersion", "managedFields", "lastTransitionTime", "duration", "telemetryAt", "creationTimestamp", "time",
                "startTime", "completionTime", "uncountedTerminatedPods", "lastProbeTime", "generateName"}
UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DIGEST = re.compile(r"\b[0-9a-f]{8,64}\b")


def without_varying(thing):
    if isinstance(thing, list):
        return [without_varying(each) for each in thing]
    if isinstance(thing, dict):
        return {k: without_varying(v) for k, v in thing.items() if k not in VARYING_KEYS}
    return thing


def normalised(thing, namespace):
    """As text, without what differs between two undisturbed lives; equal digests stay equal."""
    text = json.dumps(without_varying(thing), sort_keys=True, indent=1).replace(namespace, "NAMESPACE")
    text = TIME.sub("TIME", UUID.sub("UID", text))
    known = {}
    return DIGEST.sub(lambda found: known.setdefault(found.group(), f"DIGEST-{len(known) + 1}"), text)


class Operator:
    """One that is started anew whenever it ends. Only deaths that were ordered are none of its faults."""

    def __init__(self, namespace, proxy):
        self.replicas = Replicas(namespace, namespace, kubeconfig=proxy.kubeconfig, leaderElection={"enabled": False})
        self.proxy = proxy
        self.ordered = 0
        self.unordered = []
        self.closed = threading.Event()
        self.replica = self.replicas.start()
        self.thread = threading.Thread(target=self._keep, daemon=True)
        self.thread.start()

    def kill(self):
        """In the midst of whatever it does."""
        self.ordered += 1
        self.replica.kill()

    def _keep(self):
        deaths = 0
        while not self.closed.is_set():
            if self.replica.alive():
                time.sleep(0.02)
                continue
            deaths += 1
            if deaths > self.ordered:
                self.unordered.append(self.replica.log_file.read_text()[-1500:])
                self.ordered += 1
            self.proxy.cut()
            self.replica = self.replicas.start()

    def close(self):
        self.closed.set()
        self.thread.join(timeout=60)
        self.replicas.close()


class Life:
    """One namespace with its operator, proxy, node and users. Used as a context."""

    def __init__(self, namespace, policy=None):
        self.namespace = namespace
        self.client = KubeClient(KUBECONFIG)
        self.policy = policy
        self.suspended = threading.Event()

    def __enter__(self):
        self.client.call("POST", "/api/v1/namespaces", {"metadata": {"name": self.namespace}})
        wait_until("the service account", self._has_account, 60)
        self.ledger = Ledger(KUBECONFIG, self.namespace)
        self.node = SimulatedNode(KUBECONFIG, self.namespace, self.script)
        self.proxy = ApiProxy(KUBECONFIG)
        if self.policy:
            self.proxy.policy = lambda asked: self.policy(self, asked)
        self.operator = Operator(self.namespace, self.proxy)
        return self

    def __exit__(self, *_):
        self.operator.close()
        self.proxy.close()
        self.node.close()
        self.ledger.close()

    def _has_account(self):
        try:
            return self.client.call("GET", f"/api/v1/namespaces/{self.namespace}/serviceaccounts/default")
        except ApiError:
            return None

    def script(self, run):
        if run["owner"]["name"] == "learn" and not self.suspended.is_set():
            return Script(3600)  # until it is suspended
        return Script(0.1)

    # What users do and see.
    def get(self, kind, name):
        try:
            return self.client.get(kind, self.namespace, name)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def status(self, kind, name):
        return (self.get(kind, name) or {}).get("status", {})

    def reaches(self, kind, name, phase, run=0):
        def there():
            status = self.status(kind, name)
            return status.get("phase") == phase and status.get("run", 0) >= run
        wait_until(f"{kind} {name} is {phase}", there, STEP_SECONDS, report=lambda: json.dumps(self.status(kind, name)))

    def goes(self, kind, name):
        wait_until(f"{kind} {name} is gone", lambda: self.get(kind, name) is None, STEP_SECONDS,
                   report=lambda: json.dumps(self.get(kind, name)))

    def change(self, kind, name, **spec):
        self.client.patch(kind, self.namespace, name, {"spec": spec})

    def pods_at_work(self, name):
        return [pod for pod in self.client.items("pods", self.namespace)
                if pod["metadata"]["labels"].get("visionops.dev/name") == name
                and pod.get("status", {}).get("phase") not in ("Succeeded", "Failed")]

    def live(self):
        """All that happens, and what is there in the end: {object: text}."""
        n = self.namespace
        self.client.create(D, dataset(n, "roads", "Train", deletionPolicy="Delete"))
        self.client.create(D, dataset(n, "holdout", "Val"))
        self.client.create(P, pipeline(n, "cut", "roads", "cut-out", seed=1))
        self.client.create(T, training(n, "learn", {"name": "roads"}, "holdout"))
        self.reaches(T, "learn", "Running")
        self.change(T, "learn", suspend=True)
        self.reaches(T, "learn", "Suspended")
        wait_until("its Pods are gone", lambda: not self.pods_at_work("learn"), STEP_SECONDS)
        self.suspended.set()
        self.change(T, "learn", suspend=False)
        self.reaches(T, "learn", "Succeeded")
        self.reaches(P, "cut", "Succeeded", run=1)
        self.change(P, "cut", seed=2)
        self.reaches(P, "cut", "Succeeded", run=2)
        for kind, name in ((T, "learn"), (P, "cut")):
            self.client.delete(kind, n, name)
            self.goes(kind, name)
        self.client.delete(D, n, "roads")
        self.goes(D, "roads")
        self.settle()
        return self.end_state()

    def settle(self, quiet=1.0):
        """Until nothing has changed for a while and every Job has ended."""
        def rests():
            mark = self.ledger.mark()
            time.sleep(quiet)
            return self.ledger.mark() == mark and all(
                any(c["type"] in ("Complete", "Failed") and c["status"] == "True" for c in job.get("status", {}).get("conditions", []))
                for job in self.client.items("jobs", self.namespace))
        wait_until("rest", rests, STEP_SECONDS)

    def end_state(self):
        return {f"{kind} {thing['metadata']['name']}": normalised(thing, self.namespace)
                for kind in (*OURS, "jobs") for thing in self.client.items(kind, self.namespace)}

    def counts(self):
        """How often each object was made and removed."""
        found = {}
        for entry in self.ledger.since():
            if entry.type in ("ADDED", "DELETED"):
                key = f"{entry.kind} {entry.name}"
                found.setdefault(key, {"ADDED": 0, "DELETED": 0})[entry.type] += 1
        return {key: f"{count['ADDED']} made, {count['DELETED']} removed" for key, count in found.items()}

    def violations(self):
        """What must not be at any time."""
        found = [f"run {run} attempt {attempt} of {uid} had {len(jobs)} Jobs: {jobs}"
                 for (uid, run, attempt), jobs in self.ledger.jobs_by_attempt().items() if len(jobs) > 1]
        found += [f"the operator died: {log}" for log in self.operator.unordered]
        for kind in OURS:
            newest = {}
            for entry in self.ledger.of(kind):
                status = entry.object.get("status", {})
                at = (status.get("run", 0), status.get("attempt", 0))
                if at < newest.get(entry.uid, at):
                    found.append(f"{kind} {entry.name} went from run and attempt {newest[entry.uid]} back to {at}")
                newest[entry.uid] = at
        return found


def difference(expected, actual):
    """Empty when equal, else the first lines that differ, for people."""
    out = []
    for name in sorted(expected.keys() | actual.keys()):
        wanted, found = expected.get(name, "").splitlines(), actual.get(name, "").splitlines()
        if wanted == found:
            continue
        lines = [f"{w.strip()} | {f.strip()}" for w, f in zip(wanted, found) if w != f][:4]
        out.append(f"{name}: {len(wanted)} lines | {len(found)} lines; " + "; ".join(lines))
    return "\n  ".join(out)
