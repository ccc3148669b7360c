package salesforce

import (
	"slices"
	"strings"
	"time"

	"linecard/clean"
	"linecard/crm"
)

// row is one record of an answer, as decoded from JSON.
type row map[string]any

// text returns a field that is one line, cleaned, or "" when it is absent or null. A dotted name names a field of a parent.
func (r row) text(name string) string { return clean.Line(r.raw(name)) }

// raw is text as the org has it, which is not fit to be shown.
func (r row) raw(name string) string {
	s, _ := r.value(name).(string)
	return s
}

func (r row) flag(name string) bool {
	b, _ := r.value(name).(bool)
	return b
}

func (r row) value(name string) any {
	var v any = map[string]any(r)
	for len(name) > 0 {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		first, rest := name, ""
		for i := range name {
			if name[i] == '.' {
				first, rest = name[:i], name[i+1:]
				break
			}
		}
		v, name = m[first], rest
	}
	return v
}

// time reads Salesforce's date-times, "2026-11-21T17:00:00.000+0000", and dates. A date has no time zone and is the
// same day for every reader, so it is read as the beginning of that day in zone.
func (r row) time(name string, zone *time.Location) time.Time {
	s := r.text(name)
	for _, layout := range []string{"2006-01-02T15:04:05.000-0700", time.RFC3339Nano, time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return t
		}
	}
	return time.Time{}
}

func (r row) object() string { return r.text("attributes.type") }

// ref returns a reference to a record of the session's org.
func (s session) ref(object, id, name string) crm.Ref {
	return crm.Ref{Object: object, ID: id, Name: name, URL: recordURL(s.instance, object, id), Org: s.org}
}

// record makes a Record from a row of a search in session s. phones are the fields that hold numbers, and name is the one
// that names the record.
func (r row) record(s session, phones []field, name string) crm.Record {
	object, id := r.object(), r.text("Id")
	rec := crm.Record{
		Ref:          s.ref(object, id, r.text(name)),
		Title:        r.text("Title"),
		Email:        r.text("Email"),
		Owner:        r.text("Owner.Name"),
		DoNotCall:    r.flag("DoNotCall"),
		LastModified: r.time("LastModifiedDate", time.UTC),
	}
	switch object {
	case crm.Contact, crm.Case, crm.Opportunity:
		rec.Company = r.text("Account.Name")
		if account := r.text("AccountId"); recordID.MatchString(account) {
			rec.Account = s.ref(crm.Account, account, rec.Company)
		}
		if contact := r.text("ContactId"); recordID.MatchString(contact) {
			rec.Contact = s.ref(crm.Contact, contact, "")
		}
		rec.Title = orElse(rec.Title, r.text("Subject"))
		rec.Status = orElse(r.text("Status"), r.text("StageName"))
	case crm.Account:
		rec.Status = r.text("Type")
	case crm.Lead:
		rec.Company, rec.Status = r.text("Company"), r.text("Status")
	}
	for _, f := range phones {
		if v := clean.Short(twoNumbers.Replace(r.raw(f.Name)), crm.MaxField); v != "" { // the number may be behind many words
			rec.Phones = append(rec.Phones, crm.PhoneField{Field: f.Name, Label: clean.Line(f.Label), Value: v})
		}
	}
	return rec
}

// twoNumbers keeps numbers on lines of their own apart, once they are one line.
var twoNumbers = strings.NewReplacer("\r\n", " / ", "\n", " / ")

// mergePersons makes one record from the two rows that a search returns for a person account: the Account with
// IsPersonAccount and the Contact that it names as PersonContactId. A Task's WhoId takes the contact; the page to open
// is the account's. Such a person has no company: the account is the person.
func mergePersons(rows []row, records []crm.Record) []crm.Record {
	contacts := map[string]int{} // id → index in out
	var out []crm.Record
	var persons []int
	for i, rec := range records {
		if rec.Object == crm.Account && rows[i].flag("IsPersonAccount") && recordID.MatchString(rows[i].text("PersonContactId")) {
			persons = append(persons, i)
			continue
		}
		if rec.Object == crm.Contact {
			contacts[key15(rec.ID)] = len(out)
			if rows[i].flag("IsPersonAccount") {
				rec.PersonAccount, rec.URL, rec.Company = true, orElse(rec.Account.URL, rec.URL), ""
			}
		}
		out = append(out, rec)
	}
	for _, i := range persons {
		account, id := records[i], rows[i].text("PersonContactId")
		if at, both := contacts[key15(id)]; both {
			contact := &out[at]
			contact.PersonAccount, contact.Account, contact.URL, contact.Company = true, account.Ref, account.URL, ""
			contact.Phones = addPhones(contact.Phones, account.Phones)
			contact.CallAs = orElseShown(contact.CallAs, account.CallAs)
			if account.LastModified.After(contact.LastModified) {
				contact.LastModified = account.LastModified
			}
			continue
		}
		person := account
		person.PersonAccount = true
		person.Ref = crm.Ref{Object: crm.Contact, ID: id, Name: account.Name, URL: account.URL, Org: account.Org}
		person.Account = account.Ref
		person.Email, person.Title = rows[i].text("PersonEmail"), rows[i].text("PersonTitle")
		person.DoNotCall = rows[i].flag("PersonDoNotCall")
		out = append(out, person)
	}
	return out
}

// addPhones adds those of more that phones does not have: the account shows the contact's phones as its own.
func addPhones(phones, more []crm.PhoneField) []crm.PhoneField {
	for _, p := range more {
		if !slices.ContainsFunc(phones, func(have crm.PhoneField) bool { return have.Value == p.Value }) {
			phones = append(phones, p)
		}
	}
	return phones
}

// key15 returns the first 15 characters of an id, which identify the record; the last three of eighteen only protect
// the letter case.
func key15(id string) string {
	if len(id) < 15 {
		return id
	}
	return id[:15]
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
