package dialog

import (
	"time"

	"github.com/emiago/sipgo/sip"
)

// firstAgain is how often the first package is asked for again while the second one is in use: one refusal may have been a passing one.
const firstAgain = time.Hour

// packages says which of the two event packages of its watch a subscription is made with. The second one is asked for where the server has no such
// events as the first one. Each flow begins with the first one, for its server may be another.
type packages struct {
	second  bool      // the second package is the one in use
	changed bool      // the other one was refused since a SUBSCRIBE was granted last, or since the flow began
	trying  bool      // the first one is asked for again, though the second one was granted
	lacked  time.Time // when the first one was asked for last, and not granted
}

// lacksEvents reports whether an answer says that the server has no such events. 406 and 415 do not: they speak of a body.
func lacksEvents(code int) bool {
	return code == 489 || code == sip.StatusMethodNotAllowed || code == sip.StatusNotImplemented
}

// asks is the package in use.
func (s *Subscription) asks() Package {
	if s.second {
		return s.watch.Second
	}
	return s.watch.Package
}

// other changes to the other package, once the server has refused the one in use as one that it does not have. It is false where there is no other
// one, or where that was refused as well.
func (s *Subscription) other() bool {
	if s.trying || s.changed || s.watch.Second == (Package{}) {
		return false
	}
	s.second, s.changed, s.lacked = !s.second, true, s.ua.now()
	return true
}

// try begins to ask for the first package again, at a refresh of the second one an hour after the first one was refused. The subscription of the
// second one is given up for it: it would end soon. What it has told is believed until then.
func (s *Subscription) try() bool {
	now := s.ua.now()
	if !s.second || s.phase != watched || s.d == nil || now.Sub(s.lacked) < firstAgain {
		return false
	}
	s.second, s.trying, s.lacked = false, true, now
	return true
}

// back asks for the second package at once where the first one, which was tried again, is not to be had, for whatever reason: the second one was.
func (s *Subscription) back() bool {
	if !s.trying {
		return false
	}
	s.trying, s.second = false, true
	s.again()
	return true
}

// startOver returns to the first package. A new flow calls it, since it may lead to another server.
func (s *Subscription) startOver() { s.packages = packages{} }
