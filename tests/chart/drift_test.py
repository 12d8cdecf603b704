"""What is derived is as tools/render-manifests would write it now."""

import pathlib
import tempfile
import unittest

from chart import CHART, MANIFESTS, SOURCE, check, need, objects


def setUpModule():
    need("go")


class Drift(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="visionops-drift-")
        cls.addClassCleanup(folder.cleanup)
        cls.fresh = pathlib.Path(folder.name)
        check(SOURCE / "tools" / "render-manifests", "--to", cls.fresh)

    def test_derived_files_are_up_to_date(self):
        files = [file for file in self.fresh.rglob("*") if file.is_file()]
        self.assertGreaterEqual(len(files), 5)
        for file in files:
            name = file.relative_to(self.fresh)
            with self.subTest(str(name)):
                self.assertTrue(file.read_text() == (SOURCE / name).read_text(),
                                f"{name} is not what tools/render-manifests writes: run it and commit the result")

    def test_the_chart_has_no_definition_too_many(self):
        names = [sorted(file.name for file in folder.glob("*.yaml")) for folder in (SOURCE / "crds", CHART / "files" / "crds")]
        self.assertEqual(*names)

    def test_the_plain_install_holds_no_secret_and_no_trace_of_helm(self):
        text = (MANIFESTS / "install.yaml").read_text()
        self.assertFalse([d for d in objects(text) if d["kind"] == "Secret"])
        self.assertNotIn("PRIVATE KEY", text)
        self.assertNotIn("managed-by: Helm", text)


if __name__ == "__main__":
    unittest.main()
