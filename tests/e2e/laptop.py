"""A laptop with VisionOps on it: a data folder, generated pages, manifests, and the real programs."""

import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["VISIONOPS_BIN"])
SOURCE = pathlib.Path(os.environ["VISIONOPS_SOURCE"])
QUICKSTART = SOURCE / "samples" / "quickstart"


class Laptop:
    def __init__(self, scanner_a=40, scanner_b=24, held_out=12):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-e2e-"))
        self.data = self.folder / "data"
        self.store = self.data / "stores" / "datasets"
        self.store.mkdir(parents=True)
        (self.data / "stores" / "models").mkdir()
        self.check([BIN / "visionops-quickstart-data", "--digits", QUICKSTART / "data" / "digits.csv.gz", "--store", self.store,
                    "--scanner-a", scanner_a, "--scanner-b", scanner_b, "--held-out", held_out])
        self.expected = json.loads((self.store / "expected.json").read_text())

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- manifests -------------------------------------------------------------------------------

    def manifests(self, name="manifests", epochs=2, replace=(), only=None):
        """A copy of the quickstart with few epochs and the given text replacements."""
        target = self.folder / name
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        for file in sorted(QUICKSTART.glob("*.yaml")):
            if only and file.name not in only:
                continue
            text = file.read_text().replace("epochs: 12", f"epochs: {epochs}").replace("minImagesPerClass: 5", "minImagesPerClass: 1")
            for old, new in replace:
                text = text.replace(old, new)
            (target / file.name).write_text(text)
        return target

    def write(self, name, text):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    # -- programs --------------------------------------------------------------------------------

    def start(self, manifests, *flags):
        command = [BIN / "visionops", "run", "-f", manifests, "--data", self.data, *flags]
        return subprocess.Popen([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, manifests, *flags, timeout=420):
        process = self.start(manifests, *flags)
        try:
            output, _ = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _ = process.communicate()
            raise AssertionError(f"visionops run did not end within {timeout} s:\n{output}")
        return process.returncode, output

    def call(self, *command):
        done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=300)
        return done.returncode, done.stdout, done.stderr

    def check(self, command):
        code, out, err = self.call(*command)
        if code != 0:
            raise AssertionError(f"{command} ended with {code}:\n{out}{err}")
        return out

    def get(self, kind, name):
        return json.loads(self.check([BIN / "visionops", "get", kind, name, "-o", "json", "--data", self.data]))

    def find(self, kind, name):
        code, out, _ = self.call(BIN / "visionops", "get", kind, name, "-o", "json", "--data", self.data)
        return json.loads(out) if code == 0 else None

    def sql(self, query):
        return json.loads(self.check([BIN / "visionops", "sql", query, "--json", "--data", self.data]))

    def run_folder(self, run=1, job="digits-detector"):
        """Where the newest run of that number stores its checkpoints; a path that is not there before it begins."""
        parent = self.data / "stores" / "models" / "checkpoints" / "default" / job
        found = sorted(parent.glob(f"run-{run}-*"), key=lambda p: p.stat().st_mtime)
        return found[-1] if found else parent / "none"

    # -- observations ----------------------------------------------------------------------------

    def processes(self):
        """Live processes that carry this laptop's folder in their environment or arguments."""
        found = []
        for proc in pathlib.Path("/proc").iterdir():
            if not proc.name.isdigit() or int(proc.name) == os.getpid():
                continue
            try:
                text = (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
                state = (proc / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if str(self.folder).encode() in text and state != "Z":
                found.append((int(proc.name), (proc / "cmdline").read_bytes().replace(b"\0", b" ").decode()))
        return found

    def files(self):
        """Every file of the stores with its size and modification time."""
        return {str(p.relative_to(self.data)): (p.stat().st_size, p.stat().st_mtime_ns)
                for p in (self.data / "stores").rglob("*") if p.is_file()}

    def wait_until(self, condition, process, seconds, what):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if condition():
                return
            if process.poll() is not None:
                raise AssertionError(f"the run ended before {what}:\n{process.stdout.read()}")
            time.sleep(0.01)
        process.kill()
        raise AssertionError(f"no {what} within {seconds} s:\n{process.stdout.read()}")

    def kill(self, process):
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        deadline = time.monotonic() + 10
        while self.processes() and time.monotonic() < deadline:
            time.sleep(0.05)
        return self.processes()


def condition(resource, kind):
    for entry in resource["status"].get("conditions", []):
        if entry["type"] == kind:
            return entry
    return None


class LaptopTest(unittest.TestCase):
    SIZES = {}

    def setUp(self):
        self.laptop = Laptop(**self.SIZES)
        self.addCleanup(self.laptop.close)
