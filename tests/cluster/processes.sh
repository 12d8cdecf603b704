# What the control plane and the node of the tests share: processes with a recorded id, ports, certificates.
# Sourced, with $folder set; works in $folder.

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

certificate() { # name, subject, extensions
  openssl req -new -newkey rsa:2048 -nodes -keyout "$folder/$1.key" -subj "$2" -out "$folder/$1.csr" 2>/dev/null
  openssl x509 -req -in "$folder/$1.csr" -CA "$folder/ca.crt" -CAkey "$folder/ca.key" -CAcreateserial -days 2 \
    -extfile <(printf '%s' "$3") -out "$folder/$1.crt" 2>/dev/null
}

launch() { # name, command; without descriptor 9, which may be a lock
  local name=$1
  shift
  setsid "$@" >"$folder/$name.log" 2>&1 </dev/null 9>&- &
  echo $! >"$folder/$name.pid"
}

# Not `kill -0`: a process that has ended stays a zombie for as long as its new parent likes.
alive() { # id
  grep -qs '^State:[[:space:]]*[^Z[:space:]]' "/proc/$1/status"
}

halt() { # name...
  local name id
  for name in "$@"; do
    [ ! -e "$folder/$name.pid" ] || kill "$(cat "$folder/$name.pid")" 2>/dev/null || true
  done
  for name in "$@"; do
    [ -e "$folder/$name.pid" ] || continue
    id=$(cat "$folder/$name.pid")
    for _ in $(seq 50); do alive "$id" || break; sleep 0.1; done
    kill -9 "$id" 2>/dev/null || true
    rm -f "$folder/$name.pid"
  done
}

write_kubeconfig() { # file, server, name of certificate and key
  cat >"$folder/$1" <<YAML
apiVersion: v1
kind: Config
current-context: test
clusters: [{name: test, cluster: {server: '$2', certificate-authority: ca.crt}}]
users: [{name: $3, user: {client-certificate: $3.crt, client-key: $3.key}}]
contexts: [{name: test, context: {cluster: test, user: $3, namespace: default}}]
YAML
}
