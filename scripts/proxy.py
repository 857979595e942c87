"""A TCP proxy that can cut, stall and swallow: the network between a worker and a broker or the portal."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading

#: pass: all goes through. cut: connections are reset, new ones too. stall: nothing moves in either direction, nothing
#: is lost. swallow: what the client sends arrives, the answers do not, until the connection is cut at the end.
MODES = ("pass", "cut", "stall", "swallow")

_LINGER_ZERO = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on a port of its own and forwards to 127.0.0.1:`target`. Its event loop runs on a thread of its own."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._mode = "pass"
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._moving = asyncio.Event()
        self._moving.set()
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def mode(self, name: str) -> None:
        if name not in MODES:
            raise ValueError(name)
        self._loop.call_soon_threadsafe(self._switch, name)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    async def _end(self) -> None:
        self._server.close()
        self._switch("cut")
        if tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(tasks, timeout=2)

    def _switch(self, name: str) -> None:
        if name == "cut" or self._mode == "swallow":
            for writer in list(self._open):
                _reset(writer)
        self._mode = name
        if name == "stall":
            self._moving.clear()
        else:
            self._moving.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode == "cut":
            _reset(writer)
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _reset(writer)
            return
        self._open |= {writer, far_writer}
        try:
            await asyncio.gather(self._pump(reader, far_writer, False), self._pump(far_reader, writer, True))
        finally:
            self._open -= {writer, far_writer}
            writer.close()
            far_writer.close()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: bool) -> None:
        try:
            while data := await reader.read(65536):
                await self._moving.wait()
                if answers and self._mode == "swallow":
                    continue
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    """Ends a connection with a reset, not with an orderly close."""
    connection = writer.get_extra_info("socket")
    if connection is not None:
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        except OSError:
            pass
    writer.transport.abort()
