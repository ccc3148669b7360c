package app

import (
	"errors"
	"testing"
	"time"

	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// spellingRig is a desk with a call in another spelling.
func spellingRig(t *testing.T, e sip.CallDialing, matches ...crm.Match) (*rig, *crm.DialSpelling) {
	t.Helper()
	kept := &crm.DialSpelling{}
	r := newRig(t)
	r.cfg.Plan = func(string) crm.NumberPlan { return crm.NumberPlan{Region: "GB"} }
	r.cfg.DialLike = func(_ string, like crm.DialSpelling) error { *kept = like; return nil }
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.org.matches = matches
	r.Heard(e)
	r.wait("dialed", func(v View) bool { return len(v.Calls) == 1 })
	return r, kept
}

// What rang in another spelling may be kept by the number that was dialed, also once the phone server has told another party.
func TestASpellingIsKeptAfterAnotherPartyWasTold(t *testing.T) {
	r, kept := spellingRig(t, sip.CallDialing{ID: "c1", Account: "1@x", At: time.Now(), Party: sip.Party{User: "+442079460018"}, Spelled: "00442079460018"})
	r.Heard(sip.CallProgress{ID: "c1", At: time.Now()})
	r.Heard(sip.CallIdentity{ID: "c1", Party: sip.Party{User: "+442079460999"}})
	r.wait("another party", func(v View) bool { return v.Calls[0].E164 == "+442079460999" && v.Calls[0].Spelled != "" })
	if err := r.KeepSpelling("c1"); err != nil || kept.DialAs != crm.DialExit {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

// Another spelling is tried with what the call has shown to the callee.
func TestASpellingIsTriedWithTheCallersNumberOfTheCall(t *testing.T) {
	r, _ := spellingRig(t, sip.CallDialing{ID: "c1", Account: "1@x", At: time.Now(), Party: sip.Party{User: "+442079460018"}, As: "+442079460000"})
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndNotFound, Code: 404})
	r.wait("not known", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].EndReason == EndNotFound })
	if _, err := r.TrySpelling("c1", "02079460018", ""); err != nil {
		t.Fatal(err)
	}
	r.phone.await(t, "dial +442079460018 as 02079460018 shown +442079460000 from 1@x")
}

// Whoever is marked Do Not Call is not called in another spelling either, and is with a reason, also once the call that failed is gone.
func TestASpellingIsTriedAnywayForAReason(t *testing.T) {
	r, _ := spellingRig(t, sip.CallDialing{ID: "c1", Account: "1@x", At: time.Now(), Party: sip.Party{User: "+13125550167"}}, peter())
	r.Heard(sip.CallEnded{ID: "c1", At: time.Now(), Reason: sip.EndNotFound, Code: 404})
	r.wait("not known", func(v View) bool { return len(v.Calls) == 1 && v.Calls[0].EndReason == EndNotFound })
	if _, err := r.TrySpelling("c1", "", ""); !fault.Of(err).Is(DoNotCall) {
		t.Fatalf("%v", err)
	}
	if err := r.Dismiss("c1"); err != nil {
		t.Fatal(err)
	}
	r.wait("gone", func(v View) bool { return len(v.Calls) == 0 })
	if _, err := r.TrySpelling("c1", "0013125550167", ""); !errors.Is(err, ErrNoSpelling) {
		t.Errorf("without a reason: %v", err)
	}
	if _, err := r.TrySpelling("c1", "0013125550167", "she asked us to"); err != nil {
		t.Fatal(err)
	}
	r.phone.await(t, "dial +13125550167 as 0013125550167 (she asked us to) from 1@x")
}
