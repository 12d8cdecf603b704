"""Folders as downloads and label tools leave them: `visionops init DIR`, `visionops run`, and a Dataset for each split."""

import json
import os
import shutil
import struct
import subprocess
import tempfile
import unittest
import zlib
from pathlib import Path

BIN = Path(os.environ["VISIONOPS_BIN"])
PROGRAM = BIN / "visionops"


def png(width=64, height=48, grey=0x80):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + bytes([grey]) * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def coco(names, objects):
    return json.dumps({
        "images": [{"id": i, "file_name": name, "width": 64, "height": 48} for i, name in enumerate(names, 1)],
        "categories": [{"id": 1, "name": "car"}, {"id": 2, "name": "bus"}],
        "annotations": [{"id": i, "image_id": 1 + i % len(names), "category_id": 1, "bbox": [1, 1, 10, 10], "area": 100,
                         "iscrowd": 0} for i in range(1, objects + 1)]})


VOC = ("<annotation><filename>{name}.png</filename><size><width>64</width><height>48</height><depth>1</depth></size>"
       "<object><name>car</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>11</xmax><ymax>11</ymax></bndbox></object>"
       "</annotation>")


class Init(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="visionops-init-"))
        self.addCleanup(shutil.rmtree, self.root, True)
        self.grey = 0

    def put(self, path, content):
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def picture(self, path):
        self.grey += 1
        self.put(path, png(grey=self.grey))

    def program(self, *arguments, code=0):
        process = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.root, capture_output=True, text=True, timeout=300)
        self.assertEqual(process.returncode, code, process.stdout + process.stderr)
        return process.stdout + process.stderr

    def files(self, folder):
        return {path: path.read_bytes() for path in (self.root / folder).rglob("*") if path.is_file()}

    def check(self, folders):
        """{folder: {split: (images, objects)}}: one call of init for each, one run for all."""
        for folder in folders:
            before = self.files(folder)
            self.assertIn(f"Wrote {folder}.datasets.yaml", self.program("init", folder))
            self.assertEqual(self.files(folder), before)
        self.program("run", "-f", ".", "--no-history")
        found = {}
        for item in json.loads(self.program("get", "datasets", "-o", "json"))["items"]:
            ready = [c["status"] for c in item["status"]["conditions"] if c["type"] == "Ready"]
            self.assertEqual(ready, ["True"], item["status"])
            found.setdefault(item["spec"]["group"], {})[item["spec"]["split"]] = (
                item["status"]["images"], item["status"].get("annotations", 0))
        self.assertEqual(found, folders)

    def test_downloads_and_exports_become_datasets_with_their_splits(self):
        for split, images in {"train": 3, "val": 2}.items():
            names = [f"{split}{i}.png" for i in range(images)]
            for name in names:
                self.picture(f"coco2017/{split}2017/{name}")
                self.picture(f"roboflow-coco/{'valid' if split == 'val' else split}/{name}")
                self.picture(f"roboflow-yolo/{'valid' if split == 'val' else split}/images/{name}")
                self.put(f"roboflow-yolo/{'valid' if split == 'val' else split}/labels/{name[:-4]}.txt", "0 0.5 0.5 0.2 0.2\n")
                self.picture(f"visdrone/VisDrone2019-DET-{split}/images/{name}")
                self.put(f"visdrone/VisDrone2019-DET-{split}/annotations/{name[:-4]}.txt", "1,2,10,20,1,4,0,0\n")
                self.picture(f"classes/{split}/{'car' if name.endswith('0.png') else 'bus'}/{name}")
            self.put(f"coco2017/annotations/instances_{split}2017.json", coco(names, 4))
            self.put(f"coco2017/annotations/captions_{split}2017.json", coco(names, 4))
            self.put(f"roboflow-coco/{'valid' if split == 'val' else split}/_annotations.coco.json", coco(names, 5))
        self.put("roboflow-yolo/data.yaml", "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: [car, bus]\n")
        self.check({"coco2017": {"Train": (3, 4), "Val": (2, 4)},
                    "roboflow-coco": {"Train": (3, 5), "Val": (2, 5)},
                    "roboflow-yolo": {"Train": (3, 3), "Val": (2, 2)},
                    "visdrone": {"Train": (3, 3), "Val": (2, 2)},
                    "classes": {"Train": (3, 3), "Val": (2, 2)}})

    def test_folders_of_one_dataset_become_one(self):
        for name in ("a", "b"):
            self.picture(f"voc/JPEGImages/{name}.png")
            self.put(f"voc/Annotations/{name}.xml", VOC.format(name=name))
            self.picture(f"cvat-yolo/obj_train_data/{name}.png")
            self.put(f"cvat-yolo/obj_train_data/{name}.txt", "0 0.5 0.5 0.2 0.2\n1 0.5 0.5 0.1 0.1\n")
        self.put("cvat-yolo/obj.data", "classes = 2\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n")
        self.put("cvat-yolo/obj.names", "car\nbus\n")
        self.put("cvat-yolo/train.txt", "data/obj_train_data/a.png\ndata/obj_train_data/b.png\n")
        for folder in ("voc", "cvat-yolo"):
            self.program("init", folder)
        self.program("run", "-f", ".", "--no-history")
        items = json.loads(self.program("get", "datasets", "-o", "json"))["items"]
        self.assertEqual({item["spec"]["group"]: (item["status"]["images"], item["status"]["annotations"]) for item in items},
                         {"voc": (2, 2), "cvat-yolo": (2, 4)})

    def test_what_cannot_be_read_is_in_the_manifest_and_keeps_the_dataset_from_being_ready(self):
        self.picture("street/images/a.png")
        self.put("street/data.yaml", "names: [car]\n")
        self.put("street/labels/a.txt", "0 0.5 0.5 0.2 0.2\n7 0.5 0.5 0.2 0.2\n")
        self.program("init", "street")
        text = (self.root / "street.datasets.yaml").read_text()
        self.assertIn("# spec.allowLoss: [Rows]", text)
        self.assertIn("labels/a.txt line 2", text)
        self.program("run", "-f", "street.datasets.yaml", "--no-history", code=1)
        status = json.loads(self.program("get", "dataset", "street-none-v1.0.0", "-o", "json"))["status"]
        self.assertIn("spec.allowLoss: [Rows]", status["message"])
        self.assertEqual(status["health"]["losses"], {"Rows": 1})
        (self.root / "street.datasets.yaml").write_text(text.replace("spec:\n", "spec:\n  allowLoss: [Rows]\n"))
        self.program("run", "-f", "street.datasets.yaml", "--no-history")
        status = json.loads(self.program("get", "dataset", "street-none-v1.0.0", "-o", "json"))["status"]
        self.assertEqual((status["phase"], status["annotations"]), ("Succeeded", 1))

    def test_a_file_that_is_there_stays_and_a_folder_without_data_makes_none(self):
        self.picture("street/images/a.png")
        self.put("street/data.yaml", "names: [car]\n")
        self.put("street.datasets.yaml", "mine\n")
        self.assertIn("--overwrite", self.program("init", "street", code=4))
        self.assertEqual((self.root / "street.datasets.yaml").read_text(), "mine\n")
        self.program("init", "street", "--overwrite")
        self.assertIn("kind: Dataset", (self.root / "street.datasets.yaml").read_text())
        self.assertIn("would stand in the dataset", self.program("init", "street", "--output", "street/labels.yaml", code=2))
        self.assertFalse((self.root / "street/labels.yaml").exists())
        self.put("zip/export.zip", b"PK")
        self.assertIn("export.zip is an archive: unpack it first", self.program("init", "zip", code=2))
        self.assertFalse((self.root / "zip.datasets.yaml").exists())


if __name__ == "__main__":
    unittest.main()
