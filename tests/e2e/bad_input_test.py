"""One bad resource at a time next to good ones: it is refused or counted with file and field; the good ones finish."""

import json
import shutil
import unittest

from laptop import LaptopTest, condition

DATASET = """apiVersion: visionops.dev/v1alpha1
kind: Dataset
metadata: {{name: {name}}}
spec:
  group: {name}
  type: Raw
  split: Train
  version: v1.0.0
  format: COCO
  tasks: [Detection]
  store: datasets
  path: raw/{name}
  qualityGate: {{maxMissingImages: 0}}
"""


class BadInput(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 8, "held_out": 4}

    def corrupt(self, name, change):
        """A copy of scanner-a whose annotation file `change` has edited."""
        folder = self.laptop.store / "raw" / name
        shutil.copytree(self.laptop.store / "raw" / "scanner-a" / "train" / "v1.0.0", folder)
        file = folder / "annotation.json"
        if change:
            document = json.loads(file.read_text())
            change(document)
            file.write_text(json.dumps(document))
        return folder

    def run_with(self, manifest_text, extra=()):
        """Runs the bad manifest beside the good datasets; only the good ones may be Ready."""
        manifests = self.laptop.manifests(only=("10-datasets.yaml",) + tuple(extra))
        (manifests / "90-bad.yaml").write_text(manifest_text)
        code, output = self.laptop.run(manifests, "--no-history", "--keep-going")
        self.assertEqual(condition(self.laptop.get("dataset", "scanner-b-train-v1.0.0"), "Ready")["status"], "True", output)
        return code, output

    def failed_dataset(self, name):
        code, output = self.run_with(DATASET.format(name=name))
        self.assertNotEqual(code, 0, output)
        dataset = self.laptop.get("dataset", name)
        self.assertNotEqual(condition(dataset, "Ready")["status"], "True")
        return dataset, output

    def counted_dataset(self, name):
        code, output = self.run_with(DATASET.format(name=name))
        dataset = self.laptop.get("dataset", name)
        return dataset["status"]["health"], output

    def test_a_path_that_does_not_exist(self):
        dataset, _ = self.failed_dataset("nowhere")
        self.assertIn("raw/nowhere", dataset["status"]["message"])
        self.assertEqual(condition(dataset, "SourceReachable")["status"], "False")

    def test_malformed_json_names_the_byte(self):
        folder = self.corrupt("malformed", None)
        file = folder / "annotation.json"
        file.write_text(file.read_text()[:2000] + "}}" + file.read_text()[2000:])
        dataset, _ = self.failed_dataset("malformed")
        self.assertIn("annotation.json", dataset["status"]["message"])
        self.assertRegex(dataset["status"]["message"], r"byte \d+")

    def test_dangling_ids_are_counted(self):
        def change(d):
            d["annotations"][3]["category_id"] = 999
            d["annotations"][4]["image_id"] = 424242
        self.corrupt("dangling", change)
        health, _ = self.counted_dataset("dangling")
        self.assertEqual(health["byKind"]["DanglingCategory"], 1)
        self.assertEqual(health["byKind"]["DanglingImage"], 1)
        self.assertIn("annotations[3]", json.dumps(health["first"]))

    def test_a_duplicate_image_id_is_refused(self):
        self.corrupt("duplicate", lambda d: d["images"].append(dict(d["images"][0], file_name=d["images"][1]["file_name"])))
        dataset, _ = self.failed_dataset("duplicate")
        self.assertIn("1000", dataset["status"]["message"])

    def test_file_names_that_leave_the_folder_name_nothing_outside(self):
        def change(d):
            d["images"][0]["file_name"] = "../../../etc/passwd"
            d["images"][2]["file_name"] = "/etc/passwd"
        self.corrupt("escape", change)
        health, _ = self.counted_dataset("escape")
        self.assertEqual(health["byKind"]["MissingImage"], 2)
        self.assertIn("is read as etc/passwd", json.dumps(health["first"]))

    def test_a_truncated_jpeg_is_counted(self):
        folder = self.corrupt("truncated", None)
        image = folder / "images" / "page_0003.jpg"
        image.write_bytes(image.read_bytes()[: image.stat().st_size // 2])
        health, _ = self.counted_dataset("truncated")
        self.assertEqual(health["damagedImages"], 1)
        self.assertIn("page_0003.jpg", json.dumps(health["first"]))

    def test_boxes_without_area_and_outside_are_counted(self):
        def change(d):
            d["annotations"][0]["bbox"] = [10, 10, 0, 5]
            d["annotations"][1]["bbox"] = [120, 120, 50, 50]
        self.corrupt("boxes", change)
        health, _ = self.counted_dataset("boxes")
        self.assertEqual(health["byKind"]["ZeroSizeBox"], 1)
        self.assertEqual(health["byKind"]["BoxOutsideImage"], 1)

    PIPELINE = """apiVersion: visionops.dev/v1alpha1
kind: Pipeline
metadata: {{name: bad}}
spec:
  sources:
    - dataset: {{name: {dataset}}}
      manipulators: [{manipulator}]
  output: {{group: bad, type: Processed, split: Train, format: COCO, store: datasets}}
"""

    def test_a_pipeline_stops_at_what_its_source_cannot_say_until_that_is_allowed(self):
        def change(d):
            d["annotations"][3]["category_id"] = 999
        self.corrupt("halfread", change)
        (self.laptop.store / "raw" / "halfread" / "labels").mkdir()
        (self.laptop.store / "raw" / "halfread" / "labels" / "page_0001.txt").write_text("0 0.5 0.5 0.1 0.1\n")
        code, output = self.run_with(DATASET.format(name="halfread"))
        self.assertNotEqual(code, 0, output)
        self.assertIn("spec.allowLoss: [LabelFiles, Objects]", self.laptop.get("dataset", "halfread")["status"]["message"])
        manifest = DATASET.format(name="halfread") + "  allowLoss: [LabelFiles, Objects]\n---\n" + self.PIPELINE.format(dataset="halfread", manipulator="{rotate_180: {}}")
        code, output = self.run_with(manifest)
        self.assertNotEqual(code, 0, output)
        message = self.laptop.get("pipeline", "bad")["status"]["message"]
        for words in ("LossNotAllowed", "annotation.json annotations[3].category_id", "labels/page_0001.txt", "LabelFiles, Objects"):
            self.assertIn(words, message)
        code, output = self.run_with(manifest + "  allowLoss: [LabelFiles, Objects]\n")
        self.assertEqual(code, 0, output)
        self.assertEqual(self.laptop.get("pipeline", "bad")["status"]["loss"], {"LabelFiles": 1, "Objects": 1})
        made = self.laptop.get("dataset", "bad-train-v1.0.0")
        self.assertEqual(made["status"]["annotations"], self.laptop.expected["scanner-a"]["objects"] - 1)

    def refused(self, text, *words):
        code, output = self.run_with(text)
        self.assertNotEqual(code, 0, output)
        for word in words:
            self.assertIn(word, output)

    def test_an_unknown_manipulator_is_refused_with_its_path(self):
        self.refused(self.PIPELINE.format(dataset="scanner-a-train-v1.0.0", manipulator="{rotate_90: {}}"),
                     "spec.sources[0].manipulators[0]", "rotate_90", "90-bad.yaml")

    def test_a_wrong_parameter_type_is_refused_with_its_path(self):
        self.refused(self.PIPELINE.format(dataset="scanner-a-train-v1.0.0", manipulator="{change_compression: {quality: high}}"),
                     "spec.sources[0].manipulators[0].change_compression.quality", "90-bad.yaml")

    def test_a_missing_dataset_is_named(self):
        self.refused(self.PIPELINE.format(dataset="not-there", manipulator="{rotate_180: {}}"), "not-there")

    def test_an_unknown_model_is_named(self):
        self.refused("""apiVersion: visionops.dev/v1alpha1
kind: TrainingJob
metadata: {name: bad}
spec:
  runtime: builtin
  task: Detection
  model: yolo_of_dreams
  datasets: {train: {name: scanner-a-train-v1.0.0}, val: {name: held-out-val-v1.0.0}}
  checkpoints: {store: models}
""", "yolo_of_dreams", "centernet_nano")


if __name__ == "__main__":
    unittest.main()
