package app

import (
	"errors"
	"slices"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/app/directory"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
	"linecard/test/wait"
)

func peter() crm.Match {
	return crm.Match{
		Record: crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: "003000000000009AAA", Name: "Peter Novak"}, DoNotCall: true},
		Why:    crm.Why{PhoneField: crm.PhoneField{Field: "Phone", Value: "312 555 0167"}, Closeness: crm.Exact},
	}
}

// Whoever is marked Do Not Call is not called by a slip: neither the first time, when the org is asked, nor later, from memory.
func TestDoNotCallIsAskedFirst(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = []crm.Match{peter()}
	for _, spelled := range []string{"+1 312 555 0167", "(312) 555-0167 ext 12", "tel:+13125550167", "Peter +1 312 555 0167"} {
		id, err := r.Dial("", spelled)
		if id != "" || !fault.Of(err).Is(DoNotCall) || catalogue.Error(err) != "Peter Novak is marked Do Not Call in Salesforce." {
			t.Errorf("%s: %q, %v", spelled, id, err)
		}
	}
	if r.org.searched != 1 {
		t.Errorf("the org was asked %d times", r.org.searched)
	}
	if _, err := r.DialAnyway("", "+1 312 555 0167", " "); !errors.Is(err, ErrNoReason) || r.phone.has("dial +1 312 555 0167") {
		t.Errorf("dialed without a reason: %v", err)
	}
	if _, err := r.DialAnyway("", "+1 312 555 0167", "asked us to call back"); err != nil || !r.phone.has("dial +1 312 555 0167 (asked us to call back)") {
		t.Errorf("not dialled when the agent insists: %v", err)
	}
	for _, other := range []string{"600", "911", "*72", "alice"} { // colleagues and codes are nobody's records
		if _, err := r.Dial("", other); err != nil {
			t.Errorf("%s: %v", other, err)
		}
	}
	if r.org.searched != 1 {
		t.Errorf("the org was asked %d times", r.org.searched)
	}
}

// A code before the number, as of who withholds their own, is no way round the question either. The call is looked up and logged by the
// number, and dialed again as it was.
func TestDoNotCallIsAskedBehindACode(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = []crm.Match{peter()}
	for _, typed := range []string{"*67 312 555 0167", "#31#3125550167", "*82 (312) 555-0167", "1167 312 555 0167"} {
		if _, err := r.Dial("", typed); !fault.Of(err).Is(DoNotCall) {
			t.Errorf("%s: %v", typed, err)
		}
	}
	r.Heard(sip.CallDialing{ID: "c1", At: time.Now(), Party: sip.Party{User: "*673125550167"}})
	v := r.wait("who it is", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Lookup.State == LookupOne })
	if c := v.Calls[0]; c.E164 != "+13125550167" || c.Name != "Peter Novak" {
		t.Errorf("%+v", c)
	}
	r.Settle(t.Context())
	if row, err := r.cfg.Journal.Call(t.Context(), "c1"); err != nil || row.Dial != "*673125550167" {
		t.Errorf("it would dial %q, %v", row.Dial, err)
	}
}

// Where the other side sends the agent is asked as well.
func TestDoNotCallIsAskedOfWhereATransferLeads(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = []crm.Match{peter()}
	r.Heard(sip.CallIncoming{ID: "c1", At: time.Now(), Party: sip.Party{User: "2050"}})
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now(), Codec: "PCMU"})
	for _, target := range []string{"2060@pbx.example", "+13125550167@pbx.example"} {
		said := len(r.phone.did)
		r.Heard(sip.CallReferred{ID: "c1", At: time.Now(), Target: target, Asks: true})
		r.wait("the question", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Referred.Target == target })
		forbids := target[0] == '+'
		if err := r.Follow("c1"); fault.Of(err).Is(DoNotCall) != forbids || slices.Contains(r.phone.did[said:], "follow c1") == forbids {
			t.Errorf("%s: %v; the phone did %q", target, err, r.phone.did)
		}
	}
	if err := r.FollowAnyway("c1", "", " "); !errors.Is(err, ErrNoReason) {
		t.Errorf("without a reason: %v", err)
	}
	if err := r.FollowAnyway("c1", "2060@pbx.example", "asked us to"); !errors.Is(err, sip.ErrNotAsked) {
		t.Errorf("for another than was asked about: %v", err)
	}
	if err := r.FollowAnyway("c1", "+13125550167@pbx.example", "asked us to"); err != nil {
		t.Fatal(err)
	}
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndRemote})
	r.Settle(t.Context())
	if e, err := r.cfg.Journal.Activity(t.Context(), "c1"); err != nil || e.Override != "asked us to" {
		t.Errorf("%+v, %v", e, err)
	}
}

