"""What a scheduler and a kubelet do to the Pods of a Job, as far as the control plane sees it."""

import json
import time

from replica import kubectl, objects

NODE = "node-1"


def add_node():
    """Pods on a node that does not exist would be collected as orphans."""
    kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "Node", "metadata": {"name": NODE}}))


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def pods_of(job, namespace):
    return [p for p in objects("pods", namespace) if p["metadata"]["labels"].get("batch.kubernetes.io/job-name") == job]


def patch_status(pod, status):
    kubectl("patch", "pod", pod["metadata"]["name"], "-n", pod["metadata"]["namespace"], "--subresource=status",
            "-p", json.dumps({"status": status}))


def worker(state):
    return [{"name": "worker", "image": "worker", "imageID": "", "ready": "running" in state, "restartCount": 0, "state": state}]


def run(pod):
    meta = pod["metadata"]
    binding = {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": meta["name"], "namespace": meta["namespace"]},
               "target": {"apiVersion": "v1", "kind": "Node", "name": NODE}}
    kubectl("create", "--raw", f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}/binding", "-f", "-",
            text=json.dumps(binding))
    patch_status(pod, {"phase": "Running", "startTime": now(), "containerStatuses": worker({"running": {"startedAt": now()}})})


def end(pod, code, message="", word=""):
    """`word`: the sidecar's."""
    state = {"terminated": {"exitCode": code, "reason": "Completed" if code == 0 else "Error", "message": message,
                            "startedAt": now(), "finishedAt": now()}}
    sidecar = {**worker({"terminated": {**state["terminated"], "exitCode": 0, "message": word}})[0], "name": "sidecar"}
    patch_status(pod, {"phase": "Succeeded" if code == 0 else "Failed", "containerStatuses": worker(state),
                       "initContainerStatuses": [sidecar]})


def word(pod, result):
    """What the sidecar says of the model that its trainer reports (worker/contract/sidecar_word.h)."""
    owner, train = run_of(pod)["owner"], result["train"]
    return json.dumps({"ownerUid": owner["uid"], "run": owner["run"], "attempt": owner["attempt"], "identity": owner["identity"],
                       "model": train["model"], "last": train.get("last", train["model"])})


def run_of(pod):
    """The run specification that the operator gave to the worker."""
    return json.loads(next(v["value"] for c in pod["spec"]["containers"] for v in c.get("env", []) if v["name"] == "VISIONOPS_RUN"))


def vanish(pod):
    """The last word of a kubelet about a Pod that was to be deleted."""
    meta = pod["metadata"]
    kubectl("delete", "pod", meta["name"], "-n", meta["namespace"], "--grace-period=0", "--force", "--wait=false")
