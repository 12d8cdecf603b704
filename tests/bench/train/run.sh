#!/bin/bash
# tests/bench/train/run.sh BIN [ROUNDS]: the built-in trainer beside PyTorch 2.15, eager, on the CPU.
# PyTorch's wheel is the CUDA build: 600 MB, and it names CUDA libraries that tools/fetch-libtorch --cuda has (2 GB, once).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${1:?usage: run.sh BIN [ROUNDS]}
cache=${VISIONOPS_BENCH_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/visionops/bench}
venv=$cache/torch-2.15
mkdir -p "$cache"
if [ ! -e "$venv/complete" ]; then
  echo "installing PyTorch 2.15 into $venv"
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$here/requirements.txt"
  touch "$venv/complete"
fi
libraries=$("$here/../../../tools/fetch-libtorch" --cuda)/lib
exec "$venv/bin/python" "$here/measure.py" --bin "$bin" --python "$venv/bin/python" --libraries "$libraries" --rounds "${2:-5}"
