"""A real cluster of one node with the operator's images on it, and a tenant's namespace as manifests/tenant makes it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
os.environ.setdefault("VISIONOPS_SOURCE", str(SOURCE))
os.environ.setdefault("VISIONOPS_BIN", str(SOURCE / "build" / "dev" / "bin"))
sys.path += [str(SOURCE / "tests" / room) for room in ("chart", "e2e", "images", "python")]

import archive  # noqa: E402
from chart import CHART, MANIFESTS, NAMESPACE, call, check, helm, need  # noqa: E402
from waiting import wait_until  # noqa: E402

TENANT = "team-a"
USER = 65532
NODE = SOURCE / "tests" / "node" / "node"
SYSTEM = f"""apiVersion: v1
kind: Namespace
metadata:
  name: {NAMESPACE}
  labels: {{pod-security.kubernetes.io/enforce: restricted}}
"""
KEEPER = """while kill -0 "$1" 2>/dev/null; do sleep 1; done
[ ! -e "$2" ] || { "$3" stop "$2/node"; rm -rf --one-file-system "$2"; }"""

# The claims of the tenant's stores, bound to folders that the test can look into.
VOLUME = """apiVersion: v1
kind: PersistentVolume
metadata: {{name: {store}}}
spec:
  capacity: {{storage: 4Ti}}
  accessModes: [ReadWriteMany]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: test
  hostPath: {{path: {path}, type: Directory}}
  claimRef: {{namespace: {tenant}, name: visionops-store-{store}}}
"""
OVERLAY = """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [{tenant}]
patches:
  - target: {{kind: PersistentVolumeClaim}}
    patch: |
      - {{op: add, path: /spec/storageClassName, value: test}}
