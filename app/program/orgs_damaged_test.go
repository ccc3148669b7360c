package program_test

import (
	"os"
	"path/filepath"
	"testing"

	"linecard/app"
	"linecard/crm"
	"linecard/crm/salesforce"
)

// A saved link whose file is damaged says so, in the link's state and in a notice, and linking again puts all right, for the next start too.
func TestADamagedLinkSaysSo(t *testing.T) {
	r := ready(t)
	r.stop()
	file := filepath.Join(r.dir, "link.json")
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b[:len(b)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.see("the reason and the notice", func(v app.View) bool {
		return v.Org.State == crm.Unlinked && v.Org.ReasonCode == salesforce.LinkUnreadable && v.Notice == v.Org.Reason
	})
	if _, err := r.p.Link(t.Context(), linkTo(r), visit); err != nil {
		t.Fatal(err)
	}
	linked := func(v app.View) bool {
		return len(v.Orgs) == 1 && v.Org.State == crm.Linked && v.Notice == ""
	}
	r.see("linked again", linked)
	r.stop()
	r.start()
	r.see("the next start", linked)
}
