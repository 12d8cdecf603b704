"""kubectl in a namespace of its own, against the cluster of run-with-control-plane."""

import json
import os
import pathlib
import subprocess

SOURCE = pathlib.Path(os.environ["VISIONOPS_SOURCE"])


class Kubectl:
    def __init__(self):
        self.flags = ["--kubeconfig", os.environ["VISIONOPS_TEST_KUBECONFIG"]]
        made = self.run("create", "-f", "-", "-o", "json", text=json.dumps(
            {"apiVersion": "v1", "kind": "Namespace", "metadata": {"generateName": "definitions-"}}))
        self.flags += ["--namespace", json.loads(made)["metadata"]["name"]]

    def command(self, arguments):
        return ["kubectl", *self.flags, *[str(a) for a in arguments]]

    def call(self, *arguments, text=None):
        done = subprocess.run(self.command(arguments), input=text, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def run(self, *arguments, text=None):
        code, out, err = self.call(*arguments, text=text)
        if code != 0:
            raise AssertionError(f"kubectl {' '.join(map(str, arguments))}: {err}")
        return out

    def start(self, *arguments):
        return subprocess.Popen(self.command(arguments), stdout=subprocess.DEVNULL)

    def read(self, *arguments):
        return json.loads(self.run(*arguments, "-o", "json"))

    def create(self, manifest):
        self.run("create", "-f", "-", text=json.dumps(manifest))

    def delete(self, manifest):
        self.run("delete", "-f", "-", "--wait=false", text=json.dumps(manifest))

    def try_create(self, manifest):
        """What the server has against it; empty when nothing."""
        code, _, err = self.call("create", "--dry-run=server", "--validate=strict", "-f", "-", text=json.dumps(manifest))
        return err if code != 0 else ""

    def try_replace(self, manifest):
        code, _, err = self.call("replace", "--dry-run=server", "--validate=strict", "-f", "-", text=json.dumps(manifest))
        return err if code != 0 else ""
