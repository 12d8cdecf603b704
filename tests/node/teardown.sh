# How the test node ends. Sourced by tests/node/node. Every step works alone and on what is left of a
# start that failed.

# Where the parts write whatever they are told; removed if they were not there before.
fixed_places=(/run/containerd /run/netns /var/lib/cni /var/lib/kubelet /var/log/containers)

note_places() {
  local place
  for place in "${fixed_places[@]}"; do [ -e "$place" ] || echo "$place"; done >"$folder/places-made"
}

remove_places() {
  local place
  # rm stays on one file system: a mount that could not be removed keeps what is in it.
  while read -r place; do rm -rf --one-file-system "$place"; done <"$folder/places-made"
}

containers() { ctr --address "$socket" "$@"; }

pod_cgroups() { find /sys/fs/cgroup -maxdepth 2 -name kubepods -type d 2>/dev/null; }

remove_containers() {
  local id
  for id in $(containers --namespace k8s.io task list --quiet 2>/dev/null); do
    containers --namespace k8s.io task delete --force "$id" >/dev/null 2>&1 || true
  done
  for id in $(containers --namespace k8s.io container list --quiet 2>/dev/null); do
    containers --namespace k8s.io container delete "$id" >/dev/null 2>&1 || true
  done
}

# Those that outlived containerd name its socket in their arguments.
end_shims() {
  local id
  for id in $(pgrep -f "containerd-shim-runc-v2 .*-address $socket"); do
    [ "$id" = $$ ] || kill -9 "$id" 2>/dev/null || true
  done
}

# Those under the folder, the deepest first; a lazy one would only hide what still uses it.
remove_mounts() {
  local place
  awk -v folder="$folder/" 'index($2, folder) == 1 {print $2}' /proc/mounts | sort -r | while read -r place; do
    umount "$place" 2>/dev/null || umount --lazy "$place"
  done
}

# With a network namespace its link to the host goes too.
remove_networks() {
  local place
  for place in /run/netns/cni-*; do
    [ -e "$place" ] && ! grep -qxF "$place" "$folder/netns-before" || continue
    umount "$place" 2>/dev/null || true
    rm -f "$place"
  done
  nft delete table inet visionops-policies 2>/dev/null || true
  nft delete table ip kube-proxy 2>/dev/null || true
  nft delete table ip6 kube-proxy 2>/dev/null || true
  ip link delete "$node_interface" 2>/dev/null || true
  [ ! -e "$folder/ip_forward" ] || cat "$folder/ip_forward" >/proc/sys/net/ipv4/ip_forward
}

remove_cgroups() {
  local group
  for group in $(pod_cgroups); do
    find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
  done
}

stop() {
  trap - EXIT
  set +e
  # A folder that never started owns nothing: its neighbour's network stays.
  [ -e "$folder/netns-before" ] || return 0
  halt kubelet
  remove_containers
  halt containerd policies coredns kube-proxy
  end_shims
  "$here/../cluster/control-plane" stop "$folder"
  remove_mounts
  remove_networks
  remove_cgroups
  remove_places
  rm -rf --one-file-system "$folder"/{containerd,containerd-state,kubelet,etcd,addresses,opt,places-made,netns-before,ip_forward}
}
