package e2e

import (
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
