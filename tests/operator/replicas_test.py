"""Two replicas: one leads, the other stands by warm and takes over."""

import json
import random
import time
import unittest

from replica import Replicas, kubectl, objects, wait_until

NAMESPACE = "replicas"
TAKEOVER_AFTER_DEATH = 17.0
TAKEOVER_AFTER_STOP = 3.0


def dataset(name):
    return {"apiVersion": "visionops.dev/v1alpha1", "kind": "Dataset", "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"group": name, "type": "Raw", "split": "Train", "version": "v1.0.0", "format": "COCO",
                     "tasks": ["Detection"], "store": "datasets", "path": f"raw/{name}"}}


def apply(*resources):
    kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": resources}))


class ReplicasTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kubectl("create", "namespace", NAMESPACE)

    def setUp(self):
        self.replicas = Replicas(NAMESPACE, NAMESPACE)
        self.addCleanup(self.replicas.close)

    def pair(self):
        leader = self.replicas.start()
        wait_until("the first replica leads", leader.leads, 40)
        standby = self.replicas.start()
        wait_until("the standby is ready", standby.ready)
        self.assertFalse(standby.leads())
        return leader, standby

    def has_job(self, name):
        return any(job["metadata"]["labels"]["visionops.dev/name"] == name for job in objects("jobs", NAMESPACE))

    def seconds_to(self, standby):
        begin = time.monotonic()
        wait_until("the standby leads", standby.leads, 60)
        return time.monotonic() - begin

    def test_a_stopped_leader_hands_over_within_three_seconds(self):
        leader, standby = self.pair()
        self.assertEqual(leader.stop(), 0, leader.log_file.read_text())
        self.assertLessEqual(self.seconds_to(standby), TAKEOVER_AFTER_STOP)
        apply(dataset("handed-over"))
        wait_until("the new leader works", lambda: self.has_job("handed-over"))

    def test_a_killed_leader_is_replaced_and_no_child_is_made_twice(self):
        leader, standby = self.pair()
        seed = random.randrange(1 << 30)
        rng = random.Random(seed)
        for round_ in range(2):
            names = [f"killed-{round_}-{i}" for i in range(12)]
            apply(*[dataset(name) for name in names])
            time.sleep(rng.uniform(0, 0.4))  # somewhere in the middle of its work
            leader.kill()
            self.assertLessEqual(self.seconds_to(standby), TAKEOVER_AFTER_DEATH, f"seed {seed}")
            for name in names:
                wait_until(f"{name} has its Job (seed {seed})", lambda name=name: self.has_job(name))
            jobs = [job for job in objects("jobs", NAMESPACE) if job["metadata"]["labels"]["visionops.dev/name"] in names]
            self.assertEqual(len(jobs), len(names), f"seed {seed}")
            leader, standby = standby, self.replicas.start()
            wait_until("the new standby is ready", standby.ready)

    def test_an_idle_operator_writes_nothing(self):
        apply(dataset("idle"))
        leader, _ = self.pair()
        wait_until("the Job is there", lambda: self.has_job("idle"))
        time.sleep(12)  # a start that takes longer than ten seconds is told once
        before = {item["metadata"]["name"]: item["metadata"]["resourceVersion"]
                  for kind in ("datasets", "jobs") for item in objects(kind, NAMESPACE)}
        time.sleep(6)
        after = {item["metadata"]["name"]: item["metadata"]["resourceVersion"]
                 for kind in ("datasets", "jobs") for item in objects(kind, NAMESPACE)}
        self.assertEqual(before, after)

    def test_the_metrics_have_the_standard_names(self):
        leader, standby = self.pair()
        self.assertEqual(leader.metric('leader_election_master_status{name="visionops"}'), 1, leader.page("/metrics")[1])
        self.assertEqual(standby.metric('leader_election_master_status{name="visionops"}'), 0)
        self.assertIn("workqueue_depth", leader.page("/metrics")[1])
        self.assertEqual(leader.page("/healthz")[0], 200)
        self.assertEqual(leader.page("/secret")[0], 404)


if __name__ == "__main__":
    unittest.main()
