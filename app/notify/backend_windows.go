package notify

import (
	"context"
	"sync"

	"git.sr.ht/~jackmordaunt/go-toast/v2/wintoast"
)

// clsid is Linecard's own COM activator; every application that leaves it to the library gets the library's.
const clsid = "{7C1E3B5E-9D0B-4B57-8E0C-6C7C1B1B9E52}"

// toasts shows Windows toasts. Windows has no way to take one back that this library offers, so every toast ends by itself.
type toasts struct {
	appName   string
	activated func(Activation)
	setUp     func() error
}

func newBackend(appName string, activated func(Activation), _ func()) backend {
	t := &toasts{appName: appName, activated: activated}
	t.setUp = sync.OnceValue(func() error {
		wintoast.SetActivationCallback(t.callback)
		return wintoast.SetAppData(wintoast.AppData{AppID: appName, GUID: clsid})
	})
	return t
}

// show does not use the library's templates, which leave arguments unescaped, nor its PowerShell fallback, which
// executes $(…) in a caller's name.
func (t *toasts) show(_ context.Context, n Notification) error {
	if err := t.setUp(); err != nil {
		return err
	}
	doc, err := toastXML(n)
	if err != nil {
		return err
	}
	return wintoast.Push(t.appName, doc)
}

func (t *toasts) withdraw(context.Context, string) error { return nil }
func (t *toasts) renew(context.Context)                  {}
func (t *toasts) close() error {
	wintoast.SetActivationCallback(func(string, string, []wintoast.UserData) {})
	return nil
}

// callback gets back the arguments that toastXML put into the toast.
func (t *toasts) callback(_, arguments string, _ []wintoast.UserData) {
	if a, ok := parseArguments(arguments); ok {
		t.activated(a)
	}
}
