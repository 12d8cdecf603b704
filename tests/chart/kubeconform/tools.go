//go:build tools

// Package tools pins the kubeconform that the chart tests run.
package tools

import _ "github.com/yannh/kubeconform/cmd/kubeconform"
