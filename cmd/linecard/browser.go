package main

import (
	"net/url"
	"os/exec"
	"runtime"

	"linecard/fault"
)

// openInBrowser opens a web page in the agent's browser. Only http and https are allowed: the address comes from an org's
// answer, and a file: or a custom scheme could start any program.
func openInBrowser(page string) error {
	u, err := url.Parse(page)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return fault.Err(err, "cmd.not-a-web-address")
	}
	name, args := "xdg-open", []string{u.String()}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", u.String()}
	}
	cmd := exec.Command(name, args...) //nolint:noctx // the browser outlives us
	if err := cmd.Start(); err != nil {
		return fault.Err(err, "cmd.browser-not-opened", "address", fault.New(fault.Plain, "text", u.String())) // a plain text may be longer than a value
	}
	go func() { _ = cmd.Wait() }()
	return nil
}
