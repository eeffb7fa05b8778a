#!/usr/bin/env bash
# pip httpx-sse 0.4.3 (with httpx 0.28.1, stamina 26.1.0): the README's "Handling reconnections" and a server that dies.
#
# One would guess: the recipe, `@stamina.retry(on=httpx.ReadError)` around iter_sse(), brings a reader back after its
#   server's process was killed; that is what reconnecting is for.
# What is so: a killed process closes its sockets, so a chunked response breaks off by an orderly FIN. httpx raises
#   RemoteProtocolError for that ("peer closed connection without sending complete message body"), which is no ReadError
#   (httpx: RemoteProtocolError < ProtocolError < TransportError, ReadError < NetworkError < TransportError), so the
#   exception passes the recipe and the reader ends. Only a reset (RST) is a ReadError and comes back.
# Why it matters here: it is one of the reasons why a node that ends resets its event streams instead of closing them.
#
# Installs pinned packages into a temporary folder, runs on loopback only, ends in about a minute. Fails where the
# behaviour is another one.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
timeout 180 venv/bin/pip install --quiet --disable-pip-version-check httpx==0.28.1 httpx-sse==0.4.3 stamina==26.1.0
cat >see.py <<'PY'
import http.server, platform, socket, struct, threading, time
from importlib.metadata import version
import httpx
from httpx_sse import connect_sse
from stamina import retry

def event(number):
    data = f"id: {number}\ndata: {number}\n\n".encode()
    return b"%x\r\n%s\r\n" % (len(data), data)

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

def serve(listener, ending):
    """The first response breaks off after one event; the second one is whole."""
    first, _ = listener.accept()
    first.recv(65536)
    first.sendall(HEAD + event(1))
    time.sleep(0.5)
    if ending == "RST":
        first.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    first.close()
    try:
        second, _ = listener.accept()
    except OSError:
        return
    second.recv(65536)
    second.sendall(HEAD + event(2) + b"0\r\n\r\n")
    second.close()

def follow(url):
    """The recipe of the README, as it stands there."""
    last_event_id, reconnection_delay = "", 0.0

    @retry(on=httpx.ReadError)
    def _iter_sse(client):
        nonlocal last_event_id, reconnection_delay
        time.sleep(reconnection_delay)
        headers = {"Accept": "text/event-stream"}
        if last_event_id:
            headers["Last-Event-ID"] = last_event_id
        with connect_sse(client, "GET", url, headers=headers) as source:
            for sse in source.iter_sse():
                last_event_id = sse.id
                if sse.retry is not None:
                    reconnection_delay = sse.retry / 1000
                yield sse

    with httpx.Client(timeout=10) as client:
        got = []
        try:
            for sse in _iter_sse(client):
                got.append(sse.data)
            return got, "came to the end"
        except httpx.TransportError as error:
            return got, type(error).__name__

seen = {}
for ending in ("FIN", "RST"):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(15)
        threading.Thread(target=serve, args=(listener, ending), daemon=True).start()
        seen[ending] = follow(f"http://127.0.0.1:{listener.getsockname()[1]}/")
print("Python", platform.python_version(), *(f"{name} {version(name)}" for name in ("httpx", "httpx-sse", "stamina")))
for ending, (got, how) in seen.items():
    print(f"response breaks off by {ending}: events {got}, {how}")
fin, rst = seen["FIN"], seen["RST"]
raise SystemExit(0 if fin == (["1"], "RemoteProtocolError") and rst == (["1", "2"], "came to the end") else 1)
PY
timeout 60 venv/bin/python see.py
