package settings

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

const somePhones = "[[accounts]]\nserver = 'pbx'\nuser = '2041'\n[[accounts]]\nserver = 'pbx'\nuser = '2042'\n"

// One bad queue of a file costs that queue, a bad code of one costs the code, and the file keeps all of it.
func TestABadQueueCostsThatQueue(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, somePhones+"[[queues]]\nname = ' Support '\nlogin = ' *45support '\npause = '*46{reason}'\nreasons = ['Lunch = 1', 'no code', 'lunch=2', '']\nring = 'x'\n"+
		"[[queues]]\nlogin = '*45'\n[[queues]]\nname = 'Sales'\nlogin = 'sip:x'\nlogout = '*46'\n[[queues]]\nname = 'sales'\nlogin = '*47'\n[[queues]]\nname = 'Idle'\n")
	s := Open(dir)
	check := func(s *Store) {
		t.Helper()
		all := s.Get().Queues
		if len(all) != 2 || all[0].Name != "Support" || all[0].Login != "*45support" || !slices.Equal(all[0].Reasons, []string{"Lunch=1"}) || all[1].Login != "" || all[1].Logout != "*46" {
			t.Errorf("%+v", all)
		}
	}
	check(s)
	told := strings.Join(read(s), "\n")
	for _, want := range []string{"queues[2] has no name", `not "sip:x"`, "queues[4] is the same", "queues[5] has no name, or neither", `not "no code"`, "queues[1].ring is not known"} {
		if !strings.Contains(told, want) {
			t.Errorf("no %q in\n%s", want, told)
		}
	}
	if err := s.Set("logging.wrap_up", "11"); err != nil {
		t.Fatal(err)
	}
	check(Open(dir))
	if f := fileOf(t, dir); strings.Count(f, "[[queues]]") != 5 || !strings.Contains(f, "ring = 'x'") {
		t.Errorf("written as\n%s", f)
	}
}

// A colleague of the file who cannot be used costs nobody else, also when the file is written again.
func TestABadColleagueStaysAlone(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, somePhones+"[[colleagues]]\nname = 'Ana'\nextension = '10'\ndesk = 'x'\n[[colleagues]]\nname = 'Ben'\n")
	s := Open(dir)
	if told := strings.Join(read(s), "\n"); !strings.Contains(told, "colleagues[2] has no extension") {
		t.Errorf("told %s", told)
	}
	if err := s.Set("logging.wrap_up", "11"); err != nil {
		t.Fatal(err)
	}
	if all := Open(dir).Get().Colleagues; len(all) != 1 || all[0].Name != "Ana" || all[0].Beyond["desk"] != "x" {
		t.Errorf("%+v in\n%s", all, fileOf(t, dir))
	}
}

