package app

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"linecard/fault"
)

// ErrNoQueues says that no queue is set.
var ErrNoQueues = fault.Err(nil, "desk.no-queues")

// QueueAsk is what is asked of a queue. Queue "" is every queue that can do that, and Account "" the only one with such a queue.
type QueueAsk struct {
	Action  QueueAction
	Queue   string
	Account string
	Reason  string // name of one of the reasons, for a pause that needs one
}

// AskQueue has the phone system log the agent in to a queue, or out, pause or go on, by the code for that. It returns once the phone system has
// answered the code; a queue that is told to be as it is asked for already is left alone. It returns the queues that it asked, or that were so already.
func (d *Desk) AskQueue(ctx context.Context, ask QueueAsk) (asked []QueueView, err error) {
	chosen, err := d.now.Load().queuesFor(ask)
	if err != nil {
		return nil, err
	}
	var failed error // the first; the others are asked all the same
	for _, q := range chosen {
		q, err := d.now.Load().queueNow(q, ask) // the settings may have changed while the others were asked
		if err == nil {
			err = d.askQueue(ctx, q, ask)
		}
		if err != nil {
			if failed = cmp.Or(failed, err); ctx.Err() != nil {
				break
			}
			continue
		}
		s := d.now.Load()
		if i := s.queue(q.Account, q.Name); i >= 0 {
			asked = append(asked, s.queueViews()[i])
		}
	}
	return asked, failed
}

// queueNow is a queue that was chosen, as it is set by now.
func (s state) queueNow(q queue, ask QueueAsk) (queue, error) {
	i := s.queue(q.Account, q.Name)
	if i >= 0 {
		return s.queues[i], nil
	}
	ask.Queue, ask.Account = q.Name, q.Account
	_, err := s.queuesFor(ask)
	return q, err
}

// queuesFor are the queues that are asked.
func (s state) queuesFor(ask QueueAsk) ([]queue, error) {
	if len(s.queues) == 0 {
		return nil, ErrNoQueues
	}
	var chosen []queue
	var names []string
	for _, q := range s.queues {
		if !slices.Contains(names, q.Name) {
			names = append(names, q.Name)
		}
		if ask.Account != "" && q.Account != ask.Account || ask.Queue != "" && !strings.EqualFold(q.Name, strings.TrimSpace(ask.Queue)) {
			continue
		}
		if ask.Queue != "" || q.Codes[ask.Action] != "" {
			chosen = append(chosen, q)
		}
	}
	switch {
	case len(chosen) == 0 && ask.Queue == "":
		return nil, fault.Err(nil, "desk.no-queue-has-code", "action", string(ask.Action))
	case len(chosen) == 0:
		return nil, fault.Err(nil, "desk.no-queue", "queue", ask.Queue, "queues", names)
	case len(chosen) > 1 && ask.Queue != "":
		return nil, fault.Err(nil, "desk.which-queue", "queue", ask.Queue)
	}
	return chosen, nil
}

// code is what is called for an action, and the name of the reason as the settings have it.
func (q queue) code(ask QueueAsk) (code, reason string, err error) {
	code = q.Codes[ask.Action]
	wants := strings.Contains(code, ReasonHere)
	switch {
	case code == "":
		return "", "", fault.Err(nil, "desk.no-queue-code", "action", string(ask.Action), "queue", q.Name)
	case !wants && ask.Reason != "" && ask.Queue != "": // of all queues, some may take one
		return "", "", fault.Err(nil, "desk.unwanted-reason", "queue", q.Name)
	case !wants:
		return code, "", nil
	}
	var names []string
	for _, r := range q.Reasons {
		if strings.EqualFold(r.Name, strings.TrimSpace(ask.Reason)) {
			return strings.ReplaceAll(code, ReasonHere, r.Code), r.Name, nil
		}
		names = append(names, r.Name)
	}
	return "", "", fault.Err(nil, "desk.which-reason", "queue", q.Name, "reasons", names)
}

