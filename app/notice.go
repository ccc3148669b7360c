package app

import (
	"reflect"

	"linecard/fault"
)

// Topic is what a notice for the agent is about. One is kept of each topic, and the gravest shown: taking it back shows
// the next one again.
type Topic int

// The topics, gravest first.
const (
	AboutJournal  Topic = iota // calls can't be saved
	AboutAction                // something the agent wanted done was not
	AboutAccount               // the phone can't use its account
	AboutSTUN                  // a STUN server says nothing
	AboutMusic                 // what callers on hold are to hear cannot be read
	AboutFlood                 // calls are held back
	AboutHistory               // the journal was begun again
	AboutSecrets               // no keyring
	AboutOwners                // a log is another user's than it should be
	AboutHooks                 // an address that rules name was not told of a call
	AboutRequests              // requests to Salesforce are left off
	AboutProfile               // the administrator's settings: they apply now, or can't be used
	AboutLink                  // a saved link can't be read
	AboutStart                 // what was found on starting
	AboutLimits                // what a link's user may not see, or has nearly used up
	AboutCallers               // what is remembered of callers is in memory, or was begun again
	topics        = iota
)

// notices are those that stand now, by topic; the zero Fault where there is none.
type notices [topics]fault.Fault

// gravest is the notice to show, the zero Fault when all is well.
func (n notices) gravest() fault.Fault {
	for _, f := range n {
		if !f.IsZero() {
			return f
		}
	}
	return fault.Fault{}
}

// without is the notices but for one.
func (n notices) without(f fault.Fault) notices {
	for i := range n {
		if reflect.DeepEqual(n[i], f) {
			n[i] = fault.Fault{}
		}
	}
	return n
}

// DismissNotice takes a notice back that the agent has read. It comes again when there is reason to say it again.
func (d *Desk) DismissNotice(f fault.Fault) { d.post(noticeRead{d.stamp(), f}) }

// Notice tells the agent that something was not done; the zero Fault takes it back.
func (d *Desk) Notice(f fault.Fault) { d.NoticeAbout(AboutAction, f) }

// NoticeAbout shows a notice to the agent until another about the same topic takes its place; the zero Fault takes it back.
func (d *Desk) NoticeAbout(t Topic, f fault.Fault) { d.post(noticed{d.stamp(), t, f}) }

// faultOf is the fault in err. An error without one says itself what it has to say.
func faultOf(err error) fault.Fault {
	if f := fault.Of(err); err == nil || !f.IsZero() {
		return f
	}
	return fault.New(fault.Plain, "text", err.Error())
}
