"""What each format reads and writes, as files. A case is a folder of cases/: in/ is a dataset without its pictures,
expect.json names the pictures (path: width and height) and the runs of `visionops-worker convert`:

  {"pictures": {"images/a.png": [64, 48]},
   "runs": [{"to": "YOLO", "allow": "Masks", "exit": 0, "loss": {"Masks": 1}, "files": {"labels/a.txt": ["0 ..."]}}]}

`files` are all files of the output but its pictures and manifest, by their lines. A new case needs no line here."""

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


def texts_in(folder):
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and path.suffix != ".png" and name != "manifest.json":
            found[name] = path.read_text().splitlines()
    return found


class Cases(unittest.TestCase):
    maxDiff = None

    def convert(self, source, output, run):
        command = [WORKER, "convert", str(source), "--to", run["to"], "--output", str(output), "--json"]
        command += ["--allow-loss", run["allow"]] if "allow" in run else []
        command += ["--task", run["task"]] if "task" in run else []
        process = subprocess.run(command, capture_output=True, text=True, timeout=60)
        report = json.loads(process.stdout) if process.stdout.startswith("{") else {}
        found = {"exit": process.returncode, "loss": {entry["kind"]: entry["count"] for entry in report.get("loss", [])}}
        found["files"] = texts_in(output) if output.exists() else {}
        return found

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
                    self.assertEqual(found, wanted, run)
