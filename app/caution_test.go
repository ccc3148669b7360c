package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"linecard/app/catalogue"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// closedNow are hours for calls that are over, or have not begun, at a place.
func closedNow(t *testing.T, zone string) crm.CallingHours {
	t.Helper()
	at, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	from := (time.Now().In(at).Hour() + 10) % 24
	h, ok := crm.ReadCallingHours(fmt.Sprintf("%d:00-%d:00", from, (from+4)%24), "")
	if !ok || h.Always() {
		t.Fatal("no hours")
	}
	return h
}

func (r *rig) asking(t *testing.T, a Asking) {
	t.Helper()
	rules := r.now.Load().rules
	rules.Asking = a
	r.SetRules(rules)
	r.wait("the rules", func(View) bool { return r.now.Load().rules.Same(rules) })
}

// Each reason alone, and what is no reason.
func TestCautions(t *testing.T) {
	noon := time.Date(2026, 11, 27, 17, 0, 0, 0, time.UTC) // noon in New York, 9 in Los Angeles, a Friday
	zones := func(names ...string) (all []*time.Location) {
		for _, name := range names {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, zone)
		}
		return all
	}
	hours, _ := crm.ReadCallingHours("11:00-20:00", "mon-fri")
	asks := Asking{Hours: hours, Lately: 5 * time.Minute, Sandbox: true}
	for _, tt := range []struct {
		what  string
		asks  Asking
		about aboutDialing
		want  string
	}{
		{"nothing known", asks, aboutDialing{now: noon}, ""},
		{"inside", asks, aboutDialing{now: noon, zones: zones("America/New_York")}, ""},
		{"too early", asks, aboutDialing{now: noon, zones: zones("America/Los_Angeles")}, "It is Fri 09:00 there, outside the hours for calls."},
		{"too early in one of two", asks, aboutDialing{now: noon, zones: zones("America/Los_Angeles", "America/New_York")}, ""},
		{"too early in both", asks, aboutDialing{now: noon, zones: zones("America/Denver", "America/Los_Angeles")}, "It is Fri 10:00 there, outside the hours for calls."},
		{"Saturday there", asks, aboutDialing{now: noon, zones: zones("Asia/Tokyo")}, "It is Sat 02:00 there, outside the hours for calls."},
		{"a moment ago", asks, aboutDialing{now: noon, called: noon.Add(-2 * time.Minute)}, "This number was called from here, and somebody talked, 2 minutes ago."},
		{"long enough ago", asks, aboutDialing{now: noon, called: noon.Add(-5 * time.Minute)}, ""},
		{"a sandbox", asks, aboutDialing{now: noon, sandbox: "Acme"}, "Acme is a sandbox, and the number may be a real customer's."},
		{"nothing set", Asking{}, aboutDialing{now: noon, zones: zones("Asia/Tokyo"), called: noon, sandbox: "Acme"}, ""},
		{"a mark, whatever is set", Asking{}, aboutDialing{marked: "Peter Novak", now: noon}, "Peter Novak is marked Do Not Call in Salesforce."},
		{
			"all", asks,
			aboutDialing{marked: "Peter Novak", now: noon, zones: zones("Asia/Tokyo"), called: noon, sandbox: "Acme"},
			"Peter Novak is marked Do Not Call in Salesforce. It is Sat 02:00 there, outside the hours for calls. This number was called from here, and somebody talked, 1 second ago. Acme is a sandbox, and the number may be a real customer's.",
		},
	} {
		err := asksAbout(tt.asks.cautions(tt.about))
		if got := catalogue.Error(err); err != nil && got != tt.want || (err == nil) != (tt.want == "") || AsksFirst(err) != (err != nil) {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
	if AsksFirst(ErrTalking) || AsksFirst(errors.New("another")) || AsksFirst(nil) {
		t.Error("another error asks")
	}
}

// Whoever dials too late for the callee is asked once, with all reasons, and calls for one reason that stands in the Task. Nobody is asked about colleagues,
// codes, emergencies and messages.
func TestHoursAreAskedFirst(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.asking(t, Asking{Hours: closedNow(t, "America/Chicago")})
	for _, typed := range []string{"+1 312 555 0168", "(312) 555-0168", "tel:+13125550168", "*67 312 555 0168"} {
		if _, err := r.Dial("", typed); !fault.Of(err).Is(OutsideHours) || r.phone.has("dial") {
			t.Errorf("%s: %v", typed, err)
		}
	}
	r.org.matches = []crm.Match{peter()}
	if _, err := r.Dial("", "+1 312 555 0167"); !AsksFirst(err) || !strings.Contains(catalogue.Error(err), "Do Not Call in Salesforce. It is ") {
		t.Errorf("both: %v", catalogue.Error(err))
	}
	asks := r.WillAsk("", "+1 312 555 0167")
	if len(asks) != 2 || asks[0].Code != DoNotCall || asks[1].Code != OutsideHours || !strings.HasPrefix(asks[1].Text, "It is ") {
		t.Errorf("it would ask %+v", asks)
	}
	for _, other := range []string{"600", "911", "112", "*72", "alice"} {
		if _, err := r.Dial("", other); err != nil || len(r.WillAsk("", other)) > 0 {
			t.Errorf("%s: %v", other, err)
		}
	}
	if _, err := r.DialAnyway("", "+1 312 555 0168", "asked us to"); err != nil || !r.phone.has("dial +1 312 555 0168 (asked us to)") {
		t.Errorf("not dialed when the agent insists: %v", err)
	}
	r.org.matches = nil
	r.asking(t, Asking{})
	if _, err := r.Dial("", "+1 312 555 0169"); err != nil {
		t.Errorf("without hours: %v", err)
	}
}

// Somebody with whom the agent has just talked is asked about; who did not answer, or called here, is called again at a click.
func TestCalledLatelyIsAskedFirst(t *testing.T) {
	r := newRig(t)
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked })
	r.asking(t, Asking{Lately: 5 * time.Minute})
	began := time.Now().Add(-time.Minute)
	end := func(id, number string, answered, out bool) {
		if out {
			r.Heard(sip.CallDialing{ID: id, At: began, Party: sip.Party{User: number}})
		} else {
			r.Heard(sip.CallIncoming{ID: id, At: began, Party: sip.Party{User: number}})
		}
		if answered {
			r.Heard(sip.CallAnswered{ID: id, At: began.Add(time.Second), Codec: "PCMU"})
		}
		r.Heard(sip.CallEnded{ID: id, At: began.Add(20 * time.Second), Reason: sip.EndRemote})
		r.wait("the row of "+id, func(v View) bool {
			return slices.ContainsFunc(v.History, func(h HistoryRow) bool { return h.ID == id })
		})
	}
	end("c1", "3125550171", true, true)
	end("c2", "3125550172", false, true)
	end("c3", "3125550173", true, false)
	if _, err := r.Dial("", "+1 (312) 555-0171"); !fault.Of(err).Is(CalledLately) {
		t.Errorf("with whom somebody talked: %v", err)
	}
	for _, other := range []string{"312 555 0172", "312 555 0173", "312 555 0174"} {
		if _, err := r.Dial("", other); err != nil {
			t.Errorf("%s: %v", other, err)
		}
	}
}

// The numbers in a copy of an org are those of real customers.
func TestASandboxIsAskedFirst(t *testing.T) {
	r := newRig(t)
	sandbox := rigOrg
	sandbox.Sandbox, sandbox.OrgName = true, "Acme"
	r.LinksChanged([]crm.LinkStatus{sandbox})
	r.wait("the link", func(v View) bool { return v.Org.State == crm.Linked && v.Org.Sandbox })
	if asks := r.WillAsk("", "+1 312 555 0168"); len(asks) > 0 {
		t.Errorf("without the setting: %+v", asks)
	}
	r.asking(t, Asking{Sandbox: true})
	if _, err := r.Dial("", "+1 312 555 0168"); !fault.Of(err).Is(InSandbox) {
		t.Errorf("from a sandbox: %v", err)
	}
	r.LinksChanged([]crm.LinkStatus{rigOrg})
	r.wait("the link", func(v View) bool { return !v.Org.Sandbox })
	if _, err := r.Dial("", "+1 312 555 0168"); err != nil {
		t.Errorf("from another org: %v", err)
	}
}
