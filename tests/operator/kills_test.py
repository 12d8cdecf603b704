"""The leader dies over and over while resources are worked on: nothing is made twice, nothing is lost.

VISIONOPS_TEST_KILLS  how many leaders are killed (default 20; every tenth with the default lease, the others with the
                      shortest one, since a takeover takes as long as the lease)
VISIONOPS_TEST_SEED   repeats the moments of an earlier run
"""

import collections
import json
import os
import random
import threading
import time
import unittest

from ledger import Ledger
from replica import KUBECONFIG, Replicas, kubectl, objects, wait_until
from simulated_node import Script, SimulatedNode
from vision_resources import dataset, pipeline, training

NAMESPACE = "kills"
KILLS = int(os.environ.get("VISIONOPS_TEST_KILLS", "20"))
SEED = int(os.environ.get("VISIONOPS_TEST_SEED", str(random.randrange(1 << 30))))
SHORTEST = {"leaseDurationSeconds": 3, "renewDeadlineSeconds": 2, "retryPeriodSeconds": 1}
DEFAULT = {"leaseDurationSeconds": 15, "renewDeadlineSeconds": 10, "retryPeriodSeconds": 2}
TAKEOVER_AFTER_STOP = 3.0
TAKEOVER_AFTER_DEATH = {15: 17.0, 3: 7.0}  # by lease duration; the short one leaves seconds for a busy machine
RETRY_REQUESTED = 138
TERMINATED = 143
LOST_THE_LEASE = 1


def batch(number):
    """Two Datasets, a Pipeline over one of them, a TrainingJob over its output and the other one."""
    name = f"b{number:03}"
    return [
        dataset(NAMESPACE, f"{name}-train"), dataset(NAMESPACE, f"{name}-val", split="Val"),
        pipeline(NAMESPACE, name, f"{name}-train", f"{name}-out", parallelism=1 + number % 2),
        training(NAMESPACE, name, {"group": f"{name}-out", "split": "Train"}, f"{name}-val"),
    ]


class Restarting:
    """Some first attempts end as if the program or the platform wanted another one; the others are done after a moment."""

    def __init__(self):
        self.restarted = set()  # owner uids

    def __call__(self, run):
        owner = run["owner"]
        rng = random.Random(f"{SEED} {owner['kind']} {owner['name']}")
        seconds, exit_code = rng.uniform(0.1, 1.5), rng.choices([0, RETRY_REQUESTED, TERMINATED], [17, 1, 2])[0]
        if owner["attempt"] > 1 or exit_code == 0:
            return Script(seconds)
        self.restarted.add(owner["uid"])
        return Script(seconds, exit_code)


class Feeder(threading.Thread):
    """Applies a batch every few seconds, so that at any moment something is under way."""

    def __init__(self):
        super().__init__(daemon=True)
        self.ended = threading.Event()
        self.batches = 0
        self.failure = None
        self.start()

    def run(self):
        try:
            while not self.ended.is_set():
                kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": batch(self.batches)}))
                self.batches += 1
                self.ended.wait(2.5)
        except Exception as error:  # noqa: BLE001 told by end()
            self.failure = error

    def end(self):
        self.ended.set()
        self.join()
        if self.failure:
            raise self.failure
        return self.batches


class Crew:
    """Leader and standby; who dies is replaced."""

    def __init__(self, lease):
        self.lease = lease
        self.replicas = Replicas(NAMESPACE, NAMESPACE, leaderElection=lease)

    def alive(self):
        return [replica for replica in self.replicas.running if replica.alive()]

    def leader(self):
        led = [replica for replica in self.alive() if replica.leads()]
        return led[0] if led else None

    def fill(self, size=2):
        """Also after a leader that ended by itself: a busy machine can keep it from renewing the shortest lease."""
        for replica in self.replicas.running:
            if not replica.alive() and replica.process.returncode not in (-9, 0, LOST_THE_LEASE):
                raise AssertionError(f"{replica.name} ended with {replica.process.returncode}:\n{replica.log_file.read_text()[-4000:]}")
        while len(self.alive()) < size:
            self.replicas.start()

    def steady(self):
        """One leads, another is ready to."""
        self.fill()
        leader = wait_until("somebody leads", self.leader, 60)
        for replica in self.alive():
            wait_until("the standby is ready", replica.ready, 60)
        return leader if leader.alive() else self.steady()


