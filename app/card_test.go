package app

import (
	"slices"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
	"linecard/test/wait"
)

// someCard has a field of each kind: a fact, one to be changed, one that has to be filled.
func someCard() *crm.Card {
	return &crm.Card{Fields: []crm.CardField{
		{Name: "Title", Label: "Title", Type: "string", Value: "COO"},
		{Name: "Department", Label: "Department", Type: "string", Value: "Plant", Editable: true},
		{Name: "Region__c", Label: "Region", Type: "picklist", Editable: true, Required: true, Entries: []crm.Entry{{Value: "EU", Label: "Europe"}, {Value: "US", Label: "Americas"}}},
		{Name: "Vip__c", Label: "VIP", Type: "boolean", Value: "false", Editable: true},
	}}
}

// carded is a desk with a call of Dana's that is talked on, and her card in view.
func carded(t *testing.T) *rig {
	t.Helper()
	r := newRig(t)
	r.org.matches, r.org.card = []crm.Match{dana}, someCard()
	at := time.Now().Add(-time.Minute)
	r.Heard(sip.CallIncoming{ID: "c1", At: at, Party: sip.Party{User: "+14155550132"}})
	r.Heard(sip.CallAnswered{ID: "c1", At: at.Add(time.Second), Codec: "PCMU"})
	r.wait("the card", func(v View) bool { return len(v.Calls) == 1 && len(v.Calls[0].Card.Fields) == 4 })
	return r
}

func (r *rig) card() CardView {
	c, _ := r.View().call("c1")
	return c.Card
}

// typed waits until a field of the card says so.
func (r *rig) typed(name, text string) CardView {
	r.t.Helper()
	v := r.wait(name+" is "+text, func(v View) bool {
		c, ok := v.call("c1")
		f, has := c.Card.field(name)
		return ok && has && f.Typed == text
	})
	c, _ := v.call("c1")
	return c.Card
}

func (r *rig) end() {
	r.t.Helper()
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndRemote})
	r.wait("wrap-up", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == WrapUp })
}

func TestAFieldIsChangedWhileTalking(t *testing.T) {
	r := carded(t)
	must(t, r.EditCard("", map[string]string{"department": "Yard", "VIP": "yes"}))
	card := r.typed("Department", "Yard")
	if f, _ := card.field("Vip__c"); f.Typed != "true" || !card.Changed || card.Saved {
		t.Errorf("%+v", card)
	}
	if got := r.org.savedField("Department"); got != nil {
		t.Errorf("saved before Save: %v", got)
	}
	must(t, r.SaveCard(""))
	r.wait("saved", func(v View) bool { c, _ := v.call("c1"); return c.Card.Saved && !c.Card.Changed })
	if got := r.org.savedField("Department"); !slices.Equal(got, []string{"Yard"}) {
		t.Errorf("saved: %v", got)
	}
	// Save without a change asks nobody.
	must(t, r.SaveCard(""))
	if n := len(r.org.saved); n != 1 {
		t.Errorf("%d saves", n)
	}
}

// What the org stores in another form than it was typed is saved all the same.
func TestWhatIsStoredInAnotherFormIsSaved(t *testing.T) {
	r := carded(t)
	must(t, r.EditCard("", map[string]string{"Department": "Yard "}))
	r.typed("Department", "Yard ")
	must(t, r.SaveCard(""))
	c := r.wait("saved", func(v View) bool { c, _ := v.call("c1"); return c.Card.Saved && !c.Card.Saving }).Calls[0].Card
	if f, _ := c.field("Department"); f.Value != "Yard" || f.Typed != "Yard" || c.Changed || !c.Saved {
		t.Errorf("%+v in %+v", f, c)
	}
}

func TestWhatMayNotBeTypedOnTheCard(t *testing.T) {
	r := carded(t)
	for name, want := range map[string]fault.Code{"Title": "objects.read-only", "Shoe": "objects.no-field-on-card"} {
		if got := fault.Of(r.EditCard("", map[string]string{name: "x"})); got.Code != want {
			t.Errorf("%s: %s", name, got.Code)
		}
	}
}

