"""Pods of a store in S3, as a real API server takes them in a namespace that enforces Pod Security restricted."""

import json
import unittest

from replica import Replicas, kubectl, objects, wait_until

NAMESPACE = "buckets"
STORES = ["datasets", {"name": "archive", "kind": "S3", "s3": {
    "endpoint": "https://minio.example.org:9000", "bucket": "vision", "prefix": "teams/{namespace}",
    "secretName": "vision-s3", "caConfigMap": "vision-ca"}}]


def dataset(name, store):
    return {"apiVersion": "visionops.dev/v1alpha1", "kind": "Dataset", "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"group": name, "type": "Raw", "split": "Train", "version": "v1.0.0", "format": "COCO",
                     "tasks": ["Detection"], "store": store, "path": f"raw/{name}"}}


def pod_of(name):
    pods = [pod for pod in objects("pods", NAMESPACE) if pod["metadata"]["labels"].get("visionops.dev/name") == name]
    return pods[0]["spec"] if pods else None


class BucketStores(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        kubectl("create", "namespace", NAMESPACE)
        kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted")
        cls.replicas = Replicas(NAMESPACE, NAMESPACE, stores=STORES)
        cls.addClassCleanup(cls.replicas.close)
        leader = cls.replicas.start()
        wait_until("the replica leads", leader.leads, 40)

    def test_the_keys_are_mounted_from_a_secret_that_nobody_here_reads(self):
        kubectl("apply", "-f", "-", text=json.dumps(dataset("remote", "archive")))
        pod = wait_until("the Pod is there", lambda: pod_of("remote"))
        volumes = {v["name"]: v for v in pod["volumes"]}
        self.assertEqual(volumes["store-keys-archive"]["secret"], {"secretName": "vision-s3", "defaultMode": 0o440, "optional": True})
        self.assertEqual(volumes["store-ca-archive"]["configMap"]["name"], "vision-ca")
        self.assertFalse([v for v in pod["volumes"] if "persistentVolumeClaim" in v])
        [worker] = pod["containers"]
        mounts = {m["name"]: m for m in worker["volumeMounts"]}
        self.assertTrue(mounts["store-keys-archive"]["readOnly"])
        location = json.loads({e["name"]: e.get("value") for e in worker["env"]}["VISIONOPS_STORE_ARCHIVE"])
        self.assertEqual(location["prefix"], f"teams/{NAMESPACE}")
        self.assertEqual(location["credentialsFolder"], mounts["store-keys-archive"]["mountPath"])
        self.assertEqual(location["caFile"], mounts["store-ca-archive"]["mountPath"] + "/ca.crt")

    def test_a_name_alone_is_still_a_claim(self):
        kubectl("apply", "-f", "-", text=json.dumps(dataset("near", "datasets")))
        pod = wait_until("the Pod is there", lambda: pod_of("near"))
        claims = [v["persistentVolumeClaim"]["claimName"] for v in pod["volumes"] if "persistentVolumeClaim" in v]
        self.assertEqual(claims, ["visionops-store-datasets"])


if __name__ == "__main__":
    unittest.main()
