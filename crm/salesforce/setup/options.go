package setup

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"linecard/fault"
)

// Options are the values that differ between companies.
type Options struct {
	Label       string // what people see the app called, at most 80 characters; "" is Linecard
	Email       string // contact address of the app's admin; "" is an example, to be replaced
	RunningUser string // username as whom the dashboard runs; "" shows everybody what they may see

	Callbacks []string // callback URLs, character for character; required
	Scopes    []string // OAuth scopes as they are asked for, such as "refresh_token"; required
}

// maxLabel is the longest label that the page New External Client App takes (believed).
const maxLabel = 80

// ExampleEmail stands where no contact address was given: the Metadata API takes an app without one, but the page that edits
// it does not.
const ExampleEmail = "admin@example.com"

// scopeNames are the scopes as ExtlClntAppOauthSettings.commaSeparatedOauthScopes spells them.
var scopeNames = map[string]string{"api": "Api", "refresh_token": "RefreshToken", "openid": "OpenID"}

// complete fills in defaults and refuses what an org would. The error is a fault.
func (o Options) complete() (Options, error) {
	o.Label, o.Email, o.RunningUser = strings.TrimSpace(o.Label), strings.TrimSpace(o.Email), strings.TrimSpace(o.RunningUser)
	if o.Label == "" {
		o.Label = App
	}
	if o.Email == "" {
		o.Email = ExampleEmail
	}
	if utf8.RuneCountInString(o.Label) > maxLabel || !utf8.ValidString(o.Label) || strings.ContainsFunc(o.Label, unprintable) {
		return o, fault.Err(nil, "setup.label-unusable", "most", maxLabel)
	}
	if !isAddress(o.Email) {
		return o, fault.Err(nil, "setup.email-unusable", "address", o.Email)
	}
	if o.RunningUser != "" && !isAddress(o.RunningUser) {
		return o, fault.Err(nil, "setup.username-unusable", "username", o.RunningUser)
	}
	return o, nil
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// isAddress reports whether s has the form of an e-mail address alone, which a username of Salesforce has too.
func isAddress(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Name == "" && a.Address == s && len(s) <= 80 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}
