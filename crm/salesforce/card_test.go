package salesforce

import (
	"net/http"
	"strings"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// contactCard shows some of a contact, most of it to be changed.
var contactCard = crm.Object{
	Name: crm.Contact, Search: true, Fields: []string{"Title", "AccountId", "LeadSource"}, Editable: []string{"Department", "LeadSource", "DoNotCall", "Email"}, Required: []string{"MailingCity"},
}

func (r *rig) cardOf(t *testing.T, ref crm.Ref) crm.Card {
	t.Helper()
	d, err := r.Details(t.Context(), ref)
	if err != nil || d.Card == nil {
		t.Fatalf("%+v, %v", d, err)
	}
	return *d.Card
}

func (r *rig) ref(t *testing.T, name string) crm.Ref {
	t.Helper()
	p, ok := r.org.Caller(name)
	if !ok {
		t.Fatal(name)
	}
	return crm.Ref{Object: p.Object, ID: p.ID, Org: r.org.ID()}
}

// The card comes with what stands beside the record, in the same request.
func TestTheCardComesWithTheDetails(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, contactCard)
	before := len(r.org.Requests())
	card := r.cardOf(t, r.ref(t, "Dana Whitfield"))
	if n := len(r.org.Requests()) - before; n != 1 {
		t.Errorf("%d requests", n)
	}
	for _, want := range []crm.CardField{
		{Name: "Title", Label: "Title", Type: "string", Value: "VP Operations"},
		{Name: "LeadSource", Label: "Lead Source", Type: "picklist", Editable: true},
		{Name: "MailingCity", Label: "Mailing City", Type: "string", Value: "San Francisco", Editable: true, Required: true},
		{Name: "DoNotCall", Label: "Do Not Call", Type: "boolean", Value: "false", Editable: true},
	} {
		f, ok := card.Field(want.Name)
		if !ok || f.Label != want.Label || f.Type != want.Type || f.Value != want.Value || f.Editable != want.Editable || f.Required != want.Required {
			t.Errorf("%+v, want %+v", f, want)
		}
	}
	if f, _ := card.Field("AccountId"); f.Text() != "Acme Corp" || f.Editable {
		t.Errorf("the account is shown as %+v", f)
	}
	if f, _ := card.Field("LeadSource"); len(f.Entries) != 5 {
		t.Errorf("entries: %+v", f.Entries)
	}
}

func TestACardOfEachObject(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{},
		crm.Object{Name: "Machine__c", Search: true, Fields: []string{"Account__c", "Warranty_Until__c", "Condition__c"}, Editable: []string{"Site_Notes__c"}},
		crm.Object{Name: "Locker__c", Search: true, Fields: []string{"Door_Phone__c"}},
		crm.Object{Name: crm.Opportunity, Fields: []string{"StageName", "Amount"}})
	m := r.lookupOne(t, "+14155550151")
	card := r.cardOf(t, m.Ref)
	if f, _ := card.Field("Account__c"); f.Text() != "Acme Corp" {
		t.Errorf("%+v", f)
	}
	if f, _ := card.Field("Site_Notes__c"); !f.Editable || f.Length != 2000 {
		t.Errorf("%+v", f)
	}
	locker := r.lookupOne(t, "+14155550153")
	if f, _ := ptr(r.cardOf(t, locker.Ref)).Field("Door_Phone__c"); f.Value != "415 555 0153" {
		t.Errorf("%+v", f)
	}
}

func ptr[T any](v T) *T { return &v }

func TestAChangeIsWrittenToTheRecord(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, contactCard)
	dana := r.ref(t, "Dana Whitfield")
	card := r.cardOf(t, dana)
	now, err := r.SaveFields(t.Context(), dana, card, map[string]string{"Department": "Plant", "LeadSource": "Web", "DoNotCall": "true", "MailingCity": ""})
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{"Department": "Plant", "LeadSource": "Web", "DoNotCall": true, "MailingCity": nil} {
		if got := r.org.Value(dana.ID, field); got != want {
			t.Errorf("%s is %v, want %v", field, got, want)
		}
	}
	if f, _ := now.Field("Department"); f.Value != "Plant" {
		t.Errorf("the card has %+v", f)
	}
	// The next change goes by the time of this one, and the panel is asked for again.
	if _, err := r.SaveFields(t.Context(), dana, now, map[string]string{"Department": "Yard"}); err != nil {
		t.Fatal(err)
	}
	if f, _ := ptr(r.cardOf(t, dana)).Field("Department"); f.Value != "Yard" {
		t.Errorf("the card has %+v", f)
	}
}

