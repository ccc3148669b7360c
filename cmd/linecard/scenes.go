package main

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"linecard/app/instance"
	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// scene is a situation the demo puts the agent in, on purpose.
type scene struct {
	label string
	run   func()
	mend  string      // what running it again does, of one that breaks something
	on    func() bool // whether it is broken now; nil for one that breaks nothing
}

// playScene plays a scene by its label.
func playScene(scenes []scene, label string) error {
	if len(scenes) == 0 {
		return errors.New("scenes are for the demo: linecard --demo")
	}
	var labels []string
	for _, s := range scenes {
		if strings.EqualFold(s.label, label) || s.on != nil && s.on() && strings.EqualFold(s.mend, label) {
			s.run()
			return nil
		}
		labels = append(labels, s.label)
	}
	return instance.Misuse(errors.New("the demo has these scenes: " + strings.Join(labels, ", ")))
}

// makeScenes makes what the demo's bar offers. Those that break something mend it when they are pressed again.
func (d *demo) makeScenes() []scene {
	var mu sync.Mutex // the window and the command line may press at once
	next := 0
	call := func() {
		d.ring(d.from(d.people[next%len(d.people)]))
		next++
	}
	breaking := func(label, again string, hurt func() (mend func())) scene {
		var mend func()
		var on atomic.Bool
		return scene{label, func() {
			mu.Lock()
			defer mu.Unlock()
			if mend != nil {
				mend()
				mend = nil
				on.Store(false)
				return
			}
			mend = hurt()
			on.Store(true)
			call() // so that there is something to see
		}, again, on.Load}
	}
	return []scene{
		{label: "New call", run: func() {
			mu.Lock()
			defer mu.Unlock()
			call()
		}},
		{label: "Many matches", run: func() { d.ring(d.from(d.shared())) }},
		{label: "Unknown caller", run: func() { d.ring(demopbx.Caller{Number: demoorg.UnknownNumber, GiveUpAfter: time.Minute}) }},
		{label: "Withheld", run: func() {
			d.ring(demopbx.Caller{Name: "Anonymous", Number: d.people[0].Number, Privacy: true, GiveUpAfter: time.Minute})
		}},
		breaking("Salesforce down", "Bring Salesforce back", func() func() {
			d.org.SetDown(true)
			return func() { d.org.SetDown(false) }
		}),
		{label: "Link broken", run: func() { // mended as in life: by linking again
			mu.Lock()
			defer mu.Unlock()
			d.org.RevokeGrants()
			d.org.ExpireSessions()
			call()
		}},
		breaking("Quota used up", "Refill the quota", func() func() {
			return d.org.Inject(demoorg.Fault{Kind: demoorg.QuotaUsedUp, Times: demoorg.Always})
		}),
	}
}
