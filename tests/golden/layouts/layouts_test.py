"""Each layout out of each kind of source; what stands in it is counted by the standard library, not by the product."""

import json
import os
import pathlib
import random
import unittest
import xml.etree.ElementTree as ElementTree

from prepared import LOSSES, PrepareTest


class Yolo(PrepareTest):
    def test_boxes_of_coco_stand_in_the_label_files_and_pictures_are_links(self):
        self.put_coco("a", ["x.png", "sub/x.png"], ["car", "bus"], [(0, "car", [16, 12, 32, 24]), (1, "bus", [0, 0, 64, 48])])
        self.put_coco("b", ["x.png"], ["bus", "tram"], [(0, "tram", [0, 0, 32, 24]), (0, "bus", [32, 24, 32, 24])])
        outcome = self.done(self.spec("YOLO", self.location("a", "COCO"), self.location("b", "COCO")))
        self.assertEqual(self.yolo_rows("train"), {"x.png": [(0, 0.5, 0.5, 0.5, 0.5)], "sub/x.png": [(1, 0.5, 0.5, 1, 1)]})
        self.assertEqual(self.yolo_rows("val"), {"x.png": [(2, 0.25, 0.25, 0.5, 0.5), (1, 0.75, 0.75, 0.5, 0.5)]})
        keys, names = self.yaml()
        self.assertEqual(names, ["car", "bus", "tram"])
        self.assertEqual(keys, {"path": str(self.data), "train": "images/train", "val": "images/val", "nc": "3"})
        self.assertEqual(self.links("images/train"), {"sub/x.png": str(self.store / "a/images/sub/x.png"),
                                                      "x.png": str(self.store / "a/images/x.png")})
        self.assert_links_reach("images")
        self.assertEqual(outcome.prepared, {"data": str(self.data), "classes": 3})
        self.assertIn("No object of the training set has the class tram", outcome.events)

    def test_without_a_validation_set_val_is_train_and_that_is_said(self):
        self.put_yolo("a", ["car"], {"x.png": "0 0.5 0.5 0.25 0.25\n", "empty.png": ""})
        self.put_yolo("t", ["car"], {"y.png": "0 0.5 0.5 0.25 0.25\n"})
        outcome = self.done(self.spec("YOLO", self.location("a", "YOLO"), test=self.location("t", "YOLO")))
        keys, _ = self.yaml()
        self.assertEqual((keys["val"], keys["test"]), ("images/train", "images/test"))
        self.assertEqual(self.yolo_rows("train"), {"empty.png": [], "x.png": [(0, 0.5, 0.5, 0.25, 0.25)]})
        self.assertTrue(any("no validation set" in event for event in outcome.events), outcome.events)

    def test_polygons_for_segmentation(self):
        ring = [16, 12, 48, 12, 48, 36]
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [16, 12, 32, 24], {"segmentation": [ring]})])
        self.done(self.spec("YOLO", self.location("a", "COCO"), task="Segmentation"))
        self.assertEqual(self.yolo_rows("train"), {"x.png": [(0, 0.25, 0.25, 0.75, 0.25, 0.75, 0.75)]})

    def test_masks_are_lost_among_boxes_and_that_stops_the_run(self):
        ring = [16, 12, 48, 12, 48, 36]
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [16, 12, 32, 24], {"segmentation": [ring]})])
        spec = self.spec("YOLO", self.location("a", "COCO"))
        outcome = self.prepare(spec)
        self.assertEqual(outcome.code, 5, outcome.said)
        self.assertEqual(outcome.result["error"]["class"], "LossNotAllowed")
        self.assertEqual(outcome.result["pipeline"]["loss"], {"Masks": 1})
        self.assertIn("allowLoss: [Masks]", outcome.result["error"]["message"])
        self.assertFalse(self.data.exists())
        self.assertIsNone(outcome.prepared)
        spec["train"]["framework"]["allowLoss"] = ["Masks"]
        self.done(spec)
        self.assertEqual(len(self.yolo_rows("train")["x.png"]), 1)

    def test_voc_source(self):
        self.put("v/JPEGImages/1.png")
        (self.store / "v/Annotations").mkdir()
        (self.store / "v/Annotations/1.xml").write_text(
            "<annotation><filename>1.png</filename><object><name>dog</name><bndbox><xmin>16</xmin><ymin>12</ymin>"
            "<xmax>48</xmax><ymax>36</ymax></bndbox></object></annotation>")
        self.done(self.spec("YOLO", self.location("v", "VOC"), allow=LOSSES))
        self.assertEqual(self.yolo_rows("train"), {"1.png": [(0, 0.5, 0.5, 0.5, 0.5)]})

    def test_the_split_the_file_and_the_folder_of_images_of_a_location_are_honoured(self):
        for split in ("train", "val"):
            self.put(f"a/{split}/images/{split}.png")
            label = self.store / f"a/{split}/labels/{split}.txt"
            label.parent.mkdir()
            label.write_text("0 0.5 0.5 0.5 0.5\n")
        (self.store / "a/data.yaml").write_text("train: train/images\nval: val/images\nnc: 1\nnames: [car]\n")
        self.done(self.spec("YOLO", self.location("a", "YOLO", split="Train"), self.location("a", "YOLO", split="Val")))
        self.assertEqual(len(self.links("images/train")), 1)
        self.assertIn("train.png", str(self.links("images/train")))
        self.assertIn("val.png", str(self.links("images/val")))
        self.put_coco("c", ["x.png"], ["car"], [(0, "car", [0, 0, 64, 48])], file="one.json")
        self.put_coco("c", ["x.png"], ["bus"], [(0, "bus", [0, 0, 64, 48])], file="two.json")
        self.done(self.spec("YOLO", self.location("c", "COCO", annotations="two.json")))
        self.assertEqual(self.yaml()[1], ["bus"])


