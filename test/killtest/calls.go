package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// plan is what the people in a call are going to do.
type plan struct {
	begin    time.Duration // after the phone is registered
	answer   bool          // the agent answers; otherwise the call rings until the caller gives up
	decline  bool
	waits    time.Duration // before the agent does that
	patience time.Duration // of the caller
	talk     time.Duration // from the answer to the end
	agent    bool          // the agent hangs up, not the caller
	during   string        // what the agent says of the call while it is on: save, dont-log or ""
	note     bool          // the agent writes a note
	later    string        // what the agent says of it afterwards
}

func drawPlan(r *rand.Rand, brief bool) plan {
	ms := func(least, most int) time.Duration { return time.Duration(least+r.IntN(most-least)) * time.Millisecond }
	word := func() string { return []string{"", "", "", "save", "dont-log"}[r.IntN(5)] }
	p := plan{
		begin: 40 * time.Millisecond, answer: brief || r.IntN(4) > 0, decline: !brief && r.IntN(8) == 0, waits: ms(0, 300), patience: ms(150, 1500),
		talk: ms(50, 900), agent: r.IntN(2) == 0, during: word(), note: r.IntN(3) == 0, later: word(),
	}
	if brief {
		p.waits, p.patience, p.talk = ms(0, 50), ms(900, 1500), ms(30, 150)
	}
	if r.IntN(2) == 0 {
		p.begin += ms(0, 250)
	}
	return p
}

// stranger is a number that no record has, another one each time: the numbers that Ofcom keeps for drama are a thousand.
func (w *world) stranger() string {
	for {
		w.strange++
		number := fmt.Sprintf("+447700900%03d", w.strange%1000)
		if !slices.ContainsFunc(w.people, func(p demoorg.Person) bool { return sameNumber(p.Number, number) }) {
			return number
		}
	}
}

// makeCalls starts all calls of the life; it does not wait for them. No two have the same number.
func (l *life) makeCalls(ctx context.Context) {
	known := l.random.Perm(len(l.people))
	for i := range l.inbound + l.outbound {
		c := &call{life: l, inbound: i < l.inbound, number: l.people[known[i]].Number, plan: drawPlan(l.random, l.brief)}
		if l.random.IntN(4) == 0 {
			c.number = l.stranger()
		}
		if i == 0 { // the one that the kill is aimed at
			c.plan.begin = 40 * time.Millisecond
		}
		l.mu.Lock()
		l.calls = append(l.calls, c)
		l.mu.Unlock()
		time.AfterFunc(c.plan.begin, func() {
			if l.over() {
				return
			}
			if c.inbound {
				c.comeIn(ctx)
			} else {
				c.dial()
			}
		})
	}
}

// comeIn is a call from outside.
func (c *call) comeIn(ctx context.Context) {
	p := c.plan
	caller := demopbx.Caller{Name: c.life.callerName(), Number: c.number, To: extension, GiveUpAfter: p.patience, OnRing: func() { go c.ringing() }, OnAnswer: func() { go c.talking() }}
	if !p.agent {
		caller.TalkFor = p.talk
	}
	_, _ = c.life.pbx.Call(ctx, caller) // its result says nothing once the phone is killed
}

// ringing is what the agent does with a call that rings.
func (c *call) ringing() {
	l := c.life
	if !l.until(c.plan.patience, func() bool { return c.find() }) {
		return
	}
	l.pause(c.plan.waits)
	switch {
	case c.plan.decline:
		l.happened(hangingUp)
		_ = l.ask(nil, "decline", c.arg())
	case c.plan.answer:
		_ = l.ask(nil, "answer", c.arg())
	}
}

// find learns the app's id of an inbound call from the desk.
func (c *call) find() bool {
	var calls []struct{ ID, Direction, E164, Number string }
	if c.life.ask(&calls, "calls", nil) != nil {
		return false
	}
	for _, on := range calls {
		if on.Direction == "Inbound" && (sameNumber(on.E164, c.number) || sameNumber(on.Number, c.number)) {
			c.named(on.ID)
			return true
		}
	}
	return false
}

func (c *call) named(id string) {
	c.life.mu.Lock()
	defer c.life.mu.Unlock()
	c.id = id
}

func (c *call) arg() map[string]string {
	c.life.mu.Lock()
	defer c.life.mu.Unlock()
	return map[string]string{"call": c.id}
}

// talking is what the agent does with a call that is answered.
func (c *call) talking() {
	l, p := c.life, c.plan
	l.pause(p.talk / 2)
	c.say(p.during)
	if p.note {
		args := c.arg()
		args["notes"] = "noted in life " + fmt.Sprint(l.number)
		_ = l.ask(nil, "note", args)
	}
	l.pause(p.talk / 2)
	if p.agent {
		l.happened(hangingUp)
		_ = l.ask(nil, "hangup", c.arg())
	} else {
		l.happened(hangingUp)
		l.pause(reaction)
	}
	l.pause(reaction)
	c.say(p.later)
}

// dial is a call that the agent makes.
func (c *call) dial() {
	l := c.life
	l.happened(dialing)
	var answer struct{ Call string }
	if l.ask(&answer, "dial", map[string]string{"number": c.number}) != nil || answer.Call == "" {
		return
	}
	c.named(answer.Call)
	c.toldNow()
	l.pause(3 * reaction) // about until it is answered
	c.talking()
	_ = l.ask(nil, "hangup", c.arg()) // the people whom the agent calls never hang up
}

// say gives the agent's word for a call.
func (c *call) say(verb string) {
	id := c.arg()["call"]
	if verb == "" || id == "" {
		return
	}
	l := c.life
	l.mu.Lock()
	before := l.words[id]
	l.words[id] = word{verb, true}
	l.mu.Unlock()
	err := l.ask(nil, verb, map[string]string{"call": id})
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case err == nil:
		l.words[id] = word{verb: verb}
	case !l.over() && l.killed.IsZero(): // refused: it is too late for that word
		l.words[id] = before
	}
}
