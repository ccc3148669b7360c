package app

import (
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/fault"
	"linecard/sip"
)

// repairs is a layout that writes a Case and asks the agent why.
func repairs() layout.Layout {
	l := layout.Case()
	l.Name, l.Default, l.Subject = "Repairs", true, []layout.Value{"Repair for", "{shown number}"}
	l.Variables = []layout.Variable{{Name: "Reason", Ask: true, Required: true}, {Name: "Priority", Ask: true, Default: "Low"}}
	return l
}

// written is what the org was last told of a call.
func (l *life) written(id string) (a crm.Activity, times int) {
	l.org.mu.Lock()
	defer l.org.mu.Unlock()
	return l.org.said[id], l.org.ever[id]
}

// A call is written by the org's default layout as the Case that it says, with what the phone told and what the agent answered;
// what must be answered is named before Save.
func TestACallGoesByItsLayout(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Layouts = layout.List{repairs()}
	l.begin()
	defer l.close()
	id := "c1"
	l.ids, l.calls[id] = append(l.ids, id), lived{account: "work", direction: crm.Inbound}
	l.desk.Heard(sip.CallIncoming{
		ID: id, Account: "work", At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}, Diverted: "+14155550101", SIPID: "abc@pbx",
		Signalling: sip.Signalling{Verstat: sip.VerstatPassed, UserToUser: "order 4711"},
	})
	l.answer(id)
	l.clock.advance(30 * time.Second)
	l.desk.Heard(sip.CallHold{ID: id, At: l.clock.Now(), Local: true})
	l.clock.advance(10 * time.Second)
	l.desk.Heard(sip.CallHold{ID: id, At: l.clock.Now()})
	l.endCall(id, sip.EndRemote)
	l.quiet()
	shown, w := l.desk.View().Calls[0].Verstat, l.desk.View().Calls[0].Wrap
	if w.Layout != "Repairs" || w.Object != crm.Case || w.Subject != "Repair for +1 415-555-0132" || len(w.Asked) != 2 || w.Asked[1].Answer != "Low" {
		t.Fatalf("the form is %+v", w)
	}
	if err := l.desk.SaveWrap(id); !fault.Of(err).Is("layout.unanswered") || !strings.Contains(strings.Join(fault.Of(err).Values["names"].([]string), ","), "Reason") {
		t.Fatalf("Save without the answer: %v", err)
	}
	if err := l.desk.EditWrap(id, WrapEdit{Answers: map[string]string{"Reason": "It leaks"}}); err != nil {
		t.Fatal(err)
	}
	if err := l.desk.SaveWrap(id); err != nil { // what was typed a moment ago counts
		t.Fatal(err)
	}
	l.await("the answer in the org", func() bool { a, _ := l.written(id); return a.Answers["Reason"] == "It leaks" })
	a, times := l.written(id)
	if times != 1 || a.Object != crm.Case || a.WrittenAs() != crm.Case || a.Subject != "" {
		t.Errorf("written %d times: %+v", times, a)
	}
	want := crm.Story{Held: 10 * time.Second, Diverted: "+14155550101", HungUp: crm.ByParty, SIPID: "abc@pbx"}
	if shown != crm.Verified || a.Verstat != crm.Verified || a.UserToUser != "order 4711" {
		t.Errorf("verified %q in the window; written %+v", shown, a.Signalling)
	}
	if a.Held != want.Held || a.Diverted != want.Diverted || a.HungUp != want.HungUp || a.SIPID != want.SIPID {
		t.Errorf("the story is %+v", a.Story)
	}
}

// What was answered, and what only the INVITE told, outlives a crash during the call; so does what the call is written as.
func TestAnswersOutliveACrash(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Layouts = layout.List{repairs()}
	l.begin()
	defer l.close()
	id := "c1"
	l.ids, l.calls[id] = append(l.ids, id), lived{account: "work", direction: crm.Inbound}
	l.desk.Heard(sip.CallIncoming{ID: id, Account: "work", At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}, Diverted: "+14155550101"})
	l.answer(id)
	l.quiet()
	if err := l.desk.EditWrap(id, WrapEdit{Answers: map[string]string{"Reason": "It leaks"}}); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	l.kill()
	l.await("the call in the org", func() bool { _, times := l.written(id); return times > 0 })
	a, times := l.written(id)
	if times != 1 || a.Object != crm.Case || a.Answers["Reason"] != "It leaks" || a.Diverted != "+14155550101" || !a.Cut {
		t.Errorf("written %d times: %+v", times, a)
	}
}

// A call that is a Case at its end stays one, whatever the layouts say by the time it is written or changed.
func TestACaseStaysACase(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Layouts = layout.List{repairs()}
	l.begin()
	defer l.close()
	id := l.talk()
	rules := l.rules
	rules.Layouts = nil
	l.desk.SetRules(rules)
	notes := "later"
	if err := l.desk.EditWrap(id, WrapEdit{Notes: &notes}); err != nil {
		t.Fatal(err)
	}
	if err := l.desk.SaveWrap(id); err != nil {
		t.Fatal(err)
	}
	l.await("the notes in the org", func() bool { a, _ := l.written(id); return a.Notes == notes })
	if a, times := l.written(id); times != 1 || a.WrittenAs() != crm.Case {
		t.Errorf("written %d times as a %s", times, a.WrittenAs())
	}
}
