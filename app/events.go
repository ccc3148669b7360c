package app

import (
	"time"

	"linecard/crm"
	"linecard/sip"
)

// event is anything that happens to the desk. Each carries the time it happened, so that next needs no clock.
type event interface{ at() time.Time }

// stamp is when an event happened.
type stamp struct{ time.Time }

func (s stamp) at() time.Time { return s.Time }

type (
	// phoneEvent is what the phone told.
	phoneEvent struct {
		stamp
		sip.Event
	}
	// callArrived is an inbound or outbound call with its number read and what memory knows of it.
	callArrived struct {
		stamp
		direction crm.Direction
		id        string
		party     sip.Party
		number    crm.Number
		called    string
		refused   bool        // told busy at once: do not disturb, or no line free
		known     *crm.Result // nil when memory knows nothing
		choice    string      // record id the agent picked for this number before, "" for none
	}
	// lookupEnded is the org's answer, or why there is none.
	lookupEnded struct {
		stamp
		id     string
		result crm.Result
		err    error
		choice string // record id the agent picked for this number before, "" for none
	}
	// lookupWanted asks again, after an error or a new link.
	lookupWanted struct {
		stamp
		id string
	}
	// detailsCame is what stands beside the record.
	detailsCame struct {
		stamp
		id      string
		ref     crm.Ref
		details crm.Details
	}
	// recordPicked is the agent's choice among many.
	recordPicked struct {
		stamp
		id, record string
	}
	// wrapEdited is a keystroke in the form.
	wrapEdited struct {
		stamp
		id   string
		edit WrapEdit
	}
	// wrapSaved ends wrap-up: Save was pressed.
	wrapSaved struct {
		stamp
		id string
	}
	// logRefused: the agent wants no activity for this call.
	logRefused struct {
		stamp
		id string
	}
	// dismissed takes an ended call off the desk.
	dismissed struct {
		stamp
		id string
	}
	// declinedHere: the agent declined; the phone's end event will not say who did.
	declinedHere struct {
		stamp
		id string
	}
	// ticked: the time asked for with wakeAt has come.
	ticked struct{ stamp }
	// logMoved: the writer got somewhere with a call's activity.
	logMoved struct {
		stamp
		id       string
		standing logStanding
		who      *crm.Match // the writer found out who it was
		// For telling of it, where known.
		name   string
		number string
		record crm.Ref
	}
	// historyRead is a fresh page of the journal.
	historyRead struct {
		stamp
		rows   []HistoryRow
		counts counts
	}
	// orgChanged is the link's new standing.
	orgChanged struct {
		stamp
		crm.LinkStatus
	}
	// audioChanged tells the devices now in use.
	audioChanged struct {
		stamp
		AudioView
	}
	// accountSet tells whether there is an account at all.
	accountSet struct {
		stamp
		configured bool
	}
	// dndSet is do not disturb, on or off.
	dndSet struct {
		stamp
		on bool
	}
	// rulesSet are new settings.
	rulesSet struct {
		stamp
		Rules
	}
	// noticed is a sentence for the agent, "" to take it back.
	noticed struct {
		stamp
		topic Topic
		text  string
	}
	// noticeRead is the agent's: the sentence was read and may go.
	noticeRead struct {
		stamp
		text string
	}
	// unsavedChanged tells what quitting now would lose, "" for nothing.
	unsavedChanged struct {
		stamp
		text string
	}
)