// Somebody else changes the record between the look and the change: what they wrote to the same field is not written over, and
// what they wrote to another one disturbs nobody.
func TestAChangeDoesNotGoOverAnothers(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, contactCard)
	dana := r.ref(t, "Dana Whitfield")
	seen := r.cardOf(t, dana)
	if err := r.org.Change(dana.ID, map[string]any{"Title": "COO"}); err != nil {
		t.Fatal(err)
	}
	now, err := r.SaveFields(t.Context(), dana, seen, map[string]string{"Department": "Plant"})
	if err != nil || r.org.Value(dana.ID, "Department") != "Plant" || r.org.Value(dana.ID, "Title") != "COO" {
		t.Fatalf("%+v, %v", now, err)
	}
	if f, _ := now.Field("Title"); f.Value != "COO" {
		t.Errorf("the card has %+v", f)
	}
	if err := r.org.Change(dana.ID, map[string]any{"Department": "Yard"}); err != nil {
		t.Fatal(err)
	}
	now, err = r.SaveFields(t.Context(), dana, seen, map[string]string{"Department": "Office"})
	wantError(t, err, crm.ClassRejected, "objects.changed-meanwhile")
	if f, _ := now.Field("Department"); f.Value != "Yard" || r.org.Value(dana.ID, "Department") != "Yard" {
		t.Errorf("the card has %+v", f)
	}
	// Saved once more, with what they wrote in view, it is written.
	if _, err = r.SaveFields(t.Context(), dana, now, map[string]string{"Department": "Office"}); err != nil || r.org.Value(dana.ID, "Department") != "Office" {
		t.Errorf("%v, %v", r.org.Value(dana.ID, "Department"), err)
	}
}

// A change whose answer was lost is sent again, and the org then says that the record has changed: by this change itself.
func TestAChangeWhoseAnswerIsLost(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{}, contactCard)
	dana := r.ref(t, "Dana Whitfield")
	seen := r.cardOf(t, dana)
	r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: http.MethodPatch, Path: "/sobjects/Contact"})
	if _, err := r.SaveFields(t.Context(), dana, seen, map[string]string{"Department": "Plant"}); err != nil || r.org.Value(dana.ID, "Department") != "Plant" {
		t.Errorf("%v, %v", r.org.Value(dana.ID, "Department"), err)
	}
}

// What the org stores in another form than it was typed is no change of somebody else, and the card shows it as the org has it.
func TestWhatTheOrgStoresInAnotherForm(t *testing.T) {
	machine := crm.Object{Name: "Machine__c", Search: true, Editable: []string{"Value__c", "Serial__c", "Site_Notes__c", "On_Contract__c", "Warranty_Until__c"}}
	for typed, want := range map[string]string{"5.0": "5", "12.345": "12.35", "-0.005": "-0.01", "1e3": "1000", "0.10": "0.1", "": ""} {
		for _, lost := range []bool{false, true} {
			r, _ := chosenRig(t, demoorg.Config{}, machine)
			id, err := r.org.Create("Machine__c", map[string]any{"Name": "Press", "Value__c": 7, "Serial__c": "A"})
			check(t, err)
			ref := crm.Ref{Object: "Machine__c", ID: id, Org: r.org.ID()}
			seen := r.cardOf(t, ref)
			if lost {
				r.org.Inject(demoorg.Fault{Kind: demoorg.ResetAfterCommit, Method: http.MethodPatch, Path: "/sobjects/Machine__c"})
			}
			now, err := r.SaveFields(t.Context(), ref, seen, map[string]string{"Value__c": typed, "Serial__c": "Yard ", "Site_Notes__c": "one\r\ntwo", "Warranty_Until__c": " 2027-01-31"})
			if err != nil {
				t.Errorf("%q: %v", typed, err)
			}
			is := r.cardOf(t, ref)
			for name, want := range map[string]string{"Value__c": want, "Serial__c": "Yard", "Warranty_Until__c": "2027-01-31"} {
				shown, _ := now.Field(name)
				stored, _ := is.Field(name)
				if shown.Value != want || stored.Value != want {
					t.Errorf("%q, lost %v: the card shows %q, the org has %q, want %q", typed, lost, shown.Value, stored.Value, want)
				}
			}
		}
	}
}

