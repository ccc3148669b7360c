package salesforce

import (
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

// person returns a record of the demo.
func (r *rig) person(t *testing.T, object string, i int) crm.Ref {
	t.Helper()
	for _, p := range r.org.People() {
		if p.Object != object {
			continue
		}
		if i--; i < 0 {
			return crm.Ref{Object: p.Object, ID: p.ID, Name: p.Name, Org: r.org.ID()}
		}
	}
	t.Fatalf("no such %s", object)
	return crm.Ref{}
}

// Merges and conversions are followed to what is there now; a record that was deleted is nobody.
func TestFollow(t *testing.T) {
	for name, tt := range map[string]struct {
		object string
		happen func(*testing.T, *rig, crm.Ref) (want string, object string)
	}{
		"nothing happened": {crm.Contact, func(_ *testing.T, _ *rig, ref crm.Ref) (string, string) { return ref.ID, crm.Contact }},
		"merged": {crm.Contact, func(t *testing.T, r *rig, ref crm.Ref) (string, string) {
			to := r.person(t, crm.Contact, 1)
			check(t, r.org.Merge(to.ID, ref.ID))
			return to.ID, crm.Contact
		}},
		"merged twice": {crm.Contact, func(t *testing.T, r *rig, ref crm.Ref) (string, string) {
			to, last := r.person(t, crm.Contact, 1), r.person(t, crm.Contact, 2)
			check(t, r.org.Merge(to.ID, ref.ID))
			check(t, r.org.Merge(last.ID, to.ID))
			return last.ID, crm.Contact
		}},
		"account merged": {crm.Account, func(t *testing.T, r *rig, ref crm.Ref) (string, string) {
			to := r.person(t, crm.Account, 1)
			check(t, r.org.Merge(to.ID, ref.ID))
			return to.ID, crm.Account
		}},
		"lead converted": {crm.Lead, func(t *testing.T, r *rig, ref crm.Ref) (string, string) {
			id, err := r.org.ConvertLead(ref.ID)
			check(t, err)
			return id, crm.Contact
		}},
		"lead merged, converted, merged": {crm.Lead, func(t *testing.T, r *rig, ref crm.Ref) (string, string) {
			other := r.person(t, crm.Lead, 1)
			check(t, r.org.Merge(other.ID, ref.ID))
			id, err := r.org.ConvertLead(other.ID)
			check(t, err)
			last := r.person(t, crm.Contact, 0)
			check(t, r.org.Merge(last.ID, id))
			return last.ID, crm.Contact
		}},
		"deleted": {crm.Contact, func(t *testing.T, r *rig, ref crm.Ref) (string, string) {
			check(t, r.org.Delete(ref.ID))
			return "", ""
		}},
		"merged, and the survivor deleted": {crm.Contact, func(t *testing.T, r *rig, ref crm.Ref) (string, string) {
			to := r.person(t, crm.Contact, 1)
			check(t, r.org.Merge(to.ID, ref.ID))
			check(t, r.org.Delete(to.ID))
			return "", ""
		}},
		"account hidden": {crm.Contact, func(t *testing.T, r *rig, ref crm.Ref) (string, string) {
			to := r.person(t, crm.Contact, 1)
			check(t, r.org.Merge(to.ID, ref.ID))
			r.org.SetRules(func(rules *demoorg.Rules) { rules.HiddenFields = []string{"Contact.AccountId", "Account.Name"} })
			return to.ID, crm.Contact
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := linkedRig(t, demoorg.Config{}, nil)
			ref := r.person(t, tt.object, 0)
			want, object := tt.happen(t, r, ref)
			got, err := r.Follow(t.Context(), ref)
			if err != nil || got.ID != want || got.Object != object || want != "" && (got.Name == "" || got.URL == "" || got.Org != r.org.ID()) {
				t.Errorf("%+v, %v; want %s %s", got.Ref, err, object, want)
			}
		})
	}
}

// What a lookup remembers of a record that is gone is forgotten, so that the number is looked up again.
func TestFollowForgetsWhatIsGone(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	n := r.number(t, "Dana Whitfield")
	found, err := r.Lookup(t.Context(), n)
	if err != nil || len(found.Matches) != 1 {
		t.Fatal(found, err)
	}
	check(t, r.org.Delete(found.Matches[0].ID))
	if _, err := r.Follow(t.Context(), found.Matches[0].Ref); err != nil {
		t.Fatal(err)
	}
	if again, err := r.Lookup(t.Context(), n); err != nil || len(again.Matches) != 0 || again.Cached {
		t.Errorf("%+v, %v", again, err)
	}
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
