package app

import (
	"testing"

	"linecard/crm"
)

// Who calls, and what stands beside the record, are asked for again while the call goes on, until the org answers.
func TestTheOrgIsAskedAgainDuringTheCall(t *testing.T) {
	for name, broken := range map[string]func(o *lateOrg){
		"nobody is known": func(o *lateOrg) { o.down = true },
		"only the record was found": func(o *lateOrg) {
			o.moods = []*crm.Error{nil, answersNo(crm.ClassTransient, 0), answersNo(crm.ClassQuota, 0)}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t)
			l.org.is(func() {
				l.org.matches = []crm.Match{dana}
				broken(l.org)
			})
			l.answer(l.ring("work", "+14155550132", true))
			l.await("the question", func() bool { l.quiet(); return l.org.questions() >= 1 || name == "nobody is known" })
			l.await("when it is asked again", func() bool {
				l.quiet()
				return !l.desk.View().Calls[0].Lookup.NextTry.IsZero()
			})
			if v := l.desk.View().Calls[0].Lookup; name != "nobody is known" && v.Missing != "Salesforce says "+string(crm.ClassTransient) {
				t.Errorf("why deals and cases are missing: %q", v.Missing)
			}
			l.advance(2)
			l.org.is(func() { l.org.down = false })
			l.await("what stands beside the record", func() bool {
				l.clock.advance(askPause)
				l.quiet()
				r := l.desk.View().Calls[0].Lookup.Record
				return r != nil && r.Details != nil
			})
			if v := l.desk.View().Calls[0].Lookup; v.Missing != "" || !v.NextTry.IsZero() {
				t.Errorf("it came, and there stands still %q, %v", v.Missing, v.NextTry)
			}
		})
	}
}
