package demoorg

import (
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// entry is one record in a list.
type entry struct {
	Name, Detail, When string
	Link               template.URL
	Object             string
}

// related is a list of related records on a record page.
type related struct {
	Title  string
	Object string // for the icon
	Total  int
	Rows   []entry
}

const shownRows = 8 // rows of a related list

// nav are the objects of the tab bar.
var nav = []string{"Account", "Contact", "Lead", "Opportunity", "Case", "Task"}

type tab struct {
	Name, Label string
	Here        bool
}

func (o *Org) tabs(here string) []tab {
	var ts []tab
	for _, n := range nav {
		if obj := o.visible(n); obj != nil {
			ts = append(ts, tab{n, obj.plural, n == here})
		}
	}
	return ts
}

// linkTo returns the page of a record. Object and id come from the org, so the address is safe to show.
func linkTo(r *record) template.URL {
	return template.URL("/lightning/r/" + r.object.name + "/" + r.id + "/view")
}

// shortLink serves /{id}, which redirects to the record's page.
func (o *Org) shortLink(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	rec := o.db.find(r.PathValue("id"))
	o.mu.Unlock()
	if rec == nil || rec.deleted {
		o.missingPage(w)
		return
	}
	http.Redirect(w, r, string(linkTo(rec)), http.StatusFound)
}

func (o *Org) homePage(w http.ResponseWriter, _ *http.Request) {
	o.mu.Lock()
	tasks := o.newest(o.schema.object("Task"), 15)
	users := o.db.live(o.agent())
	data := map[string]any{
		"Tabs": o.tabs(""), "Title": "Home", "Rows": o.entries(tasks, nil), "User": users.text("Name"),
		"Used": len(o.usage.at), "Limit": o.cfg.DailyLimit,
	}
	o.mu.Unlock()
	o.render(w, http.StatusOK, "home.html", data)
}

func (o *Org) newest(obj *object, n int) []*record {
	rs := o.db.all(obj, false)
	slices.SortStableFunc(rs, func(a, b *record) int { return b.time("LastModifiedDate").Compare(a.time("LastModifiedDate")) })
	return rs[:min(n, len(rs))]
}

func (o *Org) listPage(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	obj := o.visible(r.PathValue("object"))
	if obj == nil {
		o.mu.Unlock()
		o.missingPage(w)
		return
	}
	rows := o.entries(o.newest(obj, 200), nil)
	data := map[string]any{
		"Tabs": o.tabs(obj.name), "Title": obj.plural, "Rows": rows, "Object": obj.name,
		"New": o.mayCreate(obj) && obj.searchable, "Label": obj.label,
	}
	o.mu.Unlock()
	o.render(w, http.StatusOK, "list.html", data)
}

func (o *Org) recordPage(w http.ResponseWriter, r *http.Request) {
	o.mu.Lock()
	rec := o.db.find(r.PathValue("id"))
	if rec == nil || rec.deleted || !o.sees(rec.object) {
		o.mu.Unlock()
		o.missingPage(w)
		return
	}
	data := map[string]any{
		"Tabs": o.tabs(rec.object.name), "Title": o.nameOf(rec.id), "Object": rec.object.name,
		"Label": rec.object.label, "ID": rec.id, "Fields": o.lines(rec, false), "System": o.lines(rec, true),
		"Summary": o.summary(rec), "Related": o.relatedTo(rec),
	}
	o.mu.Unlock()
	o.render(w, http.StatusOK, "record.html", data)
}

// relatedTo returns the records that refer to r and those that r refers to, tasks first.
func (o *Org) relatedTo(r *record) []related {
	var lists []related
	if r.object.name == "Task" {
		lists = o.list(lists, "Related to", r, "Task", o.referenced(r))
	}
	for _, obj := range o.schema.objects {
		if obj.setup || !obj.searchable || !o.sees(obj) {
			continue
		}
		title := obj.plural
		if obj.name == "Task" {
			title = "Activity"
		}
		lists = o.list(lists, title, r, obj.name, o.referrers(r, obj))
	}
	slices.SortStableFunc(lists, func(a, b related) int { return btoi(b.Object == "Task") - btoi(a.Object == "Task") })
	return lists
}

func (o *Org) list(lists []related, title string, beside *record, object string, rs []*record) []related {
	if len(rs) == 0 {
		return lists
	}
	return append(lists, related{Title: title, Object: object, Total: len(rs), Rows: o.entries(rs[:min(shownRows, len(rs))], beside)})
}

// referenced returns the who and the what of a task, with the account.
func (o *Org) referenced(r *record) []*record {
	var rs []*record
	for _, name := range []string{"WhoId", "WhatId", "AccountId"} {
		if other := o.db.live(r.get(name)); other != nil && !slices.Contains(rs, other) {
			rs = append(rs, other)
		}
	}
	return rs
}

// referrers returns the records of obj that refer to r, newest first: by their own reference or, as opportunities refer
// to contacts, through a role.
func (o *Org) referrers(r *record, obj *object) []*record {
	rows := map[string]*record{}
	for _, f := range obj.fields {
		if f.kind != kReference || !listed(f.refs, r.object.name) || f.children == "" && f.name != "AccountId" {
			continue
		}
		for _, other := range o.db.all(obj, false) {
			if other.text(f.name) == r.id {
				rows[other.id] = other
			}
		}
	}
	if obj.name == "Opportunity" && r.object.name == "Contact" {
		for _, role := range o.db.all(o.schema.object("OpportunityContactRole"), false) {
			if deal := o.db.live(role.get("OpportunityId")); deal != nil && role.text("ContactId") == r.id {
				rows[deal.id] = deal
			}
		}
	}
	rs := slices.Collect(maps.Values(rows))
	slices.SortFunc(rs, func(a, b *record) int {
		if c := b.time("CreatedDate").Compare(a.time("CreatedDate")); c != 0 {
			return c
		}
		return strings.Compare(b.id, a.id)
	})
	return rs
}

// entries returns records as list entries; beside is the record whose page shows the list, and is not named again.
func (o *Org) entries(rs []*record, beside *record) []entry {
	out := make([]entry, 0, len(rs))
	for _, r := range rs {
		e := entry{
			Name: o.nameOf(r.id), Link: linkTo(r), Object: r.object.name,
			When: r.time("LastModifiedDate").In(o.now().Location()).Format("2 Jan, 15:04"),
		}
		var parts []string
		for _, name := range []string{
			"Title", "Company", "AccountId", "WhoId", "Phone", "MobilePhone", "StageName", "Amount", "Subject",
			"CallType", "CallDurationInSeconds", "CallDisposition", "Status",
		} {
			f := r.object.field(name)
			if f == nil || f.isName || len(parts) == 4 || beside != nil && r.get(name) == beside.id {
				continue
			}
			if l, ok := o.line(r, f); ok {
				parts = append(parts, l.Value)
			}
		}
		e.Detail = strings.Join(parts, " · ")
		if e.Name == "" {
			e.Name = r.object.label
		}
		out = append(out, e)
	}
	return out
}
