package app

import (
	"errors"
	"slices"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
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

// The keys that are dialled after a number belong to the call, not to the number: the card, the Task and the match know the number,
// and every face says what will be pressed.
func TestKeysOfADialledCall(t *testing.T) {
	r := newRig(t)
	dialing := sip.CallDialing{ID: "c1", At: time.Now(), Party: sip.Party{User: "+14155550132"}, Then: ",12"}
	r.Heard(dialing)
	v := r.wait("the call", func(v View) bool { return len(v.Calls) == 1 })
	if c := v.Calls[0]; c.Number != "+1 415-555-0132 then 12" && c.Number != "(415) 555-0132 then 12" || c.Then != "12" || c.E164 != "+14155550132" {
		t.Errorf("the card says %q, then %q", c.Number, c.Then)
	}
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now()})
	r.Heard(sip.CallKeys{ID: "c1", At: time.Now(), Keys: "12", Failed: fault.New("sip.keys-not-sent", "keys", "12")})
	r.wait("what became of the keys", func(v View) bool {
		return len(v.Calls) == 1 && v.Calls[0].Transfer == "The keys 12 could not be sent. Press them on the keypad."
	})
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndLocal})
	v = r.wait("the row", func(v View) bool { return len(v.History) == 1 })
	if row := v.History[0]; row.Then != "12" || row.Dial != "+14155550132,12" {
		t.Errorf("the history says %q, then %q, and dials %q", row.Number, row.Then, row.Dial)
	}
	r.wait("the Task", func(View) bool {
		r.org.mu.Lock()
		defer r.org.mu.Unlock()
		return len(r.org.tasks) == 1
	})
	if a := r.org.tasks[0]; a.Number != "+14155550132" {
		t.Errorf("logged with the number %q", a.Number)
	}
}

// A caller's own number brings no keys for the call back.
func TestACallerBringsNoKeys(t *testing.T) {
	for user, want := range map[string]string{
		"2041": "2041", "+14155550132": "+14155550132", "204,900": "", "call 4155550132 now": "", "alice": "alice", "101.johnsmith": "101.johnsmith", "2041-reception": "2041-reception",
		"2041x12": "sip:2041x12", "204w": "204w", "192.168.1.5": "",
	} {
		c := call{direction: crm.Inbound, number: crm.ParseParty(user, "", crm.NumberPlan{})}
		if got := c.callBack(); got != want {
			t.Errorf("%q is called back as %q, want %q", user, got, want)
		}
	}
}

// A name that is read as a number with keys is kept as an address: a redial calls the same party, from whatever account.
func TestANameIsRedialedAsAName(t *testing.T) {
	const account = "2040@pbx.example.com:5070"
	pbx := sip.Account{Server: "pbx.example.com:5070", User: "2040"}
	for _, direction := range []crm.Direction{crm.Inbound, crm.Outbound} {
		for _, name := range []string{"2041x12", "101-int-5", "204w", "2041p12", "1-800-FLOWERS", "4155550132x12", "alice", "a.b_c+d#1"} {
			party := crm.ParseParty(name, "pbx.example.com", crm.NumberPlan{Region: "US", Domain: "pbx.example.com"})
			c := call{direction: direction, account: account, number: party, party: sip.Party{User: name, Host: "pbx.example.com"}}
			dial := c.callBack()
			if d, err := pbx.Dialable(dial); err != nil || d.Number != name || d.Then != "" {
				t.Errorf("%s %s is redialed as %q, which calls %q: %v", direction, name, dial, d, err)
			}
		}
	}
	other := sip.Account{Server: "pbx.example.org", User: "2040"}
	c := call{direction: crm.Outbound, account: account, number: crm.Number{Raw: "2041x12"}}
	if d, err := other.Dialable(c.callBack()); err == nil {
		t.Errorf("another server's %q is called", d)
	}
}

// A call to a sips: address asked for TLS on the whole way, and so does a redial of it, from the card and from the history.
func TestASecureCallIsRedialedAsOne(t *testing.T) {
	r := newRig(t)
	for id, tc := range map[string]struct{ user, then, dial string }{
		"c1": {"+14155550132", "", "sips:+14155550132"},
		"c2": {"2041x12", "", "sips:2041x12"},
		"c3": {"+14155550132", ",12;34", "sips:+14155550132;postd=,12w34"},
	} {
		r.Heard(sip.CallDialing{ID: id, At: time.Now(), Party: sip.Party{User: tc.user}, Then: tc.then, Secure: true})
		v := r.wait("the call", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].ID == id })
		if c := v.Calls[0]; c.Again != "sips:"+tc.user {
			t.Errorf("%s is called again as %q", id, c.Again)
		}
		r.Heard(sip.CallEnded{ID: id, At: time.Now(), Reason: sip.EndFailed})
		v = r.wait("the row", func(v View) bool { return len(v.History) > 0 && v.History[0].ID == id })
		row := v.History[0]
		if row.Dial != tc.dial || row.Then != keysOf(tc.then) {
			t.Errorf("%s: the history dials %q, then %q, want %q", id, row.Dial, row.Then, tc.dial)
		}
		d, err := sip.Account{Server: "pbx.example.com", User: "2041", Transport: "tls"}.Dialable(row.Dial)
		if err != nil || !d.Secure || d.Number != tc.user || d.Then != tc.then {
			t.Errorf("%q calls %+v: %v", row.Dial, d, err)
		}
		r.Dismiss(id)
		r.wait("the desk is empty", func(v View) bool { return len(v.Calls) == 0 })
	}
	// Who the call went on with was not dialed.
	c := call{direction: crm.Outbound, number: crm.Number{Raw: "2041"}, secure: true}
	if c = c.joined(state{}, partyChanged{number: crm.Number{Raw: "2042"}}); c.callBack() != "2042" {
		t.Errorf("whom the call was sent on to is called back as %q", c.callBack())
	}
	if c = c.joined(state{}, partyChanged{number: crm.Number{Raw: "2041"}}); c.callBack() != "sips:2041" {
		t.Errorf("whom it came back to is called back as %q", c.callBack())
	}
}

func TestWhatIsTyped(t *testing.T) {
	for typed, want := range map[string]string{
		"415 555 0132": "415 555 0132", "+1 415 555 0132 ext 12": "+1 415 555 0132 ext 12", "alice@pbx": "alice@pbx", "tel:abc": "tel:abc",
		"Dana": "", "dana w": "", "a@": "", "": "", "Dana +1 415 555 0132": "",
	} {
		if got := ReadTyped(typed).Call; got != want {
			t.Errorf("%q calls %q, want %q", typed, got, want)
		}
	}
	if got := ReadTyped("T +1 415 555 0132 M +1 415 555 0188").Numbers; len(got) != 2 || got[0] != "+14155550132" {
		t.Errorf("found %q", got)
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
	<-invited
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
			if err := <-done; !errors.Is(err, ErrTalking) || r.phone.has("dial +1 312 555 0167") {
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
			if err := <-done; !errors.Is(err, of.want) || r.phone.has("consult c1 +1 312 555 0167") != (of.want == nil) {
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
		<-invited
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
