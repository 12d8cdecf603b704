"""Resources that were stored before the rules of the definitions: each is told what is wrong, and the others do not suffer."""

import copy
import json
import time
import unittest

from kube_client import ApiError, KubeClient, path_of
from replica import KUBECONFIG, SOURCE, Replicas, kubectl, wait_until
from simulated_node import Script, SimulatedNode
from vision_resources import dataset, manifest, pipeline, training

NAMESPACE = "malformed"
KINDS = {"Dataset": "datasets", "Pipeline": "pipelines", "TrainingJob": "trainingjobs"}
DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
LONG_NAME = "n" * 64  # 63 is the most


def good(kind, name):
    return {"Dataset": lambda: dataset(NAMESPACE, name), "Pipeline": lambda: pipeline(NAMESPACE, name, "good", name),
            "TrainingJob": lambda: training(NAMESPACE, name, {"name": "good"}, "good-val")}[kind]()


def broken(kind, name, *, drop=(), spec=None, **changes):
    """A good one with a flaw: fields of the spec dropped or changed, or the spec replaced by `spec` (a list of one)."""
    out = good(kind, name)
    out["spec"].update(changes)
    for field in drop:
        del out["spec"][field]
    if spec is not None:
        out["spec"] = spec[0]
    return out


def without_spec(kind, name):
    out = good(kind, name)
    del out["spec"]
    return out


# Each with what its condition must name.
MALFORMED = [
    (broken("Dataset", "type-of-group", group=7), "spec.group"),
    (broken("Dataset", "list-of-tasks", tasks="Detection"), "spec.tasks"),
    (broken("Dataset", "long-group", group="g" * 10_000), "spec.group"),
    (broken("Dataset", "long-description", description="d" * 300_000), "spec.description"),
    (broken("Dataset", "unknown-format", format="PDF"), "spec.format"),
    (broken("Dataset", "no-version", drop=["version"]), "spec.version"),
    (broken("Dataset", "escaping-path", path="../../etc"), "spec.path"),
    (broken("Dataset", "spec-is-empty", spec=[{}]), "spec."),
    (broken("Dataset", "spec-is-text", spec=["text"]), "spec"),
    (broken("Dataset", "spec-is-list", spec=[[1, 2]]), "spec"),
    (without_spec("Dataset", "spec-is-absent"), "spec"),
    (good("Dataset", LONG_NAME), "metadata.name"),
    (broken("Pipeline", "sources-is-text", sources="all"), "spec.sources"),
    (broken("Pipeline", "no-sources", sources=[]), "spec.sources"),
    (broken("Pipeline", "too-many-sources", sources=[{"dataset": {"name": "good"}}] * 500), "spec.sources"),
    (broken("Pipeline", "unknown-manipulator", postMerge=[{"explode": {}}]), "spec.postMerge[0]"),
    (broken("Pipeline", "wrong-parameter", postMerge=[{"sample_n_images": {"n": "many"}}]), "spec.postMerge[0]"),
    (broken("Pipeline", "many-shards", parallelism=10**15), "spec.parallelism"),
    (broken("Pipeline", "no-output", drop=["output"]), "spec.output"),
    (without_spec("Pipeline", "spec-is-absent"), "spec"),
    (good("Pipeline", LONG_NAME), "metadata.name"),
    (broken("TrainingJob", "unknown-runtime", runtime="abacus"), "spec.runtime"),
    (broken("TrainingJob", "text-for-number", hyperparameters={"epochs": "ten"}), "spec.hyperparameters.epochs"),
    (broken("TrainingJob", "long-model", model="m" * 5_000), "spec.model"),
    (broken("TrainingJob", "without-a-model", drop=["model"]), "spec.model"),
    (broken("TrainingJob", "no-datasets", drop=["datasets"]), "spec.datasets"),
    (broken("TrainingJob", "negative-deadline", deadlines={"activeSeconds": -5}), "spec.deadlines.activeSeconds"),
    (without_spec("TrainingJob", "spec-is-absent"), "spec"),
    (good("TrainingJob", LONG_NAME), "metadata.name"),
]
CORRECTABLE = broken("Dataset", "correctable", format="PDF")
# What the API server (1.34) judges anew with every status, however little of it changes: rules over the whole resource, and
# rules that compare an identity field with its former value. It takes no status of these.
REFUSED = {("Dataset", "type-of-group"), ("Dataset", LONG_NAME), ("Pipeline", LONG_NAME), ("TrainingJob", LONG_NAME)}
# A status that somebody has edited is replaced; the resource itself is good.
ODD_STATUS = {"phase": 7, "run": "first", "attempt": -3, "conditions": "none", "runs": {"a": 1}, "resolved": [], "counted": "x" * 1000}


class MalformedTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = KubeClient(KUBECONFIG)
        kubectl("create", "namespace", NAMESPACE)
        cls.loosen()
        cls.store([CORRECTABLE] + [resource for resource, _ in MALFORMED])
        odd = dataset(NAMESPACE, "odd-status")
        cls.client.create("datasets", odd)
        cls.client.patch("datasets", NAMESPACE, "odd-status", {"status": ODD_STATUS}, "status")
        cls.tighten()
        for resource in (dataset(NAMESPACE, "good"), dataset(NAMESPACE, "good-val", split="Val"),
                         pipeline(NAMESPACE, "good", "good", "good-out"),
                         training(NAMESPACE, "good", {"group": "good-out", "split": "Train"}, "good-val")):
            cls.client.create(KINDS[resource["kind"]], resource)
        cls.node = SimulatedNode(KUBECONFIG, NAMESPACE, lambda run: Script(0.2))
        cls.addClassCleanup(cls.node.close)
        cls.replicas = Replicas(NAMESPACE, NAMESPACE)
        cls.addClassCleanup(cls.replicas.close)
        cls.leader = cls.replicas.start()
        wait_until("the operator leads", cls.leader.leads, 40)

    @classmethod
    def loosen(cls):
        """Any spec, any status, any name; the printer columns and subresources stay."""
        anything = {"x-kubernetes-preserve-unknown-fields": True}
        for plural in KINDS.values():
            path = f"{DEFINITIONS}/{plural}.visionops.dev"
            loose = copy.deepcopy(cls.client.call("GET", path))
            for version in loose["spec"]["versions"]:
                version["schema"]["openAPIV3Schema"] = {"type": "object", "properties": {"spec": anything, "status": anything}}
            cls.client.call("PUT", path, loose)

    @classmethod
    def store(cls, resources):
        """The API server takes over a definition some moments after it has changed."""
        for resource in resources:
            def stored(resource=resource):
                try:
                    cls.client.create(KINDS[resource["kind"]], resource)
                    return True
                except ApiError as error:
                    return error.status == 409
            wait_until(f"{resource['kind']} {resource['metadata']['name']} is stored", stored, 60, pause=0.3)

    @classmethod
    def tighten(cls):
        kubectl("apply", "--server-side", "--force-conflicts", "-f", str(SOURCE / "crds"))
        for kind, plural in KINDS.items():
            def refused(kind=kind, plural=plural):
                try:
                    cls.client.call("POST", path_of(plural, NAMESPACE) + "?dryRun=All", without_spec(kind, "probe"))
                    return False
                except ApiError as error:
                    return error.status == 422
            wait_until(f"the rules for {plural} are in force", refused, 60, pause=0.3)

    def conditions(self, kind, name):
        status = self.client.get(KINDS[kind], NAMESPACE, name).get("status", {})
        return {condition["type"]: condition for condition in status.get("conditions", [])}

    def events(self, kind, name):
        return [event for event in self.client.items("events", NAMESPACE)
                if event["involvedObject"]["kind"] == kind and event["involvedObject"]["name"] == name]

    def stalled(self, kind, name):
        return self.conditions(kind, name).get("Stalled")

    def refusals(self, kind, name):
        return [event for event in self.events(kind, name) if event["reason"] == "StatusRefused"]

    def log_lines(self, kind, name):
        return [line for line in self.leader.lines()
                if f"{kind} {NAMESPACE}/{name}:" in line["message"] and line["level"] in ("warning", "error")]

    def is_told(self, kind, name):
        return wait_until(f"{kind} {name} is told what is wrong", lambda: self.stalled(kind, name) or self.refusals(kind, name), 60,
                          report=lambda: json.dumps([self.log_lines(kind, name), self.events(kind, name)])[:4000])

    def test_what_is_wrong_is_told_by_the_field(self):
        refused = set()
        for resource, field in MALFORMED:
            kind, name = resource["kind"], resource["metadata"]["name"]
            with self.subTest(f"{kind} {name}"):
                self.is_told(kind, name)
                if condition := self.stalled(kind, name):
                    self.assertEqual(condition["status"], "True")
                    self.assertEqual(self.conditions(kind, name)["Ready"]["status"], "False")
                    self.assertIn(field, condition["message"])
                    self.assertEqual(self.log_lines(kind, name), [])
                else:
                    refused.add((kind, name))
                    self.assertIn(field, self.refusals(kind, name)[0]["message"])
        self.assertEqual(refused, REFUSED)

    def test_a_refused_status_is_told_once_and_counted(self):
        for kind, name in REFUSED:
            self.is_told(kind, name)
        time.sleep(5)
        for kind, name in REFUSED:
            with self.subTest(f"{kind} {name}"):
                self.assertEqual(len(self.log_lines(kind, name)), 1, self.log_lines(kind, name))
                self.assertEqual(len(self.refusals(kind, name)), 1)
        for kind in KINDS:
            count = len([name for refused, name in REFUSED if refused == kind])
            self.assertEqual(self.leader.metric(f'visionops_statuses_refused_total{{kind="{kind}"}}'), count)

    def phase(self, kind, name):
        return self.client.get(kind, NAMESPACE, name).get("status", {}).get("phase")

    def reaches(self, kind, name, phase):
        wait_until(f"{kind} {name} is {phase}", lambda: self.phase(kind, name) == phase, 90,
                   report=lambda: json.dumps(self.client.get(kind, NAMESPACE, name))[:4000])

    def test_the_good_ones_beside_them_finish(self):
        for kind, name, phase in (("datasets", "good", "Succeeded"), ("datasets", "good-val", "Succeeded"), ("datasets", "odd-status", "Succeeded"),
                                  ("pipelines", "good", "Succeeded"), ("trainingjobs", "good", "Succeeded")):
            self.reaches(kind, name, phase)
        odd = self.client.get("datasets", NAMESPACE, "odd-status")["status"]
        self.assertEqual((odd["run"], odd["attempt"], odd.get("counted")), (1, 1, None))
        self.assertEqual([line for line in self.leader.lines() if "exception" in line["message"]], [])

    def test_a_corrected_one_goes_on(self):
        self.is_told("Dataset", "correctable")
        self.client.patch("datasets", NAMESPACE, "correctable", {"spec": {"format": "COCO"}})
        self.reaches("datasets", "correctable", "Succeeded")

    def test_when_all_is_said_nothing_is_written(self):
        self.test_the_good_ones_beside_them_finish()
        for resource, _ in MALFORMED:
            self.is_told(resource["kind"], resource["metadata"]["name"])
        time.sleep(6)  # the longest pause between two statuses of a resource
        before = self.state()
        time.sleep(10)
        self.assertEqual(self.state(), before)

    def state(self):
        """Attempts to write, successful or not, and what is stored."""
        samples = [line for line in self.leader.page("/metrics")[1].splitlines() if line.startswith("visionops_cluster_writes_total")]
        versions = {(kind, item["metadata"]["name"]): item["metadata"]["resourceVersion"]
                    for kind in (*KINDS.values(), "jobs") for item in self.client.items(kind, NAMESPACE)}
        return sorted(samples), versions


if __name__ == "__main__":
    unittest.main()
