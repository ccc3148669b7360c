package trace

import (
	"fmt"
	"strings"
	"time"

	"linecard/clean"
)

// Dialog is what was said under one Call-ID: a call, or all registrations of an account since it was started.
type Dialog struct {
	ID       string    `json:"callId"`
	Call     string    `json:"call,omitempty"` // Linecard's id of the call, "" for what is none
	Account  string    `json:"account"`
	Method   string    `json:"method"` // of the first request
	From     string    `json:"from"`   // header fields of the first message
	To       string    `json:"to"`
	Began    time.Time `json:"began"`
	Status   int       `json:"status,omitempty"` // of the last final response
	Messages []Line    `json:"messages"`
}

// Line is a message of a dialog.
type Line struct {
	At      time.Time `json:"at"`
	Sent    bool      `json:"sent"`
	Network string    `json:"network"`
	Remote  string    `json:"remote"`
	First   string    `json:"first"` // request line or status line
	Text    string    `json:"text"`
}

// LongestCallID is how much of a Call-ID is told, which whoever calls may make as long as a message.
const LongestCallID = 255

// told is a Call-ID as it is told.
func told(callID string) string { return clean.Short(callID, LongestCallID) }

// dialogs are messages by their Call-ID, those that began first first. What has no Call-ID is left out.
func dialogs(all []Message, call func(id string) string) []Dialog {
	at := map[string]int{}
	list := []Dialog{}
	for _, m := range all {
		id := m.Header("Call-ID")
		if id == "" {
			continue
		}
		i, known := at[id]
		if !known {
			i = len(list)
			at[id] = i
			list = append(list, Dialog{ID: told(id), Call: call(told(id)), Account: m.Account, Method: m.Method(), From: m.Header("From"), To: m.Header("To"), Began: m.At})
		}
		d := &list[i]
		if s := m.Status(); s >= 200 {
			d.Status = s
		}
		d.Messages = append(d.Messages, Line{m.At, m.Sent, m.Network, m.Remote, m.First(), m.Text})
	}
	return list
}

// Call notes which call of Linecard's is said under a Call-ID: under several, where it has several legs. The oldest is forgotten where there are
// more than messages are kept.
func (l *Log) Call(id, callID string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	callID = told(callID)
	if l.calls == nil {
		l.calls = map[string]string{}
	}
	if _, known := l.calls[callID]; !known {
		l.noted = append(l.noted, callID)
	}
	l.calls[callID] = id
	if len(l.noted) > mostMessages {
		delete(l.calls, l.noted[0])
		l.noted = l.noted[1:]
	}
}

// Dialogs is what was said in the last while.
func (l *Log) Dialogs() []Dialog {
	return dialogs(l.All(), func(callID string) string {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.calls[callID]
	})
}

// Text is messages as a text for somebody to read: each with when, which way and by what.
func Text(all []Message) string {
	var b strings.Builder
	for _, m := range all {
		way := "from"
		if m.Sent {
			way = "to"
		}
		fmt.Fprintf(&b, "%s  %s %s by %s, account %s\n\n%s\n\n", m.At.UTC().Format("2006-01-02T15:04:05.000Z"), way, m.Remote, m.Network, m.Account,
			strings.TrimRight(strings.ReplaceAll(m.Text, "\r\n", "\n"), "\n"))
	}
	return b.String()
}
