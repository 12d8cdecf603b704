"""visionops-worker convert from outside, and what stands in files counted from their bytes."""

import json
import os
import pathlib
import re
import subprocess

WORKER = pathlib.Path(os.environ["VISIONOPS_BIN"]) / "visionops-worker"


class Outcome:
    def __init__(self, process, output):
        self.code = process.returncode
        self.text = process.stderr
        self.report = json.loads(process.stdout) if process.stdout.startswith("{") else {}
        self.output = output
        self.loss = {entry["kind"]: entry["count"] for entry in self.report.get("loss", [])}
        self.examples = [text for entry in self.report.get("loss", []) for text in entry["examples"]]
        self.problems = [" ".join(filter(None, (f["kind"], f["file"], f["position"]))) + ": " + f["message"]
                         for f in self.report.get("problems", {}).get("first", [])]


def convert(source, output, to, allow="", json_output=True, options=()):
    command = [WORKER, "convert", source, "--to", to, "--output", output]
    command += ["--json"] if json_output else []
    command += ["--allow-loss", allow] if allow else []
    command += options
    process = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60)
    return Outcome(process, output)


ROW = re.compile(r"^\s*-?[0-9.]")


def objects_in(folder):
    """Annotations of COCO files and rows of text files."""
    total = 0
    for path in pathlib.Path(folder).rglob("*"):
        if not path.is_file() or path.name == "manifest.json":
            continue
        if path.suffix == ".json":
            total += len(json.loads(path.read_bytes())["annotations"])
        elif path.suffix == ".txt":
            total += sum(1 for line in path.read_text("utf-8", "replace").splitlines() if line.strip())
    return total


def masks_in(folder):
    """Annotations of COCO files that have something in their segmentation."""
    return sum(1 for path in pathlib.Path(folder).rglob("annotation.json")
               for a in json.loads(path.read_bytes())["annotations"] if a.get("segmentation"))


def texts_in(folder):
    """All that is written beside pictures and the manifest."""
    paths = sorted(path for path in pathlib.Path(folder).rglob("*") if path.suffix in (".json", ".txt") and path.name != "manifest.json")
    return "\n".join(path.read_text("utf-8") for path in paths)


def images_in(folder):
    return len(names_in(folder))


def names_in(folder):
    root = pathlib.Path(folder) / "images"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())
