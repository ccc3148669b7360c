package main

import (
	"cmp"
	"io"
	"strings"
	"time"

	"linecard/app/catalogue"
	"linecard/app/profile"
	"linecard/app/program"
)

// profileAnswer is the JSON of the profile in force, and of what is known of the one that is kept in an org. It is null where there is nothing to
// tell.
type profileAnswer struct {
	Name   string         `json:"name,omitempty"`
	By     string         `json:"by,omitempty"`
	Made   time.Time      `json:"made,omitzero"`
	Locked []string       `json:"locked"`
	From   profile.Source `json:"from,omitempty"` // "installed", "org", "imported"; "" for no profile
	Org    *keptAnswer    `json:"org,omitempty"`
}

// keptAnswer is the JSON of what is known of the profile that is kept in an org.
type keptAnswer struct {
	Looked  time.Time        `json:"looked,omitzero"`
	Trouble string           `json:"trouble,omitempty"` // why the last look failed, or what it found is not used
	Taken   *versionAnswer   `json:"taken,omitempty"`
	Removed bool             `json:"removed,omitempty"` // the one that was taken, by hand
	Offered *versionAnswer   `json:"offered,omitempty"` // used once it is accepted
	Others  []*versionAnswer `json:"others,omitempty"`
}

type versionAnswer struct {
	Org           string    `json:"org"` // id
	OrgName       string    `json:"orgName,omitempty"`
	Linked        bool      `json:"linked"`
	Document      string    `json:"document"`
	Version       string    `json:"version"`
	Number        string    `json:"number,omitempty"`
	Modified      time.Time `json:"modified,omitzero"`
	By            string    `json:"by"` // name of the user who made it
	Username      string    `json:"username,omitempty"`
	UserID        string    `json:"userId"`
	Administrator bool      `json:"administrator"`
}

// publishedAnswer is the JSON of a profile that was kept in an org.
type publishedAnswer struct {
	versionAnswer
	Known bool `json:"administratorKnown"`
}

func answerProfile(p *program.Program) *profileAnswer {
	now, kept, trouble := p.Profile(), p.KeptProfile(), p.ProfileTrouble()
	if now == nil && kept.Looked.IsZero() && kept.Taken == nil && trouble.IsZero() {
		return nil
	}
	a := &profileAnswer{Locked: []string{}}
	if now != nil {
		a.Name, a.By, a.Made, a.Locked, a.From = now.Name, now.By, now.Made, append(a.Locked, now.Locked...), p.ProfileSource()
	}
	if kept.Looked.IsZero() && kept.Taken == nil && trouble.IsZero() {
		return a
	}
	a.Org = &keptAnswer{Looked: kept.Looked, Trouble: catalogue.Say(trouble), Taken: answerVersion(kept.Taken), Removed: kept.Removed, Offered: answerVersion(kept.Offered)}
	for i := range kept.Others {
		a.Org.Others = append(a.Org.Others, answerVersion(&kept.Others[i]))
	}
	for _, v := range append([]*versionAnswer{a.Org.Taken, a.Org.Offered}, a.Org.Others...) {
		if v != nil {
			v.Linked = p.HasOrg(v.Org)
		}
	}
	return a
}

func answerVersion(v *profile.Version) *versionAnswer {
	if v == nil {
		return nil
	}
	return &versionAnswer{
		Org: v.Org, OrgName: v.OrgName, Linked: true, Document: v.Document, Version: v.ID, Number: v.Number, Modified: v.Modified, By: v.ByName, Username: v.ByUser, UserID: v.By,
		Administrator: v.Administrator,
	}
}

var showProfile = shows(func(w io.Writer, p *profileAnswer) {
	t := newTable(w)
	defer t.end()
	if p == nil || p.From == "" {
		t.row(catalogue.Text("cmd.profile.none"))
	} else {
		t.row(catalogue.Text("cmd.profile.by"), facts(p.By, p.Name))
		if !p.Made.IsZero() {
			t.row(catalogue.Text("cmd.profile.made"), catalogue.Text("cmd.day-and-clock", "at", p.Made.Local()))
		}
		t.row(catalogue.Text("cmd.profile.locked"), strings.Join(p.Locked, ", "))
		t.row(catalogue.Text("cmd.profile.from"), p.from())
	}
	if p == nil || p.Org == nil {
		return
	}
	if !p.Org.Looked.IsZero() {
		t.row(catalogue.Text("cmd.profile.looked"), catalogue.Text("cmd.day-and-clock", "at", p.Org.Looked.Local()))
	}
	if p.Org.Trouble != "" {
		t.row(catalogue.Text("cmd.profile.trouble"), p.Org.Trouble)
	}
	if v := p.Org.Offered; v != nil {
		t.row(catalogue.Text("cmd.profile.offered"), facts(v.By, v.Username, v.OrgName, v.when()), catalogue.Text("cmd.profile.accept"))
	}
	for _, v := range p.Org.Others {
		t.row(catalogue.Text("cmd.profile.other"), facts(v.By, v.OrgName, v.when()))
	}
})

// from says where the profile in force comes from.
func (p *profileAnswer) from() string {
	switch {
	case p.From == profile.Installed:
		return catalogue.Text("cmd.profile.installed")
	case p.From == profile.Imported:
		return catalogue.Text("cmd.profile.imported")
	case p.Org == nil || p.Org.Taken == nil:
		return ""
	}
	v := p.Org.Taken
	unlinked := ""
	if !v.Linked {
		unlinked = catalogue.Text("cmd.profile.unlinked")
	}
	return facts(cmp.Or(v.OrgName, v.Org), v.By, catalogue.Text("cmd.profile.version", "number", v.Number), v.when(), unlinked)
}

func (v *versionAnswer) when() string {
	if v.Modified.IsZero() {
		return ""
	}
	return catalogue.Text("cmd.day-and-clock", "at", v.Modified.Local())
}

var showPublished = shows(func(w io.Writer, p *publishedAnswer) {
	t := newTable(w)
	defer t.end()
	t.row(catalogue.Text("cmd.profile.published", "org", cmp.Or(p.OrgName, p.Org), "number", p.Number))
	switch {
	case !p.Known:
		t.row(catalogue.Text("cmd.profile.publisher-unknown"))
	case !p.Administrator:
		t.row(catalogue.Text("cmd.profile.publisher-no-admin"))
	}
})
