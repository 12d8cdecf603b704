"""Names, sets and disks that nobody plans for; and a layout that stands there already."""

import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import time
import unittest

from prepared import LOSSES, PrepareTest

ODD_NAMES = ["a b.png", "ü.png", "日本.png", "a#1.png", "100%.png", "q?.png", "x&y=1.png", "[1].png", "(2).png", "'q'.png",
             "ab:c.png", "-dash.png", "deep/er/a b.png", "images/inner.png", "labels/inner.png", "train/x.png", "a.b.c.png",
             "UPPER.PNG", "{brace}.png", "~tilde.png", "semi;colon.png", "new.txt.png"]


class Names(PrepareTest):
    def test_odd_names_keep_their_boxes(self):
        self.put_coco("a", ODD_NAMES, ["car"], [(i, "car", [i, 0, 16, 12]) for i in range(len(ODD_NAMES))])
        self.done(self.spec("YOLO", self.location("a", "COCO"), allow=["Boxes", "Precision"]))
        rows = self.yolo_rows("train")
        self.assertEqual(len(rows), len(ODD_NAMES))
        target = self.links("images/train")
        for name, boxes in rows.items():
            source = target[name].split("/a/images/", 1)[1]
            self.assertAlmostEqual(boxes[0][1], (ODD_NAMES.index(source) + 8) / 64, 5, name)
        self.assert_links_reach("images/train")

    def test_one_stem_in_two_folders_and_with_two_suffixes(self):
        names = ["a/x.png", "b/x.png", "x.png", "x.PNG"]
        self.put_coco("a", names, ["car"], [(i, "car", [4 * i, 0, 16, 12]) for i in range(4)])
        self.done(self.spec("YOLO", self.location("a", "COCO")))
        found = sorted(row[0][1] for row in self.yolo_rows("train").values())
        self.assertEqual(found, [(4 * i + 8) / 64 for i in range(4)])
        self.assertEqual(len(set(self.links("images/train").values())), 4)

    def test_classes_that_can_be_no_folder_are_named(self):
        names = ["plain", "a/b", "..", ".hidden", "images", "train", "with space", "ü#%", "x" * 250, "con.", "__MACOSX"]
        for i, name in enumerate(names):
            self.put(f"a/images/{i}.png")
        (self.store / "a/annotation.json").write_text(json.dumps({
            "images": [{"id": i + 1, "file_name": f"{i}.png", "width": 64, "height": 48} for i in range(len(names))],
            "categories": [{"id": i + 1, "name": name} for i, name in enumerate(names)],
            "annotations": [{"id": i + 1, "image_id": i + 1, "category_id": i + 1} for i in range(len(names))]}))
        spec = self.spec("ClassFolders", self.location("a", "COCO"), task="Classification")
        refused = self.prepare(spec)
        self.assertEqual(refused.code, 5, refused.said)
        spec["train"]["framework"]["allowLoss"] = ["Images", "Objects", "UnknownKeys"]
        outcome = self.done(spec)
        folders = {entry.name: len(os.listdir(entry)) for entry in os.scandir(self.data / "train") if entry.is_dir()}
        with_pictures = {name for name, count in folders.items() if count}
        self.assertEqual(with_pictures, {"plain", "images", "train", "with space", "ü#%", "con."})
        lost = outcome.result["pipeline"]["loss"]
        self.assertEqual(lost["Images"], len(names) - len(with_pictures), lost)

    def test_yaml_takes_any_class_name(self):
        classes = ["a: b", "#no", "yes", "1", "\"q\"", "ü", "- x", "{x}", "a\\b", "null", "~", " "]
        self.put_coco("a", ["x.png"], classes, [(0, "yes", [0, 0, 64, 48])])
        self.done(self.spec("YOLO", self.location("a", "COCO")))
        self.assertEqual(self.yaml()[1], classes)
        try:
            import yaml
        except ImportError:
            return
        self.assertEqual(list(yaml.safe_load((self.data / "data.yaml").read_text())["names"].values()), classes)


