package main

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"linecard/crm/demoorg"
	"linecard/fault"
	"linecard/sip/demopbx"
)

// scene is a situation that the demo makes on purpose.
type scene struct {
	name  string // for scripts: the same in every language
	label string // id of the message that the window shows
	run   func()
	mend  string      // id of the message for undoing it; "" for a scene that breaks nothing
	on    func() bool // whether it is broken now; nil for a scene that breaks nothing
}

// playScene plays the scene with that name, or with that text in the window.
func playScene(scenes []scene, wanted string) error {
	if len(scenes) == 0 {
		return fault.Err(nil, "cmd.demo.only")
	}
	var names []string
	for _, s := range scenes {
		broken := s.on != nil && s.on()
		if strings.EqualFold(s.name, wanted) || strings.EqualFold(words(s.label), wanted) || broken && strings.EqualFold(words(s.mend), wanted) {
			s.run()
			return nil
		}
		names = append(names, s.name)
	}
	return misuse("cmd.scene-unknown", "name", wanted, "scenes", names)
}

// makeScenes makes the scenes of the demo's bar. A scene that breaks something repairs it when it is played again.
func (d *demo) makeScenes() []scene {
	var mu sync.Mutex // the window and the command line may play scenes at the same time
	next := 0
	call := func() {
		d.ring(d.from(d.people[next%len(d.people)]))
		next++
	}
	breaking := func(name, label, again string, hurt func() (mend func())) scene {
		var mend func()
		var on atomic.Bool
		return scene{name, label, func() {
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
		{name: "new-call", label: "cmd.scene.new-call", run: func() {
			mu.Lock()
			defer mu.Unlock()
			call()
		}},
		{name: "many-matches", label: "cmd.scene.many-matches", run: func() { d.ring(d.from(d.shared())) }},
		{name: "unknown-caller", label: "cmd.scene.unknown-caller", run: func() {
			d.ring(demopbx.Caller{Number: demoorg.UnknownNumber, GiveUpAfter: time.Minute})
		}},
		{name: "withheld", label: "cmd.scene.withheld", run: func() {
			d.ring(demopbx.Caller{Name: "Anonymous", Number: d.people[0].Number, Privacy: true, GiveUpAfter: time.Minute})
		}},
		{name: "handed-on", label: "cmd.scene.handed-on", run: func() {
			mu.Lock()
			defer mu.Unlock()
			to := d.people[next%len(d.people)]
			next++
			d.ring(demopbx.Caller{
				Name: words("cmd.demo.reception"), Number: "2050", HandsOn: &demopbx.Person{Name: to.Name, Number: to.Number},
				TalkFor: 10 * time.Minute, GiveUpAfter: time.Minute,
			})
		}},
		breaking("salesforce-down", "cmd.scene.salesforce-down", "cmd.scene.salesforce-down.mend", func() func() {
			d.org.SetDown(true)
			return func() { d.org.SetDown(false) }
		}),
		{name: "link-broken", label: "cmd.scene.link-broken", run: func() { // linking again repairs it, as in real life
			mu.Lock()
			defer mu.Unlock()
			d.org.RevokeGrants()
			d.org.ExpireSessions()
			call()
		}},
		breaking("quota-used-up", "cmd.scene.quota-used-up", "cmd.scene.quota-used-up.mend", func() func() {
			return d.org.Inject(demoorg.Fault{Kind: demoorg.QuotaUsedUp, Times: demoorg.Always})
		}),
	}
}
