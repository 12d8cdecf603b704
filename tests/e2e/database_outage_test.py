"""PostgreSQL dies in the middle and comes back: the run finishes and the history is complete."""

import os
import pathlib
import signal
import unittest

from laptop import LaptopTest


def postmaster(data):
    for proc in pathlib.Path("/proc").iterdir():
        if not proc.name.isdigit():
            continue
        try:
            arguments = (proc / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"postgres" in arguments[0] and any(str(data).encode() in a for a in arguments):
            return int(proc.name)
    return None


class DatabaseOutage(LaptopTest):
    def test_the_history_is_complete_afterwards(self):
        laptop = self.laptop
        process = laptop.start(laptop.manifests(epochs=4))
        laptop.wait_until(lambda: (laptop.run_folder() / "epoch-0001.json").exists(), process, 300, "first checkpoint")
        server = postmaster(laptop.data)
        self.assertIsNotNone(server, "no private PostgreSQL is running")
        os.kill(server, signal.SIGKILL)
        output, _ = process.communicate(timeout=300)
        self.assertEqual(process.returncode, 0, output)
        epochs = laptop.sql("SELECT array_to_string(array_agg(DISTINCT epoch ORDER BY epoch), ',') AS epochs "
                            "FROM visionops.metrics WHERE name = 'map50'")
        self.assertEqual(epochs, [{"epochs": "1,2,3,4"}])
        rows = laptop.sql("SELECT status FROM visionops.training_jobs")
        self.assertEqual(rows, [{"status": "DONE"}])


if __name__ == "__main__":
    unittest.main()
