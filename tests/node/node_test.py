"""The chart, the images and the quickstart on a real kubelet: the way from `helm install` to a trained model and back."""

import json
import os
import shutil
import unittest

from cluster import CHART, NAMESPACE, TENANT, USER, Cluster, archive
from laptop import BIN, Laptop, condition
from leader_deaths import LEASE, TAKEOVER, LeaderDeaths

PAUSE = "visionops.test/pause:1"
KINDS = ("dataset", "pipeline", "trainingjob")
DEATHS = int(os.environ.get("VISIONOPS_TEST_KILLS", "4"))
cluster = None
laptop = None


def load_tests(loader, _tests, _pattern):
    """In this order: each room finds the cluster as the one before left it."""
    rooms = (Installation, Tenant, Quickstart, Framework, Upgrade, Uninstallation)
    return unittest.TestSuite(loader.loadTestsFromTestCase(x) for x in rooms)


def setUpModule():
    global cluster, laptop
    cluster = Cluster()
    unittest.addModuleCleanup(cluster.stop)
    laptop = Laptop()
    unittest.addModuleCleanup(laptop.close)


def apply(manifests):
    cluster.kubectl("--namespace", TENANT, "apply", "-f", manifests)


def at_rest(kind, name):
    """The resource once it is Ready or has failed for good."""
    found = cluster.get(kind, name)
    ready = condition(found, "Ready") if "status" in found else None
    if ready and ready["status"] == "True" and found["status"].get("observedGeneration") == found["metadata"]["generation"]:
        return found
    stalled = condition(found, "Stalled") if "status" in found else None
    if stalled and stalled["status"] == "True":
        raise AssertionError(f"{kind} {name}: {found['status'].get('message')}\n{cluster.report()}")
    return None


def wait_for(kind, name, seconds):
    return cluster.wait(f"Ready {kind} {name}", lambda: at_rest(kind, name), seconds)


class Installation(unittest.TestCase):
    def test_one_command_and_both_replicas_are_ready_and_one_leads(self):
        cluster.install()
        deployment = cluster.get("deployment", "visionops-operator", NAMESPACE)
        self.assertEqual(deployment["status"]["readyReplicas"], 2)
        leases = [x for x in cluster.list("lease", NAMESPACE) if x["metadata"]["name"] == "visionops-operator"]
        self.assertEqual(len(leases), 1)
        names = [x["metadata"]["name"] for x in cluster.list("pod", NAMESPACE)]
        self.assertTrue(any(leases[0]["spec"]["holderIdentity"].startswith(name) for name in names))


class Tenant(unittest.TestCase):
    def test_1_a_team_s_namespace_is_one_command(self):
        cluster.add_tenant()
        for claim in ("visionops-store-datasets", "visionops-store-models"):
            cluster.wait("bound claim", lambda name=claim: cluster.get("pvc", name)["status"]["phase"] == "Bound", 30)
        # The controller of quotas looks for new kinds every 30 s; until it knows them the quota admits none.
        counted = {f"count/{kind}s.visionops.dev" for kind in KINDS}
        cluster.wait("quota", lambda: counted <= set(cluster.get("quota", "team").get("status", {}).get("used", {})), 120)

    def test_2_the_worker_runs_where_pod_security_is_restricted(self):
        cluster.run_pod("worker", f"visionops-worker:{archive.version()}", args=["train", "--help"])
        cluster.wait("end of the Pod", lambda: cluster.get("pod", "worker")["status"]["phase"] == "Succeeded", 60)
        self.assertIn("VISIONOPS_RUN", cluster.kubectl("--namespace", TENANT, "logs", "worker"))
        cluster.kubectl("--namespace", TENANT, "delete", "pod", "worker")

    def test_3_pods_reach_the_telemetry_and_names_and_nothing_else(self):
        cluster.run_pod("trainer", PAUSE, labels={"visionops.dev/kind": "TrainingJob"})
        cluster.run_pod("bystander", PAUSE, labels={"visionops.dev/kind": "Dataset"})
        cluster.wait("Pods", lambda: all(x["status"].get("podIP") for x in cluster.list("pod")), 60)
        telemetry, health = (cluster.get("service", f"visionops-{x}", NAMESPACE)["spec"]["clusterIP"] for x in ("telemetry", "operator"))
        self.assertTrue(cluster.reaches("trainer", telemetry, 8443))
        self.assertFalse(cluster.reaches("bystander", telemetry, 8443))
        for pod in ("trainer", "bystander"):
            self.assertTrue(cluster.reaches(pod, "10.89.0.1", 53))
            self.assertFalse(cluster.reaches(pod, health, 8080))
            self.assertFalse(cluster.reaches(pod, "10.96.0.1", 443))
        cluster.kubectl("--namespace", TENANT, "delete", "pod", "trainer", "bystander")


def holder():
    return {"leaseTransitions": 0} | cluster.get("lease", LEASE, NAMESPACE)["spec"]


