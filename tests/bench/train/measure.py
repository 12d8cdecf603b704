"""Steps of the built-in trainer and of PyTorch on the same weights and batches, in turns: medians, ratio, losses."""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile

HERE = pathlib.Path(__file__).parent
LOSSES_DIFFER = 1e-4  # relative; a few steps from equal weights stay within rounding


def run(command, environment=None):
    """What the command printed; ends the measurement when it failed."""
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    return done.stdout


def facts(command, environment=None):
    return json.loads(run(command, environment).splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--python", required=True)
    parser.add_argument("--libraries", required=True, help="folder with the CUDA libraries that PyTorch's wheel names")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--steps", type=int, default=40)
    options = parser.parse_args()
    program, threads = pathlib.Path(options.bin) / "visionops-bench-train", os.cpu_count()
    environment = {**os.environ, "LD_LIBRARY_PATH": options.libraries}
    with tempfile.TemporaryDirectory() as folder:
        run([program, "prepare", folder])
        ours, theirs = [], []
        for _ in range(options.rounds):
            ours.append(facts([program, "run", folder, "--steps", options.steps, "--threads", threads]))
            theirs.append(facts([options.python, "-W", "ignore", HERE / "pytorch_task.py", folder, options.steps, threads],
                                environment))
    for a, b in zip(ours[0]["losses"], theirs[0]["losses"], strict=True):
        if abs(a - b) > LOSSES_DIFFER * abs(b):
            raise SystemExit(f"the losses differ: {ours[0]['losses']} and {theirs[0]['losses']}")
    a, b = (statistics.median(run["seconds"] for run in runs) for runs in (ours, theirs))
    same = "equal to the last digit" if ours[0]["losses"] == theirs[0]["losses"] else f"equal within {LOSSES_DIFFER}"
    print(f"centernet_nano, 16 pictures of 128 x 128 a step, {threads} CPUs, median of {options.rounds} runs in turns")
    print(f"losses of the first steps: {', '.join(f'{x:.4f}' for x in ours[0]['losses'])}; {same}")
    print(f"step: VisionOps {a * 1000:.0f} ms, PyTorch 2.15 eager {b * 1000:.0f} ms, {b / a:.2f}x")


main()
