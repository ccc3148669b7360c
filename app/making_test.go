package app

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/crm/layout"
	"linecard/sip"
	"linecard/test/wait"
)

// makesLeads has a Lead made of each call that no record matches.
func makesLeads(at string) crm.Table {
	table, _ := crm.NewTable([]crm.Rule{{Name: "leads", On: true, Create: crm.Lead, CreateAt: at}})
	return table
}

// Whatever is killed whenever, and whatever answer is lost, each call of an unknown caller that is logged has one record in the
// end, its Task is about that, and a private call has none.
func TestEachUnknownCallerHasOneRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "made")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.RemoveAll(dir) }()
		l := newLife(t, dir)
		l.rules.Settle = 0
		l.rules.Table = makesLeads(rapid.SampledFrom([]string{"", "ring", "answer"}).Draw(t, "at"))
		l.objects = true // Save before the org has said who it was is a word to log it
		l.rules.Ask = rapid.IntRange(0, 3).Draw(t, "ask") == 0
		l.org.fates = rapid.SliceOfN(rapid.Custom(aFate), 0, 4).Draw(t, "fates")
		l.org.recordFates = rapid.SliceOfN(rapid.Custom(aRecordFate), 0, 12).Draw(t, "record fates")
		l.org.moods = rapid.SliceOfN(rapid.Custom(aMood), 0, 8).Draw(t, "moods")
		l.begin()
		defer func() { l.close() }()
		l.confirm()
		for range rapid.IntRange(3, 10).Draw(t, "steps") {
			step := rapid.SampledFrom([]string{"ring", "answer", "answer", "end", "end", "advance", "advance", "kill", "retry", "relink", "save", "don't log", "type"}).Draw(t, "what")
			if step == "ring" {
				if len(l.live()) < 3 {
					l.ring("work", fmt.Sprintf("+1415555%04d", 1000+len(l.ids)), rapid.Bool().Draw(t, "inbound"))
				}
				step = "type"
			}
			l.happens(t, step)
			l.quiet()
			if l.died() {
				l.revive()
			} else {
				l.confirm()
			}
		}
		l.org.is(func() { l.org.recordFates = nil })
		l.end()
		for _, id := range l.ids {
			l.judgeRecord(t, id)
		}
	})
}

// A draft from before the call was answered does not know yet that the rules have a record made of it. A crash leaves that to the org's answer.
func TestARecordIsMadeOfACallThatWasTypedForBeforeItsAnswer(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Settle, l.rules.Table, l.objects = 0, makesLeads(""), true
	l.begin()
	defer func() { l.close() }()
	id, notes := l.ring("work", "+14155551000", false), "asks for the price"
	l.quiet()
	if err := l.desk.EditWrap(id, WrapEdit{Notes: &notes}); err != nil {
		t.Fatal(err)
	}
	l.quiet()
	l.answer(id)
	l.quiet()
	l.confirm()
	l.kill()
	l.end()
	l.judgeRecord(t, id)
	if got := l.org.said[id].Notes; got != notes {
		t.Errorf("the notes are %q", got)
	}
}

// judgeRecord holds what the org has of a call's record against what it is to have.
func (l *life) judgeRecord(t failer, id string) {
	c, o := l.calls[id], l.org
	o.mu.Lock()
	found, ever, task := o.recordsOf(id, ""), o.everMade[id], o.said[id]
	o.mu.Unlock()
	switch {
	case ever > 1:
		t.Fatalf("%s: %d records were made", id, ever)
	case c.word == crm.DontLog && len(found) > 0:
		t.Fatalf("%s is private and has %+v", id, found)
	case c.wanted() == 1 && c.word == crm.NoWord && len(found) != 1:
		t.Fatalf("%s has %d records: %+v", id, len(found), c)
	case c.wanted() == 1 && len(found) == 1 && task.Who.ID != found[0].ID:
		t.Fatalf("the Task of %s is about %q, its record is %s", id, task.Who.ID, found[0].ID)
	}
}

// aRecordFate is what becomes of the create of a record.
func aRecordFate(t *rapid.T) fate {
	late := time.Duration(rapid.IntRange(0, 115).Draw(t, "after")) * time.Second
	slow := rapid.SampledFrom([]time.Duration{100 * time.Second, 4 * time.Minute, time.Second}).Draw(t, "slow")
	return rapid.SampledFrom([]fate{
		{commits: true},
		{commits: true, lost: true},
		{lost: true, slow: slow},
		{commits: true, lost: true, after: late, slow: slow},
		{commits: true, lost: true, after: late},
		{lost: true},
		{},
		{commits: true, hangs: 15 * time.Second, after: late},
		{hangs: 15 * time.Second},
		{commits: true, dies: true, after: late},
		{dies: true},
		{refused: answersNo(crm.ClassTransient, 0)},
		{refused: answersNo(crm.ClassQuota, 0)},
	}).Draw(t, "record fate")
}

