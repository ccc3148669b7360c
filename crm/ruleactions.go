package crm

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"linecard/fault"
)

// moments are when a record may be made, or a hook called.
var moments = []string{string(PopRing), string(PopAnswer), string(PopHangup)}

// Creatable are the objects of which a rule may have a record made.
func Creatable() []string { return []string{Lead, Contact, Account, Case} }

// longestHook is the length of the longest address of a hook.
const longestHook = 2000

func (r *Rule) tidyActions() fault.Fault {
	if lower := strings.ToLower(r.Owner); lower == OwnerLinked || lower == OwnerExtension {
		r.Owner = lower
	} else if r.Owner != "" && !userID(r.Owner) && !strings.Contains(r.Owner, "@") {
		return fault.New("rules.no-owner", "value", r.Owner)
	}
	if r.Create != "" {
		i := slices.IndexFunc(Creatable(), func(o string) bool { return strings.EqualFold(o, r.Create) })
		if i < 0 {
			return fault.New("rules.not-one-of", "field", "create", "value", r.Create, "values", Creatable())
		}
		r.Create = Creatable()[i]
	}
	switch {
	case r.PopIn != "" && r.Pop == "":
		return fault.New("rules.pop-when")
	case r.CreateAt != "" && r.Create == "":
		return fault.New("rules.create-what")
	case r.HookAt != "" && r.Hook == "":
		return fault.New("rules.hook-where")
	case !isHook(r.Hook):
		return fault.New("rules.bad-hook")
	case r.Create != "" && Log(r.Log) == LogNo:
		return fault.New("rules.create-unlogged")
	case r.Org != "" && r.knowsLater():
		return fault.New("rules.org-too-late")
	case r.Log == "" && r.Pop == "" && r.Layout == "" && r.Owner == "" && r.Org == "" && r.Create == "" && r.Hook == "" && !r.Stop:
		return fault.New("rules.does-nothing")
	}
	return fault.Fault{}
}

// knowsLater reports whether the row is about something that is not known as a call begins: its record, its org, or how it went.
func (r *Rule) knowsLater() bool {
	return len(r.Objects)+len(r.Statuses) > 0 || slices.ContainsFunc(r.Variables, func(text string) bool {
		v, _ := readVariable(text)
		return variables[v.name].record || variables[v.name].atEnd || variables[v.name].ofOrg
	})
}

// isHook reports whether a text is an address that calls may be told to, or nothing: https, or http on this computer, for who
// called whom is nobody else's business. It has no user or password in it, which a log of a proxy would keep.
func isHook(text string) bool {
	if text == "" {
		return true
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || len(text) > longestHook || strings.ContainsFunc(text, func(c rune) bool { return c <= ' ' }) {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// Hooks are the addresses that are told of a call, by when; "" is none.
type Hooks struct {
	Ring   string `json:"ring,omitempty"`
	Answer string `json:"answer,omitempty"`
	Hangup string `json:"hangup,omitempty"`
}

// HookRows are the rows that decided [Hooks], as in [Deciders].
type HookRows struct {
	Ring   int `json:"ring,omitempty"`
	Answer int `json:"answer,omitempty"`
	Hangup int `json:"hangup,omitempty"`
}

// at is the place of the address for a moment; "" is the end of the call.
func (h *Hooks) at(moment string) *string {
	switch Pop(moment) {
	case PopRing:
		return &h.Ring
	case PopAnswer:
		return &h.Answer
	}
	return &h.Hangup
}

func (h *HookRows) at(moment string) *int {
	switch Pop(moment) {
	case PopRing:
		return &h.Ring
	case PopAnswer:
		return &h.Answer
	}
	return &h.Hangup
}

// acts asks one row what must be done about a call beside its log. How a call went that goes on is not known yet, but that
// it was answered is.
func (r *row) acts(f *sight, v *Verdict, by *Deciders) {
	a, n := &r.rule, r.index+1
	known := r.isKnown(f)
	if by.Pop == 0 && a.Pop != "" && known {
		v.Pop, v.PopIn, by.Pop = Pop(a.Pop), Where(a.PopIn), n
	}
	if by.Create == 0 && a.Create != "" && known {
		v.Create, v.CreateAt, by.Create = a.Create, Pop(a.CreateAt), n
	}
	if a.Hook != "" && known && *by.Hooks.at(a.HookAt) == 0 {
		*v.Hooks.at(a.HookAt), *by.Hooks.at(a.HookAt) = a.Hook, n
	}
}

// isKnown reports whether it is known for good that a row fits which fits now: how a call went that goes on is not known yet, but
// that it was answered is.
func (r *row) isKnown(f *sight) bool {
	return !r.waits() || !f.Live || f.Outcome == Answered && !r.waitsForEnd()
}

// waits reports whether the row is about how a call went.
func (r *row) waits() bool { return r.statuses != 0 || r.waitsForEnd() }

// waitsForEnd reports whether the row is about something that only the end of a call tells.
func (r *row) waitsForEnd() bool {
	return slices.ContainsFunc(r.variables, func(v variable) bool { return variables[v.name].atEnd })
}

// created drops a record that must not be made: there is one already, nobody knows yet whether there is, or the call is
// none that is written to the org.
func (v *Verdict) created(f *Facts, by *Deciders) {
	refused := f.Call != nil && f.Call.Refused
	if v.Create == "" || f.Object != "" || f.Unasked || f.Extension || f.Caller == "" || refused || f.Word == DontLog || v.Log == LogNo {
		v.Create, v.CreateAt, by.Create = "", "", 0
		return
	}
	if v.CreateAt == "" {
		v.CreateAt = PopHangup
	}
}
