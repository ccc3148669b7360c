package notify

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"
)

func TestToast(t *testing.T) {
	hostile := Notification{
		ID: "ringing:1", Title: `</text><audio src="x"/>`, Body: "a & b ]]> \"c\"\n'd'", Urgent: true,
		Actions: []Action{{"answer", `"/><action content="Pay`}, {"decline", "Decline"}},
	}
	doc, err := toastXML(hostile)
	if err != nil {
		t.Fatal(err)
	}
	var got toastDoc
	if err := xml.Unmarshal([]byte(doc), &got); err != nil {
		t.Fatalf("%v: %s", err, doc)
	}
	if !slices.Equal(got.Binding.Text, []string{hostile.Title, hostile.Body}) || !got.Audio.Silent || got.Duration != "long" {
		t.Errorf("read back %+v", got)
	}
	if len(got.Actions) != 2 || got.Actions[0].Content != hostile.Actions[0].Label || strings.Count(doc, "<action ") != 2 {
		t.Errorf("a caller's text became an element: %s", doc)
	}
	for arguments, want := range map[string]Activation{
		got.Actions[0].Arguments: {"ringing:1", "answer"},
		got.Actions[1].Arguments: {"ringing:1", "decline"},
		got.Launch:               {"ringing:1", DefaultAction},
	} {
		if a, ok := parseArguments(arguments); !ok || a != want {
			t.Errorf("%q is %+v, want %+v", arguments, a, want)
		}
	}
	if _, ok := parseArguments("another application's"); ok {
		t.Error("took foreign arguments")
	}
}
