//go:build tools

// Package testbed pins the Kubernetes binaries that make a node out of the test's machine.
package testbed

import (
	_ "k8s.io/kubernetes/cmd/kube-proxy"
	_ "k8s.io/kubernetes/cmd/kube-scheduler"
	_ "k8s.io/kubernetes/cmd/kubelet"
)
