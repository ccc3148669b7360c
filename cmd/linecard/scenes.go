package main

import (
	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// scene is a situation the demo puts the agent in, on purpose.
type scene struct {
	label string
	run   func()
}

// scenes are offered in the demo's bar. Those that break something mend it when they are pressed again.
func (d *demo) scenes() []scene {
	next := 0
	var mend func()
	broken := func(hurt func() (mend func())) func() {
		return func() {
			if mend != nil {
				mend()
				mend = nil
				return
			}
			mend = hurt()
		}
	}
	return []scene{
		{"New call", func() {
			d.ring(d.from(d.people[next%len(d.people)]))
			next++
		}},
		{"Many matches", func() { d.ring(d.from(d.shared())) }},
		{"Unknown caller", func() { d.ring(demopbx.Caller{Name: "", Number: "+13035550199"}) }},
		{"Withheld", func() { d.ring(demopbx.Caller{Name: "Anonymous", Number: d.people[0].Number, Privacy: true}) }},
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
