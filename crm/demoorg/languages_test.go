package demoorg_test

import (
	"strings"
	"testing"

	"linecard/crm/demoorg"
)

// labels are what a description says, in the language of the answer.
type labels struct {
	Label, LabelPlural string
	Fields             []struct {
		Name, Label    string
		PicklistValues []struct{ Value, Label string }
	}
}

func (l labels) of(field string) (label, firstValue, firstLabel string) {
	for _, f := range l.Fields {
		if f.Name != field {
			continue
		}
		if len(f.PicklistValues) > 0 {
			firstValue, firstLabel = f.PicklistValues[0].Value, f.PicklistValues[0].Label
		}
		return f.Label, firstValue, firstLabel
	}
	return "", "", ""
}

// The org speaks the user's language, or the one that a request asks for: labels and sentences, and never names, values and codes.
func TestTheUsersLanguage(t *testing.T) {
	for _, tt := range []struct {
		user, asked                     string
		contact, lastName, status, says string
	}{
		{"", "", "Contact", "Last Name", "High", "Required fields are missing: [LastName]"},
		{"de", "", "Kontakt", "Nachname", "Hoch", "Erforderliche Felder fehlen: [LastName]"},
		{"es_MX", "", "Contacto", "Apellidos", "Alta", "Faltan campos obligatorios: [LastName]"},
		{"fr", "", "Contact", "Nom de famille", "Élevée", "Des champs obligatoires sont manquants : [LastName]"},
		{"", "ja-JP,ja;q=0.9,en;q=0.5", "取引先責任者", "姓", "高", "必須項目が入力されていません: [LastName]"},
		{"de", "en-US", "Contact", "Last Name", "High", "Required fields are missing: [LastName]"},
		{"de", "xx, fr;q=0.5", "Contact", "Nom de famille", "Élevée", "Des champs obligatoires"},
		{"pt_BR", "", "Contact", "Last Name", "High", "Required fields are missing"},
	} {
		_, c := start(t, demoorg.Config{UserLanguage: tt.user})
		header := []string{}
		if tt.asked != "" {
			header = []string{"Accept-Language", tt.asked}
		}
		contact := into[labels](t, want(t, c.rest("GET", "/sobjects/Contact/describe", nil, header...), 200))
		if label, _, _ := contact.of("LastName"); contact.Label != tt.contact || label != tt.lastName {
			t.Errorf("%+v: %q, %q", tt, contact.Label, label)
		}
		task := into[labels](t, want(t, c.rest("GET", "/sobjects/Task/describe", nil, header...), 200))
		if _, value, label := task.of("Priority"); value != "High" || label != tt.status {
			t.Errorf("%+v: the value %q is %q", tt, value, label)
		}
		p := refused(t, c.rest("POST", "/sobjects/Contact", object{"FirstName": "x"}, header...), 400, "REQUIRED_FIELD_MISSING")
		if !strings.HasPrefix(p.Message, tt.says) || p.Fields[0] != "LastName" {
			t.Errorf("%+v: %+v", tt, p)
		}
		if p := refused(t, c.rest("GET", "/query?q=SELECT+Nope+FROM+Contact", nil, header...), 400, "INVALID_FIELD"); !strings.Contains(p.Message, "No such column 'Nope'") {
			t.Errorf("%+v: %+v", tt, p)
		}
	}
}

// The language reaches the parts of a composite request, the results of a collection, and the list views.
func TestTheLanguageOfParts(t *testing.T) {
	_, c := start(t, demoorg.Config{UserLanguage: "de"})
	long := strings.Repeat("x", 300)
	for path, body := range map[string]object{
		"/composite":          {"compositeRequest": []object{{"method": "POST", "url": "/services/data/v60.0/sobjects/Task", "referenceId": "a", "body": object{"Subject": long}}}},
		"/composite/batch":    {"batchRequests": []object{{"method": "POST", "url": "v60.0/sobjects/Task", "richInput": object{"Subject": long}}}},
		"/composite/sobjects": {"records": []object{{"attributes": object{"type": "Task"}, "Subject": long}}},
	} {
		a := want(t, c.rest("POST", path, body), 200)
		if s := string(a.body); !strings.Contains(s, "Betreff: Datenwert zu groß") || !strings.Contains(s, "STRING_TOO_LONG") {
			t.Errorf("%s: %s", path, s)
		}
	}
	if v := c.listViews("Contact")["AllContacts"]; v.Label != "Alle Kontakte" {
		t.Errorf("%+v", v)
	}
}
