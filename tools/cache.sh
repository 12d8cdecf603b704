# Sourced by the tools that put programs into the cache outside the tree (VISIONOPS_CACHE, default ~/.cache/visionops).
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(dirname "$tools")

cached() { # name: that folder of the cache; not made
  echo "${VISIONOPS_CACHE:-${HOME:?set HOME or VISIONOPS_CACHE}/.cache/visionops}/$1"
}

key() { # what a folder is made of, on standard input: sixteen digits for its name
  sha256sum | cut -c1-16
}

alone() { # name: one process at a time from here on; another one waits, and then finds what was made
  mkdir -p "$(cached "")"
  exec 9>"$(cached ".$1-lock")"
  flock 9
}

# Prints the folder and ends when it is whole. Else whoever comes second waits here for the first.
ready() { # folder, name of its lock
  [ -e "$1/complete" ] || alone "$2"
  [ ! -e "$1/complete" ] || { echo "$1"; exit 0; }
  mkdir -p "$1"
}

with_go() { # the search path gets a Go that is new enough
  local go
  go=$("$tools/provide-go") || exit 3
  PATH=$go:$PATH
}

# Builds one program of a pinned module, with one line to say so; a half-built folder goes on where it stopped.
build() { # module folder, package, program to make, linker flags
  [ ! -x "$3" ] || return 0
  local started=$SECONDS
  echo "building $(basename "$3") (once)" >&2
  (cd "$1" && CGO_ENABLED=0 go build -p "${VISIONOPS_JOBS:-2}" -trimpath -ldflags "-s -w ${4:-}" -o "$3.new" "$2" 9>&- \
    2> >(grep -v '^go: downloading ' >&2))
  mv "$3.new" "$3"
  echo "built $(basename "$3") in $((SECONDS - started)) s" >&2
}

finish() { # folder
  touch "$1/complete"
  echo "$1"
}
