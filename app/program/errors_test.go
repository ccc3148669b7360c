package program_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/errorlog"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/sip/demopbx"
)

// told is what the webhook got.
type told struct{ Event, Topic, Org, OrgName, Desk, Code, What, Why, Remedy string }

// listener is a webhook of the program's.
func (r *rig) listener() (url string, notices chan told) {
	r.t.Helper()
	notices = make(chan told, 100)
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		var n told
		_ = json.NewDecoder(q.Body).Decode(&n)
		notices <- n
	}))
	r.t.Cleanup(s.Close)
	return s.URL, notices
}

// next is the next notice.
func (r *rig) next(what string, notices chan told) told {
	r.t.Helper()
	select {
	case n := <-notices:
		return n
	case <-time.After(patience):
		r.t.Fatalf("no notice that %s; errors %+v", what, r.p.Errors())
		return told{}
	}
}

// kept waits until a file of the data directory has a text. It looks again and again, for no event tells of a write.
func (r *rig) kept(name, text string) {
	r.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		b, _ := os.ReadFile(filepath.Join(r.dir, name))
		if strings.Contains(string(b), text) {
			return
		}
		if time.Now().After(end) {
			r.t.Fatalf("%s: %s", name, b)
		}
	}
}

// row waits for an error of an area.
func (r *rig) row(area errorlog.Area) errorlog.Row {
	r.t.Helper()
	end := time.After(patience)
	for {
		for _, row := range r.p.Errors() {
			if row.Area == area {
				return row
			}
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-end:
			r.t.Fatalf("no error of the area %s: %+v", area, r.p.Errors())
		}
	}
}

// A link that breaks is listed and told once, and told again when it is well; a restart in between tells nothing twice.
func TestABrokenLinkIsTold(t *testing.T) {
	r := newRig(t)
	r.alertAfter = time.Millisecond
	r.start()
	url, notices := r.listener()
	r.set("errors.webhook.url", url)
	r.set("errors.pause_minutes", "0")
	if _, err := r.p.Link(t.Context(), linkTo(r), visit); err != nil {
		t.Fatal(err)
	}
	r.see("linked, with the name of the org, which comes after", func(v app.View) bool { return v.Org.State == crm.Linked && v.Org.OrgName != "" })
	called := "Field team"
	if err := r.p.NameOrg(r.org.ID(), &called, nil, nil); err != nil {
		t.Fatal(err)
	}
	r.org.RevokeGrants()
	if err := r.p.RefreshLink(t.Context()); err == nil {
		t.Fatal("the link was revoked, and holds")
	}
	n := r.next("the link is broken", notices)
	if n.Event != "broken" || n.Topic != "link" || n.Org != r.org.ID() || n.OrgName != called || n.Why == "" || n.Remedy == "" || n.Desk == "" {
		t.Errorf("%+v", n)
	}
	row := r.row(errorlog.Link)
	if row.What != n.Why || row.Org != r.org.ID() || row.Count < 1 || string(row.Code) != n.Code {
		t.Errorf("%+v", row)
	}
	r.kept("alerts-webhook.json", `"told":true`)
	r.stop()
	r.start()
	r.see("broken still", func(v app.View) bool { return v.Org.State == crm.Inactive })
	if _, err := r.p.Link(t.Context(), linkTo(r), visit); err != nil {
		t.Fatal(err)
	}
	if n := r.next("the link is well", notices); n.Event != "well" || n.Topic != "link" {
		t.Errorf("after a restart and a new link the next notice is %+v", n)
	}
	if len(r.p.Errors()) == 0 {
		t.Error("the errors did not survive the restart")
	}
}

// Many calls that cannot be logged are one notice and one row, and their being logged is one more.
func TestLoggingThatBreaksIsToldOnce(t *testing.T) {
	r := newRig(t)
	r.alertAfter = 50 * time.Millisecond
	r.begin()
	url, notices := r.listener()
	r.set("errors.webhook.url", url)
	caller, _ := r.org.Caller("Dana Whitfield")
	r.talk(caller.Number)
	r.logs("the first call logged", app.LogDone, 1)

	remove := r.org.Inject(demoorg.Fault{Kind: demoorg.Refusal, Path: "/sobjects", Method: "POST", Times: demoorg.Always, Status: 503, Code: "SERVER_UNAVAILABLE"})
	for range 3 {
		r.talk(caller.Number)
	}
	r.see("three calls wait", func(v app.View) bool { return v.Outbox.Waiting == 3 })
	if n := r.next("logging is broken", notices); n.Event != "broken" || n.Topic != "logging" || n.Why == "" {
		t.Errorf("%+v", n)
	}
	if row := r.row(errorlog.Logging); row.Org != r.org.ID() {
		t.Errorf("%+v", row)
	}
	remove()
	if _, err := r.desk.SendAll(); err != nil {
		t.Fatal(err)
	}
	r.logs("all logged", app.LogDone, 4)
	if n := r.next("logging is well", notices); n.Event != "well" || n.Topic != "logging" {
		t.Errorf("%+v", n)
	}
	rows := 0
	for _, row := range r.p.Errors() {
		if row.Area == errorlog.Logging {
			rows++
		}
	}
	if rows != 1 || len(notices) != 0 {
		t.Errorf("%d rows of logging, %d more notices", rows, len(notices))
	}
}