class Sets(PrepareTest):
    def test_keypoints_crowds_and_ignored_objects_are_named(self):
        self.put_coco("a", ["x.png"], ["car"], [
            (0, "car", [0, 0, 8, 8], {"keypoints": [1, 1, 2], "num_keypoints": 1}), (0, "car", [8, 0, 8, 8], {"iscrowd": 1}),
            (0, "car", [16, 0, 8, 8], {"ignore": 1}), (0, "car", [24, 0, 8, 8])])
        outcome = self.done(self.spec("YOLO", self.location("a", "COCO"), allow=["Keypoints", "Crowd", "Ignore", "UnknownKeys"]))
        lost = outcome.result["pipeline"]["loss"]
        self.assertEqual({key: lost.get(key) for key in ("Keypoints", "Crowd", "Ignore")}, {"Keypoints": 1, "Crowd": 1, "Ignore": 1})
        self.assertEqual(len(self.yolo_rows("train")["x.png"]), 2)

    def test_a_set_whose_pictures_are_missing(self):
        self.put_coco("a", ["x.png", "y.png"], ["car"], [(0, "car", [0, 0, 8, 8]), (1, "car", [0, 0, 8, 8])])
        (self.store / "a/images/y.png").unlink()
        refused = self.prepare(self.spec("YOLO", self.location("a", "COCO")))
        self.assertEqual((refused.code, refused.result["pipeline"]["loss"]), (5, {"Images": 1, "Objects": 1}), refused.said)
        self.assertIn("y.png", refused.said)
        self.done(self.spec("YOLO", self.location("a", "COCO"), allow=["Images", "Objects"]))
        self.assertEqual(list(self.yolo_rows("train")), ["x.png"])
        (self.store / "a/images/x.png").unlink()
        none = self.prepare(self.spec("YOLO", self.location("a", "COCO"), allow=LOSSES))
        self.assertNotEqual(none.code, 0, none.said)
        self.assertIn("datasets.train", none.said + json.dumps(none.result))

    def test_an_empty_validation_set(self):
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [0, 0, 8, 8])])
        (self.store / "b").mkdir()
        (self.store / "b/annotation.json").write_text('{"images": [], "annotations": [], "categories": []}')
        outcome = self.prepare(self.spec("YOLO", self.location("a", "COCO"), self.location("b", "COCO"), allow=LOSSES))
        self.assertNotEqual(outcome.code, 0)
        self.assertIn("datasets.val", outcome.said + json.dumps(outcome.result))

    def test_a_link_among_the_pictures_is_not_followed(self):
        self.put_coco("a", ["x.png", "l.png"], ["car"], [(0, "car", [0, 0, 8, 8])])
        secret = self.folder / "secret.png"
        shutil.copy(self.store / "a/images/x.png", secret)
        (self.store / "a/images/l.png").unlink()
        (self.store / "a/images/l.png").symlink_to(secret)
        self.done(self.spec("YOLO", self.location("a", "COCO"), allow=LOSSES))
        self.assertEqual(list(self.links("images/train")), ["x.png"])

    def test_unknown_layout_and_folders_outside(self):
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [0, 0, 8, 8])])
        outcome = self.prepare(self.spec("TFRecord", self.location("a", "COCO")))
        self.assertEqual((outcome.code, outcome.result["error"]["field"]), (2, "framework.layout"))
        self.assertIn("YOLO, COCO, ClassFolders", outcome.said)
        outcome = self.prepare(self.spec("YOLO", self.location("../data/a", "COCO")))
        self.assertEqual(outcome.code, 2, outcome.said)
        outcome = self.prepare(self.spec("YOLO", self.location("nowhere", "COCO")))
        self.assertEqual(outcome.code, 3, outcome.said)
        self.assertIn("datasets.train", outcome.said)


