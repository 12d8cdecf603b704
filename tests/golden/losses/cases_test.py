"""What a conversion says that it would lose. A case is a folder of cases/: in/ is a dataset without its pictures,
expect.json names the pictures (path: width and height), the links, one conversion and its whole loss report:

  {"pictures": {"images/a.png": [64, 48]}, "links": {"images/b.png": "a.png"}, "to": "YOLO", "exit": 5,
   "loss": [{"kind": "Masks", "count": 1, "examples": ["annotation 1 of a.png: run-length mask"]}]}

The kinds of losses and findings are read from their tables in the sources: one without a case fails here."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).parent
sys.path.insert(0, str(HERE.parent))
from pictures import WORKER, put_pictures  # noqa: E402

CASES = HERE / "cases"
ROOT = HERE.parents[2]
# What the plan leaves out; the reader keeps the entry (finding_kind.h).
LEFT_OUT_BY_THE_PLAN = {"MissingImage", "DamagedImage"}
# `convert` never says these: manipulators do, which need the size; and without its categories a file is refused.
NOT_OF_A_CONVERSION = {"UnknownImageSize", "MalformedCategory"}


def found_in(path, begin, pattern):
    """What the pattern finds in a source from `begin` up to the end of that table."""
    text = (ROOT / path).read_text()
    return set(re.findall(pattern, text[text.index(begin):].split("});", 1)[0]))


def loss_kinds():
    return found_in("base/vocabulary.h", "names_of(LossKind)", r'\{\w+, "(\w+)"\}') - {"All"}


def findings_of_elements_left_out():
    return found_in("worker/dataset/model/finding_kind.h", "kFindingMeanings", r'\{"(\w+)", LossKind::') | LEFT_OUT_BY_THE_PLAN


def expected_of(case):
    return json.loads((case / "expect.json").read_text())


class Losses(unittest.TestCase):
    maxDiff = None

    def convert(self, source, output, expected, allow):
        command = [WORKER, "convert", str(source), "--to", expected["to"], "--output", str(output), "--json"]
        command += ["--task", expected["task"]] if "task" in expected else []
        command += ["--allow-loss", ",".join(allow)] if allow else []
        process = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertTrue(process.stdout.startswith("{"), process.stderr)
        return process.returncode, json.loads(process.stdout).get("loss", [])

    def prepare(self, case, expected, folder):
        source = pathlib.Path(folder) / "in"
        shutil.copytree(case / "in", source)
        put_pictures(source, expected["pictures"])
        for link, target in expected.get("links", {}).items():
            os.symlink(target, source / link)
        return source

    def test_every_case(self):
        for case in sorted(CASES.iterdir()):
            with self.subTest(case=case.name), tempfile.TemporaryDirectory(prefix="visionops-loss-") as folder:
                self.assertEqual(sorted(part.name for part in case.iterdir()), ["expect.json", "in"])
                expected = expected_of(case)
                source = self.prepare(case, expected, folder)
                output = pathlib.Path(folder) / "out"
                refused = self.convert(source, output, expected, [])
                self.assertEqual(refused, (expected["exit"], expected["loss"]))
                self.assertEqual(output.exists(), expected["exit"] == 0, "refused, and something was written")
                allowed = self.convert(source, pathlib.Path(folder) / "allowed", expected, [loss["kind"] for loss in expected["loss"]])
                self.assertEqual(allowed, (0, expected["loss"]))

    def test_every_kind_of_loss_has_a_case(self):
        shown = {loss["kind"] for case in CASES.iterdir() for loss in expected_of(case)["loss"]}
        self.assertGreater(len(loss_kinds()), 10, "the table is read no more")
        self.assertEqual(loss_kinds(), shown)

    def test_every_finding_that_is_a_loss_has_a_case(self):
        examples = [text for case in CASES.iterdir() for loss in expected_of(case)["loss"] for text in loss["examples"]]
        kinds = findings_of_elements_left_out()
        self.assertGreater(len(kinds), 15, "the table is read no more")
        shown = {kind for kind in kinds if any(text.startswith(kind + " ") for text in examples)}
        self.assertEqual(kinds - shown, NOT_OF_A_CONVERSION)


if __name__ == "__main__":
    unittest.main()
