package program_test

import (
	"errors"
	"testing"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip/demopbx"
)

// machines is the admin's table: machines are searched first, a number in a field of text finds them too, and some of what the
// card shows may be changed.
func machines() []crm.Object {
	return []crm.Object{
		{
			Name: "Machine__c", Search: true, Phones: []string{"Keeper_Number__c"},
			Fields: []string{"Account__c"}, Editable: []string{"Condition__c"}, Required: []string{"Site_Notes__c"},
		},
		{Name: crm.Contact, Search: true, Fields: []string{"Department"}},
	}
}

// shown waits until the call shows a record with its card.
func (r *rig) shown(id, name string) app.CallView {
	r.t.Helper()
	var is app.CallView
	r.see(name+" is shown with a card", func(v app.View) bool {
		for _, c := range v.Calls {
			if c.ID == id && c.Lookup.Record != nil && c.Lookup.Record.Name == name && len(c.Card.Fields) > 0 {
				is = c
				return true
			}
		}
		return false
	})
	return is
}

// From the setting to the search, to the card, to the change of the record, to the Task.
func TestACustomObjectFromSettingToTask(t *testing.T) {
	r := ready(t)
	if err := r.p.SetObjects("", machines()); err != nil {
		t.Fatal(err)
	}
	r.see("the objects are described", func(app.View) bool {
		all := r.p.ObjectStates(t.Context(), "")
		return len(all) == 2 && all[0].Known && all[1].Known
	})
	c := r.ring(demopbx.Caller{Number: "+14155550152"})
	press := r.shown(c.ID, "Press 4")
	if press.Lookup.Record.Why.Field != "Keeper_Number__c" || press.Lookup.State != app.LookupOne {
		t.Errorf("%+v", press.Lookup)
	}
	id := press.Lookup.Record.ID
	for _, do := range []func() error{
		func() error { return r.desk.Answer(c.ID) },
		func() error { return r.desk.EditCard(c.ID, map[string]string{"Condition": "Broken"}) },
		func() error { return r.desk.SaveCard(c.ID) },
		func() error { return r.desk.Hangup(c.ID) },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.org.Value(id, "Condition__c"); got != "Broken" {
		t.Errorf("its condition is %v", got)
	}
	r.see("wrap-up", func(v app.View) bool {
		return len(v.Calls) > 0 && v.Calls[0].Phase == app.WrapUp && v.Calls[0].Wrap.Log == app.LogDone
	})
	if err := r.desk.SaveWrap(c.ID); fault.Of(err).Code != "objects.fill-first" {
		t.Fatalf("Save says %v", err)
	}
	if err := r.desk.EditCard(c.ID, map[string]string{"Site Notes": "Key at the desk"}); err != nil {
		t.Fatal(err)
	}
	if err := r.desk.SaveWrap(c.ID); err != nil {
		t.Fatal(err)
	}
	if got := r.org.Value(id, "Site_Notes__c"); got != "Key at the desk" {
		t.Errorf("its notes are %v", got)
	}
	tasks := r.org.TasksFor(c.ID)
	if len(tasks) != 1 || r.org.Value(tasks[0].ID, "WhatId") != id || r.org.Value(tasks[0].ID, "WhoId") != nil {
		t.Errorf("%+v", tasks)
	}
}

// A table that changes applies to the next call, also to a caller who called a moment ago.
func TestATableOfObjectsAppliesAtOnce(t *testing.T) {
	r := ready(t)
	dana, _ := r.org.Caller("Dana Whitfield")
	r.stands(r.phoned(dana.Number), app.LogDone)
	if _, err := r.org.Create("Machine__c", map[string]any{"Name": "Dana's press", "Panel_Phone__c": dana.Number}); err != nil {
		t.Fatal(err)
	}
	if err := r.p.SetObjects("", machines()); err != nil {
		t.Fatal(err)
	}
	r.see("the objects are described", func(app.View) bool {
		all := r.p.ObjectStates(t.Context(), "")
		return len(all) == 2 && all[0].Known && all[1].Known
	})
	c := r.ring(demopbx.Caller{Number: dana.Number})
	v := r.see("both are found", func(v app.View) bool {
		return len(v.Calls) > 0 && v.Calls[0].ID == c.ID && len(v.Calls[0].Lookup.Matches) == 2
	})
	if got := v.Calls[0].Lookup; got.Matches[0].Object != "Machine__c" {
		t.Errorf("%s, %+v first", got.State, got.Matches[0])
	}
	if err := r.p.SetObjects("", nil); err != nil {
		t.Fatal(err)
	}
	if got := crm.OrderOf(r.p.Objects(""), ""); len(got) != 3 || got[0] != crm.Contact {
		t.Errorf("after the reset: %v", got)
	}
}

func TestALockedTableStays(t *testing.T) {
	r := ready(t)
	if err := r.p.Settings().SetProfile([]byte("[[objects]]\nname = \"Lead\"\n[[objects]]\nname = \"Machine__c\"\nphones = [\"Keeper_Number__c\"]\n"), []string{"objects"}, "IT"); err != nil {
		t.Fatal(err)
	}
	if got := crm.OrderOf(r.p.Objects(""), ""); len(got) != 2 || got[1] != "Machine__c" || r.p.Objects("")[1].Phones[0] != "Keeper_Number__c" {
		t.Errorf("the profile's table is %+v", r.p.Objects(""))
	}
	var locked *settings.LockedError
	if err := r.p.SetObjects("", machines()); !errors.As(err, &locked) {
		t.Errorf("a locked table was changed: %v", err)
	}
}

func TestATableThatCannotBe(t *testing.T) {
	r := ready(t)
	for code, rows := range map[fault.Code][]crm.Object{
		"objects.strange-name": {{Name: "Contact; DROP", Search: true}},
		"objects.twice":        {{Name: crm.Contact, Search: true}, {Name: crm.Contact}},
		"objects.too-many":     make([]crm.Object, crm.MostObjects+1),
	} {
		if code == "objects.too-many" {
			for i := range rows {
				rows[i].Name = "Object" + string(rune('A'+i)) + "__c"
			}
		}
		if got := fault.Of(r.p.SetObjects("", rows)); got.Code != code {
			t.Errorf("%v: %s", rows, got.Code)
		}
	}
}

func TestTheDoctorNamesWhatOfTheTableIsHidden(t *testing.T) {
	r := ready(t)
	if err := r.p.SetObjects("", append(machines(), crm.Object{Name: "Gone__c", Search: true})); err != nil {
		t.Fatal(err)
	}
	f := r.found("objects.check")
	if f.OK || !f.Minor || f.Remedy == "" || f.ReasonCode == "" {
		t.Errorf("%+v", f)
	}
}
