"""A small client of the API server: one kept connection a thread, JSON, watches by line. kubectl starts too slowly
for ten thousand objects."""

import http.client
import json
import pathlib
import re
import socket
import ssl
import threading
import time
import urllib.parse


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body[:500]}")
        self.status = status


def _value(text, key):
    return re.search(rf"{key}: *'?([^,'}}\s]+)", text).group(1)


# Sooner than an API server closes a connection that nobody uses.
IDLE_SECONDS = 30


class ApiClient:
    """Any thread may call any function; each has a connection of its own."""

    def __init__(self, kubeconfig):
        """`kubeconfig` as tests/cluster/processes.sh writes them: one cluster, one user, files beside it."""
        path = pathlib.Path(kubeconfig)
        text = path.read_text()
        server = urllib.parse.urlparse(_value(text, "server"))
        self.host, self.port = server.hostname, server.port
        self.tls = ssl.create_default_context(cafile=path.parent / _value(text, "certificate-authority"))
        self.tls.load_cert_chain(path.parent / _value(text, "client-certificate"), path.parent / _value(text, "client-key"))
        self.own = threading.local()

    def connect(self, timeout=60):
        connection = http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=timeout)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def request(self, method, path, body=None, content_type="application/json"):
        connection = getattr(self.own, "connection", None)
        if connection is None or time.monotonic() - self.own.used > IDLE_SECONDS:
            connection = self.own.connection = self.connect()
        self.own.used = time.monotonic()
        try:
            connection.request(method, path, json.dumps(body) if body is not None else None, {"Content-Type": content_type})
            reply = connection.getresponse()
            text = reply.read()
        except (OSError, http.client.HTTPException):
            self.own.connection = None
            raise
        if reply.status >= 300:
            raise ApiError(reply.status, text.decode(errors="replace"))
        return text

    def get(self, path):
        return json.loads(self.request("GET", path))

    def create(self, path, body):
        return self.request("POST", path, body)

    def pages(self, path, size=500):
        """Every page of a list."""
        token = ""
        while True:
            page = self.get(f"{path}?limit={size}&continue={urllib.parse.quote(token)}")
            yield page
            token = page["metadata"].get("continue", "")
            if not token:
                return

    def items(self, path):
        return [item for page in self.pages(path) for item in page["items"]]

    def watch(self, path, version, stop):
        """(time of arrival, event) for each event until `stop` is set or the server ends the watch."""
        connection = self.connect(timeout=5)
        try:
            connection.request("GET", f"{path}?watch=true&allowWatchBookmarks=true&timeoutSeconds=3600&resourceVersion={version}")
            reply = connection.getresponse()
            while not stop.is_set():
                try:
                    line = reply.readline()
                except TimeoutError:
                    # http.client refuses to read on after a time-out; a quiet watch is opened again.
                    return
                arrived = time.monotonic()
                if not line:
                    return
                yield arrived, json.loads(line)
        finally:
            connection.close()


def in_parallel(work, items, threads):
    """Calls `work` for each item from `threads` threads; the first exception ends it and is raised here."""
    todo = iter(list(items))
    lock = threading.Lock()
    failures = []

    def body():
        while not failures:
            with lock:
                item = next(todo, None)
            if item is None:
                return
            try:
                work(item)
            except Exception as failure:  # noqa: BLE001 - raised again below
                failures.append(failure)

    running = [threading.Thread(target=body) for _ in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if failures:
        raise failures[0]
