package crm

import (
	"slices"
	"strings"
)

// Person is a user of an org, who may own records.
type Person struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Username  string `json:"username"`
	Email     string `json:"email,omitempty"`
	Extension string `json:"extension,omitempty"`
	Phone     string `json:"phone,omitempty"`
	Active    bool   `json:"active"`
}

// SameID reports whether two record ids are the same: the last three of 18 characters are a checksum that ids of 15 do
// not have.
func SameID(a, b string) bool {
	const bare = 15
	return len(a) >= bare && len(b) >= bare && a[:bare] == b[:bare]
}

// PlainEmail is an e-mail address as two are compared: in lower case, and without the ".invalid" that a sandbox puts behind
// the addresses of its users (help article 000386507, "Sandbox user email addresses").
func PlainEmail(address string) string {
	return strings.TrimSuffix(strings.ToLower(strings.TrimSpace(address)), ".invalid")
}

// HasWords reports whether every word that a person looks for is in one of some texts, whatever the case. No word is in all of them.
func HasWords(words string, texts ...string) bool {
	for _, word := range strings.Fields(strings.ToLower(words)) {
		if !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), word) }) {
			return false
		}
	}
	return true
}