class KillsTest(unittest.TestCase):
    def setUp(self):
        kubectl("create", "namespace", NAMESPACE)
        print(f"\nseed {SEED} (VISIONOPS_TEST_SEED), {KILLS} kills", flush=True)
        self.rng = random.Random(SEED)
        self.ledger = Ledger(KUBECONFIG, NAMESPACE)
        self.addCleanup(self.ledger.close)
        self.script = Restarting()
        self.node = SimulatedNode(KUBECONFIG, NAMESPACE, self.script)
        self.addCleanup(self.node.close)

    def crew(self, lease):
        crew = Crew(lease)
        self.addCleanup(crew.replicas.close)
        return crew

    def takeover(self, crew, end):
        """Ends the leader by `end`; the seconds until another one leads."""
        leader = crew.steady()
        time.sleep(self.rng.uniform(0, 1.2))  # somewhere in the middle of its work
        # The replacement may see the last renewal before the standby does, and then be the first to lead.
        others = lambda: [replica for replica in crew.alive() if replica is not leader]  # noqa: E731
        begin = time.monotonic()
        end(leader)
        replacement = threading.Thread(target=crew.fill)
        replacement.start()
        try:
            wait_until("another one leads", lambda: any(other.leads() for other in others()), 60,
                       report=lambda: "\n".join(other.log_file.read_text()[-2000:] for other in others()))
            return time.monotonic() - begin
        finally:
            replacement.join()

    def kill(self, crew, times):
        seconds = [self.takeover(crew, lambda leader: leader.kill()) for _ in range(times)]
        if seconds:
            print(f"lease {crew.lease['leaseDurationSeconds']} s: takeovers after kill -9: " + " ".join(f"{s:.1f}" for s in seconds), flush=True)
            self.assertLessEqual(max(seconds), TAKEOVER_AFTER_DEATH[crew.lease["leaseDurationSeconds"]], f"seed {SEED}")

    def test_twenty_dead_leaders_leave_every_resource_done_and_no_child_made_twice(self):
        patient = KILLS // 10
        crew = self.crew(SHORTEST)
        crew.steady()
        feeder = Feeder()
        self.kill(crew, KILLS - patient)

        heirs = self.crew(DEFAULT)
        heirs.fill()
        for replica in heirs.alive():
            wait_until("the heir is ready", replica.ready, 60)
        leader = crew.steady()
        for standby in [replica for replica in crew.alive() if replica is not leader]:
            standby.stop()
        begin = time.monotonic()
        self.assertEqual(leader.stop(), 0, leader.log_file.read_text()[-2000:])
        wait_until("an heir leads", heirs.leader, 60)
        stopped = time.monotonic() - begin
        print(f"takeover after SIGTERM: {stopped:.1f}", flush=True)
        self.kill(heirs, patient)
        batches = feeder.end()
        heirs.steady()

        self.everything_ends(batches)
        self.no_child_was_made_twice()
        self.nothing_is_an_orphan()
        self.every_run_counts_once()
        self.assertLessEqual(stopped, TAKEOVER_AFTER_STOP)

    def everything_ends(self, batches):
        wanted = {"datasets": ("Succeeded", 3 * batches), "pipelines": ("Succeeded", batches), "trainingjobs": ("Succeeded", batches)}

        def all_done():
            return all(collections.Counter(x.get("status", {}).get("phase") for x in objects(kind, NAMESPACE)) == {phase: count}
                       for kind, (phase, count) in wanted.items())

        wait_until(f"{batches} batches are done (seed {SEED})", all_done, 180, pause=1,
                   report=lambda: kubectl("get", "visionops,jobs", "-n", NAMESPACE))

    def no_child_was_made_twice(self):
        attempts = self.ledger.jobs_by_attempt()
        self.assertEqual({attempt: jobs for attempt, jobs in attempts.items() if len(jobs) != 1}, {}, f"seed {SEED}")
        for kind in ("jobs", "datasets", "pipelines", "trainingjobs"):
            self.assertEqual({name: uids for name, uids in self.ledger.uids(kind).items() if len(uids) != 1}, {}, f"seed {SEED}")
        owners = {entry.uid: (entry.kind, entry.name) for entry in self.ledger.since() if entry.kind != "jobs"}
        per_owner = collections.Counter(owners[uid] for uid, _, _ in attempts)
        restarts = sum(per_owner.values()) - len(per_owner)
        self.assertEqual(restarts, len(self.script.restarted), f"seed {SEED}: {per_owner}")
        print(f"{len(owners)} resources, {len(attempts)} Jobs, {restarts} of them second attempts", flush=True)

    def nothing_is_an_orphan(self):
        alive = {x["metadata"]["uid"] for kind in ("datasets", "pipelines", "trainingjobs", "jobs") for x in objects(kind, NAMESPACE)}
        for kind in ("jobs", "pods"):
            for child in objects(kind, NAMESPACE):
                owners = [owner["uid"] for owner in child["metadata"].get("ownerReferences", [])]
                self.assertEqual(len(owners), 1, f"{kind} {child['metadata']['name']}")
                self.assertIn(owners[0], alive, f"{kind} {child['metadata']['name']}")

    def every_run_counts_once(self):
        attempts = collections.defaultdict(set)
        for uid, run, attempt in self.ledger.jobs_by_attempt():
            attempts[uid].add((run, attempt))
        for kind in ("datasets", "pipelines", "trainingjobs"):
            for item in objects(kind, NAMESPACE):
                status, name, uid = item["status"], f"{kind} {item['metadata']['name']}", item["metadata"]["uid"]
                self.assertEqual(status.get("run"), 1, name)
                runs = [record["run"] for record in status.get("runs", [])]
                self.assertEqual(len(runs), len(set(runs)), f"{name}: {runs}")
                self.assertLessEqual(set(runs), {1}, name)
                if attempts[uid]:
                    self.assertEqual(attempts[uid], {(1, n + 1) for n in range(status["attempt"])}, name)


if __name__ == "__main__":
    unittest.main()
