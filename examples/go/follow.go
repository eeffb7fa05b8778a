// Follows a channel by one WebSocket: its newest records, then each change, without a gap and without a repeat.
//
//	go run . http://localhost:4600 chat:general
//
// It comes back from every cut by its cursor, and gets a fresh guest token before the old one ends. Prints a line of JSON
// for each record of messages; {"reset":true} says that all lines before it are void.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

// refusal is why the server did not do what it was asked for.
type refusal struct {
	Code, Detail string
	Retryable    bool
	RetryAfter   int // seconds
}

// frame is a reply (Ok or Error) or an event (Op).
type frame struct {
	Op, Cursor, Reason string
	Changes            []change
	ReconnectInMs      time.Duration
	Error              *refusal
	Ok                 joined
}

type change struct {
	Collection string
	Record     json.RawMessage
}

// joined is the reply to a subscribe.
type joined struct {
	Resume, Cursor string
	Snapshot       map[string]struct{ Records []json.RawMessage }
}

type object = map[string]any

var base, channel = os.Args[1], os.Args[2]
var token, cursor = os.Getenv("DOVETAIL_TOKEN"), ""
var revs, failures = map[string]int{}, 0

// renew asks for a guest's token; a guest's own token gives a fresh one for the same guest. Without an answer, the old one
// stays, and is refused and renewed again.
func renew() {
	request, _ := http.NewRequest("POST", base+"/v1/guests", nil)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if reply, err := http.DefaultClient.Do(request); err == nil {
		defer reply.Body.Close()
		json.NewDecoder(reply.Body).Decode(&struct{ Token *string }{&token})
	}
}

// take prints a record: the higher revision wins, from wherever it comes.
func take(text json.RawMessage) {
	var record struct {
		ID  string
		Rev int
	}
	if json.Unmarshal(text, &record); record.Rev > revs[record.ID] {
		revs[record.ID] = record.Rev
		fmt.Println(string(text))
	}
}

// follow is one connection, until it ends; returns why.
func follow() refusal {
	ctx := context.Background()
	socket, _, err := websocket.Dial(ctx, strings.Replace(base, "http", "ws", 1)+"/v1/ws", nil)
	if err != nil {
		return refusal{Detail: err.Error(), Retryable: true}
	}
	defer socket.CloseNow()
	socket.SetReadLimit(1 << 16) // a frame has 64,512 bytes at most, and the default is 32 KiB
	subscribe := object{"id": 2, "op": "subscribe", "channel": channel, "last": object{"messages": 50}}
	if cursor != "" {
		subscribe["after"] = cursor // wins over "last", unless the log can't be gone on from there
	}
	wsjson.Write(ctx, socket, object{"id": 1, "op": "hello", "token": token})
	wsjson.Write(ctx, socket, subscribe)
	for {
		var it frame
		if err := wsjson.Read(ctx, socket, &it); err != nil {
			return refusal{Detail: err.Error(), Retryable: true}
		}
		failures = 0
		if it.Op == "reset" || it.Ok.Resume == "reset" {
			fmt.Println(`{"reset":true}`)
			revs, cursor = map[string]int{}, ""
		}
		for _, record := range it.Ok.Snapshot["messages"].Records {
			take(record)
		}
		for _, change := range it.Changes {
			if change.Collection == "messages" {
				take(change.Record)
			}
		}
		switch {
		case it.Op == "changes", it.Ok.Cursor != "":
			cursor = it.Cursor + it.Ok.Cursor // one of them is empty
		case it.Error != nil:
			return *it.Error
		case it.Op == "expiring":
			return refusal{Code: "token_expired"}
		case it.Op == "ended":
			return refusal{Detail: "the channel ended: " + it.Reason}
		case it.Op == "reset", it.Op == "goaway":
			time.Sleep(it.ReconnectInMs * time.Millisecond)
			return refusal{Retryable: true}
		}
	}
}

func main() {
	for isStale := token == ""; ; failures = min(failures+1, 5) {
		if isStale {
			renew()
		}
		refused := follow()
		isStale = refused.Code == "unauthenticated" || refused.Code == "token_expired"
		if !isStale && !refused.Retryable {
			log.Fatal(refused.Detail)
		}
		time.Sleep(time.Duration((float64(refused.RetryAfter) + rand.Float64()*float64(int(1)<<failures)) * float64(time.Second)))
	}
}
