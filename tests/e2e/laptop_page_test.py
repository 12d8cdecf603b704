"""docs/laptop.md, word for word: its file and its commands lead from a folder of pictures to a model."""

import os
import re
import shutil
import subprocess
import unittest

from laptop import BIN, SOURCE, LaptopTest


class LaptopPage(LaptopTest):
    SIZES = {"scanner_a": 20, "scanner_b": 4, "held_out": 4}

    def test_its_commands_train_a_model(self):
        text = (SOURCE / "docs" / "laptop.md").read_text()
        desk = self.laptop.folder / "desk"
        for split in ("train", "val"):  # the held-out pages of so small a set have other classes
            shutil.copytree(self.laptop.store / "raw" / "scanner-a" / "train" / "v1.0.0", desk / "pictures" / split)
        manifest, = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        (desk / "street.yaml").write_text(manifest.replace("epochs: 30", "epochs: 1"))
        commands = re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        self.assertGreaterEqual(len(commands), 4)
        done = subprocess.run(["bash", "-ec", "".join(commands)], cwd=desk, capture_output=True, text=True, timeout=300,
                              env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        model = re.search(r"(checkpoints/default/street/\S+?\.pt)", done.stdout).group(1)
        self.assertTrue((desk / ".visionops" / "stores" / "models" / model).is_file())
        self.assertIn(f"{desk}/pictures", done.stdout)

    def test_its_verbs_and_flags_exist(self):
        text = (SOURCE / "docs" / "laptop.md").read_text()
        for command in set(re.findall(r"`visionops ([a-z]+)", text)) | {"logs", "top", "suspend", "resume", "rerun", "apply"}:
            done = subprocess.run([BIN / "visionops", command, "--help"], capture_output=True, text=True, timeout=30)
            self.assertEqual(done.returncode, 0, command)
        run = subprocess.run([BIN / "visionops", "run", "--help"], capture_output=True, text=True, timeout=30).stdout
        for flag in set(re.findall(r"--(?:keep-going|prune|store|dry-run|no-history|data)\b", text)):
            self.assertIn(flag, run)


if __name__ == "__main__":
    unittest.main()
