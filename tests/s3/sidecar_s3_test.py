"""The sidecar and a checkpoint that is larger than its memory, into a bucket."""

import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["VISIONOPS_BIN"])
SERVER = os.environ["VISIONOPS_TEST_S3"]
BUCKETS = pathlib.Path(os.environ["VISIONOPS_TEST_S3_BUCKETS"])
LIMIT_MIB = 64  # of its container


class SidecarAndBucket(unittest.TestCase):
    def test_stores_a_large_checkpoint_whole_and_within_its_memory(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        (BUCKETS / "sidecar").mkdir()
        for part in ("keys", "pod/checkpoints", "answers", "own"):
            (root / part).mkdir(parents=True)
        (root / "keys/AWS_ACCESS_KEY_ID").write_text("tester")
        (root / "keys/AWS_SECRET_ACCESS_KEY").write_text("tester-secret")
        run = {"owner": {"kind": "TrainingJob", "namespace": "default", "name": "detector", "uid": "u", "run": 1, "attempt": 1},
               "train": {"model": "centernet_nano", "train": {"store": "datasets", "path": "p", "format": "COCO"},
                         "checkpointStore": "models", "checkpointPath": "runs/detector-1"}}
        place = {"endpoint": SERVER, "bucket": "sidecar", "prefix": "models", "credentialsFolder": str(root / "keys")}
        sidecar = subprocess.Popen([BIN / "visionops-sidecar"], env={
            "VISIONOPS_RUN": json.dumps(run), "VISIONOPS_POD_DIR": str(root / "pod"), "VISIONOPS_POD_NAME": "pod-0",
            "VISIONOPS_ANSWERS_DIR": str(root / "answers"), "VISIONOPS_SIDECAR_DIR": str(root / "own"),
            "VISIONOPS_TERMINATION_LOG": str(root / "word"),
            "VISIONOPS_STORE_MODELS": json.dumps(place)})
        self.addCleanup(lambda: (sidecar.kill(), sidecar.wait()))
        self.wait(lambda: (root / "answers/sidecar.ready").exists())

        weights = os.urandom(1 << 20) * 200
        (root / "pod/checkpoints/epoch-0001.pt").write_bytes(weights)
        with open(root / "pod/telemetry.jsonl", "a") as lines:
            lines.write(json.dumps({"checkpoint": {"file": "epoch-0001.pt", "epoch": 1, "best": True, "final": True}}) + "\n")
        stored = BUCKETS / "sidecar/models/runs/detector-1"
        self.wait(lambda: (root / "answers/stored/epoch-0001.pt.json").exists())
        manifest = json.loads((stored / "epoch-0001.json").read_text())
        self.assertEqual(manifest["sha256"].removeprefix("sha256:"), hashlib.sha256(weights).hexdigest())
        for name in ("epoch-0001.pt", "best.pt"):
            self.assertTrue((stored / name).read_bytes() == weights, name)
        status = dict(line.split(":", 1) for line in pathlib.Path(f"/proc/{sidecar.pid}/status").read_text().splitlines())
        peak = int(status["VmHWM"].split()[0]) / 1024
        print(f"\nsidecar with a bucket: {peak:.1f} MiB resident at most")
        self.assertLess(peak, LIMIT_MIB / 2)
        sidecar.terminate()
        self.assertEqual(sidecar.wait(timeout=30), 0)
        word = json.loads((root / "word").read_text())
        self.assertEqual((word["ownerUid"], word["model"]["sha256"]), ("u", hashlib.sha256(weights).hexdigest()))

    def wait(self, question, seconds=120):
        end = time.monotonic() + seconds
        while not question():
            self.assertLess(time.monotonic(), end, "not in time")
            time.sleep(0.05)


if __name__ == "__main__":
    unittest.main()