// A call that the org refuses is told as such, by the org's words here and without them in an export.
func TestARefusedCallIsToldAndExportedWithoutNames(t *testing.T) {
	r := newRig(t)
	r.alertAfter = time.Millisecond
	r.begin()
	url, notices := r.listener()
	r.set("errors.webhook.url", url)
	r.org.Inject(demoorg.Fault{
		Kind: demoorg.Refusal, Path: "/sobjects/Task", Method: "POST", Times: demoorg.Always, Status: 400,
		Code: "FIELD_CUSTOM_VALIDATION_EXCEPTION", Message: "Dana Whitfield (+14155550132) may not be called",
	})
	caller, _ := r.org.Caller("Dana Whitfield")
	r.talk(caller.Number)
	r.logs("refused", app.LogParked, 1)
	if n := r.next("a call is refused", notices); n.Event != "broken" || n.Topic != "refused" {
		t.Errorf("%+v", n)
	}
	row := r.row(errorlog.Refused)
	if !strings.Contains(row.What, "may not be called") || row.Account != r.account().ID() {
		t.Errorf("%+v", row)
	}
	b, err := r.p.ExportErrors()
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{"Dana", "4155550132", "may not be called", "2041@"} {
		if strings.Contains(string(b), private) {
			t.Errorf("the export has %q:\n%s", private, b)
		}
	}
	if !strings.Contains(string(b), string(row.Code)) {
		t.Errorf("the export has no code:\n%s", b)
	}
	r.p.ClearErrors()
	if rows := r.p.Errors(); len(rows) > 0 {
		t.Errorf("cleared, and there are %+v", rows)
	}
}

// A registration that fails is listed with its account, once however often it is tried.
func TestAFailedRegistrationIsListed(t *testing.T) {
	r := newRig(t)
	r.start()
	a, wrong := r.account(), "falsch"
	if err := r.p.SetAccount(t.Context(), "", a, &wrong); err != nil {
		t.Fatal(err)
	}
	row := r.row(errorlog.Phone)
	if row.Account != a.ID() || !strings.HasPrefix(string(row.Code), "sip.registration.") || row.Remedy == "" {
		t.Errorf("%+v", row)
	}
}

// A mail server that takes the connection and says nothing delays neither a call nor the end of the program.
func TestASilentNoticeDelaysNothing(t *testing.T) {
	r := newRig(t)
	r.alertAfter = time.Millisecond
	r.begin()
	hanging := make(chan struct{}, 1)
	hold, release := context.WithCancel(context.Background())
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, q *http.Request) {
		hanging <- struct{}{}
		select {
		case <-q.Context().Done():
		case <-hold.Done():
		}
	}))
	defer s.Close()
	defer release()
	r.set("errors.webhook.url", s.URL)
	r.org.RevokeGrants()
	_ = r.p.RefreshLink(t.Context())
	select {
	case <-hanging:
	case <-time.After(patience):
		t.Fatal("no notice is sent")
	}
	caller, _ := r.org.Caller("Dana Whitfield")
	c := r.ring(demopbx.Caller{Number: caller.Number})
	if err := r.desk.Decline(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("over", func(v app.View) bool { return len(v.Calls) == 0 || v.Calls[0].Phase != app.Ringing })
	done := make(chan struct{})
	go func() { r.stop(); close(done) }()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("the program does not end")
	}
}

// A desk whose keyring stays locked is told of, by a webhook without a secret; its being unlocked is told too. With a secret set nothing goes out
// without it.
func TestALockedKeyringIsTold(t *testing.T) {
	for _, secret := range []string{"", "geheim"} {
		r := newRig(t)
		r.alertAfter = time.Millisecond
		r.start()
		url, notices := r.listener()
		r.set("errors.webhook.url", url)
		if err := r.p.SetWebhookSecret(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		if _, err := r.p.Link(t.Context(), linkTo(r), visit); err != nil {
			t.Fatal(err)
		}
		r.stop()
		r.secrets.lock(true)
		r.start()
		r.see("the link waits", func(v app.View) bool { return v.Org.State == crm.Waiting })
		if secret != "" {
			if row := r.row(errorlog.Notice); row.Code != "trouble.webhook-no-secret" || len(notices) > 0 {
				t.Errorf("%+v, %d notices", row, len(notices))
			}
		} else if n := r.next("the keyring is locked", notices); n.Event != "broken" || n.Topic != "link" || n.Code != "salesforce.waiting-for-keyring" || n.Remedy == "" {
			t.Errorf("%+v", n)
		}
		if err := r.p.TestHook(t.Context(), url, "a rule"); (err == nil) != (secret == "") {
			t.Errorf("with the secret %q a rule's address is told: %v", secret, err)
		}
		if secret == "" {
			r.next("a rule's test", notices)
			r.kept("alerts-webhook.json", `"told":true`)
			r.secrets.lock(false)
			if n := r.next("the keyring is unlocked", notices); n.Event != "well" || n.Topic != "link" {
				t.Errorf("%+v", n)
			}
		}
		r.stop()
	}
}
