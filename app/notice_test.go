package app

import (
	"testing"

	"linecard/fault"
)

func TestTheGravestNoticeIsShownAndNoneIsLost(t *testing.T) {
	plain := func(text string) fault.Fault {
		if text == "" {
			return fault.Fault{}
		}
		return fault.New(fault.Plain, "text", text)
	}
	about := func(topic Topic, text string) noticed { return noticed{topic: topic, fault: plain(text)} }
	for _, tt := range []struct {
		name   string
		events []event
		want   string
	}{
		{"none", nil, ""},
		{"one", []event{about(AboutSecrets, "no keyring")}, "no keyring"},
		{"the graver comes later", []event{about(AboutSecrets, "no keyring"), about(AboutJournal, "disk full")}, "disk full"},
		{"the graver came first", []event{about(AboutJournal, "disk full"), about(AboutSecrets, "no keyring")}, "disk full"},
		{"the graver is over", []event{about(AboutSecrets, "no keyring"), about(AboutJournal, "disk full"), about(AboutJournal, "")}, "no keyring"},
		{"the lesser is over", []event{about(AboutSecrets, "no keyring"), about(AboutJournal, "disk full"), about(AboutSecrets, "")}, "disk full"},
		{"all are over", []event{about(AboutSecrets, "no keyring"), about(AboutJournal, "disk full"), about(AboutSecrets, ""), about(AboutJournal, "")}, ""},
		{"one was read", []event{about(AboutSecrets, "no keyring"), about(AboutAction, "not deleted"), noticeRead{fault: plain("not deleted")}}, "no keyring"},
		{"another was read meanwhile", []event{about(AboutAction, "not deleted"), noticeRead{fault: plain("not switched")}}, "not deleted"},
		{"a newer one of the same topic", []event{about(AboutAction, "not deleted"), about(AboutAction, "not switched")}, "not switched"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := newStory(t).play(tt.events...).view().Notice; got != tt.want {
				t.Errorf("the agent reads %q, not %q", got, tt.want)
			}
		})
	}
}
