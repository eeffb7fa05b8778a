"""Follows a channel: a page by REST, then a WebSocket from its cursor, without a gap and without a repeat.

    pip install websockets
    python follow.py http://localhost:4600 chat:general

It comes back from every cut by its cursor, and refreshes its guest token while the connection is open. Prints a line of
JSON for each record: the page's first, then each change as it comes; {"reset": true} says that all lines before it are
void.
"""

import asyncio
import http.client
import json
import os
import random
import sys
import urllib.error
import urllib.request

import websockets


class Follower:
    def __init__(self, base, channel):
        self.base, self.channel = base, channel
        self.token = os.environ.get("DOVETAIL_TOKEN")
        self.cursor = None
        self.revs = {}
        self.failures, self.is_stale = 0, self.token is None

    def ask(self, method, path, body=None):
        """One request of REST, with the token where there is one."""
        headers = {"content-type": "application/json"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as reply:
            return json.load(reply)

    def renew(self):
        """A guest's own token gives a fresh one for the same guest."""
        self.token = self.ask("POST", "/v1/guests", {})["token"]
        self.is_stale = False

    def read_page(self):
        page = self.ask("GET", f"/v1/channels/{self.channel}/messages?limit=50")
        for record in page["records"]:
            self.take(record)
        self.cursor = page["cursor"]

    def take(self, record):
        """The higher revision wins, from wherever it comes."""
        if record["rev"] <= self.revs.get(record["id"], 0):
            return
        self.revs[record["id"]] = record["rev"]
        print(json.dumps(record), flush=True)

    async def follow_once(self):
        """One connection, until it ends."""
        address = self.base.replace("http", "ws", 1) + "/v1/ws"
        async with websockets.connect(address, subprotocols=["dovetail.v1"]) as socket:
            await socket.send(json.dumps({"id": 1, "op": "hello", "token": self.token}))
            subscribe = {"id": 2, "op": "subscribe", "channel": self.channel, "after": self.cursor}
            await socket.send(json.dumps(subscribe))
            async for text in socket:
                self.failures = 0
                if not await self.receive(socket, json.loads(text)):
                    return

    async def receive(self, socket, frame):
        """False: connect again."""
        if "error" in frame:
            self.is_stale = frame["error"]["code"] in ("unauthenticated", "token_expired")
            if not self.is_stale and not frame["error"]["retryable"]:
                sys.exit(frame["error"]["detail"])
            return False
        resumed = frame.get("ok", {}).get("resume")
        match frame.get("op") or resumed:
            case "changes":
                for change in frame["changes"]:
                    if change["collection"] == "messages":
                        self.take(change["record"])
                self.cursor = frame["cursor"]
            case "reset":
                print('{"reset": true}', flush=True)
                self.revs, self.cursor = {}, None
                return False
            case "ended":
                sys.exit(f"the channel ended: {frame['reason']}")
            case "expiring":
                self.renew()
                await socket.send(json.dumps({"id": 3, "op": "hello", "token": self.token}))
            case "goaway":
                await asyncio.sleep(frame["reconnectInMs"] / 1000)
                return False
        return True

    async def follow(self):
        while True:
            wait = 0
            try:
                if self.is_stale:
                    self.renew()
                if self.cursor is None:
                    self.read_page()
                await self.follow_once()
            except urllib.error.HTTPError as error:
                self.failures += 1
                wait, self.is_stale = int(error.headers.get("retry-after", 0)), error.code == 401
                if error.code not in (401, 408, 429) and error.code < 500:
                    sys.exit(str(error))
            except (OSError, http.client.HTTPException, websockets.WebSocketException) as error:
                self.failures += 1
                print(f"{error}: again soon", file=sys.stderr)
            await asyncio.sleep(wait + random.uniform(0.5, 1) * min(30, 0.5 * 2**self.failures))


if __name__ == "__main__":
    asyncio.run(Follower(sys.argv[1], sys.argv[2]).follow())
