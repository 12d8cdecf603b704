"""What keeps a run from starting is told by its resource, in the words of whoever holds it back, within seconds.

The real scheduler, the real quota, and a node that takes Pods and never runs them.
"""

import json
import pathlib
import subprocess
import threading
import time
import unittest

from kube_client import KubeClient
from replica import KUBECONFIG, SOURCE, Replicas, kubectl, wait_until
from simulated_node import Script, SimulatedNode, now, statuses
from vision_resources import dataset, pipeline, training

NAMESPACE = "waits"
ENDING = "ending"
CONTROL_PLANE = pathlib.Path(KUBECONFIG).parent
WITHIN = 5.0
MERGE_PATCH = "application/merge-patch+json"


def condition(resource, type_):
    return next((c for c in resource.get("status", {}).get("conditions", []) if c["type"] == type_), {})


def unschedulable(pod):
    return condition(pod, "PodScheduled").get("reason") == "Unschedulable"


def bound(pod):
    return "nodeName" in pod["spec"]


class WaitsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = KubeClient(KUBECONFIG)
        kubectl("create", "namespace", NAMESPACE)
        cls.replicas = Replicas(NAMESPACE, NAMESPACE, namespaces=[NAMESPACE, ENDING])
        cls.addClassCleanup(cls.replicas.close)
        cls.leader = cls.replicas.start()
        wait_until("the operator leads", cls.leader.leads, 40)
        cls.inspect_inputs()
        for claim in ("visionops-store-datasets", "visionops-store-models"):
            cls.claim(claim)
        cls.add_node()

    @classmethod
    def inspect_inputs(cls):
        """Before there is a scheduler: what is looked at later are the Pods of others."""
        removed = {"deletionPolicy": "Delete"}
        kubectl("create", "namespace", ENDING)
        for namespace, datasets in ((NAMESPACE, (("train", "Train", {}), ("val", "Val", {}), ("used", "Train", removed))),
                                    (ENDING, (("left", "Train", removed),))):
            node = SimulatedNode(KUBECONFIG, namespace, lambda run: Script(0.1))
            for name, split, more in datasets:
                cls.client.create("datasets", dataset(namespace, name, split, **more))
                wait_until(f"Dataset {name} is ready",
                           lambda at=(namespace, name): cls.status("datasets", *at).get("phase") == "Succeeded", 60)
            node.close()

    @classmethod
    def claim(cls, name):
        """Bound by hand: nobody provisions here, and a Pod with an unbound claim waits for that alone."""
        size = {"storage": "1Gi"}
        cls.client.call("POST", "/api/v1/persistentvolumes", {
            "metadata": {"name": name},
            "spec": {"capacity": size, "accessModes": ["ReadWriteMany"], "hostPath": {"path": "/nowhere"}, "storageClassName": "",
                     "claimRef": {"namespace": NAMESPACE, "name": name}}})
        cls.client.create("persistentvolumeclaims", {
            "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"accessModes": ["ReadWriteMany"], "resources": {"requests": size}, "storageClassName": "", "volumeName": name}})
        wait_until(f"claim {name} is bound", lambda: cls.phase("persistentvolumeclaims", name) == "Bound", 60)

    @classmethod
    def beat(cls):
        """A node whose Ready condition grows old is tainted after 40 seconds."""
        amounts = {"cpu": "32", "memory": "64Gi", "pods": "110", "ephemeral-storage": "500Gi"}
        ready = {"type": "Ready", "status": "True", "reason": "KubeletReady", "message": "", "lastHeartbeatTime": now(),
                 "lastTransitionTime": now()}
        cls.client.call("PATCH", "/api/v1/nodes/silent/status",
                        {"status": {"capacity": amounts, "allocatable": amounts, "conditions": [ready]}}, MERGE_PATCH)

    @classmethod
    def add_node(cls):
        tolerated = "node.kubernetes.io/not-ready"  # the API server's, until the controller sees the condition
        cls.client.call("POST", "/api/v1/nodes", {"metadata": {"name": "silent"}})
        cls.beat()
        stopped = threading.Event()
        heart = threading.Thread(target=lambda: [cls.beat() for _ in iter(lambda: stopped.wait(10), True)])
        heart.start()
        cls.addClassCleanup(heart.join)
        cls.addClassCleanup(stopped.set)
        wait_until("the node takes Pods", lambda: not any(
            taint["key"] == tolerated for taint in cls.client.call("GET", "/api/v1/nodes/silent")["spec"].get("taints", [])), 60)
        subprocess.run([SOURCE / "tests" / "cluster" / "control-plane", "scheduler", CONTROL_PLANE], check=True, timeout=60)

    @classmethod
    def status(cls, kind, namespace, name):
        return cls.client.get(kind, namespace, name).get("status", {})

    @classmethod
    def phase(cls, kind, name):
        return cls.status(kind, NAMESPACE, name).get("phase")

    def reconciling(self, kind, name):
        return condition(self.client.get(kind, NAMESPACE, name), "Reconciling")

    def pods_of(self, name):
        return [pod for pod in self.client.items("pods", NAMESPACE) if pod["metadata"]["labels"].get("visionops.dev/name") == name]

    def assert_told_within(self, fact, told, limit=WITHIN):
        """From when the cluster shows `fact` until the resource tells it; asked in turn."""
        begin, end = None, time.monotonic() + 60
        while time.monotonic() < end:
            begin = begin or (time.monotonic() if fact() else None)
            if told():
                delay = time.monotonic() - begin if begin else 0.0
                print(f"told after {delay:.2f} s")
                return self.assertLessEqual(delay, limit)
            time.sleep(0.02)
        self.fail("never told" if begin else "there was nothing to tell")

    def test_no_room_for_a_pipeline(self):
        self.client.create("pipelines", pipeline(NAMESPACE, "wide", "train", "wide-out", resources={"cpu": "64"}))
        self.assert_told_within(lambda: any(unschedulable(pod) for pod in self.pods_of("wide")),
                                lambda: "Insufficient cpu" in self.reconciling("pipelines", "wide").get("message", ""))
        self.assertEqual(self.reconciling("pipelines", "wide")["reason"], "Unschedulable")

    def test_no_gpu_for_a_training(self):
        self.client.create("trainingjobs", training(NAMESPACE, "greedy", {"name": "train"}, "val", resources={"gpus": 4}))
        words = lambda: condition(self.client.get("trainingjobs", NAMESPACE, "greedy"), "GPUAvailable")
        self.assert_told_within(lambda: any(unschedulable(pod) for pod in self.pods_of("greedy")),
                                lambda: "Insufficient nvidia.com/gpu" in words().get("message", ""))
        self.assertEqual((words()["status"], words()["reason"]), ("False", "Unschedulable"))

    def test_no_image(self):
        self.client.create("trainingjobs", training(NAMESPACE, "imageless", {"name": "train"}, "val"))
        pod = wait_until("a bound Pod", lambda: next(filter(bound, self.pods_of("imageless")), None))
        waiting = {"waiting": {"reason": "ErrImagePull", "message": "registry.example: no such host"}}
        self.client.patch("pods", NAMESPACE, pod["metadata"]["name"], {"status": {
            "phase": "Pending", "containerStatuses": statuses(pod["spec"]["containers"], waiting),
            "initContainerStatuses": statuses(pod["spec"]["initContainers"], waiting)}}, "status")
        self.assert_told_within(lambda: True, lambda: self.reconciling("trainingjobs", "imageless").get("reason") == "ImagePullError")
        self.assertIn("registry.example: no such host", self.reconciling("trainingjobs", "imageless")["message"])

    def test_no_quota(self):
        quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}}
        path = f"/api/v1/namespaces/{NAMESPACE}/resourcequotas"
        self.client.call("POST", path, quota)
        wait_until("the quota is in force", lambda: self.client.call("GET", f"{path}/none").get("status", {}).get("hard"))
        self.client.create("pipelines", pipeline(NAMESPACE, "poor", "train", "poor-out"))
        refusals = lambda: [e for e in self.client.items("events", NAMESPACE)
                            if e["reason"] == "FailedCreate" and e["involvedObject"]["name"].startswith("poor-")]
        self.assert_told_within(refusals, lambda: self.reconciling("pipelines", "poor").get("reason") == "QuotaExceeded")
        self.assertIn("exceeded quota: none", self.reconciling("pipelines", "poor")["message"])
        self.client.call("DELETE", f"{path}/none")
        wait_until("the Job gets its Pods", lambda: self.pods_of("poor"), 120, pause=0.3)
        wait_until("nothing more is told about the quota",
                   lambda: self.reconciling("pipelines", "poor").get("reason") != "QuotaExceeded", 30)

    def test_an_admission_rule_refuses_the_job(self):
        rules = "/apis/admissionregistration.k8s.io/v1"
        name = "governed.example.org"
        self.client.call("POST", f"{rules}/validatingadmissionpolicies", {"metadata": {"name": name}, "spec": {
            "failurePolicy": "Fail",
            "matchConstraints": {"resourceRules": [{"apiGroups": ["batch"], "apiVersions": ["v1"], "operations": ["CREATE"],
                                                    "resources": ["jobs"]}]},
            "validations": [{"expression": "!object.metadata.name.startsWith('governed-')", "message": "Jobs need a cost centre"}]}})
        self.client.call("POST", f"{rules}/validatingadmissionpolicybindings", {"metadata": {"name": name}, "spec": {
            "policyName": name, "validationActions": ["Deny"]}})
        self.addCleanup(self.client.call, "DELETE", f"{rules}/validatingadmissionpolicies/{name}")
        wait_until("the rule is in force", lambda: "cost centre" in self.dry_run_job("governed-x"), 60, pause=0.2)
        self.client.create("pipelines", pipeline(NAMESPACE, "governed", "train", "governed-out"))
        self.assert_told_within(lambda: True, lambda: self.reconciling("pipelines", "governed").get("reason") == "CreateRefused")
        self.assertIn("Jobs need a cost centre", self.reconciling("pipelines", "governed")["message"])
        self.assertEqual(self.phase("pipelines", "governed"), "Pending")
        self.client.call("DELETE", f"{rules}/validatingadmissionpolicybindings/{name}")
        wait_until("the Job is made when it may be", lambda: self.jobs_of("governed"), 90, pause=0.2)
        self.assertEqual(self.client.get("pipelines", NAMESPACE, "governed")["status"]["attempt"], 1)

    def dry_run_job(self, name):
        """The words of the API server about a Job; empty: it would take it."""
        job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": NAMESPACE}, "spec": {"template": {
            "spec": {"restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]}}}}
        done = subprocess.run(["kubectl", "--kubeconfig", KUBECONFIG, "create", "--dry-run=server", "-f", "-"], input=json.dumps(job),
                              text=True, capture_output=True, timeout=30, check=False)
        return done.stderr

    def jobs_of(self, name):
        return [job for job in self.client.items("jobs", NAMESPACE)
                if job["metadata"].get("labels", {}).get("visionops.dev/name") == name]

    def test_another_job_holds_the_name(self):
        self.client.create("jobs", {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "taken-vpl-r1-a1", "namespace": NAMESPACE},
                                    "spec": {"suspend": True, "template": {"spec": {
                                        "restartPolicy": "Never", "containers": [{"name": "a", "image": "a"}]}}}})
        self.client.create("pipelines", pipeline(NAMESPACE, "taken", "train", "taken-out"))
        self.assert_told_within(lambda: True, lambda: self.reconciling("pipelines", "taken").get("reason") == "CreateRefused")
        self.assertIn("was not made for this run", self.reconciling("pipelines", "taken")["message"])
        kubectl("delete", "job", "taken-vpl-r1-a1", "-n", NAMESPACE)
        wait_until("the Job is made when the name is free", lambda: self.jobs_of("taken"), 90, pause=0.2)

    def test_a_volume_is_not_mounted(self):
        self.client.create("pipelines", pipeline(NAMESPACE, "unmounted", "train", "unmounted-out"))
        pod = wait_until("a bound Pod", lambda: next(filter(bound, self.pods_of("unmounted")), None))
        about = {"apiVersion": "v1", "kind": "Pod", "namespace": NAMESPACE, "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
        self.client.create("events", {"apiVersion": "v1", "kind": "Event", "metadata": {"name": "unmounted.1", "namespace": NAMESPACE},
                                      "involvedObject": about, "type": "Warning", "reason": "FailedMount", "firstTimestamp": now(),
                                      "lastTimestamp": now(), "count": 1, "source": {"component": "kubelet"},
                                      "message": "MountVolume.SetUp failed for volume \"store-datasets\""})
        self.assert_told_within(lambda: True, lambda: self.reconciling("pipelines", "unmounted").get("reason") == "VolumeNotReady", 10)
        self.assertIn("MountVolume.SetUp failed", self.reconciling("pipelines", "unmounted")["message"])

    def test_a_node_refuses_the_pod(self):
        self.client.create("trainingjobs", training(NAMESPACE, "refused", {"name": "train"}, "val"))
        pod = wait_until("a bound Pod", lambda: next(filter(bound, self.pods_of("refused")), None))
        self.client.patch("pods", NAMESPACE, pod["metadata"]["name"], {"status": {
            "phase": "Failed", "reason": "UnexpectedAdmissionError", "message": "Allocate failed: no healthy devices present"}}, "status")
        told = lambda: self.client.get("trainingjobs", NAMESPACE, "refused")["status"]
        self.assert_told_within(lambda: True, lambda: told().get("failure", {}).get("class") == "NodeRefused")
        self.assertIn("no healthy devices present", told()["failure"]["evidence"])
        wait_until("another attempt", lambda: told().get("attempt") == 2, 60)
        self.assertEqual((told().get("refusedBy"), told().get("countedFailures", 0)), (["silent"], 0))
        job = wait_until("its Job", lambda: next((j for j in self.jobs_of("refused") if j["metadata"]["name"].endswith("-a2")), None), 60)
        wanted = job["spec"]["template"]["spec"]["affinity"]["nodeAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"][0]
        self.assertEqual(wanted["preference"]["matchFields"][0]["values"], ["silent"])

    def test_a_namesake_waits_for_the_pod_of_the_former_one(self):
        self.client.create("trainingjobs", training(NAMESPACE, "again", {"name": "train"}, "val"))
        pod = wait_until("a bound Pod", lambda: next(filter(bound, self.pods_of("again")), None))
        running = {"running": {"startedAt": now()}}
        self.client.patch("pods", NAMESPACE, pod["metadata"]["name"], {"status": {
            "phase": "Running", "containerStatuses": statuses(pod["spec"]["containers"], running)}}, "status")
        kubectl("delete", "trainingjob", "again", "-n", NAMESPACE)
        self.client.create("trainingjobs", training(NAMESPACE, "again", {"name": "train"}, "val"))
        wait_until("the former Job is gone", lambda: not self.jobs_of("again"), 60)
        self.assert_told_within(lambda: True, lambda: self.reconciling("trainingjobs", "again").get("reason") == "StoppingOldJob")
        self.assertIn(f"Pod {pod['metadata']['name']} of the former again", self.reconciling("trainingjobs", "again")["message"])
        self.assertEqual(self.jobs_of("again"), [])
        kubectl("delete", "pod", pod["metadata"]["name"], "-n", NAMESPACE, "--force", "--grace-period=0")
        wait_until("the new one has its Job", lambda: self.jobs_of("again"), 60)

    def test_a_dataset_in_use_stays(self):
        self.client.create("trainingjobs", training(NAMESPACE, "reader", {"name": "used"}, "val"))
        wait_until("a Pod", lambda: self.pods_of("reader"))
        kubectl("delete", "dataset", "used", "-n", NAMESPACE, "--wait=false")
        self.assert_told_within(lambda: True, lambda: self.reconciling("datasets", "used").get("reason") == "InUse")
        self.assertIn("in use by TrainingJob reader", self.reconciling("datasets", "used")["message"])
        self.assertEqual([job for job in self.jobs_of("used") if not job.get("status", {}).get("succeeded")], [])
        kubectl("delete", "trainingjob", "reader", "-n", NAMESPACE)
        wait_until("its files are removed", lambda: self.reconciling("datasets", "used").get("reason") == "RemovingFiles", 20)

    def test_an_ending_namespace_is_let_go(self):
        kubectl("delete", "namespace", ENDING, "--wait=false")
        gone = lambda: subprocess.run(["kubectl", "--kubeconfig", KUBECONFIG, "get", "namespace", ENDING], capture_output=True,
                                      timeout=30, check=False).returncode
        wait_until("the namespace is gone", gone, 90, pause=0.5)


if __name__ == "__main__":
    unittest.main()
