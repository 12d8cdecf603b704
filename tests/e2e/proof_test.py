"""A trainer that lies: Succeeded is what the sidecar has read back from the store, whatever the trainer says or leaves behind."""

import hashlib
import os
import shutil
import sys
import textwrap

from laptop import BIN, LaptopTest, condition

TRAINING = """apiVersion: visionops.dev/v1alpha1
kind: Dataset
metadata: {{name: pages}}
spec: {{group: pages, type: Raw, split: Train, version: v1.0.0, format: COCO, tasks: [Detection], store: datasets, path: raw/scanner-a/train/v1.0.0}}
---
apiVersion: visionops.dev/v1alpha1
kind: TrainingJob
metadata: {{name: {name}}}
spec:
  task: Detection
  model: centernet_nano
  datasets: {{train: {{name: pages}}}}
  checkpoints: {{store: models}}
  retry: {{limit: 0}}
"""

# In place of visionops-worker: everything but `train` is the real program.
PRELUDE = """#!{python} -B
import json, os, pathlib, sys, time
if sys.argv[1:2] != ["train"]:
    os.execv("{worker}", ["visionops-worker"] + sys.argv[1:])
run = json.loads(os.environ["VISIONOPS_RUN"])
pod, answers = (pathlib.Path(os.environ[f"VISIONOPS_{{x}}_DIR"]) for x in ("POD", "ANSWERS"))
stores = pathlib.Path(os.environ["VISIONOPS_STORES"])
model = {{"path": run["train"]["checkpointPath"] + "/epoch-0003.pt", "sha256": "ab" * 32, "bytes": 7, "epoch": 3}}

def end(model):
    facts = {{"epochs": 3, "bestEpoch": 3, "bestMetric": "map50", "bestValue": 1, "metrics": {{"map50": 1}}, "model": model, "last": model}}
    pathlib.Path(os.environ["VISIONOPS_TERMINATION_LOG"]).write_text(json.dumps({{"train": facts}}))
    sys.exit(0)

def store(bytes_):
    (pod / "checkpoints").mkdir()
    (pod / "checkpoints/epoch-0003.pt").write_bytes(bytes_)
    with open(pod / "telemetry.jsonl", "a") as lines:
        lines.write(json.dumps({{"checkpoint": {{"file": "epoch-0003.pt", "epoch": 3, "best": True, "final": True}}}}) + "\\n")
    answer = answers / "stored/epoch-0003.pt.json"
    while not answer.exists():
        time.sleep(0.01)
    return json.loads(answer.read_text())
"""

FORGES = """
for name in ("stored", "answers"):
    (pod / name).mkdir()
    (pod / name / "epoch-0003.pt.json").write_text(json.dumps(model))
(pod / "sidecar.termination").write_text(json.dumps({"ownerUid": run["owner"]["uid"], "run": 1, "attempt": 1, "model": model, "last": model}))
for name in ("sidecar.cursor", "sidecar.cursor.new", "cursor", "sidecar.ready"):
    (pod / name).symlink_to(stores / "models/foreign.pt")
for name in ("telemetry.jsonl", "worker.pid", "checkpoints"):
    os.mkfifo(pod / name)
time.sleep(1)
end(model)
"""


class Proof(LaptopTest):
    SIZES = {"scanner_a": 6, "scanner_b": 2, "held_out": 2}

    def setUp(self):
        super().setUp()
        self.bin = self.laptop.folder / "bin"
        self.bin.mkdir()
        shutil.copy(BIN / "visionops", self.bin)
        os.symlink(BIN / "visionops-sidecar", self.bin / "visionops-sidecar")
        (self.laptop.data / "stores/models/foreign.pt").write_text("another run's")

    def train(self, name, body):
        worker = self.bin / "visionops-worker"
        worker.write_text(PRELUDE.format(python=sys.executable, worker=BIN / "visionops-worker") + textwrap.dedent(body))
        worker.chmod(0o755)
        manifests = self.laptop.write(f"{name}.yaml", TRAINING.format(name=name))
        code, out, err = self.laptop.call(self.bin / "visionops", "run", "-f", manifests, "--data", self.laptop.data, "--no-history")
        return code, self.laptop.get("trainingjob", name), out + err

    def assert_not_proven(self, job, output):
        self.assertEqual(job["status"]["phase"], "Failed", output)
        self.assertEqual(job["status"]["failure"]["class"], "CheckpointNotVerified", job["status"])
        self.assertNotIn("model", job["status"])
        return job["status"]["failure"]["evidence"]

    def test_a_model_that_is_in_no_store(self):
        code, job, output = self.train("forged", FORGES)
        self.assertNotEqual(code, 0, output)
        self.assertIn("no checkpoint of this run is in the store", self.assert_not_proven(job, output))
        self.assertEqual((self.laptop.data / "stores/models/foreign.pt").read_text(), "another run's")

    def test_another_model_than_the_one_that_was_stored(self):
        _, job, output = self.train("other", "store(b'weights'); end(model)")
        evidence = self.assert_not_proven(job, output)
        self.assertIn("ab" * 32, evidence)
        self.assertIn(hashlib.sha256(b"weights").hexdigest(), evidence)

    def test_the_model_that_was_stored(self):
        code, job, output = self.train("honest", "end(store(b'weights'))")
        self.assertEqual(code, 0, output)
        self.assertEqual(job["status"]["model"]["sha256"], hashlib.sha256(b"weights").hexdigest())
        self.assertEqual(condition(job, "Complete")["status"], "True")
        self.assertEqual((self.laptop.data / "stores/models" / job["status"]["model"]["path"]).read_bytes(), b"weights")
