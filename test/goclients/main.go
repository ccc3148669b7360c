// Goclients does with an org what an app does, by two Go libraries: go-salesforce and simpleforce. It is a module of its own, so that the
// product does not depend on them. crm/demoorg runs it against the demo org, and judges what it prints.
//
//	goclients URL TOKEN FILE-ID
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

// steps are what each step gave, by its name.
type steps map[string]any

// try notes what a step gave, or its error.
func (s steps) try(name string, v any, err error) {
	if err != nil {
		v = map[string]string{"error": err.Error()}
	}
	s[name] = v
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: goclients URL TOKEN FILE-ID")
		os.Exit(2)
	}
	url, token, file := os.Args[1], os.Args[2], os.Args[3]
	out := map[string]steps{"go-salesforce": goSalesforce(url, token), "simpleforce": simpleForce(url, token, file)}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
