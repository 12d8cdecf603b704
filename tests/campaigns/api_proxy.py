"""A proxy between one operator and the real API server: what a test wants goes wrong with a request, all else passes."""

import http.client
import http.server
import json
import pathlib
import re
import socket
import ssl
import threading
import typing
import urllib.parse

from kube_client import KubeClient

JSON = "application/json"
HOP_BY_HOP = ("connection", "transfer-encoding", "content-length", "keep-alive")


class Asked(typing.NamedTuple):
    """A request of the operator."""
    method: str
    path: str
    query: str
    body: bytes

    @property
    def watches(self):
        return "watch=true" in self.query

    @property
    def writes(self):
        return self.method != "GET"

    @property
    def what(self):
        """ "PATCH datasets/street/status": the kind, and the name where the path or the body has one."""
        parts = self.path.split("/")
        rest = parts[parts.index("namespaces") + 2:] if "namespaces" in parts else parts[-1:]
        named = re.search(rb'"metadata":\{[^{}]*"name":"([^"]+)"', self.body) if self.method == "POST" else None
        return " ".join([self.method, "/".join(rest + ([named.group(1).decode()] if named else []))])


class Verdict(typing.NamedTuple):
    """What becomes of a request. The default: it passes."""
    answer: tuple | None = None      # (status, headers, body): the API server never hears of the request
    unheard: bool = False            # the connection is closed, and the API server never hears of the request
    unanswered: bool = False         # the API server does what it is asked, and the connection is closed
    then: typing.Callable | None = None  # called when the API server has answered, before the operator hears
    spoil: typing.Callable | None = None  # bytes of a reply, or of a part of a watch -> (bytes, whether the connection ends)


PASS = Verdict()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path, _, query = self.path.partition("?")
        proxy = self.server.proxy
        asked = Asked(self.command, path, query, body)
        verdict = proxy.policy(asked)
        if verdict.answer:
            return self._reply(*verdict.answer)
        if verdict.unheard:
            return self._hang_up()
        link = http.client.HTTPSConnection(proxy.far.hostname, proxy.far.port, context=proxy.trust, timeout=700)
        try:
            self._pass_on(proxy, asked, verdict, link)
        except (OSError, http.client.HTTPException):
            self._hang_up()
        finally:
            proxy.links.discard(link)
            link.close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815 the names of http.server

    def _pass_on(self, proxy, asked, verdict, link):
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("host", *HOP_BY_HOP)}
        proxy.links.add(link)
        link.request(asked.method, proxy.shown(asked), asked.body or None, headers)
        reply = link.getresponse()
        if asked.watches and reply.status == 200:
            return self._stream(proxy, reply, verdict.spoil)
        text = reply.read()
        if verdict.then:
            verdict.then()
        if verdict.unanswered:
            return self._hang_up()
        ends = False
        if verdict.spoil:
            text, ends = verdict.spoil(text)
        kept = {k: v for k, v in reply.getheaders() if k.lower() not in HOP_BY_HOP}
        self._reply(reply.status, kept, text, cut=ends)

    def _reply(self, status, headers, text, cut=False):
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text[:len(text) // 2] if cut else text)
        if cut:
            self._hang_up()

    def _stream(self, proxy, reply, spoil):
        self.send_response_only(200)
        self.send_header("Content-Type", reply.headers["Content-Type"])
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        ends = False
        while not ends:
            data = reply.read1(65536)
            proxy.streams_flow.wait()
            if spoil and data:
                data, ends = spoil(data)
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()
            if not data:
                return
        self._hang_up()

    def _hang_up(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # the operator is gone

    def log_message(self, *_):
        pass


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def finish_request(self, request, client_address):
        """The handshake on the thread of the connection: a slow one holds up nobody."""
        try:
            super().finish_request(self.tls.wrap_socket(request, server_side=True), client_address)
        except OSError:
            pass


class ApiProxy:
    """`policy` is asked about every request, on the thread of its connection."""

    def __init__(self, kubeconfig, policy=lambda asked: PASS):
        self.policy = policy
        self.client = KubeClient(kubeconfig)
        self.far, self.trust = self.client.address, self.client.trust
        self.links = set()
        self.past = None                     # a resourceVersion: lists show the cluster as it was then
        self.past_lists = 0
        self.streams_flow = threading.Event()  # while it is clear watches are silent
        self.streams_flow.set()
        folder = pathlib.Path(kubeconfig).parent
        self.server = _Server(("127.0.0.1", 0), _Handler)
        self.server.proxy = self
        self.server.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.server.tls.load_cert_chain(folder / "apiserver.crt", folder / "apiserver.key")
        port = self.server.server_address[1]
        self.kubeconfig = folder / f"kubeconfig-proxy-{port}"
        self.kubeconfig.write_text(pathlib.Path(kubeconfig).read_text().replace(f":{self.far.port}'", f":{port}'"))
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def shown(self, asked):
        """The path and query that the API server gets."""
        query, past = asked.query, self.past
        below = asked.path.partition("/namespaces/")[2].split("/")
        if past and asked.method == "GET" and not asked.watches and len(below) == 2:
            self._showed_past()
            kept = [(k, v) for k, v in urllib.parse.parse_qsl(query) if k not in ("resourceVersion", "resourceVersionMatch")]
            query = urllib.parse.urlencode([*kept, ("resourceVersion", past), ("resourceVersionMatch", "Exact")])
        return asked.path + ("?" + query if query else "")

    def version(self):
        """The newest resourceVersion of the cluster."""
        return self.client.call("GET", "/api/v1/namespaces?limit=1")["metadata"]["resourceVersion"]

    def freeze(self, seconds):
        """Watches are silent for a while."""
        self.streams_flow.clear()
        threading.Timer(seconds, self.thaw).start()

    def freeze_at(self, version, seconds):
        """Watches are silent and lists show the cluster as it was, from now until a while after the first such list."""
        self.past, self.past_seconds = version, seconds
        self.streams_flow.clear()

    def _showed_past(self):
        self.past_lists += 1
        if self.past_lists == 1:
            threading.Timer(self.past_seconds, self.thaw).start()

    def thaw(self):
        self.past = None
        self.streams_flow.set()

    def cut(self):
        """Ends the connections to the API server that a dead operator has left."""
        for link in list(self.links):
            try:
                link.sock.shutdown(socket.SHUT_RDWR)
            except (OSError, AttributeError):
                pass

    def close(self):
        self.thaw()
        self.server.shutdown()
        self.server.server_close()
        self.cut()
        self.thread.join(timeout=30)


def status_answer(code, reason, message, **headers):
    """As an API server refuses."""
    body = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message, "reason": reason, "code": code}
    return code, {"Content-Type": JSON, **headers}, json.dumps(body).encode()
