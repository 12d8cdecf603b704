"""A person at the terminal: mistakes, two terminals, the live view in a window, and what stands in files of others."""

import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import struct
import subprocess
import tempfile
import termios
import unittest

from laptop import BIN, LaptopTest

DATASET = """apiVersion: visionops.dev/v1alpha1
kind: Dataset
metadata: {{name: {name}{more}}}
spec: {{group: {name}, type: Raw, split: Train, version: v1.0.0, format: COCO, tasks: [Detection], store: datasets, path: {path}}}
---
"""
PAGES = "raw/scanner-a/train/v1.0.0"


def dataset(name, path=PAGES, more=""):
    return DATASET.format(name=name, path=path, more=more)


class Mistakes(unittest.TestCase):
    """Nothing here needs a cluster."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="visionops-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def call(self, program, *words):
        return subprocess.run([BIN / program, *map(str, words)], capture_output=True, text=True, timeout=60)

    def test_every_program_ends_a_mistake_with_2_and_spells_its_version_alike(self):
        for program in ("visionops", "visionops-worker", "visionops-quickstart-data", "visionops-crds", "visionops-sidecar"):
            with self.subTest(program):
                self.assertEqual(self.call(program, "--nonsense").returncode, 2)
                self.assertRegex(self.call(program, "--version").stdout, rf"^{program} \d+\.\d+\.\d+\n$")

    def test_a_mistyped_word_gets_a_suggestion_and_nothing_gets_help(self):
        self.assertIn('did you mean "get"?', self.call("visionops", "gett").stderr)
        self.assertIn("none of trace, debug", self.call("visionops", "run", "-f", ".", "--log-level", "loud").stderr)
        done = self.call("visionops")
        self.assertEqual((done.returncode, "Subcommands" in done.stdout), (0, True))

    def test_a_mistyped_data_folder_is_no_new_one(self):
        gone = self.folder / "gone"
        for words in (("get",), ("delete", "dataset", "x"), ("sql", "SELECT 1"), ("logs", "dataset/x"), ("rerun", "dataset", "x"),
                      ("apply", "-f", self.folder), ("run",)):
            (self.folder / "a.yaml").write_text(dataset("a"))
            done = self.call("visionops", *words, "--data", gone)
            self.assertEqual(done.returncode, 3, (words, done.stderr))
            self.assertIn(f"{gone}: no cluster here", done.stderr)
            self.assertFalse(gone.exists(), words)

    def test_one_bad_manifest_starts_nothing_and_is_named_by_its_whole_path(self):
        (self.folder / "m").mkdir()
        (self.folder / "m" / "good.yaml").write_text(dataset("good"))
        (self.folder / "m" / "bad.yaml").write_text(dataset("bad").replace("type: Raw", "type: Rawest"))
        for words in (("run",), ("apply",), ("validate",), ("run", "--dry-run")):
            done = self.call("visionops", *words, "-f", self.folder / "m", "--data", self.folder / "data")
            self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
            self.assertIn(f"error: {self.folder}/m/bad.yaml:4: spec.type", done.stderr)
            self.assertFalse((self.folder / "data").exists(), words)

    def test_a_manifest_comes_through_the_standard_input(self):
        done = subprocess.run([BIN / "visionops", "validate", "-f", "-", "--data", self.folder / "data"], input=dataset("a"),
                              capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (0, "Dataset/a valid\n"), done.stderr)


class Terminals(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 8, "held_out": 4}

    def say(self, *words, code=0):
        done, out, err = self.laptop.call(BIN / "visionops", *words, "--data", self.laptop.data)
        self.assertEqual(done, code, out + err)
        return out + err

    def test_a_second_terminal_works_through_the_first(self):
        ready = self.laptop.write("ready.yaml", dataset("ready"))
        one_core = ("  checkpoints:", '  resources: {cpu: 500m}\n  checkpoints:')  # the others have Pods, too
        manifests = self.laptop.manifests(epochs=2000, replace=[one_core])
        process = self.laptop.start(manifests, "--no-history")
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)
        job = "trainingjob/digits-detector"
        self.laptop.wait_until(lambda: (self.laptop.run_folder() / "epoch-0001.json").exists(), process, 300, "first epoch")
        self.assertEqual((self.laptop.data / "visionops.sock").stat().st_mode & 0o777, 0o600)
        self.say("apply", "-f", ready)
        self.assertIn("condition met", self.say("wait", "dataset/ready", "--for", "condition=Ready", "--timeout", "60s"))
        self.assertIn("digits-detector", self.say("top"))
        self.say("suspend", job)
        self.say("wait", job, "--for", "jsonpath={.status.phase}=Suspended", "--timeout", "60s")
        self.say("resume", job)
        self.assertIn("Dataset/ready deleted", self.say("delete", "-f", ready))
        self.assertEqual(self.say("get", "dataset", "ready", code=3).count("error: "), 1)
        self.assertIsNone(process.poll(), "the first terminal has ended")

    def test_what_stands_in_files_of_others_does_not_reach_the_terminal(self):
        evil = "\x1b]0;owned\x07\x1b[2Jcat"
        folder = self.laptop.store / "raw" / "evil"
        shutil.copytree(self.laptop.store / PAGES, folder)
        document = json.loads((folder / "annotation.json").read_text())
        document["categories"][0]["name"] = evil
        document["images"][0]["file_name"] = "\x1b[31mgone.jpg"
        (folder / "annotation.json").write_text(json.dumps(document))
        out = self.laptop.call(BIN / "visionops-worker", "inspect", folder)
        out += self.laptop.call(BIN / "visionops-worker", "convert", folder, "--to", "YOLO", "--output", self.laptop.folder / "out")
        for name in ("\x1b[2J", "a\u202eb"):
            manifest = self.laptop.write("evil.yaml", dataset("ok") + dataset("x").replace("type: Raw", json.dumps({"t": name})[1:-1].replace('"t"', "type")))
            out += self.laptop.call(BIN / "visionops", "validate", "-f", manifest, "--data", self.laptop.data)
        self.laptop.write("evil.yaml", dataset("evil", path="raw/evil"))
        out += (self.laptop.run(self.laptop.folder / "evil.yaml", "--no-history")[1],)
        for words in (("get", "-o", "wide"), ("get", "-o", "yaml"), ("describe", "dataset/evil"), ("logs", "dataset/evil"), ("events",)):
            out += self.laptop.call(BIN / "visionops", *words, "--data", self.laptop.data)
        text = "".join(part for part in out if isinstance(part, str))
        self.assertIn("\\x1b]0;owned", text)
        self.assertIsNone(re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text))
        code, out, _ = self.laptop.call(BIN / "visionops-worker", "inspect", folder, "--json")
        self.assertIn(evil, [c["name"] for c in json.loads(out)["classes"]] if isinstance(json.loads(out)["classes"], list) else json.loads(out)["classes"])

    def in_window(self, columns, rows, environment, *words, typed=()):
        """All bytes that a run wrote to a terminal of that size. `typed`: pairs of what is waited for, and the answer."""
        typed = list(typed)
        pid, terminal = pty.fork()
        if pid == 0:
            os.environ.update({"TERM": "xterm", **environment})
            os.execv(BIN / "visionops", ["visionops", *map(str, words), "--data", str(self.laptop.data)])
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        seen = b""
        while select.select([terminal], [], [], 120)[0]:
            try:
                seen += os.read(terminal, 65536)
            except OSError:
                break
            if typed and typed[0][0] in seen.decode(errors="replace"):
                os.write(terminal, typed.pop(0)[1])
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), seen.decode()

    def test_prune_names_what_goes_and_asks(self):
        both = self.laptop.write("m/both.yaml", dataset("stays") + dataset("goes", path="raw/held-out/val/v1.0.0"))
        code, output = self.laptop.run(both.parent, "--no-history")
        self.assertEqual(code, 0, output)
        both.write_text(dataset("stays"))
        words = ("run", "-f", both.parent, "--no-history", "--prune")
        code, out, err = self.laptop.call(BIN / "visionops", *words, "--data", self.laptop.data)
        self.assertEqual((code, "without a terminal say --yes" in err), (2, True), out + err)
        for answer in (b"n\n", b"\n", b"nonsense\n"):
            code, text = self.in_window(80, 24, {}, *words, typed=[("[y/N]", answer)])
            self.assertEqual((code, "Nothing was changed" in text), (1, True), text)
            self.assertIn("goes", self.say("get", "datasets"))
        code, text = self.in_window(80, 24, {}, *words, typed=[("[y/N]", b"y\n")])
        self.assertEqual(code, 0, text)
        self.assertRegex(text, r"No manifest names these any more:\r\n  Dataset default/goes\r\n")
        self.assertIn("Dataset/goes pruned", text)
        self.say("get", "dataset", "goes", code=3)
        self.say("get", "dataset", "stays")

    def test_logs_have_a_tail_and_their_following_ends_with_the_pod(self):
        code, output = self.laptop.run(self.laptop.manifests(only=("10-datasets.yaml",)), "--no-history")
        self.assertEqual(code, 0, output)
        log = "dataset/held-out-val-v1.0.0"
        whole = self.say("logs", log)
        lines = whole.splitlines(keepends=True)
        self.assertGreater(len(lines), 2)
        self.assertEqual(self.say("logs", log, "--tail", "2"), "".join(lines[-2:]))
        self.assertEqual(self.say("logs", log, "--tail", "0"), "")
        self.assertEqual(self.say("logs", log, "--tail", "99999"), whole)
        self.assertEqual(self.say("logs", "-f", log), whole)
        self.assertEqual(self.say("logs", "-f", log, "--tail", "1"), lines[-1])

    def test_get_w_goes_on_with_what_changes_and_tells_when_nobody_works_any_more(self):
        self.laptop.write("m/a.yaml", dataset("first"))
        code, output = self.laptop.run(self.laptop.folder / "m", "--no-history")
        self.assertEqual(code, 0, output)
        watch = subprocess.Popen([BIN / "visionops", "get", "datasets", "-w", "--data", self.laptop.data], stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, text=True)
        self.addCleanup(watch.stdout.close)
        self.addCleanup(watch.wait)
        self.addCleanup(watch.kill)
        self.assertIn("NAME", watch.stdout.readline())
        self.assertIn("first", watch.stdout.readline())
        self.laptop.write("m/b.yaml", dataset("second", path="raw/held-out/val/v1.0.0"))
        code, output = self.laptop.run(self.laptop.folder / "m", "--no-history")
        self.assertEqual(code, 0, output)
        for line in watch.stdout:
            self.assertNotIn("NAME", line, "one head is enough")
            if re.match("second .* True ", line):
                break
        self.assertIsNone(watch.poll())

    def test_the_live_view_fits_the_window_and_says_why(self):
        manifest = self.laptop.write("two.yaml", dataset("here") + dataset("nowhere", path="raw/nowhere"))
        for columns, colours in ((60, True), (80, False)):
            shutil.rmtree(self.laptop.data / "cluster", ignore_errors=True)
            code, text = self.in_window(columns, 24, {} if colours else {"NO_COLOR": "1"}, "run", "-f", manifest, "--no-history")
            self.assertEqual(code, 1, text)
            self.assertEqual("\x1b[31mFailed" in text, colours, text)
            live = re.sub(r"\x1b\[\d*[A-Zm]", "", text.split("\r\n\r\n")[0]).replace("\x1b[J", "")
            self.assertIn("REASON", live)
            for line in live.splitlines():
                self.assertLessEqual(len(line), columns, line)
        self.assertIn(f"its files: {self.laptop.store}/raw/nowhere", text)


if __name__ == "__main__":
    unittest.main()
