package settings

import (
	"cmp"
	"regexp"
	"strings"

	text "linecard/clean"
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

// usualPickup is the code of an account that names none, as Asterisk and FreePBX have it.
const usualPickup = "*8EXT"

// Pickup is the code that picks up what rings at a colleague's phone, with EXT for the extension; "" where the account has none.
func (a Account) Pickup() string {
	if a.PickupCode == NoDigits {
		return ""
	}
	return cmp.Or(a.PickupCode, usualPickup)
}
