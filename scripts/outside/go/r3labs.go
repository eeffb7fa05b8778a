// Follows a stream with r3labs/sse, as its README does.
package main

import (
	"fmt"
	"os"

	"github.com/r3labs/sse/v2"
)

func followR3labs(url string) {
	client := sse.NewClient(url)
	client.OnConnect(func(*sse.Client) { fmt.Println("open") })
	client.OnDisconnect(func(*sse.Client) { fmt.Println("error disconnected") })
	err := client.SubscribeRaw(func(event *sse.Event) {
		if string(event.Event) == "changes" {
			fmt.Printf("changes %s\n", event.Data)
		}
	})
	fmt.Printf("end %v\n", err)
	os.Exit(0)
}
