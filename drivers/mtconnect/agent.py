"""Asking an MTConnect agent: its description, its present values, and the stream of what follows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from drivers.mtconnect.documents import Document, DocumentReader, WrongDocument
from drivers.mtconnect.http import AgentLost, Parts, Response, get

OUT_OF_RANGE = "OUT_OF_RANGE"
FILTER_ERRORS = ("INVALID_XPATH", "INVALID_PATH", "INVALID_URI", "UNSUPPORTED")
MOST_FILTERED_ITEMS = 40
MAX_COUNT = 2000
_LONGEST_TIMEOUTS = 10


class AgentRefused(Exception):
    """The agent answered with an MTConnectError document: its error code and its words."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"the agent refuses: {code} {text}"[:200].strip())
        self.code = code


class Agent:
    """One agent's requests.

    No answer within ``timeout_s``, or none that is whole within ten times that, raises AgentLost; an error document raises
    AgentRefused.
    """

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        self._host = host
        self._port = port
        self._timeout_s = timeout_s

    async def probe(self) -> Document:
        """What the agent has."""
        return await self._ask("/probe", "MTConnectDevices")

    async def current(self, item_ids: Sequence[str] = ()) -> Document:
        """The latest observation of each data item (all when none is named)."""
        return await self._ask("/current" + _query(item_ids), "MTConnectStreams")

    async def open_stream(
        self, item_ids: Sequence[str], first: int, interval_s: float, heartbeat_s: float, buffer_size: int
    ) -> ObservationStream:
        """The stream from the sequence ``first`` on, a part every ``interval_s``; close it after use."""
        count = min(buffer_size, MAX_COUNT) if buffer_size else MAX_COUNT
        options = [
            f"from={first}",
            f"interval={max(1, round(interval_s * 1000))}",
            f"count={count}",
            f"heartbeat={max(1, round(heartbeat_s * 1000))}",
        ]
        response = await self._get("/sample" + _query(item_ids, options))
        try:
            boundary = response.boundary
            if boundary is None:
                await self._refused(response, "/sample")
                raise AgentLost(f"{self._host}:{self._port} answers in one document where a stream was asked for")
            return ObservationStream(response, boundary)
        except BaseException:
            await response.__aexit__(None, None, None)
            raise

    async def _get(self, target: str) -> Response:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await get(self._host, self._port, target)
        except TimeoutError:
            raise self._silent() from None

    def _silent(self) -> AgentLost:
        return AgentLost(f"no answer from {self._host}:{self._port} within {self._timeout_s:g} s")

    async def _ask(self, target: str, root: str) -> Document:
        async with await self._get(target) as response:
            document = await self._document(response, target)
        if document.root != root:
            raise AgentLost(f"the agent answers {target.partition('?')[0]} with <{document.root}> instead of <{root}>")
        return document

    async def _document(self, response: Response, target: str) -> Document:
        """The document in an answer; raises AgentRefused when it is the agent's word for an error."""
        reader = DocumentReader()
        try:
            async with asyncio.timeout(_LONGEST_TIMEOUTS * self._timeout_s):
                while piece := await self._piece(response):
                    reader.feed(piece)
            document = reader.close()
        except TimeoutError:
            raise self._silent() from None
        except WrongDocument as fault:
            status = f"{response.status} {response.reason}".strip()
            raise AgentLost(str(fault) if response.status == 200 else f"the agent answers {status}") from fault
        if document.root == "MTConnectError":
            raise AgentRefused(*(document.errors[0] if document.errors else ("", "without a reason")))
        if response.status != 200:
            raise AgentLost(f"the agent answers {response.status} {response.reason} to {target.partition('?')[0]}")
        return document

    async def _piece(self, response: Response) -> bytes:
        """A large description may take its time while it keeps coming."""
        async with asyncio.timeout(self._timeout_s):
            return await response.read()

    async def _refused(self, response: Response, target: str) -> None:
        """Raise what an answer that is no stream says."""
        await self._document(response, target)


class ObservationStream:
    """The parts of one streaming answer; each is a whole document."""

    def __init__(self, response: Response, boundary: bytes) -> None:
        self._response = response
        self._parts = Parts(response.read, boundary)

    async def next_document(self, within_s: float) -> Document:
        """The next part; raises AgentLost when none is whole within ``within_s``, AgentRefused when it is an error."""
        reader = DocumentReader()
        try:
            async with asyncio.timeout(within_s):
                await self._parts.next_part(reader.feed)
            document = reader.close()
        except TimeoutError:
            raise AgentLost(
                f"no whole part of the agent's stream within {within_s:g} s, not even a heartbeat"
            ) from None
        except WrongDocument as fault:
            raise AgentLost(str(fault)) from fault
        if document.root == "MTConnectError":
            raise AgentRefused(*(document.errors[0] if document.errors else ("", "without a reason")))
        if document.root != "MTConnectStreams":
            raise AgentLost(f"the agent streams <{document.root}> instead of observations")
        return document

    async def close(self) -> None:
        """Hang up."""
        await self._response.__aexit__(None, None, None)


def _query(item_ids: Sequence[str], options: Sequence[str] = ()) -> str:
    """The query of a request; items are named in an XPath, as MTConnect filters them."""
    all_options = list(options)
    if item_ids:
        path = "//DataItem[" + " or ".join(f"@id='{item_id}'" for item_id in item_ids) + "]"
        all_options.insert(0, "path=" + quote(path, safe=""))
    return "?" + "&".join(all_options) if all_options else ""
