#!/bin/bash
# tests/bench/train/run.sh BIN [ROUNDS]: the built-in trainer beside PyTorch 2.15, eager, on the CPU.
# PyTorch's wheel is the CUDA build: 600 MB, and it names CUDA libraries that tools/fetch-libtorch --cuda has (2 GB, once).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${1:?usage: run.sh BIN [ROUNDS]}
venv=$("$here/../python-environment" torch-2.15 "$here/requirements.txt" --no-deps)
libraries=$("$here/../../../tools/fetch-libtorch" --cuda)/lib
exec "$venv/bin/python" "$here/measure.py" --bin "$bin" --python "$venv/bin/python" --libraries "$libraries" --rounds "${2:-5}"
