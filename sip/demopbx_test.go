package sip_test

import (
	"context"
	"testing"
	"time"

	"linecard/sip"
	"linecard/sip/demopbx"
)

// The phone at the PBX of the demo, over each transport: two implementations of the same RFCs that share no dialog code.
func TestAtTheDemoPBX(t *testing.T) {
	for _, transport := range []string{"udp", "tcp"} {
		t.Run(transport, func(t *testing.T) {
			pbx, err := demopbx.Start(context.Background(), demopbx.Config{
				Users:      map[string]string{"2041": "secret"},
				Algorithms: []string{"SHA-256", "MD5"},
				Step:       200 * time.Millisecond,
				Ring:       50 * time.Millisecond,
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := pbx.Close(); err != nil {
					t.Error(err)
				}
			})
			ph := startPhone(t, func(c *setup) {
				c.Account = sip.Account{Server: pbx.Addr(), User: "2041", Password: "secret", Transport: transport, Expires: time.Minute}
			})
			ph.registered()

			t.Run("echo", func(t *testing.T) {
				id, err := ph.Dial("600")
				ph.must(err)
				next[sip.CallAnswered](ph)
				eventually(t, "the echo comes back", func() bool {
					s, err := ph.Stats(id)
					return err == nil && s.PacketsReceived > 10
				})
				ph.must(ph.Hangup(id))
				next[sip.CallEnded](ph)
			})
			t.Run("held and resumed there", func(t *testing.T) {
				id, err := ph.Dial("605")
				ph.must(err)
				for _, held := range []bool{true, false} {
					if h := next[sip.CallHold](ph); h.Remote != held {
						t.Errorf("hold %+v, want remote %v", h, held)
					}
				}
				ph.must(ph.Hangup(id))
				next[sip.CallEnded](ph)
			})
			t.Run("sent on from there", func(t *testing.T) {
				id, err := ph.Dial("604")
				ph.must(err)
				for e := next[sip.CallReferred](ph); !e.Done; e = next[sip.CallReferred](ph) {
					if !e.Failed.IsZero() {
						t.Fatalf("referred %+v", e)
					}
					if e.Asks { // an account that says nothing asks
						ph.must(ph.Follow(id))
					}
				}
				if e := next[sip.CallIdentity](ph); e.ID != id || e.Party.User != "600" || !e.Transferred {
					t.Errorf("identity %+v", e)
				}
				ph.must(ph.Hangup(id))
				if e := next[sip.CallEnded](ph); e.ID != id || e.Reason != sip.EndLocal {
					t.Errorf("ended %+v", e)
				}
			})
			t.Run("joined with another", func(t *testing.T) {
				first, err := ph.Dial("605")
				ph.must(err)
				next[sip.CallAnswered](ph)
				second, err := ph.Consult(first, "600")
				ph.must(err)
				next[sip.CallAnswered](ph)
				ph.must(ph.Complete(second))
				for e := next[sip.CallTransfer](ph); !e.Done; e = next[sip.CallTransfer](ph) {
					if !e.Failed.IsZero() {
						t.Fatalf("transfer %+v", e)
					}
				}
				for range 2 {
					if e := next[sip.CallEnded](ph); e.Reason != sip.EndTransferred {
						t.Errorf("ended %+v", e)
					}
				}
			})
			for number, want := range map[string]sip.EndReason{"601": sip.EndBusy, "603": sip.EndDeclined, "699": sip.EndNotFound} {
				_, err := ph.Dial(number)
				ph.must(err)
				if e := next[sip.CallEnded](ph); e.Reason != want {
					t.Errorf("%s: %+v, want %s", number, e, want)
				}
			}
			t.Run("a caller", func(t *testing.T) {
				done := make(chan demopbx.Result, 1)
				ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
				defer cancel()
				go func() {
					r, err := pbx.Call(ctx, demopbx.Caller{Name: `Ada "A" Lovelace`, Number: "+14155550100", To: "2041", Diverted: "2077"})
					if err != nil {
						t.Error(err)
					}
					done <- r
				}()
				in := next[sip.CallIncoming](ph)
				if in.Party.Name != `Ada "A" Lovelace` || in.Party.User != "+14155550100" || in.Diverted != "2077" {
					t.Errorf("incoming %+v", in)
				}
				ph.must(ph.Answer(in.ID))
				eventually(t, "she is heard", func() bool {
					s, err := ph.Stats(in.ID)
					return err == nil && s.PacketsReceived > 10
				})
				ph.must(ph.SendDTMF(in.ID, "42#"))
				ph.must(ph.Hold(in.ID))
				next[sip.CallHold](ph)
				ph.must(ph.Resume(in.ID))
				next[sip.CallHold](ph)
				ph.must(ph.Transfer(in.ID, "600"))
				for {
					tr := next[sip.CallTransfer](ph)
					if !tr.Failed.IsZero() {
						t.Fatalf("transfer %+v", tr)
					}
					if tr.Done {
						break
					}
				}
				if e := next[sip.CallEnded](ph); e.Reason != sip.EndTransferred {
					t.Errorf("ended %+v", e)
				}
				cancel() // she has talked to the echo long enough
				if r := <-done; r.Outcome != demopbx.Answered || r.Holds != 1 || r.Transferred == "" {
					t.Errorf("what she saw: %+v", r)
				}
			})
			t.Run("withheld, and taken elsewhere", func(t *testing.T) {
				go func() {
					_, err := pbx.Call(context.Background(), demopbx.Caller{
						Number: "+14155550100", Privacy: true, To: "2041", GiveUpAfter: 100 * time.Millisecond, AnsweredElsewhere: true,
					})
					if err != nil {
						t.Error(err)
					}
				}()
				if in := next[sip.CallIncoming](ph); !in.Party.Withheld || in.Party.User != "" {
					t.Errorf("incoming %+v", in)
				}
				if e := next[sip.CallEnded](ph); e.Reason != sip.EndAnsweredElsewhere {
					t.Errorf("ended %+v", e)
				}
			})
		})
	}
}
