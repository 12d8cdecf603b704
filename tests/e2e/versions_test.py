"""A changed parameter is a new run and a new version beside the old one."""

import unittest

from laptop import LaptopTest


class ChangedParameter(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 12, "held_out": 4}

    def test_makes_the_next_version_and_keeps_the_first(self):
        laptop = self.laptop
        only = ("10-datasets.yaml", "20-pipeline.yaml")
        code, output = laptop.run(laptop.manifests(only=only))
        self.assertEqual(code, 0, output)
        first = laptop.get("dataset", "digits-train-v1.0.0")
        code, output = laptop.run(laptop.manifests(only=only, replace=[("quality: 90", "quality: 60")]))
        self.assertEqual(code, 0, output)
        second = laptop.get("dataset", "digits-train-v1.0.1")
        self.assertEqual(laptop.get("dataset", "digits-train-v1.0.0")["status"]["digest"], first["status"]["digest"])
        self.assertNotEqual(second["status"]["digest"], first["status"]["digest"])
        pipeline = laptop.get("pipeline", "digits-fusion")
        self.assertEqual(pipeline["status"]["run"], 2)
        self.assertEqual([r["run"] for r in pipeline["status"]["runs"]], [1])

        rows = laptop.sql(
            "SELECT child.version, string_agg(g.name, ',' ORDER BY g.name) AS parents "
            "FROM visionops.dataset_lineage l "
            "JOIN visionops.datasets child ON child.id = l.child_id "
            "JOIN visionops.datasets parent ON parent.id = l.parent_id "
            "JOIN visionops.dataset_groups g ON g.id = parent.group_id "
            "GROUP BY child.version ORDER BY child.version")
        self.assertEqual(rows, [{"version": "v1.0.0", "parents": "scanner-a,scanner-b"},
                                {"version": "v1.0.1", "parents": "scanner-a,scanner-b"}])


if __name__ == "__main__":
    unittest.main()
