package program

import (
	"maps"
	"reflect"
	"slices"

	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/crm"
)

// Several users of one org may be linked. What goes wrong is noted of each link by itself, and people are told of the org: it is broken
// while one of its links is, and well once all of them are.

// linked takes how the links stand.
func (t *troubles) linked(all []crm.LinkStatus) {
	all = slices.DeleteFunc(slices.Clone(all), func(s crm.LinkStatus) bool { return s.OrgID == "" })
	before, now, orgs := map[crmUser]crm.LinkStatus{}, map[crmUser]bool{}, map[string][]crm.LinkStatus{}
	t.mu.Lock()
	for _, s := range t.links {
		before[userOf(s)] = s
	}
	for _, s := range all {
		now[userOf(s)], orgs[s.OrgID] = true, append(orgs[s.OrgID], s)
	}
	t.links = all
	maps.DeleteFunc(t.failing, func(of crmUser, _ bool) bool { return !now[of] }) // what is theirs waits for them
	t.mu.Unlock()
	for _, s := range all {
		t.noteLink(before[userOf(s)], s)
	}
	for org, links := range orgs {
		t.tellLinks(org, links, before)
	}
	for of := range before { // unlinked: nobody waits for it
		if orgs[of.org] == nil {
			t.each(func(w *alert.Watch) { w.Forget(errorlog.Link, of.org); w.Forget(errorlog.Logging, of.org) })
		}
	}
}

func userOf(s crm.LinkStatus) crmUser { return crmUser{s.OrgID, s.UserID} }

// noteLink notes what is newly wrong with one link.
func (t *troubles) noteLink(old, s crm.LinkStatus) {
	if s.State == crm.Inactive && (old.State != crm.Inactive || !reflect.DeepEqual(old.Reason, s.Reason)) {
		t.log.Note(errorlog.Link, s.OrgID, "", s.Reason)
	}
	if s.State == crm.Linked && s.Trouble.Code != old.Trouble.Code {
		t.log.Note(errorlog.Link, s.OrgID, "", s.Trouble)
	}
}

// tellLinks has people told how the links to one org stand together.
func (t *troubles) tellLinks(org string, links []crm.LinkStatus, before map[crmUser]crm.LinkStatus) {
	broken := func(s crm.LinkStatus) bool { // a keyring that stays locked counts: nothing is found and nothing is logged
		return s.State == crm.Inactive || s.State == crm.Waiting
	}
	if i := slices.IndexFunc(links, broken); i >= 0 {
		t.each(func(w *alert.Watch) { w.Broke(errorlog.Link, org, links[i].Reason) })
		return
	}
	well := true
	for _, s := range links {
		if old := before[userOf(s)]; s.State == crm.Linked && old.State == crm.Waiting {
			t.each(func(w *alert.Watch) { w.Cured(errorlog.Link, org, old.Reason.Code) })
		}
		well = well && s.State == crm.Linked && s.Trouble.IsZero() && s.APILimit > 0 // it has answered in this run
	}
	if well {
		t.each(func(w *alert.Watch) { w.Well(errorlog.Link, org) })
	}
}
