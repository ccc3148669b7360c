package app

import (
	"maps"
	"slices"
	"strings"
	"time"

	"linecard/clean"
	"linecard/crm"
	"linecard/sip"
)

// What is known of queues: the phone system tells it by the states of phones that there are only for that (hints), and is believed; what the
// desk has asked for last, and nobody has told since, is shown as that and never as a fact.

// Queue is a queue of the phone system that the agent logs in to.
type Queue struct {
	Name      string
	Account   string                 // id of the account at whose phone system it is
	Codes     map[QueueAction]string // what is called; that of a pause may have [ReasonHere]
	Reasons   []QueueReason
	Hint      string // extension whose state says whether the agent is logged in; "" for none
	PauseHint string // extension whose state says whether the agent is paused; "" for none
}

// QueueReason is why an agent pauses, and how the phone system knows it.
type QueueReason struct{ Name, Code string }

// ReasonHere stands in the code of a pause for the code of its reason.
const ReasonHere = "{reason}"

// QueueAction is what can be asked of a queue.
type QueueAction string

// The actions, as the command line names them.
const (
	QueueLogin  QueueAction = "login"
	QueueLogout QueueAction = "logout"
	QueuePause  QueueAction = "pause"
	QueueResume QueueAction = "resume"
)

// QueueActions are the actions there are.
func QueueActions() []QueueAction {
	return []QueueAction{QueueLogin, QueueLogout, QueuePause, QueueResume}
}

// QueueState is what the phone system tells of an agent in a queue.
type QueueState string

// The states.
const (
	QueueUnknown QueueState = "unknown"
	QueueOut     QueueState = "out"
	QueueIn      QueueState = "in"
	QueuePaused  QueueState = "paused"
)

// QueueView is a queue, as faces show one.
type QueueView struct {
	Name    string        `json:"queue"`
	Account string        `json:"account,omitempty"`
	OnLine  string        `json:"onLine,omitempty"` // what the agent calls that account; "" while there is only one
	State   QueueState    `json:"state"`            // as the phone system tells it
	Asked   QueueAction   `json:"asked,omitempty"`  // what the desk asked for last, where the phone system has not told what has come of it
	Reason  string        `json:"reason,omitempty"` // of the pause that the desk asked for
	Asking  QueueAction   `json:"asking,omitempty"` // whose code is being called
	Actions []QueueAction `json:"actions"`          // that there is a code for, and that would change something
	Reasons []string      `json:"reasons"`          // one of which a pause needs; none where it needs none
}

// Can reports whether an action is among those of the queue.
func (v QueueView) Can(a QueueAction) bool { return slices.Contains(v.Actions, a) }

// queue is a queue with what the desk has asked of it.
type queue struct {
	Queue
	asked, asking QueueAction
	reason        string    // of the pause that was asked for
	reasonAsking  string    // of the one that is being asked for
	askedAt       time.Time // when asked was answered
}

// lamp is an extension whose state is watched.
type lamp struct{ account, extension string }

// told is what the phone system tells of an agent in a queue. Where one hint tells of both, it blinks for a pause.
func (q queue) told(lamps map[lamp]sip.ColleagueState) (state QueueState, paused, pauseKnown bool) {
	of := func(hint string) sip.ColleagueState {
		if hint == "" {
			return sip.ColleagueState{}
		}
		return lamps[lamp{q.Account, hint}]
	}
	in, pause := of(q.Hint), of(q.PauseHint)
	state = QueueUnknown
	switch {
	case in.Known && (in.Busy || in.Ringing):
		state = QueueIn
	case in.Known:
		return QueueOut, false, true
	}
	switch {
	case q.PauseHint != "":
		paused, pauseKnown = pause.Known && (pause.Busy || pause.Ringing), pause.Known
	case in.Ringing && !in.Busy:
		paused, pauseKnown = true, true
	}
	if paused {
		state = QueuePaused
	}
	return state, paused, pauseKnown
}

// so reports whether the phone system tells what has come of an action, and whether the agent is as it was asked for.
func (q queue) so(a QueueAction, lamps map[lamp]sip.ColleagueState) (known, so bool) {
	state, paused, pauseKnown := q.told(lamps)
	switch a {
	case QueueLogin:
		return state != QueueUnknown, state == QueueIn || state == QueuePaused
	case QueueLogout:
		return state != QueueUnknown, state == QueueOut
	case QueuePause:
		return pauseKnown, paused
	}
	return pauseKnown, !paused
}

// settled is the queue without what was asked for, where the phone system tells something else from now on.
func (q queue) settled(changed string, lamps map[lamp]sip.ColleagueState) queue {
	membership := q.asked == QueueLogin || q.asked == QueueLogout
	if known, so := q.so(q.asked, lamps); q.asked != "" && known && !so && !(membership && changed != q.Hint) {
		q.asked, q.reason = "", ""
	}
	return q
}

