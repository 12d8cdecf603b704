"""What the suites of this folder share: tiny data sets and a laptop's cluster."""

import json
import os
import random
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import unittest
import zlib
from pathlib import Path

BIN = Path(os.environ["VISIONOPS_BIN"])
COLOURS = {"red": (220, 40, 40), "green": (40, 200, 60), "blue": (50, 70, 220)}
SIDE = 64


def png(colour, box, grain):
    """A picture of SIDE x SIDE pixels with one rectangle; `grain` makes each another file."""
    x0, y0, w, h = box
    rows = []
    for y in range(SIDE):
        row = bytearray([0])
        for x in range(SIDE):
            inside = x0 <= x < x0 + w and y0 <= y < y0 + h
            row += bytes(colour if inside else (grain % 40, grain % 40, (grain + x) % 40))
        rows.append(bytes(row))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"".join(rows)))
            + chunk(b"IEND", b""))


def detection_set(folder, count, seed):
    """COCO: images/ + annotation.json, one box a picture."""
    chance = random.Random(seed)
    (folder / "images").mkdir(parents=True)
    images, annotations = [], []
    names = list(COLOURS)
    for i in range(1, count + 1):
        w, h = chance.randint(16, 32), chance.randint(16, 32)
        box = [chance.randint(0, SIDE - w), chance.randint(0, SIDE - h), w, h]
        kind = i % 3
        (folder / "images" / f"{i:03}.png").write_bytes(png(COLOURS[names[kind]], box, i + 100 * seed))
        images.append({"id": i, "file_name": f"{i:03}.png", "width": SIDE, "height": SIDE})
        annotations.append({"id": i, "image_id": i, "category_id": kind + 1, "bbox": box, "area": w * h, "iscrowd": 0,
                            "segmentation": []})
    (folder / "annotation.json").write_text(json.dumps({
        "images": images, "annotations": annotations,
        "categories": [{"id": k + 1, "name": n} for k, n in enumerate(names)]}))


def class_folders(folder, count, seed):
    """CLASS/picture.png"""
    chance = random.Random(seed)
    for i in range(count):
        name = list(COLOURS)[i % 3]
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / f"{i:03}.png").write_bytes(png(COLOURS[name], [4, 4, chance.randint(30, 56), 50], i + 50 * seed))


class Laptop(unittest.TestCase):
    """`visionops run` in a folder of its own, with two data sets in its store."""
    maxDiff = None
    TRAIN, VAL = 24, 9

    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="visionops-frameworks-"))
        self.addCleanup(shutil.rmtree, self.root, True)
        self.data = self.root / ".visionops"
        store = self.data / "stores" / "datasets"
        (self.data / "stores" / "models").mkdir(parents=True)
        detection_set(store / "boxes" / "train", self.TRAIN, 1)
        detection_set(store / "boxes" / "val", self.VAL, 2)
        class_folders(store / "folders" / "train", self.TRAIN, 1)
        class_folders(store / "folders" / "val", self.VAL, 2)
        for group, form, task in (("boxes", "COCO", "Detection"), ("folders", "ClassFolders", "Classification")):
            for split in ("Train", "Val"):
                self.manifest(f"{group}-{split.lower()}", {
                    "kind": "Dataset", "metadata": {"name": f"{group}-{split.lower()}-v1.0.0"},
                    "spec": {"group": group, "type": "Raw", "split": split, "version": "v1.0.0", "format": form,
                             "tasks": [task], "store": "datasets", "path": f"{group}/{split.lower()}"}})

    def manifest(self, name, document):
        document = {"apiVersion": "visionops.dev/v1alpha1", **document}
        (self.root / f"{name}.json").write_text(json.dumps(document))

    def training(self, runtime, task="Detection", model="m", name="job", **spec):
        group = "boxes" if task == "Detection" else "folders"
        self.manifest(name, {"kind": "TrainingJob", "metadata": {"name": name}, "spec": {
            "runtime": runtime, "task": task, "model": model,
            "datasets": {"train": {"group": group, "split": "Train"}, "val": {"group": group, "split": "Val"}},
            "checkpoints": {"store": "models", "every": 1, "keep": 10}, "retry": {"limit": 0}, **spec}})

    def visionops(self, *arguments, code=0):
        process = subprocess.run([BIN / "visionops", *map(str, arguments)], cwd=self.root, capture_output=True, text=True,
                                 timeout=600)
        if code is not None:
            self.assertEqual(process.returncode, code, process.stdout + process.stderr + self.logs())
        return process

    def files(self):
        return [word for path in sorted(self.root.glob("*.json")) for word in ("-f", path.name)]

    def run_all(self, code=0):
        return self.visionops("run", *self.files(), "--data", self.data, code=code)

    def run_until(self, ready):
        """Starts the cluster and kills it, and all that it started, as a power cut would, once `ready` holds."""
        log = open(self.root / "run.log", "ab")
        process = subprocess.Popen([BIN / "visionops", "run", *self.files(), "--data", self.data], cwd=self.root, stdout=log,
                                   stderr=log)
        deadline = time.monotonic() + 300
        try:
            while not ready(self.status(quiet=True)):
                self.assertLess(time.monotonic(), deadline, (self.root / "run.log").read_text())
                self.assertIsNone(process.poll(), (self.root / "run.log").read_text())
                time.sleep(0.2)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
            log.close()

    def status(self, name="job", quiet=False):
        process = self.visionops("get", f"trainingjob/{name}", "-o", "json", "--data", self.data, code=None)
        if process.returncode != 0 or not process.stdout.startswith("{"):
            self.assertTrue(quiet, process.stderr)
            return {}
        return json.loads(process.stdout).get("status", {})

    def logs(self):
        return "\n".join(f"--- {path}\n{path.read_text(errors='replace')[-4000:]}"
                         for path in sorted(self.data.glob("pods/*/*.log")))

    def model(self, status):
        path = self.data / "stores" / "models" / status["model"]["path"]
        self.assertTrue(path.is_file(), status)
        return path

    def python(self, runtime, code, *arguments):
        """Runs a line in the framework's own Python, as a user would who takes the model away."""
        show = self.visionops("runtimes", "show", runtime, "--json")
        python = Path(json.loads(show.stdout)["programs"]) / "python"
        process = subprocess.run([python, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=300,
                                 env={**os.environ, "YOLO_OFFLINE": "true", "HF_HUB_OFFLINE": "1"})
        self.assertEqual(process.returncode, 0, process.stderr)
        return process.stdout
