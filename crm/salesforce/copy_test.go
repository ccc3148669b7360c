package salesforce

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// taken is what a copying has handed on.
type taken struct {
	records map[string]crm.Record
	gone    []string
}

func (t *taken) take(c crm.Copied) error {
	for _, r := range c.Records {
		t.records[r.ID] = r
	}
	t.gone = append(t.gone, c.Gone...)
	return nil
}

// copyAll copies an object to its end.
func (r *rig) copyAll(t *testing.T, object string, cur crm.Cursor, o crm.CopyOptions) (*taken, crm.Cursor) {
	t.Helper()
	got := &taken{records: map[string]crm.Record{}}
	for range 1000 {
		next, err := r.Copy(context.Background(), object, cur, o, got.take)
		if err != nil {
			t.Fatal(err)
		}
		if cur = next; cur.Done {
			r.settle()
			return got, cur
		}
	}
	t.Fatal("no end")
	return nil, cur
}

func TestContactsAreCopiedByABulkQuery(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Volume: 120, CustomPhone: true}, nil)
	dana, _ := r.org.Caller("Dana Whitfield")
	if err := r.org.Change(dana.ID, map[string]any{"Phone": nil, "WhatsApp__c": "+1 415 555 0132", "Title": "Chief \"x\", of\nall"}); err != nil {
		t.Fatal(err)
	}
	got, end := r.copyAll(t, crm.Contact, crm.Cursor{}, crm.CopyOptions{})
	if len(got.records) != end.Read || end.Read != end.Total || len(got.records) < 140 || len(got.gone) > 0 {
		t.Errorf("%d records, %+v", len(got.records), end)
	}
	one := got.records[dana.ID]
	if one.Name != "Dana Whitfield" || one.Company != "Acme Corp" || one.Account.Object != crm.Account || one.Owner == "" || one.URL == "" ||
		one.Title != `Chief "x", of all` || len(one.Phones) != 1 || one.Phones[0].Field != "WhatsApp__c" || one.LastModified.IsZero() || one.Org != r.org.ID() {
		t.Errorf("%+v", one)
	}
	// A job, its state, its results, and the end of the job.
	if n := r.org.Count("", "/jobs/query"); n != 4 {
		t.Errorf("%d requests", n)
	}
	if r.org.Count("DELETE", "/jobs/query") != 1 {
		t.Error("the results are left in the org")
	}
}

func TestLeadsAndPersonAccountsAreCopied(t *testing.T) {
	r := linkedRig(t, demoorg.Config{PersonAccounts: true}, nil)
	leads, _ := r.copyAll(t, crm.Lead, crm.Cursor{}, crm.CopyOptions{})
	for _, l := range leads.records {
		if l.Company == "" || l.Object != crm.Lead {
			t.Errorf("%+v", l)
		}
	}
	contacts, _ := r.copyAll(t, crm.Contact, crm.Cursor{}, crm.CopyOptions{Persons: true})
	accounts, _ := r.copyAll(t, crm.Account, crm.Cursor{}, crm.CopyOptions{Persons: true})
	persons := 0
	for id, a := range accounts.records {
		if !a.PersonAccount {
			continue
		}
		persons++
		if _, twice := contacts.records[id]; twice || a.Object != crm.Contact || a.Account.Object != crm.Account || a.Email == "" {
			t.Errorf("%+v", a)
		}
	}
	alone, _ := r.copyAll(t, crm.Contact, crm.Cursor{}, crm.CopyOptions{})
	if persons == 0 || len(alone.records) != len(contacts.records)+persons {
		t.Errorf("%d persons, %d contacts with them and %d without", persons, len(alone.records), len(contacts.records))
	}
}

func TestWithoutBulkACopyIsPaged(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Volume: 2500}, nil)
	r.org.SetRules(func(rules *demoorg.Rules) { rules.NoBulk = true })
	got, end := r.copyAll(t, crm.Contact, crm.Cursor{}, crm.CopyOptions{})
	if len(got.records) != end.Total || len(got.records) < 2500 || !end.Plain || end.Began.IsZero() {
		t.Errorf("%d records, %+v", len(got.records), end)
	}
}

