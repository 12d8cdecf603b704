"""`visionops operator` as a process with a user of its own."""

import json
import pathlib
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request

from surroundings import DIES_WITH_US, OPERATOR_USER, add_user

LEASE_NAMESPACE = "default"


def cpu_seconds(pid):
    """User and system time of a process so far."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class OperatorProcess:
    def __init__(self, plane, program):
        self.plane = pathlib.Path(plane)
        self.program = program
        self.kubeconfig = add_user(self.plane, "operator", f"/CN={OPERATOR_USER}")
        self.config = self.plane / "operator.yaml"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                        "-days", "2", "-subj", "/CN=telemetry", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", self.plane / "tls.key", "-out", self.plane / "tls.crt"], check=True, capture_output=True)
        self.config.write_text(json.dumps({
            "namespaces": [], "stores": ["datasets", "models"], "http": {"host": "127.0.0.1", "port": 0},
            "telemetry": {"host": "127.0.0.1", "port": 0, "url": "https://127.0.0.1:1/telemetry",
                          "certificateFile": str(self.plane / "tls.crt"), "keyFile": str(self.plane / "tls.key"),
                          "caFile": str(self.plane / "tls.crt")}}))
        self.process = None
        self.starts = 0
        self.url = None

    def start(self):
        """Seconds from the start of the process until it leads with filled caches."""
        self.starts += 1
        self.log = self.plane / f"operator-{self.starts}.log"
        begin = time.monotonic()
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([*DIES_WITH_US, self.program, "operator", "--config", self.config, "--kubeconfig",
                                             self.kubeconfig, "--namespace", LEASE_NAMESPACE], stderr=log,
                                            stdin=subprocess.DEVNULL)
        while time.monotonic() - begin < 120:
            if self.process.poll() is not None:
                raise AssertionError(f"the operator ended:\n{self.log.read_text()}")
            if self._leads() and self._ready():
                return time.monotonic() - begin
            time.sleep(0.01)
        raise AssertionError(f"the operator did not become ready:\n{self.log.read_text()}")

    def _lines(self):
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def _leads(self):
        messages = [line["message"] for line in self._lines()]
        self.url = next((m.split("metrics and health on ")[1] for m in messages if "metrics and health on " in m), None)
        return any(m.endswith(" leads") for m in messages)

    def _ready(self):
        if self.url is None:
            return False
        try:
            with urllib.request.urlopen(self.url + "/readyz", timeout=5) as reply:
                return reply.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def warnings(self):
        return [line["message"] for line in self._lines() if line.get("level") in ("warning", "warn", "error", "critical")]

    def memory(self):
        """MiB: (now, peak)."""
        fields = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines())
        return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))

    def cpu_seconds(self):
        return cpu_seconds(self.process.pid)

    def _samples(self, name):
        with urllib.request.urlopen(self.url + "/metrics", timeout=5) as reply:
            lines = reply.read().decode().splitlines()
        return [float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(name + "{")]

    def passes(self):
        """How often it has looked at a resource since its start."""
        return sum(self._samples("controller_runtime_reconcile_total"))

    def wait_quiet(self):
        """Until it has looked at everything that waits for a look. The page of its figures is a second old at most."""
        end, passes = time.monotonic() + 300, -1
        while time.monotonic() < end:
            if not sum(self._samples("workqueue_depth")) and passes == self.passes():
                return
            passes = self.passes()
            time.sleep(2)
        raise AssertionError("the operator finds no rest")

    def stop(self):
        """Ends it in order: the Lease is released."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def keep_logs(self, folder):
        for log in [*self.plane.glob("operator-*.log"), *self.plane.glob("pod_simulator.log")]:
            shutil.copy(log, folder)
