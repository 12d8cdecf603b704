"""Nobody works on the folder any more: what every command says then, after Ctrl-C and after kill -9."""

import json
import signal
import time
import unittest

from laptop import BIN, LaptopTest, condition

JOB = "trainingjob/digits-detector"


class Stopped(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 8, "held_out": 4}

    def say(self, *words):
        return self.laptop.call(BIN / "visionops", *words, "--data", self.laptop.data)

    def epochs(self):
        return max((p.name for p in self.laptop.run_folder().glob("epoch-*.json")), default="")

    def train_one_more_epoch(self):
        before = self.epochs()
        process = self.laptop.start(self.laptop.manifests(epochs=2000), "--no-history")
        self.addCleanup(process.stdout.close)
        self.laptop.wait_until(lambda: self.epochs() > before, process, 300, "an epoch")
        return process

    def expect_the_truth(self, how):
        for words in (("get",), ("get", "-A"), ("get", JOB), ("get", JOB, "-o", "json"), ("events",), ("logs", JOB), ("top",)):
            code, _, err = self.say(*words)
            self.assertEqual(code, 0, (words, err))
            self.assertRegex(err, rf"{self.laptop.data} is stopped since \d{{4}}-\d\d-\d\dT\S+Z \(\d+s ago{how}\)", words)
            self.assertIn("digits-detector (", err, words)
            self.assertIn(f"visionops run --data {self.laptop.data}\n", err, words)
        _, out, _ = self.say("get", "trainingjobs")
        self.assertRegex(out, r"digits-detector +Stopped")
        self.assertNotIn("Running", out)
        job = json.loads(self.say("get", JOB, "-o", "json")[1])
        self.assertEqual(condition(job, "TelemetryHealthy")["status"], "Unknown")
        self.assertEqual(condition(job, "Ready")["reason"], "ClusterStopped")
        _, out, _ = self.say("describe", JOB)
        self.assertIn("is stopped since", out)
        self.assertNotRegex(out, r"(Reconciling|TelemetryHealthy) +True")
        self.assertNotIn("Running", self.say("get", "pods")[1])
        begun = time.monotonic()
        code, _, err = self.say("wait", JOB, "--for", "condition=Complete", "--timeout", "2h")
        self.assertEqual((code, "is stopped since" in err), (1, True), err)
        self.assertLess(time.monotonic() - begun, 60)
        self.assertEqual(self.say("wait", JOB, "--for", "create")[0], 0)

    def test_after_an_interruption_and_after_kill_9_every_command_tells_the_truth(self):
        process = self.train_one_more_epoch()
        self.assertNotIn("stopped", self.say("get")[2])
        self.assertRegex(self.say("get", "trainingjobs")[1], r"digits-detector +Running")
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(120), 130)
        self.expect_the_truth("")
        # A command that only changes something is no work.
        since = self.say("get")[2]
        self.assertEqual(self.say("delete", "dataset", "scanner-b-train-v1.0.0")[0], 0)
        self.assertEqual(self.say("get")[2].split(" (")[0], since.split(" (")[0])
        process = self.train_one_more_epoch()
        self.assertEqual(self.laptop.kill(process), [])
        self.expect_the_truth("; its process was killed, or the machine went down")

    def test_what_is_finished_needs_no_note(self):
        code, output = self.laptop.run(self.laptop.manifests(only=("10-datasets.yaml",)), "--no-history")
        self.assertEqual(code, 0, output)
        self.assertEqual(self.say("get")[2], "")
        self.assertNotIn("note:", self.say("describe", "dataset/held-out-val-v1.0.0")[1])


if __name__ == "__main__":
    unittest.main()