// A value that the org does not take stays where it was typed, with why, and goes with the next Save.
func TestARefusedValueStays(t *testing.T) {
	r := carded(t)
	refusal := &crm.Error{Class: crm.ClassRejected, Fault: fault.New("objects.too-long", "fields", []string{"Department"}), Fields: []string{"Department"}}
	r.org.refuses(refusal)
	must(t, r.EditCard("", map[string]string{"Department": "A very long name"}))
	if got := fault.Of(r.SaveCard("")); got.Code != "objects.too-long" {
		t.Errorf("Save says %v", got)
	}
	v := r.wait("refused", func(v View) bool { c, _ := v.call("c1"); return c.Card.Error != "" && !c.Card.Saving })
	f, _ := v.Calls[0].Card.field("Department")
	if f.Typed != "A very long name" || !f.Refused || f.Value != "Plant" || v.Calls[0].Card.Error != "What is typed in Department is longer than the field takes. Shorten it." {
		t.Errorf("%+v, %q", f, v.Calls[0].Card.Error)
	}
	r.org.refuses(nil)
	must(t, r.EditCard("", map[string]string{"Department": "Yard"}))
	r.typed("Department", "Yard")
	must(t, r.SaveCard(""))
	if c := r.wait("saved", func(v View) bool { c, _ := v.call("c1"); return c.Card.Saved }).Calls[0].Card; c.Error != "" {
		t.Errorf("%+v", c)
	}
}

// What is typed while a save is on its way is not taken for saved.
func TestTypingWhileTheCardIsSaved(t *testing.T) {
	r := carded(t)
	r.org.saving = make(chan struct{})
	must(t, r.EditCard("", map[string]string{"Department": "Yard"}))
	done := make(chan error, 1)
	go func() { done <- r.SaveCard("") }()
	r.wait("saving", func(v View) bool { c, _ := v.call("c1"); return c.Card.Saving })
	must(t, r.EditCard("", map[string]string{"Department": "Yard 2"}))
	r.typed("Department", "Yard 2")
	close(r.org.saving)
	must(t, wait.For(t, done))
	c := r.wait("the rest is not saved", func(v View) bool { c, _ := v.call("c1"); return !c.Card.Saving }).Calls[0].Card
	if f, _ := c.field("Department"); f.Typed != "Yard 2" || f.Value != "Yard" || !c.Changed || c.Saved {
		t.Errorf("%+v", c)
	}
}

func TestUndoTakesBackWhatWasTyped(t *testing.T) {
	r := carded(t)
	must(t, r.EditCard("", map[string]string{"Department": "Yard"}))
	r.typed("Department", "Yard")
	must(t, r.UndoCard(""))
	if c := r.typed("Department", "Plant"); c.Changed {
		t.Errorf("%+v", c)
	}
}

// Save names the fields that have to be filled, saves what was typed, and then ends the wrap-up.
func TestSaveWantsTheRequiredFields(t *testing.T) {
	r := carded(t)
	if got := r.card().Lacking(); !slices.Equal(got, []string{"Region"}) {
		t.Errorf("lacking: %v", got)
	}
	r.end()
	err := r.SaveWrap("")
	if f := fault.Of(err); f.Code != "objects.fill-first" || !slices.Equal(f.Values["fields"].([]string), []string{"Region"}) {
		t.Fatalf("Save says %v", err)
	}
	if len(r.View().Calls) != 1 {
		t.Fatal("the call has left the desk")
	}
	must(t, r.EditCard("", map[string]string{"Region": "europe"}))
	must(t, r.SaveWrap(""))
	r.wait("the call leaves", func(v View) bool { return len(v.Calls) == 0 })
	if got := r.org.savedField("Region__c"); !slices.Equal(got, []string{"EU"}) {
		t.Errorf("saved: %v", got)
	}
}

