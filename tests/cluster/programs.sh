# Sourced by what runs a control plane: puts the kubectl of tools/build-testbed and an etcd first in the search path, so that
# tests run alike on every machine. What is missing is given to `missing`, which the sourcing script has and which ends it.
programs_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

find_programs() {
  local program testbed daemons
  for program in openssl python3; do
    command -v "$program" >/dev/null || missing "$program is missing"
  done
  testbed=$("$programs_root/tools/build-testbed") || missing "the control plane could not be built"
  daemons=$("$programs_root/tools/unpack-daemons") || missing "etcd could not be had"
  if [ "${CONTROL_PLANE_CURRENT_ETCD:-}" = 1 ]; then
    CONTROL_PLANE_ETCD=$("$programs_root/tools/build-etcd")/etcd || missing "etcd could not be built"
    export CONTROL_PLANE_ETCD
  fi
  export PATH=$testbed:$daemons:$PATH
}
