#!/bin/bash
# tests/growth/task/check.sh BIN: the toy task, built into BIN/visionops-train, learns its line.
set -euo pipefail
bin=${1:?usage: check.sh BIN}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/stores/any/points" "$folder/pod"
export VISIONOPS_STORES=$folder/stores VISIONOPS_POD_DIR=$folder/pod VISIONOPS_TERMINATION_LOG=$folder/result.json
export VISIONOPS_ANSWERS_DIR=$folder/answers
set_of='{"name": "points", "store": "any", "path": "points", "format": "COCO"}'
export VISIONOPS_RUN="{\"owner\": {\"kind\": \"TrainingJob\", \"name\": \"toy\"}, \"train\": {\"task\": \"AnomalyDetection\",
  \"model\": \"toy_line\", \"train\": $set_of, \"val\": $set_of, \"epochs\": 2, \"batchSize\": 4, \"learningRate\": 0.1,
  \"extra\": {\"slope\": 3, \"threads\": 1}}}"
"$bin/visionops-train" | tee "$folder/log"
grep -q "Epoch 2/2  loss .*  error " "$folder/log"
grep -q '"bestMetric":"error"' "$folder/result.json"
refusal=$(VISIONOPS_RUN=${VISIONOPS_RUN/\"slope\": 3/\"slope\": 30} "$bin/visionops-train" 2>&1) && exit 1
grep -q "extra.slope: must be at most 10" <<<"$refusal"
echo "the toy task trains"
