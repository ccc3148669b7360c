package crm

// Number is a phone number as it came, and all that is known of it.
type Number struct {
	Raw       string   `json:"raw"`                 // as signalled or typed
	E164      string   `json:"e164,omitempty"`      // "+14155550100"; "" when it is no public number
	National  string   `json:"national,omitempty"`  // for showing to an agent in the same country
	Digits    string   `json:"digits,omitempty"`    // national significant number
	Extension bool     `json:"extension,omitempty"` // a colleague's: never looked up in the org
	Withheld  bool     `json:"withheld,omitempty"`  // never looked up
	Variants  []string `json:"-"`                   // digits-only spellings to search by, best first, six at most
}