// view is the queue as it is shown.
func (q queue) view(lamps map[lamp]sip.ColleagueState) QueueView {
	state, _, pauseKnown := q.told(lamps)
	v := QueueView{Name: q.Name, Account: q.Account, State: state, Asked: q.asked, Asking: q.asking, Actions: []QueueAction{}, Reasons: []string{}}
	if known, so := q.so(q.asked, lamps); known && so {
		v.Asked = ""
	}
	switch {
	case q.asking == QueuePause:
		v.Reason = q.reasonAsking
	case q.asked == QueuePause && (v.Asked != "" || state == QueuePaused):
		v.Reason = q.reason
	}
	idle := map[QueueState][]QueueAction{QueueOut: {QueueLogout, QueuePause, QueueResume}, QueueIn: {QueueLogin}, QueuePaused: {QueueLogin, QueuePause}}[state]
	if state == QueueIn && pauseKnown {
		idle = append(idle, QueueResume)
	}
	for _, a := range QueueActions() {
		if q.Codes[a] != "" && !slices.Contains(idle, a) {
			v.Actions = append(v.Actions, a)
		}
	}
	if strings.Contains(q.Codes[QueuePause], ReasonHere) {
		for _, r := range q.Reasons {
			v.Reasons = append(v.Reasons, r.Name)
		}
	}
	return v
}

// queueViews are the queues, with their lines by name.
func (s *state) queueViews() []QueueView {
	if len(s.queues) == 0 {
		return nil
	}
	views := make([]QueueView, len(s.queues))
	for i, q := range s.queues {
		views[i] = q.view(s.lamps)
		views[i].OnLine = s.label(q.Account)
	}
	return views
}

// queue is the place of a queue in the list, or -1.
func (s state) queue(account, name string) int {
	return slices.IndexFunc(s.queues, func(q queue) bool { return q.Account == account && strings.EqualFold(q.Name, name) })
}

// queueHeaders are where phone systems are made to write the name of the queue.
var queueHeaders = []string{"X-Queue", "X-Queue-Name"}

// cameThrough is the queue that an inbound call came through: what the phone system names as that, or else the agent's queue that was
// dialed or has sent the caller on. "" where neither is told.
func (s state) cameThrough(c *call) string {
	if c.direction != crm.Inbound {
		return ""
	}
	for _, name := range queueHeaders {
		for header, value := range c.told.headers {
			if value = clean.Line(value); strings.EqualFold(header, name) && value != "" {
				return value
			}
		}
	}
	for _, by := range []string{c.called, c.told.diverted, c.told.signalling.DivertedFirst} {
		for _, q := range s.queues {
			if by != "" && q.Account == c.account && strings.EqualFold(by, q.Name) {
				return clean.Line(q.Name)
			}
		}
	}
	return ""
}

type queuesSet struct {
	stamp
	all []Queue
}

// SetQueues says which queues there are, in the order in which they are shown. What was asked of those that stay is kept.
func (d *Desk) SetQueues(all []Queue) { d.post(queuesSet{d.stamp(), slices.Clone(all)}) }

func (e queuesSet) next(s state) (state, []effect) {
	queues := make([]queue, len(e.all))
	for i, q := range e.all {
		if was := s.queue(q.Account, q.Name); was >= 0 {
			queues[i] = s.queues[was]
		}
		queues[i].Queue = q
	}
	s.queues = queues
	return s.lampsWatched(), nil
}

// lampsWatched forgets the states of phones that nobody watches any more: nobody would tell what becomes of them.
func (s state) lampsWatched() state {
	watched := map[lamp]bool{}
	for _, q := range s.queues {
		watched[lamp{q.Account, q.Hint}], watched[lamp{q.Account, q.PauseHint}] = true, true
	}
	for _, c := range s.colleagues {
		watched[lamp{c.Account, c.Extension}] = true
	}
	s.lamps = maps.Clone(s.lamps)
	maps.DeleteFunc(s.lamps, func(l lamp, _ sip.ColleagueState) bool { return !watched[l] })
	return s
}

// lampChanged notes what a watched phone does, for the queues of which it tells.
func (s state) lampChanged(e sip.ColleagueChanged, at stamp) (state, []effect) {
	before := s.queueViews()
	s.lamps = maps.Clone(s.lamps)
	if s.lamps == nil {
		s.lamps = map[lamp]sip.ColleagueState{}
	}
	s.lamps[lamp{e.Account, e.Extension}] = e.State
	s.queues = slices.Clone(s.queues)
	for i, q := range s.queues {
		if q.Account == e.Account && (q.Hint == e.Extension || q.PauseHint == e.Extension) {
			s.queues[i] = q.settled(e.Extension, s.lamps)
		}
	}
	return s, s.tellQueues(before, at)
}

// tellQueues puts the queues that have changed on the event stream.
func (s *state) tellQueues(before []QueueView, at stamp) (out []effect) {
	for i, v := range s.queueViews() {
		if i < len(before) && before[i].State == v.State && before[i].Asked == v.Asked && before[i].Reason == v.Reason {
			continue
		}
		out = append(out, say{Event{Event: "queue", At: at.at(), Account: v.Account, Name: v.Name, State: string(v.State), Target: string(v.Asked)}})
	}
	return out
}
