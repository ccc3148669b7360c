package sip

import (
	"strings"

	"linecard/sip/dialog"
	"linecard/sip/watch"
)

// Messages is how many voice messages wait for an account.
type Messages struct {
	Waiting bool `json:"waiting"`          // there are some that nobody has heard
	New     int  `json:"new"`              // how many; 0 with Waiting where the server does not count
	Old     int  `json:"old"`              // heard and kept
	Urgent  int  `json:"urgent,omitempty"` // of New
	// Number is what is dialed to hear them, as the server says; "" where it does not.
	Number string `json:"number,omitempty"`
}

// MessagesChanged tells how many voice messages wait for an account. It comes once for each change, whether the server was asked or tells
// it unasked, and never from anybody but the account's own server.
type MessagesChanged struct {
	Account string `json:"account,omitempty"` // id of the account
	Messages
}

func (MessagesChanged) event() {}

// watchMessages subscribes to the line's mailbox where the account says so, and not otherwise: a server without mailboxes may pass the
// request on to whoever it likes, this phone among them. A server that refuses it may still tell of the mailbox unasked.
func (l *line) watchMessages() {
	switch asks := l.account.Mailbox && l.ua != nil; {
	case asks && l.mailbox == nil:
		var sub *dialog.Subscription
		summary := dialog.Package{Event: "message-summary", Accept: watch.MessagesType}
		sub = l.ua.Subscribe(dialog.Watch{Package: summary, Notify: func(n dialog.Notification) {
			switch {
			case sub == nil || l.mailbox != sub:
			case n.Up:
				l.summary(n.Body, true)
			case n.Refused != 0 && l.asked:
				l.forgetMessages()
			}
		}})
		l.mailbox = sub
	case !asks && l.mailbox != nil:
		l.mailbox.Stop()
		l.mailbox = nil
	}
}

// forgetMessages is for a mailbox that is asked for no more, or that the server tells of no more: nobody would say when the messages have been heard.
func (l *line) forgetMessages() {
	l.asked = false
	if l.messages != nil && *l.messages != (Messages{}) {
		l.messages = &Messages{}
		l.p.tell(MessagesChanged{Account: l.account.ID()})
	}
}

// unasked takes what the server says without a subscription.
func (l *line) unasked(event, mediaType string, body []byte) {
	if event == "message-summary" && mediaType == watch.MessagesType {
		l.summary(body, false)
	}
}

// summary takes a count, which the server was asked for or tells unasked.
func (l *line) summary(body []byte, asked bool) {
	if len(body) == 0 { // the server has nothing to say yet
		return
	}
	read, err := watch.ReadMessages(body)
	if err != nil {
		l.p.log.Info("a message-summary that is none", "account", l.account.ID(), "error", err)
		return
	}
	l.asked = asked
	m := Messages{Waiting: read.Waiting, New: read.New, Old: read.Old, Urgent: read.Urgent, Number: l.mailboxNumber(read.Account)}
	if l.messages != nil && *l.messages == m {
		return
	}
	l.messages = &m
	l.p.tell(MessagesChanged{Account: l.account.ID(), Messages: m})
}

// mailboxNumber is what is dialed for a Message-Account: its user, at the account's own server, whatever host it names. An address that
// Asterisk makes up where it knows no number is none, and neither is our own, which FreeSWITCH names: it would call ourselves.
func (l *line) mailboxNumber(account string) string {
	if !strings.HasPrefix(strings.ToLower(account), "sip:") {
		return ""
	}
	d, err := Read(account)
	if err != nil || d.Number == "" || d.Then != "" || d.Found || strings.EqualFold(d.Number, "asterisk") ||
		strings.EqualFold(d.Number, l.account.User) || strings.EqualFold(d.Number, l.account.AuthUser) {
		return ""
	}
	d.Host = ""
	return d.String()
}
