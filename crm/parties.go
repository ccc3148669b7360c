package crm

import "strings"

// Party is somebody a call was with: a name, a number as people write it, or both. Neither is a withheld number.
type Party struct {
	Name   string `json:"name,omitempty"`
	Number string `json:"number,omitempty"`
}

// Parties are those that a call was with one after the other.
type Parties []Party

// Said names each of them; withheld is what one without name and number is called, in the reader's language.
func (p Parties) Said(withheld string) []string {
	all := make([]string, len(p))
	for i, one := range p {
		switch {
		case one == Party{}:
			all[i] = withheld
		case one.Name == "" || one.Number == "" || one.Name == one.Number:
			all[i] = one.Name
			if one.Name == "" {
				all[i] = one.Number
			}
		default:
			all[i] = one.Name + " (" + one.Number + ")"
		}
	}
	return all
}

// Logged names them as a log does.
func (p Parties) Logged() string { return strings.Join(p.Said(WithheldNumber), ", ") }