class Coco(PrepareTest):
    def test_classes_are_equal_in_all_files_with_ids_from_one_and_names_are_below_the_split(self):
        self.put_coco("a", ["x.png", "images/y.png"], ["car", "bus"], [(0, "car", [1, 2, 3, 4]), (1, "bus", [5, 6, 7, 8])])
        self.put_yolo("b", ["tram", "car"], {"z.png": "0 0.5 0.5 0.5 0.5\n1 0.5 0.5 0.25 0.25\n"})
        self.done(self.spec("COCO", self.location("a", "COCO"), self.location("b", "YOLO")))
        train, val = self.coco("train"), self.coco("val")
        self.assertEqual([(c["id"], c["name"]) for c in train["categories"]], [(1, "car"), (2, "bus"), (3, "tram")])
        self.assertEqual(train["categories"], val["categories"])
        self.assertEqual(sorted(a["id"] for a in train["annotations"]), [1, 2])
        for split, text in (("train", train), ("val", val)):
            for image in text["images"]:
                self.assertTrue((self.data / split / image["file_name"]).is_file(), image["file_name"])
        self.assertEqual([(a["category_id"], a["bbox"]) for a in train["annotations"]], [(1, [1, 2, 3, 4]), (2, [5, 6, 7, 8])])
        self.assertEqual([(a["category_id"], a["bbox"], a["iscrowd"], a["area"]) for a in val["annotations"]],
                         [(3, [16, 12, 32, 24], 0, 768), (1, [24, 18, 16, 12], 0, 192)])
        self.assert_links_reach("train")

    def test_without_a_validation_set_train_stands_for_it(self):
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [1, 2, 3, 4])])
        self.done(self.spec("COCO", self.location("a", "COCO")))
        self.assertEqual(self.coco("val"), self.coco("train"))
        self.assertTrue((self.data / "val" / "x.png").is_file())

    def test_an_object_without_a_box_gets_that_of_its_mask_or_is_named(self):
        ring = [16, 12, 48, 12, 48, 36]
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [0, 0, 1, 1], {"segmentation": [ring]}), (0, "car", [0, 0, 1, 1])])
        file = self.store / "a/annotation.json"
        text = json.loads(file.read_text())
        for annotation in text["annotations"]:
            del annotation["bbox"]
        file.write_text(json.dumps(text))
        refused = self.prepare(self.spec("COCO", self.location("a", "COCO")))
        self.assertEqual((refused.code, refused.result["pipeline"]["loss"]), (5, {"Objects": 1}), refused.said)
        self.done(self.spec("COCO", self.location("a", "COCO"), allow=["Objects"]))
        self.assertEqual([a["bbox"] for a in self.coco("train")["annotations"]], [[16, 12, 32, 24]])

    def test_a_box_is_no_mask(self):
        ring = [16, 12, 48, 12, 48, 36]
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [16, 12, 32, 24], {"segmentation": [ring]}), (0, "car", [0, 0, 8, 8])])
        spec = self.spec("COCO", self.location("a", "COCO"), task="Segmentation", allow=["Objects"])
        outcome = self.done(spec)
        self.assertEqual(outcome.result["pipeline"]["loss"], {"Objects": 1})
        self.assertEqual([a["segmentation"] for a in self.coco("train")["annotations"]], [[ring]])


