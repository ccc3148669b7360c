package notify

import (
	"bytes"
	"encoding/xml"
	"strings"
)

// toastDoc is a Windows toast (schema "ToastGeneric"). It is built here, for every system, so that it is tested on every
// system; only Windows shows it.
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

// toastXML spells n as a toast. The desk rings by itself, so the toast is silent; a call's stays 25 seconds, the longest
// Windows has, except to keep it without end.
func toastXML(n Notification) (string, error) {
	doc := toastDoc{
		Type: "foreground", Launch: arguments(n.ID, DefaultAction), Duration: "short",
		Binding: toastBinding{Template: "ToastGeneric", Text: []string{n.Title, n.Body}}, Audio: toastAudio{Silent: true},
	}
	if n.Urgent {
		doc.Duration = "long"
	}
	for _, a := range n.Actions {
		doc.Actions = append(doc.Actions, toastAction{"foreground", a.Label, arguments(n.ID, a.Key)})
	}
	var b bytes.Buffer
	err := xml.NewEncoder(&b).Encode(doc)
	return b.String(), err
}

// arguments is what Windows hands back when something of a toast is pressed.
func arguments(id, key string) string { return key + "|" + id }

func parseArguments(s string) (a Activation, ok bool) {
	a.Action, a.ID, ok = strings.Cut(s, "|")
	return a, ok
}
