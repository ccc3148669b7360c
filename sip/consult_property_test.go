package sip_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/sip"
	"linecard/sip/demopbx"
)

// Whatever the agent does with calls, consultations about them, two that are connected and the conference room, while the phone system answers, is busy, refuses holds, holds itself or sends the call
// on: the agent is heard in one call at most, no call is on the desk twice, each ends once, and a command that cannot be done says why.
func TestAnyConsultation(t *testing.T) {
	pbx, err := demopbx.Start(context.Background(), demopbx.Config{
		Users: map[string]string{"2041": "secret"}, Directory: []demopbx.Person{{Name: "Tom Reed", Number: "+442079460018"}},
		Step: 20 * time.Millisecond, Ring: 10 * time.Millisecond, NoAnswer: 50 * time.Millisecond,
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
		c.Account = sip.Account{Server: pbx.Addr(), User: "2041", Password: "secret", Lines: 4, Expires: time.Minute, Conference: "600", Follow: sip.FollowInside}
	})
	ph.registered()
	known := []error{
		sip.ErrNoCall, sip.ErrNotTalking, sip.ErrTransfer, sip.ErrConsult, sip.ErrNoConsult, sip.ErrNoLine, sip.ErrNotAsked,
		sip.ErrTooFew, sip.ErrIsRoom, sip.ErrGathering, sip.ErrOneCall,
	}
	rapid.Check(t, func(t *rapid.T) {
		ended := map[string]int{}
		hear := func(e sip.Event) {
			if e, ok := e.(sip.CallEnded); ok {
				ended[e.ID]++
			}
		}
		first, err := ph.Dial(rapid.SampledFrom([]string{"600", "605", "+442079460018"}).Draw(t, "first"))
		if err != nil {
			t.Fatal(err)
		}
		ids := []string{first}
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			id := rapid.SampledFrom(ids).Draw(t, "call")
			number := rapid.SampledFrom([]string{"600", "601", "602", "603", "604", "605", "607", "699"}).Draw(t, "number")
			var err error
			switch what := rapid.SampledFrom([]string{"consult", "consult", "swap", "complete", "back", "hold", "resume", "transfer", "conference", "connect", "hangup", "wait", "wait"}).Draw(t, "step"); what {
			case "consult":
				var second string
				if second, err = ph.Consult(id, number); err == nil {
					ids = append(ids, second)
				}
			case "swap":
				err = ph.Swap(id)
			case "complete":
				err = ph.Complete(id)
			case "back":
				err = ph.CancelConsult(id)
			case "hold":
				err = ph.Hold(id)
			case "resume":
				err = ph.Resume(id)
			case "transfer":
				err = ph.Transfer(id, number)
			case "conference":
				var room string
				if room, err = ph.Conference(id, rapid.SampledFrom(ids).Draw(t, "other")); err == nil && !slices.Contains(ids, room) {
					ids = append(ids, room)
				}
			case "connect":
				err = ph.Connect(id, rapid.SampledFrom(ids).Draw(t, "other"))
			case "hangup":
				err = ph.Hangup(id)
			case "wait":
				select {
				case e := <-ph.events:
					hear(e)
				case <-time.After(30 * time.Millisecond): // nothing may be about to happen
				}
			}
			if err != nil && !slices.ContainsFunc(known, func(k error) bool { return errors.Is(err, k) }) {
				t.Fatalf("said %v", err)
			}
			calls, heard := ph.Heard()
			if len(heard) > 1 {
				t.Fatalf("the agent is heard in %v", heard)
			}
			if slices.Sort(calls); len(slices.Compact(slices.Clone(calls))) != len(calls) {
				t.Fatalf("on the desk: %v", calls)
			}
		}
		for _, id := range ids {
			if err := ph.Hangup(id); err != nil && !errors.Is(err, sip.ErrNoCall) {
				t.Fatalf("hang up: %v", err)
			}
		}
		for deadline := time.After(patience); len(ended) < len(ids); {
			select {
			case e := <-ph.events:
				hear(e)
			case <-deadline:
				t.Fatalf("of %v only %v have ended", ids, ended)
			}
		}
		for id, n := range ended {
			if n != 1 {
				t.Fatalf("%s has ended %d times", id, n)
			}
		}
	})
}
