"""docs/plan.md, word for word: its run is explained, and that of a Pipeline that has run is the plan that it followed."""

import os
import re
import subprocess
import unittest

from laptop import BIN, SOURCE, LaptopTest


class PlanPage(LaptopTest):
    SIZES = {"scanner_a": 24, "scanner_b": 6, "held_out": 3}

    def setUp(self):
        super().setUp()
        self.page = (SOURCE / "docs" / "plan.md").read_text()
        self.explain = re.search(r"```sh\n(VISIONOPS_STORES=.*?)```", self.page, re.DOTALL).group(1)

    def shell(self, command):
        done = subprocess.run(["bash", "-ec", command], cwd=self.laptop.data, capture_output=True, text=True, timeout=60,
                              env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_its_run_is_explained_and_nothing_is_written(self):
        run, = re.findall(r"```json\n(.*?)```", self.page, re.DOTALL)
        (self.laptop.data / "plan.json").write_text(run)
        before = self.laptop.files()
        plan = self.shell(self.explain)
        self.assertIn("filter_remove_by_class", plan)
        self.assertRegex(plan, r"images/\S+ <- \S+  copy")
        self.assertEqual(self.laptop.files(), before)
        (self.laptop.data / "plan.json").write_text(run.replace('"Attributes"', '"Ignore"'))
        self.assertIn("NOT ALLOWED", self.shell(self.explain))

    def test_the_run_of_a_pipeline_is_in_its_job(self):
        manifests = self.laptop.manifests(only=["10-datasets.yaml", "20-pipeline.yaml"])
        code, output = self.laptop.run(manifests, "--no-history")
        self.assertEqual(code, 0, output)
        command = re.search(r"```sh\n(kubectl get job .*?)```", self.page, re.DOTALL).group(1)
        job, = [name for name in self.shell("visionops get jobs -o name --data .").split() if "digits-fusion" in name]
        command = command.replace("kubectl", "visionops").replace("NAME", job.split("/")[-1]).replace(" >", " --data . >")
        self.shell(command)
        plan = re.search(r"plan (sha256:\w+)", self.shell(self.explain)).group(1)
        manifest = self.laptop.data / "stores" / "datasets" / "fusion" / "digits" / "train" / "v1.0.0" / "manifest.json"
        self.assertIn(plan, manifest.read_text())


if __name__ == "__main__":
    unittest.main()
