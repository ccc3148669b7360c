package program_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/owners"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/demoorg"
)

// shown are the colleagues of a View, by name and extension.
func shown(v app.View) (all []string) {
	for _, c := range v.Colleagues {
		all = append(all, c.Name+" "+c.Extension)
	}
	return all
}

// seesTeam waits until the colleagues are these.
func (r *rig) seesTeam(want ...string) app.View {
	r.t.Helper()
	return r.see("the colleagues are "+strings.Join(want, ", "), func(v app.View) bool { return slices.Equal(shown(v), want) })
}

// The users of the org who have an extension are colleagues once somebody says so: behind those of the settings, which say what a colleague is called; without
// the agent and without whoever has left. They are there at a start while Salesforce is gone, and leave with the org.
func TestTheUsersOfTheOrgAreColleagues(t *testing.T) {
	r := ready(t)
	if err := r.p.RefreshColleagues(t.Context(), ""); !errors.Is(err, program.ErrNotFromOrgs) {
		t.Errorf("refreshed what is off: %v", err)
	}
	if err := r.p.Settings().Change(func(s *settings.Settings) {
		s.SetColleague(settings.Colleague{Name: "Front desk", Extension: "2042"}, false)
		s.SetColleague(settings.Colleague{Name: "Sam from sales", Extension: "1002"}, false)
		s.SetColleague(settings.Colleague{Extension: "1003"}, false)
	}); err != nil {
		t.Fatal(err)
	}
	r.seesTeam("Front desk 2042", "Sam from sales 1002", " 1003")
	r.set("directory.colleagues", "true")
	want := []string{"Front desk 2042", "Sam from sales 1002", "Nina Petrov 1003", "Jo Lind 1005", "Kim Sato 1006"}
	v := r.seesTeam(want...) // without Riley, who is the agent, Avery without an extension, and Lou who has left
	for i, c := range v.Colleagues {
		if from := i > 0; (c.Org == r.org.ID()) != from || c.Listed != (i < 3) {
			t.Errorf("%+v", c)
		}
	}
	report := r.p.OrgColleagues()
	if len(report.Orgs) != 1 || report.Orgs[0].Colleagues != 4 || report.Orgs[0].Users != 6 || report.Shown != 5 || report.Watched != 5 || report.Over != 0 {
		t.Errorf("%+v", report)
	}
	if lines := report.Lines(); len(lines) != 1 || !strings.Contains(lines[0], "4 colleagues with an extension, of 6 users") {
		t.Errorf("%q", lines)
	}

	if err := r.org.SetActive(demoorg.OtherUser, false); err != nil {
		t.Fatal(err)
	}
	r.set("colleagues[2].name", "Sam")
	if err := r.p.RefreshColleagues(t.Context(), r.org.ID()); err != nil {
		t.Fatal(err)
	}
	if v := r.seesTeam("Front desk 2042", "Sam 1002", "Nina Petrov 1003", "Jo Lind 1005", "Kim Sato 1006"); v.Colleagues[1].Org != "" {
		t.Error("who has left is a user of the org")
	}

	r.stop()
	r.org.SetDown(true)
	r.start()
	r.seesTeam("Front desk 2042", "Sam 1002", "Nina Petrov 1003", "Jo Lind 1005", "Kim Sato 1006")
	r.org.SetDown(false)
	r.see("linked again", func(v app.View) bool { return v.Org.State == crm.Linked })
	if err := r.p.Unlink(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	r.seesTeam("Front desk 2042", "Sam 1002", " 1003")
	for _, name := range []string{"Nina", "Petrov", "Kim", "Sato", "Front desk"} {
		if strings.Contains(r.logged(), name) {
			t.Errorf("the log has the name %s", name)
		}
	}
}

// The users are read once a day, whatever happens in it, and those that could not be read for a month are shown no longer.
func TestTheUsersOfTheOrgAreReadOnceADay(t *testing.T) {
	r := newRig(t)
	var ahead atomic.Int64
	r.now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	r.begin()
	read := func() time.Time { return r.p.OrgColleagues().Orgs[0].At }
	r.set("directory.colleagues", "true")
	team := []string{"Jo Lind 1005", "Kim Sato 1006", "Nina Petrov 1003", "Sam Okoro 1002"}
	r.seesTeam(team...)
	first := read()
	r.set("directory.colleagues", "false")
	r.seesTeam()
	r.set("directory.colleagues", "true")
	r.seesTeam(team...)
	if at := read(); !at.Equal(first) {
		t.Errorf("read at %v and at %v, on one day", first, at)
	}
	ahead.Store(int64(25 * time.Hour))
	if err := r.org.SetActive(demoorg.OtherUser, false); err != nil {
		t.Fatal(err)
	}
	r.set("numbers.country", "GB") // any setting that says who is a colleague has it looked at
	r.seesTeam(team[:3]...)
	r.org.SetDown(true)
	ahead.Store(int64(60 * 24 * time.Hour))
	r.set("numbers.country", "US")
	r.seesTeam()
}

// A list of users that is left of an org without a link, as where it was read while the link ended, makes nobody a colleague.
func TestUsersOfAnUnlinkedOrgAreNoColleagues(t *testing.T) {
	r := ready(t)
	r.set("directory.colleagues", "true")
	if err := r.p.Settings().Change(func(s *settings.Settings) {
		s.SetColleague(settings.Colleague{Name: "Front desk", Extension: "2042"}, false)
	}); err != nil {
		t.Fatal(err)
	}
	r.seesTeam("Front desk 2042", "Jo Lind 1005", "Kim Sato 1006", "Nina Petrov 1003", "Sam Okoro 1002")
	list := filepath.Join(r.dir, owners.FileName)
	doc, err := os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	orgs := r.p.Settings().Get().Orgs
	if err := r.p.Unlink(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if err := r.p.Settings().Change(func(s *settings.Settings) { s.Orgs = orgs }); err != nil {
		t.Fatal(err)
	}
	r.stop()
	if err := os.WriteFile(list, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	r.start()
	r.seesTeam("Front desk 2042")
	if report := r.p.OrgColleagues(); !report.On || len(report.Orgs) != 1 || report.Orgs[0].Colleagues != 0 {
		t.Errorf("%+v", report)
	}
}

// Where an org has more users than anybody looks through, the list ends, and it is said that it does; so is it where fewer phones are watched than are shown.
func TestTooManyColleaguesAreSaid(t *testing.T) {
	r := newRig(t)
	more := demoorg.New(demoorg.Config{AutoApprove: true, MoreUsers: 2100})
	url, err := more.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = more.Close() })
	r.org, r.orgURL = more, url
	r.begin()
	r.set("directory.colleagues", "true")
	r.see("the list ends", func(v app.View) bool { return len(v.Colleagues) == 2000 })
	report := r.p.OrgColleagues()
	if report.Over != 104 || report.Watched != 300 {
		t.Errorf("%+v", report)
	}
	if lines := report.Lines(); len(lines) != 3 || !strings.Contains(lines[1], "104 more are not shown") || !strings.Contains(lines[2], "300 of 2000") {
		t.Errorf("%q", lines)
	}
}

// The users of an org are called by the account whose calls are the org's; where there is none they are not shown, and the page says so.
func TestTheUsersOfAnOrgAreCalledByItsAccount(t *testing.T) {
	r := ready(t)
	r.another()
	r.set("directory.colleagues", "true")
	v := r.seesTeam("Jo Lind 1005", "Kim Sato 1006", "Nina Petrov 1003", "Sam Okoro 1002")
	for _, c := range v.Colleagues {
		if c.Account != r.account().ID() || c.Org != r.org.ID() {
			t.Errorf("%+v", c)
		}
	}
	if lines := strings.Join(r.p.OrgColleagues().Lines(), "\n"); !strings.Contains(lines, "no phone account's calls belong to it") {
		t.Errorf("%q", lines)
	}
}
