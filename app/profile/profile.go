// Package profile is what an administrator gives to all desks of a company: a file with the settings of one desk, without secrets and
// without what is the agent's own, and with the keys that the agents cannot change.
//
//	profile = 1
//	name = "Support desks"
//	by = "it@acme.example"
//	made = 2026-11-27T15:00:00Z
//	locked = ["logging", "numbers.country"]
//
//	[agent]                      # the account of each agent, made after Link from the agent's User record in the org
//	user_field = "Extension"
//	display_name_field = "Name"
//	caller_id_field = "Phone"
//	[agent.account]              # as an element of accounts in settings.toml, without the user
//	server = "pbx.acme.example"
//
//	[settings.logging]           # as in settings.toml
//	mode = "ask"
//
// The settings of a profile are a layer of the store of package settings, between the defaults and the agent's own.
package profile

import (
	"bytes"
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"linecard/app/settings"
	"linecard/clean"
	"linecard/fault"
)

// format is the version of the file. A profile of a later one is refused: what it locks may be nothing that this version knows.
const format = 1

// mostBytes bounds the file.
const mostBytes = 1 << 20

// Profile is the content of the file.
type Profile struct {
	Format   int            `toml:"profile"`
	Name     string         `toml:"name"`           // what the profile is called
	By       string         `toml:"by"`             // who made it, as agents read it beside what is locked
	Made     time.Time      `toml:"made,omitempty"` // when it was exported
	Locked   []string       `toml:"locked"`         // keys, tables ("logging") and lists ("accounts") of settings.toml
	Agent    *Agent         `toml:"agent,omitempty"`
	Settings map[string]any `toml:"settings"` // as in settings.toml
}

// Agent says how an agent's account is made.
type Agent struct {
	UserField        string         `toml:"user_field"`         // field of User that has the account's user: Extension
	DisplayNameField string         `toml:"display_name_field"` // field of User with what those who are called see; "" for none
	CallerIDField    string         `toml:"caller_id_field"`    // field of User with the number that they see; "" for none
	Account          map[string]any `toml:"account"`            // as in settings.toml, without the user
}

// Read reads a profile. The error has a [fault.Fault] that says what is wrong with the file.
func Read(doc []byte) (*Profile, error) {
	if len(doc) > mostBytes {
		return nil, fault.Err(nil, "profile.too-large")
	}
	p := &Profile{}
	if err := toml.Unmarshal(bytes.TrimPrefix(doc, []byte("\ufeff")), p); err != nil {
		return nil, fault.Err(err, "profile.unreadable")
	}
	switch {
	case p.Format == 0:
		return nil, fault.Err(nil, "profile.none")
	case p.Format > format:
		return nil, fault.Err(nil, "profile.too-new")
	}
	p.Name, p.By = clean.Short(p.Name, mostName), clean.Short(p.By, mostName)
	return p, nil
}

// mostName bounds names in characters.
const mostName = 100

// Document is the profile as its file.
func (p *Profile) Document() ([]byte, error) {
	p.Format = format
	b, err := toml.Marshal(p)
	if err != nil {
		return nil, fault.Err(err, "profile.unwritable")
	}
	return b, nil
}

// Title names the profile and who made it, as agents read it.
func (p *Profile) Title() string {
	parts := slices.DeleteFunc([]string{p.By, p.Name}, func(s string) bool { return s == "" })
	return strings.Join(parts, " · ")
}

// own are the settings that are each agent's own, or this computer's: an export leaves them out.
var own = []string{"devices", "appearance", "language", "accounts", "spellings", "version"}

// ownOfAccount is what an account has of the agent's own, or of this computer's: its files. Without its certificate an account could not register at another
// desk. The authority (tls_ca) stays, since it is one for all desks.
var ownOfAccount = []string{
	"user", "auth_user", "display_name", "caller_id", "label", "forward_always", "forward_busy", "forward_no_answer", "tls_cert", "tls_key", "hold_music",
}

// Request is what is asked for in a profile besides the settings.
type Request struct {
	Name, By      string
	Locked        []string
	UserField     string // of User; "" means Extension
	CallerIDField string // of User; "" gives no caller ID
	Addresses     bool   // the addresses that rules tell of calls may be in it
}

