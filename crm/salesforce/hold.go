package salesforce

import (
	"context"
	"errors"
	"math/rand/v2"
	"reflect"
	"time"

	"linecard/crm"
	"linecard/fault"
)

// hold is one reason why the org takes nothing for now, whatever the request: the user has no API access or an expired
// password, the org's requests of the day are used up, its storage is full. While it stands, requests are refused here
// with that reason, and one request after each pause finds out whether it still holds. It is one state of the link: a
// call that waits for it is not refused, it is only not sent yet.
type hold struct {
	err  *crm.Error
	next time.Time // when one request may try again
}

// holds are those of a link. They are guarded by Client.mu.
type holds struct {
	all    *hold // for every request
	writes *hold // for those that make or change a record

	tries    int       // how often the org has refused since the last request that it took
	refused  int       // how often it has refused a session that it had just opened
	again    time.Time // when an org that did not answer is asked whether it does
	mending  bool      // a goroutine tries again
	patience time.Duration
	nudge    chan struct{} // wakes that goroutine
}

// Pauses until the next try of what the org refuses altogether: short at first, for somebody may be at work on it, then
// up to five minutes. A quota comes back gradually; a refused request does not count against it.
const (
	firstHold = 10 * time.Second
	lastHold  = 5 * time.Minute
	quotaHold = 40 * time.Second
)

func newHolds() holds { return holds{patience: firstHold, nudge: make(chan struct{}, 1)} }

// clear forgets all refusals: the link is another one.
func (h *holds) clear() { h.all, h.writes, h.tries, h.refused, h.again = nil, nil, 0, 0, time.Time{} }

// pause returns how long to wait after the refusals so far.
func (h *holds) pause(e *crm.Error) time.Duration {
	p := min(h.patience<<min(max(h.tries-1, 0), 10), lastHold)
	if e != nil && e.Class == crm.ClassQuota {
		p = min(quotaHold, 4*h.patience)
	}
	p += rand.N(p/4 + 1)
	if e != nil && e.Retry > p {
		p = min(e.Retry, maxRetryAfter)
	}
	return p
}

// listen returns how long to wait until an org that did not answer is asked whether it does: 20 to 25 seconds. With nothing to log and nobody on
// the phone no other request would find out, and agents would be told all day that it cannot be reached.
func (h *holds) listen() time.Duration { return 2*h.patience + rand.N(h.patience/2+1) }

// onlyWrites reports whether the org still answers questions.
func onlyWrites(e *crm.Error) bool {
	return e.Code == "STORAGE_LIMIT_EXCEEDED" || e.Code == exceededQuota || e.Code == readOnlyOrg || e.Code == notEnabled || toldBySchema(e)
}

// toldBySchema reports whether e is no answer to a write, but what the org's descriptions tell about every write.
func toldBySchema(e *crm.Error) bool { return e.Code == noClosedStatus || e.Code == noTaskRight }

// admit refuses q while a hold stands, and lets one request through when it is time to try again.
func (c *Client) admit(q call) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.cfg.Now()
	standing := []*hold{c.holds.all}
	if q.writes {
		standing = append(standing, c.holds.writes)
	}
	for _, h := range standing {
		if h != nil && now.Before(h.next) {
			again := *h.err
			again.Retry = h.next.Sub(now)
			return &again
		}
	}
	for _, h := range standing {
		if h != nil {
			h.next = now.Add(q.timeout) // the others wait for the answer to this one
		}
	}
	return nil
}

// heldBack returns why no call is logged before the next try; nil when nothing holds them.
func (c *Client) heldBack() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.cfg.Now()
	for _, h := range []*hold{c.holds.all, c.holds.writes} {
		if h != nil && now.Before(h.next) {
			again := *h.err
			again.Retry = h.next.Sub(now)
			return &again
		}
	}
	return nil
}

