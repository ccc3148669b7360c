package team_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/owners"
	"linecard/app/settings"
	"linecard/app/team"
	"linecard/crm"
	"linecard/sip"
)

// Each phone is watched once, whether the first account is named or not, and nobody of an account that is not there.
func TestColleaguesAreWatchedOnce(t *testing.T) {
	s := &settings.Settings{
		Accounts: []settings.Account{{Server: "a", User: "1"}, {Server: "b", User: "2"}},
		Colleagues: []settings.Colleague{
			{Name: "Ana", Extension: "10"},
			{Name: "Anna", Extension: "10", Account: "1@a"},
			{Name: "Ben", Extension: "10", Account: "2@b"},
			{Name: "Cem", Extension: "11", Account: "gone@c"},
			{Name: "Ben again", Extension: "10", Account: "2@b"},
		},
	}
	want := []app.Colleague{{Name: "Ana", Extension: "10", Account: "1@a", Listed: true}, {Name: "Ben", Extension: "10", Account: "2@b", Listed: true}}
	if got := team.Listed(s); !reflect.DeepEqual(got, want) {
		t.Errorf("watched are %+v, want %+v", got, want)
	}
}

// The queues have the codes as their accounts call them, and none is of an account that is not there.
func TestQueuesOfTheSettings(t *testing.T) {
	s := &settings.Settings{
		Accounts: []settings.Account{{Server: "a", User: "1"}, {Server: "b", User: "2"}},
		Queues: []settings.Queue{
			{Name: "Support", Login: "*45*{extension}", Pause: "*46{reason}", Reasons: []string{"Lunch=1", "Lunch"}, Hint: "q{extension}"},
			{Name: "Night", Account: "3@c", Login: "*45"},
			{Name: "Sales", Account: "2@b", Logout: "*46{extension}"},
		},
	}
	got := team.Queues(s)
	if len(got) != 2 || got[0].Account != "1@a" || got[0].Codes[app.QueueLogin] != "*45*1" || got[0].Hint != "q1" || got[0].Codes[app.QueuePause] != "*46"+app.ReasonHere ||
		len(got[0].Reasons) != 1 || got[0].Reasons[0] != (app.QueueReason{Name: "Lunch", Code: "1"}) || got[1].Codes[app.QueueLogout] != "*462" {
		t.Errorf("%+v", got)
	}
}

// The users of an org are called by an account without an org only where its calls are that org's, as a call goes: the first org that has a link.
func TestTheUsersOfAnOrgAreCalledByTheAccountOfItsCalls(t *testing.T) {
	s := &settings.Settings{
		Orgs:     []settings.Org{{OrgID: "00DA"}, {OrgID: "00DB"}},
		Accounts: []settings.Account{{Server: "a", User: "1"}, {Server: "b", User: "2", Org: "00DC"}},
	}
	is := func(org string, state crm.LinkState) crm.LinkStatus { return crm.LinkStatus{OrgID: org, State: state} }
	for what, tt := range map[string]struct {
		links []crm.LinkStatus
		org   string
		want  string
	}{
		"the first, linked":                  {[]crm.LinkStatus{is("00DA", crm.Linked), is("00DB", crm.Linked)}, "00DA", "1@a"},
		"the second":                         {[]crm.LinkStatus{is("00DA", crm.Linked), is("00DB", crm.Linked)}, "00DB", ""},
		"the second, where the first is out": {[]crm.LinkStatus{is("00DB", crm.Linked)}, "00DB", "1@a"},
		"the first, out":                     {[]crm.LinkStatus{is("00DB", crm.Linked)}, "00DA", ""},
		"named":                              {nil, "00DC", "2@b"},
	} {
		if got := team.AccountOf(s, tt.org, tt.links); got != tt.want {
			t.Errorf("%s: %q, want %q", what, got, tt.want)
		}
	}
}

// manyUsers are the users of a large org, every other one with an extension in the field for it.
func manyUsers(n int) (all []crm.Person) {
	for i := range n {
		u := crm.Person{ID: fmt.Sprintf("005%012dAAA", i), Name: fmt.Sprintf("User %d", i), Active: true, Phone: fmt.Sprintf("+1 415 555 0190 ext. %d", 10000+i)}
		if i%2 == 0 {
			u.Extension = fmt.Sprint(10000 + i)
		}
		all = append(all, u)
	}
	return all
}

