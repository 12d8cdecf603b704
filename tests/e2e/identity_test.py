"""Whose result is it? Objects of an old name train anew, and each run keeps its own configuration."""

import unittest

from laptop import BIN, LaptopTest

TRAINING = """
apiVersion: visionops.dev/v1alpha1
kind: TrainingJob
metadata: {{name: detector}}
spec:
  task: Detection
  model: centernet_nano
  datasets: {{train: {{name: scanner-a-train-v1.0.0}}, val: {{name: scanner-a-train-v1.0.0}}}}
  hyperparameters: {{epochs: {epochs}, batchSize: 4, learningRate: {rate}, seed: {seed}, imageSize: 64, extra: {{width: 8}}}}
  checkpoints: {{store: models}}
"""


class OldNames(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 8, "held_out": 4}

    def train(self, *flags, epochs=2, rate=0.002, seed=7):
        folder = self.laptop.manifests(only=("10-datasets.yaml",))
        (folder / "30-detector.yaml").write_text(TRAINING.format(epochs=epochs, rate=rate, seed=seed))
        code, output = self.laptop.run(folder, *flags)
        self.assertEqual(code, 0, output)
        return output

    def job(self):
        return self.laptop.get("trainingjob", "detector")

    def epochs(self, uid, run=1):
        """The epochs that were trained, by the metrics that a trainer sends while it works."""
        rows = self.laptop.sql(f"SELECT DISTINCT epoch FROM visionops.metrics WHERE name = 'loss' AND uid = '{uid}' AND run = {run}")
        return sorted(int(r["epoch"]) for r in rows)

    def folders(self):
        return sorted(p.name for p in (self.laptop.data / "stores" / "models" / "checkpoints" / "default" / "detector").iterdir())

    def test_an_object_made_anew_trains_anew_and_a_run_keeps_its_configuration(self):
        laptop = self.laptop
        self.train()
        first = self.job()
        self.assertEqual(self.epochs(first["metadata"]["uid"]), [1, 2])
        self.assertEqual(first["status"]["resolved"]["hyperparameters"]["weightDecay"], 0.0001)

        laptop.check([BIN / "visionops", "delete", "trainingjob", "detector", "--data", laptop.data])
        self.train(seed=8)
        second = self.job()
        uid = second["metadata"]["uid"]
        self.assertNotEqual(uid, first["metadata"]["uid"])
        self.assertEqual(second["status"]["run"], 1)
        self.assertEqual(self.epochs(uid), [1, 2], "it was trained from epoch 1")
        self.assertNotEqual(second["status"]["model"]["sha256"], first["status"]["model"]["sha256"])
        self.assertNotEqual(second["status"]["resolved"]["identity"], first["status"]["resolved"]["identity"])
        self.assertEqual(len(self.folders()), 2, self.folders())
        manifest = laptop.run_folder(job="detector") / "epoch-0002.json"
        self.assertIn(f'"identity":"{second["status"]["resolved"]["identity"]}"', manifest.read_text())

        # The edited manifest is there before the operator starts again and tells history of all that it finds.
        self.train(seed=8, rate=0.02, epochs=1)
        self.assertEqual(self.job()["status"]["run"], 2)
        self.train(seed=8, rate=0.02, epochs=1)  # nothing to do; history is told once more
        rows = laptop.sql(
            "SELECT run, status, config #>> '{spec,hyperparameters,learningRate}' AS rate, "
            "config #>> '{spec,hyperparameters,epochs}' AS epochs, hyperparameters ->> 'warmupEpochs' AS warmup, "
            f"hyperparameters ->> 'weightDecay' AS decay FROM visionops.training_jobs WHERE uid = '{uid}' ORDER BY run")
        self.assertEqual(rows, [
            {"run": 1, "status": "DONE", "rate": "0.002", "epochs": "2", "warmup": "1.0", "decay": "0.0001"},
            {"run": 2, "status": "DONE", "rate": "0.02", "epochs": "1", "warmup": "1.0", "decay": "0.0001"}])

    def test_a_cluster_that_is_built_anew_over_the_old_stores_trains_anew(self):
        laptop = self.laptop
        self.train()
        first = self.job()
        stores = ["--store", f"datasets={laptop.store}", "--store", f"models={laptop.data / 'stores' / 'models'}"]
        old, laptop.data = laptop.data, laptop.folder / "rebuilt"
        laptop.store = old / "stores" / "datasets"
        self.train(*stores)
        again = self.job()
        laptop_data, laptop.data = laptop.data, old
        self.assertEqual(len(self.folders()), 2, self.folders())
        laptop.data = laptop_data
        self.assertNotEqual(again["metadata"]["uid"], first["metadata"]["uid"])
        self.assertEqual(again["status"]["specHash"], first["status"]["specHash"])
        self.assertEqual(self.epochs(again["metadata"]["uid"]), [1, 2])
        self.assertTrue(again["status"]["model"]["path"].startswith(again["status"]["resolved"]["checkpointPath"] + "/"))


if __name__ == "__main__":
    unittest.main()
