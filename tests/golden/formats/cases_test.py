"""What each format reads and writes, as files. A case is a folder of cases/: in/ is a dataset without its pictures,
expect.json names the pictures (path: width and height) and the runs of `visionops-worker convert`:

  {"pictures": {"images/a.png": [64, 48]},
   "runs": [{"to": "YOLO", "allow": "Masks", "exit": 0, "loss": {"Masks": 1}, "files": {"labels/a.txt": ["0 ..."]}}]}

A run may have `options` of the command line. `files` are all files of the output but its pictures and manifest, by
their lines; `images`, where a run has them, are its pictures. A new case needs no line here."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from pictures import WORKER, put_pictures  # noqa: E402

CASES = pathlib.Path(__file__).parent / "cases"
WRITTEN = {"COCO", "ClassFolders", "KITTI", "LabelStudio", "VOC", "YOLO"}


def texts_in(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.suffix != ".png" and name != "manifest.json":
            found[name] = path.read_text().splitlines()
    return found


# Told, and no element is gone.
STOPS_NOTHING = {"UnknownKeys", "Precision"}


def rounded(numbers):
    return [round(number, 6) for number in numbers]


def content_of(coco):
    """What a COCO file says, without ids, order and unknown keys."""
    classes = {category["id"]: category["name"] for category in coco["categories"]}
    objects = {image["id"]: [] for image in coco["images"]}
    for one in coco["annotations"]:
        rings = one.get("segmentation", [])
        objects[one["image_id"]].append([
            classes[one["category_id"]], rounded(one.get("bbox", [])), one.get("ignore", 0), one.get("attributes", {}),
            [rounded(ring) for ring in rings] if isinstance(rings, list) else rings])
    images = [[image["width"], image["height"], sorted(objects[image["id"]], key=json.dumps)] for image in coco["images"]]
    return {"classes": sorted(classes.values()), "images": sorted(images, key=json.dumps)}


def pictures_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))


class Cases(unittest.TestCase):
    maxDiff = None

    def convert(self, source, output, run):
        command = [WORKER, "convert", str(source), "--to", run["to"], "--output", str(output), "--json"]
        command += ["--allow-loss", run["allow"]] if "allow" in run else []
        command += ["--task", run["task"]] if "task" in run else []
        command += run.get("options", [])
        process = subprocess.run(command, capture_output=True, text=True, timeout=60)
        report = json.loads(process.stdout) if process.stdout.startswith("{") else {}
        found = {"exit": process.returncode, "loss": {entry["kind"]: entry["count"] for entry in report.get("loss", [])}}
        found["files"] = texts_in(output) if output.exists() else {}
        if "images" in run:
            found["images"] = pictures_in(output)
        return found

    def coco_of(self, source, output, options=()):
        self.convert(source, output, {"to": "COCO", "options": list(options)})
        return content_of(json.loads((output / "annotation.json").read_text()))

    def test_what_loses_nothing_reads_back_the_same(self):
        compared = set()
        for case in sorted(CASES.iterdir()):
            expected = json.loads((case / "expect.json").read_text())
            with self.subTest(case=case.name), tempfile.TemporaryDirectory(prefix="visionops-format-") as folder:
                folder = pathlib.Path(folder)
                source = folder / "in"
                shutil.copytree(case / "in", source)
                put_pictures(source, expected["pictures"])
                for number, run in enumerate(expected["runs"]):
                    if run.get("exit", 0) != 0 or set(run.get("loss", {})) - STOPS_NOTHING:
                        continue
                    written = folder / f"written-{number}"
                    self.convert(source, written, run)
                    before = self.coco_of(source, folder / f"before-{number}", run.get("options", []))
                    self.assertEqual(self.coco_of(written, folder / f"after-{number}"), before, run)
                    compared.add(run["to"])
        self.assertGreaterEqual(compared, WRITTEN)

    def test_every_case(self):
        cases = sorted(CASES.iterdir())
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case=case.name), tempfile.TemporaryDirectory(prefix="visionops-format-") as folder:
                expected = json.loads((case / "expect.json").read_text())
                source = pathlib.Path(folder) / "in"
                shutil.copytree(case / "in", source)
                put_pictures(source, expected["pictures"])
                for number, run in enumerate(expected["runs"]):
                    found = self.convert(source, pathlib.Path(folder) / f"out-{number}", run)
                    wanted = {"exit": run.get("exit", 0), "loss": run.get("loss", {}), "files": run.get("files", {})}
                    wanted.update({"images": run["images"]} if "images" in run else {})
                    self.assertEqual(found, wanted, run)