def both_ready():
    return cluster.get("deployment", LEASE, NAMESPACE)["status"].get("readyReplicas") == 2


class Quickstart(unittest.TestCase):
    """The same files, data and seeds on the laptop and on the node, where the leader is killed again and again."""

    DATASETS = ("scanner-a-train-v1.0.0", "scanner-b-train-v1.0.0", "held-out-val-v1.0.0", "digits-train-v1.0.0")

    @classmethod
    def setUpClass(cls):
        shutil.copytree(laptop.store, cluster.stores / "datasets", dirs_exist_ok=True)
        cluster.own()
        manifests = laptop.manifests(epochs=2)
        code, output = laptop.run(manifests, "--no-history")
        if code != 0:
            raise AssertionError(output)
        cls.deaths = LeaderDeaths(holder, both_ready, DEATHS, seed=7)
        cls.deaths.start()
        cls.addClassCleanup(cls.deaths.close)
        apply(manifests)
        cls.datasets = {name: wait_for("dataset", name, 180) for name in cls.DATASETS}
        cls.pipeline = wait_for("pipeline", "digits-fusion", 60)
        cls.job = wait_for("trainingjob", "digits-detector", 300)
        cls.deaths.close()
        cluster.wait("both replicas", both_ready, 180)

    def test_leaders_died_and_each_time_the_other_replica_took_over(self):
        print("takeovers:", ", ".join(f"{seconds:.1f} s" for seconds in self.deaths.takeovers))
        self.assertGreater(len(self.deaths.takeovers), 1)
        self.assertLessEqual(max(self.deaths.takeovers), TAKEOVER)

    def test_every_dataset_has_the_digest_that_the_laptop_finds(self):
        for name, dataset in self.datasets.items():
            with self.subTest(name):
                expected = laptop.get("dataset", name)["status"]
                self.assertEqual(dataset["status"]["digest"], expected["digest"])
                self.assertEqual(dataset["status"]["classCounts"], expected["classCounts"])

    def test_the_model_lies_in_the_store_as_the_status_says(self):
        model = self.job["status"]["model"]
        file = cluster.stores / "models" / model["path"]
        self.assertEqual(file.stat().st_size, model["bytes"])
        self.assertEqual(file.stat().st_uid, USER)
        self.assertEqual(condition(self.job, "Complete")["status"], "True")

    def test_the_sidecars_delivered_their_telemetry(self):
        self.assertEqual(self.job["status"]["phase"], "Succeeded")
        self.assertEqual(self.job["status"]["epoch"], 2)
        # The result is taken when the worker has ended; its sidecar may need a moment more.
        ended = ("Succeeded", "Failed")
        cluster.wait("end of the Pods", lambda: all(x["status"]["phase"] in ended for x in cluster.list("pod")), 90)
        senders = [x for x in cluster.list("pod") if x["spec"].get("initContainers")]
        self.assertEqual({x["metadata"]["labels"]["visionops.dev/kind"] for x in senders}, {"Pipeline", "TrainingJob"})
        for pod in senders:
            log = cluster.kubectl("--namespace", TENANT, "logs", pod["metadata"]["name"], "--container", "sidecar")
            self.assertIn("telemetry is delivered", log)
            [sidecar] = pod["status"]["initContainerStatuses"]
            self.assertEqual(sidecar["state"]["terminated"]["exitCode"], 0, f"{json.dumps(pod['status'], indent=1)}\n{log}")

    def test_the_jobs_are_those_of_the_laptop_and_none_failed(self):
        jobs = cluster.list("job")
        embedded = json.loads(laptop.check([BIN / "visionops", "get", "jobs", "-o", "json", "--data", laptop.data]))["items"]
        self.assertEqual({x["metadata"]["name"] for x in jobs}, {x["metadata"]["name"] for x in embedded})
        for job in jobs:
            self.assertEqual(job["status"].get("failed", 0), 0, job["metadata"]["name"])

    def test_no_pod_had_to_be_refused_or_repeated(self):
        events = [x for x in cluster.list("event") if x["reason"] in ("FailedCreate", "FailedMount", "BackOff", "Failed")]
        # A kubelet may ask for a claim before the API server's node authorizer has seen the binding; it asks again.
        early = "no relationship found between node"
        self.assertEqual([x["message"] for x in events if early not in x["message"]], [])

    def test_nothing_in_a_pod_could_be_written_but_what_it_must(self):
        for pod in cluster.list("pod"):
            for container in pod["spec"]["containers"] + pod["spec"].get("initContainers", []):
                self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
                self.assertEqual(container["imagePullPolicy"], "IfNotPresent")
            self.assertFalse(pod["spec"].get("automountServiceAccountToken", True))


