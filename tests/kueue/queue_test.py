"""TrainingJobs in the queue of a real Kueue: held, admitted, preempted, and what the resource tells about it."""

import json
import time
import unittest

import node
from kueue import Kueue, apply
from replica import SOURCE, Replicas, kubectl, objects, wait_until

NAMESPACE = "queues"
GROUP = "visionops.dev/v1alpha1"
KUEUE = "kueue.x-k8s.io/v1beta2"
POOL = {"pool": "lab"}
INSPECTED = {"dataset": {"digest": "sha256:aa11", "images": 10, "annotations": 10, "classes": 1, "sizeBytes": 1,
                         "classCounts": [{"name": "car", "images": 10, "objects": 10}]}}
STOPPED = {"error": {"failureClass": "Terminated", "message": "told to stop after epoch 2"}}


def trained(pod):
    best = node.run_of(pod)["train"]["checkpointPath"] + "/best.pt"
    result = {"train": {"epochs": 3, "bestEpoch": 3, "bestMetric": "map50_95", "bestValue": 0.4,
                        "model": {"path": best, "sha256": "c3" * 32, "bytes": 10, "epoch": 3}}}
    node.end(pod, 0, json.dumps(result), node.word(pod, result))


def dataset():
    return {"apiVersion": GROUP, "kind": "Dataset", "metadata": {"name": "street-train-v1.0.0", "namespace": NAMESPACE},
            "spec": {"group": "street", "type": "Raw", "split": "Train", "version": "v1.0.0", "format": "COCO",
                     "tasks": ["Detection"], "store": "datasets"}}


def training(name, **spec):
    return {"apiVersion": GROUP, "kind": "TrainingJob", "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"task": "Detection", "model": "centernet_nano", "datasets": {"train": {"name": "street-train-v1.0.0"}},
                     "resources": {"cpu": "1"}, "checkpoints": {"store": "models"}, **spec}}


def queue(name, **spec):
    """A LocalQueue with room for one training."""
    quota = [{"name": "cpu", "nominalQuota": "1500m"}, {"name": "memory", "nominalQuota": "100Gi"},
             {"name": "ephemeral-storage", "nominalQuota": "100Gi"}]
    return [{"apiVersion": KUEUE, "kind": "ClusterQueue", "metadata": {"name": name},
             "spec": {"namespaceSelector": {}, "preemption": {"withinClusterQueue": "LowerPriority"},
                      "resourceGroups": [{"coveredResources": ["cpu", "memory", "ephemeral-storage"],
                                          "flavors": [{"name": "lab", "resources": quota}]}], **spec}},
            {"apiVersion": KUEUE, "kind": "LocalQueue", "metadata": {"name": name, "namespace": NAMESPACE},
             "spec": {"clusterQueue": name}}]


def read(kind, name):
    return json.loads(kubectl("get", kind, name, "-n", NAMESPACE, "-o", "json"))


def status(name):
    return read("trainingjob", name).get("status", {})


def condition(name, kind):
    return next((c for c in status(name).get("conditions", []) if c["type"] == kind), {})


def jobs(name):
    return [j for j in objects("jobs", NAMESPACE) if j["metadata"]["labels"].get("visionops.dev/name") == name]


def in_phase(name, phase):
    wait_until(f"{name} is {phase}", lambda: status(name).get("phase") == phase)


def queued(name, reason, words=""):
    """`words` are Kueue's."""
    def holds():
        found = condition(name, "Queued")
        return found.get("status") == "True" and found["reason"] == reason and words in found["message"]
    wait_until(f"{name} waits with {reason} and {words!r}", holds)


def admitted(name):
    wait_until(f"{name} is admitted", lambda: condition(name, "Queued").get("reason") == "Admitted")


def new_pod(job, without=()):
    def fresh():
        found = [p for p in node.pods_of(job, NAMESPACE) if p["metadata"]["name"] not in without]
        return found[0] if found else None
    return wait_until(f"Job {job} has a new Pod", fresh)


def start(name):
    """Runs the training's Pod; the Pod."""
    pod = new_pod(f"{name}-vtj-r1-a1")
    node.run(pod)
    in_phase(name, "Running")
    return pod


def versions():
    return {(kind, item["metadata"]["name"]): item["metadata"]["resourceVersion"]
            for kind in ("trainingjobs", "jobs", "pods") for item in objects(kind, NAMESPACE)}


class QueueTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.kueue = Kueue()
        cls.addClassCleanup(cls.kueue.stop)
        cls.kueue.start()
        kubectl("create", "namespace", NAMESPACE)
        node.add_node()
        apply({"apiVersion": KUEUE, "kind": "ResourceFlavor", "metadata": {"name": "lab"}, "spec": {"nodeLabels": POOL}},
              *[{"apiVersion": KUEUE, "kind": "WorkloadPriorityClass", "metadata": {"name": name}, "value": value}
                for name, value in (("urgent", 1000), ("idle", 10))])
        cls.replicas = Replicas(NAMESPACE, NAMESPACE, kueue=True)
        cls.addClassCleanup(cls.replicas.close)
        cls.leader = cls.replicas.start()
        wait_until("the operator leads", cls.leader.leads, 40)
        apply(dataset())
        pod = new_pod("street-train-v1-0-0-1b9de1e3-vds-r1-a1")
        node.run(pod)
        node.end(pod, 0, json.dumps(INSPECTED))
        wait_until("the Dataset is Ready", lambda: read("dataset", "street-train-v1.0.0")["status"].get("phase") == "Succeeded")

    def stays_unwritten(self, seconds=5):
        time.sleep(6)  # other words for the same state wait up to five seconds
        before = versions()
        time.sleep(seconds)
        self.assertEqual(before, versions())

    def test_a_held_queue_is_told_and_an_admitted_training_goes_where_kueue_says(self):
        apply(*queue("held", stopPolicy="Hold"))
        apply(training("obedient", queue="held", queuePriority="idle"))
        queued("obedient", "QuotaPending", "ClusterQueue held is inactive")
        self.assertEqual(status("obedient")["phase"], "Queued")
        job = jobs("obedient")[0]
        self.assertTrue(job["spec"]["suspend"])
        self.assertEqual(job["metadata"]["labels"]["kueue.x-k8s.io/queue-name"], "held")
        self.assertEqual(job["metadata"]["labels"]["kueue.x-k8s.io/priority-class"], "idle")
        self.assertEqual(node.pods_of(job["metadata"]["name"], NAMESPACE), [])
        self.stays_unwritten()

        apply(*queue("held", stopPolicy="None"))
        admitted("obedient")
        job = jobs("obedient")[0]
        self.assertFalse(job["spec"]["suspend"])
        self.assertEqual(job["spec"]["template"]["spec"]["nodeSelector"], POOL)
        pod = start("obedient")
        self.stays_unwritten()
        self.assertEqual(jobs("obedient")[0]["spec"], job["spec"], "what Kueue wrote stays")
        trained(pod)
        in_phase("obedient", "Succeeded")

    def test_a_training_over_quota_waits_with_kueues_words_and_without_a_deadline(self):
        apply(*queue("full"))
        apply(training("first", queue="full"))
        first = start("first")
        apply(training("second", queue="full", deadlines={"pendingSeconds": 10}))
        queued("second", "QuotaPending", "insufficient unused quota for cpu in flavor lab")
        self.stays_unwritten(12)  # longer than the deadline, which counts from the admission
        self.assertEqual(status("second")["phase"], "Queued")

        trained(first)
        in_phase("first", "Succeeded")
        admitted("second")
        second = start("second")
        trained(second)
        in_phase("second", "Succeeded")

    def test_an_admitted_training_that_finds_no_node_meets_its_pending_deadline(self):
        apply(*queue("nodeless"))
        apply(training("homeless", queue="nodeless", deadlines={"pendingSeconds": 3}))
        admitted("homeless")
        in_phase("homeless", "Failed")
        self.assertEqual(status("homeless")["failure"]["class"], "PendingDeadlineExceeded")

    def test_a_preempted_training_waits_and_goes_on_without_a_failure(self):
        apply(*queue("contested"))
        apply(training("modest", queue="contested", queuePriority="idle", retry={"limit": 0}))
        pod = start("modest")
        apply(training("pressing", queue="contested", queuePriority="urgent"))
        queued("modest", "Preempted", "Preempted to accommodate a workload")
        self.assertEqual(status("modest")["phase"], "Queued")

        wait_until("the Pod is to stop", lambda: read("pod", pod["metadata"]["name"])["metadata"].get("deletionTimestamp"))
        node.end(pod, 143, json.dumps(STOPPED))  # the trainer saves and leaves ...
        time.sleep(3)
        self.assertEqual(status("modest")["phase"], "Queued", status("modest"))
        node.vanish(pod)  # ... and the node lets go of the Pod
        urgent = start("pressing")
        in_phase("modest", "Queued")
        self.stays_unwritten()
        trained(urgent)
        in_phase("pressing", "Succeeded")

        admitted("modest")
        again = new_pod("modest-vtj-r1-a1", without={pod["metadata"]["name"]})
        node.run(again)
        in_phase("modest", "Running")
        self.assertEqual(len(jobs("modest")), 1)
        trained(again)
        in_phase("modest", "Succeeded")
        self.assertEqual(status("modest")["attempt"], 1)
        self.assertNotIn("failure", status("modest"))
        events = {e["reason"] for e in objects("events.events.k8s.io", NAMESPACE)
                  if e["regarding"]["kind"] == "TrainingJob" and e["regarding"]["name"] == "modest"}
        self.assertIn("Preempted", events)

    def test_a_suspended_training_leaves_the_queue_and_comes_back_to_it(self):
        apply(*queue("optional"))
        apply(training("hesitant", queue="optional"))
        start("hesitant")
        apply(training("eager", queue="optional"))
        queued("eager", "QuotaPending")
        apply(training("hesitant", queue="optional", suspend=True))
        in_phase("hesitant", "Suspended")
        self.assertEqual(condition("hesitant", "Queued"), {})
        for pod in node.pods_of("hesitant-vtj-r1-a1", NAMESPACE):
            node.end(pod, 143, json.dumps(STOPPED))
            node.vanish(pod)
        admitted("eager")
        eager = start("eager")

        apply(training("hesitant", queue="optional", suspend=False))
        queued("hesitant", "QuotaPending")
        job = jobs("hesitant")
        self.assertEqual([(j["metadata"]["name"], j["spec"]["suspend"]) for j in job], [("hesitant-vtj-r1-a2", True)])
        trained(eager)
        admitted("hesitant")

    def test_the_queue_of_the_page_is_accepted(self):
        page = (SOURCE / "docs" / "kueue.md").read_text()
        kubectl("create", "namespace", "team-a")
        kubectl("apply", "-f", "-", text=page.split("```yaml\n")[1].split("```")[0])
        wait_until("the queue of the page is active", lambda: any(
            c["type"] == "Active" and c["status"] == "True"
            for q in objects("localqueues.kueue.x-k8s.io", "team-a") for c in q.get("status", {}).get("conditions", [])))

    def test_a_queue_that_does_not_exist_is_named(self):
        apply(training("lost", queue="nowhere"))
        queued("lost", "QuotaPending", "LocalQueue nowhere doesn't exist")


if __name__ == "__main__":
    unittest.main()