// note keeps in the link's state how a request ended: that the org answers, that something on the way does not, or that
// the org refuses this user everything.
func (c *Client) note(q call, epoch int, err error) {
	if errors.Is(err, context.Canceled) || crm.IsLeftOff(err) { // nobody waits for the answer any more, or the org was not asked
		return
	}
	e, _ := asError(err)
	c.mu.Lock()
	if c.epoch != epoch {
		c.mu.Unlock()
		return
	}
	var trouble fault.Fault
	if e != nil && c.holds.knows(e) { // what was found out to be refused altogether
		e.Class = crm.ClassBlocked
	}
	switch {
	case e != nil && (e.Class == crm.ClassBlocked || e.Class == crm.ClassQuota) && !fileStorageFull(q, e):
		c.holds.raise(e, c.cfg.Now())
	case e != nil && (e.Class == crm.ClassTransient || e.Class == crm.ClassAmbiguous) && !passing[e.Code]:
		trouble = e.Fault
		c.holds.postpone(e, c.cfg.Now())
	case e == nil || len(refusals(err)) > 0: // a refusal is an answer too
		c.holds.release(q, err == nil)
	}
	c.mu.Unlock()
	c.showHolds(trouble)
	c.mend()
}

// passing are refusals of one request that say nothing about the next one.
var passing = map[string]bool{"UNABLE_TO_LOCK_ROW": true, "QUERY_TIMEOUT": true}

// knows reports whether e is the refusal of an unknown kind that holds already.
func (h *holds) knows(e *crm.Error) bool {
	return unknownDenial(e) && (h.all != nil && h.all.err.Code == e.Code || h.writes != nil && h.writes.err.Code == e.Code)
}

// raise notes that the org refuses everything, or every write, and sets the time of the next try.
func (h *holds) raise(e *crm.Error, now time.Time) {
	h.tries++
	p := h.pause(e)
	kept := *e
	kept.Retry = 0
	held := &hold{&kept, now.Add(p)}
	if onlyWrites(e) {
		h.writes = held
	} else {
		h.all = held
	}
	e.Retry = p
}

// postpone sets the next try after one that has found out nothing. An org, or a gateway before it, that has asked for a pause is not asked
// before that is over.
func (h *holds) postpone(e *crm.Error, now time.Time) {
	asked := min(e.Retry, maxRetryAfter)
	for _, held := range []*hold{h.all, h.writes} {
		if held != nil {
			held.next = now.Add(max(h.pause(held.err), asked))
		}
	}
	if again := now.Add(max(h.listen(), asked)); again.After(h.again) {
		h.again = again
	}
}

// release ends the holds that an answer of the org has shown to be over.
func (h *holds) release(q call, done bool) {
	h.all, h.again = nil, time.Time{}
	if q.writes && done {
		h.writes = nil
	}
	if !q.probe && h.writes == nil {
		h.tries = 0
	}
	h.refused = 0
}

// showHolds puts what holds into the status: Inactive when the org refuses this user everything, otherwise a trouble.
func (c *Client) showHolds(trouble fault.Fault) {
	c.mu.Lock()
	now := c.statusLocked()
	next := c.heldStatus(now, trouble)
	c.mu.Unlock()
	if reflect.DeepEqual(now, next) {
		return
	}
	c.setStatus(func(s *crm.LinkStatus) { *s = c.heldStatus(*s, trouble) })
}

// heldStatus returns s with what holds. The caller holds c.mu.
func (c *Client) heldStatus(s crm.LinkStatus, trouble fault.Fault) crm.LinkStatus {
	blocked := c.holds.all != nil && c.holds.all.err.Class == crm.ClassBlocked
	switch {
	case c.link.OrgID == "":
		return s
	case blocked && (s.State == crm.Linked || s.State == crm.Inactive):
		s.State, s.Reason = crm.Inactive, c.holds.all.err.Fault
	case s.State == crm.Inactive && c.dead == nil:
		s.State, s.Reason = crm.Linked, fault.Fault{}
	}
	switch {
	case c.holds.all != nil && !blocked:
		trouble = c.holds.all.err.Fault
	case c.holds.all == nil && c.holds.writes != nil:
		trouble = c.holds.writes.err.Fault
	}
	s.Trouble = trouble
	return s
}

