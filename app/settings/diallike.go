package settings

import (
	"slices"
	"strings"

	"linecard/crm"
)

// An account may learn how its phone server wants numbers written. Of an account that is the agent's own that is a setting of the account. Of one that the profile has
// it stands apart, in Settings.Spellings: the accounts are one list, which would be the agent's own as a whole with the first change, and no change of the profile would
// arrive any more. An entry counts for as long as the dial plan says what it said when it was learned: what the administrator or the agent says later outweighs it.

// DialLike has the account with an id write the numbers that it dials in the form of a spelling, whatever is general. The digits for an outside line stay:
// numbers of callers are read by them too.
func (s *Settings) DialLike(account string, like crm.DialSpelling) error {
	i := slices.IndexFunc(s.Accounts, func(a Account) bool { return a.ID() == account })
	if i < 0 {
		return keyError("settings.no-such-element", "list", "accounts", "element", account)
	}
	s.Accounts[i].Numbers.DialAs = string(like.DialAs)
	return nil
}

// LearnSpelling is DialLike, and leaves the accounts as they are.
func (s *Settings) LearnSpelling(account string, like crm.DialSpelling) error {
	a, ok := s.Account(account)
	if !ok {
		return keyError("settings.no-such-element", "list", "accounts", "element", account)
	}
	entry := account + "=" + string(like.DialAs) + "/" + before(a.Numbers.DialAs, s.Numbers.DialAs)
	s.Spellings = append(slices.DeleteFunc(slices.Clone(s.Spellings), func(e string) bool {
		id, _, _, _ := readSpelling(e)
		return id == account
	}), entry)
	return nil
}

// before is what a dial plan says, as an entry has it: the account's own form, or the general one behind a star.
func before(own, general string) string {
	if own != "" {
		return own
	}
	return "*" + general
}

// readSpelling takes an entry apart: the id of an account, the form that was learned, and what the dial plan said before.
func readSpelling(entry string) (account, form, was string, ok bool) {
	i := strings.LastIndexByte(entry, '=')
	if i < 0 {
		return "", "", "", false
	}
	account, form = strings.TrimSpace(entry[:i]), strings.TrimSpace(entry[i+1:])
	form, was, _ = strings.Cut(form, "/")
	known := func(form string) bool { return slices.Contains(crm.DialForms(), crm.DialForm(form)) }
	return account, form, was, account != "" && known(form) && known(strings.TrimPrefix(was, "*"))
}

// learned is the form in which an account writes numbers: what was learned, where the dial plan says what it said then, else what it says.
func (s *Settings) learned(account, own, form string) string {
	for _, e := range s.Spellings {
		if id, learned, was, ok := readSpelling(e); ok && id == account && was == before(own, s.Numbers.DialAs) {
			return learned
		}
	}
	return form
}

// spellings checks what was learned.
func (c *checker) spellings(s *Settings) {
	s.Spellings = slices.DeleteFunc(slices.Clone(s.Spellings), func(e string) bool {
		_, _, _, ok := readSpelling(e)
		if !ok && strings.TrimSpace(e) != "" {
			c.fault("settings.must-be-spelling", "key", "spellings", "value", e)
		}
		return !ok
	})
}