// A record that is to be made when the call is answered is there while it goes on: it is shown, opened, and remembered. For the
// rules the call stays one of an unknown caller.
func TestRecordIsMadeWhileTheCallGoesOn(t *testing.T) {
	l := newLife(t, t.TempDir())
	table, _ := crm.NewTable([]crm.Rule{{Name: "leads", On: true, Objects: []string{"none"}, Create: crm.Lead, CreateAt: "answer", Pop: "answer", PopIn: "app", Layout: "Unknown"}})
	l.rules.Table = table
	l.begin()
	defer l.close()
	id := l.ring("work", "+14155550132", true)
	l.quiet()
	if n := l.org.everMade[id]; n != 0 {
		t.Fatalf("%d records while it rings", n)
	}
	l.answer(id)
	l.await("the record on the card", func() bool {
		v := l.desk.View()
		return len(v.Calls) == 1 && v.Calls[0].Lookup.State == LookupOne && v.Calls[0].Lookup.Record.Object == crm.Lead
	})
	l.endCall(id, sip.EndRemote)
	l.await("the Task", func() bool { return l.org.count(id) == 1 })
	if a := l.org.last(id); a.Who.Object != crm.Lead || a.Layout != "Unknown" || l.org.everMade[id] != 1 {
		t.Errorf("the Task is about %+v by layout %q, %d records", a.Who, a.Layout, l.org.everMade[id])
	}
	row, err := l.journal.Call(l.ctx(), id)
	if err != nil || row.Who.Object != crm.Lead || row.Facts().Object != "" {
		t.Errorf("the history says %+v, %v", row.Who, err)
	}
}

// A record whose request leaves only minutes after the call has ended, for the way there was slow, is not made a second time meanwhile, and is
// taken back where the agent said "don't log" before it left.
func TestARecordWhoseRequestIsSlowIsMadeOnce(t *testing.T) {
	for _, private := range []bool{false, true} {
		l := newLife(t, t.TempDir())
		l.rules.Table = makesLeads("ring")
		l.org.recordFates = []fate{{commits: true, slow: 4 * time.Minute}}
		l.begin()
		id := l.ring("work", "+14155550132", true)
		l.await("the attempt", func() bool {
			l.org.mu.Lock()
			defer l.org.mu.Unlock()
			return l.org.hangingMakes == 1
		})
		l.answer(id)
		l.endCall(id, sip.EndRemote)
		l.quiet()
		if private {
			if err := l.desk.DontLog(id); err != nil {
				t.Fatal(err)
			}
		}
		for range 45 { // the request leaves after 24, and another that began when the first was given up would by now, too
			l.clock.advance(10 * time.Second)
			l.quiet()
			l.await("the attempts under way", l.still)
		}
		want := 1
		if private {
			want = 0
		}
		l.await("what is to be there", func() bool {
			l.clock.advance(10 * time.Second)
			l.org.mu.Lock()
			defer l.org.mu.Unlock()
			return len(l.org.there(id)) == want && len(l.org.records) == want && l.org.everMade[id] > 0
		})
		if n := l.org.everMade[id]; n != 1 {
			t.Errorf("private %t: %d records were made", private, n)
		}
		l.close()
	}
}

// A record that is made while the org is being asked whether there is one to take back is taken back, too.
func TestARecordOfAPrivateCallThatIsMadeDuringTheLook(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Table = makesLeads("ring")
	l.org.recordFates = []fate{{commits: true, slow: time.Minute}}
	l.begin()
	defer l.close()
	l.clock.advance(time.Hour) // what an earlier run began has settled
	id := l.ring("work", "+14155550132", true)
	l.await("the attempt", func() bool {
		l.org.mu.Lock()
		defer l.org.mu.Unlock()
		return l.org.hangingMakes == 1
	})
	l.answer(id)
	asked, answer := make(chan struct{}), make(chan struct{})
	var once sync.Once
	l.org.is(func() {
		l.org.onLook = func() {
			once.Do(func() {
				close(asked)
				<-answer
			})
		}
	})
	if err := l.desk.DontLog(id); err != nil {
		t.Fatal(err)
	}
	l.endCall(id, sip.EndRemote)
	wait.For(t, asked)
	l.clock.advance(time.Minute)
	l.await("the record", func() bool {
		l.org.mu.Lock()
		made := len(l.org.records)
		l.org.mu.Unlock()
		e, err := l.journal.Entry(l.ctx(), id)
		return made == 1 && err == nil && !e.Made.IsZero()
	})
	l.await("the end of the attempt", func() bool {
		l.desk.writer.mu.Lock()
		defer l.desk.writer.mu.Unlock()
		return len(l.desk.writer.underWay) == 0
	})
	close(answer)
	l.await("nothing left", func() bool {
		l.clock.advance(10 * time.Second)
		l.desk.writer.wake()
		l.org.mu.Lock()
		defer l.org.mu.Unlock()
		return len(l.org.records) == 0
	})
}

