package app

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// fate is what becomes of one write to a lateOrg.
type fate struct {
	commits bool          // the Task is made
	after   time.Duration // so long after the request came
	lost    bool          // the answer is lost: nobody can tell
	hangs   time.Duration // the answer comes that much later; without refused it is lost
	dies    bool          // the program is killed while it waits for the answer
	refused *crm.Error    // nothing is done, and the answer says why
}

// unsure reports whether the program cannot know how the write ended.
func (f fate) unsure() bool { return f.lost || f.hangs > 0 && f.refused == nil || f.dies }

// lateOrg is an org that may still be at work when nobody waits for its answer any more. lateLink is how it is reached.
type lateOrg struct {
	id      string
	clock   *handClock
	matches []crm.Match
	settle  time.Duration // creates of a call that come sooner after an unsure one are early

	mu       sync.Mutex
	upserts  bool
	gone     map[string]crm.Record // records that are not there any more, and what has taken their places
	fates    []fate                // of the writes to come; then all goes well
	moods    []*crm.Error          // what the questions to come are answered; then all goes well
	tasks    []lateTask
	made     int
	said     map[string]crm.Activity // what the Task of a call was last told
	ever     map[string]int          // Tasks made of each call, those deleted since among them
	unsure   map[string]time.Time    // when the last create of a call came whose end the program cannot know
	wrong    []string                // what the org should not have been asked
	hanging  int
	asked    int // questions that came
	requests int // writes that came, one for a batch
	down     bool

	lateRecords
}

type lateTask struct {
	ref  crm.Ref
	call string
	at   time.Time // it is there from then on
}

var errLost = &crm.Error{Class: crm.ClassAmbiguous, Fault: fault.New(fault.Plain, "text", "Salesforce's answer got lost.")}

// errDies stands for no answer: the program is killed while it waits for one.
var errDies = answersNo(crm.ClassAmbiguous, 0)

// answersNo is an answer that says that nothing was done.
func answersNo(class crm.Class, retry time.Duration) *crm.Error {
	return &crm.Error{Class: class, Retry: retry, Fault: fault.New(fault.Plain, "text", "Salesforce says "+string(class))}
}

func newLateOrg(id string, clock *handClock, settle time.Duration) *lateOrg {
	return &lateOrg{id: id, clock: clock, settle: settle, gone: map[string]crm.Record{}, said: map[string]crm.Activity{}, ever: map[string]int{}, unsure: map[string]time.Time{}, lateRecords: newLateRecords()}
}

// is is the org with what was done to it so far.
func (o *lateOrg) is(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f()
}

func (o *lateOrg) there(call string) (refs []crm.Ref) {
	now := o.clock.passed()
	for _, t := range o.tasks {
		if t.call == call && !t.at.After(now) {
			refs = append(refs, t.ref)
		}
	}
	return refs
}

func (o *lateOrg) count(call string) int { return len(o.found(call)) }

// found are the Tasks of a call that are there now.
func (o *lateOrg) found(call string) []crm.Ref {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.there(call)
}

// write takes one request that makes a Task, and tells what becomes of it.
func (o *lateOrg) write(user string, a crm.Activity) (crm.Ref, fate) {
	f := fate{commits: true}
	if len(o.fates) > 0 {
		f, o.fates = o.fates[0], o.fates[1:]
	}
	now := o.clock.passed()
	o.check(a)
	if o.isAboutGone(a) {
		f = fate{refused: answersNo(crm.ClassGone, 0)}
	}
	if last, ok := o.unsure[a.CallID]; ok && !o.upserts && now.Sub(last) < o.settle {
		o.wrong = append(o.wrong, fmt.Sprintf("%s was created %v after an attempt that may have arrived", a.CallID, now.Sub(last)))
	}
	delete(o.unsure, a.CallID)
	if f.unsure() {
		o.unsure[a.CallID] = now
	}
	if f.hangs > 0 {
		o.hanging++
	}
	i := slices.IndexFunc(o.tasks, func(t lateTask) bool { return t.call == a.CallID })
	switch {
	case !f.commits:
		return crm.Ref{}, f
	case o.upserts && i >= 0:
		if at := now.Add(f.after); at.Before(o.tasks[i].at) {
			o.tasks[i].at = at
		}
		return o.tasks[i].ref, f
	}
	o.made++
	o.ever[a.CallID]++
	o.said[a.CallID] = a
	ref := crm.Ref{Object: crm.Task, ID: fmt.Sprint("00T", o.id, o.made), Org: o.id, User: user}
	o.tasks = append(o.tasks, lateTask{ref, a.CallID, now.Add(f.after)})
	return ref, f
}

// isAboutGone reports whether the activity refers to a record that is not there any more.
func (o *lateOrg) isAboutGone(a crm.Activity) bool {
	_, who := o.gone[a.Who.ID]
	_, what := o.gone[a.What.ID]
	return who || what
}

// last is what the Task of a call says.
func (o *lateOrg) last(call string) crm.Activity {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.said[call]
}

// questions is how many came.
func (o *lateOrg) questions() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.asked
}

// check notes what the activity says of another org's people.
func (o *lateOrg) check(a crm.Activity) {
	for _, r := range []crm.Ref{a.Who, a.What} {
		if r.Org != "" && r.Org != o.id {
			o.wrong = append(o.wrong, fmt.Sprintf("%s is about %s of %s, and goes to %s", a.CallID, r.ID, r.Org, o.id))
		}
	}
}