// A name that several active users have is marked, also where only one of them can be called, or one of them is the agent.
func TestUsersOfOneNameAreMarked(t *testing.T) {
	users := []crm.Person{
		{ID: "1", Name: "Sam Okoro", Active: true, Extension: "1002"},
		{ID: "2", Name: "sam  okoro", Active: true},
		{ID: "3", Name: "Jo Lind", Active: true, Extension: "1003"},
		{ID: "4", Name: "Jo Lind", Extension: "1004"},
		{ID: "5", Name: "Me", Active: true, Extension: "1005"},
		{ID: "6", Name: "Me", Active: true, Extension: "1006"},
	}
	o := team.Users("00D", "1@a", "1", crm.NumberPlan{}, users, func(id string) bool { return id == "5" })
	all := o.With([]app.Colleague{{Name: "Sam Okoro", Extension: "77", Account: "1@a", Listed: true}})
	got := map[string]bool{}
	for _, c := range all {
		got[c.Extension] = c.Namesakes
	}
	if want := map[string]bool{"77": true, "1002": true, "1003": false, "1006": true}; !reflect.DeepEqual(got, want) || o.Active != 5 {
		t.Errorf("%v of %d, want %v", got, o.Active, want)
	}
}

// The users of an org are worked out again only once something has changed that says who they are.
func TestTheUsersOfAnOrgAreKept(t *testing.T) {
	book, err := owners.OpenBook("")
	if err != nil {
		t.Fatal(err)
	}
	account, plan := settings.Account{Server: "a", User: "1"}, crm.NumberPlan{}
	links := []crm.LinkStatus{{OrgID: "00D", UserID: "005", State: crm.Linked}}
	var kept team.Kept
	look := func() team.Kept {
		kept = kept.Look("00D", account, plan, links, book)
		return kept
	}
	same := func(a, b team.Kept) bool { return len(a.All) > 0 && len(b.All) > 0 && &a.All[0] == &b.All[0] }
	if err := book.Put("00D", owners.List{At: time.Now(), Users: manyUsers(3)}); err != nil {
		t.Fatal(err)
	}
	first := look()
	if !same(first, look()) {
		t.Error("worked out again, though nothing has changed")
	}
	if err := book.Refused("00D", manyUsers(3)[2].ID); err != nil {
		t.Fatal(err)
	}
	second := look()
	if same(first, second) || len(second.All) != 2 {
		t.Errorf("who has left is there: %+v", second)
	}
	plan.OutsidePrefix = "9"
	third := look()
	links[0].UserID = manyUsers(3)[0].ID
	if fourth := look(); same(second, third) || same(third, fourth) || len(fourth.All) != 1 {
		t.Errorf("the dial plan and the agent change nothing: %+v", fourth)
	}
}

// Of more colleagues than are watched those come first with whom the last calls were, also where those are known later than the colleagues.
func TestWhomTheLastCallsWereWithIsWatched(t *testing.T) {
	var all []app.Colleague
	for i := range sip.MostColleagues + 1 {
		all = append(all, app.Colleague{Extension: fmt.Sprint(1000 + i), Account: "1@a", Listed: i == 0})
	}
	last := sip.Colleague{Account: "1@a", Extension: all[sip.MostColleagues].Extension}
	none := func() []app.HistoryRow { return nil }
	if got := team.Watched(all, nil, none); len(got) != sip.MostColleagues || slices.Contains(got, last) {
		t.Errorf("%d are watched, and who is last: %v", len(got), slices.Contains(got, last))
	}
	called := func() []app.HistoryRow {
		return []app.HistoryRow{{Account: last.Account, Dial: last.Extension}}
	}
	if got := team.Watched(all, nil, called); len(got) != sip.MostColleagues || got[0].Extension != "1000" || got[1] != last {
		t.Errorf("watched first: %v", got[:2])
	}
}

// An org of 50,000 users, at first and while nothing has changed.
func BenchmarkColleaguesOfALargeOrg(b *testing.B) {
	users := manyUsers(50_000)
	b.Run("worked out", func(b *testing.B) {
		for b.Loop() {
			team.Users("00D", "1@a", "1", crm.NumberPlan{}, users, func(string) bool { return false })
		}
	})
	b.Run("kept", func(b *testing.B) {
		book, _ := owners.OpenBook("")
		if err := book.Put("00D", owners.List{At: time.Now(), Users: users}); err != nil {
			b.Fatal(err)
		}
		account := settings.Account{Server: "a", User: "1"}
		kept := team.Kept{}.Look("00D", account, crm.NumberPlan{}, nil, book)
		for b.Loop() {
			kept.Look("00D", account, crm.NumberPlan{}, nil, book)
		}
	})
}
