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

// What the org has told of the records beside the caller's is shown with the word that there may be more, and the rest is asked for.
func TestSomeOfWhatStandsBesideTheRecord(t *testing.T) {
	y := newStory(t).rings().found(dana).answers()
	some := crm.Details{Activities: []crm.Related{{Ref: crm.Ref{Object: crm.Task, ID: "00T1", Name: "Call"}}}}
	y.play(detailsFailed{y.stamp(), "c1", dana.Ref, some, answersNo(crm.ClassTransient, 0)})
	v := y.view().Calls[0].Lookup
	if v.Record == nil || v.Record.Details == nil || len(v.Record.Details.Activities) != 1 || v.Missing == "" {
		t.Fatalf("%+v", v)
	}
	asked := count[askDetails](y)
	y.play(askAgain{y.stamp(), "c1"})
	if count[askDetails](y) != asked+1 {
		t.Error("the rest is not asked for")
	}
	whole := some
	whole.Cases = []crm.Related{{Ref: crm.Ref{Object: crm.Case, ID: "5001"}}}
	y.play(detailsCame{y.stamp(), "c1", dana.Ref, whole})
	if v := y.view().Calls[0].Lookup; v.Missing != "" || len(v.Record.Details.Cases) != 1 {
		t.Errorf("%+v", v)
	}
}
