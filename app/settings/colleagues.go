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

// ID tells two colleagues of a list apart. It is never empty.
func (o Colleague) ID() string { return o.Extension + " " + o.Account }

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
// account keeps the one that is there, and so does an empty name, unless named says that it is meant.
func (s *Settings) SetColleague(o Colleague, named bool) {
	o.Extension = strings.TrimSpace(o.Extension)
	i := slices.IndexFunc(s.Colleagues, func(other Colleague) bool { return s.same(o, other) })
	if i < 0 {
		s.Colleagues = append(s.Colleagues, o)
		return
	}
	was := s.Colleagues[i]
	if !named {
		o.Name = cmp.Or(o.Name, was.Name)
	}
	o.Account, o.Beyond = cmp.Or(o.Account, was.Account), was.Beyond
	s.Colleagues[i] = o
}

// What FindColleague may say no with.
var (
	ErrNoColleague    = fault.Err(nil, "desk.no-colleague")
	ErrWhichColleague = fault.Err(nil, "settings.which-colleague")
)

// FindColleague is the [Colleague.ID] of whoever has an extension at an account. Without an account it is the only one who has it, or of several the
// one at the first account; where that is none of them the error is [ErrWhichColleague].
func (s *Settings) FindColleague(extension, account string) (id string, err error) {
	extension = strings.TrimSpace(extension)
	var found []Colleague
	for _, o := range s.Colleagues {
		if o.Extension == extension && (account == "" || s.same(o, Colleague{Extension: extension, Account: account})) {
			found = append(found, o)
		}
	}
	if len(found) == 0 {
		return "", ErrNoColleague
	}
	if slices.ContainsFunc(found, func(o Colleague) bool { return !s.same(o, found[0]) }) {
		i := slices.IndexFunc(found, func(o Colleague) bool { return s.same(o, Colleague{Extension: extension}) })
		if i < 0 {
			return "", ErrWhichColleague
		}
		return found[i].ID(), nil
	}
	return found[0].ID(), nil
}

// RemoveColleague removes whoever [Settings.FindColleague] finds, as often as the phone is in the list.
func (s *Settings) RemoveColleague(extension, account string) error {
	id, err := s.FindColleague(extension, account)
	if err != nil {
		return err
	}
	gone := s.Colleagues[slices.IndexFunc(s.Colleagues, func(o Colleague) bool { return o.ID() == id })]
	s.Colleagues = slices.DeleteFunc(slices.Clone(s.Colleagues), func(o Colleague) bool { return s.same(o, gone) })
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
