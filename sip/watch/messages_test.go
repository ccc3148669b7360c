package watch_test

import (
	"strings"
	"testing"

	"linecard/sip/watch"
)

func TestReadMessages(t *testing.T) {
	for _, c := range []struct {
		name, body string
		want       watch.Messages
		bad        bool
	}{
		{name: "as in RFC 3842", body: "Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (1/2)\r\n", want: watch.Messages{Waiting: true, New: 2, Old: 8, Urgent: 1, Account: "sip:alice@vmail.example.com"}},
		{name: "as Asterisk has it", body: "Messages-Waiting: no\r\nMessage-Account: sip:asterisk@10.0.0.1\r\nVoice-Message: 0/3 (0/0)\r\n", want: watch.Messages{Old: 3, Account: "sip:asterisk@10.0.0.1"}},
		{name: "nothing is counted", body: "messages-waiting:YES\n", want: watch.Messages{Waiting: true}},
		{name: "a fax waits, and no voice", body: "Messages-Waiting: yes\nFax-Message: 1/0\nVoice-Message: 0/1\n", want: watch.Messages{Old: 1}},
		{name: "the headers of the messages are not the mailbox's", body: "Messages-Waiting: yes\nVoice-Message: 1/0\n\nVoice-Message: 9/9\nFrom: x\n", want: watch.Messages{Waiting: true, New: 1}},
		{name: "what is said twice", body: "Messages-Waiting: no\nMessages-Waiting: yes\n", want: watch.Messages{}},
		{name: "too many to be true", body: "Messages-Waiting: yes\nVoice-Message: 4294967295/1 (99999/0)\n", want: watch.Messages{Waiting: true, New: 9999, Old: 1, Urgent: 9999}},
		{name: "counts that are none", body: "Messages-Waiting: yes\nVoice-Message: -1/x\n", want: watch.Messages{Waiting: true}},
		{name: "an account with what nobody sees", body: "Messages-Waiting: yes\nMessage-Account: sip:\x1b[31m\u202e1@x\n", want: watch.Messages{Waiting: true, Account: "sip: [31m1@x"}},
		{name: "nothing", body: "", bad: true},
		{name: "neither yes nor no", body: "Messages-Waiting: maybe\n", bad: true},
		{name: "another thing", body: "<?xml version=\"1.0\"?><dialog-info/>", bad: true},
		{name: "too long", body: "Messages-Waiting: yes\n" + strings.Repeat("x", 70000), bad: true},
	} {
		got, err := watch.ReadMessages([]byte(c.body))
		if got != c.want || (err != nil) != c.bad {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

// Whatever a server sends, what comes out can be drawn.
func FuzzReadMessages(f *testing.F) {
	f.Add([]byte("Messages-Waiting: yes\r\nMessage-Account: sip:*97@pbx\r\nVoice-Message: 2/8 (0/2)\r\n"))
	f.Add([]byte("Messages-Waiting: no\n\n\n:"))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := watch.ReadMessages(body)
		if err != nil && m != (watch.Messages{}) {
			t.Errorf("an error with %+v", m)
		}
		if m.New < 0 || m.Old < 0 || m.Urgent < 0 || m.Urgent > m.New || m.New > 9999 || len([]rune(m.Account)) > 200 || strings.ContainsAny(m.Account, "\r\n\x1b") {
			t.Errorf("%+v", m)
		}
	})
}