"""


class Cluster:
    def __init__(self):
        need("go", "etcd", "kubectl", "openssl")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-node-"))
        self.stores = self.folder / "stores"
        # A killed test (its time limit) cleans nothing up: an orphan in its own session looks after that.
        self.keeper = subprocess.Popen(["bash", "-c", KEEPER, "keeper", str(os.getpid()), self.folder, NODE], start_new_session=True,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self.images = {name: archive.archive(name) for name in ("operator", "worker")}
            self._start()
        except BaseException:
            self.stop()
            raise

    def _start(self):
        done = subprocess.run([NODE, "start", self.folder / "node"], stderr=subprocess.PIPE, text=True)
        if done.returncode == 3:
            archive.skip(done.stderr.strip())
        if done.returncode != 0:
            raise AssertionError(done.stderr)
        check(NODE, "import", self.folder / "node", *self.images.values())
        server = json.loads(self.kubectl("config", "view", "-o", "json"))["clusters"][0]["cluster"]["server"]
        self.values = {"networkPolicy": {"enabled": True, "apiServerPorts": [int(server.rpartition(":")[2])]}}
        # mkdtemp's folder is for root alone; the stores are for the Pods.
        self.folder.chmod(0o755)
        for store in ("datasets", "models"):
            (self.stores / store).mkdir(parents=True)
        self.own()

    def stop(self):
        subprocess.run([NODE, "stop", self.folder / "node"], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.keeper.terminate()
        self.keeper.wait()

    def own(self):
        """Hands everything in the stores to the user of the Pods."""
        for path in [self.stores, *self.stores.rglob("*")]:
            os.chown(path, USER, USER)

    # -- what a person does ----------------------------------------------------------------------

    def kubectl(self, *arguments, **options):
        return check("kubectl", "--kubeconfig", self.folder / "node" / "kubeconfig", *arguments, **options)

    def helm(self, *arguments, values=None):
        done = helm(*arguments, "--namespace", NAMESPACE, "--kubeconfig", self.folder / "node" / "kubeconfig", values=values)
        if done.returncode != 0:
            raise AssertionError(f"helm {arguments}:\n{done.stdout}{done.stderr}\n{self.report()}")
        return done.stdout

    def install(self):
        self.kubectl("apply", "-f", "-", input=SYSTEM)
        self.helm("install", "visionops", CHART, "--wait", "--timeout", "3m", values=self.values)

    def run_pod(self, name, image, args=(), labels=None):
        """A Pod of the team that asks for nothing which Pod Security `restricted` forbids."""
        container = {"name": name, "image": image, "imagePullPolicy": "IfNotPresent", "args": list(args), "securityContext": {
            "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}}
        self.kubectl("--namespace", TENANT, "apply", "-f", "-", input=json.dumps({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": labels or {}}, "spec": {
                "restartPolicy": "Never", "automountServiceAccountToken": False, "containers": [container],
                "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}}}}))

    def add_image(self, source, name):
        """An image with one static program and nothing else, on the node."""
        folder = self.folder / "image"
        folder.mkdir()
        program = folder / source.stem
        check("gcc", "-Os", "-static", "-o", program, source)
        store = ("--root", folder / "store", "--runroot", folder / "run", "--storage-driver", "vfs")
        container = check("buildah", *store, "from", "scratch").strip()
        check("buildah", *store, "copy", "--quiet", container, program, f"/{source.stem}")
        check("buildah", *store, "config", "--user", str(USER), container)
        check("buildah", *store, "commit", "--quiet", container, f"oci-archive:{folder}/image.tar:{name}")
        check(NODE, "import", self.folder / "node", folder / "image.tar")
        shutil.rmtree(folder)

    def add_tenant(self):
        for store in ("datasets", "models"):
            text = VOLUME.format(store=store, path=self.stores / store, tenant=TENANT)
            self.kubectl("apply", "-f", "-", input=text)
        overlay = self.folder / "tenant"
        overlay.mkdir()
        tenant = os.path.relpath(MANIFESTS / "tenant", overlay.resolve())
        (overlay / "kustomization.yaml").write_text(OVERLAY.format(tenant=tenant))
        self.kubectl("apply", "-k", overlay)

    # -- what it sees ----------------------------------------------------------------------------

    def get(self, kind, name, namespace=TENANT):
        """The object; empty when there is none."""
        text = self.kubectl("--namespace", namespace, "get", kind, name, "-o", "json", "--ignore-not-found")
        return json.loads(text) if text else {}

    def list(self, kind, namespace=TENANT, *selector):
        return json.loads(self.kubectl("--namespace", namespace, "get", kind, "-o", "json", *selector))["items"]

    def reaches(self, pod, address, port):
        """Whether a connection out of the Pod's network is answered."""
        own = self.get("pod", pod)["status"]["podIP"]
        for place in pathlib.Path("/run/netns").glob("cni-*"):
            inside = ("nsenter", f"--net={place}")
            if f" {own}/" in call(*inside, "ip", "-4", "-o", "address").stdout:
                connect = f"import socket; socket.create_connection(({address!r}, {port}), timeout=3)"
                return call(*inside, sys.executable, "-c", connect).returncode == 0
        raise AssertionError(f"no network of Pod {pod} at {own}")

    def wait(self, what, condition, seconds):
        return wait_until(what, condition, seconds, pause=0.5, report=self.report)

    def report(self):
        """For the message of a failure: everything that could explain it."""
        parts = []
        config = ("kubectl", "--kubeconfig", self.folder / "node" / "kubeconfig")
        for command in (["get", "visionops,jobs,pods,pvc", "-n", TENANT, "-o", "wide"], ["get", "pods", "-n", NAMESPACE],
                        ["get", "events", "-n", TENANT, "--sort-by=.lastTimestamp"],
                        ["logs", "-n", NAMESPACE, "-l", "app.kubernetes.io/name=visionops", "--tail=40", "--prefix"],
                        ["logs", "-n", TENANT, "-l", "app.kubernetes.io/managed-by=visionops", "--tail=20", "--prefix",
                         "--all-containers"]):
            done = call(*config, *command)
            parts.append(f"$ kubectl {' '.join(command)}\n{done.stdout}{done.stderr}")
        return "\n".join(parts)
