"""kill -9 of visionops during the Pipeline and during training: the next run finishes what was begun."""

import unittest

from laptop import Laptop, LaptopTest


class KilledDuringThePipeline(LaptopTest):
    SIZES = {"scanner_a": 400, "scanner_b": 300, "held_out": 4}

    def test_the_next_run_gives_the_digest_of_an_undisturbed_run(self):
        only = ("10-datasets.yaml", "20-pipeline.yaml")
        undisturbed = Laptop(**self.SIZES)
        self.addCleanup(undisturbed.close)
        code, output = undisturbed.run(undisturbed.manifests(only=only))
        self.assertEqual(code, 0, output)
        wanted = undisturbed.get("dataset", "digits-train-v1.0.0")["status"]["digest"]

        laptop = self.laptop
        manifests = laptop.manifests(only=only)
        images = laptop.store / "fusion" / "digits" / "train" / "v1.0.0" / "images"
        for images_seen in (1, 300):
            process = laptop.start(manifests)
            laptop.wait_until(lambda: images.exists() and sum(1 for _ in images.iterdir()) >= images_seen, process, 120, "first output image")
            self.assertEqual(laptop.kill(process), [])
        code, output = laptop.run(manifests)
        self.assertEqual(code, 0, output)
        self.assertEqual(laptop.get("dataset", "digits-train-v1.0.0")["status"]["digest"], wanted)

        def names(of):
            root = of.store / "fusion"
            return sorted(str(p.relative_to(root)) for p in root.rglob("*"))

        self.assertEqual(names(laptop), names(undisturbed))
        self.assertEqual(laptop.processes(), [])


class KilledDuringTraining(LaptopTest):
    def test_training_goes_on_from_the_last_checkpoint(self):
        laptop = self.laptop
        manifests = laptop.manifests(epochs=6)
        process = laptop.start(manifests)
        laptop.wait_until(lambda: (laptop.run_folder() / "epoch-0002.json").exists(), process, 300, "second checkpoint")
        self.assertEqual(laptop.kill(process), [])
        code, output = laptop.run(manifests)
        self.assertEqual(code, 0, output)
        job = laptop.get("trainingjob", "digits-detector")
        self.assertEqual(job["status"]["phase"], "Succeeded")
        self.assertEqual(job["status"]["attempt"], 2)
        self.assertEqual(job["status"].get("countedFailures", 0), 0)
        epochs = laptop.sql("SELECT attempt, min(epoch) AS first, max(epoch) AS last FROM visionops.metrics "
                            "WHERE name = 'map50' GROUP BY attempt ORDER BY attempt")
        self.assertGreaterEqual(int(epochs[-1]["first"]), 3)
        self.assertEqual(int(epochs[-1]["last"]), 6)
        self.assertEqual([p for p in laptop.run_folder().iterdir() if p.name.startswith(".")], [])
        self.assertEqual(laptop.processes(), [])


if __name__ == "__main__":
    unittest.main()
