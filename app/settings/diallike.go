package settings

import (
	"slices"

	"linecard/crm"
)

// DialLike has the account with an id write the numbers that it dials as in a spelling, whatever is general.
func (s *Settings) DialLike(account string, like crm.DialSpelling) error {
	i := slices.IndexFunc(s.Accounts, func(a Account) bool { return a.ID() == account })
	if i < 0 {
		return keyError("settings.no-such-element", "list", "accounts", "element", account)
	}
	n := &s.Accounts[i].Numbers
	if n.DialAs = string(like.DialAs); like.Bare {
		n.OutsidePrefix = NoDigits
	}
	return nil
}
