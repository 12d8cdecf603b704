"""Objects in = objects written + objects named, for damage that nobody chose: counted from the bytes, not by the product."""

import json
import pathlib
import random
import shutil
import struct
import tempfile
import unittest
import zlib

import door

SIZE = (64, 48)


def png():
    """A grey picture that every decoder takes."""
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", *SIZE, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * SIZE[0] for _ in range(SIZE[1])))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


ODD = [None, "", "x", "1", -1, 0, 1.5, 1e300, [], [[]], {}, {"a": 1}, True, 2**70, "../a.png", "a\u0000b", [1, 2, 3], "\u00e9", "0", "true", 0.0,
       [1, 1, 11, 1, 11, 11], [[[1, 1], [11, 1], [11, 11]]], [[1, 2, 3, 4]], {"x": 1, "y": 1, "width": 5, "height": 5}, "[1, 1, 5, 5]",
       {"size": [48, 64], "counts": [3072]}, {"size": [64, 48], "counts": [10, 20, 3042]}, [{"size": [48, 64], "counts": [10, 20, 3042]}],
       "1.png", "0", "C:\\data\\0.png", "https://host/1.png", 2**63, -2**63]


def is_mask(value):
    """Something that somebody meant as a mask: lists of nothing are none."""
    return isinstance(value, dict) or (isinstance(value, list) and any(part != [] for part in value))


class Law(unittest.TestCase):
    ROUNDS = 60

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-law-"))
        self.addCleanup(shutil.rmtree, self.folder, True)

    def check(self, source, objects, name, masks=0):
        """Refused by name, or everything is accounted for; and what is allowed is written without what was named."""
        strict = door.convert(source, self.folder / f"{name}-strict", "COCO")
        if strict.code == 0:
            self.assertEqual(door.objects_in(strict.output), objects)
            self.assertGreaterEqual(door.masks_in(strict.output), masks)
            self.check_written(strict.output)
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
        self.assertGreaterEqual(door.masks_in(free.output) + named + free.loss.get("Masks", 0), masks)
        self.assertEqual(free.loss, strict.loss)
        self.check_written(free.output)
        return 1

    def check_written(self, folder):
        """What is written has no member twice, and is read again without a word and written the same."""
        def once(pairs):
            self.assertEqual(len(pairs), len(dict(pairs)), pairs)
            return dict(pairs)
        text = (folder / "annotation.json").read_text("utf-8")
        json.loads(text, object_pairs_hook=once)
        again = door.convert(folder, folder.with_name(folder.name + "-again"), "COCO", allow="Images,Objects")
        if again.code != 6:
            self.assertEqual(again.code, 0, again.report)
            self.assertEqual((again.output / "annotation.json").read_text("utf-8"), text)

    def test_coco_with_a_field_of_any_element_made_odd(self):
        dice = random.Random(20261128)
        stopped = 0
        for number in range(self.ROUNDS):
            source = self.folder / f"coco-{number}"
            (source / "images").mkdir(parents=True)
            for image in range(3):
                (source / "images" / f"{image}.png").write_bytes(png())
            coco = {"images": [{"id": i, "file_name": f"{i}.png", "width": SIZE[0], "height": SIZE[1]} for i in range(3)],
                    "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
                    "annotations": [{"id": i, "image_id": i % 3, "category_id": 1 + i % 2, "bbox": [1, 1, 10, 10], "area": 100,
                                     "iscrowd": 0, "segmentation": [[1, 1, 11, 1, 11, 11, 1, 11]]} for i in range(9)]}
            for _ in range(dice.randint(1, 3)):
                element = dice.choice(dice.choice([coco["images"], coco["annotations"]]))
                key = dice.choice(sorted(element))
                element[key] = dice.choice(ODD)
                if dice.random() < 0.2:
                    del element[key]
            (source / "annotation.json").write_text(json.dumps(coco))
            with self.subTest(round=number, coco=coco):
                masks = sum(1 for a in coco["annotations"] if is_mask(a.get("segmentation")))
                stopped += self.check(source, 9, f"coco-out-{number}", masks)
        self.assertGreater(stopped, self.ROUNDS // 6, "too little of the damage was damage")

    def test_yolo_with_any_row_made_odd(self):
        dice = random.Random(20261129)
        stopped = 0
        for number in range(self.ROUNDS):
            source = self.folder / f"yolo-{number}"
            (source / "images").mkdir(parents=True)
            (source / "labels").mkdir()
            (source / "data.yaml").write_text("names: [car, bus]\n")
            for image in range(3):
                (source / "images" / f"{image}.png").write_bytes(png())
                rows = [f"{row % 2} 0.5 0.5 0.{row + 1} 0.{row + 1}".split(" ") for row in range(3)]
                for _ in range(dice.randint(0, 2)):
                    row = dice.choice(rows)
                    row[dice.randrange(len(row))] = dice.choice(["-1", "2", "nan", "1e999", "x", "0,5", "0.5 0.5", "640", "\u0660", "+"])
                (source / "labels" / f"{image}.txt").write_text("\n".join(" ".join(row) for row in rows) + "\n")
            with self.subTest(round=number):
                stopped += self.check(source, 9, f"yolo-out-{number}")
        self.assertGreater(stopped, self.ROUNDS // 3, "too little of the damage was damage")


if __name__ == "__main__":
    unittest.main()
