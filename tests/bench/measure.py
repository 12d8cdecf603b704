"""Runs VisionOps and Datumaro in turns on one dataset and prints medians and ratios.

VisionOps is measured as a whole process, from start to exit; of Datumaro only the work counts, without Python's start.
Both leave the last writes to the kernel (Datumaro has no other way; convert --sync would wait for the disk).
Outputs are removed after the last run only: ext4 slows down for seconds where many files were just deleted.
"""

import argparse
import glob
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).parent


def run(command):
    """Wall seconds, peak resident MiB, CPU seconds and standard output of a process."""
    os.sync()  # writes of the run before this one shall not disturb it
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=errors, text=True)
        output = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            errors.seek(0)
            raise SystemExit(f"{command[0]} ended with {process.returncode}:\n{errors.read()[-2000:]}")
    return {"wall": seconds, "mib": usage.ru_maxrss / 1024, "cpu": usage.ru_utime + usage.ru_stime, "output": output}


class Bench:
    def __init__(self, options, work):
        self.options, self.work, self.outputs = options, work, 0
        self.worker = pathlib.Path(options.bin) / "visionops-worker"

    def fresh(self, name):
        self.outputs += 1
        return self.work / f"{self.outputs:03d}-{name}"

    def ours_load(self):
        return run([self.worker, "inspect", self.options.set, "--annotations-only", "--threads", 1, "--json"])

    def ours_convert(self, images):
        output = self.fresh("visionops-" + images)
        result = run([self.worker, "convert", self.options.set, "--to", "YOLO", "--allow-loss", "Masks", "--images", images,
                      "--output", output, "--json"])
        return {**result, "folder": output}

    def datumaro(self, task):
        command = [self.options.python, HERE / "datumaro_task.py", task, self.options.set]
        output = self.fresh("datumaro")
        result = run(command + ([output] if task == "convert" else []))
        facts = json.loads(result["output"].splitlines()[-1])
        return {**result, "wall": facts["load" if task == "load" else "total"], "folder": output}


def rows_of(file):
    """In an order of their own: Datumaro writes the boxes of an image backwards, and YOLO gives the order no meaning."""
    with open(file) as lines:
        return sorted((line.split() for line in lines if line.strip()), key=lambda row: [round(float(word), 4) for word in row])


def close(a, b):
    """Equal class, coordinates equal to the six digits that Datumaro writes."""
    return len(a) == len(b) and a[0] == b[0] and all(abs(float(x) - float(y)) < 1e-6 for x, y in zip(a[1:], b[1:]))


def check_equal(ours, theirs):
    """Both must have written the same boxes for the same images; returns their number."""
    labels = {pathlib.Path(f).stem: f for f in glob.glob(f"{theirs}/obj_train_data/*.txt")}
    total = 0
    for file in sorted((ours / "labels").glob("*.txt")):
        mine, other = rows_of(file), rows_of(labels.pop(file.stem))
        if len(mine) != len(other) or any(not close(a, b) for a, b in zip(mine, other)):
            raise SystemExit(f"different rows in {file.name}: {mine[:1]} and {other[:1]}")
        total += len(mine)
    if labels:
        raise SystemExit(f"{len(labels)} label files of Datumaro have no counterpart")
    pictures = len(list((ours / "images").glob("*.jpg")))
    if pictures != len(glob.glob(f"{theirs}/obj_train_data/*.jpg")):
        raise SystemExit("different numbers of images")
    return total, pictures


def file_system(path):
    return subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True).stdout.strip()


def median(runs, key):
    return statistics.median(r[key] for r in runs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--set", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="runs-", dir=pathlib.Path(options.set).parent))
    try:
        report(options, *measure(options, work))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def measure(options, work):
    bench = Bench(options, work)
    tasks = {
        "load": (bench.ours_load, lambda: bench.datumaro("load")),
        "convert, copies": (lambda: bench.ours_convert("copy"), lambda: bench.datumaro("convert")),
        "convert, links": (lambda: bench.ours_convert("link"), None),
    }
    bench.ours_load()  # both programs and the set come into the page cache
    bench.datumaro("load")
    runs = {name: ([], []) for name in tasks}
    for _ in range(options.rounds):
        for name, (ours, theirs) in tasks.items():
            runs[name][0].append(ours())
            if theirs:
                runs[name][1].append(theirs())
    runs["convert, links"] = (runs["convert, links"][0], runs["convert, copies"][1])  # Datumaro only copies
    ours, theirs = runs["convert, copies"]
    equal = check_equal(ours[-1]["folder"], theirs[-1]["folder"])
    check_equal(runs["convert, links"][0][-1]["folder"], theirs[-1]["folder"])
    return runs, equal


def report(options, runs, equal):
    print(f"{platform.machine()}, {os.cpu_count()} CPUs, {file_system(options.set)}, warm cache, median of {options.rounds} runs in turns")
    print(f"equal results: {equal[0]} boxes in {equal[1]} images, row by row\n")
    print(f"{'':16} {'VisionOps':>20} {'Datumaro 1.13':>20} {'ratio':>18}")
    figures = {}
    for name, (ours, theirs) in runs.items():
        a = {k: median(ours, k) for k in ("wall", "mib", "cpu")}
        b = {k: median(theirs, k) for k in ("wall", "mib", "cpu")}
        figures[name] = {"visionops": a, "datumaro": b}
        print(f"{name:16} {a['wall']:10.3f} s {a['mib']:5.0f} MiB {b['wall']:10.3f} s {b['mib']:5.0f} MiB"
              f" {b['wall'] / a['wall']:7.1f}x time {b['mib'] / a['mib']:4.1f}x memory")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(figures, indent=1) + "\n")


main()
