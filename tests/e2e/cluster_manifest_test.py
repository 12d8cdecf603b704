"""A manifest that is meant for a cluster runs on a laptop as it is, and says which of its fields have no effect there."""

import unittest

from laptop import BIN, LaptopTest

TRAINING = """
apiVersion: visionops.dev/v1alpha1
kind: TrainingJob
metadata: {name: detector}
spec:
  task: Detection
  model: centernet_nano
  datasets: {train: {name: scanner-a-train-v1.0.0}, val: {name: scanner-a-train-v1.0.0}}
  hyperparameters: {epochs: 1, batchSize: 4, imageSize: 64, extra: {width: 8}}
  checkpoints: {store: models}
  queue: team-a
  profile: mig-1g
  secrets: [hf]
  mounts: [datasets]
"""


class ClusterManifest(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 8, "held_out": 4}

    def test_it_trains_and_says_what_has_no_effect(self):
        folder = self.laptop.manifests(only=("10-datasets.yaml",))
        (folder / "30-detector.yaml").write_text(TRAINING)
        code, output = self.laptop.run(folder)
        self.assertEqual(code, 0, output)
        self.assertEqual(self.laptop.get("trainingjob", "detector")["status"]["phase"], "Succeeded")
        told = self.laptop.check([BIN / "visionops", "events", "--data", self.laptop.data])
        self.assertIn("spec.profile and spec.secrets have no effect on one machine", told)


if __name__ == "__main__":
    unittest.main()
