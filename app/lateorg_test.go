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
	slow    time.Duration // it leaves so much later: the org refuses what goes before it, and is asked why
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
	tally   *tally        // of all orgs

	mu        sync.Mutex
	upserts   bool                  // it has the field of the call's id
	hidden    map[string]bool       // users who do not see that field
	gone      map[string]crm.Record // records that are not there any more, and what has taken their places
	fates     []fate                // of the writes to come; then all goes well
	whole     []*crm.Error          // what the batches to come are refused with, as a whole
	moods     []*crm.Error          // what the questions to come are answered; then all goes well
	tasks     []lateTask
	coming    []lateCommit // what it is still at work on
	made      int
	said      map[string]crm.Activity // what the Task of a call was last told
	ever      map[string]int          // Tasks made of each call, those deleted since among them
	unsure    map[string]unsureWrite  // creates of a call whose end the program cannot know
	wrong     []string                // what the org should not have been asked
	hanging   int
	asked     int                   // questions that came
	fixed     bool                  // it refuses every change of a Task
	private   bool                  // its users see and change what they have made themselves, and nothing else
	refuses   map[string]*crm.Error // what users are answered who change a Task
	elsewhere map[string]bool       // Tasks, by id, whose call's id no field has, nor the description
	requests  int                   // writes that came, one for a batch
	down      bool

	lateRecords
}

type lateTask struct {
	ref   crm.Ref
	call  string
	keyed bool // it was made with the call's id in the field for it
}

// lateCommit is a write that the org finishes at a time, whoever waits for that.
type lateCommit struct {
	at    time.Time
	ref   crm.Ref // of the Task that it makes, unless it is an upsert that finds one
	keyed bool
	crm.Activity
}

// unsureWrite is when the latest came: of all, and of those that were no upserts.
type unsureWrite struct{ any, unkeyed time.Time }

var errLost = &crm.Error{Class: crm.ClassAmbiguous, Fault: fault.New(fault.Plain, "text", "Salesforce's answer got lost.")}

// errDies stands for no answer: the program is killed while it waits for one.
var errDies = answersNo(crm.ClassAmbiguous, 0)

// answersNo is an answer that says that nothing was done.
func answersNo(class crm.Class, retry time.Duration) *crm.Error {
	return &crm.Error{Class: class, Retry: retry, Fault: fault.New(fault.Plain, "text", "Salesforce says "+string(class))}
}

func newLateOrg(id string, clock *handClock, settle time.Duration, all *tally) *lateOrg {
	return &lateOrg{
		id: id, clock: clock, settle: settle, tally: all, gone: map[string]crm.Record{}, said: map[string]crm.Activity{}, ever: map[string]int{},
		unsure: map[string]unsureWrite{}, hidden: map[string]bool{}, lateRecords: newLateRecords(),
	}
}

// is is the org with what was done to it so far.
func (o *lateOrg) is(f func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	f()
}

func (o *lateOrg) there(call string) (refs []crm.Ref) {
	o.arrive()
	for _, t := range o.tasks {
		if t.call == call {
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

// keys reports whether what the user writes has the call's id in the field for it.
func (o *lateOrg) keys(user string) bool { return o.upserts && !o.hidden[user] }

// write takes one request that makes a Task, and tells what becomes of it.
func (o *lateOrg) write(user string, a crm.Activity) (crm.Ref, fate) {
	keyed := o.keys(user)
	if a.Upsert && !keyed {
		return crm.Ref{}, fate{refused: answersNo(crm.ClassTransient, 0)}
	}
	f := fate{commits: true}
	if len(o.fates) > 0 {
		f, o.fates = o.fates[0], o.fates[1:]
	}
	now := o.clock.passed()
	o.check(a)
	if o.isAboutGone(a) {
		f = fate{refused: answersNo(crm.ClassGone, 0)}
	}
	last := o.unsure[a.CallID].any
	if keyed { // it finds what upserts have made, and nothing else
		last = o.unsure[a.CallID].unkeyed
	}
	if !last.IsZero() && now.Sub(last) < o.settle {
		o.wrong = append(o.wrong, fmt.Sprintf("%s was created %v after an attempt that may have arrived", a.CallID, now.Sub(last)))
	}
	if f.unsure() {
		o.doubts(a)
	}
	if f.hangs > 0 {
		o.hanging++
	}
	if !f.commits {
		return crm.Ref{}, f
	}
	if o.arrive(); keyed && o.hides(user, a.CallID) {
		f.refused = &crm.Error{Class: crm.ClassAmbiguous, Code: "DUPLICATE_VALUE", Fault: fault.New(fault.Plain, "text", "There is one already.")}
		return crm.Ref{}, f
	}
	o.made++
	ref := crm.Ref{Object: crm.Task, ID: fmt.Sprint("00T", o.id, o.made), Org: o.id, User: user}
	o.coming = append(o.coming, lateCommit{now.Add(f.after), ref, keyed, a})
	o.arrive()
	if i := o.keyedTask(a.CallID); keyed && i >= 0 {
		ref = o.tasks[i].ref
	}
	return ref, f
}

// doubts notes a write whose end the program cannot know. It counts as an upsert only where it was bound to be one.
func (o *lateOrg) doubts(a crm.Activity) {
	w := o.unsure[a.CallID]
	w.any = o.clock.passed()
	if !a.Upsert {
		w.unkeyed = w.any
	}
	o.unsure[a.CallID] = w
}

// arrive finishes what the org is done with by now. An upsert changes the Task that has the call's id in the field for it, with
// what it carries, old as that may be; without such a Task it makes one.
func (o *lateOrg) arrive() {
	now := o.clock.passed()
	slices.SortStableFunc(o.coming, func(a, b lateCommit) int { return a.at.Compare(b.at) })
	for len(o.coming) > 0 && !o.coming[0].at.After(now) {
		c := o.coming[0]
		o.coming = o.coming[1:]
		if c.keyed && o.hides(c.ref.User, c.CallID) {
			continue
		}
		o.said[c.CallID] = c.Activity
		if c.keyed && o.keyedTask(c.CallID) >= 0 {
			continue
		}
		o.ever[c.CallID]++
		o.tally.add(c.CallID, 1)
		o.tasks = append(o.tasks, lateTask{c.ref, c.CallID, c.keyed})
	}
}

// finish finishes all that the org is still at work on, when nobody waits for it any more.
func (o *lateOrg) finish() {
	slices.SortStableFunc(o.coming, func(a, b lateCommit) int { return a.at.Compare(b.at) })
	for i := range o.coming {
		o.coming[i].at = o.clock.passed()
	}
	o.arrive()
}

// keyedTask is the place of the Task that an upsert of the call finds, -1 for none.
func (o *lateOrg) keyedTask(call string) int {
	return slices.IndexFunc(o.tasks, func(t lateTask) bool { return t.call == call && t.keyed })
}

// hides reports whether the Task that an upsert of the call would find is another user's, and not for this one to see: it is refused.
func (o *lateOrg) hides(user, call string) bool {
	i := o.keyedTask(call)
	return o.private && i >= 0 && o.tasks[i].ref.User != user
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
	o.arrive()
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
