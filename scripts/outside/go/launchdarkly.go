// Follows a stream with launchdarkly/eventsource for Go, as its documentation does.
package main

import (
	"fmt"
	"net/http"

	"github.com/launchdarkly/eventsource"
)

func followLaunchDarkly(url string) {
	request, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		panic(err)
	}
	stream, err := eventsource.SubscribeWithRequest("", request)
	if err != nil {
		fmt.Printf("end %v\n", err)
		return
	}
	for {
		select {
		case event, isOpen := <-stream.Events:
			if !isOpen {
				fmt.Println("end the events ended")
				return
			}
			if event.Event() == "changes" {
				fmt.Printf("changes %s\n", event.Data())
			}
		case err, isOpen := <-stream.Errors:
			if isOpen {
				fmt.Printf("error %v\n", err)
			}
		}
	}
}
