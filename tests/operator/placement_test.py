"""What the administrator says of Pods, as a real API server takes it in a namespace that enforces Pod Security restricted."""

import json
import unittest

from kube_client import KubeClient
from replica import KUBECONFIG, Replicas, kubectl, objects, wait_until
from simulated_node import Script, SimulatedNode
from vision_resources import dataset, training

NAMESPACE = "placement"
SETTINGS = {
    "stores": ["datasets", "models", "weights"],
    "pods": {"labels": {"cost-centre": "vision"}, "annotations": {"karpenter.sh/do-not-disrupt": "true"},
             "nodeSelector": {"kubernetes.io/arch": "amd64"},
             "tolerations": [{"key": "shared", "operator": "Exists", "effect": "NoSchedule"}],
             "sidecarResources": {"requests": {"cpu": "50m"}}, "ephemeralStorage": {"request": "2Gi", "limit": "5Gi"}},
    "profiles": [{"name": "mig-1g", "gpuResource": "nvidia.com/mig-1g.10gb", "priorityClassName": "placement-batch",
                  "runtimeClassName": "placement-nvidia", "nodeSelector": {"pool": "gpu"}}],
    "secrets": ["hf"],
}
WANTED = {"profile": "mig-1g", "secrets": ["hf"], "mounts": ["weights"], "resources": {"gpus": 1}}


def condition(resource, type_):
    return next((c for c in resource.get("status", {}).get("conditions", []) if c["type"] == type_), {})


def child(kind, name):
    found = [o for o in objects(kind, NAMESPACE) if o["metadata"]["labels"].get("visionops.dev/name") == name]
    return found[0] if found else None


class Placement(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = KubeClient(KUBECONFIG)
        kubectl("create", "namespace", NAMESPACE)
        kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted")
        kubectl("create", "priorityclass", "placement-batch", "--value=7")
        kubectl("apply", "-f", "-", text=json.dumps({
            "apiVersion": "node.k8s.io/v1", "kind": "RuntimeClass", "metadata": {"name": "placement-nvidia"}, "handler": "nvidia",
            "scheduling": {"tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}]}}))
        cls.replicas = Replicas(NAMESPACE, NAMESPACE, **SETTINGS)
        cls.addClassCleanup(cls.replicas.close)
        cls.leader = cls.replicas.start()
        wait_until("the replica leads", cls.leader.leads, 40)
        node = SimulatedNode(KUBECONFIG, NAMESPACE, lambda run: Script(0.1))
        for name, split in (("train", "Train"), ("val", "Val")):
            cls.client.create("datasets", dataset(NAMESPACE, name, split))
            wait_until(f"Dataset {name} is ready",
                       lambda name=name: cls.resource("datasets", name)["status"].get("phase") == "Succeeded", 60)
        node.close()

    @classmethod
    def resource(cls, kind, name):
        return {"status": {}, **cls.client.get(kind, NAMESPACE, name)}

    def test_the_server_takes_pods_with_all_that_was_said(self):
        self.client.create("trainingjobs", training(NAMESPACE, "placed", {"name": "train"}, "val", **WANTED))
        pod = wait_until("the Pod is there", lambda: child("pods", "placed"))
        spec, (worker,) = pod["spec"], pod["spec"]["containers"]
        self.assertEqual(pod["metadata"]["labels"]["cost-centre"], "vision")
        self.assertEqual(pod["metadata"]["annotations"]["karpenter.sh/do-not-disrupt"], "true")
        self.assertEqual(spec["nodeSelector"], {"kubernetes.io/arch": "amd64", "pool": "gpu"})
        self.assertEqual((spec["priorityClassName"], spec["priority"]), ("placement-batch", 7))
        self.assertEqual(spec["runtimeClassName"], "placement-nvidia")
        keys = {t.get("key") for t in spec["tolerations"]}
        self.assertLessEqual({"shared", "nvidia.com/gpu"}, keys, "the second one is the RuntimeClass's")
        amounts = worker["resources"]
        self.assertEqual(amounts["limits"]["nvidia.com/mig-1g.10gb"], "1")
        self.assertEqual((amounts["requests"]["ephemeral-storage"], amounts["limits"]["ephemeral-storage"]), ("2Gi", "5Gi"))
        self.assertEqual(worker["envFrom"], [{"prefix": "VISIONOPS_SECRET_", "secretRef": {"name": "hf"}}])
        (sidecar,) = spec["initContainers"]
        self.assertNotIn("envFrom", sidecar)
        self.assertEqual(sidecar["resources"]["requests"]["cpu"], "50m")
        self.assertIn({"name": "store-weights", "mountPath": "/stores/weights", "readOnly": True}, worker["volumeMounts"])
        for volume in spec["volumes"]:
            if "emptyDir" in volume:
                self.assertIn("sizeLimit", volume["emptyDir"], volume["name"])
        template = child("jobs", "placed")["spec"]["template"]
        self.assertEqual(template["metadata"]["labels"]["cost-centre"], "vision")

    def test_names_that_nobody_declared_are_refused_with_those_that_are(self):
        for name, field, reason, words in (("no-profile", {"profile": "mig-7g"}, "UnknownProfile", "there are: mig-1g"),
                                           ("no-secret", {"secrets": ["root"]}, "SecretNotAllowed", "there are: hf"),
                                           ("no-store", {"mounts": ["mine"]}, "UnknownStore", "known stores: datasets, models, weights")):
            with self.subTest(name):
                self.client.create("trainingjobs", training(NAMESPACE, name, {"name": "train"}, "val", **field))
                stalled = wait_until("it is refused", lambda: condition(self.resource("trainingjobs", name), "Stalled") or None)
                self.assertEqual(stalled["reason"], reason)
                self.assertIn(words, stalled["message"])
                self.assertIsNone(child("jobs", name))

    def test_the_quota_of_a_namespace_counts_what_pods_may_write_to_the_disk_of_their_node(self):
        kubectl("apply", "-f", "-", text=json.dumps({
            "apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "disk", "namespace": NAMESPACE},
            "spec": {"hard": {"limits.ephemeral-storage": "1Gi"}}}))
        self.addCleanup(kubectl, "delete", "resourcequota", "disk", "-n", NAMESPACE)
        wait_until("the quota is counted", lambda: objects("resourcequotas", NAMESPACE)[0].get("status", {}).get("hard"))
        self.client.create("trainingjobs", training(NAMESPACE, "wide", {"name": "train"}, "val"))
        waits = wait_until("the quota is told", lambda: next(
            (c for c in [condition(self.resource("trainingjobs", "wide"), "Ready")] if c.get("reason") == "QuotaExceeded"), None), 30)
        self.assertIn("limits.ephemeral-storage", waits["message"])

    def test_the_administrator_who_declares_a_profile_lets_what_waited_for_it_start(self):
        self.client.create("trainingjobs", training(NAMESPACE, "early", {"name": "train"}, "val", profile="later"))
        wait_until("it is refused", lambda: condition(self.resource("trainingjobs", "early"), "Stalled").get("reason") == "UnknownProfile")
        config = json.loads(self.replicas.config.read_text())
        config["profiles"].append({"name": "later", "labels": {"from": "later"}})
        self.replicas.config.write_text(json.dumps(config))
        self.leader.stop()
        type(self).leader = self.replicas.start()
        pod = wait_until("the Pod is there", lambda: child("pods", "early"), 60)
        self.assertEqual(pod["metadata"]["labels"]["from"], "later")
        self.assertEqual(self.resource("trainingjobs", "early")["status"]["run"], 1)


if __name__ == "__main__":
    unittest.main()
