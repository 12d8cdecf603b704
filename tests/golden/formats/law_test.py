"""Objects in = objects written + objects named, for damage that nobody chose, of every format that labels boxes beside
COCO and YOLO (tests/golden/door/law_test.py): counted by the standard library, not by the product."""

import json
import pathlib
import random
import shutil
import sys
import tempfile
import unittest
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import quoteattr, escape

sys.path.insert(0, str(pathlib.Path(__file__).parents[1]))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "door"))
import door  # noqa: E402
from pictures import put_pictures  # noqa: E402

SIZE = (64, 48)
IMAGES, EACH = 3, 3
ODD_TEXTS = ["", "x", "nan", "inf", "-1", "1e999", "99999999999999999999", "0", "1.5", "\u0660", "a b", "1,2", "[]", "true"]
ODD = [None, "", "x", -1, 0, 1.5, 1e300, [], [[]], {}, {"a": 1}, True, 2**70, "../a.png", [1, 2, 3], ["x"], "\u00e9"]


def odd_member(dice, element):
    """Makes a member of a JSON object odd, or takes it away."""
    key = dice.choice(sorted(element))
    if dice.random() < 0.2:
        del element[key]
    else:
        element[key] = dice.choice(ODD)


class Voc:
    def write(self, source, dice):
        for image in range(IMAGES):
            rows = []
            for _ in range(EACH):
                tags = {"name": dice.choice(["car", "bus"]), "xmin": "1", "ymin": "2", "xmax": "10", "ymax": "12"}
                if dice.random() < 0.3:
                    tags[dice.choice(sorted(tags))] = dice.choice(ODD_TEXTS)
                if dice.random() < 0.1:
                    del tags[dice.choice(sorted(tags))]
                name = "".join(f"<name>{escape(tags.pop('name'))}</name>" for _ in range(1) if "name" in tags)
                rows.append(f"<object>{name}<bndbox>{''.join(f'<{k}>{escape(v)}</{k}>' for k, v in tags.items())}</bndbox></object>")
            text = f"<annotation><filename>{image}.png</filename>{''.join(rows)}</annotation>"
            if dice.random() < 0.1:
                text = text[:dice.randrange(len(text))]
            path = source / "Annotations" / f"{image}.xml"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, "utf-8")
        return "JPEGImages/"

    def count(self, source):
        total = 0
        for path in (source / "Annotations").iterdir():
            try:
                total += len(ElementTree.parse(path).findall("object"))
            except ElementTree.ParseError:
                continue  # one unread file
        return total


class Kitti:
    def write(self, source, dice):
        (source / "label_2").mkdir()
        for image in range(IMAGES):
            rows = []
            for _ in range(EACH):
                row = "Car 0.00 1 -1.57 10.00 20.00 40.50 30.00 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59".split()
                if dice.random() < 0.3:
                    row[dice.randrange(len(row))] = dice.choice([text for text in ODD_TEXTS if text])
                rows.append(" ".join(row[:dice.choice([15, 15, 15, 15, 14])]))
            (source / "label_2" / f"{image}.txt").write_text("\n".join(rows), "utf-8")
        return "image_2/"

    def count(self, source):
        return sum(len(path.read_text("utf-8").splitlines()) for path in (source / "label_2").iterdir())


class Labelme:
    def write(self, source, dice):
        for image in range(IMAGES):
            shapes = [{"label": "car", "shape_type": dice.choice(["rectangle", "polygon"]), "points": [[1, 2], [10, 12], [3, 9], [4, 4]],
                       "group_id": None, "flags": {}} for _ in range(EACH)]
            for shape in shapes:
                if dice.random() < 0.3:
                    odd_member(dice, shape)
            document = {"shapes": shapes, "imagePath": f"{image}.png", "imageHeight": SIZE[1], "imageWidth": SIZE[0], "imageData": None}
            if dice.random() < 0.2:
                document[dice.choice(["imagePath", "imageHeight", "imageWidth"])] = dice.choice(ODD)
            (source / f"{image}.json").write_text(json.dumps(document))
        return ""

    def count(self, source):
        return sum(len(json.loads(path.read_text())["shapes"]) for path in source.glob("*.json"))


class Cvat:
    def write(self, source, dice):
        images = []
        for image in range(IMAGES):
            shapes = []
            for _ in range(EACH):
                kind = dice.choice(["box", "polygon", "mask", "tag"])
                attributes = {"box": {"xtl": "1", "ytl": "2", "xbr": "10", "ybr": "12"}, "polygon": {"points": "1,2;10,2;10,12"},
                              "mask": {"rle": "1, 2, 3", "left": "3", "top": "4", "width": "3", "height": "2"}, "tag": {}}[kind]
                attributes["label"] = dice.choice(["car", "bus"])
                if dice.random() < 0.3:
                    attributes[dice.choice(sorted(attributes))] = dice.choice(ODD_TEXTS)
                shapes.append(f"<{kind} {' '.join(f'{key}={quoteattr(value)}' for key, value in attributes.items())}/>")
            name = dice.choice(ODD_TEXTS) if dice.random() < 0.1 else f"{image}.png"
            images.append(f"<image name={quoteattr(name)} width='64' height='48'>{''.join(shapes)}</image>")
        labels = "<meta><task><labels><label><name>car</name></label><label><name>bus</name></label></labels></task></meta>"
        (source / "annotations.xml").write_text(f"<annotations>{labels}{''.join(images)}</annotations>", "utf-8")
        return "images/"

    def count(self, source):
        return sum(len(image) for image in ElementTree.parse(source / "annotations.xml").findall("image"))