// A rewrite of the dial plan that leads to somebody marked Do Not Call is no way round the question.
func TestDoNotCallIsAskedOfWhatIsSent(t *testing.T) {
	r := newRig(t)
	rewrite, _ := crm.ReadRewrite("701 => +13125550167")
	r.cfg.Plan = func(string) crm.NumberPlan { return crm.NumberPlan{Region: "US", Rewrites: []crm.Rewrite{rewrite}} }
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = []crm.Match{peter()}
	if _, err := r.Dial("", "701"); !fault.Of(err).Is(DoNotCall) {
		t.Errorf("701: %v", err)
	}
	if _, err := r.Dial("", "702"); err != nil {
		t.Errorf("702: %v", err)
	}
}

// Without an account a call goes out from the first one, and it is that account's org that says whether the callee may be called: not the
// first org, which may know nobody by the number.
func TestDoNotCallIsAskedInTheOrgOfTheCall(t *testing.T) {
	r := newRig(t)
	r.phone.accounts = []string{"2041@b", "2042@a"}
	r.SetAccounts([]Account{{ID: "2041@b", Org: "00DB", First: "00DA"}, {ID: "2042@a", First: "00DA"}})
	r.LinksChanged([]crm.LinkStatus{{State: crm.Linked, OrgID: "00DA", UserID: "005A"}, {State: crm.Linked, OrgID: "00DB", UserID: "005B"}})
	r.wait("the accounts and links", func(v View) bool { return len(v.Phones) == 2 && len(v.Orgs) == 2 })
	for account, want := range map[string]string{"": "00DB", "2042@a": "00DA"} {
		r.org.asked = nil
		if _, err := r.Dial(account, "+1 312 555 0167"); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(r.org.asked, []string{want}) {
			t.Errorf("from %q: asked %q, want %s", account, r.org.asked, want)
		}
	}
	if !r.phone.has("dial +1 312 555 0167 from 2041@b") {
		t.Errorf("the phone did %q", r.phone.did)
	}
	if _, err := r.DialAnyway("", "+1 312 555 0168", "asked us to"); err != nil || !r.phone.has("dial +1 312 555 0168 (asked us to) from 2041@b") {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
}

// The one who was picked for a number counts, not the others who have it.
func TestDoNotCallOfWhomItIs(t *testing.T) {
	marked, other := peter(), peter()
	other.ID, other.Name, other.DoNotCall = "003000000000008AAA", "Petra Novak", false
	for _, tc := range []struct {
		matches []crm.Match
		choice  string
		want    bool
	}{
		{[]crm.Match{marked, other}, "", true},
		{[]crm.Match{other, marked}, marked.ID, true},
		{[]crm.Match{marked, other}, other.ID, false},
		{[]crm.Match{other}, "", false},
		{nil, "", false},
	} {
		if _, no := forbidden(crm.Result{Matches: tc.matches}, tc.choice); no != tc.want {
			t.Errorf("%d matches, choice %q: %v", len(tc.matches), tc.choice, no)
		}
	}
}

// aged is a memory that knows Peter by an answer of some age.
type aged struct {
	noMemory
	known directory.Known
}

func (m aged) Recall(string, crm.Number) (directory.Known, bool) { return m.known, true }

// What is remembered of somebody who was not marked may be old: the org is asked whether that is still so. A mark counts without a question,
// and so does what the org has said in the last minutes.
func TestDoNotCallIsAskedAgainOfWhoIsKnown(t *testing.T) {
	marked, unmarked, other := peter(), peter(), peter()
	unmarked.DoNotCall = false
	other.ID, other.Name, other.DoNotCall = "003000000000008AAA", "Petra Novak", false
	for name, tt := range map[string]struct {
		known directory.Known
		org   []crm.Match
		asked int
		want  bool // the agent is asked
	}{
		"not marked, some time ago":          {directory.Known{Result: crm.Result{Matches: []crm.Match{unmarked}}}, []crm.Match{marked}, 1, true},
		"not marked, and still not":          {directory.Known{Result: crm.Result{Matches: []crm.Match{unmarked}}}, []crm.Match{unmarked}, 1, false},
		"not marked a minute ago":            {directory.Known{Result: crm.Result{Matches: []crm.Match{unmarked}}, Fresh: true}, []crm.Match{marked}, 0, false},
		"marked, some time ago":              {directory.Known{Result: crm.Result{Matches: []crm.Match{marked}}}, []crm.Match{unmarked}, 0, true},
		"another was picked for the number":  {directory.Known{Result: crm.Result{Matches: []crm.Match{other}}, Choice: other.ID}, []crm.Match{marked, other}, 1, false},
		"the one who was picked is marked":   {directory.Known{Result: crm.Result{Matches: []crm.Match{unmarked}}, Choice: unmarked.ID}, []crm.Match{other, marked}, 1, true},
		"somebody else has the number today": {directory.Known{Result: crm.Result{Matches: []crm.Match{other}}}, []crm.Match{marked}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
			r.cfg.Memory, r.org.matches = aged{known: tt.known}, tt.org
			_, err := r.Dial("", "+1 312 555 0167")
			if got := fault.Of(err).Is(DoNotCall); got != tt.want || got == r.phone.has("dial +1 312 555 0167") {
				t.Errorf("%v; the phone did %q", err, r.phone.did)
			}
			if r.org.searched != tt.asked {
				t.Errorf("the org was asked %d times, want %d", r.org.searched, tt.asked)
			}
		})
	}
}

