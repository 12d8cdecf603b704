# The configuration files of the test node. Sourced by tests/node/node, with $folder, $node_address,
# $pod_range and $socket set.

write_containerd_settings() {
  mkdir -p "$folder/cni"
  cat >"$folder/containerd.toml" <<TOML
version = 2
root = "$folder/containerd"
state = "$folder/containerd-state"
oom_score = 0
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs"]
[grpc]
  address = "$socket"
[plugins."io.containerd.internal.v1.opt"]
  path = "$folder/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "$pause_image"
  # A host without CAP_SYS_RESOURCE cannot lower the score, and runc ends without saying so.
  restrict_oom_score_adj = true
  stream_server_address = "127.0.0.1"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "$folder/cni"
TOML
  # A routed link per Pod and no bridge: packets between Pods pass the host's address translation both
  # ways, which a Service needs, without a kernel module for that.
  cat >"$folder/cni/10-pods.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "visionops-node", "plugins": [
  {"type": "ptp", "ipMasq": false, "mtu": 1500,
   "ipam": {"type": "host-local", "dataDir": "$folder/addresses", "ranges": [[{"subnet": "$pod_range"}]],
            "routes": [{"dst": "0.0.0.0/0"}]}}]}
JSON
}

write_kubelet_settings() { # port
  printf 'nameserver %s\n' "$node_address" >"$folder/resolv.conf"
  cat >"$folder/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $node_address
port: $1
healthzPort: 0
readOnlyPort: 0
containerRuntimeEndpoint: unix://$socket
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $folder/ca.crt}
authorization: {mode: Webhook}
cgroupDriver: cgroupfs
failCgroupV1: false
failSwapOn: false
enforceNodeAllocatable: []
# Neither a full disk nor old images of the host are this node's business.
evictionHard: {}
imageGCHighThresholdPercent: 100
makeIPTablesUtilChains: false
clusterDNS: [$node_address]
clusterDomain: cluster.local
resolvConf: $folder/resolv.conf
podLogsDir: $folder/pod-logs
volumePluginDir: $folder/volume-plugins
# Short, so that a test does not wait for the next look.
syncFrequency: 10s
nodeStatusUpdateFrequency: 5s
YAML
}

write_dns_settings() {
  cat >"$folder/Corefile" <<TEXT
.:53 {
  bind $node_address
  errors
  kubernetes cluster.local {
    kubeconfig $folder/kubeconfig test
  }
}
TEXT
}
