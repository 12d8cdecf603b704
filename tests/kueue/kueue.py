"""A real Kueue as a process beside the control plane of the tests, with its own definitions and webhooks."""

import base64
import json
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import urllib.error
import urllib.request

import yaml

from replica import KUBECONFIG, kubectl, wait_until

FOLDER = pathlib.Path(os.environ["VISIONOPS_KUEUE"])
COMPONENTS = FOLDER / "source" / "config" / "components"
SYSTEM = "kueue-system"
SERVICE = "kueue-webhook-service"
CERTIFICATE = "kueue-webhook-server-cert"
OURS = {"batch", "kueue.x-k8s.io"}  # groups that this control plane serves and the tests are about


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def documents(path):
    with open(path) as file:
        return [d for d in yaml.load_all(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) if d]


def apply(*resources):
    kubectl("apply", "--server-side", "--force-conflicts", "-f", "-",
            text=json.dumps({"apiVersion": "v1", "kind": "List", "items": list(resources)}))


class Kueue:
    """Kueue manages its certificate itself; what a Deployment's volume and Service do is done here by hand."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-kueue-"))
        self.port, self.health = free_port(), free_port()
        self.process = None

    def start(self):
        self._apply_definitions()
        self._write_config()
        self.log_file = open(self.folder / "kueue.log", "w")
        # It ends with the tests, even when those are killed.
        self.process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", FOLDER / "kueue", "--config", self.folder / "config.yaml",
             "--kubeconfig", KUBECONFIG, "--feature-gates=VisibilityOnDemand=false"],
            stdout=self.log_file, stderr=subprocess.STDOUT)
        wait_until("Kueue has made its certificate", self._mount_certificate, 120)
        wait_until("Kueue is ready", self._ready, 120)

    def _apply_definitions(self):
        kustomization = documents(COMPONENTS / "crd" / "kustomization.yaml")[0]
        patches = {d["metadata"]["name"]: d["spec"]["conversion"]
                   for patch in kustomization["patches"] for d in documents(COMPONENTS / "crd" / patch["path"])}
        definitions = [d for file in (COMPONENTS / "crd" / "bases").glob("*.yaml") for d in documents(file)]
        for definition in definitions:
            conversion = patches.get(definition["metadata"]["name"])
            if conversion:
                conversion["webhook"]["clientConfig"] = {"service": self._service("/convert")}
                definition["spec"]["conversion"] = conversion
        apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SYSTEM}})
        apply(*definitions)
        apply({"apiVersion": "v1", "kind": "Service", "metadata": {"name": SERVICE, "namespace": SYSTEM},
               "spec": {"type": "ExternalName", "externalName": "localhost"}},
              {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": CERTIFICATE, "namespace": SYSTEM}},
              *[self._webhooks(d) for d in documents(COMPONENTS / "webhook" / "manifests.yaml")])

    def _service(self, path):
        return {"name": SERVICE, "namespace": SYSTEM, "path": path, "port": self.port}

    def _webhooks(self, configuration):
        configuration["metadata"]["name"] = "kueue-" + configuration["metadata"]["name"]
        configuration["webhooks"] = [hook for hook in configuration["webhooks"]
                                     if {group for rule in hook["rules"] for group in rule["apiGroups"]} <= OURS]
        for hook in configuration["webhooks"]:
            hook["clientConfig"] = {"service": self._service(hook["clientConfig"]["service"]["path"])}
        return configuration

    def _write_config(self):
        self.certificates = self.folder / "certificates"
        self.certificates.mkdir()
        (self.folder / "config.yaml").write_text(yaml.safe_dump({
            "apiVersion": "config.kueue.x-k8s.io/v1beta2", "kind": "Configuration", "namespace": SYSTEM,
            "health": {"healthProbeBindAddress": f"127.0.0.1:{self.health}"}, "metrics": {"bindAddress": "0"},
            "webhook": {"port": self.port, "host": "127.0.0.1", "certDir": str(self.certificates)},
            "leaderElection": {"leaderElect": False},
            "internalCertManagement": {"enable": True, "webhookServiceName": SERVICE, "webhookSecretName": CERTIFICATE},
            "integrations": {"frameworks": ["batch/job"]}}))

    def _alive(self):
        assert self.process.poll() is None, (self.folder / "kueue.log").read_text()[-4000:]

    def _mount_certificate(self):
        self._alive()
        data = json.loads(kubectl("get", "secret", CERTIFICATE, "-n", SYSTEM, "-o", "json")).get("data") or {}
        if "tls.crt" not in data:
            return False
        for name, content in data.items():
            (self.certificates / (name + ".new")).write_bytes(base64.b64decode(content))
            (self.certificates / (name + ".new")).rename(self.certificates / name)
        return True

    def _ready(self):
        self._alive()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health}/readyz", timeout=5) as reply:
                return reply.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.log_file.close()
        shutil.rmtree(self.folder, ignore_errors=True)