// A queue is a name at an account, be it named or the first, and is renamed, replaced and removed by these.
func TestQueuesOfAccounts(t *testing.T) {
	s := InMemory(Settings{Accounts: []Account{{Server: "a", User: "1", Lines: 2, Expires: 300}, {Server: "b", User: "2", Lines: 2, Expires: 300}}})
	change := func(f func(*Settings)) error { return s.Change(f) }
	set := func(replaces string, q Queue) {
		t.Helper()
		if err := change(func(s *Settings) { s.SetQueue(replaces, q) }); err != nil {
			t.Fatal(err)
		}
	}
	names := func(want ...string) {
		t.Helper()
		var got []string
		for _, q := range s.Get().Queues {
			got = append(got, q.Name+"@"+s.Get().QueueAt(q))
		}
		if !slices.Equal(got, want) {
			t.Errorf("there are %v, want %v", got, want)
		}
	}
	set("", Queue{Name: "Support", Login: "*1"})
	set("", Queue{Name: "Support", Account: "2@b", Login: "*1{extension}", Hint: "s-{extension}"})
	set("support", Queue{Name: "Help", Account: "1@a", Login: "*2"})
	names("Help@1@a", "Support@2@b")
	if q := s.Get().Queues[1].For("2"); q.Login != "*12" || q.Hint != "s-2" {
		t.Errorf("for an extension %+v", q)
	}
	for code, q := range map[string]Queue{
		"settings.must-be-another-queue":  {Name: "help", Login: "*3"},
		"settings.must-be-queue":          {Name: "Idle"},
		"settings.must-be-code":           {Name: "x", Login: "*1 2"},
		"settings.pause-without-reasons":  {Name: "x", Pause: "*1{reason}"},
		"settings.must-be-reason":         {Name: "x", Pause: "*1{reason}", Reasons: []string{"Lunch"}},
		"settings.must-be-extension":      {Name: "x", Hint: "a b"},
		"settings.must-be-fewer":          {Name: "x", Login: "*1", Reasons: slices.Repeat([]string{"a=1"}, 31)},
		"settings.must-be-another-queue ": {Name: "Help", Account: "1@a", Hint: "h"},
	} {
		var wrong *KeyError
		err := change(func(s *Settings) { s.Queues = append(s.Queues, q) })
		if !errors.As(err, &wrong) || string(wrong.Code) != strings.TrimSpace(code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := s.Set("queues[support].logout", "*9"); err != nil || s.Get().Queues[1].Logout != "*9" {
		t.Errorf("%v, %+v", err, s.Get().Queues)
	}
	if err := s.Unset("queues[support].logout"); err != nil || s.Get().Queues[1].Logout != "" {
		t.Errorf("%v, %+v", err, s.Get().Queues)
	}
	if err := change(func(s *Settings) { s.RemoveQueue("HELP", "") }); err != nil {
		t.Fatal(err)
	}
	names("Support@2@b")
}

// Two queues that come to be one, by the file or because the first account is gone, keep nothing else from being changed.
func TestQueuesThatBecomeOne(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, somePhones+"[[queues]]\nname = 'Support'\nlogin = '*1'\n[[queues]]\nname = 'support'\naccount = '2041@pbx'\nlogin = '*2'\n"+
		"[[queues]]\nname = 'Support'\naccount = '2042@pbx'\nlogin = '*3'\n")
	s := Open(dir)
	if err := s.Set("logging.wrap_up", "11"); err != nil {
		t.Error(err)
	}
	if err := s.Change(func(s *Settings) { s.RemoveAccount("2041@pbx") }); err != nil || len(s.Get().Accounts) != 1 {
		t.Errorf("%v, %+v", err, s.Get().Accounts)
	}
	var wrong *KeyError
	err := s.Change(func(s *Settings) {
		s.Queues = append(s.Queues, Queue{Name: "SUPPORT", Account: "2042@pbx", Login: "*4"})
	})
	if !errors.As(err, &wrong) || wrong.Code != "settings.must-be-another-queue" {
		t.Errorf("a new one: %v", err)
	}
}

// Forwarding by the phone system needs the codes for it, and a code that leaves the number out is none.
func TestForwardingByCodes(t *testing.T) {
	a := DefaultAccount()
	a.Server, a.User, a.ForwardBy = "pbx", "2041", ForwardByPBX
	var wrong *KeyError
	if err := a.Forward(ForwardBusy, "2042", ""); !errors.As(err, &wrong) || wrong.Code != "settings.forward-no-code" || wrong.Values["key"] != "forward_codes.busy_on" {
		t.Errorf("without a code: %v", err)
	}
	if err := a.Forward(ForwardBusy, "", ""); err != nil {
		t.Errorf("none is forwarded: %v", err)
	}
	for code, good := range map[string]bool{"*72": false, "*72{number}": true, "*{seconds}*{number}#": true, "*72 {number}": false, "{number}{number}": false} {
		if err := a.Set("forward_codes.busy_on", code); (err == nil) != good {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := a.Set("forward_codes.busy_off", "*73{number}"); err == nil {
		t.Error("switched off with a number")
	}
	_ = a.Set("forward_codes.busy_on", "*72{number}")
	if err := a.Forward(ForwardBusy, "2042", ""); !errors.As(err, &wrong) || wrong.Code != "settings.forward-no-off-code" || wrong.Values["key"] != "forward_codes.busy_off" {
		t.Errorf("without a code to stop: %v", err)
	}
	_ = a.Set("forward_codes.busy_off", "*73")
	if err := a.Forward(ForwardBusy, "2042", ""); err != nil {
		t.Error(err)
	}
	if on, off := a.ForwardCodes.Of(ForwardBusy); on != "*72{number}" || off != "*73" || a.Forwarded(ForwardBusy) != "2042" {
		t.Errorf("%q, %q, %q", on, off, a.Forwarded(ForwardBusy))
	}
	if err := a.Set("forward_by", "nobody"); err == nil {
		t.Error("nobody forwards")
	}
}
