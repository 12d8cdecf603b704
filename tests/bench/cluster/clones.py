"""More of what has already lived: copies of whole namespaces, with every resource, Job and Pod as it ended. Nobody may
act on them meanwhile: neither the operator nor the Pod simulator runs. Jobs are copied suspended, or their controller
would start Pods before they are told to be complete."""

import json
import re
import time

import workload
from api_client import ApiError, in_parallel

JOBS = "/apis/batch/v1"
PODS = "/api/v1"
SERVER_SET = ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink")
UID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
JOB_LABELS = ("batch.kubernetes.io/controller-uid", "controller-uid", "batch.kubernetes.io/job-name", "job-name")


def _namespaced(prefix, namespace, plural, name=None, subresource=None):
    return "/".join(p for p in (prefix, "namespaces", namespace, plural, name, subresource) if p)


class Original:
    """One finished object: where it belongs and its text."""

    def __init__(self, prefix, plural, api_version, item):
        meta = {k: v for k, v in item["metadata"].items() if k not in SERVER_SET}
        meta.pop("finalizers", None)
        self.uid = item["metadata"]["uid"]
        self.prefix, self.plural = prefix, plural
        spec = dict(item["spec"])
        if plural == "jobs":
            spec.update(suspend=True)
            spec.pop("selector", None)
            template = spec["template"]["metadata"]
            template["labels"] = {k: v for k, v in template.get("labels", {}).items() if k not in JOB_LABELS}
            meta["labels"] = {k: v for k, v in meta["labels"].items() if k not in JOB_LABELS}
            meta.get("annotations", {}).pop("batch.kubernetes.io/job-tracking", None)
        self.text = json.dumps({"apiVersion": api_version, "kind": item.get("kind"), "metadata": meta, "spec": spec})
        self.status = json.dumps(item["status"])


def originals(api, namespace):
    """The finished objects of a namespace; owners before what they own."""
    found = []
    for kind in ("Pipeline", "Dataset", "TrainingJob"):  # a Dataset names the Pipeline that made it
        # One that a Pipeline made names its parents too.
        for item in sorted(api.items(workload.path(kind, namespace)), key=lambda item: item["spec"].get("type") == "Fusion"):
            found.append(Original("/apis/visionops.dev/v1alpha1", workload.PLURALS[kind], workload.API, {**item, "kind": kind}))
    for item in api.items(_namespaced(JOBS, namespace, "jobs")):
        found.append(Original(JOBS, "jobs", "batch/v1", {**item, "kind": "Job"}))
    for item in api.items(_namespaced(PODS, namespace, "pods")):
        found.append(Original(PODS, "pods", "v1", {**item, "kind": "Pod"}))
    return found


def _renamed(text, source, target, uids):
    text = UID.sub(lambda found: uids.get(found.group(), found.group()), text)
    return json.loads(text.replace(f'"namespace": "{source}"', f'"namespace": "{target}"'))


class Copy:
    """A namespace that becomes the copy of `source`."""

    def __init__(self, api, source, target, found):
        self.api, self.source, self.target, self.found = api, source, target, found
        self.uids = {}

    def make(self):
        self.api.create("/api/v1/namespaces", {"metadata": {"name": self.target}})
        made = []
        for original in self.found:
            body = _renamed(original.text, self.source, self.target, self.uids)
            path = _namespaced(original.prefix, self.target, original.plural)
            stored = json.loads(self._create(path, body))
            self.uids[original.uid] = stored["metadata"]["uid"]
            made.append((original, f"{path}/{stored['metadata']['name']}/status"))
            if original.plural in ("jobs", "pods"):
                # At once: the Job controller deletes the Pods of a Job that is suspended and not told to be complete.
                self._tell(*made.pop())
        for original, path in made:  # these name each other
            self._tell(original, path)

    def _tell(self, original, path):
        status = _renamed(original.status, self.source, self.target, self.uids)
        self.api.request("PATCH", path, {"status": status}, "application/merge-patch+json")

    def _create(self, path, body):
        """Pods are refused until the new namespace has its service account."""
        for _ in range(100):
            try:
                return self.api.create(path, body)
            except ApiError as error:
                if error.status != 403:
                    raise
                time.sleep(0.2)
        raise AssertionError(f"no service account in {self.target}")


def clone(api, sources, targets, threads):
    """Copies namespaces `sources` in turn until all of `targets` exist."""
    found = {source: originals(api, source) for source in sources}
    copies = [Copy(api, sources[i % len(sources)], target, found[sources[i % len(sources)]])
              for i, target in enumerate(targets)]
    in_parallel(lambda copy: copy.make(), copies, threads)
