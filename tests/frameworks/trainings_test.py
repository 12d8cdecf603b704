"""Each framework as it comes from PyPI: a whole run, a run that goes on from it, a killed run that goes on."""

import unittest

from bench import Laptop


class Trainings(Laptop):
    def whole_run(self, runtime, epochs=3, **spec):
        spec.setdefault("hyperparameters", {"epochs": epochs, "batchSize": 8, "imageSize": 64})
        self.training(runtime, **spec)
        self.run_all()
        status = self.status()
        self.assertEqual(status["phase"], "Succeeded", status)
        self.assertEqual((status["epoch"], status["epochs"], status["progressPercent"]), (epochs, epochs, 100), status)
        self.assertTrue(status["metrics"], status)
        self.assertEqual(len(status["model"]["sha256"].removeprefix("sha256:")), 64)
        return status

    def goes_on(self, runtime, more=5, **spec):
        """A second job that starts from the first one's run."""
        spec["hyperparameters"] = {"epochs": more, "batchSize": 8, "imageSize": 64}
        self.training(runtime, name="further", resumeFrom={"trainingJob": "job"}, **spec)
        self.run_all()
        status = self.status("further")
        self.assertEqual(status["phase"], "Succeeded", status)
        return status

    def killed_run(self, runtime, epochs=8, **spec):
        spec.setdefault("hyperparameters", {"epochs": epochs, "batchSize": 8, "imageSize": 64})
        self.training(runtime, **spec)
        self.run_until(lambda status: status.get("checkpoint", {}).get("epoch", 0) >= 2)
        killed_at = self.status()["checkpoint"]["epoch"]
        self.run_all()
        status = self.status()
        self.assertEqual(status["phase"], "Succeeded", status)
        self.assertEqual(status["attempt"], 2, status)
        self.assertEqual(status["epoch"], epochs)
        return killed_at, status

    def test_ultralytics_trains_on_a_coco_dataset(self):
        status = self.whole_run("ultralytics", model="yolo11n")
        self.assertIn("metrics/mAP50(B)", status["metrics"])
        names = self.python("ultralytics", "import sys; from ultralytics import YOLO; print(YOLO(sys.argv[1]).names)",
                            self.model(status))
        self.assertIn("'red'", names)

    def test_ultralytics_goes_on_after_a_kill(self):
        self.killed_run("ultralytics", model="yolo11n")

    def test_timm_trains_and_a_second_run_goes_on(self):
        status = self.whole_run("timm", task="Classification", model="test_resnet")
        self.python("timm", "import sys, torch; torch.load(sys.argv[1], map_location='cpu', weights_only=False)",
                    self.model(status))
        self.goes_on("timm", task="Classification", model="test_resnet")

    def test_timm_goes_on_after_a_kill(self):
        self.killed_run("timm", task="Classification", model="test_resnet")

    def test_huggingface_trains_a_classifier(self):
        self.whole_run("huggingface", task="Classification", model="vit-tiny")

    def test_huggingface_trains_a_detector(self):
        self.whole_run("huggingface", model="detr-tiny")

    def test_huggingface_goes_on_after_a_kill(self):
        self.killed_run("huggingface", task="Classification", model="vit-tiny")

    def test_torchvision_trains(self):
        self.whole_run("torchvision", task="Classification", model="resnet18")

    def test_lightning_trains(self):
        self.whole_run("lightning", task="Classification", model="resnet18")

    def test_lightning_goes_on_after_a_kill(self):
        self.killed_run("lightning", task="Classification", model="resnet18")


if __name__ == "__main__":
    unittest.main()