// mend tries again in the background while the org refuses everything or does not answer, since nobody else may ask it then.
func (c *Client) mend() {
	c.mu.Lock()
	if _, waits := c.nextTry(); !waits || c.holds.mending || c.closed {
		c.mu.Unlock()
		return
	}
	c.holds.mending = true
	c.mu.Unlock()
	c.background(func(ctx context.Context) {
		for {
			c.mu.Lock()
			wait, waits := c.nextTry()
			c.holds.mending = waits
			c.mu.Unlock()
			if !waits {
				return
			}
			t := time.NewTimer(max(wait, time.Millisecond))
			select {
			case <-ctx.Done():
				t.Stop()
				return
			case <-c.holds.nudge:
				t.Stop()
				continue
			case <-t.C:
			}
			c.probe(ctx)
		}
	})
}

// nextTry returns how long to wait until the link is tried again, and whether it will be tried at all. The caller holds
// c.mu.
func (c *Client) nextTry() (time.Duration, bool) {
	now := c.cfg.Now()
	switch {
	case c.dead != nil && !c.retryAt.IsZero():
		return c.retryAt.Sub(now), true
	case c.dead == nil && c.holds.all != nil:
		return c.holds.all.next.Sub(now), true
	case c.dead == nil && c.holds.writes == nil && c.status.State == crm.Linked && !c.status.Trouble.IsZero():
		return c.holds.again.Sub(now), true
	}
	return 0, false
}

// heldUnknown reports whether the org refuses everything for a reason of an unknown kind.
func (c *Client) heldUnknown() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holds.all == nil {
		return false
	}
	_, known := classes[c.holds.all.err.Code]
	return !known
}

// probe asks the org for something small. Where calls may be logged anyhow, it is left off as soon as the requests run short.
func (c *Client) probe(ctx context.Context) {
	c.mu.Lock()
	if c.dead == nil && c.holds.all == nil {
		ctx = crm.ForUse(ctx, crm.UsePanel)
	}
	c.mu.Unlock()
	q := c.get("/limits", nil, c.cfg.WriteTimeout)
	q.probe = true
	if c.heldUnknown() { // which limits may not tell
		q = c.question()
	}
	_, err := c.do(ctx, q, nil)
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.cfg.Now(); err != nil && !now.Before(c.holds.again) { // it was not made, as the meter may have it
		c.holds.again = now.Add(c.holds.listen())
	}
	if now := c.cfg.Now(); err != nil && c.dead != nil && !c.retryAt.IsZero() && !now.Before(c.retryAt) {
		c.holds.tries++
		c.retryAt = now.Add(c.holds.pause(nil)) // no answer: it is not known to work
	}
}

// TryNow makes the next request find out whether the org still refuses everything or does not answer, in place of waiting for its time.
func (c *Client) TryNow() {
	c.mu.Lock()
	for _, h := range []*hold{c.holds.all, c.holds.writes} {
		if h != nil {
			h.next = time.Time{}
		}
	}
	if c.dead != nil && !c.retryAt.IsZero() {
		c.retryAt = c.cfg.Now()
	}
	c.holds.again = time.Time{}
	c.mu.Unlock()
	select {
	case c.holds.nudge <- struct{}{}:
	default:
	}
}

// heldWrites returns why no call is logged now; nil when nothing holds them.
func (c *Client) heldWrites() *crm.Error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.holds.writes == nil {
		return nil
	}
	return c.holds.writes.err
}

// noClosedStatus is the code of the error for an org without a usable closed Task status; see Client.closedStatus.
const noClosedStatus = "NO_CLOSED_STATUS"
