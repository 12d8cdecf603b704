"""Replicas of `visionops operator` as processes, beside the control plane of run-with-control-plane."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request

from waiting import wait_until

BIN = pathlib.Path(os.environ["VISIONOPS_BIN"])
SOURCE = pathlib.Path(os.environ["VISIONOPS_SOURCE"])
KUBECONFIG = os.environ["VISIONOPS_TEST_KUBECONFIG"]


def kubectl(*arguments, text=None, kubeconfig=KUBECONFIG):
    command = ["kubectl", "--kubeconfig", kubeconfig, *arguments]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}: {done.stderr}")
    return done.stdout


def objects(kind, namespace):
    return json.loads(kubectl("get", kind, "-n", namespace, "-o", "json"))["items"]


def certificate(folder):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", "/CN=telemetry", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", folder / "tls.key", "-out", folder / "tls.crt"], check=True, capture_output=True)


class Replicas:
    """All replicas of one operator: one configuration, one Lease in `namespace`. `more` goes into the configuration."""

    def __init__(self, namespace, watched, kubeconfig=KUBECONFIG, **more):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-operator-"))
        self.namespace = namespace
        self.kubeconfig = kubeconfig
        certificate(self.folder)
        self.config = self.folder / "config.yaml"
        self.config.write_text(json.dumps({
            "namespaces": [watched], "stores": ["datasets", "models"],
            "http": {"host": "127.0.0.1", "port": 0},
            "telemetry": {"host": "127.0.0.1", "port": 0, "url": "https://127.0.0.1:1/telemetry",
                          "certificateFile": str(self.folder / "tls.crt"), "keyFile": str(self.folder / "tls.key"),
                          "caFile": str(self.folder / "tls.crt")}, **more}))
        self.running = []

    def start(self):
        replica = Replica(self)
        self.running.append(replica)
        return replica

    def close(self):
        for replica in self.running:
            replica.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


class Replica:
    def __init__(self, replicas):
        number = len(replicas.running)
        self.name = f"replica-{number}"
        self.log_file = replicas.folder / f"{self.name}.log"
        with open(self.log_file, "w") as log:
            self.process = subprocess.Popen(
                [BIN / "visionops", "operator", "--config", replicas.config, "--kubeconfig", replicas.kubeconfig,
                 "--namespace", replicas.namespace], stderr=log, env={**os.environ, "POD_NAME": self.name})
        self.url = wait_until("the replica listens", lambda: self._after("metrics and health on "))
        self.telemetry = wait_until("the replica takes telemetry", lambda: self._after("telemetry on "))

    def lines(self):
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]

    def _after(self, words):
        assert self.alive(), self.log_file.read_text()
        found = [line["message"].split(words)[1] for line in self.lines() if words in line["message"]]
        return found[0] if found else None

    def alive(self):
        return self.process.poll() is None

    def leads(self):
        return any(line["message"].endswith(" leads") for line in self.lines())

    def page(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def ready(self):
        return self.page("/readyz")[0] == 200

    def metric(self, line):
        """The value of a sample, 0 when it is not there yet."""
        for sample in self.page("/metrics")[1].splitlines():
            if sample.startswith(line + " "):
                return float(sample.rsplit(" ", 1)[1])
        return 0.0

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def kill(self):
        if self.alive():
            self.process.kill()
        self.process.wait()
