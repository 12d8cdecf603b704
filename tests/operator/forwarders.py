"""Forwarders between the operator, the API servers and etcd, each with a fault that a test can switch on."""

import asyncio
import collections
import enum
import struct
import threading

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, WINDOW_UPDATE = 0, 1, 8
END_STREAM = 1


class Forwarder:
    """Listens on a loopback port; its connections are served by a thread of its own."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.links = set()  # of the loop: writers of open connections
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.server = self._wait(asyncio.start_server(self._guarded, "127.0.0.1", 0))
        self.port = self.server.sockets[0].getsockname()[1]

    def _wait(self, job):
        return asyncio.run_coroutine_threadsafe(job, self.loop).result(30)

    async def _guarded(self, reader, writer):
        self.links.add(writer)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # an end closed
        finally:
            self.links.discard(writer)
            writer.close()

    async def _serve(self, reader, writer):
        raise NotImplementedError

    async def _cut(self):
        for link in list(self.links):
            link.transport.abort()

    def close(self):
        async def end():
            self.server.close()
            await self._cut()
            await asyncio.sleep(0.1)  # the connections see it
        self._wait(end())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(timeout=30)
        self.loop.close()


async def both(*pumps):
    """Ends when the first of them does."""
    tasks = [asyncio.ensure_future(pump) for pump in pumps]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


class Switch(Forwarder):
    """TCP to one of several ports; switching ends every connection, as a load balancer does whose backend is gone."""

    def __init__(self, port):
        self.target = port
        super().__init__()

    def to(self, port):
        async def change():
            self.target = port
            await self._cut()
        self._wait(change())

    async def _serve(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        self.links.add(far_writer)
        try:
            await both(copy(reader, far_writer), copy(far_reader, writer))
        finally:
            self.links.discard(far_writer)
            far_writer.close()


class EtcdFault(enum.Enum):
    NONE = "nothing is held back"
    WATCHES = "what changes is held back; reads and writes work: the API server's watch cache falls behind"
    REPLIES = "every reply is held back: writes take effect, but nobody hears of it"


class Connection:
    """One HTTP/2 connection of an API server to etcd. The streams of watches are those on which the client has not
    finished speaking when the server answers; a unary call ends its side with the request."""

    def __init__(self, writer, far_writer):
        self.writer = writer
        self.far_writer = far_writer
        self.speaking = set()
        self.held = collections.deque()
        self.held_streams = set()

    def from_client(self, kind, flags, stream, frame):
        if kind == HEADERS:
            self.speaking.add(stream)
        if kind in (HEADERS, DATA) and flags & END_STREAM:
            self.speaking.discard(stream)
        self.far_writer.write(frame)

    def from_server(self, kind, stream, frame, fault):
        watch = kind == DATA and stream in self.speaking
        hold = fault is EtcdFault.REPLIES or (fault is EtcdFault.WATCHES and watch) or stream in self.held_streams
        if not hold:
            self.writer.write(frame)
            return
        self.held.append(frame)
        if stream:
            self.held_streams.add(stream)
        if kind == DATA and len(frame) > 9:  # else etcd would stop sending on this connection
            for id_ in (0, stream):
                self.far_writer.write(struct.pack(">I", 4)[1:] + bytes([WINDOW_UPDATE, 0]) + struct.pack(">II", id_, len(frame) - 9))

    def release(self):
        for frame in self.held:
            self.writer.write(frame)
        self.held.clear()
        self.held_streams.clear()


async def frames(reader):
    while True:
        head = await reader.readexactly(9)
        length = int.from_bytes(head[:3], "big")
        yield head[3], head[4], int.from_bytes(head[5:9], "big") & 0x7FFFFFFF, head + await reader.readexactly(length)


class EtcdForwarder(Forwarder):
    def __init__(self, port):
        self.etcd = port
        self.fault = EtcdFault.NONE
        self.connections = set()
        super().__init__()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def set(self, fault):
        async def change():
            self.fault = fault
            for connection in self.connections:
                connection.release()
        self._wait(change())

    def held(self):
        """How many frames wait."""
        return sum(len(connection.held) for connection in self.connections)

    async def _serve(self, reader, writer):
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.etcd)
        self.links.add(far_writer)
        connection = Connection(writer, far_writer)
        self.connections.add(connection)
        try:
            preface = await reader.readexactly(len(PREFACE))
            if preface != PREFACE:
                raise AssertionError(f"not HTTP/2: {preface}")
            far_writer.write(preface)
            await both(self._up(reader, connection), self._down(far_reader, connection))
        finally:
            self.connections.discard(connection)
            self.links.discard(far_writer)
            far_writer.close()

    async def _up(self, reader, connection):
        async for kind, flags, stream, frame in frames(reader):
            connection.from_client(kind, flags, stream, frame)
            await connection.far_writer.drain()

    async def _down(self, reader, connection):
        async for kind, _, stream, frame in frames(reader):
            connection.from_server(kind, stream, frame, self.fault)
            await connection.writer.drain()
