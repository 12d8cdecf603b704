"""What docs/laptop.md promises beside its commands: how a run stops, what stands last, what --prune takes."""

import signal
import unittest

from laptop import BIN, LaptopTest

DATASET = """apiVersion: visionops.dev/v1alpha1
kind: Dataset
metadata: {{name: {name}}}
spec: {{group: {name}, type: Raw, split: Train, version: v1.0.0, format: COCO, tasks: [Detection], store: datasets, path: {path}}}
---
"""
PAGES = "raw/scanner-a/train/v1.0.0"


class LaptopPromises(LaptopTest):
    SIZES = {"scanner_a": 24, "scanner_b": 6, "held_out": 4}

    def write(self, *names, path=PAGES):
        return self.laptop.write("datasets.yaml", "".join(DATASET.format(name=name, path=path) for name in names))

    def test_errors_stand_last_with_the_whole_path(self):
        bad = self.write("good").with_name("bad.yaml")
        bad.write_text(DATASET.format(name="bad", path=PAGES).replace("Raw", "Rawest"))
        for verb in (["run", "--dry-run"], ["run", "--keep-going", "--no-history"]):
            code, out, err = self.laptop.call(BIN / "visionops", *verb, "-f", bad.with_name("datasets.yaml"), "-f", bad,
                                              "--data", self.laptop.data)
            self.assertNotEqual(code, 0, out + err)
            self.assertTrue(err.splitlines()[-1].startswith(f"error: {bad}:4: spec.type"), out + err)
        self.assertEqual(self.laptop.get("dataset", "good")["status"]["phase"], "Succeeded")

    def test_what_failed_is_named_at_the_end_with_the_folder_of_its_files(self):
        code, output = self.laptop.run(self.write("gone", path="raw/gone"), "--no-history")
        self.assertEqual(code, 1, output)
        *_, failed, files = output.strip().splitlines()
        self.assertRegex(failed, "^Dataset/gone failed: .*raw/gone")
        self.assertEqual(files.strip(), f"its files: {self.laptop.store / 'raw' / 'gone'}")

    def test_prune_asks_takes_what_no_manifest_names_and_leaves_the_files(self):
        code, output = self.laptop.run(self.write("kept", "old"), "--no-history")
        self.assertEqual(code, 0, output)
        before = self.laptop.files()
        self.write("kept")
        code, output = self.laptop.run(self.laptop.folder / "datasets.yaml", "--no-history")
        self.assertEqual(code, 0, output)
        self.assertIsNotNone(self.laptop.find("dataset", "old"), "without --prune it stays")
        command = [BIN / "visionops", "run", "-f", self.laptop.folder / "datasets.yaml", "--data", self.laptop.data, "--no-history", "--prune"]
        code, out, err = self.laptop.call("bash", "-c", '"$@" </dev/null', "-", *command)
        self.assertEqual(code, 2, out + err)
        self.assertIn("asks before it removes", err)
        self.assertIsNotNone(self.laptop.find("dataset", "old"))
        self.laptop.check([*command, "--yes"])
        self.assertIsNone(self.laptop.find("dataset", "old"))
        self.assertIsNotNone(self.laptop.find("dataset", "kept"))
        self.assertEqual({name: self.laptop.files()[name] for name in before}, before)

    def test_ctrl_c_stops_it_and_the_same_command_goes_on(self):
        laptop = self.laptop
        manifests = laptop.manifests(epochs=5)
        process = laptop.start(manifests)
        laptop.wait_until(lambda: (laptop.run_folder() / "epoch-0002.json").exists(), process, 300, "second checkpoint")
        process.send_signal(signal.SIGINT)
        stopped, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, stopped)
        self.assertEqual(laptop.processes(), [])
        code, output = laptop.run(manifests)
        self.assertEqual(code, 0, output)
        job = laptop.get("trainingjob", "digits-detector")["status"]
        self.assertEqual((job["phase"], job["run"], job.get("countedFailures", 0)), ("Succeeded", 1, 0))
        first, = laptop.sql("SELECT min(epoch) AS epoch FROM visionops.metrics WHERE name = 'map50' AND attempt > 1")
        self.assertGreaterEqual(int(first["epoch"]), 3)


if __name__ == "__main__":
    unittest.main()