func TestOnlyWhatChangedIsCopied(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Volume: 100}, nil)
	_, first := r.copyAll(t, crm.Contact, crm.Cursor{}, crm.CopyOptions{})
	r.org.Advance(time.Hour)
	changed := r.org.ChangeVolume(10, 5, "Changed")
	dana, _ := r.org.Caller("Dana Whitfield")
	if err := r.org.Change(dana.ID, map[string]any{"Phone": nil, "MobilePhone": nil}); err != nil {
		t.Fatal(err)
	}
	got, _ := r.copyAll(t, crm.Contact, crm.Cursor{Since: first.Began.Add(time.Minute)}, crm.CopyOptions{})
	if len(got.records) != 5 || got.records[changed[0]].Title != "Changed" || !slices.Equal(got.gone, []string{dana.ID}) {
		t.Errorf("%d records, gone: %v", len(got.records), got.gone)
	}
	luis, _ := r.org.Caller("Luis Ferreira")
	if err := r.org.Merge(changed[0], luis.ID); err != nil {
		t.Fatal(err)
	}
	r.org.Advance(time.Minute)
	ids, until, known, err := r.Deleted(context.Background(), crm.Contact, first.Began, first.Began.Add(2*time.Hour))
	if err != nil || !known || !slices.Equal(ids, []string{luis.ID}) || until.Before(first.Began) {
		t.Errorf("%v until %v, %v %v", ids, until, known, err)
	}
	if _, _, known, err := r.Deleted(context.Background(), crm.Contact, time.Now().AddDate(0, 0, -20), time.Now()); known || err != nil {
		t.Errorf("twenty days are known: %v", err)
	}
}

func TestAPartThatBreaksOffIsReadAgain(t *testing.T) {
	for name, f := range map[string]demoorg.Fault{
		"broken":    {Kind: demoorg.Torn, Path: "/results"},
		"cut short": {Kind: demoorg.CutShort, Path: "/results"},
		"session":   {Kind: demoorg.SessionExpired, Path: "/results"},
		"page":      {Kind: demoorg.Unavailable, Path: "/results"},
		"job":       {Kind: demoorg.ServerError, Path: "/jobs/query"},
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{Volume: 1000}, nil)
			r.org.Inject(f)
			got, end := r.copyAll(t, crm.Contact, crm.Cursor{}, crm.CopyOptions{})
			if len(got.records) != end.Total || end.Read != end.Total || end.Total < 1000 {
				t.Errorf("%d records, %+v", len(got.records), end)
			}
		})
	}
}

// What has changed is read page by page, and by a Bulk query after a data load: of a million records too that takes a few requests.
func TestAMassChangeIsCopiedByABulkQuery(t *testing.T) {
	for name, tt := range map[string]struct {
		noBulk bool
		most   int
	}{"with Bulk": {false, 6}, "without": {true, 10}} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{Volume: 13_000}, nil)
			r.org.SetRules(func(rules *demoorg.Rules) { rules.NoBulk = tt.noBulk })
			if _, err := r.CopyShape(t.Context(), crm.Contact); err != nil { // it is described
				t.Fatal(err)
			}
			since := time.Now().Add(30 * time.Minute).Truncate(time.Second)
			r.org.Advance(time.Hour)
			r.org.ChangeVolume(0, 12_500, "Changed")
			before := r.Calls()
			got, end := r.copyAll(t, crm.Contact, crm.Cursor{Since: since}, crm.CopyOptions{})
			if len(got.records) != 12_500 || end.Read != 12_500 || end.Total != 12_500 || !end.Since.Equal(since) || end.Began.IsZero() || len(got.gone) > 0 {
				t.Errorf("%d records, %d gone, %+v", len(got.records), len(got.gone), end)
			}
			if n := int(r.Calls() - before); n > tt.most {
				t.Errorf("%d requests", n)
			}
		})
	}
}

// What the org loses of a Bulk query of changes is asked for again as that, and not as all.
func TestABulkQueryOfChangesIsLost(t *testing.T) {
	for name, f := range map[string]demoorg.Fault{
		"its state":   {Kind: demoorg.Refusal, Method: "GET", Path: "/jobs/query", Status: 404, Code: "NOT_FOUND", Message: "gone"},
		"its results": {Kind: demoorg.Refusal, Path: "/results", Status: 404, Code: "NOT_FOUND", Message: "gone"},
	} {
		r := linkedRig(t, demoorg.Config{Volume: 12_000}, nil)
		since := time.Now().Add(30 * time.Minute).Truncate(time.Second)
		r.org.Advance(time.Hour)
		r.org.ChangeVolume(0, 11_000, "Changed")
		r.org.Inject(f)
		if got, end := r.copyAll(t, crm.Contact, crm.Cursor{Since: since}, crm.CopyOptions{}); len(got.records) != 11_000 || end.Job == "" {
			t.Errorf("%s: %d records, %+v", name, len(got.records), end)
		}
	}
}