// HasAddresses is the code of the error that a profile would show the addresses that rules tell of calls: whoever knows one may often post there. Its
// value hosts names where they are.
const HasAddresses fault.Code = "profile.has-addresses"

// Addresses are the hosts that the rules of a store tell of calls, each once.
func Addresses(s *settings.Settings) (hosts []string) {
	for _, r := range s.Rules {
		u, err := url.Parse(r.Hook)
		if r.Hook == "" || err != nil || slices.Contains(hosts, u.Host) {
			continue
		}
		hosts = append(hosts, u.Host)
	}
	return hosts
}

// Export makes a profile of the settings of a store: all that is not the default, but for what is the agent's own. The first account becomes the
// way in which each agent's account is made. There are no secrets among the settings but the address of a webhook, which is left out too, and the
// addresses that rules tell of calls: with some there the error is HasAddresses, unless the request says that they may be in it.
func Export(s *settings.Store, r Request, now time.Time) (*Profile, error) {
	if err := settings.CheckLocks(r.Locked); err != nil {
		return nil, err
	}
	if hosts := Addresses(s.Get()); len(hosts) > 0 && !r.Addresses {
		return nil, fault.Err(nil, HasAddresses, "hosts", hosts)
	}
	p := &Profile{Format: format, Name: r.Name, By: r.By, Made: now.UTC().Truncate(time.Second), Locked: r.Locked, Settings: s.Document()}
	if p.Locked == nil {
		p.Locked = []string{}
	}
	if accounts, ok := p.Settings["accounts"].([]any); ok && len(accounts) > 0 {
		account := maps.Clone(accounts[0].(map[string]any))
		for _, key := range ownOfAccount {
			delete(account, key)
		}
		p.Agent = &Agent{UserField: cmp.Or(r.UserField, "Extension"), DisplayNameField: "Name", CallerIDField: r.CallerIDField, Account: account}
	}
	for list, named := range map[string]string{"colleagues": "extension", "queues": "name"} {
		if all, ok := p.Settings[list].([]any); ok {
			p.Settings[list] = atFirst(all, named, s.Get().Accounts)
		}
	}
	if all, ok := p.Settings["orgs"].([]any); ok {
		p.Settings["orgs"] = withoutNotes(all)
	}
	if table, ok := p.Settings["salesforce"].(map[string]any); ok { // how far this admin is with the guide is nobody else's
		table = maps.Clone(table)
		if delete(table, "setup_done"); len(table) == 0 {
			delete(p.Settings, "salesforce")
		} else {
			p.Settings["salesforce"] = table
		}
	}
	for _, key := range own {
		delete(p.Settings, key)
	}
	if e, ok := p.Settings["errors"].(map[string]any); ok { // the address of a webhook is often all that it takes to post there
		e = maps.Clone(e)
		delete(e, "webhook")
		p.Settings["errors"] = e
	}
	return p, nil
}

// atFirst are the colleagues or queues as other desks have them: at the phone system of the first account, whose id is another one there. Those of another
// account of this desk are left out: no other desk has it. Of two that have one name then, the first is used here too.
func atFirst(all []any, named string, accounts []settings.Account) []any {
	out := []any{}
	names := map[string]bool{}
	for _, e := range all {
		one, _ := e.(map[string]any)
		one = maps.Clone(one)
		if at, _ := one["account"].(string); at != "" && (len(accounts) == 0 || at != accounts[0].ID()) {
			continue
		}
		name, _ := one[named].(string)
		if name = strings.ToLower(name); names[name] {
			continue
		}
		names[name] = true
		delete(one, "account")
		out = append(out, one)
	}
	return out
}

// withoutNotes are the orgs without what was noted at this desk of older integrations.
func withoutNotes(all []any) []any {
	out := []any{}
	for _, e := range all {
		one, _ := e.(map[string]any)
		if note, _ := one["legacy"].(bool); note {
			one = maps.Clone(one)
			delete(one, "legacy")
			if one["client_id"] == nil && one["org_id"] == nil { // it was a note and nothing else
				continue
			}
		}
		out = append(out, one)
	}
	return out
}
