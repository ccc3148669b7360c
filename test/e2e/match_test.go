package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"linecard/test/rig"
)

// talk makes a customer call; the call is answered and ended after a moment. It returns the call's id.
func (d *desk) talk(number string, during func(id string)) string {
	d.t.Helper()
	customer, ringing := d.rings(rig.Customer{From: "<sip:" + number + "@test.local>", End: rig.PhoneHangsUp})
	d.do("answer")
	d.await("answered", of(ringing.Call))
	if during != nil {
		during(ringing.Call)
	}
	d.do("hangup")
	d.endsWell(customer)
	d.await("ended", of(ringing.Call))
	return ringing.Call
}

// TestNoMatch: a caller that the org does not know is shown as unknown and logged without Who.
func TestNoMatch(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "udp")
	id := d.talk("+14155550199", func(id string) {
		if e := d.await("looked-up", of(id)); e.State != "no match" {
			t.Errorf("looked up: %q", e.State)
		}
	})
	if task := d.logged(id); task.WhoID != "" {
		t.Errorf("Task on %q, want on nobody", task.WhoName)
	}
}

// creates makes a contact in the org, as a colleague does in the browser, and returns its id.
func (d *desk) creates(lastName, phone string) string {
	d.t.Helper()
	body, _ := json.Marshal(map[string]string{"LastName": lastName, "Phone": phone})
	q, err := http.NewRequestWithContext(d.t.Context(), http.MethodPost, d.orgURL+"/services/data/v62.0/sobjects/Contact", strings.NewReader(string(body)))
	if err != nil {
		d.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+d.org.Token())
	q.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(q)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	var made struct{ ID string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || res.StatusCode != http.StatusCreated {
		d.t.Fatalf("a contact was not made: %s, %v", res.Status, err)
	}
	return made.ID
}

// TestLookUpAgain: the org knows nobody by the number; a contact is made in the browser, and the agent looks again. The card shows the
// contact, and the Task is on it: while the call lasts, and when it was over and logged on nobody.
func TestLookUpAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "udp")
	t.Run("during the call", func(t *testing.T) {
		contact := ""
		id := d.talk("+14155550199", func(id string) {
			if e := d.await("looked-up", of(id)); e.State != "no match" {
				t.Errorf("looked up: %q", e.State)
			}
			contact = d.creates("Newcomer", "(415) 555-0199")
			mark := d.mark()
			d.do("look-up-again")
			if e := d.awaitAfter(mark, "looked-up", of(id)); e.State != "one" {
				t.Errorf("looked up again: %q", e.State)
			}
			if c := d.app.call(id); c.Name != "Newcomer" || c.Lookup.Record == nil || c.Lookup.Record.ID != contact {
				t.Errorf("the card shows %q, %+v", c.Name, c.Lookup)
			}
		})
		if task := d.logged(id); task.WhoID != contact {
			t.Errorf("Task on %q %q, want on the new contact", task.WhoID, task.WhoName)
		}
	})
	t.Run("after the call", func(t *testing.T) {
		id := d.talk("+14155550198", nil)
		if task := d.logged(id); task.WhoID != "" {
			t.Fatalf("Task on %q, want on nobody", task.WhoName)
		}
		contact := d.creates("Latecomer", "(415) 555-0198")
		d.do("look-up-again", "--call", id)
		ctx, cancel := context.WithTimeout(t.Context(), rig.Patience)
		defer cancel()
		if err := d.org.Await(ctx, func() bool {
			tasks := d.org.TasksFor(id)
			return len(tasks) == 1 && tasks[0].WhoID == contact
		}); err != nil {
			t.Errorf("the Task is not on the new contact: %+v", d.org.TasksFor(id))
		}
		if r := d.row(id); r.Name != "Latecomer" {
			t.Errorf("the history shows %q", r.Name)
		}
	})
}

// TestManyMatches: the agent picks one of several records with the same number, and the Task is on that one.
func TestManyMatches(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "udp")
	shared := d.person("Eleanor Juniper") // two people and their firm have the same number; a single Contact would win
	var picked match
	id := d.talk(shared.Number, func(id string) {
		if e := d.await("looked-up", of(id)); e.State != "many" {
			t.Fatalf("looked up: %q", e.State)
		}
		matches := d.app.call(id).Lookup.Matches
		if len(matches) != shared.Shared+1 {
			t.Errorf("%d matches, want %d", len(matches), shared.Shared+1)
		}
		for _, m := range matches {
			if m.Object == "Contact" {
				picked = m // the last of the two people, not the one that would be chosen automatically
			}
		}
		d.do("pick", picked.ID)
		d.await("picked", of(id))
	})
	if task := d.logged(id); task.WhoID != picked.ID {
		t.Errorf("Task on %s %q, want on %s", task.WhoID, task.WhoName, picked.ID)
	}
}

// TestWithheld: a caller without a number is not looked up.
func TestWithheld(t *testing.T) {
	t.Parallel()
	d := newDesk(t, "udp")
	asked := d.org.Count("GET", "/search") + d.org.Count("POST", "/parameterizedSearch")
	customer, ringing := d.rings(rig.Customer{From: `"Anonymous" <sip:anonymous@anonymous.invalid>;x=y`, Headers: []string{"Privacy: id"}, End: rig.PhoneRefuses, Code: 486})
	if shown := d.app.call(ringing.Call); !shown.Withheld || shown.Lookup.State != "withheld" {
		t.Errorf("shown: %+v", shown)
	}
	d.do("decline") // the caller must not give up, since a busy machine may take longer than the caller waits
	d.endsWell(customer)
	d.await("ended", of(ringing.Call))
	if now := d.org.Count("GET", "/search") + d.org.Count("POST", "/parameterizedSearch"); now != asked {
		t.Error("the org was asked who a withheld number is")
	}
}
