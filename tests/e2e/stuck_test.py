"""Runs that cannot come to their end here: they end, and what they say last is true."""

import os
import time
import unittest

from laptop import BIN, LaptopTest, condition


class Stuck(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 8, "held_out": 4}

    def test_a_run_that_asks_for_gpus_that_this_machine_never_has_ends_and_says_what_to_change(self):
        gpus = ("  checkpoints:", "  resources: {gpus: 64}\n  checkpoints:")
        begun = time.monotonic()
        code, output = self.laptop.run(self.laptop.manifests(replace=[gpus]), "--no-history", timeout=180)
        self.assertEqual(code, 1, output)
        self.assertRegex(output, r"\d\d:\d\d:\d\d  TrainingJob/digits-detector  Waiting  .*insufficient nvidia.com/gpu")
        last = [line for line in output.splitlines() if line.startswith("TrainingJob/digits-detector waits: ")]
        self.assertEqual(len(last), 1, output)
        self.assertRegex(last[0], r"\(64 of \d+ requested\); this machine never has as many: lower spec.resources.gpus")
        self.assertLess(time.monotonic() - begun, 170)
        job = self.laptop.get("trainingjob", "digits-detector")
        self.assertEqual(condition(job, "Ready")["reason"], "Unschedulable")
        # Lowered as the message says, it goes on, and with all cores that it is given.
        cores = ("  checkpoints:", '  resources: {cpu: "2"}\n  checkpoints:')
        code, output = self.laptop.run(self.laptop.manifests(replace=[cores]), "--no-history")
        self.assertEqual(code, 0, output)
        log = self.laptop.check([BIN / "visionops", "logs", "trainingjob/digits-detector", "--data", self.laptop.data])
        self.assertIn(f"with {min(2, len(os.sched_getaffinity(0)))} threads", log)

    def test_a_rule_about_a_metric_that_nobody_sends_is_refused_with_those_there_are(self):
        typo = ("  checkpoints:", '  alerts: [{name: high, when: "losss > 10"}]\n  checkpoints:')
        code, output = self.laptop.run(self.laptop.manifests(replace=[typo]), "--no-history")
        self.assertEqual(code, 1, output)
        self.assertRegex(output, r'TrainingJob/digits-detector failed: spec.alerts\[0\].when: no metric is named "losss"; a run reports loss, ')
        notify = ("  checkpoints:", '  alerts: [{name: high, when: "loss > 10", notify: [slack]}]\n  checkpoints:')
        code, output = self.laptop.run(self.laptop.manifests(replace=[notify]), "--no-history")
        self.assertEqual((code, "spec.alerts[0].notify: unknown field" in output), (2, True), output)

    def test_who_waits_for_a_dataset_that_failed_says_so_and_why_in_its_last_words(self):
        mistyped = ("group: held-out", "group: held-out\n  path: raw/held-uot")
        code, output = self.laptop.run(self.laptop.manifests(replace=[mistyped]), "--no-history")
        self.assertEqual(code, 1, output)
        last = output[output.rindex("Dataset/held-out-val-v1.0.0 failed"):]
        self.assertRegex(last, r"TrainingJob/digits-detector waits: val: Dataset held-out-val-v1.0.0 has failed: .*raw/held-uot: does not exist")
        self.assertNotIn("not Ready yet", last)
        job = self.laptop.get("trainingjob", "digits-detector")
        self.assertEqual(condition(job, "InputsReady")["reason"], "DatasetFailed")


if __name__ == "__main__":
    unittest.main()
