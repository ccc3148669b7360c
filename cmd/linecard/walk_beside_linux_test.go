package main

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// What a walk does beside the window: the browser, the command line, and files.

// logIn has another user be logged in in the browser.
func (w *walk) logIn(username string) {
	w.browser.Lock()
	defer w.browser.Unlock()
	w.browser.user = username
}

// page is what the browser shows.
func (w *walk) page() string {
	w.browser.Lock()
	defer w.browser.Unlock()
	return w.browser.page
}

// browse opens a page in a browser that consents by itself.
func (w *walk) browse(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return err
	}
	w.browser.Lock()
	defer w.browser.Unlock()
	if w.browser.user != "" {
		q := u.Query()
		q.Set("login_hint", w.browser.user)
		u.RawQuery = q.Encode()
	}
	req, err := http.NewRequestWithContext(w.demo.ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return err
	}
	go func() {
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return
		}
		defer func() { _ = res.Body.Close() }()
		body, _ := io.ReadAll(res.Body)
		w.browser.Lock()
		defer w.browser.Unlock()
		w.browser.page = address + "\n" + string(body)
	}()
	return nil
}

// verb runs a verb as the command line does, and returns what it prints.
func (w *walk) verb(args ...string) string {
	w.Helper()
	var out, errs bytes.Buffer
	if code := run(append([]string{"--data", w.demo.data}, args...), strings.NewReader(""), &out, &errs); code != 0 {
		w.Fatalf("%v: %s", args, &errs)
	}
	return out.String()
}

// home is the path of a file where a dialog for files begins.
func (w *walk) home(name string) string { return filepath.Join(os.Getenv("HOME"), name) }

// keep makes such a file.
func (w *walk) keep(name, text string) {
	w.Helper()
	w.must(os.WriteFile(w.home(name), []byte(text), 0o600))
}

// chooseFile chooses a file in the dialog that is open.
func (w *walk) chooseFile(name string) {
	w.Helper()
	w.press(strings.TrimSuffix(name, filepath.Ext(name))) // the dialog shows the rest in the picture of the file
	w.press("Open")
}
