"""Whose files are they? Deleting a Dataset takes its own files alone; nothing is made of other bytes than it was Ready with."""

import json
import shutil
import unittest

from laptop import BIN, LaptopTest, condition

DATASET = """apiVersion: visionops.dev/v1alpha1
kind: Dataset
metadata: {{name: {name}}}
spec: {{group: {name}, type: Raw, split: Train, version: v1.0.0, format: COCO, tasks: [Detection], store: datasets, path: {path}, deletionPolicy: {policy}}}
---
"""

PIPELINE = """apiVersion: visionops.dev/v1alpha1
kind: Pipeline
metadata: {name: copy}
spec:
  sources: [{dataset: {name: one}}]
  output: {group: copied, type: Processed, split: Train, format: COCO, store: datasets}
  allowLoss: [All]
  seed: SEED
---
"""

TRAINING = """apiVersion: visionops.dev/v1alpha1
kind: TrainingJob
metadata: {name: learn}
spec:
  runtime: builtin
  task: Detection
  model: centernet_nano
  datasets: {train: {name: one}}
  hyperparameters: {epochs: 1, batchSize: 4, imageSize: 64, seed: SEED, extra: {width: 8}}
  checkpoints: {store: models}
---
"""


class Files(LaptopTest):
    SIZES = {"scanner_a": 8, "scanner_b": 4, "held_out": 4}

    def setUp(self):
        super().setUp()
        self.page = self.laptop.store / "raw" / "scanner-a" / "train" / "v1.0.0"

    def put(self, path):
        """A copy of the pages of scanner-a in a folder of its own."""
        shutil.copytree(self.page, self.laptop.store / path, dirs_exist_ok=True)

    def apply(self, text):
        manifests = self.laptop.folder / "own"
        manifests.mkdir(exist_ok=True)
        (manifests / "all.yaml").write_text(text)
        return self.laptop.run(manifests, "--no-history")

    def below(self, path):
        root = self.laptop.store / path
        return {str(p.relative_to(self.laptop.store)) for p in root.rglob("*") if p.is_file()}

    def delete(self, name):
        return self.laptop.check([BIN / "visionops", "delete", "dataset", name, "--data", self.laptop.data])

    def test_a_dataset_above_others_takes_its_own_files_alone(self):
        for path in ("all", "all/one", "all/two"):
            self.put(path)
        holiday = self.laptop.store / "all" / "images" / "holiday.jpg"
        holiday.write_bytes(b"not a page")
        own = {str(p.relative_to(self.page)) for p in self.page.rglob("*") if p.is_file()}
        # the annotation files of the others are unread in this one
        above = DATASET.format(name="above", path="all", policy="Delete").replace("type: Raw,", "type: Raw, allowLoss: [LabelFiles],")
        code, output = self.apply(above +
                                  DATASET.format(name="one", path="all/one", policy="Retain") +
                                  DATASET.format(name="two", path="all/two", policy="Retain"))
        self.assertEqual(code, 0, output)
        before = self.below("all")
        self.assertFalse([p for p in before if p.endswith("eda.json")], "reports go to the platform's folder")
        listed = self.laptop.get("dataset", "above")["status"]["fileList"]
        lines = [json.loads(line) for line in (self.laptop.store / listed).read_text().splitlines()]
        self.assertIn({"path": "images/holiday.jpg", "stray": True}, [{k: v for k, v in l.items() if k in ("path", "stray")} for l in lines[1:]])

        said = self.delete("above")
        self.assertEqual(before - self.below("all"), {"all/" + p for p in own if (p.startswith("images/") or p == "annotation.json")})
        self.assertTrue(holiday.exists())
        self.assertIn("shared with", said)
        self.assertIn("images/holiday.jpg", said)
        for name in ("one", "two"):
            self.assertEqual(condition(self.laptop.get("dataset", name), "Ready")["status"], "True")
        self.assertFalse((self.laptop.store / listed).exists())

    def test_of_two_datasets_on_one_folder_the_last_one_takes_the_files(self):
        self.put("twice")
        code, output = self.apply(DATASET.format(name="one", path="twice", policy="Delete") +
                                  DATASET.format(name="two", path="twice", policy="Delete"))
        self.assertEqual(code, 0, output)
        before = self.below("twice")
        self.assertIn("shared with Dataset two", self.delete("one"))
        self.assertEqual(self.below("twice"), before)
        self.delete("two")
        self.assertFalse((self.laptop.store / "twice" / "annotation.json").exists())
        self.assertFalse((self.laptop.store / "twice" / "images").exists())

    def test_a_folder_that_was_never_inspected_well_stays(self):
        folder = self.laptop.store / "photos"
        folder.mkdir()
        (folder / "holiday.jpg").write_bytes(b"a picture")
        code, output = self.apply(DATASET.format(name="photos", path="photos", policy="Delete"))
        self.assertNotEqual(code, 0, output)
        self.assertIn("never Ready", self.delete("photos"))
        self.assertTrue((folder / "holiday.jpg").exists())

    def test_nothing_is_made_of_other_bytes_than_the_dataset_was_ready_with(self):
        self.put("one")
        dataset = DATASET.format(name="one", path="one", policy="Retain")
        self.assertEqual(self.apply(dataset)[0], 0)
        annotations = self.laptop.store / "one" / "annotation.json"
        good = annotations.read_text()
        document = json.loads(good)
        document["categories"][0]["name"] = "renamed"
        annotations.write_text(json.dumps(document))
        code, output = self.apply(dataset + (PIPELINE + TRAINING).replace("SEED", "1"))
        self.assertNotEqual(code, 0, output)
        for kind, name in (("pipeline", "copy"), ("trainingjob", "learn")):
            failed = condition(self.laptop.get(kind, name), "Failed")
            self.assertEqual(failed["reason"], "ContentChanged", failed)
            self.assertIn("annotation.json", failed["message"])
            self.assertTrue(self.laptop.get(kind, name)["status"]["retryAt"], "looked at again later")
        self.assertFalse((self.laptop.store / "processed" / "copied").exists())

        annotations.write_text(good)  # at another time
        code, output = self.apply(dataset + (PIPELINE + TRAINING).replace("SEED", "2"))
        self.assertEqual(code, 0, output)
        self.assertEqual(self.laptop.get("pipeline", "copy")["status"]["phase"], "Succeeded")
        self.assertEqual(self.laptop.get("trainingjob", "learn")["status"]["phase"], "Succeeded")


if __name__ == "__main__":
    unittest.main()
