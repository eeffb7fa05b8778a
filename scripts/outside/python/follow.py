"""Follows an event stream with one of Python's SSE libraries and prints what the library hands over."""

import asyncio
import sys


def say(*words):
    print(*words, flush=True)


def follow_httpx_sse(url):
    """As its README does under "Handling reconnections"; the library itself does not come back."""
    import time

    import httpx
    from httpx_sse import connect_sse
    from stamina import retry

    def iter_sse_retrying(client, method, url):
        last_event_id = ""
        reconnection_delay = 0.0

        @retry(on=httpx.ReadError)
        def _iter_sse():
            nonlocal last_event_id, reconnection_delay
            time.sleep(reconnection_delay)
            headers = {"Accept": "text/event-stream"}
            if last_event_id:
                headers["Last-Event-ID"] = last_event_id
            with connect_sse(client, method, url, headers=headers) as event_source:
                for sse in event_source.iter_sse():
                    last_event_id = sse.id
                    if sse.retry is not None:
                        reconnection_delay = sse.retry / 1000
                    yield sse

        return _iter_sse()

    with httpx.Client(timeout=20) as client:
        for event in iter_sse_retrying(client, "GET", url):
            if event.event == "changes":
                say("changes", event.data)


def follow_httpx_sse_loop(url):
    """httpx-sse in a loop of one's own, which comes back after each transport error and each end."""
    import time

    import httpx
    from httpx_sse import connect_sse

    last_event_id = ""
    delay = 1.0
    with httpx.Client(timeout=20) as client:
        while True:
            headers = {"Last-Event-ID": last_event_id} if last_event_id else {}
            try:
                with connect_sse(client, "GET", url, headers=headers) as source:
                    source.response.raise_for_status()
                    for event in source.iter_sse():
                        last_event_id = event.id
                        if event.retry is not None:
                            delay = event.retry / 1000
                        if event.event == "changes":
                            say("changes", event.data)
            except httpx.TransportError as error:
                say("error", repr(error))
            time.sleep(delay)


def follow_requests_sse(url):
    from requests_sse import EventSource

    with EventSource(url, timeout=20) as source:
        for event in source:
            if event.type == "changes":
                say("changes", event.data)


def follow_aiohttp(url):
    from aiohttp_sse_client import client

    async def follow():
        async with client.EventSource(url) as source:
            async for event in source:
                if event.type == "changes":
                    say("changes", event.data)

    asyncio.run(follow())


def follow_sseclient(url):
    """sseclient-py only parses: a loop around it comes back after each end."""
    import time

    import requests
    import sseclient

    last_id = None
    while True:
        try:
            headers = {"Accept": "text/event-stream", **({"Last-Event-ID": last_id} if last_id else {})}
            response = requests.get(url, stream=True, headers=headers, timeout=20)
            response.raise_for_status()
            for event in sseclient.SSEClient(response).events():
                last_id = event.id or last_id
                if event.event == "changes":
                    say("changes", event.data)
        except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            say("error", repr(error))
        time.sleep(2)


libraries = {
    "httpx-sse": follow_httpx_sse,
    "httpx-sse-loop": follow_httpx_sse_loop,
    "requests-sse": follow_requests_sse,
    "aiohttp-sse-client": follow_aiohttp,
    "sseclient-py": follow_sseclient,
}

try:
    libraries[sys.argv[1]](sys.argv[2])
    say("end", "the events ended")
except BaseException as error:
    say("end", repr(error))
