package settings

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"linecard/fault"
	"linecard/sip/encryption"
	"linecard/sip/transport"
)

// AccountField is a setting of an account as the command line sets it.
type AccountField struct {
	Key  string
	Help fault.Fault // says what it is
}

// AccountFields are those that have a help text, in their order.
func AccountFields() (out []AccountField) {
	t := reflect.TypeFor[Account]()
	for _, f := range fieldsOf(t) {
		if help := t.Field(f.index).Tag.Get("help"); help != "" {
			say := fault.New(fault.Code(help))
			if of := t.Field(f.index).Tag.Get("of"); of != "" {
				say = fault.New(fault.Code(help), "values", choices(of))
			}
			out = append(out, AccountField{f.name, say})
		}
	}
	return out
}

// AccountBounds are the least and the most that a number of an account may be; 0 may be beside them.
func AccountBounds(key string) (low, high int) {
	t := reflect.TypeFor[Account]()
	for _, f := range fieldsOf(t) {
		if bounds := strings.Fields(t.Field(f.index).Tag.Get("range")); f.name == key && len(bounds) > 1 {
			low, _ = strconv.Atoi(bounds[0])
			high, _ = strconv.Atoi(bounds[1])
		}
	}
	return low, high
}

// Transports are the transports an account may have, the default one first.
func Transports() []string { return transport.All() }

// EncryptionWays are how an account offers to come to the keys of encrypted calls, the default one first.
func EncryptionWays() []string { return encryption.Ways() }

// Set sets one setting of an account from a text. The error is a [*KeyError].
func (a *Account) Set(key, text string) error {
	to, key, err := find(reflect.ValueOf(a).Elem(), key)
	if err != nil {
		return err
	}
	if err := readText(to, key, text); err != nil {
		return err
	}
	return a.check()
}

// check checks an account that was changed.
func (a *Account) check() error {
	c := &checker{}
	if c.account("", a, DefaultAccount()); len(c.faults) > 0 {
		return &KeyError{c.faults[0]}
	}
	return nil
}

// samePortCode is what the phone says too, of accounts that got there by the file.
const samePortCode fault.Code = "sip.registration.same-port"

// samePort finds two accounts that cannot both open their port, unless it was so before: a file that was written by hand is
// told of when they register, and must not keep other settings from being changed.
func samePort(before, now *Settings) error {
	for i, b := range now.Accounts {
		for _, a := range now.Accounts[:i] {
			if a.LocalPort == 0 || a.LocalPort != b.LocalPort {
				continue
			}
			was, _ := before.Account(a.ID())
			other, _ := before.Account(b.ID())
			if was.LocalPort == a.LocalPort && other.LocalPort == b.LocalPort {
				continue
			}
			return keyError(samePortCode, "other", a.ID(), "user", b.ID(), "port", b.LocalPort)
		}
	}
	return nil
}

// FindAccount finds the account that a person means: by its id, or by its label or extension where only one has it. The error is a
// [*KeyError].
func (s *Settings) FindAccount(name string) (Account, error) {
	if a, ok := s.Account(name); ok {
		return a, nil
	}
	var found []Account
	for _, a := range s.Accounts {
		if a.User == name || a.Label != "" && strings.EqualFold(a.Label, name) {
			found = append(found, a)
		}
	}
	ids := s.Accounts
	if len(found) > 1 {
		ids = found
	}
	var names []string
	for _, a := range ids {
		names = append(names, a.ID())
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Account{}, keyError("settings.account-ambiguous", "name", name, "accounts", names)
	case len(names) == 0:
		return Account{}, keyError("settings.no-account")
	}
	return Account{}, keyError("settings.account-unknown", "name", name, "accounts", names)
}

// TrustCaller is an account that takes calls from an address or network too: one of those there are, by its id, label or
// extension, "" for the first. The error is a [*KeyError].
func (s *Settings) TrustCaller(account, network string) (Account, error) {
	if account == "" && len(s.Accounts) > 0 {
		account = s.Accounts[0].ID()
	}
	a, err := s.FindAccount(account)
	if err != nil || slices.Contains(a.Trusted, network) {
		return a, err
	}
	return a, a.Set("trusted", strings.Join(append(slices.Clone(a.Trusted), network), ","))
}

// RemoveAccount takes an account out of the list.
func (s *Settings) RemoveAccount(id string) {
	s.Accounts = slices.DeleteFunc(s.Accounts, func(a Account) bool { return a.ID() == id })
}
