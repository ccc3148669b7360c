package main

import (
	"errors"
	"strings"
	"sync"
	"time"

	"linecard/app/instance"
	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// scene is a situation the demo puts the agent in, on purpose.
type scene struct {
	label string
	run   func()
}

// playScene plays a scene by its label.
func (e *engine) playScene(label string) error {
	if e.demo == nil {
		return errors.New("scenes are for the demo: linecard --demo")
	}
	var labels []string
	for _, s := range e.demo.scenes {
		if strings.EqualFold(s.label, label) {
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
	broken := func(hurt func() (mend func())) func() {
		var mend func()
		return func() {
			mu.Lock()
			defer mu.Unlock()
			if mend != nil {
				mend()
				mend = nil
				return
			}
			mend = hurt()
			call() // so that there is something to see
		}
	}
	return []scene{
		{"New call", func() {
			mu.Lock()
			defer mu.Unlock()
			call()
		}},
		{"Many matches", func() { d.ring(d.from(d.shared())) }},
		{"Unknown caller", func() { d.ring(demopbx.Caller{Number: demoorg.NobodysNumber, GiveUpAfter: time.Minute}) }},
		{"Withheld", func() {
			d.ring(demopbx.Caller{Name: "Anonymous", Number: d.people[0].Number, Privacy: true, GiveUpAfter: time.Minute})
		}},
		{"Salesforce down", broken(func() func() {
			d.org.SetDown(true)
			return func() { d.org.SetDown(false) }
		})},
		{"Link broken", broken(func() func() {
			d.org.RevokeGrants()
			d.org.ExpireSessions()
			return func() {}
		})},
		{"Quota used up", broken(func() func() {
			return d.org.Inject(demoorg.Fault{Kind: demoorg.QuotaUsedUp, Times: demoorg.Always})
		})},
	}
}