class ClassFolders(PrepareTest):
    def put_classes(self, folder, names):
        for name in names:
            self.put(f"{folder}/{name}")

    def classes(self, split):
        """As torchvision's find_classes: the sorted folders."""
        return sorted(entry.name for entry in os.scandir(self.data / split) if entry.is_dir())

    def test_folders_are_the_classes_of_all_splits_sorted(self):
        self.put_classes("a", ["dog/1.png", "cat/1.png", "cat/deep/2.png", "Zebra/1.png"])
        self.put_classes("b", ["dog/9.png", "ant/1.png"])
        outcome = self.done(self.spec("ClassFolders", self.location("a", "ClassFolders"), self.location("b", "ClassFolders"),
                                      task="Classification"))
        expected = ["Zebra", "ant", "cat", "dog"]
        self.assertEqual(self.classes("train"), expected)
        self.assertEqual(self.classes("val"), expected)
        self.assertEqual((self.data / "classes.txt").read_text().splitlines(), expected)
        self.assertEqual(sorted(self.links("train")), ["Zebra/1.png", "cat/1.png", "cat/deep/2.png", "dog/1.png"])
        self.assertEqual(sorted(self.links("val")), ["ant/1.png", "dog/9.png"])
        self.assertEqual(outcome.prepared["classes"], 4)
        self.assertIn("No object of the training set has the class ant", outcome.events)
        self.assertIn("The folder of Zebra, cat is empty in val", outcome.events)

    def test_boxes_are_no_classes(self):
        self.put_coco("a", ["x.png"], ["car"], [(0, "car", [1, 2, 3, 4])])
        outcome = self.prepare(self.spec("ClassFolders", self.location("a", "COCO"), task="Classification"))
        self.assertEqual(outcome.code, 5)
        self.assertEqual(outcome.result["pipeline"]["loss"], {"Images": 1, "Objects": 1})

    def test_without_a_validation_set_train_stands_for_it(self):
        self.put_classes("a", ["dog/1.png", "cat/1.png"])
        self.done(self.spec("ClassFolders", self.location("a", "ClassFolders"), task="Classification"))
        self.assertEqual(self.classes("val"), ["cat", "dog"])


class Law(PrepareTest):
    """Boxes in = boxes in labels + losses that are named, for damage that nobody chose."""

    def damaged_coco(self, folder, dice):
        images = [f"{i}.png" for i in range(4)]
        boxes = []
        for _ in range(12):
            box = [dice.choice([0, 5, 63, 70, -3]), dice.choice([0, 7, 47]), dice.choice([0, 4, 80]), dice.choice([1, 9])]
            more = {}
            if dice.random() < 0.3:
                more[dice.choice(["iscrowd", "ignore"])] = 1
            if dice.random() < 0.2:
                more["keypoints"] = [1, 2, 2, 3, 4, 1]
            if dice.random() < 0.1:
                more["category_id"] = 999
            boxes.append((dice.randrange(5), "car", box, more))
        self.put_coco(folder, images, ["car", "bus"], boxes)
        for name in images:
            if dice.random() < 0.15:
                (self.store / folder / "images" / name).unlink()
        return len(boxes)

    def lost_objects(self, outcome):
        loss = outcome.result["pipeline"].get("loss", {})
        return {kind: loss.get(kind, 0) for kind in ("Objects", "Crowd", "Ignore", "Boxes")}

    def test_of_yolo_and_coco(self):
        seen = 0
        for seed in range(40):
            dice = random.Random(seed)
            folder = f"d{seed}"
            there = self.damaged_coco(folder, dice)
            for layout in ("YOLO", "COCO"):
                outcome = self.prepare(self.spec(layout, self.location(folder, "COCO"), allow=LOSSES))
                if outcome.code == 6:  # no picture is left
                    continue
                self.assertEqual(outcome.code, 0, outcome.said)
                seen += 1
                written = (sum(map(len, self.yolo_rows("train").values())) if layout == "YOLO"
                           else len(self.coco("train")["annotations"]))
                lost = self.lost_objects(outcome)
                # Boxes counts boxes that are cut to the picture, too, and these are written.
                least = there - written - lost["Objects"] - lost["Crowd"] - lost["Ignore"]
                self.assertGreaterEqual(lost["Boxes"], least, f"seed {seed} {layout}: {there} in, {written} out, {lost}")
                self.assertGreaterEqual(least, 0, f"seed {seed} {layout}: {there} in, {written} out, {lost}")
        self.assertGreater(seen, 60)


if __name__ == "__main__":
    unittest.main()
