//go:build tools

// Package testbed pins the Kueue that the cluster tests run.
package testbed

import (
	_ "sigs.k8s.io/kueue/cmd/kueue"
)
