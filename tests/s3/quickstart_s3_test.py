"""The quickstart in a small variant with its stores in buckets: the same digests as with folders."""

import hashlib
import json
import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(os.environ["VISIONOPS_SOURCE"]) / "tests" / "e2e"))
from laptop import BIN, Laptop  # noqa: E402

SERVER = os.environ["VISIONOPS_TEST_S3"]
BUCKETS = pathlib.Path(os.environ["VISIONOPS_TEST_S3_BUCKETS"])


def digests(folder):
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
            for p in sorted(folder.rglob("*")) if p.is_file() and ".sgwtmp" not in p.parts}


class Bucket:
    """A folder of the bucket "e2e" as a store of a laptop."""

    def __init__(self, laptop, store, prefix):
        self.folder = BUCKETS / "e2e" / prefix
        self.folder.mkdir(parents=True)
        keys = laptop.write("keys/AWS_ACCESS_KEY_ID", "tester").parent
        (keys / "AWS_SECRET_ACCESS_KEY").write_text("tester-secret")
        place = {"endpoint": SERVER, "bucket": "e2e", "prefix": prefix, "credentialsFolder": "keys"}
        self.flags = ["--store", f"{store}={laptop.write(store + '.json', json.dumps(place))}"]

    def files(self):
        return {str(p.relative_to(self.folder)): p.stat().st_mtime_ns for p in self.folder.rglob("*") if p.is_file()}


class QuickstartInBuckets(unittest.TestCase):
    def setUp(self):
        self.laptop = Laptop()
        self.addCleanup(self.laptop.close)

    def finished(self, laptop, manifests, *flags):
        code, output = laptop.run(manifests, *flags)
        self.assertEqual(code, 0, output)
        return output

    def test_runs_to_the_same_digests_as_with_folders_and_again_changes_nothing(self):
        local = Laptop()
        self.addCleanup(local.close)
        self.finished(local, local.manifests(epochs=2))

        laptop = self.laptop
        datasets = Bucket(laptop, "datasets", "team/datasets")
        models = Bucket(laptop, "models", "team/models")
        shutil.copytree(laptop.store, datasets.folder, dirs_exist_ok=True)
        shutil.rmtree(laptop.data / "stores")
        manifests = laptop.manifests(epochs=2)
        self.finished(laptop, manifests, *datasets.flags, *models.flags)

        names = [d["metadata"]["name"] for d in json.loads(local.check(
            [BIN / "visionops", "get", "datasets", "-o", "json", "--data", local.data]))["items"]]
        self.assertIn("digits-train-v1.0.0", names)
        for name in names:
            with self.subTest(name):
                ours, theirs = laptop.get("dataset", name)["status"], local.get("dataset", name)["status"]
                for key in ("digest", "images", "annotations", "bytes", "classCounts"):
                    self.assertEqual(ours.get(key), theirs.get(key), key)
        output = local.get("dataset", "digits-train-v1.0.0")["spec"]["path"]
        self.assertEqual(digests(datasets.folder / output / "images"), digests(local.store / output / "images"))

        ours, theirs = laptop.get("trainingjob", "digits-detector")["status"], local.get("trainingjob", "digits-detector")["status"]
        self.assertEqual(ours["phase"], "Succeeded")
        model = models.folder / ours["model"]["path"]
        self.assertEqual(hashlib.sha256(model.read_bytes()).hexdigest(), ours["model"]["sha256"].removeprefix("sha256:"))
        self.assertEqual(ours["model"]["sha256"], theirs["model"]["sha256"], "the trainer is bit-exact")
        self.assertEqual(laptop.processes(), [])
        self.assertFalse(any((laptop.data / "stores").glob("*/*")), "nothing fell into a folder")

        before = datasets.files(), models.files()
        self.assertIn("nothing to do", self.finished(laptop, manifests))
        self.assertEqual((datasets.files(), models.files()), before)

    def test_keys_appear_in_no_file_of_the_data_folder_and_in_no_output(self):
        laptop = self.laptop
        datasets = Bucket(laptop, "datasets", "secrets/datasets")
        shutil.copytree(laptop.store, datasets.folder, dirs_exist_ok=True)
        shutil.rmtree(laptop.data / "stores")
        output = self.finished(laptop, laptop.manifests(only=["10-datasets.yaml"]), *datasets.flags)
        self.assertNotIn("tester-secret", output)
        for file in laptop.data.rglob("*"):
            if file.is_file():
                self.assertNotIn(b"tester-secret", file.read_bytes(), file)

    def test_wrong_keys_are_told_in_the_status(self):
        laptop = self.laptop
        datasets = Bucket(laptop, "datasets", "wrong/datasets")
        laptop.write("keys/AWS_SECRET_ACCESS_KEY", "guessed")
        shutil.rmtree(laptop.data / "stores")
        code, output = laptop.run(laptop.manifests(only=["10-datasets.yaml"]), *datasets.flags)
        self.assertNotEqual(code, 0)
        conditions = {c["type"]: c for c in laptop.get("dataset", "scanner-a-train-v1.0.0")["status"]["conditions"]}
        self.assertIn("403 SignatureDoesNotMatch", conditions["Ready"]["message"])
        self.assertNotIn("guessed", output)


if __name__ == "__main__":
    unittest.main()
