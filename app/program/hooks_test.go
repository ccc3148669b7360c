package program_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/alert"
	"linecard/app/program"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip/demopbx"
)

// hook is an address that is told of calls, and answers with a status.
func (r *rig) hook(status *atomic.Int32) (url string, told chan app.HookDoc) {
	r.t.Helper()
	told = make(chan app.HookDoc, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		var doc app.HookDoc
		if err := json.Unmarshal(body, &doc); err != nil || q.Method != http.MethodPost || q.URL.Query().Get("token") != "s3cret" {
			r.t.Errorf("%v, %s %s", err, q.Method, q.URL)
		}
		if q.Header.Get(alert.SignatureHeader) != alert.Sign("geheim", q.Header.Get(alert.TimeHeader), body) {
			r.t.Error("not signed")
		}
		w.WriteHeader(int(status.Load()))
		told <- doc
	}))
	r.t.Cleanup(s.Close)
	return s.URL + "/calls?token=s3cret", told
}

func (r *rig) rules(rules ...crm.Rule) {
	r.t.Helper()
	if err := program.SetRules(r.p.Settings(), rules); err != nil {
		r.t.Fatal(err)
	}
}

func receive(t *testing.T, told chan app.HookDoc) app.HookDoc {
	t.Helper()
	select {
	case doc := <-told:
		return doc
	case <-time.After(patience):
		t.Fatal("nobody was told")
		return app.HookDoc{}
	}
}

// An address is told of a call when the rule says, once, and signed; what it does not take is said to the agent and listed, and
// neither the log nor the list has the address.
func TestAddressIsToldOfCalls(t *testing.T) {
	r := ready(t)
	var status atomic.Int32
	status.Store(http.StatusOK)
	url, told := r.hook(&status)
	if err := r.p.SetWebhookSecret(t.Context(), "geheim"); err != nil {
		t.Fatal(err)
	}
	r.rules(crm.Rule{Name: "Ring", On: true, Direction: "inbound", Hook: url, HookAt: "ring"}, crm.Rule{Name: "End", On: true, Hook: url})
	c := r.ring(demopbx.Caller{Number: "+14155550132"})
	id := c.ID
	r.see("who it is", func(v app.View) bool {
		return len(v.Calls) > 0 && v.Calls[0].Lookup.Record != nil && !v.Calls[0].Lookup.Known
	})
	if err := r.desk.Answer(id); err != nil {
		t.Fatal(err)
	}
	r.see("talking", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Phase == app.Talking })
	if err := r.desk.Hangup(id); err != nil {
		t.Fatal(err)
	}
	ring, end := receive(t, told), receive(t, told)
	if ring.Event == "hangup" { // two are told at a time
		ring, end = end, ring
	}
	if ring.Event != "ring" || ring.Rule != "Ring" || ring.Call != id || ring.Number != "+14155550132" || ring.Outcome != "" {
		t.Errorf("told %+v", ring)
	}
	if end.Event != "hangup" || end.Outcome != crm.Answered || end.Record == nil || end.Record.Object != crm.Contact || end.Log != crm.LogYes || end.Ended.IsZero() {
		t.Errorf("told %+v", end)
	}
	r.stands(id, app.LogDone)

	status.Store(http.StatusNotFound)
	id = r.phoned("+14155550132")
	r.see("the notice", func(v app.View) bool {
		return v.Notice == `The address of the rule "End" did not take a call (HTTP status 404). Check the address in Settings > Rules.` ||
			v.Notice == `The address of the rule "Ring" did not take a call (HTTP status 404). Check the address in Settings > Rules.`
	})
	r.stands(id, app.LogDone)
	for _, text := range []string{r.logged(), words(r)} {
		if strings.Contains(text, "s3cret") {
			t.Errorf("the address is told: %s", text)
		}
	}
	status.Store(http.StatusOK)
	if err := r.p.TestRuleHook(t.Context(), "end"); err != nil {
		t.Error(err)
	}
	for {
		if doc := receive(t, told); doc.Event == "test" {
			break
		}
	}
	if err := r.p.TestRuleHook(t.Context(), "nobody"); !fault.Of(err).Is("rules.unknown") {
		t.Error(err)
	}
	if err := r.p.TestHook(t.Context(), "http://127.0.0.1:1/", "End"); !fault.Of(err).Is("trouble.hook-unreachable") {
		t.Error(err)
	}
}