// An org that says nothing keeps nobody from calling.
func TestASilentOrgDelaysACallByLittle(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.silent(make(chan struct{}))
	began := time.Now()
	if _, err := r.Dial("", "+1 312 555 0167"); err != nil || !r.phone.has("dial +1 312 555 0167") {
		t.Fatal(err)
	}
	if took := time.Since(began); took < doNotCallWait {
		t.Errorf("dialled after %s without an answer", took)
	}
	r.org.silent(nil)
	r.org.fail(&crm.Error{Class: crm.ClassTransient, Fault: fault.New("desk.org-unreachable")})
	if _, err := r.Dial("", "+1 415 555 0132"); err != nil {
		t.Error(err)
	}
}

// Why the agent called all the same is on disk before the INVITE leaves, and in the Task: also after a crash.
func TestTheReasonToCallAnywayIsKept(t *testing.T) {
	const reason = "asked us to call back"
	l := lateLife(t)
	invited := make(chan struct{})
	dialing := sip.CallDialing{ID: "c1", Account: "work", At: l.clock.Now(), Party: sip.Party{User: "+14155550132"}, Note: reason}
	l.ids, l.calls["c1"] = append(l.ids, "c1"), lived{account: "work", direction: crm.Outbound}
	l.desk.BeforeInvite(dialing, func() {
		e, err := l.journal.Entry(l.ctx(), "c1")
		if err != nil || e.Activity.Override != reason {
			t.Errorf("the INVITE leaves, and on disk is %q, %v", e.Activity.Override, err)
		}
		close(invited)
	})
	l.desk.Heard(dialing)
	wait.For(t, invited)
	l.answer("c1")
	l.quiet()
	l.kill()
	l.end()
	if a, times := l.written("c1"); times != 1 || a.Override != reason {
		t.Errorf("%d Tasks, with the reason %q", times, a.Override)
	}
}

// TestACallTakenUpMeanwhileIsNotPutOnHold: while the org is asked whether the callee may be called, a customer rings and is answered.
// The number is not dialed, which would put that customer on hold.
func TestACallTakenUpMeanwhileIsNotPutOnHold(t *testing.T) {
	for name, take := range map[string]func(*rig){
		"answered here": func(r *rig) { must(r.t, r.Answer("c1")) },
		"answered on the headset": func(r *rig) {
			r.Heard(sip.CallAnswered{ID: "c1", At: time.Now(), Codec: "PCMU"})
			r.wait("talking", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == Talking })
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
			r.Heard(sip.CallIncoming{ID: "c1", At: time.Now(), Party: sip.Party{User: "2042"}})
			r.wait("it rings", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Phase == Ringing })
			r.org.silent(make(chan struct{}))
			done := make(chan error, 1)
			go func() { _, err := r.Dial("", "+1 312 555 0167"); done <- err }()
			until(t, "the org is asked", func() bool { return r.org.hung.Load() > 0 })
			take(r)
			close(r.org.hang)
			if err := wait.For(t, done); !errors.Is(err, ErrTalking) || r.phone.has("dial +1 312 555 0167") {
				t.Errorf("%v; the phone did %q", err, r.phone.did)
			}
			if _, err := r.Dial("", "+1 312 555 0167"); err != nil { // dialed again, with the call up: the agent means it
				t.Error(err)
			}
		})
	}
}

