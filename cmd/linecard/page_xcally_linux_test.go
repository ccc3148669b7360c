package main

import (
	"slices"
	"strings"
	"testing"

	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// XCALLY Motion, "Salesforce integration": an account that is tested, changed and removed; configurations with subject, description and
// fields; where callers are found and what is made of others; a trigger; and the Case that the agent sees.
func TestTheIntegrationPagesOfXCALLY(t *testing.T) {
	w := newPageWalk(t, "C")
	if w == nil {
		return
	}
	w.press("No org linked")
	w.point("C2")
	w.sees("Consumer key", "PKCE")
	w.misses("Password")
	w.link()
	w.press("Yes")
	w.point("C1")
	w.press("Check-up")
	w.press("Check again")
	w.sees("Log calls as Tasks", "all call fields can be written")

	w.accounts()
	w.configurations()
	w.fields()
	w.advanced()
	w.trigger()

	w.point("C10")
	w.press("Back to calls")
	id := w.talk(w.demo.dana())
	w.sees("Reason")
	w.picture("C10-the-form-asks")
	w.save(id)
	cases := w.demo.org.CasesFor(id)
	if len(cases) != 1 || !strings.HasSuffix(cases[0].Subject, "[Support] Queue caller "+w.demo.dana().Number+" Order") {
		t.Fatalf("the org has %+v", cases)
	}
	for _, line := range []string{"Called: 2041", "Recording: https://recordings.acme.example/" + id} {
		if !strings.Contains(cases[0].Description, line) {
			t.Errorf("the description lacks %q: %s", line, cases[0].Description)
		}
	}
	if v := cases[0].Values; v["Severity__c"] != "High" || v["Callback_Wanted__c"] != true || v["Callback_Number__c"] != w.demo.dana().Number || v["Queue__c"] != "2041" {
		t.Errorf("the fields are %v", v)
	}
	w.sees("Ready for calls")
	w.menu("Dana Whitfield", "Open Case")
	w.until("the browser shows the Case", func() bool { return strings.Contains(w.page(), cases[0].Number) })

	w.point("C8") // a caller whom nobody knows
	id = w.talk(demopbx.Caller{Name: "Robin Vale", Number: "+14155550199"})
	w.save(id)
	tasks := w.demo.org.TasksFor(id)
	if len(tasks) != 1 || !strings.HasPrefix(tasks[0].WhatID, "001") || w.demo.org.Value(tasks[0].WhatID, "Name") != "Robin Vale" {
		t.Errorf("the org has %+v", tasks)
	}

	w.point("C9", "C4", "C3") // changed and removed again
	w.press("Acme Europe")
	w.press("Rules")
	w.press("1. Support")
	w.write("What you call it", "Support line")
	w.press("Save")
	w.sees(`"Support line" is on, so that the change holds from the next call. Save it?`)
	w.press("Save")
	w.sees("1. Support line", "On")
	w.press("1. Support line")
	w.press("Remove rule")
	w.sees("Remove the rule")
	w.press("Remove rule")
	w.sees("1. Strangers")
	w.press("What is written")
	w.press("Support queue")
	w.write("Name", "Second line")
	w.press("Save")
	w.misses("Discard") // saved
	w.press("Remove")
	w.sees("Remove the layout Second line?")
	w.press("Remove")
	w.misses("Second line")
	w.picture("C9-removed")
}

// accounts lists two orgs, names one and gives it a color, tests it, and removes the other.
func (w *walk) accounts() {
	w.Helper()
	w.point("C3")
	w.press("Salesforce")
	other, url := w.anotherOrg(demoorg.Config{Name: "Acme Trial", Instance: "eu", Sandbox: true})
	w.press("Link another org")
	w.linkTo(url)
	w.press("Yes")
	w.sees("Orgs", "Acme Trial", "Acme Field Services (Demo)")
	w.press("Acme Field Services (Demo)")
	w.sees(w.demo.org.ID())
	w.write("Name here (empty is the org's own)", "Acme Europe")
	w.write("What it is for", "Vans and field service")
	w.pressBelow("How it is shown", "Save")
	w.sees("Vans and field service")
	w.choose("Color", "Purple")
	w.sees("Linked to Acme Europe", "Purple")
	w.press("Check link")
	w.picture("C3-accounts")
	w.press("Acme Trial (sandbox)")
	w.sees(other.ID())
	w.press("Remove org")
	w.sees("Its link is revoked")
	w.press("Remove org")
	w.misses("Acme Trial")
	w.until("the link is revoked", func() bool { return other.Approvals() == 0 })
}

// configurations makes a layout with subject and description.
func (w *walk) configurations() {
	w.Helper()
	w.point("C4")
	w.press("What is written")
	w.sees("Task", "Case", "default")
	w.press("New layout")
	w.write("Name", "Support queue")
	w.choose("Writes a", "Case")
	w.point("C5") // a text, what the call knows, and a variable of the admin's own
	w.press("Add a variable")
	w.into("name, such as Reason", "Reason")
	w.into("without an answer", "Order")
	w.into("answers to choose from, with commas; none is any text", "Order, Fault")
	w.press("Add a part")
	w.into("a text, or {number}", "[Support] Queue caller {number}")
	w.press("Add a part")
	w.into("a text, or {number}", "{Reason}")
	w.point("C6")
	w.press("Add a line")
	w.into("key, or nothing", "Called")
	w.into("a text, or {notes}", "{called}")
	w.press("Add a line")
	w.into("key, or nothing", "Recording")
	w.into("a text, or {notes}", "https://recordings.acme.example/{call id}")
	w.sees("[Support] Queue caller +1", "Order", "Recording: https://recordings.acme.example/")
	w.picture("C6-layout")
}

// fields fills fields of the layout: with an entry of the org's, a text, what the call knows, and the admin's own variable.
func (w *walk) fields() {
	w.Helper()
	w.point("C7")
	for _, f := range []struct{ field, value string }{
		{"Severity (Severity__c)", "High"},
		{"Callback Wanted (Callback_Wanted__c)", "true"},
		{"Callback Number (Callback_Number__c)", "{number}"},
		{"Queue (Queue__c)", "{called}"},
	} {
		w.press("Add a field")
		w.press("Choose a field")
		w.press(f.field)
		if strings.HasPrefix(f.value, "{") {
			w.into("a text, an entry, or {number}", f.value)
			continue
		}
		w.entryOf("a text, an entry, or {number}", f.value)
	}
	w.sees("Severity High", "Callback Wanted true", "Callback Number +1")
	w.picture("C7-fields")
	w.point("C8")
	w.choose("Field that takes the name of a Lead", "Web Name (SuppliedName)")
	w.press("Save")
	w.sees("Case · asks Reason")
	w.press("Send a test log and delete it")
	w.sees("deleted")
	w.picture("C7-tested")
}

// advanced says where callers are found, by which further field, and what is made of the others.
func (w *walk) advanced() {
	w.Helper()
	w.point("C8")
	w.press("Objects")
	w.tick("Lead")
	w.sees("Not searched")
	w.press("Contact")
	w.press("Add a field of text that holds numbers…")
	w.press("Department")
	w.until("callers are found by it too", func() bool { return slices.Contains(w.run.program.Settings().Get().Objects[0].Phones, "Department") })
	w.into("A phone number", w.demo.dana().Number)
	w.press("Try")
	w.sees("Dana Whitfield")
	w.picture("C8-objects")
	w.tick("Lead")
	w.misses("Not searched")
}

// trigger makes two rules, of which one writes the layout and the other makes an Account of a caller whom nobody knows.
func (w *walk) trigger() {
	w.Helper()
	w.point("C9")
	w.press("Rules")
	for _, r := range []struct{ name, label, entry string }{{"Support", "Layout", "Support queue"}, {"Strangers", "Record for an unknown caller", "Make an account"}} {
		w.press("New rule")
		w.write("What you call it", r.name)
		w.choose("Direction", "Inbound")
		w.write("Called number or queue", "2041")
		w.write("How the call went", "answered")
		if r.name == "Support" {
			w.write("Record", "any")
		}
		w.choose(r.label, r.entry)
		w.picture("C9-" + r.name)
		w.press("Save")
		w.sees(r.name, "Off")
		w.press("Switch on")
		w.sees("tried", "Switch \""+r.name+"\" on?")
		w.press("Switch on")
		w.sees("Switch off")
	}
	w.picture("C9-rules")
}

// anotherOrg starts one more org.
func (w *walk) anotherOrg(cfg demoorg.Config) (*demoorg.Org, string) {
	w.Helper()
	cfg.AutoApprove = true
	org := demoorg.New(cfg)
	url, err := org.Start("127.0.0.1:0")
	w.must(err)
	w.Cleanup(func() { _ = org.Close() })
	return org, url
}
