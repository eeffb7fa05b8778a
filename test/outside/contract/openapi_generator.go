// The client that openapi-generator makes for Go: writes, reads and deletes a message, and reads the changes.
package main

import (
	"context"
	"fmt"
	"os"

	"generated/dovetail"
)

func main() {
	settings := dovetail.NewConfiguration()
	settings.Servers = dovetail.ServerConfigurations{{URL: os.Args[1]}}
	client := dovetail.NewAPIClient(settings)
	guest, _, err := client.UsersAPI.AdmitGuest(context.Background()).GuestRequest(*dovetail.NewGuestRequest()).Execute()
	must(err)
	ctx := context.WithValue(context.Background(), dovetail.ContextAccessToken, guest.Token)
	channel, text := "chat:go-generator", map[string]string{"text": "hello"}
	create := client.RecordsAPI.CreateRecord(ctx, channel, "messages").Body(text).IdempotencyKey("one")
	message, _, err := create.Execute()
	must(err)
	again, _, err := create.Execute()
	must(err)
	page, _, err := client.RecordsAPI.ReadPage(ctx, channel, "messages").Execute()
	must(err)
	data := page.Records[0].Data.(map[string]interface{})
	fmt.Println(data["text"], len(page.Records), again.Id == message.Id)
	_, err = client.RecordsAPI.DeleteRecord(ctx, channel, "messages", message.Id).Execute()
	must(err)
	reply, _, err := client.ReadingOnAPI.FollowChannel(ctx, channel).After(page.GetCursor()).Execute()
	must(err)
	fmt.Println("deleted", reply.Changes[0].Record.Tombstone.Deleted)
	_, response, err := client.RecordsAPI.ReadRecord(ctx, channel, "messages", message.Id).Execute()
	if err != nil {
		fmt.Println("refused", response.StatusCode)
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