// askQueue asks one queue.
func (d *Desk) askQueue(ctx context.Context, q queue, ask QueueAsk) error {
	code, reason, err := q.code(ask)
	if err != nil {
		return err
	}
	key := lamp{q.Account, strings.ToLower(q.Name)}
	if _, under := d.queueAsked.LoadOrStore(key, true); under {
		return fault.Err(nil, "desk.queue-under-way", "queue", q.Name)
	}
	s := d.now.Load()
	if i := s.queue(q.Account, q.Name); i >= 0 {
		q = s.queues[i] // what was asked of it meanwhile counts
	}
	known, so := q.so(ask.Action, s.lamps)
	switch {
	case known && so:
		d.queueAsked.Delete(key)
		return nil
	case known && q.tellsOf(ask.Action) && q.asked == ask.Action && d.cfg.Clock.Now().Sub(q.askedAt) < askedTime:
		d.queueAsked.Delete(key)
		return fault.Err(nil, "desk.queue-asked-already", "queue", q.Name)
	}
	result := make(chan fault.Fault, 1)
	asking := queueAsking{d.stamp(), q.Account, q.Name, ask.Action, reason}
	d.post(asking)
	over := func(why fault.Fault) { d.post(queueAnswered{asking, d.cfg.Clock.Now(), why, result}) }
	if err := d.cfg.Phone.CallCode(q.Account, code, over); err != nil {
		over(fault.Of(err))
	}
	select {
	case why := <-result:
		defer d.queueAsked.Delete(key) // once it is told what has come of it: a code may go the other way the next time
		if why.IsZero() {
			d.awaitQueue(ctx, q, ask.Action)
			return nil
		}
		return &fault.Error{Fault: fault.New("desk.queue-failed", "queue", q.Name, "why", why)}
	case <-ctx.Done():
		go func() { // whoever has asked is gone, and the code is not over
			select {
			case <-result:
				d.queueAsked.Delete(key)
			case <-d.ctx.Done():
			}
		}()
		return ctx.Err()
	case <-d.ctx.Done():
		return d.ctx.Err()
	}
}

// askedTime is how long what was asked for is not asked for again while the phone system has not told what has come of it: where a code goes in turn, that
// would undo it.
const askedTime = 30 * time.Second

// hintTime is how long after the code the phone system may tell what has come of it, for the answer to have it.
const hintTime = 2 * time.Second

// awaitQueue waits for a moment for the hint that tells what has come of a code.
func (d *Desk) awaitQueue(ctx context.Context, q queue, a QueueAction) {
	if known, _ := q.so(a, d.now.Load().lamps); !known || !q.tellsOf(a) {
		return
	}
	told, late := make(chan struct{}), make(chan struct{})
	stop := d.cfg.Clock.AfterFunc(hintTime, func() { close(late) })
	defer stop()
	var once sync.Once
	cancel := d.Subscribe(func(v View) {
		i := slices.IndexFunc(v.Queues, func(v QueueView) bool { return v.Name == q.Name && v.Account == q.Account })
		if i < 0 || v.Queues[i].Asked != a {
			once.Do(func() { close(told) })
		}
	})
	defer cancel()
	select {
	case <-told:
	case <-late:
	case <-ctx.Done():
	case <-d.ctx.Done():
	}
}

// tellsOf reports whether the phone system is to tell what has come of an action.
func (q queue) tellsOf(a QueueAction) bool {
	if a == QueuePause || a == QueueResume {
		return q.PauseHint != ""
	}
	return q.Hint != ""
}

// queueAsking is the call of a code that begins.
type queueAsking struct {
	stamp
	account, name string
	action        QueueAction
	reason        string
}

func (e queueAsking) next(s state) (state, []effect) {
	return s.withQueue(e, func(q queue) queue {
		q.asking, q.reasonAsking = e.action, e.reason
		return q
	})
}

// queueAnswered is its end. What was asked for before it and nobody has told of is overtaken by what is asked for now.
type queueAnswered struct {
	queueAsking
	answered time.Time
	why      fault.Fault
	result   chan<- fault.Fault // has room for it
}

func (e queueAnswered) next(s state) (state, []effect) {
	s, out := s.withQueue(e.queueAsking, func(q queue) queue {
		q.asking, q.reasonAsking = "", ""
		if e.why.IsZero() {
			q.asked, q.reason, q.askedAt = e.action, e.reason, e.answered
		}
		return q
	})
	return s, append(out, answerAsker{e.result, e.why})
}

// answerAsker tells whoever has asked, once the answer is drawn.
type answerAsker struct {
	result chan<- fault.Fault
	why    fault.Fault
}

func (f answerAsker) to(*Desk) { f.result <- f.why }

// withQueue changes the queue that an event is about, if it is still there.
func (s state) withQueue(e queueAsking, change func(queue) queue) (state, []effect) {
	i := s.queue(e.account, e.name)
	if i < 0 {
		return s, nil
	}
	before := s.queueViews()
	s.queues = slices.Clone(s.queues)
	s.queues[i] = change(s.queues[i])
	return s, s.tellQueues(before, e.stamp)
}
