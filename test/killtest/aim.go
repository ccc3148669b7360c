package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// moment is something that a kill can be aimed at.
type moment string

// The moments.
const (
	started       moment = "started"        // the process
	registered    moment = "registered"     // the phone: calls begin 40 ms later
	calling       moment = "calling"        // a caller's INVITE is about to leave
	rang          moment = "rang"           // the phone's 180 has come
	turnedAway    moment = "turned away"    // the phone's 486 has come
	dialing       moment = "dialing"        // the agent asks to dial
	invited       moment = "invited"        // the phone's INVITE has come
	hangingUp     moment = "hanging up"     // a side is about to hang up or to decline
	ended         moment = "ended"          // a BYE, CANCEL or refusal has come or gone
	taskAsked     moment = "task asked"     // a request that writes has come
	taskAnswered  moment = "task answered"  // it is answered, or its connection reset
	tokenAnswered moment = "token answered" // the org has given a new refresh token away
)

// aim says when to kill.
type aim struct {
	name  string
	draw  func(*rand.Rand) (after moment, delay time.Duration)
	calls func(*life, *rand.Rand) // makes it likely that the moment comes; nil: nothing is needed
}

var aims = []aim{
	{name: "ring", draw: func(r *rand.Rand) (moment, time.Duration) {
		switch r.IntN(4) {
		case 0:
			return registered, within(r, 40*time.Millisecond) // before the INVITE
		case 1:
			return calling, soon(r, 3*time.Millisecond)
		}
		return rang, soon(r, 8*time.Millisecond)
	}, calls: func(l *life, r *rand.Rand) { l.inbound = max(l.inbound, 1) }},
	{name: "busy", draw: func(r *rand.Rand) (moment, time.Duration) {
		if r.IntN(4) == 0 {
			return calling, soon(r, 3*time.Millisecond)
		}
		return turnedAway, soon(r, 4*time.Millisecond)
	}, calls: func(l *life, r *rand.Rand) { l.inbound, l.busy = max(l.inbound, 1), true }},
	{name: "invite", draw: func(r *rand.Rand) (moment, time.Duration) {
		if r.IntN(2) == 0 {
			return dialing, soon(r, 4*time.Millisecond)
		}
		return invited, soon(r, 8*time.Millisecond)
	}, calls: func(l *life, r *rand.Rand) { l.outbound = max(l.outbound, 1) }},
	{name: "post", draw: func(r *rand.Rand) (moment, time.Duration) {
		if r.IntN(2) == 0 {
			return taskAsked, soon(r, 4*time.Millisecond)
		}
		return taskAnswered, soon(r, 4*time.Millisecond)
	}, calls: func(l *life, r *rand.Rand) { l.inbound, l.brief = max(l.inbound, 1), true }},
	{name: "keyring", draw: func(r *rand.Rand) (moment, time.Duration) {
		return tokenAnswered, soon(r, 6*time.Millisecond)
	}, calls: func(l *life, r *rand.Rand) { l.inbound, l.expire = max(l.inbound, 1), true }},
	{name: "start", draw: func(r *rand.Rand) (moment, time.Duration) { return started, within(r, 400*time.Millisecond) }},
	{name: "end", draw: func(r *rand.Rand) (moment, time.Duration) {
		if r.IntN(2) == 0 {
			return hangingUp, soon(r, 5*time.Millisecond)
		}
		return ended, soon(r, 10*time.Millisecond)
	}, calls: func(l *life, r *rand.Rand) { l.inbound, l.brief = max(l.inbound, 1), true }},
	{name: "random", draw: func(r *rand.Rand) (moment, time.Duration) { return registered, within(r, 1500*time.Millisecond) }},
}

// within is any delay up to most.
func within(r *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(r.Int64N(int64(most)))
}

// soon is a short delay, in most cases about mean and never over 40 ms.
func soon(r *rand.Rand, mean time.Duration) time.Duration {
	return min(time.Duration(r.ExpFloat64()*float64(mean)), 40*time.Millisecond)
}

func aimNames() (names []string) {
	for _, a := range aims {
		names = append(names, a.name)
	}
	return names
}

// pickAims reads a list of names.
func pickAims(list string) (picked []aim, err error) {
	for name := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(aims, func(a aim) bool { return a.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no aim %q; there are %s", name, strings.Join(aimNames(), ", "))
		}
		picked = append(picked, aims[i])
	}
	return picked, nil
}
