package settings

import (
	"slices"

	"linecard/crm"
)

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