class Datumaro:
    def write(self, source, dice):
        items = []
        for image in range(IMAGES):
            annotations = [{"type": "bbox", "label_id": dice.randrange(2), "bbox": [1, 2, 9, 10], "attributes": {"a": 1}, "group": 0}
                           for _ in range(EACH)]
            for annotation in annotations:
                if dice.random() < 0.3:
                    odd_member(dice, annotation)
            items.append({"id": str(image), "annotations": annotations, "image": {"path": f"{image}.png", "size": [SIZE[1], SIZE[0]]}})
            if dice.random() < 0.2:
                odd_member(dice, items[-1]["image"])
        (source / "annotations").mkdir()
        labels = {"label": {"labels": [{"name": "car"}, {"name": "bus"}]}}
        (source / "annotations" / "train.json").write_text(json.dumps({"dm_format_version": "1.0", "categories": labels, "items": items}))
        return "images/train/"

    def count(self, source):
        return sum(len(item["annotations"]) for item in json.loads((source / "annotations" / "train.json").read_text())["items"])


class LabelStudio:
    def write(self, source, dice):
        tasks = []
        for image in range(IMAGES):
            results = [{"id": f"r{number}", "type": "rectanglelabels", "original_width": SIZE[0], "original_height": SIZE[1], "image_rotation": 0,
                        "value": {"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["car"]}} for number in range(EACH)]
            for result in results:
                if dice.random() < 0.3:
                    kept = result.pop("id")
                    odd_member(dice, dice.choice([result, result["value"]]))
                    result["id"] = kept
            task = {"id": image, "data": {"image": f"/data/local-files/?d=images/{image}.png"}, "annotations": [{"result": results}]}
            if dice.random() < 0.1:
                odd_member(dice, task["data"])
            tasks.append(task)
        (source / "tasks.json").write_text(json.dumps(tasks))
        return "images/"

    def count(self, source):
        return sum(len(task["annotations"][0]["result"]) for task in json.loads((source / "tasks.json").read_text()))


class Bdd100k:
    def write(self, source, dice):
        frames = []
        for image in range(IMAGES):
            labels = [{"id": number, "category": "car", "attributes": {"occluded": True}, "box2d": {"x1": 1, "y1": 2, "x2": 10, "y2": 12}}
                      for number in range(EACH)]
            for label in labels:
                if dice.random() < 0.3:
                    odd_member(dice, dice.choice([label, label["box2d"]]))
            frames.append({"name": f"{image}.png", "attributes": {"weather": "clear"}, "labels": labels})
        frames[0]["labels"][0]["box2d"] = {"x1": 1, "y1": 2, "x2": 10, "y2": 12}  # so that the file is known for what it is
        (source / "train.json").write_text(json.dumps(frames))
        return "images/"

    def count(self, source):
        return sum(len(frame["labels"]) for frame in json.loads((source / "train.json").read_text()))


class Law(unittest.TestCase):
    ROUNDS = 40

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-law-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def check(self, source, objects, name):
        """Refused by name, or everything is accounted for; and what is allowed is written without what was named."""
        strict = door.convert(source, self.folder / f"{name}-strict", "COCO")
        if strict.code == 0:
            self.assertEqual(door.objects_in(strict.output), objects)
            return 0
        if strict.code != 5:
            self.assertIn(strict.code, (2, 3, 6), strict.text)
            self.assertTrue(strict.report["error"])
            return 1
        free = door.convert(source, self.folder / f"{name}-free", "COCO", allow="All")
        if free.code == 6:
            return 1
        self.assertEqual(free.code, 0, free.text)
        named = sum(free.loss.get(kind, 0) for kind in ("Objects", "Rows"))
        self.assertEqual(door.objects_in(free.output) + named, objects, free.loss)
        self.assertEqual(free.loss, strict.loss)
        return 1

    def hold(self, format):
        dice = random.Random(20261129)
        stopped = 0
        for number in range(self.ROUNDS):
            source = self.folder / f"in-{number}"
            source.mkdir()
            folder = format.write(source, dice)
            put_pictures(source, {f"{folder}{image}.png": SIZE for image in range(IMAGES)})
            with self.subTest(round=number):
                stopped += self.check(source, format.count(source), f"out-{number}")
        self.assertGreater(stopped, self.ROUNDS // 3, "too little of the damage was damage")

    def test_voc(self):
        self.hold(Voc())

    def test_kitti(self):
        self.hold(Kitti())

    def test_labelme(self):
        self.hold(Labelme())

    def test_cvat(self):
        self.hold(Cvat())

    def test_datumaro(self):
        self.hold(Datumaro())

    def test_bdd100k(self):
        self.hold(Bdd100k())

    def test_label_studio(self):
        self.hold(LabelStudio())


if __name__ == "__main__":
    unittest.main()
