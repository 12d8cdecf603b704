"""What a pipeline would do, as `visionops-worker pipeline --explain` prints it. A case is a folder of cases/: data/ is
the store "datasets" without its pictures, pictures.json names them (path: width and height), run.json is the run,
expect.txt the plan. A new manipulator or operation brings a case and needs no line here."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
from pictures import WORKER, put_pictures  # noqa: E402

CASES = pathlib.Path(__file__).parent / "cases"


class Plans(unittest.TestCase):
    maxDiff = None

    def test_every_case(self):
        cases = sorted(CASES.iterdir())
        self.assertTrue(cases)
        for case in cases:
            with self.subTest(case=case.name), tempfile.TemporaryDirectory(prefix="visionops-plan-") as folder:
                store = pathlib.Path(folder) / "datasets"
                shutil.copytree(case / "data", store)
                put_pictures(store, json.loads((case / "pictures.json").read_text()))
                process = subprocess.run([WORKER, "pipeline", "--explain", "--spec", str(case / "run.json")],
                                         capture_output=True, text=True, timeout=60,
                                         env={**os.environ, "VISIONOPS_STORES": folder})
                self.assertEqual(process.returncode, 0, process.stderr)
                self.assertEqual(process.stdout, (case / "expect.txt").read_text())

