"""Scale and latency of `visionops operator` on a real kube-apiserver and controller manager, with a simulator in place
of scheduler and nodes (pod_simulator.py). Prints each figure beside its target and writes them as JSON.

    make bench-cluster                                     the full sizes: 10,000 resources with 10,000 Pods
    make bench-cluster BENCH_ARGUMENTS="--resources 100"   a quick look

How it is measured:
- Resources live real lives: they are submitted, the operator makes Jobs, the Job controller Pods, the simulator binds
  them, runs them and ends their workers with a result. Nobody but the operator writes the status of a resource.
- 1,000 of them live; the rest, unless --lived is given, are copies of their namespaces as they ended, made while the
  operator is away. Then it starts, with all of them present.
- Requests are counted in the audit log of the API server; the operator has a user of its own there. Renewals of its
  Lease are told separately: they are a heartbeat, not work. A write belongs to the life of the resource that it
  writes, one of a Job to the owner's: so a Pipeline's Dataset begins its life with the write that creates it.
- Latency is the time between two arrivals at one client that watches Pods and resources: the event of the Pod's
  change, and the event of the resource that tells it. Changes are paced, with all other objects present.
- Idle is an operator that has looked at every resource that it found. What these looks cost after a restart stands in
  a line of its own.
- Memory is that of the process as the kernel counts it (VmRSS, VmHWM), with no history database.

--check is for tests: it fails unless the counts hold that no slow machine excuses (all resources end well, no child
is made twice, writes of a life, idle writes), and judges no time."""

import argparse
import collections
import json
import os
import pathlib
import signal
import statistics
import sys
import tempfile
import time

import audit
import workload
from api_client import ApiClient, in_parallel
from clones import clone
from observer import Observer
from operator_process import OperatorProcess, cpu_seconds
from surroundings import Surroundings

CLIENTS = 8
WAVE = 1000


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


class Figures:
    """Rows of (what, measured, unit, target, verdict)."""

    def __init__(self):
        self.rows = []

    def add(self, what, value, unit="", most=None):
        verdict = "" if most is None else "PASS" if value <= most else "MISS"
        self.rows.append({"figure": what, "value": round(value, 3), "unit": unit, "target": most, "verdict": verdict})
        self._print(self.rows[-1])

    @staticmethod
    def _print(row):
        target = "" if row["target"] is None else f"<= {row['target']:g}"
        print(f"{row['figure']:<72} {row['value']:>10g} {row['unit']:<8} {target:<9} {row['verdict']}", flush=True)

    def show(self):
        print("\n" + "-" * 108)
        for row in self.rows:
            self._print(row)


