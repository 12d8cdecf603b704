"""`visionops runtimes` and `visionops models`: what is told, and what an installation that is broken off leaves behind."""

import ctypes
import json
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from laptop import BIN

SOURCE = pathlib.Path(__file__).resolve().parents[2]

# In the place of uv: makes what uv would make, from nothing. It waits while the file `hold` is there.
UV = """#!/bin/sh
case "$1" in
venv)
  for last in "$@"; do :; done
  mkdir -p "$last/bin" && printf '#!/bin/sh\\nexit 0\\n' >"$last/bin/python" && chmod +x "$last/bin/python" ;;
pip)
  for last in "$@"; do :; done
  cp "$last" "$HOME/asked"
  while [ -e "$HOME/hold" ]; do sleep 0.1; done
  [ ! -e "$HOME/fail" ] || { echo "error: no such host" >&2; exit 2; } ;;
esac
"""


class Runtimes(unittest.TestCase):
    def setUp(self):
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="visionops-e2e-"))
        self.addCleanup(shutil.rmtree, self.home)
        (self.home / "programs").mkdir()
        (self.home / "programs" / "uv").write_text(UV)
        (self.home / "programs" / "uv").chmod(0o755)
        (self.home / "programs" / "python3").symlink_to(sys.executable)
        self.place = self.home / ".cache" / "visionops" / "runtimes"
        self.environment = {"HOME": str(self.home), "PATH": f"{self.home}/programs:/usr/bin:/bin"}

    def start(self, *words):
        return subprocess.Popen([BIN / "visionops", *words], env=self.environment, text=True, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE)

    def call(self, *words, code=0):
        process = self.start(*words)
        out, err = process.communicate(timeout=60)
        self.assertEqual(process.returncode, code, out + err)
        return out + err

    def told(self, name):
        return json.loads(self.call("runtimes", "show", name, "--json"))

    def test_every_runtime_says_what_it_is_and_how_it_gets_here(self):
        rows = {row["name"]: row for row in json.loads(self.call("runtimes", "--json"))}
        self.assertTrue(rows["builtin"]["ready"])
        self.assertFalse(rows["timm"]["ready"])
        self.assertIn("visionops runtimes install timm", rows["timm"]["way"])
        self.assertIn("AGPL-3.0", rows["ultralytics"]["licence"])
        self.assertRegex(self.call("runtimes"), r"timm +Classification +ClassFolders +no: visionops runtimes install timm\n")

    def test_models_are_those_of_a_runtime_and_a_task(self):
        names = [m["name"] for m in json.loads(self.call("models", "--runtime", "huggingface", "--task", "Detection", "--json"))]
        self.assertEqual(names, ["detr", "yolos", "detr-tiny"])
        self.assertIn("yolo11n", self.call("models", "--runtime", "ultralytics"))
        self.assertIn("none of", self.call("models", "--task", "Knitting", code=2))

    def test_mistakes_are_named(self):
        self.assertIn("there are builtin, custom", self.call("runtimes", "show", "timn", code=2))
        self.assertIn("is required", self.call("runtimes", "install", code=2))
        self.assertIn("belong to", self.call("runtimes", "--cpu", code=2))
        self.assertIn("--python PATH", self.call("runtimes", "install", "custom", code=2))
        self.assertIn("no program", self.call("runtimes", "install", "timm", "--python", "/nowhere/python", code=3))
        self.assertFalse(self.told("timm")["ready"])

    def test_an_installation_is_whole_or_not_there(self):
        (self.home / "hold").touch()
        process = self.start("runtimes", "install", "timm", "--cpu")
        deadline = time.monotonic() + 30
        while not (self.home / "asked").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.05)
        self.assertIn("is in use by process", self.call("runtimes", "install", "timm", code=4))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        self.assertIn("not whole", self.told("timm")["way"])
        (self.home / "hold").unlink()
        self.call("runtimes", "install", "timm", "--cpu")
        self.assertEqual((self.told("timm")["ready"], self.told("timm")["here"]), (True, "installed, without GPU"))
        asked = (self.home / "asked").read_text()
        self.assertIn("timm==", asked)
        self.assertNotIn("nvidia-cudnn", asked)
        self.call("runtimes", "install", "timm")
        self.assertIn("nvidia-cudnn", (self.home / "asked").read_text(), "with a GPU it needs more than it had")
        self.call("runtimes", "remove", "timm")
        self.assertFalse((self.place / "timm").exists())

    def test_what_went_wrong_is_told_and_nothing_counts_as_installed(self):
        (self.home / "fail").touch()
        self.assertIn("uv ended with 2: error: no such host", self.call("runtimes", "install", "timm", "--cpu", code=65))
        self.assertFalse(self.told("timm")["ready"])

    def test_an_environment_of_the_user(self):
        bin_folder = self.home / "venv" / "bin"
        bin_folder.mkdir(parents=True)
        (bin_folder / "python").symlink_to(sys.executable)
        self.call("runtimes", "install", "custom", "--python", str(bin_folder / "python"))
        self.assertEqual(self.told("custom")["programs"], str(bin_folder))
        shutil.rmtree(bin_folder)
        self.assertIn("not there any more", self.told("custom")["way"])


class StandIns(unittest.TestCase):
    def test_a_library_that_names_them_is_loaded(self):
        site = pathlib.Path(tempfile.mkdtemp(prefix="visionops-e2e-"))
        self.addCleanup(shutil.rmtree, site)
        lib, gone = site / "torch" / "lib", site / "gone"
        lib.mkdir(parents=True)
        gone.mkdir()
        (gone / "blas.c").write_text("int cublasCreate(void) { return 0; }\nint cublasOther(void) { return 0; }\n")
        (gone / "names.map").write_text("libcublas.so.13 { global: cublasCreate; local: *; };\n")
        (gone / "nccl.c").write_text("int ncclInit(void) { return 0; }\n")
        (gone / "torch.c").write_text("int cublasCreate(void); int ncclInit(void);\n"
                                      "int both(void) { return 10 * cublasCreate() + ncclInit(); }\n")

        def build(*words):
            subprocess.run(["cc", "-shared", "-fPIC", *map(str, words)], check=True, cwd=gone)
        build("blas.c", "-Wl,-soname,libcublas.so.13", "-Wl,--version-script,names.map", "-o", gone / "libcublas.so.13")
        build("nccl.c", "-Wl,-soname,libnccl.so.2", "-o", gone / "libnccl.so.2")
        build("torch.c", gone / "libcublas.so.13", gone / "libnccl.so.2", "-Wl,-z,now", "-Wl,-rpath,$ORIGIN",
              "-o", lib / "libtorch_cuda.so")
        shutil.rmtree(gone)
        with self.assertRaises(OSError):
            ctypes.CDLL(str(lib / "libtorch_cuda.so"))
        subprocess.run([sys.executable, SOURCE / "operator/runtimes/locks/cuda_stand_ins.py", site], check=True)
        self.assertEqual(ctypes.CDLL(str(lib / "libtorch_cuda.so")).both(), 11)


if __name__ == "__main__":
    unittest.main()