class Framework(unittest.TestCase):
    """A trainer that knows nothing of VisionOps, in an image with nothing but itself, on a root file system to read from."""

    IMAGE = "visionops.test/trainer:1"

    @classmethod
    def setUpClass(cls):
        cluster.add_image(CHART.parents[1] / "tests" / "node" / "trainer.c", cls.IMAGE)
        cls.values = cluster.values | {"images": {"allowed": ["visionops.test/*"]}}
        cluster.helm("upgrade", "visionops", CHART, "--wait", "--timeout", "3m", values=cls.values)

    @classmethod
    def tearDownClass(cls):
        for name in ("foreign", "astray", "lossy", "stranger"):
            cluster.kubectl("--namespace", TENANT, "delete", "trainingjob", name, "--wait", "--ignore-not-found")

    def job(self, name, **spec):
        document = {"apiVersion": "visionops.dev/v1alpha1", "kind": "TrainingJob", "metadata": {"name": name}, "spec": {
            "runtime": "custom", "task": "Detection", "model": "toy", "image": self.IMAGE,
            "command": ["/trainer", "{epochs}", "{data}"], "hyperparameters": {"epochs": 4}, "retry": {"limit": 0},
            "datasets": {"train": {"name": "digits-train-v1.0.0"}, "val": {"name": "held-out-val-v1.0.0"}},
            "checkpoints": {"store": "models"}, **spec}}
        cluster.kubectl("--namespace", TENANT, "apply", "-f", "-", input=json.dumps(document))

    def test_it_trains_unchanged_and_its_model_is_proven(self):
        self.job("foreign")
        status = wait_for("trainingjob", "foreign", 180)["status"]
        self.assertEqual((status["phase"], status["epoch"], status["epochs"]), ("Succeeded", 4, 4))
        self.assertIn("loss", status["metrics"])
        model = cluster.stores / "models" / status["model"]["path"]
        self.assertEqual(model.stat().st_size, status["model"]["bytes"])
        [log] = model.parent.glob("attempt-0001.log")
        self.assertIn("Epoch 4/4, loss: 0.2500", log.read_text())

    def test_its_failure_has_a_class_and_the_line_that_proves_it(self):
        self.job("astray", command=["/trainer", "{epochs}", "/nowhere"])
        cluster.wait("a failure", lambda: cluster.get("trainingjob", "astray").get("status", {}).get("phase") == "Failed", 120)
        failure = cluster.get("trainingjob", "astray")["status"]["failure"]
        self.assertEqual(failure["class"], "Crash")
        self.assertIn("cannot read /nowhere/annotations/instances_train.json", failure["evidence"])

    def test_what_would_be_lost_stops_it_before_it_trains(self):
        self.job("lossy", task="Classification", model="toy", command=["/trainer", "{epochs}", "{data}"])
        cluster.wait("a failure", lambda: cluster.get("trainingjob", "lossy").get("status", {}).get("phase") == "Failed", 120)
        self.assertEqual(cluster.get("trainingjob", "lossy")["status"]["failure"]["class"], "LossNotAllowed")

    def test_an_image_that_nobody_allowed_is_refused(self):
        self.job("stranger", image="elsewhere.test/trainer:1")
        cluster.wait("a refusal", lambda: "does not allow elsewhere.test/trainer:1" in
                     cluster.get("trainingjob", "stranger").get("status", {}).get("message", ""), 60)


class Upgrade(unittest.TestCase):
    def test_an_upgrade_during_a_run_neither_loses_nor_repeats_it(self):
        manifests = laptop.manifests(name="longer", epochs=12, replace=(("digits-detector", "digits-longer"),),
                                     only=("30-training.yaml",))
        apply(manifests)
        cluster.wait("a running trainer", lambda: cluster.get("trainingjob", "digits-longer").get("status", {}).get("phase")
                     == "Running", 120)
        before = {x["metadata"]["uid"] for x in cluster.list("pod")}
        cluster.helm("upgrade", "visionops", CHART, "--wait", "--timeout", "3m",
                     values=cluster.values | {"workers": 2, "log": {"level": "debug"}})
        job = wait_for("trainingjob", "digits-longer", 420)
        self.assertEqual(job["status"]["phase"], "Succeeded")
        self.assertEqual(job["status"]["run"], 1)
        self.assertEqual({x["metadata"]["uid"] for x in cluster.list("pod")}, before)


class Uninstallation(unittest.TestCase):
    def test_resources_and_data_stay_and_a_new_installation_takes_them_up(self):
        before, files = self.resources(), self.files()
        cluster.helm("uninstall", "visionops", "--wait")
        cluster.wait("end of the operator", lambda: not cluster.list("pod", NAMESPACE), 60)
        self.assertEqual(self.resources(), before)
        cluster.install()
        self.assertEqual(self.resources(), before)
        self.assertEqual(self.files(), files)

    @staticmethod
    def resources():
        return {kind: {x["metadata"]["uid"]: x["status"] for x in cluster.list(kind)} for kind in KINDS}

    @staticmethod
    def files():
        return {str(x): (x.stat().st_size, x.stat().st_mtime_ns) for x in cluster.stores.rglob("*") if x.is_file()}


if __name__ == "__main__":
    unittest.main()
