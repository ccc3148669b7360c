package journal

import (
	"encoding/json"
	"strings"

	"linecard/crm"
)

// encodeParties writes whom a call was with before; "" for nobody.
func encodeParties(p crm.Parties) string {
	if len(p) == 0 {
		return ""
	}
	b, _ := json.Marshal(p) // texts cannot fail
	return string(b)
}

// decodeParties reads it. An older Linecard kept the words of its log, in which a comma may belong to a name: they are one name, but for those
// that withheld their number.
func decodeParties(s string) (p crm.Parties) {
	if s == "" {
		return nil
	}
	if strings.HasPrefix(s, "[{") && json.Unmarshal([]byte(s), &p) == nil {
		return p
	}
	p = nil
	var name []string
	end := func() {
		if len(name) > 0 {
			p = append(p, crm.Party{Name: strings.Join(name, ", ")})
		}
		name = nil
	}
	for _, part := range strings.Split(s, ", ") {
		if part != crm.WithheldNumber {
			name = append(name, part)
			continue
		}
		end()
		p = append(p, crm.Party{})
	}
	end()
	return p
}

// partiesText is what those a call was with before are found by.
func partiesText(p crm.Parties) string {
	var all []string
	for _, one := range p {
		all = append(all, one.Name, one.Number)
	}
	return strings.Join(all, " ")
}
