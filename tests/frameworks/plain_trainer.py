"""A trainer of a few lines that breaks as it is told, in the moment that it notes in a file.

    plain_trainer.py --epochs 5 --fault NAME --at 3 --mark FILE [--resume CHECKPOINT] [--seconds 0.3]

Each epoch is a line, a row of metrics.csv and a checkpoint, in this order; the fault comes in the middle of the next one.
"""

import argparse
import csv
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile


def crash():
    ctypes.string_at(0)


def deadlock():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()  # the line that a stack has to show


def leave_grandchild(code):
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    sys.exit(code)


def talk():
    line = ("x" * 1023 + "\n") * 1024
    for _ in range(200):
        sys.stdout.write(line)


def memory():
    import resource
    import torch
    resource.setrlimit(resource.RLIMIT_AS, (5 << 30, 5 << 30))
    torch.ones(6 << 28)


def fill():
    held = []
    while True:
        held.append(b"x" * (1 << 24))


def class_out_of_range():
    import torch
    torch.nn.functional.cross_entropy(torch.zeros(2, 3), torch.tensor([1, 5]))


FAULTS = {
    "none": lambda: None,
    "exit-0": lambda: sys.exit(0),
    "exit-3": lambda: sys.exit(3),
    "crash": crash,
    "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "deadlock": deadlock,
    "grandchild-1": lambda: leave_grandchild(1),
    "grandchild-0": lambda: leave_grandchild(0),
    "talk": talk,
    "interrupt": lambda: os.kill(os.getpid(), signal.SIGINT),
    "memory": memory,
    "fill": fill,
    "class": class_out_of_range,
}


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--epochs", type=int, required=True)
    p.add_argument("--fault", default="none")
    p.add_argument("--at", type=int, default=3)
    p.add_argument("--mark", required=True)
    p.add_argument("--resume", default="")
    p.add_argument("--seconds", type=float, default=0.3)
    args = p.parse_args()
    first = 1
    if args.resume:
        with zipfile.ZipFile(args.resume) as file:
            first = int(file.read("epoch")) + 1
        print(f"Resuming from {args.resume}: epoch {first}")
    began = not os.path.exists("metrics.csv")
    for epoch in range(first, args.epochs + 1):
        time.sleep(args.seconds)
        if epoch == args.at and args.fault not in ("none", "nan", "grandchild-0"):
            print(f"Epoch {epoch}/{args.epochs} step 1/2 loss: {1 / epoch}")
            sys.stdout.flush()
            open(args.mark, "w").close()
            FAULTS[args.fault]()
        loss = float("nan") if args.fault == "nan" and epoch >= args.at else 1 / epoch
        print(f"Epoch {epoch}/{args.epochs} loss: {loss}", flush=True)
        with open("metrics.csv", "a", newline="") as file:
            out = csv.writer(file)
            if began:
                out.writerow(["epoch", "loss", "accuracy"])
                began = False
            out.writerow([epoch, loss, 1 - 0.5 / epoch])
        with zipfile.ZipFile(f"checkpoint-{epoch}.pt", "w") as file:
            file.writestr("epoch", str(epoch))
            file.writestr("weights", os.urandom(20000))
    open(args.mark, "w").close()
    if args.fault == "grandchild-0":
        leave_grandchild(0)


if __name__ == "__main__":
    main()