// A record that the org refuses costs the call its record and no more, and the agent is told why, once.
func TestARefusedRecordIsSaid(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Table = makesLeads("")
	l.org.recordFates = []fate{{refused: answersNo(crm.ClassRejected, 0)}}
	l.begin()
	defer l.close()
	id := l.talk()
	l.await("the Task", func() bool { return l.org.count(id) == 1 })
	l.await("the notice", func() bool { return strings.Contains(l.desk.View().Notice, "that a rule wanted for an unknown caller") })
	if a := l.org.last(id); !a.Who.IsZero() || len(l.org.records) != 0 {
		t.Errorf("about %+v", a.Who)
	}
}

// An org that refuses to tell whether the record is there keeps the call waiting for a day, and no longer.
func TestARecordThatTheOrgDoesNotTellOfIsGivenUp(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Table = makesLeads("")
	l.org.untold = answersNo(crm.ClassPermission, 0)
	l.begin()
	defer l.close()
	id := l.talk()
	for range 23 {
		l.await("the attempts under way", l.still)
		l.clock.advance(time.Hour)
		l.quiet()
	}
	if n := l.org.count(id); n != 0 {
		t.Fatalf("%d Tasks within a day", n)
	}
	for range 3 {
		l.await("the attempts under way", l.still)
		l.clock.advance(time.Hour)
		l.quiet()
	}
	l.await("the Task", func() bool { return l.org.count(id) == 1 })
	l.await("the notice", func() bool {
		return strings.Contains(l.desk.View().Notice, "has not told whether there is one already")
	})
	if a := l.org.last(id); !a.Who.IsZero() || l.org.everMade[id] != 0 {
		t.Errorf("about %+v, %d records", a.Who, l.org.everMade[id])
	}
}

// "Don't log" said of a call whose record is there takes the record back with the Task.
func TestAPrivateCallKeepsNoRecord(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Table = makesLeads("")
	l.begin()
	defer l.close()
	id := l.talk()
	l.await("the Task", func() bool { return l.org.count(id) == 1 })
	if err := l.desk.DontLog(id); err != nil {
		t.Fatal(err)
	}
	l.await("nothing left", func() bool {
		l.org.mu.Lock()
		defer l.org.mu.Unlock()
		return len(l.org.there(id)) == 0 && len(l.org.records) == 0
	})
}

// The record that somebody has typed in between the call and its log is taken, and none is made.
func TestARecordThatWasTypedInIsTaken(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Table = makesLeads("")
	l.org.down = true
	l.begin()
	defer l.close()
	id := l.talk()
	l.org.is(func() { l.org.down, l.org.matches = false, []crm.Match{dana} })
	l.clock.advance(time.Minute)
	l.desk.writer.hurry()
	l.await("the Task", func() bool { return l.org.count(id) == 1 })
	if a := l.org.last(id); a.Who.ID != dana.ID || l.org.everMade[id] != 0 {
		t.Errorf("about %+v, %d made", a.Who, l.org.everMade[id])
	}
}

// A colleague, a withheld number and a call that was told busy have no record made of them.
func TestNoRecordOf(t *testing.T) {
	for name, arrive := range map[string]callArrived{
		"a colleague":       {party: sip.Party{User: "2042"}, number: crm.Number{Raw: "2042", Extension: true}},
		"a withheld number": {number: crm.Number{Withheld: true}},
		"told busy":         {party: sip.Party{User: number.Raw}, number: number, refused: true},
	} {
		y := newStory(t).links(crm.LinkStatus{State: crm.Linked, OrgID: "00DA", UserID: "005A"})
		y.s.rules.Table = makesLeads("ring")
		y.s.rules.Colleagues = true
		arrive.stamp, arrive.direction, arrive.id = y.stamp(), crm.Inbound, "c1"
		y.play(arrive).found().ends(sip.EndCancelled)
		if n := count[makeRecord](y); n != 0 {
			t.Errorf("%s: %d records while it rings", name, n)
		}
		if i := slices.IndexFunc(y.queued(), func(a *crm.Activity) bool { return a != nil && a.Make != "" }); i >= 0 {
			t.Errorf("%s: a record is to be made at its end", name)
		}
	}
}

