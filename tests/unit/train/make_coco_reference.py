#!/usr/bin/env python3
"""Writes coco_reference.json: random detections with the figures of pycocotools 2.0 (COCOeval, bbox).

Run by hand when a case is added:  pip install pycocotools && ./make_coco_reference.py
"""
import contextlib
import io
import json
import pathlib
import random

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def box(rng):
    return [round(rng.uniform(0, 80), 1), round(rng.uniform(0, 80), 1), round(rng.uniform(4, 40), 1), round(rng.uniform(4, 40), 1)]


def moved(rng, b, spread):
    return [round(max(0.5, v + rng.uniform(-spread, spread)), 1) for v in b]


def case(seed, max_detections):
    rng = random.Random(seed)
    categories = rng.randint(1, 4)
    images, annotations, detections = rng.randint(1, 9), [], []
    for image in range(1, images + 1):
        for _ in range(rng.randint(0, 6)):
            b, category = box(rng), rng.randint(1, categories)
            crowd = rng.random() < 0.15
            annotations.append({"id": len(annotations) + 1, "image_id": image, "category_id": category, "bbox": b,
                                "area": b[2] * b[3], "iscrowd": int(crowd)})
            for _ in range(rng.choice([0, 1, 1, 1, 2, 3]) + 3 * crowd):
                wrong = rng.random() < 0.1
                detections.append({"image_id": image, "category_id": rng.randint(1, categories) if wrong else category,
                                   "bbox": moved(rng, b, rng.choice([0.3, 2, 5])), "score": round(rng.random(), 2)})
        for _ in range(rng.randint(0, 3)):
            detections.append({"image_id": image, "category_id": rng.randint(1, categories), "bbox": box(rng),
                               "score": round(rng.random() * 0.7, 2)})
    rng.shuffle(detections)
    coco = COCO()
    coco.dataset = {"images": [{"id": i} for i in range(1, images + 1)], "annotations": annotations,
                    "categories": [{"id": c, "name": str(c)} for c in range(1, categories + 1)]}
    with contextlib.redirect_stdout(io.StringIO()):
        coco.createIndex()
        found = coco.loadRes(detections) if detections else coco.loadRes(np.zeros((0, 7)))
        evaluation = COCOeval(coco, found, "bbox")
        evaluation.params.maxDets = [1, 2, max_detections]  # sorted by COCOeval; the last one counts
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"][:, :, :, 0, -1]  # threshold, recall, category

    def mean(values):
        values = values[values > -1]
        return float(values.mean()) if values.size else -1.0

    return {"seed": seed, "images": images, "categories": categories, "maxDetections": max_detections,
            "truths": [[a["image_id"] - 1, a["category_id"] - 1, a["iscrowd"], *a["bbox"]] for a in annotations],
            "detections": [[d["image_id"] - 1, d["category_id"] - 1, d["score"], *d["bbox"]] for d in detections],
            "map50": mean(precision[0]), "map50_95": mean(precision),
            "byCategory": [mean(precision[:, :, c]) for c in range(categories)]}


cases = [case(seed, 100 if seed % 4 else 3) for seed in range(1, 25)]
text = "[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n"
(pathlib.Path(__file__).parent / "coco_reference.json").write_text(text)
