// The client that oapi-codegen makes for Go: writes, reads and deletes a message, and reads the changes.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"generated/dovetail"
)

func main() {
	ctx := context.Background()
	nobody, err := dovetail.NewClientWithResponses(os.Args[1])
	must(err)
	guest, err := nobody.AdmitGuestWithResponse(ctx, dovetail.AdmitGuestJSONRequestBody{})
	must(err)
	signed := func(_ context.Context, request *http.Request) error {
		request.Header.Set("authorization", "Bearer "+guest.JSON201.Token)
		return nil
	}
	client, err := dovetail.NewClientWithResponses(os.Args[1], dovetail.WithRequestEditorFn(signed))
	must(err)
	channel, text, key := "chat:go-oapi-codegen", map[string]string{"text": "hello"}, "one"
	once := &dovetail.CreateRecordParams{IdempotencyKey: &key}
	made, err := client.CreateRecordWithResponse(ctx, channel, "messages", once, text)
	must(err)
	again, err := client.CreateRecordWithResponse(ctx, channel, "messages", once, text)
	must(err)
	page, err := client.ReadPageWithResponse(ctx, channel, "messages", &dovetail.ReadPageParams{})
	must(err)
	records, id := page.JSON200.Records, made.JSON201.Id
	fmt.Println(records[0].Data.(map[string]any)["text"], len(records), again.JSON200.Id == id)
	_, err = client.DeleteRecordWithResponse(ctx, channel, "messages", id, &dovetail.DeleteRecordParams{})
	must(err)
	// Parameters that are left out made this client panic once (`signals`, `presence`).
	after := &dovetail.FollowChannelParams{After: page.JSON200.Cursor}
	reply, err := client.FollowChannelWithResponse(ctx, channel, after)
	must(err)
	tombstone, err := reply.JSON200.Changes[0].Record.AsTombstone()
	must(err)
	fmt.Println("deleted", tombstone.Deleted)
	read, err := client.ReadRecordWithResponse(ctx, channel, "messages", id, &dovetail.ReadRecordParams{})
	must(err)
	fmt.Println("refused", read.StatusCode())
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
