"""What is damaged on disk is told, never taken for empty, and never in the way of what does not need it."""

import json
import os
import unittest

from laptop import BIN, LaptopTest

DATASETS = ("10-datasets.yaml",)


class Damage(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 8, "held_out": 4}

    def say(self, *words):
        return self.laptop.call(BIN / "visionops", *words, "--data", self.laptop.data)

    def test_a_damaged_database_is_no_reason_not_to_work_and_its_records_wait(self):
        laptop = self.laptop
        only = laptop.manifests(only=DATASETS)
        code, output = laptop.run(only)
        self.assertEqual(code, 0, output)
        known = laptop.sql("SELECT name FROM visionops.datasets")
        control = laptop.data / "postgres" / "cluster" / "global" / "pg_control"
        control.write_bytes(bytes(len(control.read_bytes())))
        code, output = laptop.run(laptop.manifests(only=("10-datasets.yaml", "20-pipeline.yaml")))
        self.assertEqual(code, 0, output)
        self.assertEqual(laptop.get("pipeline", "digits-fusion")["status"]["phase"], "Succeeded")
        self.assertRegex(output, r"No history was written: private PostgreSQL: .*\n?.*[1-9]\d* history records wait in "
                                 rf"{laptop.data}/records.spool for the next run, 0 found no place")
        mend = f"mv {laptop.data}/postgres {laptop.data}/postgres.damaged"
        self.assertIn(mend, output)
        code, _, err = self.say("sql", "SELECT 1")
        self.assertEqual((code, mend in err), (65, True), err)
        (laptop.data / "postgres").rename(laptop.data / "postgres.damaged")
        code, output = laptop.run(laptop.manifests(only=("10-datasets.yaml", "20-pipeline.yaml")))
        self.assertEqual(code, 0, output)
        self.assertNotIn("No history", output)
        self.assertIn({"name": "digits-train-v1.0.0"}, laptop.sql("SELECT name FROM visionops.datasets"))
        self.assertGreaterEqual(len(known), 3)

    def test_a_damaged_journal_is_refused_by_every_verb_until_it_is_repaired(self):
        laptop = self.laptop
        manifests = laptop.manifests(only=DATASETS)
        code, output = laptop.run(manifests, "--no-history")
        self.assertEqual(code, 0, output)
        journal = laptop.data / "cluster" / "journal.jsonl"
        whole = journal.read_bytes()
        second = whole.index(b"\n") + 1
        damages = {"zeros": bytes(len(whole)), "emptied": b"", "headless": whole[100:], "a hole": whole[:second] + b"?" * 40 + whole[second + 40:]}
        for name, damage in damages.items():
            with self.subTest(name):
                journal.write_bytes(damage)
                for words in (("get",), ("run", "-f", manifests, "--no-history"), ("apply", "-f", manifests), ("describe", "dataset/x")):
                    code, out, err = self.say(*words)
                    self.assertEqual(code, 65, out + err)
                    self.assertRegex(err, rf"{journal}\S* .*byte \d+")
                    self.assertIn(f"visionops repair --data {laptop.data}", err)
                    self.assertEqual(journal.read_bytes(), damage)
        journal.write_bytes(damages["a hole"])
        code, out, err = self.say("repair")
        self.assertEqual(code, 0, out + err)
        self.assertRegex(out, r"Saved \d+ writes. Lost: 1 writes")
        kept = next((laptop.data / "cluster").glob("damaged-*")) / "journal.jsonl"
        self.assertEqual(kept.read_bytes(), damages["a hole"])
        self.assertIn("nothing to do", self.say("repair")[1])
        code, output = laptop.run(manifests, "--no-history")
        self.assertEqual(code, 0, output)
        self.assertIn("scanner-a-train-v1.0.0", self.say("get")[1])

    def test_verify_reads_every_byte_and_names_what_differs(self):
        laptop = self.laptop
        code, output = laptop.run(laptop.manifests(only=DATASETS), "--no-history")
        self.assertEqual(code, 0, output)
        name = "held-out-val-v1.0.0"
        code, out, err = self.say("verify")
        self.assertEqual((code, out.count(" verified: ")), (0, 3), out + err)
        folder = laptop.store / "raw" / "held-out" / "val" / "v1.0.0"
        pictures = sorted((folder / "images").iterdir())
        times = pictures[0].stat()
        bits = bytearray(pictures[0].read_bytes())
        bits[-1] ^= 1
        pictures[0].write_bytes(bits)
        os.utime(pictures[0], ns=(times.st_atime_ns, times.st_mtime_ns))  # what a listing shows is as before
        pictures[1].unlink()
        (folder / "images" / "new.jpg").write_bytes(pictures[2].read_bytes())
        code, out, _ = self.say("verify", name)
        self.assertEqual(code, 8, out)
        for line in (f"changed  images/{pictures[0].name}", f"missing  images/{pictures[1].name}", "added    images/new.jpg"):
            self.assertIn(line, out)
        code, out, _ = self.say("verify", "--json")
        found = {entry["name"]: entry for entry in json.loads(out)}
        self.assertEqual((code, len(found)), (8, 3))
        self.assertEqual(found[name]["changed"], {"count": 1, "first": [f"images/{pictures[0].name}"]})
        self.assertEqual(found["scanner-a-train-v1.0.0"]["same"], True)
        self.assertEqual(self.say("verify", "nobody")[0], 3)
        self.assertEqual(self.say("verify", "trainingjob/x")[0], 2)
        folder.rename(folder.with_name("elsewhere"))
        self.assertEqual(self.say("verify", name)[0], 3)


if __name__ == "__main__":
    unittest.main()
