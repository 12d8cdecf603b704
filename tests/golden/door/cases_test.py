"""Small inputs after public bug reports: what the door says of each, what it lets through when that is allowed.

A case is a folder: in/ is the dataset, expect.json has the runs (`names`: what must be said, `holds` and `lacks`: of the
text files that are written); `links` are made before them, since not every way to carry a folder carries links."""

import json
import os
import pathlib
import shutil
import tempfile
import unittest

import door

CASES = pathlib.Path(__file__).parent / "cases"


class Cases(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-door-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def prepare(self, case, expected):
        copy = self.folder / case.name
        shutil.copytree(case, copy)
        for link, target in expected.get("links", {}).items():
            (copy / link).parent.mkdir(parents=True, exist_ok=True)
            os.symlink(target, copy / link)
        return copy / "in"

    def check(self, source, run, number):
        outcome = door.convert(source, self.folder / f"{source.parent.name}-{number}", run["to"], run.get("allow", ""),
                               options=run.get("options", []))
        found = {"exit": outcome.code, "loss": outcome.loss}
        if outcome.code == 0:
            found["images"] = door.images_in(outcome.output)
            found["objects"] = door.objects_in(outcome.output)
            if "files" in run:
                found["files"] = door.names_in(outcome.output)
        self.assertEqual(found, {"loss": {}, **{key: run[key] for key in ("exit", "loss", "images", "objects", "files") if key in run}})
        said = "\n".join([outcome.text, outcome.report.get("error", ""), *outcome.examples, *outcome.problems])
        for name in run.get("names", []):
            self.assertIn(name, said)
        written = door.texts_in(outcome.output) if outcome.code == 0 else ""
        for part in run.get("holds", []):
            self.assertIn(part, written)
        for part in run.get("lacks", []):
            self.assertNotIn(part, written)
        if outcome.code != 0:
            self.assertFalse(outcome.output.exists(), "refused, and something was written")

    def test_every_case(self):
        cases = sorted(CASES.iterdir())
        self.assertGreater(len(cases), 30)
        for case in cases:
            expected = json.loads((case / "expect.json").read_text())
            source = self.prepare(case, expected)
            for number, run in enumerate(expected["runs"]):
                with self.subTest(case=case.name, run=number):
                    self.check(source, run, number)

    def test_text_and_json_tell_the_same(self):
        source = self.prepare(CASES / "91-class-out-of-range", {})
        text = door.convert(source, self.folder / "text", "COCO", json_output=False)
        told = door.convert(source, self.folder / "json", "COCO")
        self.assertEqual(text.code, told.code)
        for example in told.examples:
            self.assertIn(example, text.text)
        self.assertIn(f"loss: Rows {told.loss['Rows']}", text.text)


if __name__ == "__main__":
    unittest.main()