// Something on the way answers in the org's place, with status 200: nothing of that is taken for the copy, and the part is read again.
func TestAForeignAnswerIsNoPartOfACopy(t *testing.T) {
	for name, f := range map[string]demoorg.Fault{
		"a page":                 {Path: "/results", Body: "<html>Your session at the proxy has ended</html>"},
		"nothing":                {Path: "/results", Body: ""},
		"words":                  {Path: "/results", Body: "blocked"},
		"JSON":                   {Path: "/results", Body: "{}"},
		"a state without rows":   {Method: "GET", Path: "/jobs/query", Body: `{"state":"JobComplete"}`},
		"a state of another job": {Method: "GET", Path: "/jobs/query", Body: `{"id":"750000000000001AAA","state":"JobComplete","numberRecordsProcessed":0}`},
		"no state":               {Method: "GET", Path: "/jobs/query", Body: "{}"},
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{Volume: 300}, nil)
			f.Kind, f.Times = demoorg.Answer, demoorg.Always
			remove := r.org.Inject(f)
			got := &taken{records: map[string]crm.Record{}}
			var cur crm.Cursor
			failed := 0
			for range 100 {
				next, err := r.Copy(t.Context(), crm.Contact, cur, crm.CopyOptions{}, got.take)
				if err != nil {
					failed++
					remove()
					if classOf(err) != crm.ClassTransient || next != cur {
						t.Fatalf("%+v, %v", next, err)
					}
				}
				if cur = next; cur.Done {
					break
				}
			}
			if failed != 1 || len(got.records) < 300 || cur.Read != cur.Total || len(got.records) != cur.Total {
				t.Errorf("%d failures, %d records, %+v", failed, len(got.records), cur)
			}
		})
	}
	for name, h := range map[string]http.Header{
		"no number": {"Content-Type": {"text/csv"}}, "no type": {"Sforce-Numberofrecords": {"0"}},
		"a page": {"Content-Type": {"text/html"}, "Sforce-Numberofrecords": {"0"}},
	} {
		if n, err := bulkRows(h); err == nil {
			t.Errorf("%s: %d rows", name, n)
		}
	}
	if n, err := bulkRows(http.Header{"Content-Type": {"text/csv; charset=UTF-8"}, "Sforce-Numberofrecords": {"3"}}); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if err := new(copying).csv(strings.NewReader("Name,Phone\n")); err == nil {
		t.Error("rows without an Id are taken")
	}
}

// What a Bulk query has not told all of is read again, page by page, since another job may end as early: what is missing is not deleted
// from the copy.
func TestABulkQueryThatEndsTooEarlyIsReadAgain(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Volume: 300}, nil)
	cur := crm.Cursor{}
	for !cur.Ready {
		next, err := r.Copy(t.Context(), crm.Contact, cur, crm.CopyOptions{}, func(crm.Copied) error { return nil })
		check(t, err)
		cur = next
	}
	cur.Total++
	next, err := r.Copy(t.Context(), crm.Contact, cur, crm.CopyOptions{}, func(crm.Copied) error { return nil })
	if err != nil || next != (crm.Cursor{Plain: true}) {
		t.Errorf("%+v, %v", next, err)
	}
	if got, end := r.copyAll(t, crm.Contact, next, crm.CopyOptions{}); len(got.records) < 300 || end.Job != "" {
		t.Errorf("%d records, %+v", len(got.records), end)
	}
	r.settle()
}

func TestACopyGoesOnWhereItWas(t *testing.T) {
	r := linkedRig(t, demoorg.Config{Volume: 1000}, nil)
	full := errors.New("the disk is full")
	cur := crm.Cursor{}
	var err error
	for err == nil && !cur.Done {
		cur, err = r.Copy(context.Background(), crm.Contact, cur, crm.CopyOptions{}, func(crm.Copied) error { return full })
	}
	if !errors.Is(err, full) || cur.Job == "" || cur.Read != 0 {
		t.Fatalf("%v, %+v", err, cur)
	}
	c := r.restart(t)
	if err := c.Restore(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := &taken{records: map[string]crm.Record{}}
	end, err := c.Copy(context.Background(), crm.Contact, cur, crm.CopyOptions{}, got.take)
	if err != nil || !end.Done || len(got.records) != end.Total {
		t.Errorf("%v, %d records, %+v", err, len(got.records), end)
	}
	if n := r.org.Count("POST", "/jobs/query"); n != 1 {
		t.Errorf("%d jobs", n)
	}
	// A job that is gone begins again.
	if again, err := c.Copy(context.Background(), crm.Contact, crm.Cursor{Job: strings.Replace(cur.Job, "0000", "0001", 1), Ready: true}, crm.CopyOptions{}, got.take); err != nil || again != (crm.Cursor{}) {
		t.Errorf("%+v, %v", again, err)
	}
}

func TestAHiddenFieldIsLeftOutOfACopy(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	before, err := r.CopyShape(context.Background(), crm.Contact)
	if err != nil {
		t.Fatal(err)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Contact.MobilePhone"} })
	got, _ := r.copyAll(t, crm.Contact, crm.Cursor{}, crm.CopyOptions{})
	if len(got.records) == 0 {
		t.Error("nothing copied")
	}
	if after, err := r.CopyShape(context.Background(), crm.Contact); err != nil || after == before {
		t.Errorf("%q as before, %v", after, err)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenObjects = []string{crm.Lead} })
	r.schema.expire()
	if shape, err := r.CopyShape(context.Background(), crm.Lead); shape != "" || err != nil {
		t.Errorf("%q, %v", shape, err)
	}
}
