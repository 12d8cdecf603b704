#!/bin/bash
# tests/bench/run.sh BIN [ROUNDS]: VisionOps beside Datumaro 1.13 and OpenCV on one generated dataset, in the same run.
# Dataset and Datumaro's virtual environment are kept in ${VISIONOPS_BENCH_DIR:-~/.cache/visionops/bench}.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
bin=${1:?usage: run.sh BIN [ROUNDS]}
rounds=${2:-5}
cache=${VISIONOPS_BENCH_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/visionops/bench}
set_folder=$cache/coco-10000-73000
venv=$("$here/python-environment" datumaro-1.13 "$here/requirements.txt")
if [ ! -e "$set_folder/annotations/instances_train.json" ]; then
  rm -rf "$set_folder"
  mkdir -p "$set_folder"
  "$bin/visionops-bench-data" "$set_folder"
fi
"$venv/bin/python" "$here/measure.py" --bin "$bin" --set "$set_folder" --python "$venv/bin/python" --rounds "$rounds" --json "$cache/figures.json"
"$bin/visionops-bench-recode" "$set_folder" --rounds "$rounds"
