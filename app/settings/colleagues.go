package settings

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	text "linecard/clean"
	"linecard/fault"
)

// Colleague is somebody in the company whose phone is watched.
type Colleague struct {
	Name      string `toml:"name"`
	Extension string `toml:"extension"`
	Account   string `toml:"account"` // id of the account by whose server; "" is the first

	Beyond map[string]any `toml:"-"` // what the file has beyond these, kept when it is written
}

// DefaultColleague is somebody of whom nothing is known.
func DefaultColleague() Colleague { return Colleague{} }

// id tells two colleagues apart.
func (o Colleague) id() string { return o.Extension + " " + o.Account }

// WatchedBy is the id of the account by whose server a colleague's phone is watched: the one that is named, else the first. It is "" where that is not there.
func (s *Settings) WatchedBy(o Colleague) string {
	return s.accountNamed(o.Account)
}

// accountNamed is the id of an account, where "" is the first one; "" where that is not there.
func (s *Settings) accountNamed(id string) string {
	if id == "" && len(s.Accounts) > 0 {
		return s.Accounts[0].ID()
	}
	if _, here := s.Account(id); !here {
		return ""
	}
	return id
}

// same reports whether two colleagues are one phone, whether its account is named or is the first.
func (s *Settings) same(o, other Colleague) bool {
	return o.Extension == other.Extension && (o.Account == other.Account || s.WatchedBy(o) != "" && s.WatchedBy(o) == s.WatchedBy(other))
}

// SetColleague replaces the colleague with the same phone, or adds one at the end. Whoever has the extension at another account stays. An empty
// name or account keeps the one that is there.
func (s *Settings) SetColleague(o Colleague) {
	o.Extension = strings.TrimSpace(o.Extension)
	i := slices.IndexFunc(s.Colleagues, func(other Colleague) bool { return s.same(o, other) })
	if i < 0 {
		s.Colleagues = append(s.Colleagues, o)
		return
	}
	was := s.Colleagues[i]
	o.Name, o.Account, o.Beyond = cmp.Or(o.Name, was.Name), cmp.Or(o.Account, was.Account), was.Beyond
	s.Colleagues[i] = o
}

// What RemoveColleague may say no with.
var (
	ErrNoColleague    = fault.Err(nil, "desk.no-colleague")
	ErrWhichColleague = fault.Err(nil, "settings.which-colleague")
)

// RemoveColleague removes whoever has an extension at an account. Without an account it is the only one who has it, or of several the one at the first
// account; where that is none of them the error is [ErrWhichColleague].
func (s *Settings) RemoveColleague(extension, account string) error {
	has := func(o Colleague) bool { return o.Extension == strings.TrimSpace(extension) }
	gone := Colleague{Extension: strings.TrimSpace(extension), Account: account}
	if i := slices.IndexFunc(s.Colleagues, has); account == "" && i >= 0 {
		several := slices.ContainsFunc(s.Colleagues, func(o Colleague) bool { return has(o) && !s.same(o, s.Colleagues[i]) })
		switch {
		case !several:
			gone = s.Colleagues[i]
		case !slices.ContainsFunc(s.Colleagues, func(o Colleague) bool { return s.same(o, gone) }):
			return ErrWhichColleague
		}
	}
	left := slices.DeleteFunc(slices.Clone(s.Colleagues), func(o Colleague) bool { return s.same(o, gone) })
	if len(left) == len(s.Colleagues) {
		return ErrNoColleague
	}
	s.Colleagues = left
	return nil
}

// extension is what can be the user of a SIP address, and be dialed.
var extension = regexp.MustCompile(`^[0-9A-Za-z*#._-]{1,32}$`)

// colleague checks one of them.
func (c *checker) colleague(path string, o *Colleague, def Colleague) {
	o.Name, o.Account = text.Line(o.Name), strings.TrimSpace(o.Account)
	if o.Extension = strings.TrimSpace(o.Extension); o.Extension != "" && !extension.MatchString(o.Extension) {
		c.fault("settings.must-be-extension", "key", path+"extension", "value", o.Extension)
		o.Extension = def.Extension
	}
}

// pickupCode is what can be pressed on a telephone, with EXT for the extension; or [NoDigits].
var pickupCode = regexp.MustCompile(`^(-|[0-9*#]{0,16}(EXT)?[0-9*#]{0,16})$`)

// UsualPickup is the code of an account that names none, as Asterisk and FreePBX have it.
const UsualPickup = "*8EXT"

// Pickup is the code that picks up what rings at a colleague's phone, with EXT for the extension; "" where the account has none.
func (a Account) Pickup() string {
	if a.PickupCode == NoDigits {
		return ""
	}
	return cmp.Or(a.PickupCode, UsualPickup)
}
