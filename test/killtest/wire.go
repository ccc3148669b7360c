package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// heard is shown every datagram between the phone and the PBX. It notes which calls were told to somebody, and withholds
// what concerns callers of earlier lives: they have hung up.
func (w *world) heard(sent bool, datagram []byte) (pass bool) {
	l := w.now()
	if l == nil {
		return true
	}
	text := string(datagram)
	first, _, _ := strings.Cut(text, "\r\n")
	switch {
	case sent && strings.HasPrefix(first, "INVITE ") && !inDialog(text):
		from := header(text, "From")
		c := l.byNumber(userOf.FindStringSubmatch(from), true)
		if c == nil || !strings.Contains(from, l.callerName()) {
			return false
		}
		c.sent(header(text, "Call-ID"))
		l.happened(calling)
	case !sent && strings.HasPrefix(first, "SIP/2.0 180") && strings.HasSuffix(header(text, "CSeq"), "INVITE"):
		if c := l.byCallID(header(text, "Call-ID")); c != nil {
			c.toldNow()
		}
		l.happened(rang)
	case !sent && strings.HasPrefix(first, "INVITE ") && !inDialog(text):
		if c := l.byNumber(userOf.FindStringSubmatch(first), false); c != nil {
			c.toldNow()
		}
		l.happened(invited)
	case !sent && strings.HasPrefix(first, "SIP/2.0 486") && strings.HasSuffix(header(text, "CSeq"), "INVITE"):
		if c := l.byCallID(header(text, "Call-ID")); c != nil {
			c.toldNow()
		}
		l.happened(turnedAway)
		l.happened(ended)
	case strings.HasPrefix(first, "BYE "), strings.HasPrefix(first, "CANCEL "),
		!sent && strings.HasPrefix(first, "SIP/2.0 ") && first[8:9] >= "4" && strings.HasSuffix(header(text, "CSeq"), "INVITE"):
		l.happened(ended)
	}
	return true
}

var userOf = regexp.MustCompile(`sip:([^@;>]+)@`)

func inDialog(message string) bool { return strings.Contains(header(message, "To"), "tag=") }

// header returns the value of a header that is written in full.
func header(message, name string) string {
	_, rest, _ := strings.Cut(message, "\r\n"+name+": ")
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// callerName is the name under which the callers of this life call.
func (l *life) callerName() string { return fmt.Sprintf("Caller of life %d.", l.number) }

// byNumber finds a call of this life.
func (l *life) byNumber(match []string, inbound bool) *call {
	if match == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.calls {
		if c.inbound == inbound && sameNumber(c.number, match[1]) {
			return c
		}
	}
	return nil
}

func (l *life) byCallID(id string) *call {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.calls {
		if c.callID == id {
			return c
		}
	}
	return nil
}

func (c *call) sent(callID string) {
	c.life.mu.Lock()
	defer c.life.mu.Unlock()
	c.callID = callID
}

// toldNow notes that somebody outside knows of the call.
func (c *call) toldNow() {
	c.life.mu.Lock()
	defer c.life.mu.Unlock()
	if c.told.IsZero() {
		c.told = time.Now()
	}
}

// sameNumber compares two spellings of a number, with the country's code or without.
func sameNumber(a, b string) bool {
	a, b = significant(a), significant(b)
	return len(a) >= 8 && len(b) >= 8 && (strings.HasSuffix(a, b) || strings.HasSuffix(b, a))
}

func significant(number string) string {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	return strings.TrimLeft(digits, "0")
}
