package settings

import (
	"reflect"
	"slices"
	"strings"

	"linecard/fault"
)

// AccountField is a setting of an account as the command line sets it.
type AccountField struct {
	Key  string
	Help fault.Code // of the message that says what it is
}

// AccountFields are those that have a help text, in their order.
func AccountFields() (out []AccountField) {
	t := reflect.TypeFor[Account]()
	for _, f := range fieldsOf(t) {
		if help := t.Field(f.index).Tag.Get("help"); help != "" {
			out = append(out, AccountField{f.name, fault.Code(help)})
		}
	}
	return out
}

// Set sets one setting of an account from a text. The error is a [*KeyError].
func (a *Account) Set(key, text string) error {
	to, key, err := find(reflect.ValueOf(a).Elem(), key)
	if err != nil {
		return err
	}
	if err := readText(to, key, text); err != nil {
		return err
	}
	c := &checker{}
	if c.account("", a, DefaultAccount()); len(c.faults) > 0 {
		return &KeyError{c.faults[0]}
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

// RemoveAccount takes an account out of the list.
func (s *Settings) RemoveAccount(id string) {
	s.Accounts = slices.DeleteFunc(s.Accounts, func(a Account) bool { return a.ID() == id })
}
