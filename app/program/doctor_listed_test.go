package program_test

import (
	"strings"
	"testing"

	"linecard/app/settings"
)

// A queue or a colleague at an account that is not here is not shown, and the doctor says so.
func TestTheDoctorTellsOfQueuesOfNoAccount(t *testing.T) {
	r := ready(t)
	said := func() string {
		for _, f := range r.p.Doctor(t.Context()) {
			if f.CheckCode == "program.check-listed" {
				if f.OK || !f.Minor {
					t.Errorf("%+v", f)
				}
				return f.Remedy
			}
		}
		return ""
	}
	here := r.p.Settings().Get().Accounts[0].ID()
	if err := r.p.Settings().Change(func(s *settings.Settings) {
		s.Queues = []settings.Queue{{Name: "Support", Login: "*45"}, {Name: "Orders", Account: here, Login: "*46"}}
	}); err != nil {
		t.Fatal(err)
	}
	if got := said(); got != "" {
		t.Errorf("all are here: %q", got)
	}
	if err := r.p.Settings().Change(func(s *settings.Settings) {
		s.Queues[1].Account = "9001@pbx.example"
		s.Colleagues = []settings.Colleague{{Extension: "2042", Account: "9001@pbx.example"}}
	}); err != nil {
		t.Fatal(err)
	}
	if got := said(); !strings.Contains(got, "Orders and 2042") && !strings.Contains(got, "Orders, 2042") || !strings.Contains(got, "9001@pbx.example") || strings.Contains(got, "Support") {
		t.Errorf("the doctor says %q", got)
	}
}
