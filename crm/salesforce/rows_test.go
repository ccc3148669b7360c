package salesforce

import (
	"encoding/json"
	"testing"
	"time"

	"linecard/crm"
)

func rowsOf(t *testing.T, text string) []row {
	t.Helper()
	var rows []row
	if err := json.Unmarshal([]byte(text), &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestRecordOfARow(t *testing.T) {
	c := New(Config{})
	got := c.records(session{instance: "https://acme.my.salesforce.com", org: "00D000000000001AAA"}, rowsOf(t, `[{"attributes":{"type":"Contact","url":"/x"},"Id":"003000000000001AAA","Name":"Dana Whitfield",
		"Title":"VP Operations","Email":null,"AccountId":"001000000000001AAA","Account":{"attributes":{"type":"Account"},"Name":"Acme Corp"},
		"Owner":{"Name":"Robin"},"DoNotCall":true,"MobilePhone":"(415) 555-0132","Phone":null,"LastModifiedDate":"2026-11-21T17:00:00.000+0000"}]`))[0]
	if got.Name != "Dana Whitfield" || got.Title != "VP Operations" || got.Company != "Acme Corp" || got.Owner != "Robin" || !got.DoNotCall ||
		got.URL != "https://acme.my.salesforce.com/lightning/r/Contact/003000000000001AAA/view" ||
		got.Account.ID != "001000000000001AAA" || !got.LastModified.Equal(time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", got)
	}
	if len(got.Phones) != 1 || got.Phones[0] != (crm.PhoneField{Field: "MobilePhone", Label: "Mobile", Value: "(415) 555-0132"}) {
		t.Errorf("phones %+v", got.Phones)
	}
}

// A deal that closes on the 21st closes on the 21st in San Francisco too.
func TestADateIsTheSameDayEverywhere(t *testing.T) {
	west := time.FixedZone("west", -8*3600)
	r := rowsOf(t, `[{"CloseDate":"2026-11-21","CreatedDate":"2026-11-21T17:00:00.000+0000","Amount":1,"Nothing":null}]`)[0]
	if got := r.time("CloseDate", west); got.In(west).Format(time.DateOnly) != "2026-11-21" {
		t.Errorf("closes on %s", got.In(west))
	}
	if got := r.time("CreatedDate", west); !got.Equal(time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("made at %s", got)
	}
	for _, none := range []string{"Amount", "Nothing", "Absent"} {
		if got := r.time(none, west); !got.IsZero() {
			t.Errorf("%s: %s", none, got)
		}
	}
}

func TestPersonAccountIsOneRecord(t *testing.T) {
	const account = `{"attributes":{"type":"Account"},"Id":"001000000000002AAA","Name":"Pat Lee","IsPersonAccount":true,"PersonContactId":"003000000000002AAA","Phone":"415 555 0151","Fax":"415 555 0150","PersonEmail":"pat@example.com"}`
	const contact = `{"attributes":{"type":"Contact"},"Id":"003000000000002AAA","Name":"Pat Lee","IsPersonAccount":true,"AccountId":"001000000000002AAA","Account":{"Name":"Pat Lee"},"MobilePhone":"415 555 0151"}`
	const page = "https://a.my.salesforce.com/lightning/r/Account/001000000000002AAA/view"
	c := New(Config{})
	for name, rows := range map[string]string{
		"both rows": "[" + contact + "," + account + "]", "other order": "[" + account + "," + contact + "]", "account only": "[" + account + "]",
	} {
		t.Run(name, func(t *testing.T) {
			got := c.records(session{instance: "https://a.my.salesforce.com"}, rowsOf(t, rows))
			if len(got) != 1 {
				t.Fatalf("%d records", len(got))
			}
			p := got[0]
			if !p.PersonAccount || p.Object != crm.Contact || p.ID != "003000000000002AAA" || p.Account.ID != "001000000000002AAA" || p.URL != page || p.Company != "" {
				t.Errorf("%+v", p)
			}
			numbers := map[string]int{}
			for _, f := range p.Phones {
				numbers[f.Value]++
			}
			if numbers["415 555 0150"] != 1 || numbers["415 555 0151"] != 1 {
				t.Errorf("phones %+v", p.Phones)
			}
		})
	}
}
