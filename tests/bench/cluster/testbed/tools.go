//go:build tools

// Package testbed pins the storage of the bench's control plane: Debian's etcd is too old for an API server to answer
// lists from its cache.
package testbed

import (
	_ "go.etcd.io/etcd/server/v3"
)
