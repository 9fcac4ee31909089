// Command foreign reads, checks and makes logs with code that Dauys does not share:
// golang.org/x/mod/sumdb and filippo.io/torchwood. Each answer is one line of JSON.
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

var commands = map[string]func(args []string) (any, error){
	"read":    readLog,
	"make":    makeLog,
	"prove":   proveEntry,
	"verify":  verifyProof,
	"vectors": runVectors,
}

func main() {
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: foreign read|make|prove|verify|vectors …")
		os.Exit(2)
	}
	answer, err := commands[os.Args[1]](os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "foreign:", err)
		os.Exit(1)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fmt.Fprintln(os.Stderr, "foreign:", err)
		os.Exit(1)
	}
}
