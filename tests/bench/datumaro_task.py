"""One task by Datumaro in a process of its own: `load SET` or `convert SET OUTPUT`. Prints seconds as JSON.

The clock starts after the imports: what is compared is Datumaro's work, not Python's start.
"""

import json
import sys
import time

import datumaro


def main(task, source, output=None):
    start = time.perf_counter()
    dataset = datumaro.Dataset.import_from(source, "coco_instances")
    images = len(dataset)
    loaded = time.perf_counter()
    if task == "convert":
        dataset.export(output, "yolo", save_media=True)
    print(json.dumps({"images": images, "load": loaded - start, "total": time.perf_counter() - start}))


main(*sys.argv[1:])