class Restart(PrepareTest):
    def spec_of(self, digest=""):
        self.put_coco("a", ["x.png", "y.png"], ["car"], [(0, "car", [0, 0, 8, 8])])
        return self.spec("YOLO", self.location("a", "COCO", **({"digest": digest, "name": "street"} if digest else {})))

    def digest(self):
        """As worker/dataset/folder/digest.h says."""
        root = self.store / "a"
        lines = sorted((str(p.relative_to(root)), p.read_bytes()) for p in root.rglob("*") if p.is_file())
        text = "".join(f"{name}\t{len(data)}\t{hashlib.sha256(data).hexdigest()}\n" for name, data in lines)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def test_an_equal_start_takes_what_stands_there(self):
        spec = self.spec_of()
        self.done(spec)
        before = os.stat(self.data / "labels/train/x.txt").st_ino
        outcome = self.done(spec)
        self.assertTrue(outcome.result["pipeline"]["reused"])
        self.assertEqual(os.stat(self.data / "labels/train/x.txt").st_ino, before)
        self.assertEqual(outcome.prepared["classes"], 1)

    def test_a_change_of_the_data_or_the_run_makes_it_anew(self):
        spec = self.spec_of()
        self.done(spec)
        (self.data / "stale.txt").write_text("of the framework")
        time.sleep(0.02)
        self.put_coco("a", ["x.png", "y.png", "z.png"], ["car"], [(2, "car", [0, 0, 8, 8])])
        outcome = self.done(spec)
        self.assertNotIn("reused", outcome.result["pipeline"])
        self.assertEqual(len(self.yolo_rows("train")), 3)
        self.assertFalse((self.data / "stale.txt").exists())

    def test_half_written_ones_of_killed_starts_are_replaced(self):
        names = [f"{i}.png" for i in range(400)]
        self.put_coco("a", names, ["car"], [(i, "car", [0, 0, 8, 8]) for i in range(400)])
        spec = self.spec("YOLO", self.location("a", "COCO"))
        from pictures import WORKER
        env = {**os.environ, "VISIONOPS_RUN": json.dumps(spec), "VISIONOPS_STORES": str(self.stores),
               "VISIONOPS_POD_DIR": str(self.pod), "VISIONOPS_TERMINATION_LOG": str(self.pod / "termination")}
        killed = 0
        for seed in range(12):
            process = subprocess.Popen([WORKER, "prepare"], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(random.Random(seed).uniform(0.005, 0.15))
            process.kill()
            killed += process.wait() == -9
            if self.data.exists():  # then it is whole
                self.assertEqual(sum(map(len, self.yolo_rows("train").values())), 400)
                shutil.rmtree(self.data)
        self.done(spec)
        self.assertEqual(len(self.links("images/train")), 400)
        self.assertEqual(sorted(p.name for p in (self.pod / "job").iterdir()), ["data"])

    def test_other_bytes_than_it_was_ready_with_stop_the_run(self):
        spec = self.spec_of("sha256:" + "0" * 64)
        outcome = self.prepare(spec)
        self.assertEqual((outcome.code, outcome.result["error"]["class"]), (8, "ContentChanged"), outcome.said)
        self.assertIn("datasets.train: the files of Dataset street", outcome.result["error"]["message"])
        spec["train"]["train"]["digest"] = self.digest()
        self.done(spec)
        (self.store / "a/annotation.json").write_text((self.store / "a/annotation.json").read_text() + " ")
        self.assertEqual(self.prepare(spec).code, 8)


class Strangers(PrepareTest):
    def test_what_a_trainer_left_in_the_place_of_our_folders_is_not_followed(self):
        """A Pod may be started again, and its trainer is nobody's friend."""
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [0, 0, 8, 8])])
        precious = self.folder / "precious"
        (precious / "data").mkdir(parents=True)
        (precious / "file").write_text("kept")
        (precious / "data/file").write_text("kept")
        spec = self.spec("YOLO", self.location("a", "COCO"))
        for place in ("job", "job/data", "job/.data.new", "job/resume", "job/weights", "prepared.json", "prepared.json.new"):
            shutil.rmtree(self.pod)
            (self.pod / place).parent.mkdir(parents=True)
            (self.pod / place).symlink_to(precious)
            self.done(spec)
            self.assertEqual(sorted(str(p.relative_to(precious)) for p in precious.rglob("*")), ["data", "data/file", "file"], place)
            self.assertEqual(len(self.links("images/train")), 1, place)


class Disks(PrepareTest):
    def test_the_store_is_only_read(self):
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [0, 0, 8, 8])])
        before = sorted((str(p), p.lstat().st_mtime_ns) for p in self.stores.rglob("*"))
        self.done(self.spec("YOLO", self.location("a", "COCO")))
        self.assertEqual(sorted((str(p), p.lstat().st_mtime_ns) for p in self.stores.rglob("*")), before)

    @unittest.skipIf(os.geteuid() != 0 or shutil.which("unshare") is None, "mounts need root")
    def test_a_full_disk_is_said_and_leaves_no_layout(self):
        names = [f"{i}.png" for i in range(300)]
        self.put_coco("a", names, ["car"], [(i, "car", [0, 0, 8, 8]) for i in range(300)])
        spec = self.spec("YOLO", self.location("a", "COCO"))
        mount = f'mount -t tmpfs -o size=300k tmpfs "{self.pod}" && "$@"; code=$?; ls -A "{self.pod}/job"; exit $code'
        outcome = self.prepare(spec, wrapper=["unshare", "-m", "sh", "-c", mount, "sh"])
        if "Operation not permitted" in outcome.said or "permission denied" in outcome.said:
            self.skipTest("no mounts here")
        self.assertEqual(outcome.code, 65, outcome.said)
        self.assertIn("ephemeral storage", outcome.said)  # the hint of the class DiskFull
        self.assertIn("No space left on device", outcome.said)
        self.assertNotIn("data\n", outcome.said.replace(".data.new", ""))


if __name__ == "__main__":
    unittest.main()