// A change that the org refuses keeps the wrap-up open, so that nothing that was typed is lost.
func TestSaveStaysWhenTheCardIsRefused(t *testing.T) {
	r := carded(t)
	r.end()
	must(t, r.EditCard("", map[string]string{"Region": "US", "Department": "None"}))
	r.typed("Department", "None")
	r.org.refuses(&crm.Error{Class: crm.ClassRejected, Fault: fault.New("objects.may-not-change", "fields", []string{"Department"})})
	if got := fault.Of(r.SaveWrap("")); got.Code != "objects.may-not-change" {
		t.Errorf("Save says %v", got)
	}
	if c := r.card(); len(r.View().Calls) != 1 || !c.Changed {
		t.Errorf("%+v", c)
	}
	must(t, r.UndoCard(""))
	r.typed("Department", "Plant")
}

// The agent's word not to log the call asks for nothing, and neither does the end of the wrap-up time; what was typed is saved.
func TestNothingIsRequiredOfACallThatIsNotSaved(t *testing.T) {
	for name, leave := range map[string]func(r *rig){
		"don't log": func(r *rig) { must(r.t, r.DontLog("")) },
		"dismissed": func(r *rig) { must(r.t, r.Dismiss("")) },
		"time over": func(r *rig) {
			r.post(ticked{stamp{time.Now().Add(time.Hour)}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := carded(t)
			r.end()
			must(t, r.EditCard("", map[string]string{"Department": "Yard"}))
			r.typed("Department", "Yard")
			leave(r)
			r.wait("the call leaves", func(v View) bool { return len(v.Calls) == 0 })
			until(t, "saved", func() bool { return slices.Equal(r.org.savedField("Department"), []string{"Yard"}) })
		})
	}
}

// A change that could not be saved when the call left the desk is told.
func TestALateChangeThatIsRefusedIsTold(t *testing.T) {
	r := carded(t)
	r.end()
	must(t, r.EditCard("", map[string]string{"Department": "Yard"}))
	r.typed("Department", "Yard")
	r.org.refuses(&crm.Error{Class: crm.ClassRejected, Fault: fault.New("objects.record-gone")})
	must(t, r.Dismiss(""))
	v := r.wait("told", func(v View) bool { return v.Told.Is("objects.not-saved-in-time") })
	if want := "The change to Department of Dana Whitfield was not saved. This record is no longer in Salesforce; it was deleted or merged, so the change cannot be saved."; v.Notice != want {
		t.Errorf("%q", v.Notice)
	}
}

// The order of the admin's table decides which of several is taken by order, from the moment that it says so.
func TestTheDeskGoesByTheOrderOfObjects(t *testing.T) {
	contact, lead := dana, dana
	lead.Object, lead.ID = crm.Lead, "00QD00000000001AAA"
	for _, c := range []struct {
		table []crm.Object
		want  string
	}{{nil, contact.ID}, {[]crm.Object{{Name: crm.Lead, Search: true}, {Name: crm.Contact, Search: true}}, lead.ID}} {
		s := state{rules: Rules{ByOrder: true, Objects: c.table}}
		v := s.card("", crm.Result{Matches: []crm.Match{contact, lead}}, crm.Ref{})
		if v.Record == nil || v.Record.ID != c.want || v.Matches[0].ID != c.want {
			t.Errorf("%v: %+v", c.table, v.Record)
		}
		s.rules.ByOrder = false
		if v = s.card("", crm.Result{Matches: []crm.Match{contact, lead}}, crm.Ref{}); v.State != LookupMany || v.Matches[0].ID != c.want {
			t.Errorf("%v: %+v", c.table, v)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// field is the field with a name or label.
func (v CardView) field(name string) (CardFieldView, bool) {
	i := slices.IndexFunc(v.Fields, func(f CardFieldView) bool { return f.Name == name || f.Label == name })
	if i < 0 {
		return CardFieldView{}, false
	}
	return v.Fields[i], true
}
