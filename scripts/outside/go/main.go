// Follows an event stream with one of Go's SSE libraries and prints what the library hands over.
package main

import (
	"fmt"
	"os"
)

func main() {
	library, url := os.Args[1], os.Args[2]
	switch library {
	case "r3labs":
		followR3labs(url)
	case "tmaxmax":
		followTmaxmax(url)
	case "launchdarkly":
		followLaunchDarkly(url)
	default:
		fmt.Println("end no such library:", library)
	}
}