func TestARefusedChangeIsTold(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{Rules: demoorg.Rules{
		Validations: []demoorg.Validation{{Object: "Contact", Field: "Department", Forbidden: "None", Message: "Name a real department"}},
	}}, contactCard, crm.Object{Name: "Machine__c", Search: true, Editable: []string{"Value__c", "Warranty_Until__c", "Condition__c", "Name"}})
	dana := r.ref(t, "Dana Whitfield")
	card := r.cardOf(t, dana)
	press := r.lookupOne(t, "+14155550151").Ref
	machine := r.cardOf(t, press)
	for _, c := range []struct {
		ref  crm.Ref
		card crm.Card
		set  map[string]string
		want fault.Code
	}{
		{dana, card, map[string]string{"Department": "None"}, "objects.refused"},
		{dana, card, map[string]string{"Department": strings.Repeat("x", 81)}, "objects.too-long"},
		{dana, card, map[string]string{"Email": "dana at acme"}, "objects.not-an-email"},
		{dana, card, map[string]string{"Title": "CEO"}, "objects.may-not-change"},
		{press, machine, map[string]string{"Value__c": "a lot"}, "objects.not-a-number"},
		{press, machine, map[string]string{"Warranty_Until__c": "next year"}, "objects.not-a-date"},
		{press, machine, map[string]string{"Condition__c": "Gone"}, "objects.not-an-entry"},
		{press, machine, map[string]string{"Name": ""}, "objects.needed-by-org"},
	} {
		_, err := r.SaveFields(t.Context(), c.ref, c.card, c.set)
		if got := fault.Of(err); got.Code != c.want {
			t.Errorf("%v: %s (%v), want %s", c.set, got.Code, err, c.want)
		}
	}
	if got := r.org.Value(dana.ID, "Department"); got != nil {
		t.Errorf("the department is %v", got)
	}
	r.org.SetRules(func(rules *demoorg.Rules) { rules.ReadOnlyFields = []string{"Contact.Department"} })
	_, err := r.SaveFields(t.Context(), dana, card, map[string]string{"Department": "Plant"})
	wantError(t, err, crm.ClassRejected, "objects.may-not-change")
	if f, _ := ptr(r.cardOf(t, dana)).Field("Department"); f.Editable {
		t.Error("it is offered again")
	}
	r.org.SetDown(true)
	_, err = r.SaveFields(t.Context(), dana, card, map[string]string{"MailingCity": "Oakland"})
	if got := fault.Of(err); got.Code != "objects.not-reached" {
		t.Errorf("down: %s", got.Code)
	}
	r.org.SetDown(false)
	if err := r.org.Delete(dana.ID); err != nil {
		t.Fatal(err)
	}
	_, err = r.SaveFields(t.Context(), dana, card, map[string]string{"MailingCity": "Oakland"})
	if got := fault.Of(err); got.Code != "objects.record-gone" {
		t.Errorf("deleted: %s, %v", got.Code, err)
	}
}

// A person account is shown as a contact and changed as an account, where it has fields of its own names.
func TestAPersonAccountIsChangedAsAnAccount(t *testing.T) {
	r, _ := chosenRig(t, demoorg.Config{PersonAccounts: true},
		crm.Object{Name: crm.Contact, Search: true, Editable: []string{"Email", "Department"}}, search(crm.Account))
	m := r.lookupOne(t, "+16175550128")
	if !m.PersonAccount {
		t.Fatalf("%+v", m)
	}
	card := r.cardOf(t, m.Ref)
	if f, _ := card.Field("Department"); f.Editable { // an account has none
		t.Errorf("%+v", f)
	}
	if _, err := r.SaveFields(t.Context(), m.Ref, card, map[string]string{"Email": "olivia@hart.example"}); err != nil {
		t.Fatal(err)
	}
	if got := r.org.Value(m.Account.ID, "PersonEmail"); got != "olivia@hart.example" {
		t.Errorf("the account's address is %v", got)
	}
	// What somebody else has written meanwhile is not written over, and a change that has arrived is not made again.
	now, err := r.SaveFields(t.Context(), m.Ref, card, map[string]string{"Email": "hart@olivia.example"})
	wantError(t, err, crm.ClassRejected, "objects.changed-meanwhile")
	if f, _ := now.Field("Email"); f.Value != "olivia@hart.example" {
		t.Errorf("the card has %q", f.Value)
	}
	at := r.org.Value(m.Account.ID, "LastModifiedDate")
	if _, err := r.SaveFields(t.Context(), m.Ref, card, map[string]string{"Email": "olivia@hart.example"}); err != nil {
		t.Fatal(err)
	}
	if got := r.org.Value(m.Account.ID, "LastModifiedDate"); got != at {
		t.Errorf("written again at %v, after %v", got, at)
	}
}
