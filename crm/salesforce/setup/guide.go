package setup

import (
	"strings"

	"linecard/fault"
)

// Step is one step of the guide that makes the External Client App by hand. The words are codes; names of fields are those of
// Setup in English.
type Step struct {
	ID    string // "app", "oauth", "security", "policies" or "key"
	Title fault.Fault
	Path  fault.Fault // where in Setup
	Rows  []Row
	Note  fault.Fault // zero for none
}

// Row is one field of the page in Setup.
type Row struct {
	Field fault.Fault
	Value fault.Fault
	Copy  string // what to paste into the field; "" where there is nothing to paste
}

// Guide returns the five steps. callbacks are the callback URLs, and scopes the OAuth scopes as they are asked for.
func Guide(callbacks, scopes []string) []Step {
	on, off := fault.New("setup.on"), fault.New("setup.off")
	manager := fault.New("setup.path-manager")
	oauth := []Row{
		{Field: fault.New("setup.enable-oauth"), Value: on},
		pasted("setup.callback-url", strings.Join(callbacks, "\n")),
	}
	for _, s := range scopes {
		oauth = append(oauth, Row{Field: fault.New("setup.oauth-scope"), Value: scopeTitle(s)})
	}
	return []Step{
		{
			ID: "app", Title: fault.New("setup.step-app"), Path: manager,
			Rows: []Row{
				pasted("setup.app-name", App), pasted("setup.api-name", App),
				{Field: fault.New("setup.contact-email"), Value: fault.New("setup.your-address")},
				{Field: fault.New("setup.distribution-state"), Value: fault.New("setup.local")},
			},
			Note: fault.New("setup.note-local"),
		},
		{ID: "oauth", Title: fault.New("setup.step-oauth"), Path: fault.New("setup.path-api"), Rows: oauth, Note: fault.New("setup.note-callbacks")},
		{
			ID: "security", Title: fault.New("setup.step-security"), Path: fault.New("setup.path-security"),
			Rows: []Row{
				{Field: fault.New("setup.secret-for-web-server"), Value: off},
				{Field: fault.New("setup.secret-for-refresh"), Value: off},
				{Field: fault.New("setup.require-pkce"), Value: on},
			},
			Note: fault.New("setup.note-create"),
		},
		{
			ID: "policies", Title: fault.New("setup.step-policies"), Path: fault.New("setup.path-policies"),
			Rows: []Row{
				{Field: fault.New("setup.permitted-users"), Value: fault.New("setup.pre-authorized")},
				{Field: fault.New("setup.permission-sets"), Value: fault.New("setup.of-your-agents")},
				{Field: fault.New("setup.refresh-token-policy"), Value: fault.New("setup.expire-unused")},
			},
			Note: fault.New("setup.note-policies"),
		},
		{
			ID: "key", Title: fault.New("setup.step-key"), Path: fault.New("setup.path-key"),
			Rows: []Row{{Field: fault.New("setup.consumer-key"), Value: fault.New("setup.copy-it")}},
			Note: fault.New("setup.note-key"),
		},
	}
}

// pasted is a field with a text that is pasted into it.
func pasted(field fault.Code, text string) Row {
	return Row{Field: fault.New(field), Value: fault.New(fault.Plain, "text", text), Copy: text}
}

// scopeTitle is a scope as the list on the page names it.
func scopeTitle(scope string) fault.Fault {
	switch scope {
	case "api":
		return fault.New("setup.scope-api")
	case "refresh_token":
		return fault.New("setup.scope-refresh-token")
	case "openid":
		return fault.New("setup.scope-openid")
	}
	return fault.New(fault.Plain, "text", scope)
}
