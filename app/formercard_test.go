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

var eve = crm.Match{Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003EVE", Name: "Eve Moore", Org: dana.Org}, Phones: dana.Phones}}

// saves are the ids of the records that were saved, and what.
func (o *orgStub) saves() (all []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for i, values := range o.saved {
		for name, text := range values {
			all = append(all, o.savedOf[i]+" "+name+"="+text)
		}
	}
	slices.Sort(all)
	return all
}

// given is the desk with the call given to Eve by the org's answer, whatever the agent has typed on Dana's card.
func given(r *rig) {
	r.t.Helper()
	c := r.now.Load().calls[0]
	r.post(lookupEnded{r.stamp(), "c1", c.org, c.number, crm.Result{Number: c.number, Org: c.org, Matches: []crm.Match{eve}}, nil, crm.Ref{}})
	r.wait("Eve's card", func(v View) bool {
		return len(v.Calls) == 1 && v.Calls[0].Lookup.Record != nil && v.Calls[0].Lookup.Record.ID == eve.ID && len(v.Calls[0].Card.Fields) == 4
	})
}

// TestTypedOnOneCardIsNotSavedInAnother: the org's answer gives the call to another record while the agent types, and the last
// key arrives after that. What was typed is told, with its field, and nobody's record gets it.
func TestTypedOnOneCardIsNotSavedInAnother(t *testing.T) {
	r := carded(t)
	must(t, r.EditCardOf("", dana.Ref, map[string]string{"Department": "Yar"}))
	r.typed("Department", "Yar")
	given(r)
	v := r.wait("told", func(v View) bool { return v.Told.Is("objects.typed-for-another") })
	if want := "The call is with another record now. What was typed for Dana Whitfield is not saved: Department Yar."; v.Notice != want {
		t.Errorf("%q", v.Notice)
	}
	must(t, r.EditCardOf("", dana.Ref, map[string]string{"Department": "Yard"}))
	r.wait("told again", func(v View) bool {
		return slices.Equal(v.Told.Values["fields"].([]string), []string{"Department Yard"})
	})
	if c := r.card(); c.Changed {
		t.Errorf("Eve's card: %+v", c)
	}
	must(t, r.SaveCard(""))
	r.end()
	must(t, r.Dismiss(""))
	r.wait("the call leaves", func(v View) bool { return len(v.Calls) == 0 })
	r.Settle(r.ctx)
	if got := r.org.saves(); got != nil {
		t.Errorf("saved: %q", got)
	}
}

// TestTheFirstKeyIsLate: nothing was typed yet when the record changed under the key.
func TestTheFirstKeyIsLate(t *testing.T) {
	r := carded(t)
	given(r)
	must(t, r.EditCardOf("", dana.Ref, map[string]string{"Department": "Y"}))
	r.wait("told", func(v View) bool { return v.Told.Is("objects.typed-for-another") })
	if c := r.card(); c.Changed {
		t.Errorf("Eve's card: %+v", c)
	}
}

// TestTypedIsThereAgain: the agent gives the call back to the record.
func TestTypedIsThereAgain(t *testing.T) {
	r := carded(t)
	must(t, r.EditCardOf("", dana.Ref, map[string]string{"Department": "Yard"}))
	r.typed("Department", "Yard")
	given(r)
	c := r.now.Load().calls[0]
	r.post(lookupEnded{r.stamp(), "c1", c.org, c.number, crm.Result{Number: c.number, Org: c.org, Matches: []crm.Match{dana}}, nil, crm.Ref{}})
	if card := r.typed("Department", "Yard"); !card.Changed {
		t.Errorf("%+v", card)
	}
	must(t, r.SaveCard(""))
	if got := r.org.saves(); !slices.Equal(got, []string{dana.ID + " Department=Yard"}) {
		t.Errorf("saved: %q", got)
	}
}

// TestTheCardOfAFormerPartyIsSaved: the call goes on with a colleague, or with another customer. The card was the right one.
func TestTheCardOfAFormerPartyIsSaved(t *testing.T) {
	for name, user := range map[string]string{"a colleague": "2041", "a customer": "+14155550199"} {
		t.Run(name, func(t *testing.T) {
			r := carded(t)
			must(t, r.EditCardOf("", dana.Ref, map[string]string{"Department": "Yar"}))
			r.typed("Department", "Yar")
			r.org.mu.Lock()
			r.org.matches = []crm.Match{eve}
			r.org.mu.Unlock()
			r.Heard(sip.CallIdentity{ID: "c1", At: time.Now(), Party: sip.Party{User: user}})
			r.wait("somebody else", func(v View) bool {
				return len(v.Calls) == 1 && (v.Calls[0].Lookup.Record == nil || v.Calls[0].Lookup.Record.ID != dana.ID)
			})
			must(t, r.EditCardOf("", dana.Ref, map[string]string{"Department": "Yard"})) // the last key was on its way
			until(t, "saved", func() bool { return slices.Contains(r.org.saves(), dana.ID+" Department=Yard") })
			for _, s := range r.org.saves() {
				if s[:len(dana.ID)] != dana.ID {
					t.Errorf("saved %q", s)
				}
			}
		})
	}
}

// TestARefusalOfAFormerCardIsTold: nobody looks at that card any more.
func TestARefusalOfAFormerCardIsTold(t *testing.T) {
	r := carded(t)
	must(t, r.EditCardOf("", dana.Ref, map[string]string{"Department": "Yard"}))
	r.typed("Department", "Yard")
	r.org.refuses(&crm.Error{Class: crm.ClassRejected, Fault: fault.New("objects.record-gone")})
	r.Heard(sip.CallIdentity{ID: "c1", At: time.Now(), Party: sip.Party{User: "2041"}})
	r.wait("told", func(v View) bool { return v.Told.Is("objects.not-saved-in-time") })
}

// TestTypedDuringASaveIsSavedToo: Department is being saved, which takes the org a while; the agent types Region, and the call
// leaves the desk before the org has answered.
func TestTypedDuringASaveIsSavedToo(t *testing.T) {
	for name, leave := range map[string]func(r *rig){
		"don't log": func(r *rig) { must(r.t, r.DontLog("")) },
		"dismissed": func(r *rig) { must(r.t, r.Dismiss("")) },
		"time over": func(r *rig) { r.post(ticked{stamp{time.Now().Add(time.Hour)}}) },
	} {
		t.Run(name, func(t *testing.T) {
			r := carded(t)
			r.end()
			r.org.saving = make(chan struct{})
			must(t, r.EditCard("", map[string]string{"Department": "Yard"}))
			go func() { _ = r.SaveCard("") }()
			r.wait("saving", func(v View) bool { return r.card().Saving })
			must(t, r.EditCard("", map[string]string{"Region": "EU"}))
			r.typed("Region", "EU")
			leave(r)
			r.wait("the call leaves", func(v View) bool { return len(v.Calls) == 0 })
			close(r.org.saving)
			until(t, "saved", func() bool {
				return slices.Equal(r.org.saves(), []string{dana.ID + " Department=Yard", dana.ID + " Region__c=EU"})
			})
		})
	}
}

// TestSaveDuringASaveWaits: the form's Save while the card is being saved is not refused.
func TestSaveDuringASaveWaits(t *testing.T) {
	r := carded(t)
	r.end()
	r.org.saving = make(chan struct{})
	must(t, r.EditCard("", map[string]string{"Department": "Yard"}))
	go func() { _ = r.SaveCard("") }()
	r.wait("saving", func(v View) bool { return r.card().Saving })
	must(t, r.EditCard("", map[string]string{"Region": "EU"}))
	r.typed("Region", "EU")
	done := make(chan error, 1)
	go func() { done <- r.SaveWrap("") }()
	close(r.org.saving)
	must(t, wait.For(t, done))
	r.wait("the call leaves", func(v View) bool { return len(v.Calls) == 0 })
	if got := r.org.saves(); !slices.Equal(got, []string{dana.ID + " Department=Yard", dana.ID + " Region__c=EU"}) {
		t.Errorf("saved: %q", got)
	}
}

// What comes late is read as the card reads it: without hidden characters, an entry by its value, and nothing in a field that is read only.
func TestALateKeyIsReadAsTheCardReadsIt(t *testing.T) {
	r := carded(t)
	given(r)
	must(t, r.EditCardOf("", dana.Ref, map[string]string{"Region": "europe", "Department": "Ya\u202erd\x00", "VIP": "Yes"}))
	r.wait("told", func(v View) bool { return v.Told.Is("objects.typed-for-another") })
	c := r.now.Load().calls[0]
	typed := c.formerCards[c.formerCard(dana.Ref)].typed
	if typed["Region__c"] != "EU" || typed["Department"] != "Yard" || typed["Vip__c"] != "true" || len(typed) != 3 {
		t.Errorf("%q", typed)
	}
	for field, code := range map[string]fault.Code{"Title": "objects.read-only", "Nothing": "objects.no-field-on-card"} {
		if err := r.EditCardOf("", dana.Ref, map[string]string{field: "x"}); !fault.Of(err).Is(code) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// A label that is the value of another entry is that entry.
func TestAnEntryByItsValueComesFirst(t *testing.T) {
	f := crm.CardField{Type: "picklist", Entries: []crm.Entry{{Value: "A", Label: "B"}, {Value: "B", Label: "A"}}}
	for text, want := range map[string]string{"A": "A", "B": "B", "a": "B", "c": "c"} {
		if got := readField(f, text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
