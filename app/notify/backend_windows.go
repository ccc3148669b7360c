package notify

import (
	"bytes"
	"context"
	"encoding/xml"
	"strings"
	"sync"

	"git.sr.ht/~jackmordaunt/go-toast/v2/wintoast"
)

// clsid is Linecard's own COM activator; every application that leaves it to the library gets the library's.
const clsid = "{7C1E3B5E-9D0B-4B57-8E0C-6C7C1B1B9E52}"

// toasts shows Windows toasts. Windows has no way to take one back that this library offers, so none stays for ever.
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

// callback gets back what toastXML put into launch and arguments.
func (t *toasts) callback(_, arguments string, _ []wintoast.UserData) {
	if action, id, ok := strings.Cut(arguments, "|"); ok {
		t.activated(Activation{ID: id, Action: action})
	}
}

type toastDoc struct {
	XMLName  xml.Name      `xml:"toast"`
	Type     string        `xml:"activationType,attr"`
	Launch   string        `xml:"launch,attr"`
	Duration string        `xml:"duration,attr"`
	Binding  toastBinding  `xml:"visual>binding"`
	Audio    toastAudio    `xml:"audio"`
	Actions  []toastAction `xml:"actions>action"`
}

type toastBinding struct {
	Template string   `xml:"template,attr"`
	Text     []string `xml:"text"`
}

type toastAudio struct {
	Silent bool `xml:"silent,attr"`
}

type toastAction struct {
	Type      string `xml:"activationType,attr"`
	Content   string `xml:"content,attr"`
	Arguments string `xml:"arguments,attr"`
}

func toastXML(n Notification) (string, error) {
	arguments := func(key string) string { return key + "|" + n.ID }
	doc := toastDoc{Type: "foreground", Launch: arguments(DefaultAction), Duration: "short",
		Binding: toastBinding{Template: "ToastGeneric", Text: []string{n.Title, n.Body}}, Audio: toastAudio{Silent: true}}
	if n.Urgent {
		doc.Duration = "long"
	}
	for _, a := range n.Actions {
		doc.Actions = append(doc.Actions, toastAction{"foreground", a.Label, arguments(a.Key)})
	}
	var b bytes.Buffer
	err := xml.NewEncoder(&b).Encode(doc)
	return b.String(), err
}
