// Follows a stream with tmaxmax/go-sse, as its README does.
package main

import (
	"fmt"
	"net/http"

	gosse "github.com/tmaxmax/go-sse"
)

func followTmaxmax(url string) {
	request, err := http.NewRequest(http.MethodGet, url, http.NoBody)
	if err != nil {
		panic(err)
	}
	connection := gosse.NewConnection(request)
	connection.SubscribeEvent("changes", func(event gosse.Event) {
		fmt.Printf("changes %s\n", event.Data)
	})
	fmt.Printf("end %v\n", connection.Connect())
}
