"""The operator behind an API server that shows the past: it deletes nothing and creates nothing wrong.

Two API servers share one etcd. The operator is switched from the first to the second, whose link to etcd has a fault;
users, the controllers of Kubernetes and the simulated node go on through the first.
"""

import json
import pathlib
import subprocess
import time
import unittest

from forwarders import EtcdFault, EtcdForwarder, Switch
from kube_client import ApiError, KubeClient, path_of
from ledger import Ledger
from replica import KUBECONFIG, SOURCE, Replicas, kubectl, objects, wait_until
from simulated_node import Script, SimulatedNode
from vision_resources import dataset, pipeline, training

NAMESPACE = "stale"
FOREVER = 3600
CONTROL_PLANE = pathlib.Path(KUBECONFIG).parent
OUR_KINDS = ("datasets", "pipelines", "trainingjobs", "jobs", "pods", "persistentvolumeclaims")
DEADLINE = 12  # seconds; some of them pass before the view freezes


def apply(*resources):
    kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": resources}))


class SecondServer:
    """Another API server on the etcd of the control plane, through a forwarder; its audit log tells who asked it for what."""

    def __init__(self):
        port = int((CONTROL_PLANE / "etcd.url").read_text().rpartition(":")[2])
        self.etcd = EtcdForwarder(port)
        subprocess.run([SOURCE / "tests" / "cluster" / "control-plane", "second", CONTROL_PLANE, self.etcd.url], check=True, timeout=120)
        self.kubeconfig = CONTROL_PLANE / "kubeconfig-second"
        self.client = KubeClient(self.kubeconfig)
        self.log = open(CONTROL_PLANE / "second-audit.log")
        self.begun = ""  # a line whose end has not been read yet
        for kind in OUR_KINDS:  # it fills a watch cache of custom resources when somebody asks for it
            wait_until(f"the second server serves {kind}", lambda kind=kind: self._watches(kind), 60)

    def _watches(self, kind):
        try:
            listed = self.client.call("GET", f"{path_of(kind, 'default')}?resourceVersion=0")
            return next(self.client.watch(kind, "default", listed["metadata"]["resourceVersion"], seconds=1), "quiet")
        except ApiError:
            return None

    def close(self):
        self.etcd.set(EtcdFault.NONE)  # an API server without its storage does not end
        self.log.close()

    def writes(self):
        """What the operator wrote since the last call: (verb, resource, name, status)."""
        found = []
        *lines, self.begun = (self.begun + self.log.read()).split("\n")
        for line in lines:
            event = json.loads(line)
            thing = event.get("objectRef", {})
            if event.get("userAgent") != "visionops" or event["verb"] not in ("create", "update", "patch", "delete"):
                continue
            if thing.get("resource") in OUR_KINDS:
                name = "/".join(part for part in (thing.get("resource"), thing.get("subresource")) if part)
                found.append((event["verb"], name, thing.get("name", ""), event.get("responseStatus", {}).get("code")))
        return found


class StaleTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.first = KubeClient(KUBECONFIG)
        cls.second = SecondServer()
        cls.addClassCleanup(cls.second.close)

    def setUp(self):
        self.namespace = f"{NAMESPACE}-{self._testMethodName.split('_')[1]}"
        kubectl("create", "namespace", self.namespace)
        self.switch = Switch(self.first.address.port)
        self.addCleanup(self.switch.close)
        self.ledger = Ledger(KUBECONFIG, self.namespace)
        self.addCleanup(self.ledger.close)
        self.addCleanup(self.second.etcd.set, EtcdFault.NONE)

    def simulate(self, script):
        self.node = SimulatedNode(KUBECONFIG, self.namespace, script)
        self.addCleanup(self.node.close)

    def operator(self, server):
        """A replica that reaches the API server at 127.0.0.1:`server`."""
        kubeconfig = CONTROL_PLANE / f"kubeconfig-{self.namespace}-{server}"
        kubeconfig.write_text(pathlib.Path(KUBECONFIG).read_text().replace(f":{self.first.address.port}'", f":{server}'"))
        replicas = Replicas(self.namespace, self.namespace, kubeconfig=kubeconfig)
        self.addCleanup(replicas.close)
        return replicas

    def phase(self, kind, name):
        return self.first.get(kind, self.namespace, name).get("status", {}).get("phase")

    def reaches(self, kind, name, phase, seconds=60):
        wait_until(f"{kind} {name} is {phase}", lambda: self.phase(kind, name) == phase, seconds,
                   report=lambda: json.dumps(self.first.get(kind, self.namespace, name).get("status")))

    def runs(self, name):
        pods = [pod for pod in self.first.items("pods", self.namespace) if pod["metadata"]["labels"]["visionops.dev/name"] == name]
        return any(pod["status"]["phase"] == "Running" for pod in pods)

    def job_of(self, name):
        return next(job for job in self.first.items("jobs", self.namespace) if job["metadata"]["labels"]["visionops.dev/name"] == name)

    def freeze(self, fault):
        """The operator's next connection is to the second server, which lives in the past from now on."""
        self.second.writes()
        self.second.etcd.set(fault)
        self.switch.to(self.second.client.address.port)

    def thaw(self):
        self.second.etcd.set(EtcdFault.NONE)

    def nothing_was_made_twice(self, again=()):
        """`again`: resources whose Job a user deleted."""
        twice = {attempt: jobs for attempt, jobs in self.ledger.jobs_by_attempt().items() if len(jobs) != 1}
        self.assertEqual({name for jobs in twice.values() for name, _ in jobs}, set(again))

    def test_behind_a_frozen_watch_cache_nothing_wrong_is_deleted_or_created(self):
        endless = ("ends", "robbed", "deleted", "reborn", "late")
        self.simulate(lambda run: Script(FOREVER if run["owner"]["name"] in endless else 0.2))
        leader = self.operator(self.switch.port).start()
        wait_until("the operator leads", leader.leads, 40)
        apply(dataset(self.namespace, "ready"), dataset(self.namespace, "val", split="Val"))
        for name in ("ready", "val"):
            self.reaches("datasets", name, "Succeeded")
        apply(*[dataset(self.namespace, name) for name in ("ends", "robbed", "deleted", "reborn")],
              pipeline(self.namespace, "waits", "ends", "waits-out"),
              training(self.namespace, "late", {"name": "ready"}, "val", deadlines={"activeSeconds": DEADLINE}))
        for kind, name in (("datasets", "ends"), ("datasets", "robbed"), ("datasets", "deleted"), ("datasets", "reborn"), ("trainingjobs", "late")):
            wait_until(f"a worker of {name} runs", lambda name=name: self.runs(name))
            wait_until(f"{name} says so", lambda kind=kind, name=name: self.phase(kind, name) == "Running")
        time.sleep(1)

        old = self.first.get("datasets", self.namespace, "reborn")["metadata"]["uid"]
        self.freeze(EtcdFault.WATCHES)
        frozen = time.monotonic()
        mark = self.ledger.mark()
        robbed = self.job_of("robbed")["metadata"]["name"]
        self.node.end("ends")
        self.node.end("late")
        self.first.delete("jobs", self.namespace, robbed)
        self.first.delete("datasets", self.namespace, "deleted")
        self.first.delete("datasets", self.namespace, "reborn", propagation="Foreground")
        wait_until("the old one is gone", lambda: self.gone("datasets", "reborn"), 60)
        apply(dataset(self.namespace, "reborn"))
        for name in ("ends", "late"):
            wait_until(f"the Job of {name} is complete", lambda name=name: self.job_of(name)["status"].get("succeeded") == 1)
        self.assertGreater(self.second.etcd.held(), 0, "the second server must be in the past")

        time.sleep(max(0.0, frozen + DEADLINE + 8 - time.monotonic()))  # the deadline of `late` passes, and the patience for own writes
        self.assertTrue(leader.alive(), "an API server in the past is no reason to end")
        writes = self.second.writes()
        wrong = [write for write in writes if write[:3] != ("patch", "trainingjobs/status", "late")]
        self.assertEqual(wrong, [], leader.log_file.read_text())
        jobs = [(entry.type, entry.name) for entry in self.ledger.of("jobs", mark) if entry.type != "MODIFIED"]
        self.assertNotIn("ADDED", [type_ for type_, _ in jobs], jobs)
        self.assertNotIn(self.job_of("late")["metadata"]["name"], [name for _, name in jobs])
        self.assertIn(self.phase("trainingjobs", "late"), ("Running", "Succeeded"), "its Job had ended before the deadline")

        self.thaw()
        self.node.end("robbed")
        self.node.end("reborn")
        for kind, name, phase in (("datasets", "ends", "Succeeded"), ("datasets", "robbed", "Succeeded"), ("datasets", "reborn", "Succeeded"),
                                  ("trainingjobs", "late", "Succeeded"), ("pipelines", "waits", "Succeeded")):
            self.reaches(kind, name, phase)
        self.assertEqual(self.second_uids("reborn"), {old, self.first.get("datasets", self.namespace, "reborn")["metadata"]["uid"]})
        self.assertTrue(self.gone("datasets", "deleted"))
        self.nothing_was_made_twice(again=[robbed])
        self.every_child_has_its_owner()

    def gone(self, kind, name):
        try:
            self.first.get(kind, self.namespace, name)
            return False
        except ApiError as error:
            return error.status == 404

    def second_uids(self, name):
        return self.ledger.uids("datasets")[name]

    def every_child_has_its_owner(self):
        def orphans():
            alive = {x["metadata"]["uid"] for kind in ("datasets", "pipelines", "trainingjobs", "jobs")
                     for x in self.first.items(kind, self.namespace)}
            return [x["metadata"]["name"] for kind in ("jobs", "pods") for x in self.first.items(kind, self.namespace)
                    if x["metadata"]["ownerReferences"][0]["uid"] not in alive]
        wait_until("no child is left without owner", lambda: not orphans(), 60, report=lambda: str(orphans()))

    def test_restarted_behind_a_frozen_watch_cache_it_works_on_without_repeating_itself(self):
        self.simulate(lambda run: Script(0.2))
        leader = self.operator(self.switch.port)
        first = leader.start()
        wait_until("the operator leads", first.leads, 40)
        apply(*[dataset(self.namespace, f"before-{i}") for i in range(4)])
        for i in range(4):
            self.reaches("datasets", f"before-{i}", "Succeeded")
        self.freeze(EtcdFault.WATCHES)
        apply(*[dataset(self.namespace, f"after-{i}") for i in range(4)])
        first.kill()
        heir = leader.start()
        wait_until("the successor leads", heir.leads, 60)
        wait_until("it works on what the second server's cache does not show",
                   lambda: len(self.ledger.jobs_by_attempt()) == 8, 60)
        time.sleep(8)  # beyond the patience for own writes
        wrong = [write for write in self.second.writes() if write[0] == "delete" or "before" in write[2]]
        self.assertEqual(wrong, [])
        self.thaw()
        for i in range(4):
            self.reaches("datasets", f"after-{i}", "Succeeded")
        self.nothing_was_made_twice()

    def test_writes_whose_replies_never_come_are_not_repeated_by_the_next_leader(self):
        self.simulate(lambda run: Script(0.2))
        leader = self.operator(self.switch.port).start()
        wait_until("the operator leads", leader.leads, 40)
        self.switch.to(self.second.client.address.port)
        standby = self.operator(self.first.address.port).start()
        wait_until("the standby is ready", standby.ready, 60)
        names = [f"lost-{i}" for i in range(20)]
        apply(*[dataset(self.namespace, name) for name in names])
        wait_until("it has begun", lambda: self.ledger.of("jobs"), 30)
        self.freeze(EtcdFault.REPLIES)
        begin = time.monotonic()
        wait_until("the standby leads", standby.leads, 60)
        print(f"\ntakeover from a leader whose API server hangs: {time.monotonic() - begin:.1f} s", flush=True)
        wait_until("the leader has stopped", lambda: not leader.alive(), 60)
        for name in names:
            self.reaches("datasets", name, "Succeeded")
        self.thaw()
        self.nothing_was_made_twice()
        self.assertEqual(len(self.ledger.jobs_by_attempt()), len(names))


if __name__ == "__main__":
    unittest.main()
