package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/crm"
)

// org is what a Salesforce org keeps: Tasks by call id, with the notes each holds. It refuses nothing and forgets
// nothing, so a second Task for a call can only come from the outbox.
type org map[string][]string

// TestOutboxWritesExactlyOnce drives one outbox through every order of hang-ups, edits, attempts that succeed, fail or
// vanish half-way, crashes and agents who change their mind, against an org. In the end the org must hold one Task for
// each call that was to be logged, with the last notes; never two.
func TestOutboxWritesExactlyOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(t.TempDir(), FileName)
		var j *Journal
		defer func() {
			if j != nil {
				_ = j.Close()
			}
		}()

		tasks := org{}
		typed := map[string]string{}      // last notes of each call
		discarded := map[string]bool{}    // agent said don't log, before any Task was known
		var calls []string                // ended ones
		clock := noon.Add(24 * time.Hour) // every retry is due
		pick := func(ids []string) string {
			if len(ids) == 0 {
				rt.Skip("none")
			}
			return rapid.SampledFrom(ids).Draw(rt, "call")
		}
		ok := func(err error) {
			if err != nil {
				rt.Helper()
				rt.Fatal(err)
			}
		}
		// send is one attempt at the org, as the writer does it.
		send := func(e Entry) crm.Logged {
			ref := crm.Ref{Object: crm.Task, ID: "00T" + e.ID}
			if e.Kind == Update {
				if len(tasks[e.ID]) == 0 {
					rt.Fatalf("update of a Task the org does not have: %+v", e)
				}
				tasks[e.ID][0] = e.Activity.Notes
				return crm.Logged{Ref: ref}
			}
			if e.CheckFirst && len(tasks[e.ID]) > 0 {
				return crm.Logged{Ref: ref, Existed: true}
			}
			tasks[e.ID] = append(tasks[e.ID], e.Activity.Notes)
			return crm.Logged{Ref: ref}
		}
		next := func() (Entry, bool) {
			e, _, due, err := j.NextDue(ctx, clock, nil)
			ok(err)
			if !due {
				return e, false
			}
			e, err = j.Begin(ctx, e.ID, noon)
			ok(err)
			if rapid.Bool().Draw(rt, "amend") {
				e.Activity, err = j.Amend(ctx, e.ID, func(a crm.Activity) crm.Activity {
					a.Notes += "+"
					return a
				})
				ok(err)
				typed[e.ID] = e.Activity.Notes
			}
			return e, true
		}
		start := func() {
			var err error
			j, err = Open(path, Options{})
			ok(err)
			_, err = j.w.Exec("PRAGMA synchronous = OFF") // nobody pulls the plug here: it is ten times faster
			ok(err)
		}
		start()
		crash := func() { // the attempt under way is never reported
			ok(j.Close())
			start()
		}
		rt.Repeat(map[string]func(*rapid.T){
			"hang up": func(rt *rapid.T) {
				id := fmt.Sprintf("c%d", len(calls))
				c, a := ended(id)
				a.Notes = "first"
				ok(j.Ring(ctx, ringing(id)))
				ok(j.Hangup(ctx, c, a))
				calls, typed[id] = append(calls, id), "first"
			},
			"type": func(rt *rapid.T) {
				id := pick(calls)
				a := entry(t, j, id).Activity
				a.Notes = rapid.StringMatching(`[a-z]{1,3}`).Draw(rt, "notes")
				ok(j.EditActivity(ctx, id, a))
				typed[id] = a.Notes
			},
			"write": func(rt *rapid.T) {
				if e, due := next(); due {
					ok(j.Done(ctx, e.ID, send(e), time.Time{}))
				}
			},
			"fail before sending": func(rt *rapid.T) {
				if e, due := next(); due {
					ok(j.Retry(ctx, e.ID, noon, because("No network."), false))
				}
			},
			"answer lost": func(rt *rapid.T) {
				if e, due := next(); due {
					send(e)
					ok(j.Retry(ctx, e.ID, noon, because("No answer."), true))
				}
			},
			"request lost": func(rt *rapid.T) {
				if e, due := next(); due {
					ok(j.Retry(ctx, e.ID, noon, because("No answer."), true))
				}
			},
			"park": func(rt *rapid.T) {
				if e, due := next(); due {
					ok(j.Park(ctx, e.ID, because("Refused.")))
				}
			},
			"crash before sending": func(rt *rapid.T) {
				if _, due := next(); due {
					crash()
				}
			},
			"crash after sending": func(rt *rapid.T) {
				if e, due := next(); due {
					send(e)
					crash()
				}
			},
			"discard": func(rt *rapid.T) {
				id := pick(calls)
				e := entry(t, j, id)
				err := j.Discard(ctx, id)
				switch {
				case e.State == Done || e.State == Sending:
					if !errors.Is(err, ErrState) {
						rt.Fatalf("discard of %s: %v", e.State, err)
					}
				case e.Kind == Update:
					ok(err)
					if len(tasks[id]) > 0 {
						typed[id] = tasks[id][0] // the changes are dropped, the Task stays as it is
					}
				default:
					ok(err)
					discarded[id] = true
				}
			},
			"requeue": func(rt *rapid.T) {
				id := pick(calls)
				if e := entry(t, j, id); e.State == Parked || e.State == Discarded || e.State == Ready {
					ok(j.Requeue(ctx, id))
					delete(discarded, id)
				}
			},
			"requeue all": func(rt *rapid.T) {
				_, err := j.RequeueAll(ctx, nil)
				ok(err)
			},
			"": func(rt *rapid.T) {
				for id, notes := range tasks {
					if len(notes) > 1 {
						rt.Fatalf("call %s has %d Tasks", id, len(notes))
					}
				}
			},
		})
		// All is well again: everything that may go, goes.
		if _, err := j.RequeueAll(ctx, nil); err != nil {
			rt.Fatal(err)
		}
		for e, due := next(); due; e, due = next() {
			ok(j.Done(ctx, e.ID, send(e), time.Time{}))
		}
		for _, id := range calls {
			notes, e := tasks[id], entry(t, j, id)
			switch {
			case discarded[id]:
				if e.State != Discarded {
					rt.Fatalf("call %s is %s, the agent discarded it", id, e.State)
				}
			case len(notes) != 1 || notes[0] != typed[id] || e.State != Done:
				rt.Fatalf("call %s is %s, Tasks %q, want one with %q", id, e.State, notes, typed[id])
			}
		}
	})
}
