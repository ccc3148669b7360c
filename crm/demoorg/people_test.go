package demoorg_test

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/nyaruka/phonenumbers"

	"linecard/crm/demoorg"
)

// Numbers reserved for fiction, so that no demo ever calls a real person: North America 555-01xx; Ofcom;
// Bundesnetzagentur; ARCEP; ACMA; PTS.
var fictional = regexp.MustCompile(`^\+(1[2-9]\d\d55501\d\d|44(2079460|1134960|1214960|7700900)\d{3}|49(3023125|8999998)\d{3}|491713920\d{3}|` +
	`33(19900|63998)\d{4}|61(25550\d{4}|491570\d{3})|46(84650|701740)\d{2,3})$`)

func TestPeople(t *testing.T) {
	org := demoorg.New(demoorg.Config{})
	people := org.People()
	if len(people) < 40 {
		t.Errorf("%d people", len(people))
	}
	dana := people[0]
	if dana.Name != "Dana Whitfield" || dana.Company != "Acme Corp" || dana.Title != "VP Operations" || dana.Number != "+14155550132" || dana.Object != "Contact" {
		t.Errorf("first is %+v", dana)
	}
	shared, region := 0, map[string]string{"1": "US", "4": "GB"}
	for _, p := range people {
		if !fictional.MatchString(p.Number) {
			t.Errorf("%s has %s, which may belong to a real person", p.Name, p.Number)
		}
		if p.Shared > 0 {
			shared++
		}
		n, err := phonenumbers.Parse(p.Number, "")
		if err != nil || !phonenumbers.IsPossibleNumber(n) {
			t.Errorf("%s: %s cannot be a number: %v", p.Name, p.Number, err)
			continue
		}
		// The stored text is that number, read in the person's country.
		home := phonenumbers.GetRegionCodeForNumber(n)
		if home == "" {
			home = region[p.Number[1:2]]
		}
		stored, err := phonenumbers.Parse(p.Stored, home)
		if err != nil || phonenumbers.Format(stored, phonenumbers.E164) != p.Number {
			t.Errorf("%s: %q is not %s", p.Name, p.Stored, p.Number)
		}
	}
	if shared < 5 {
		t.Errorf("%d people share a number", shared)
	}
	if !fictional.MatchString(demoorg.UnknownNumber) || slices.ContainsFunc(people, func(p demoorg.Person) bool { return p.Number == demoorg.UnknownNumber }) {
		t.Errorf("a person has the number %s", demoorg.UnknownNumber)
	}
	if _, ok := org.Caller("Nobody"); ok {
		t.Error("found a person called Nobody")
	}
}

func TestTheSameSeedGivesTheSameOrg(t *testing.T) {
	clock := func() time.Time { return time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC) }
	tasks := func(seed uint64) []demoorg.Task { return demoorg.New(demoorg.Config{Seed: seed, Clock: clock}).Tasks() }
	if !reflect.DeepEqual(tasks(1), tasks(1)) {
		t.Error("two orgs of one seed differ")
	}
	if reflect.DeepEqual(tasks(1), tasks(2)) {
		t.Error("two seeds give one org")
	}
}

func TestAMonthOfCalls(t *testing.T) {
	now := time.Date(2026, 11, 21, 17, 0, 0, 0, time.UTC)
	tasks := demoorg.New(demoorg.Config{Clock: func() time.Time { return now }}).Tasks()
	if len(tasks) < 60 {
		t.Errorf("%d calls", len(tasks))
	}
	types, ids := map[string]int{}, map[string]bool{}
	for _, task := range tasks {
		types[task.CallType]++
		if ids[task.CallObject] || !task.Closed || task.WhoName == "" || task.ActivityDate == "" {
			t.Errorf("call %+v", task)
		}
		ids[task.CallObject] = true
		if task.Created.After(now) || task.Created.Before(now.AddDate(0, 0, -32)) {
			t.Errorf("a call of %v", task.Created)
		}
	}
	if types["Inbound"] == 0 || types["Outbound"] == 0 {
		t.Errorf("directions %v", types)
	}
}

func TestStartTwiceAndClose(t *testing.T) {
	org := demoorg.New(demoorg.Config{Empty: true})
	if err := org.Close(); err != nil {
		t.Errorf("closing what was not started: %v", err)
	}
	if _, err := org.Start("127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if _, err := org.Start("127.0.0.1:0"); err == nil {
		t.Error("started twice")
	}
	for range 2 {
		if err := org.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := org.Start("256.0.0.1:0"); err == nil {
		t.Error("listened on 256.0.0.1")
	}
}
