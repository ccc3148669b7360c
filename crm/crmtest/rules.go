package crmtest

import (
	"strings"

	"pgregory.net/rapid"

	"linecard/crm"
)

// AnyRules draws a table of tidy rules, with something of everything that a rule can say and with names that are hard to write.
func AnyRules(t *rapid.T) (rules []crm.Rule) {
	names := rapid.SliceOfNDistinct(rapid.StringMatching(`[a-zé"'\\\\#= \[\]{}]{0,8}[a-z]`), 0, 6, func(name string) string { return strings.ToLower(strings.TrimSpace(name)) })
	for _, name := range names.Draw(t, "names") {
		r := anyRule(t, name)
		if why := r.Tidy(); !why.IsZero() {
			t.Fatalf("a rule that cannot be was drawn: %+v: %v", r, why)
		}
		rules = append(rules, r)
	}
	return rules
}

func anyRule(t *rapid.T, name string) crm.Rule {
	texts := func(name string, of ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 3, rapid.ID[string]).Draw(t, name)
	}
	one := func(name string, of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, name) }
	r := crm.Rule{
		Name: name, On: rapid.Bool().Draw(t, "on"), Direction: one("direction", "inbound", "outbound"),
		Accounts: texts("accounts", "2041", "2041@pbx", "*@pbx"), Called: texts("called", "support", "+4420*", "Größe?"),
		Caller:  texts("caller", "withheld", "extension", `/a\\b,"c"/`, "+1*", "020 7946"),
		Objects: texts("objects", "any", "none", "Contact", "My__c"), Statuses: texts("statuses", "answered", "no answer", "answered elsewhere"),
		Days: texts("days", "mon", "sun", "thu"), From: one("from", "22:00"), To: one("to", "6:00"),
		Variables: texts("variables", "X-Queue: support*", "x-ticket: /^[0-9]{2,4}$/", "talk seconds: >= 20", "diverted from: +44*", `X-Note: "a", 'b' \\ c`),
		Log:       one("log", "yes", "no", "ask"), Pop: one("pop", "never", "ring", "answer", "hangup"), Layout: one("layout", `L "quoted"`, "Größe"),
		Owner: one("owner", "linked", "extension", "a@b.example", "005000000000001AAA"), Create: one("create", crm.Creatable()...),
		Hook: one("hook", "https://hooks.example.com/a?b=c&d=%22", "http://127.0.0.1:8080/"), Stop: rapid.Bool().Draw(t, "stop"),
	}
	if r.Pop != "" {
		r.PopIn = one("pop in", "app", "browser", "both")
	}
	moments := []string{"ring", "answer", "hangup"}
	if r.Log == "no" {
		r.Create = ""
	}
	if r.Create != "" {
		r.CreateAt = one("create at", moments...)
	}
	if r.Hook != "" {
		r.HookAt = one("hook at", moments...)
	}
	if r.Log+r.Pop+r.Layout+r.Owner+r.Create+r.Hook == "" {
		r.Stop = true
	}
	return r
}