class Bench:
    def __init__(self, options):
        self.options = options
        self.plane = pathlib.Path(os.environ["VISIONOPS_TEST_KUBECONFIG"]).parent
        self.api = ApiClient(os.environ["VISIONOPS_TEST_KUBECONFIG"])
        self.namespaces = [f"team-{number}" for number in range(options.namespaces)]
        self.surroundings = Surroundings(self.plane, self.api, self.namespaces, options.run_milliseconds)
        self.observer = Observer(self.api)
        self.operator = OperatorProcess(self.plane, options.operator)
        self.figures = Figures()
        self.submitted = []
        self.idle_writes = []
        parallelism = workload.parallelism_for(options.resources, options.pods)
        self.manifests = workload.stream(self.namespaces, parallelism)

    def run(self):
        try:
            self.surroundings.start()
            self.observer.start()
            self.operator.start()
            self.raw_jobs()
            self.burst()
            self.fill()
            self.restart()
            self.latency()
            self.memory("after the paced changes")
            self.idle("after the paced changes")
            self.lives()
            self.figures.show()
            self.write_json()
            return self.check() if self.options.check else 0
        finally:
            self.operator.keep_logs(self.options.out)
            self.operator.stop()
            self.observer.stop()
            self.surroundings.stop()

    def submit(self, count):
        """The next `count` manifests, from some clients at once; what they are."""
        batch = [next(self.manifests) for _ in range(count)]
        in_parallel(lambda m: self.api.create(workload.path(m["kind"], m["metadata"]["namespace"]), m), batch, CLIENTS)
        keys = [(m["kind"], m["metadata"]["namespace"], m["metadata"]["name"]) for m in batch]
        self.submitted += keys
        return keys

    def raw_jobs(self):
        """A plain loop that creates Jobs, and how long the control plane takes to end them: the ceiling."""
        count = min(self.options.burst, self.options.resources)
        namespace = "raw-jobs"
        path = f"/apis/batch/v1/namespaces/{namespace}/jobs"
        self.api.create("/api/v1/namespaces", {"metadata": {"name": namespace}})
        labels = {"visionops.dev/kind": "Dataset"}  # the simulator reads it
        begin = time.monotonic()
        in_parallel(lambda number: self.api.create(path, {
            "metadata": {"name": f"raw-{number:04d}"},
            "spec": {"backoffLimit": 0, "completions": 1, "completionMode": "Indexed", "template": {
                "metadata": {"labels": labels},
                "spec": {"restartPolicy": "Never", "containers": [{"name": "worker", "image": "visionops-worker"}]}}}}),
            range(count), CLIENTS)
        self.figures.add(f"raw loop: {count} Jobs created", count / (time.monotonic() - begin), "/s")
        while self.unfinished(path):
            time.sleep(0.5)
        self.raw_rate = count / (time.monotonic() - begin)
        self.figures.add(f"raw loop: {count} Jobs complete", self.raw_rate, "/s")
        self.api.request("DELETE", path, {"propagationPolicy": "Background"})
        while self.api.get(f"/api/v1/namespaces/{namespace}/pods?limit=1")["items"]:
            time.sleep(0.5)

    def unfinished(self, path):
        jobs = self.api.items(path)
        return [job for job in jobs if not job.get("status", {}).get("completionTime")]

    def burst(self):
        count = min(self.options.burst, self.options.resources)
        cpu = self.operator.cpu_seconds()
        begin = time.monotonic()
        keys = self.submit(count)
        created = time.monotonic()
        end = self.observer.wait_terminal(keys, self.options.patience)
        known = len(self.observer.phases)
        self.figures.add(f"burst: {count} resources submitted", count / (created - begin), "/s")
        self.figures.add(f"burst: {count} resources (and {known - count} they made) reach terminal", count / (end - begin), "/s")
        self.figures.add("burst: operator CPU a resource", 1000 * (self.operator.cpu_seconds() - cpu) / known, "ms")

    def fill(self):
        """Up to the wanted number of resources: by lives, or by copies of those that have lived."""
        if self.options.lived:
            todo = self.options.resources * workload.SUBMITTED_PER_BUNDLE // workload.PER_BUNDLE - len(self.submitted)
            while todo > 0:
                self.observer.wait_terminal(self.submit(min(WAVE, todo)), self.options.patience)
                todo -= WAVE
                self.progress()
            self.memory("after all lives")
            self.operator.stop()
        else:
            self.settle()
            self.operator.stop()
            self.surroundings.stop()
            lived = len(self.observer.phases)
            copies = max(0, round((self.options.resources - lived) * len(self.namespaces) / lived))
            for begin in range(0, copies, 2 * CLIENTS):
                targets = [f"copy-{number}" for number in range(begin, min(copies, begin + 2 * CLIENTS))]
                clone(self.api, self.namespaces, targets, CLIENTS)
                self.progress()
            self.surroundings.simulate()
        time.sleep(10)  # the control plane looks at all that is new
        self.figures.add("resources present", len(self.observer.phases))
        self.figures.add("Pods present", sum(1 for pod in self.observer.pods if not pod.startswith("raw-jobs/")))

    def settle(self):
        """Resources are terminal before their Jobs are over, and some are told something once more."""
        while self.unfinished("/apis/batch/v1/jobs"):
            time.sleep(0.5)
        writes = -1
        while writes != (writes := sum(1 for r in self.requests() if audit.is_write(r))):
            time.sleep(3)

    def progress(self):
        print(f"  {self.observer.terminal()} resources are terminal", flush=True)

    def latency(self):
        count = self.options.latency_resources
        keys = []
        for number in range(count):
            namespace = self.namespaces[number % len(self.namespaces)]
            manifest = workload.dataset(namespace, f"paced-{number:04d}", "Train", "v1.0.0")
            begin = time.monotonic()
            self.api.create(workload.path("Dataset", namespace), manifest)
            keys.append(("Dataset", namespace, manifest["metadata"]["name"]))
            time.sleep(max(0.0, self.options.pace - (time.monotonic() - begin)))
        self.observer.wait_terminal(keys, self.options.patience)
        self.submitted += keys
        found = self.observer.latencies(keys)
        told = [1000 * seconds for seconds in found if seconds is not None]
        self.figures.add("Pod phase changes measured", len(told))
        self.figures.add("Pod phase changes that the resource never told (a later one came first)", len(found) - len(told))
        self.figures.add("Pod phase change -> resource status, p50", statistics.median(told), "ms")
        self.figures.add("Pod phase change -> resource status, p99", percentile(told, 0.99), "ms", 250)
        self.figures.add("Pod phase change -> resource status, most", max(told), "ms")

    def memory(self, when):
        now, peak = self.operator.memory()
        self.figures.add(f"operator memory {when} (VmRSS)", now, "MiB", 64)
        self.figures.add(f"operator memory {when}, peak (VmHWM)", peak, "MiB", 64)

    def requests(self):
        return audit.requests(self.plane / "audit.log")

    def idle(self, when):
        time.sleep(5)  # the last events of the load
        self.operator.wait_quiet()
        before, passes = len(self.requests()), self.operator.passes()
        cpu = self.operator.cpu_seconds()
        time.sleep(self.options.idle_seconds)
        window = self.requests()[before:]
        writes = [r for r in window if audit.is_write(r)]
        self.idle_writes += writes
        renewals = [r for r in window if audit.is_lease(r) and r.verb in audit.WRITES]
        self.figures.add(f"idle writes in {self.options.idle_seconds} s {when}", len(writes), "", 0)
        self.figures.add(f"idle renewals of the Lease in {self.options.idle_seconds} s {when}", len(renewals))
        self.figures.add(f"idle CPU {when}", 100 * (self.operator.cpu_seconds() - cpu) / self.options.idle_seconds, "%", 1)
        self.figures.add(f"idle looks at resources in {self.options.idle_seconds} s {when}", self.operator.passes() - passes, "", 0)

    def restart(self):
        before = len(self.requests())
        server = int((self.plane / "kube-apiserver.pid").read_text())
        served = cpu_seconds(server)
        self.figures.add("restart to ready and leading", self.operator.start(), "s", 5)
        self.figures.add("restart: operator CPU until then", self.operator.cpu_seconds(), "s")
        self.figures.add("restart: API server CPU until then", cpu_seconds(server) - served, "s")
        self.memory("after the restart")
        self.operator.wait_quiet()
        self.figures.add("restart: looks at resources", self.operator.passes())
        self.figures.add("restart: operator CPU until it has looked at all of them", self.operator.cpu_seconds(), "s")
        self.idle("after the restart")
        self.restart_writes = [r for r in self.requests()[before:] if audit.is_write(r)]
        self.figures.add("writes because of the restart", len(self.restart_writes), "", 0)
        self.memory("an idle minute later")

    def makers(self):
        """Who made each Dataset and each Job."""
        made = dict(self.observer.made_by)
        for page in self.api.pages("/apis/batch/v1/jobs"):
            for meta in (job["metadata"] for job in page["items"] if "ownerReferences" in job["metadata"]):
                owner = meta["ownerReferences"][0]
                made["Job", meta["namespace"], meta["name"]] = owner["kind"], meta["namespace"], owner["name"]
        return made

    def lives(self):
        self.made = self.makers()
        found, self.strays = audit.lives(self.requests(), self.made)
        by_kind = collections.defaultdict(list)
        for (kind, _, name), life in found.items():
            made = (kind, _, name) in self.observer.made_by
            by_kind["Dataset of a Pipeline" if made else kind].append(life)
        self.most_writes = 0
        self.longest_lives = {}
        for kind, of_kind in sorted(by_kind.items()):
            objects = [life.objects for life in of_kind]
            longest = max(of_kind, key=lambda life: life.objects)
            self.longest_lives[kind] = [str(request) for request in longest.requests]
            self.most_writes = max(self.most_writes, max(objects))
            self.figures.add(f"writes a life, {kind}: mean", statistics.mean(objects))
            self.figures.add(f"writes a life, {kind}: most", max(objects), "", 6)
            self.figures.add(f"writes a life, {kind}: mean with Events", statistics.mean(l.objects + l.events for l in of_kind))
        self.figures.add("writes that belong to no resource", len(self.strays))
        refused = collections.Counter(r.code for r in self.requests() if audit.is_write(r) and r.code >= 400)
        self.figures.add("writes that the API server refused", sum(refused.values()))
        verbs = collections.Counter((r.verb, r.resource) for r in self.requests() if not audit.is_lease(r))
        self.requests_by_verb = {f"{verb} {resource}": count for (verb, resource), count in verbs.most_common()}

    def twice(self):
        """Jobs that were created more than once, and resources with more than one Job."""
        created = collections.Counter(("Job", r.namespace, r.name) for r in self.requests()
                                      if r.verb == "create" and r.resource == "jobs" and r.code == 201)
        owners = collections.Counter(owner for (kind, _, _), owner in self.made.items() if kind == "Job")
        return [str(key) for key, count in [*created.items(), *owners.items()] if count > 1]

    def check(self):
        problems = []
        if self.observer.failed():
            problems.append(f"ended badly: {self.observer.failed()[:5]}")
        if self.twice():
            problems.append(f"made twice: {self.twice()[:5]}")
        if self.most_writes > 6:
            problems.append(f"a life took {self.most_writes} writes")
        if self.idle_writes:
            problems.append(f"idle writes: {self.idle_writes[:5]}")
        for problem in problems:
            print(f"FAILED: {problem}", file=sys.stderr)
        return 1 if problems else 0

    def write_json(self):
        report = {"figures": self.figures.rows, "requests": self.requests_by_verb,
                  "unexpected": [str(request) for request in (self.restart_writes + self.idle_writes + self.strays)[:50]],
                  "longest lives": self.longest_lives,
                  "failed": self.observer.failed()[:20],
                  "warnings": self.operator.warnings()[:50], "options": {k: str(v) for k, v in vars(self.options).items()}}
        target = self.options.out / "bench-cluster.json"
        target.write_text(json.dumps(report, indent=1))
        print(f"\nwritten to {target}")


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--operator", type=pathlib.Path, required=True, help="the program visionops, built for release")
    parser.add_argument("--resources", type=int, default=10000)
    parser.add_argument("--pods", type=int, default=0, help="at least as many Pods (0: one a resource)")
    parser.add_argument("--burst", type=int, default=1000, help="resources submitted at once")
    parser.add_argument("--latency-resources", type=int, default=150, help="paced Datasets; each has two Pod changes")
    parser.add_argument("--pace", type=float, default=0.25, help="seconds between them")
    parser.add_argument("--idle-seconds", type=int, default=60)
    parser.add_argument("--namespaces", type=int, default=4)
    parser.add_argument("--run-milliseconds", type=int, default=1000, help="the least time a worker runs; at most twice")
    parser.add_argument("--patience", type=int, default=900, help="seconds until unfinished resources are an error")
    parser.add_argument("--lived", action="store_true", help="no copies: every resource lives")
    parser.add_argument("--check", action="store_true", help="fail when a count is wrong")
    parser.add_argument("--out", type=pathlib.Path, default=None, help="folder for the JSON and the operator's logs")
    options = parser.parse_args()
    options.out = options.out or pathlib.Path(tempfile.mkdtemp(prefix="visionops-bench-"))
    options.out.mkdir(parents=True, exist_ok=True)
    return options


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(Bench(parse()).run())
