"""The quickstart in a small variant: the whole chain, then the same command again."""

import unittest

from laptop import LaptopTest, condition


class Quickstart(LaptopTest):
    def test_runs_to_its_end_with_the_expected_counts_and_again_changes_nothing(self):
        laptop = self.laptop
        manifests = laptop.manifests(epochs=2)
        code, output = laptop.run(manifests)
        self.assertEqual(code, 0, output)

        fusion = laptop.get("dataset", "digits-train-v1.0.0")
        self.assertEqual(fusion["status"]["images"], laptop.expected["fusion"]["images"])
        self.assertEqual(fusion["status"]["annotations"], laptop.expected["fusion"]["objects"])
        classes = {c["name"]: c["objects"] for c in fusion["status"]["classCounts"]}
        self.assertEqual(classes, laptop.expected["fusion"]["classes"])
        parents = [p["name"] for p in fusion["status"]["lineage"]["parents"]]
        self.assertEqual(parents, ["scanner-a-train-v1.0.0", "scanner-b-train-v1.0.0"])

        job = laptop.get("trainingjob", "digits-detector")
        self.assertEqual(job["status"]["phase"], "Succeeded")
        self.assertEqual(condition(job, "Complete")["status"], "True")
        model = laptop.data / "stores" / "models" / job["status"]["model"]["path"]
        self.assertEqual(model.stat().st_size, job["status"]["model"]["bytes"])
        self.assertEqual(laptop.processes(), [])

        before = laptop.files()
        code, output = laptop.run(manifests)
        self.assertEqual(code, 0, output)
        self.assertIn("nothing to do", output)
        self.assertEqual(laptop.files(), before)
        self.assertEqual(laptop.get("trainingjob", "digits-detector")["metadata"]["resourceVersion"], job["metadata"]["resourceVersion"])

        rows = laptop.sql("SELECT count(DISTINCT epoch) AS epochs FROM visionops.metrics WHERE name = 'map50'")
        self.assertEqual(int(rows[0]["epochs"]), 2)


if __name__ == "__main__":
    unittest.main()