// A rule about a header field of the phone system judges a call alike while it goes on, at its end, and after a crash.
func TestHeadersDecideAlsoAfterACrash(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Table, _ = crm.NewTable([]crm.Rule{
		{Name: "private line", On: true, Variables: []string{"X-Line: private"}, Log: "no"},
		{Name: "sales", On: true, Variables: []string{"X-Queue: sales*", "diverted from: +1415*"}, Layout: "Sales", Create: crm.Contact},
	})
	l.begin()
	defer func() { l.close() }()
	arrive := func(id, user string, headers map[string]string) {
		l.ids, l.calls[id] = append(l.ids, id), lived{account: "work", direction: crm.Inbound}
		l.desk.Heard(sip.CallIncoming{ID: id, Account: "work", At: l.clock.Now(), Party: sip.Party{User: user}, Diverted: "+14155550100", Headers: headers})
	}
	arrive("private", "+14155550132", map[string]string{"X-Line": "Private"})
	arrive("sales", "+14155550133", map[string]string{"x-queue": "Sales EMEA"})
	l.quiet()
	l.kill()
	row, err := l.journal.Call(l.ctx(), "private")
	if err != nil || row.Verdict != crm.LogNo || row.State != "" && row.State != journal.Discarded {
		t.Errorf("the private call is %q %q, %v", row.Verdict, row.State, err)
	}
	l.await("the Task", func() bool { return l.org.count("sales") == 1 })
	if a := l.org.last("sales"); a.Layout != "Sales" || a.Headers["x-queue"] != "Sales EMEA" || a.Who.Object != crm.Contact {
		t.Errorf("logged as %+v", a)
	}
	if n := l.org.count("private"); n != 0 {
		t.Errorf("%d Tasks of the private call", n)
	}
}

// A call of which a Case was made while it rang is a Task about that at its end, also where the rules then choose a layout that writes a Case;
// and after a crash.
func TestACallHasOneCase(t *testing.T) {
	for _, crash := range []bool{false, true} {
		l := newLife(t, t.TempDir())
		second := layout.Case()
		second.Name = "Second"
		l.rules.Layouts = layout.List{second}
		l.rules.Table, _ = crm.NewTable([]crm.Rule{
			{Name: "cases", On: true, Create: crm.Case, CreateAt: "ring"}, {Name: "talked", On: true, Statuses: []string{"answered"}, Layout: "Second"},
		})
		l.begin()
		id := l.ring("work", "+14155550132", true)
		l.await("the Case on the call", func() bool {
			v := l.desk.View()
			return len(v.Calls) == 1 && v.Calls[0].Wrap.What.Object == crm.Case
		})
		l.answer(id)
		if crash {
			l.quiet()
			l.kill()
		} else {
			l.endCall(id, sip.EndRemote)
		}
		l.await("the log", func() bool { _, times := l.written(id); return times > 0 })
		if a, times := l.written(id); times != 1 || a.WrittenAs() != crm.Task || a.What.Object != crm.Case {
			t.Errorf("after a crash %t: written %d times as a %s about a %s", crash, times, a.WrittenAs(), a.What.Object)
		}
		l.close()
	}
}

// A Case is what the call is about, and nobody whom it is with: it opens, the caller keeps the name, and the Task is related to it.
func TestACaseIsWhatTheCallIsAbout(t *testing.T) {
	l := newLife(t, t.TempDir())
	l.rules.Table, _ = crm.NewTable([]crm.Rule{{Name: "cases", On: true, Create: crm.Case, CreateAt: "ring"}})
	l.begin()
	defer l.close()
	id := l.ring("work", "+14155550132", true)
	l.await("the Case on the call", func() bool {
		v := l.desk.View()
		return len(v.Calls) == 1 && v.Calls[0].Wrap.What.Object == crm.Case
	})
	if v := l.desk.View().Calls[0]; v.Lookup.State != LookupNoMatch || v.Name == "Robin" {
		t.Errorf("the card is %q, the caller %q", v.Lookup.State, v.Name)
	}
	l.answer(id)
	l.endCall(id, sip.EndRemote)
	l.await("the Task", func() bool { return l.org.count(id) == 1 })
	if a := l.org.last(id); a.What.Object != crm.Case || !a.Who.IsZero() || a.PartyName == "Robin" || l.org.everMade[id] != 1 {
		t.Errorf("about %+v, with %+v %q", a.What, a.Who, a.PartyName)
	}
	row, err := l.journal.Call(l.ctx(), id)
	if err != nil || !row.Who.IsZero() {
		t.Errorf("the history says %+v, %v", row.Who, err)
	}
}
