package salesforce

import (
	"net/http"
	"testing"

	"linecard/crm"
	"linecard/crm/demoorg"
)

func TestVersions(t *testing.T) {
	r := linkedRig(t, demoorg.Config{MaxVersion: 62}, nil)
	if v := r.Status().APIVersion; v != "v62.0" {
		t.Errorf("version %s of an org that ends at 62", v)
	}
	r = linkedRig(t, demoorg.Config{MaxVersion: 75}, nil)
	if v := r.Status().APIVersion; v != "v68.0" {
		t.Errorf("version %s, though only v68.0 is tested", v)
	}
	r = newRig(t, demoorg.Config{MaxVersion: 58}, nil)
	_, err := r.link(t.Context())
	wantError(t, err, crm.ClassPermission, `"salesforce.api-too-old","values":{"version":"60.0"}`)
	if n := r.org.Approvals(); n != 0 {
		t.Errorf("%d approvals left behind by a link that failed", n)
	}
}

func TestRetiredVersionIsReplaced(t *testing.T) {
	r := linkedRig(t, demoorg.Config{}, nil)
	r.mu.Lock()
	r.Client.link.APIVersion = "v61.0"
	r.mu.Unlock()
	r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Status: http.StatusGone, Code: "UNSUPPORTED_API_VERSION", Message: "retired", Path: "/services/data/v61.0/", Times: demoorg.Always})
	if _, err := r.Lookup(t.Context(), r.number(t, "Dana Whitfield")); err != nil {
		t.Fatal(err)
	}
	if v := r.Status().APIVersion; v != "v68.0" {
		t.Errorf("version %s", v)
	}
}
