package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// A dialed call that whoever was called sends on says so while it goes there, and is with the one who answered: the card, the history and the log.
func TestADialedCallIsSentOn(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = []crm.Match{peter()}
	r.Heard(sip.CallDialing{ID: "c1", At: time.Now(), Party: sip.Party{User: "2050"}})
	for _, tt := range []struct {
		e     sip.CallReferred
		words string
	}{
		{sip.CallReferred{Asks: true}, "2050 sends your call on to +13125550167."},
		{sip.CallReferred{}, "2050 sends your call on: calling +13125550167…"},
		{sip.CallReferred{Ringing: true}, "2050 sends your call on to +13125550167, whose phone rings…"},
		{sip.CallReferred{Done: true}, ""},
	} {
		e := tt.e
		e.ID, e.At, e.Target, e.Redirect = "c1", time.Now(), "+13125550167", true
		r.Heard(e)
		v := r.wait("the words", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Transfer == tt.words })
		if got := v.Calls[0].Referred; got.Asks != e.Asks || got.Redirect == e.Done {
			t.Errorf("%+v after %+v", got, e)
		}
	}
	r.Heard(sip.CallIdentity{ID: "c1", At: time.Now(), Party: sip.Party{User: "+13125550167"}, Transferred: true})
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now(), Codec: "PCMU"})
	v := r.wait("the card", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Lookup.State == LookupOne })
	if c := v.Calls[0]; c.Name != "Peter Novak" || !strings.Contains(c.Earlier, "2050") || c.Transfer != "" || c.Phase != Talking {
		t.Errorf("%+v", c)
	}
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndRemote})
	r.Settle(t.Context())
	row, err := r.cfg.Journal.Call(t.Context(), "c1")
	if err != nil || row.Name != "Peter Novak" || row.Dial != "+13125550167" || len(row.Earlier) != 1 {
		t.Errorf("%+v, %v", row, err)
	}
	if e, err := r.cfg.Journal.Activity(t.Context(), "c1"); err != nil || e.Number != "+13125550167" || e.Who.Name != "Peter Novak" || !strings.Contains(e.Earlier, "2050") {
		t.Errorf("%+v, %v", e, err)
	}
}

// Do Not Call is asked of the number that a call is sent on to, as of one that is dialed.
func TestDoNotCallIsAskedOfWhereACallIsSentOn(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = []crm.Match{peter()}
	r.Heard(sip.CallDialing{ID: "c1", At: time.Now(), Party: sip.Party{User: "2050"}})
	r.Heard(sip.CallReferred{ID: "c1", At: time.Now(), Target: "+13125550167", Asks: true, Redirect: true})
	r.wait("the question", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].Referred.Asks })
	if err := r.Follow(""); !fault.Of(err).Is(DoNotCall) || slices.Contains(r.phone.did, "follow c1") {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
	if err := r.FollowAnyway("", "+13125550167", "asked us to"); err != nil || !slices.Contains(r.phone.did, "follow c1") {
		t.Errorf("%v; the phone did %q", err, r.phone.did)
	}
	r.Heard(sip.CallIdentity{ID: "c1", At: time.Now(), Party: sip.Party{User: "+13125550167"}, Transferred: true})
	r.Heard(sip.CallAnswered{ID: "c1", At: time.Now(), Codec: "PCMU"})
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndRemote})
	r.Settle(t.Context())
	if e, err := r.cfg.Journal.Activity(t.Context(), "c1"); err != nil || e.Override != "asked us to" {
		t.Errorf("%+v, %v", e, err)
	}
}

// Nobody is offered another spelling of the number that was dialed where the one that it was sent on to is not there.
func TestNoSpellingOfWhatACallWasSentOnTo(t *testing.T) {
	dialed := func(sentOn bool) (s state) {
		s, _ = next(s, dialing(sip.CallDialing{ID: "c1", At: t0, Party: sip.Party{User: "+442079460018"}}))
		if sentOn {
			s, _ = next(s, phoneEvent{stamp{t0}, sip.CallReferred{ID: "c1", At: t0, Target: "2060", Redirect: true}})
		}
		s, _ = next(s, phoneEvent{stamp{t0}, sip.CallEnded{ID: "c1", At: t0, Reason: sip.EndNotFound, Code: 404}})
		return s
	}
	for _, sentOn := range []bool{false, true} {
		s := dialed(sentOn)
		if c := theCall(t, s, "c1"); c.Referred.Target != "" || c.Transfer != "" {
			t.Errorf("it still goes to %+v, %q", c.Referred, c.Transfer)
		}
		if offers := s.misspelled("c1") != nil; offers == sentOn {
			t.Errorf("sent on %v: a spelling is offered %v", sentOn, offers)
		}
	}
}
