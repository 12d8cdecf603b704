"""What stands around the operator: users with certificates of their own, one node, and the process that simulates
its Pods."""

import pathlib
import subprocess
import sys

from pod_simulator import NODE

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
OPERATOR_USER = "visionops-operator"
DIES_WITH_US = ("setpriv", "--pdeathsig", "KILL")  # util-linux; also when a test's time limit kills the bench


def add_user(plane, name, subject):
    """A kubeconfig of its own beside the control plane's, so that the audit log tells its requests apart."""
    script = ('folder=$1; source "$2"; cd "$folder"; certificate "$3" "$4" extendedKeyUsage=clientAuth; '
              'server=$(sed -n "s/.*server: \'\\([^\']*\\)\'.*/\\1/p" kubeconfig); write_kubeconfig "$3.kubeconfig" "$server" "$3"')
    subprocess.run(["bash", "-euo", "pipefail", "-c", script, "add_user", plane, ROOT / "tests/cluster/processes.sh",
                    name, subject], check=True)
    return plane / f"{name}.kubeconfig"


class Surroundings:
    def __init__(self, plane, api, namespaces, run_milliseconds):
        self.plane = plane
        self.api = api
        self.namespaces = namespaces
        self.run_milliseconds = run_milliseconds
        self.simulator = None

    def start(self):
        # Without the controllers of nodes (tests/bench/cluster/run) nobody asks whether it is alive.
        self.api.create("/api/v1/nodes", {"metadata": {"name": NODE}})
        self.api.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
            "metadata": {"name": "bench-operator"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
            "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": OPERATOR_USER}]})
        for namespace in self.namespaces:
            self.api.create("/api/v1/namespaces", {"metadata": {"name": namespace}})
        self.kubeconfig = add_user(self.plane, "simulator", "/O=system:masters/CN=simulator")
        self.simulate()

    def simulate(self):
        """Pods live from here on."""
        with open(self.plane / "pod_simulator.log", "a") as log:
            self.simulator = subprocess.Popen(
                [*DIES_WITH_US, sys.executable, "-B", HERE / "pod_simulator.py", "--kubeconfig", self.kubeconfig,
                 "--run-milliseconds", str(self.run_milliseconds)], stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def stop(self):
        if self.simulator:
            self.simulator.terminate()
            self.simulator.wait(timeout=20)
            self.simulator = None
