package directory

import (
	"strings"

	"linecard/clean"
	"linecard/crm"
)

// cleaned makes the texts of a record clean, see [clean]. Those of today are clean when they are stored. Earlier versions
// stored what the org had as it was, and a file may have been changed by other programs.
func cleaned(r crm.Record) crm.Record {
	r.Ref, r.Account, r.Contact = cleanedRef(r.Ref), cleanedRef(r.Account), cleanedRef(r.Contact)
	for _, s := range []*string{&r.Title, &r.Company, &r.Email, &r.Owner, &r.Status} {
		*s = clean.Line(*s)
	}
	for i, p := range r.Phones {
		r.Phones[i] = cleanedPhone(p)
	}
	if d := r.Details; d != nil {
		for _, list := range [][]crm.Related{d.Opportunities, d.Cases, d.Activities} {
			for i := range list {
				list[i].Ref, list[i].Detail = cleanedRef(list[i].Ref), clean.Line(list[i].Detail)
			}
		}
		d.Card = nil // it is asked for with each call
	}
	return r
}

func cleanedRef(r crm.Ref) crm.Ref {
	for _, s := range []*string{&r.Object, &r.ID, &r.Name, &r.Org, &r.User} {
		*s = clean.Line(*s)
	}
	r.URL = clean.Short(r.URL, longestAddress)
	return r
}

// longestAddress is more characters than the address of any record has.
const longestAddress = 1000

// cleanedPhone keeps numbers on lines of their own apart.
func cleanedPhone(p crm.PhoneField) crm.PhoneField {
	p.Field, p.Label, p.Value = clean.Line(p.Field), clean.Line(p.Label), clean.Short(ownLines.Replace(p.Value), crm.MaxField)
	return p
}

var ownLines = strings.NewReplacer("\r\n", " / ", "\n", " / ")
