"""visionops-worker convert by hand: no loss without permission, COCO -> COCO is the identity."""

import json
import os
import shutil
import struct
import subprocess
import unittest

from laptop import BIN, LaptopTest


class Convert(LaptopTest):
    SIZES = {"scanner_a": 12, "scanner_b": 4, "held_out": 3}

    def setUp(self):
        super().setUp()
        self.source = self.laptop.store / "raw" / "scanner-a" / "train" / "v1.0.0"
        self.target = self.laptop.folder / "converted"

    def convert(self, *flags):
        return self.laptop.call(BIN / "visionops-worker", "convert", self.source, "--output", self.target, *flags)

    def test_coco_to_coco_is_equal_after_canonical_json(self):
        code, out, err = self.convert("--to", "COCO")
        self.assertEqual(code, 0, out + err)

        def number(text):
            """RFC 8785: a number has one spelling, 370.0 is 370."""
            value = float(text)
            return int(value) if value.is_integer() else value

        def canonical(folder):
            return json.dumps(json.loads((folder / "annotation.json").read_text(), parse_float=number), sort_keys=True)

        self.assertEqual(canonical(self.target), canonical(self.source))

    def test_masks_to_boxes_stop_before_anything_is_written(self):
        code, out, err = self.convert("--to", "YOLO")
        self.assertEqual(code, 5, out + err)
        objects = self.laptop.expected["scanner-a"]["objects"]
        self.assertIn("Masks", out + err)
        self.assertIn(str(objects), out + err)
        self.assertFalse(self.target.exists())

    def test_allowed_losses_are_reported_and_written(self):
        report = self.laptop.folder / "loss.json"
        code, out, err = self.convert("--to", "YOLO", "--allow-loss", "Masks,Crowd,Attributes", "--report", report)
        self.assertEqual(code, 0, out + err)
        self.assertTrue((self.target / "manifest.json").exists())
        self.assertIn("Masks", report.read_text())
        rows = sum(len(f.read_text().splitlines()) for f in (self.target / "labels").glob("*.txt"))
        self.assertEqual(rows, self.laptop.expected["scanner-a"]["objects"] - 1)
        self.assertEqual(json.loads((self.target / "manifest.json").read_text())["annotations"], rows)
        self.assertIn(f"{rows} objects", out)

    def test_a_picture_of_a_few_bytes_costs_no_gibibyte(self):
        """A JPEG with two frame headers, without an end so that it is decoded; and tags of a TIFF that can be read in two ways."""
        pictures = sorted((self.source / "images").glob("*.jpg"))
        plain = pictures[0].read_bytes()[:-2]
        at = plain.index(b"\xff\xc0")
        frame = plain[at:at + 2 + struct.unpack(">H", plain[at + 2:at + 4])[0]]
        huge = frame[:5] + struct.pack(">HH", 65000, 65000) + frame[9:]
        pictures[0].write_bytes(plain[:at] + huge + plain[at:])
        fields = [(256, 4, 60), (256, 4, 65000), (257, 4, 65000), (258, 3, 8), (277, 3, 1)]
        directory = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in fields)
        pictures[1].write_bytes(b"II*\0" + struct.pack("<IH", 8, len(fields)) + directory + bytes(4))
        child = subprocess.Popen([BIN / "visionops-worker", "convert", self.source, "--to", "YOLO", "--allow-loss", "All", "--output",
                                  self.target], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        out = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stdout.close()
        self.assertIn("two frame headers", out)
        self.assertIn("tiff: malformed header", out)
        self.assertFalse((self.target / "images" / pictures[0].name).exists())
        self.assertLess(usage.ru_maxrss, 512 * 1024, "KiB")
        code, out, err = self.laptop.call(BIN / "visionops-worker", "inspect", self.source)
        self.assertIn("more than one frame header", out + err)

    def test_without_its_library_for_pictures_it_says_so_and_leaves_no_image_out(self):
        picture = sorted((self.source / "images").glob("*.jpg"))[0]
        picture.write_bytes(picture.read_bytes()[:-2])  # without an end marker: only decoding tells whether it is whole
        alone = self.laptop.folder / "alone"
        alone.mkdir()
        shutil.copy(BIN / "visionops-worker", alone)
        flags = [self.source, "--to", "YOLO", "--allow-loss", "All", "--output", self.target]
        code, out, err = self.laptop.call(alone / "visionops-worker", "convert", *flags)
        self.assertEqual(code, 64, out + err)
        self.assertIn("visionops-pixels.so", err)
        self.assertFalse((self.target / "manifest.json").exists())
        code, out, err = self.laptop.call(BIN / "visionops-worker", "convert", *flags)
        self.assertEqual(code, 0, out + err)
        self.assertTrue((self.target / "images" / picture.name).exists())


if __name__ == "__main__":
    unittest.main()
