"""What the chart tests share: Helm, a real API server, the tree, and a loud word when a program is missing."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

try:
    import yaml
except ImportError:
    yaml = None

SOURCE = pathlib.Path(os.environ.get("VISIONOPS_SOURCE", pathlib.Path(__file__).resolve().parents[2]))
CHART = SOURCE / "charts" / "visionops"
MANIFESTS = SOURCE / "manifests"
NAMESPACE = "visionops-system"

# Every optional part at once.
EVERYTHING = {
    "namespaces": ["team-a", "team-b"],
    "image": {"registry": "registry.example.org/vision"},
    "images": {"worker": {"digest": "sha256:" + "0" * 64}},
    "imagePullSecrets": [{"name": "pull"}],
    "gpu": {"runtimeClassName": "nvidia"},
    "stores": ["datasets", {"name": "models", "kind": "PVC"},
               {"name": "archive", "kind": "S3",
                "s3": {"endpoint": "https://minio.example.org:9000", "bucket": "vision", "prefix": "visionops/{namespace}",
                       "secretName": "vision-s3", "caConfigMap": "vision-ca"}}],
    "pods": {"labels": {"cost-centre": "vision"}, "annotations": {"karpenter.sh/do-not-disrupt": "true"},
             "nodeSelector": {"kubernetes.io/arch": "amd64"}, "tolerations": [{"key": "shared", "operator": "Exists"}],
             "priorityClassName": "batch", "sidecarResources": {"requests": {"cpu": "50m"}},
             "ephemeralStorage": {"request": "0", "limit": "5Gi"}},
    "profiles": [{"name": "mig-1g", "gpuResource": "nvidia.com/mig-1g.10gb", "runtimeClassName": "nvidia", "topologyKey": "",
                  "tolerations": [], "priorityClassName": "batch", "nodeSelector": {"pool": "gpu"}},
                 {"name": "whole"}],
    "secrets": ["hf", "wandb"],
    "kueue": True,
    "database": {"existingSecret": "visionops-database", "key": "uri"},
    "telemetry": {"tls": {"certManager": {"enabled": True}}},
    "crds": {"annotations": {"example.org/owner": "platform"}},
    "serviceAccount": {"annotations": {"example.org/owner": "platform"}},
    "priorityClassName": "system-cluster-critical",
    "tolerations": [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}],
    "affinity": {"podAntiAffinity": {}},
    "podAnnotations": {"example.org/owner": "platform"},
    "podLabels": {"example.org/owner": "platform"},
    "networkPolicy": {"enabled": True, "apiServerCIDRs": ["10.0.0.0/8"], "databaseCIDRs": ["10.1.2.3/32"]},
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "prometheusRule": {"enabled": True, "labels": {"release": "prometheus"}},
    "dashboards": {"enabled": True},
    "admissionPolicies": {"enabled": True, "forbiddenEnvironment": ["NCCL_"], "maxGPUs": 8,
                          "namespaceSelector": {"matchLabels": {"visionops": "yes"}}},
    "extraObjects": [{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "{{ .Release.Name }}-extra"}}],
}

# The matrix: name -> values.
VARIANTS = {
    "defaults": {},
    "everything": EVERYTHING,
    "one namespace": {"namespaces": ["team-a"], "crds": {"install": False}},
    "certificate of a Secret": {"telemetry": {"tls": {"existingSecret": "own-tls"}}},
    "certificate of an issuer": {"telemetry": {"tls": {"certManager": {
        "enabled": True, "issuerRef": {"name": "company", "kind": "ClusterIssuer", "group": "cert-manager.io"}}}}},
    "database": {"database": {"existingSecret": "visionops-database"}},
    "no rights, no account": {"rbac": {"create": False}, "serviceAccount": {"create": False, "name": "own"}},
    "one replica": {"replicas": 1, "podDisruptionBudget": {"enabled": False}, "log": {"level": "debug", "format": "Text"}},
}


# Which tool provides a program; the same on every machine, whatever its own are.
PROVIDERS = {"go": "provide-go", "etcd": "unpack-daemons", "promtool": "unpack-daemons", "kubectl": "build-testbed"}


def provide(*programs):
    """Puts the folders of these programs first in the search path; what cannot be provided is missed by need()."""
    for tool in sorted({PROVIDERS[program] for program in programs if program in PROVIDERS}):
        done = subprocess.run([SOURCE / "tools" / tool], stdout=subprocess.PIPE, text=True)
        if done.returncode == 0 and done.stdout.strip() not in os.environ["PATH"].split(os.pathsep):
            os.environ["PATH"] = done.stdout.strip() + os.pathsep + os.environ["PATH"]


def need(*programs):
    """Called by setUpModule: without these programs nothing is tested, and that is said aloud (an error in CI)."""
    provide(*programs)
    missing = [program for program in programs if not shutil.which(program)]
    if yaml is None:
        missing.append("python3-yaml")
    if missing:
        text = "missing " + ", ".join(missing)
        if os.environ.get("VISIONOPS_CI") == "1":
            raise AssertionError(text)
        raise unittest.SkipTest("SKIPPED, NOT TESTED: " + text)


def call(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, **options)


def check(*command, **options):
    done = call(*command, **options)
    if done.returncode != 0:
        raise AssertionError(f"{command} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


_tools = []


def tools():
    """The folder with helm and neighbours/; built once a machine."""
    if not _tools:
        done = subprocess.run([SOURCE / "tools" / "build-helm"], stdout=subprocess.PIPE, text=True, check=True)
        _tools.append(pathlib.Path(done.stdout.strip()))
    return _tools[0]


def helm(*arguments, values=None):
    return call(tools() / "helm", *arguments, *(("-f", "-") if values is not None else ()),
                input=None if values is None else json.dumps(values))


def rendered(values, *flags):
    """The text that the chart becomes."""
    done = helm("template", "visionops", CHART, "--namespace", NAMESPACE, *flags, values=values)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done.stdout


def objects(text):
    return [document for document in yaml.safe_load_all(text) if document]


def find(documents, kind, name):
    for document in documents:
        if document["kind"] == kind and document["metadata"]["name"] == name:
            return document
    raise AssertionError(f"no {kind} {name} among " + ", ".join(f"{d['kind']} {d['metadata']['name']}" for d in documents))


def merged(*values):
    """Values one above the other, as Helm merges them."""
    out = {}
    for value in values:
        for key, item in value.items():
            both = isinstance(item, dict) and isinstance(out.get(key), dict)
            out[key] = merged(out[key], item) if both else item
    return out


class ControlPlane:
    """A real etcd, API server and controller manager, with the definitions of this project and its neighbours."""

    PROGRAM = SOURCE / "tests" / "cluster" / "control-plane"

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-chart-"))
        try:
            subprocess.run([self.PROGRAM, "start", self.folder], check=True)
            self.kubectl("apply", "--server-side", "-f", tools() / "neighbours")
            self.kubectl("apply", "-f", SOURCE / "crds")
            for namespace in (NAMESPACE, "team-a", "team-b", "argocd"):
                self.kubectl("create", "namespace", namespace)
            self.kubectl("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=restricted",
                         "pod-security.kubernetes.io/warn=restricted")
            self.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=60s")
        except BaseException:
            self.stop()
            raise

    def stop(self):
        subprocess.run([self.PROGRAM, "stop", self.folder], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, *arguments, **options):
        return call("kubectl", "--kubeconfig", self.folder / "kubeconfig", *arguments, **options)

    def kubectl(self, *arguments, **options):
        return check("kubectl", "--kubeconfig", self.folder / "kubeconfig", *arguments, **options)

    def helm(self, *arguments, values=None):
        return helm(*arguments, "--kubeconfig", self.folder / "kubeconfig", values=values)

    def dry_run(self, text):
        """What the server says to these objects, read strictly; nothing is stored."""
        return self.call("apply", "--dry-run=server", "--validate=strict", "-f", "-", input=text)
