"""The Kubernetes API over HTTPS with a client certificate, without dependencies; for what kubectl is too slow or too kind."""

import http.client
import json
import pathlib
import ssl
import subprocess
import urllib.parse

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"
KINDS = {"datasets": "/apis/visionops.dev/v1alpha1", "pipelines": "/apis/visionops.dev/v1alpha1",
         "trainingjobs": "/apis/visionops.dev/v1alpha1", "jobs": "/apis/batch/v1", "pods": "/api/v1", "events": "/api/v1",
         "persistentvolumeclaims": "/api/v1", "leases": "/apis/coordination.k8s.io/v1"}


class ApiError(Exception):
    def __init__(self, status, text):
        super().__init__(f"HTTP {status}: {text}")
        self.status = status


def path_of(kind, namespace, name="", subresource=""):
    parts = [KINDS[kind], "namespaces", namespace, kind, name, subresource]
    return "/".join(part for part in parts if part)


class KubeClient:
    """A connection a call: any thread may call."""

    def __init__(self, kubeconfig):
        folder = pathlib.Path(kubeconfig).parent
        config = json.loads(subprocess.run(["kubectl", "config", "view", "--kubeconfig", kubeconfig, "--raw", "-o", "json"],
                                           check=True, capture_output=True, text=True).stdout)
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.address = urllib.parse.urlsplit(cluster["server"])
        self.trust = ssl.create_default_context(cafile=folder / cluster["certificate-authority"])
        self.trust.load_cert_chain(folder / user["client-certificate"], folder / user["client-key"])

    def _send(self, method, path, body, content_type, timeout):
        link = http.client.HTTPSConnection(self.address.hostname, self.address.port, context=self.trust, timeout=timeout)
        text = json.dumps(body) if body is not None else None
        link.request(method, path, text, {"Accept": JSON, "Content-Type": content_type})
        return link, link.getresponse()

    def call(self, method, path, body=None, content_type=JSON, timeout=60):
        link, reply = self._send(method, path, body, content_type, timeout)
        try:
            text = reply.read().decode()
        finally:
            link.close()
        if reply.status >= 300:
            raise ApiError(reply.status, text)
        return json.loads(text)

    def get(self, kind, namespace, name):
        return self.call("GET", path_of(kind, namespace, name))

    def items(self, kind, namespace):
        return self.call("GET", path_of(kind, namespace))["items"]

    def create(self, kind, manifest):
        return self.call("POST", path_of(kind, manifest["metadata"]["namespace"]), manifest)

    def patch(self, kind, namespace, name, body, subresource=""):
        return self.call("PATCH", path_of(kind, namespace, name, subresource), body, MERGE_PATCH)

    def delete(self, kind, namespace, name, propagation="Background"):
        return self.call("DELETE", path_of(kind, namespace, name), {"propagationPolicy": propagation})

    def watch(self, kind, namespace, version, seconds=5):
        """The changes after `version` for some seconds: (type, object). Bookmarks are among them."""
        path = path_of(kind, namespace) + f"?watch=true&allowWatchBookmarks=true&resourceVersion={version}&timeoutSeconds={seconds}"
        link, reply = self._send("GET", path, None, JSON, seconds + 60)
        try:
            if reply.status >= 300:
                raise ApiError(reply.status, reply.read().decode())
            for line in reply:
                change = json.loads(line)
                if change["type"] == "ERROR":
                    raise ApiError(change["object"].get("code", 500), json.dumps(change["object"]))
                yield change["type"], change["object"]
        finally:
            link.close()