// words are the errors as the list of errors says them.
func words(r *rig) string {
	var all []string
	for _, e := range r.p.Errors() {
		all = append(all, e.What)
	}
	return strings.Join(all, "\n")
}

// An address that does not answer holds up neither the ring nor the log; nobody is told of a private call.
func TestSilentAddressHoldsUpNothing(t *testing.T) {
	r := ready(t)
	silence := make(chan struct{})
	asked := make(chan struct{}, 100)
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		asked <- struct{}{}
		<-silence
	}))
	t.Cleanup(func() { close(silence); s.Close() })
	r.rules(crm.Rule{Name: "All", On: true, Hook: s.URL, HookAt: "ring"})
	for range 3 {
		id := r.phoned("+14155550132")
		r.stands(id, app.LogDone)
	}
	<-asked
	r.rules(crm.Rule{Name: "All", On: true, Hook: s.URL})
	c := r.ring(demopbx.Caller{Number: "+14155550132"})
	if err := r.desk.DontLog(c.ID); err != nil {
		t.Fatal(err)
	}
	if err := r.desk.Decline(c.ID); err != nil {
		t.Fatal(err)
	}
	r.see("over", func(v app.View) bool { return len(v.Calls) == 0 })
}

// A rule has a Lead made of a caller whom nobody knows: its Task is about that, and the next call is from somebody known.
func TestRuleMakesALead(t *testing.T) {
	r := ready(t)
	r.rules(crm.Rule{Name: "Leads", On: true, Direction: "inbound", Objects: []string{"none"}, Create: "Lead", Log: "yes"})
	id := r.phoned("+14155550777")
	c := r.stands(id, app.LogDone)
	tasks := r.org.TasksFor(id)
	if len(tasks) != 1 || !strings.HasPrefix(tasks[0].WhoID, "00Q") {
		t.Fatalf("%+v of %+v", tasks, c.Lookup)
	}
	again := r.ring(demopbx.Caller{Number: "+14155550777"})
	v := r.see("the lead", func(v app.View) bool { return len(v.Calls) > 0 && v.Calls[0].Lookup.Record != nil })
	if got := v.Calls[0].Lookup.Record; got.ID != tasks[0].WhoID {
		t.Errorf("call %s is with %+v", again.ID, got)
	}
	if err := r.desk.Decline(again.ID); err != nil {
		t.Fatal(err)
	}
}

// What is tried makes nothing and tells nobody, and says what it would have done.
func TestTrialOfActions(t *testing.T) {
	r := ready(t)
	id := r.phoned("+14155550777")
	r.stands(id, app.LogDone)
	trial, err := r.p.TryRules(t.Context(), []crm.Rule{{Name: "Leads", On: true, Create: "Lead", Hook: "https://hooks.example.com/x?token=s3cret"}})
	if err != nil || trial.Records != 1 || trial.Hooks != 1 || trial.Changed != 1 || trial.Rows[0].Decides != 1 {
		t.Fatalf("%+v, %v", trial, err)
	}
	var said []string
	for _, change := range app.ChangeWords(trial.Changes[0]) {
		said = append(said, change[0]+" → "+change[1])
	}
	if got := strings.Join(said, "\n"); got != "no record is made → a lead is made for an unknown caller when it ends\nno address is told → hooks.example.com is told when it ends" {
		t.Errorf("says %s", got)
	}
	if got := app.TrialWords(trial); got != "1 record would have been made. An address would have been told 1 time. The trial itself has made and told nothing." {
		t.Errorf("says %s", got)
	}
	if tasks := r.org.TasksFor(id); len(tasks) != 1 || tasks[0].WhoID != "" {
		t.Errorf("%+v", tasks)
	}
}
