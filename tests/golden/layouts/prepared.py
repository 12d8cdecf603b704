"""visionops-worker prepare from outside: stores in a folder, a run spec, and what came of it."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from pictures import WORKER, png  # noqa: E402

LOSSES = ["Images", "Objects", "Masks", "Crowd", "Ignore", "Attributes", "Keypoints", "MultiPart", "Precision", "Boxes",
          "UnknownKeys", "Rows", "LabelFiles"]


class Outcome:
    def __init__(self, process, pod):
        self.code = process.returncode
        self.said = process.stdout + process.stderr
        termination = pod / "termination"
        self.result = json.loads(termination.read_text()) if termination.exists() else {}
        prepared = pod / "prepared.json"
        self.prepared = json.loads(prepared.read_text()) if prepared.exists() else None
        telemetry = pod / "telemetry.jsonl"
        self.telemetry = [json.loads(line) for line in telemetry.read_text().splitlines()] if telemetry.exists() else []
        self.events = [line["event"] for line in self.telemetry if "event" in line]


class PrepareTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-layout-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.stores = self.folder / "stores"
        self.store = self.stores / "data"
        self.models = self.stores / "models"
        self.pod = self.folder / "pod"
        for folder in (self.store, self.models, self.pod):
            folder.mkdir(parents=True)
        self.data = self.pod / "job" / "data"

    def location(self, path, kind, **more):
        return {"store": "data", "path": path, "format": kind, **more}

    def spec(self, layout, train, val=None, test=None, task="Detection", allow=(), train_more=None, **framework):
        run = {"task": task, "model": "any", "train": train, "epochs": 3,
               "framework": {"runtime": "toy", "command": ["true"], "layout": layout, "allowLoss": list(allow),
                             "reading": {}, **framework},
               **(train_more or {})}
        if val:
            run["val"] = val
        if test:
            run["test"] = test
        return {"owner": {"kind": "TrainingJob", "namespace": "team", "name": "job", "uid": "u1", "run": 1,
                          "identity": "i1"}, "train": run}

    def prepare(self, spec, env=None, options=(), wrapper=()):
        process = subprocess.run([*wrapper, WORKER, "prepare", *options], capture_output=True, text=True, timeout=120,
                                 env={**os.environ, "VISIONOPS_RUN": json.dumps(spec), "VISIONOPS_STORES": str(self.stores),
                                      "VISIONOPS_POD_DIR": str(self.pod),
                                      "VISIONOPS_TERMINATION_LOG": str(self.pod / "termination"), **(env or {})})
        return Outcome(process, self.pod)

    def done(self, spec, **more):
        outcome = self.prepare(spec, **more)
        self.assertEqual(outcome.code, 0, outcome.said)
        return outcome

    def put(self, path, size=(64, 48)):
        file = self.store / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(*size))

    def put_coco(self, folder, images, classes, boxes, extra=None, file="annotation.json"):
        """`images`: names; `boxes`: (image, class, box[, more members])."""
        for name in images:
            self.put(f"{folder}/images/{name}")
        text = {"images": [{"id": i + 1, "file_name": name, "width": 64, "height": 48} for i, name in enumerate(images)],
                "categories": [{"id": 7 * i + 3, "name": name} for i, name in enumerate(classes)],
                "annotations": [{"id": i, "image_id": image + 1, "category_id": 7 * classes.index(kind) + 3, "bbox": box,
                                 "area": box[2] * box[3], "iscrowd": 0, **(more[0] if more else {})}
                                for i, (image, kind, box, *more) in enumerate(boxes)], **(extra or {})}
        (self.store / folder / file).write_text(json.dumps(text))

    def put_yolo(self, folder, classes, rows):
        """`rows`: label text by the name of the image."""
        for name, text in rows.items():
            self.put(f"{folder}/images/{name}")
            label = self.store / folder / "labels" / pathlib.Path(name).with_suffix(".txt")
            label.parent.mkdir(parents=True, exist_ok=True)
            label.write_text(text)
        names = "".join(f"  {i}: {json.dumps(name)}\n" for i, name in enumerate(classes))
        (self.store / folder / "data.yaml").write_text(f"train: images\nnc: {len(classes)}\nnames:\n{names}")

    # What stands in a layout, counted by the standard library.

    def links(self, below):
        """Target by name, of every file that is a link, below a folder of the layout."""
        root = self.data / below
        return {str(path.relative_to(root)): os.readlink(path) for path in sorted(root.rglob("*")) if path.is_symlink()}

    def assert_links_reach(self, below):
        for name, target in self.links(below).items():
            self.assertTrue(os.path.isabs(target), name)
            self.assertTrue(os.path.isfile(target) and not os.path.islink(target), f"{name} -> {target}")
            self.assertTrue(target.startswith(str(self.store) + "/"), target)

    def yolo_rows(self, split):
        """(label file, row as numbers), by the rule of Ultralytics: the last /images/ is /labels/."""
        out = {}
        for path in sorted((self.data / "images" / split).rglob("*.*")):
            head, tail = str(path).rsplit("/images/", 1)
            label = pathlib.Path(head + "/labels/" + tail.rsplit(".", 1)[0] + ".txt")
            rows = [tuple(float(word) for word in line.split()) for line in label.read_text().splitlines()]
            out[str(path.relative_to(self.data / "images" / split))] = rows
        return out

    def coco(self, split):
        return json.loads((self.data / "annotations" / f"instances_{split}.json").read_text())

    def yaml(self):
        """The few lines of our data.yaml: keys of the first level, and names by number."""
        keys, names = {}, {}
        for line in (self.data / "data.yaml").read_text().splitlines():
            key, _, value = line.partition(": ")
            if line.startswith("  "):
                names[int(key)] = json.loads(value)
            elif not line.endswith(":"):
                keys[key] = json.loads(value) if value.startswith('"') else value
        return keys, [names[i] for i in sorted(names)]
