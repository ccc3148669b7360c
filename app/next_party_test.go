package app

import (
	"strings"
	"testing"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

var (
	reception  = crm.Number{Raw: "2050", Extension: true, Digits: "2050"}
	mateosLine = crm.ParseNumber("+1 415 555 0144", crm.NumberPlan{Region: "US"})
	mateo      = crm.Match{
		Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003000000000003AAA", Name: "Mateo Silva"}, Company: "Initech"},
		Why:    crm.Why{Closeness: crm.Exact},
	}
)

// receptionRings is a call of a colleague, who is going to hand somebody on.
func (y *story) receptionRings() *story {
	return y.play(callArrived{stamp: y.stamp(), direction: crm.Inbound, id: "c1", party: sip.Party{Name: "Reception", User: "2050"}, number: reception})
}

// becomes is the phone system saying whom the call is with by now.
func (y *story) becomes(name string, n crm.Number) *story {
	return y.play(partyChanged{stamp: y.stamp(), id: "c1", party: sip.Party{Name: name, User: n.Raw, Withheld: n.Withheld}, number: n})
}

// mateoFound is the org's answer about Mateo's number.
func (y *story) mateoFound() *story {
	return y.play(lookupEnded{stamp: y.stamp(), id: "c1", org: y.org(), number: mateosLine, result: crm.Result{Number: mateosLine, Matches: []crm.Match{mateo}}})
}

// last is the newest effect of a kind.
func last[E effect](y *story) (e E, ok bool) {
	for i := len(y.effects) - 1; i >= 0; i-- {
		if e, ok := y.effects[i].(E); ok {
			return e, true
		}
	}
	return e, false
}

// A colleague hands a customer on: the card, the history, the Task and its subject are the customer's; the colleague is named.
func TestACallFollowsItsConnectedLine(t *testing.T) {
	notes := "wants an offer"
	y := newStory(t).receptionRings().answers().play(wrapEdited{stamp{t0}, "c1", WrapEdit{Notes: &notes}}).becomes("Mateo", mateosLine)
	if c := y.view().Calls[0]; c.Name != "Mateo" || c.E164 != "+14155550144" || c.Lookup.State != LookupPending || c.Earlier != "Earlier: Reception (2050)" {
		t.Errorf("the window shows %q %q, %q, %q", c.Name, c.E164, c.Lookup.State, c.Earlier)
	}
	if f, ok := last[askOrg](y); !ok || f.number.E164 != "+14155550144" {
		t.Errorf("the org is asked %+v", f)
	}
	if f, ok := last[writeRing](y); !ok || f.call.row().Dial != "+14155550144" || f.call.row().Earlier.Logged() != "Reception (2050)" || f.call.row().AnsweredAt.IsZero() {
		t.Errorf("on disk: %+v", f.call.row())
	}
	if f, ok := last[writeDraft](y); !ok || f.activity.Number != "+14155550144" || f.activity.Notes != notes {
		t.Errorf("drafted: %+v", f.activity)
	}
	y.mateoFound().ends(sip.EndRemote)
	a := y.queued()[0]
	if a.Who.ID != mateo.ID || a.Number != "+14155550144" || a.Notes != notes || a.Earlier != "Reception (2050)" {
		t.Errorf("logged: %+v", a)
	}
	if s := y.view().Calls[0].Wrap.Subject; !strings.Contains(s, "Mateo Silva") {
		t.Errorf("subject %q", s)
	}
}

// While it rings the notification is the new caller's.
func TestTheNotificationFollowsTheConnectedLine(t *testing.T) {
	y := newStory(t).receptionRings()
	shown := count[notifyRinging](y)
	y.becomes("Mateo", mateosLine)
	if f, _ := last[notifyRinging](y); count[notifyRinging](y) != shown+1 || ringingNotice(f.call).Title != "Mateo" {
		t.Errorf("shown as %q", ringingNotice(f.call).Title)
	}
	y.mateoFound()
	if f, _ := last[notifyRinging](y); ringingNotice(f.call).Title != "Mateo Silva" {
		t.Errorf("once found, shown as %q", ringingNotice(f.call).Title)
	}
	y.answers()
	shown = count[notifyRinging](y)
	if y.becomes("", reception); count[notifyRinging](y) != shown {
		t.Error("a call that is talked on is notified of again")
	}
}

// The answer about a party who is not there any more says nothing about the one who is.
func TestALateAnswerAboutTheFormerParty(t *testing.T) {
	y := newStory(t).rings().answers().becomes("Mateo", mateosLine)
	y.play(lookupEnded{stamp: y.stamp(), id: "c1", org: y.org(), number: number, result: crm.Result{Number: number, Matches: []crm.Match{dana}}})
	if c := y.view().Calls[0]; c.Lookup.Record != nil || c.Name != "Mateo" {
		t.Errorf("the card is %q, %+v", c.Name, c.Lookup.Record)
	}
	y.mateoFound()
	if c := y.view().Calls[0]; c.Name != "Mateo Silva" {
		t.Errorf("the card is %q", c.Name)
	}
}

// Number and party said again, in whatever spelling, change nothing; neither does what cannot be another party.
func TestWhatIsNoNewParty(t *testing.T) {
	plan := crm.NumberPlan{Region: "US", OwnNumbers: []string{"+1 415 555 0199"}}
	for name, n := range map[string]crm.Number{
		"E.164":              crm.ParseNumber("+14155550132", plan),
		"without plus":       crm.ParseNumber("14155550132", plan),
		"national":           crm.ParseNumber("(415) 555-0132", plan),
		"international":      crm.ParseNumber("0014155550132", plan),
		"withheld":           {Withheld: true},
		"the company itself": crm.ParseNumber("+14155550199", plan),
	} {
		y := newStory(t).rings().found(dana).answers()
		disk, asked := count[writeRing](y), count[askOrg](y)
		y.becomes("", n)
		if c := y.view().Calls[0]; c.Name != dana.Name || c.Earlier != "" || c.Withheld || count[writeRing](y) != disk || count[askOrg](y) != asked {
			t.Errorf("%s: the card is %q, %q", name, c.Name, c.Earlier)
		}
	}
}

// A withheld number behind a colleague's is somebody else: the card must not go on naming the colleague.
func TestAColleagueHandsOnAWithheldCaller(t *testing.T) {
	y := newStory(t).receptionRings().answers().becomes("", crm.Number{Withheld: true})
	c := y.view().Calls[0]
	if !c.Withheld || c.Lookup.State != LookupWithheld || c.Earlier != "Earlier: Reception (2050)" {
		t.Errorf("%+v", c)
	}
	y.becomes("Mateo", mateosLine).mateoFound()
	if c := y.view().Calls[0]; c.Withheld || c.Name != "Mateo Silva" || c.Earlier != "Earlier: Reception (2050) and a withheld number" {
		t.Errorf("%q, %q", c.Name, c.Earlier)
	}
}

// The answer to a call to a customer may name a trunk, or whoever; only another number takes the place of the one dialed.
func TestTheAnswerToADialedNumber(t *testing.T) {
	answer := func(n crm.Number) *story {
		y := newStory(t).dials().found(dana).answers()
		return y.play(partyChanged{stamp: y.stamp(), id: "c1", party: sip.Party{User: n.Raw}, number: n, answer: true})
	}
	for _, n := range []crm.Number{{Raw: "trunk7"}, reception, {Withheld: true}} {
		if c := answer(n).view().Calls[0]; c.Name != dana.Name {
			t.Errorf("answered by %q: %q", n.Raw, c.Name)
		}
	}
	if c := answer(mateosLine).mateoFound().view().Calls[0]; c.Name != "Mateo Silva" || c.Earlier != "Earlier: Dana Whitfield ((415) 555-0132)" {
		t.Errorf("answered by another number: %q, %q", c.Name, c.Earlier)
	}
	y := newStory(t).play(callArrived{stamp: stamp{t0}, direction: crm.Outbound, id: "c1", party: sip.Party{User: "2001"}, number: crm.Number{Raw: "2001", Extension: true}})
	y.play(partyChanged{stamp: y.stamp(), id: "c1", party: sip.Party{Name: "Reception", User: "2050"}, number: reception, answer: true})
	if c := y.view().Calls[0]; c.Name != "Reception" {
		t.Errorf("a queue is dialed and a colleague takes it: %q", c.Name)
	}
}

// An identity that goes back and forth costs one question for each number, and what the agent has picked is there again.
func TestAFlappingIdentity(t *testing.T) {
	y := newStory(t).rings().found(dana, danaTwin)
	y.play(recordPicked{y.stamp(), "c1", danaTwin.Ref}).answers()
	asked := count[askOrg](y)
	for range 20 {
		y.becomes("Mateo", mateosLine)
		if y.s.calls[0].asked {
			continue
		}
		y.mateoFound()
	}
	for range 20 {
		y.becomes("", number).becomes("Mateo", mateosLine)
	}
	y.becomes("", number)
	c := y.view().Calls[0]
	if c.Name != danaTwin.Name || c.Earlier != "Earlier: Mateo Silva ((415) 555-0144)" {
		t.Errorf("back with %q, %q", c.Name, c.Earlier)
	}
	if n := count[askOrg](y) - asked; n != 1 {
		t.Errorf("the org was asked %d times", n)
	}
	for i := range 30 { // and one that never comes back is bounded
		y.becomes("", crm.Number{Raw: "3" + strings.Repeat("0", i%9) + "1", Extension: true})
	}
	if n := len(y.s.calls[0].earlier); n > mostFormer {
		t.Errorf("%d parties are kept", n)
	}
}

// What the agent has chosen for the call stays chosen, and can be seen: it is the call's, whoever it is with.
func TestWhatWasChosenStaysWithTheCall(t *testing.T) {
	offer := crm.Ref{Object: crm.Opportunity, ID: "0061", Name: "Renewal"}
	outcome, subject := "Resolved", "My own words"
	y := newStory(t).rings().found(dana).answers()
	y.play(wrapEdited{y.stamp(), "c1", WrapEdit{What: &offer, Disposition: &outcome, Subject: &subject}})
	y.becomes("Mateo", mateosLine).mateoFound()
	w := y.view().Calls[0].Wrap
	if w.What != offer || w.Disposition != outcome || w.Subject != subject || len(w.Choices) == 0 || w.Choices[0] != offer {
		t.Errorf("the form has %+v", w)
	}
	y.ends(sip.EndLocal)
	if a := y.queued()[0]; a.What != offer || a.Who.ID != mateo.ID || a.Subject != subject || a.Disposition != outcome {
		t.Errorf("logged: %+v", a)
	}
}

// On hold the call stays held; in wrap-up it stays with whom it was with.
func TestConnectedLineOnHoldAndAfterTheEnd(t *testing.T) {
	y := newStory(t).rings().found(dana).answers()
	y.play(phoneEvent{y.stamp(), sip.CallHold{ID: "c1", At: y.now, Local: true}}).becomes("Mateo", mateosLine)
	if c := y.view().Calls[0]; c.Phase != Held || c.Name != "Mateo" {
		t.Errorf("%q, %q", c.Phase, c.Name)
	}
	y.mateoFound().ends(sip.EndRemote).becomes("", number)
	if c := y.view().Calls[0]; c.Phase != WrapUp || c.Name != "Mateo Silva" {
		t.Errorf("%q, %q", c.Phase, c.Name)
	}
}

// The rules judge the call again: a colleague's call is not logged, a customer's is, and so it is after a crash.
func TestTheVerdictFollowsTheConnectedLine(t *testing.T) {
	y := newStory(t).receptionRings().answers()
	if v := y.s.calls[0].verdict; v != crm.LogNo {
		t.Errorf("a colleague's call: %q", v)
	}
	y.becomes("Mateo", mateosLine)
	if f, _ := last[writeRing](y); f.call.verdict != crm.LogYes {
		t.Errorf("on disk: %q", f.call.verdict)
	}
	if y.play(logRefused{y.stamp(), "c1"}).becomes("Reception", reception).becomes("Mateo", mateosLine); y.s.calls[0].verdict != crm.LogNo {
		t.Errorf("the agent's word is forgotten: %q", y.s.calls[0].verdict)
	}
}

// A call that was refused for its audio is a missed call, and its reason is in the history and in the notification.
func TestARefusedCallIsMissedWithItsReason(t *testing.T) {
	y := newStory(t).play(callArrived{stamp: stamp{t0}, direction: crm.Inbound, id: "c1", party: sip.Party{User: number.Raw}, number: number, refused: true})
	y.play(phoneEvent{y.stamp(), sip.CallEnded{ID: "c1", At: y.now, Reason: sip.EndFailed, Code: 488, Text: fault.New("sip.ended.encrypted-caller")}})
	end := y.end()
	row := end.call.row()
	if row.Outcome != crm.Missed || !row.Why.Is("sip.ended.encrypted-caller") || row.Verdict != crm.LogYes {
		t.Errorf("on disk: %+v", row)
	}
	if f, ok := last[notifyMissed](y); !ok || !strings.Contains(missedNotice(f.call).Body, "encrypted") {
		t.Errorf("the notification says %q", missedNotice(f.call).Body)
	}
	y = newStory(t)
	y.s.rules.Missed = false
	y.play(callArrived{stamp: stamp{t0}, direction: crm.Inbound, id: "c1", number: number, refused: true})
	y.play(phoneEvent{y.stamp(), sip.CallEnded{ID: "c1", At: y.now, Reason: sip.EndFailed}})
	if y.end().activity != nil || count[notifyMissed](y) != 1 {
		t.Error("missed calls are not to be logged, and this one is; or nobody is told")
	}
}

// A call that was talked on with a customer and goes on with a colleague stays the customer's in the log, in the history and to the
// rules: the form stays, and what was typed is written.
func TestACustomersCallGoesOnWithAColleague(t *testing.T) {
	notes := "wants an offer"
	for _, asked := range []bool{true, false} {
		y := newStory(t).rings()
		if asked {
			y.found(dana)
		}
		y.answers().play(wrapEdited{stamp{t0}, "c1", WrapEdit{Notes: &notes}}).becomes("Reception", reception)
		v := y.view().Calls[0]
		if v.Name != "Reception" || !v.Extension {
			t.Errorf("the card is %q", v.Name)
		}
		if v.Wrap.Log == LogSkipped || v.Wrap.Notes != notes || asked && !strings.Contains(v.Wrap.Subject, dana.Name) {
			t.Errorf("the form: %+v", v.Wrap)
		}
		if f, ok := last[writeRing](y); !ok || f.call.row().Extension || f.call.row().Dial != number.E164 || f.call.row().Earlier.Logged() != "Reception (2050)" {
			t.Errorf("on disk: %+v", f.call.row())
		}
		y.ends(sip.EndRemote)
		queued := y.queued()
		if len(queued) != 1 || queued[0] == nil {
			t.Fatalf("logged: %v", queued)
		}
		a := queued[0]
		if a.Number != number.E164 || a.Notes != notes || a.Earlier != "Reception (2050)" || asked && a.Who.ID != dana.ID || a.Unidentified == asked {
			t.Errorf("logged: %+v", a)
		}
	}
	// One that was not talked on is the colleague's, and leaves nothing.
	y := newStory(t).rings().found(dana).becomes("Reception", reception).answers().ends(sip.EndRemote)
	if queued := y.queued(); len(queued) != 1 || queued[0] != nil {
		t.Errorf("logged: %v", queued)
	}
}

// A PIN that was dialed with a number is pressed for nobody else: not when the call is redialed, and on no card.
func TestKeysBelongToTheNumberTheyWereDialedWith(t *testing.T) {
	cards := crm.ParseNumber("+1 800 555 0199", crm.NumberPlan{Region: "US"})
	const pin = ",,123456#"
	y := newStory(t).play(callArrived{stamp: stamp{t0}, direction: crm.Outbound, id: "c1", party: sip.Party{User: cards.Raw}, number: cards, then: pin})
	y.answers().play(partyChanged{stamp: y.stamp(), id: "c1", party: sip.Party{User: mateosLine.Raw}, number: mateosLine, answer: true})
	if c := y.s.calls[0]; c.row().Dial != "+14155550144" || strings.Contains(y.view().Calls[0].Number, "123456") || y.view().Calls[0].Then != "" {
		t.Errorf("kept as %q, shown as %q", c.row().Dial, y.view().Calls[0].Number)
	}
	y.becomes("Reception", reception)
	if c := y.s.calls[0]; strings.Contains(c.row().Dial, "123456") {
		t.Errorf("with a colleague on the line: kept as %q", c.row().Dial)
	}
	y.becomes("", cards)
	if c := y.s.calls[0]; c.row().Dial != "+18005550199"+pin {
		t.Errorf("with the first one again: kept as %q", c.row().Dial)
	}
}

// handsOn is a transfer of the call: to be told of once the new party is there.
func (y *story) handsOn(name string, n crm.Number) *story {
	return y.play(partyChanged{stamp: y.stamp(), id: "c1", party: sip.Party{Name: name, User: n.Raw}, number: n, transferred: true})
}

// A customer's call is transferred to one of the company's own numbers: the card has the colleague's name and number, and the Task stays
// the customer's.
func TestTransferredToAnOwnNumber(t *testing.T) {
	own := crm.ParseNumber("+1 415 555 0199", crm.NumberPlan{Region: "US", OwnNumbers: []string{"+1 415 555 0199"}})
	y := newStory(t).rings().found(dana).answers().handsOn("Front Desk", own)
	c := y.view().Calls[0]
	if c.Name != "Front Desk" || c.E164 != own.E164 || c.Lookup.Record != nil || !strings.Contains(c.Transfer, dana.Name) {
		t.Errorf("the card is %q %q, %+v, %q", c.Name, c.E164, c.Lookup.Record, c.Transfer)
	}
	if f, ok := last[writeRing](y); !ok || f.call.nameAndNumber() == "Front Desk (+14155550132)" {
		t.Errorf("on disk: %+v", f.call.row())
	}
	if a := y.ends(sip.EndRemote).queued()[0]; a.Who.ID != dana.ID || a.Number != "+14155550132" {
		t.Errorf("logged: %+v", a)
	}
}

// Who picks up a call that still rings has it from nobody, and the same party on another phone has transferred nothing.
func TestAPickedUpCallIsNotTransferred(t *testing.T) {
	y := newStory(t).dials().handsOn("Mateo", mateosLine)
	if c := y.view().Calls[0]; c.Name != "Mateo" || c.Transfer != "" || y.s.calls[0].told.handedBy != "" {
		t.Errorf("picked up: %q, %q", c.Name, c.Transfer)
	}
	y = newStory(t).rings().answers()
	before := y.s.calls[0].story()
	y.handsOn("Dana's mobile", number)
	if c := y.view().Calls[0]; c.Name != "Dana's mobile" || c.Transfer != "" || y.s.calls[0].story().TransferredBy != before.TransferredBy {
		t.Errorf("on another phone: %q, %q", c.Name, c.Transfer)
	}
}