// TestACallTakenUpDuringAConsultIsNotPutOnHold: the same is true of a consultation. The agent may resume the call that it is about
// while the number is checked.
func TestACallTakenUpDuringAConsultIsNotPutOnHold(t *testing.T) {
	for name, of := range map[string]struct {
		take func(*rig) error
		want error
	}{
		"another is answered":       {func(r *rig) error { return r.Answer("c2") }, ErrTalking},
		"the call itself goes on":   {func(r *rig) error { return r.Resume("c1") }, nil},
		"another, after the call":   {func(r *rig) error { return errors.Join(r.Resume("c1"), r.Answer("c2")) }, ErrTalking},
		"one of two is talked with": {func(r *rig) error { return r.Swap("") }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
			for _, id := range []string{"c1", "c2"} {
				r.Heard(sip.CallIncoming{ID: id, At: time.Now(), Party: sip.Party{User: "2042"}})
			}
			r.Heard(sip.CallAnswered{ID: "c1", At: time.Now()})
			r.Heard(sip.CallHold{ID: "c1", At: time.Now(), Local: true})
			r.wait("it is held", func(v View) bool { c, ok := v.call("c1"); return ok && c.Phase == Held })
			r.org.silent(make(chan struct{}))
			done := make(chan error, 1)
			go func() { _, err := r.Consult("c1", "+1 312 555 0167"); done <- err }()
			until(t, "the org is asked", func() bool { return r.org.hung.Load() > 0 })
			must(t, of.take(r))
			close(r.org.hang)
			if err := wait.For(t, done); !errors.Is(err, of.want) || r.phone.has("consult c1 +1 312 555 0167") != (of.want == nil) {
				t.Errorf("%v; the phone did %q", err, r.phone.did)
			}
		})
	}
}

// Nobody marked Do Not Call is consulted or has a call transferred to them by a slip. Where the agent insists, the reason is in the Task:
// of the consultation, or of the call that is transferred.
func TestDoNotCallHoldsForTransfers(t *testing.T) {
	const marked, reason = "+1 312 555 0167", "asked us to call back"
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = []crm.Match{peter()}
	r.Heard(sip.CallIncoming{ID: "c1", At: time.Now(), Party: sip.Party{User: "+14155550132"}})
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now()})
	r.wait("talking", func(v View) bool { c, ok := v.call("c1"); return ok && c.Phase == Talking })
	if _, err := r.Consult("", marked); !fault.Of(err).Is(DoNotCall) {
		t.Errorf("consulted: %v", err)
	}
	if err := r.Transfer("", marked); !fault.Of(err).Is(DoNotCall) {
		t.Errorf("transferred: %v", err)
	}
	_, err := r.ConsultAnyway("", marked, " ")
	if !errors.Is(err, ErrNoReason) || !errors.Is(r.TransferAnyway("", marked, ""), ErrNoReason) || r.phone.has("transfer c1 "+marked) || r.phone.has("consult c1 "+marked) {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
	r.phone.consulted = func() {
		e := sip.CallDialing{ID: "consulted", At: time.Now(), Party: sip.Party{User: "+13125550167"}, Consults: "c1"}
		invited := make(chan struct{})
		r.BeforeInvite(e, func() { close(invited) })
		r.Heard(e)
		wait.For(t, invited)
	}
	if _, err := r.ConsultAnyway("", marked, reason); err != nil || r.override("consulted") != reason || r.override("c1") != "" {
		t.Errorf("consulted anyway: %v, with the reason %q", err, r.override("consulted"))
	}
	if err := r.TransferAnyway("c1", marked, reason); err != nil || !r.phone.has("transfer c1 "+marked) {
		t.Errorf("transferred anyway: %v; the phone did %q", err, r.phone.did)
	}
	until(t, "the reason is the call's", func() bool { return r.override("c1") == reason })
}

// override is why somebody is called in a call who is marked Do Not Call.
func (r *rig) override(id string) string {
	s := r.now.Load()
	if i := s.find(id); i >= 0 {
		return s.calls[i].override
	}
	return ""
}
