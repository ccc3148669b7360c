package crm_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"linecard/crm"
)

// link is a linked user of an org that records the requests it gets.
type link struct {
	mu      sync.Mutex
	status  crm.LinkStatus
	watcher func(crm.LinkStatus)
	asked   []string
	hang    chan struct{} // no request is answered until it is closed
}

func linkTo(org, user string) *link {
	return &link{status: crm.LinkStatus{State: crm.Linked, OrgID: org, UserID: user}}
}

func (l *link) Status() crm.LinkStatus {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

func (l *link) OnStatus(f func(crm.LinkStatus)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.watcher = f
}

func (l *link) set(s crm.LinkState) {
	l.mu.Lock()
	l.status.State = s
	f, now := l.watcher, l.status
	l.mu.Unlock()
	if f != nil {
		f(now)
	}
}

func (l *link) note(what string) {
	if l.hang != nil {
		<-l.hang
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asked = append(l.asked, what)
}

func (l *link) told() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.asked)
}

func (l *link) Lookup(context.Context, crm.Number) (crm.Result, error) {
	l.note("lookup")
	return crm.Result{Org: l.Status().OrgID}, nil
}

func (l *link) LookupAll(_ context.Context, ns []crm.Number) ([]crm.Result, error) {
	l.note("lookup all")
	return make([]crm.Result, len(ns)), nil
}

func (l *link) Search(context.Context, string) ([]crm.Record, error) {
	l.note("search")
	return nil, nil
}

func (l *link) Details(context.Context, crm.Ref) (crm.Details, error) {
	l.note("details")
	return crm.Details{}, nil
}

func (l *link) SaveFields(_ context.Context, _ crm.Ref, seen crm.Card, _ map[string]string) (crm.Card, error) {
	l.note("save")
	return seen, nil
}

func (l *link) Follow(context.Context, crm.Ref) (crm.Record, error) {
	l.note("follow")
	return crm.Record{}, nil
}

func (l *link) Log(context.Context, crm.Activity, bool) (crm.Logged, error) {
	l.note("log")
	return crm.Logged{}, nil
}

func (l *link) LogAll(context.Context, []crm.Activity) ([]crm.Written, error) {
	l.note("log all")
	return nil, nil
}

func (l *link) FindAll(context.Context, []crm.Activity) (map[string][]crm.Ref, bool, error) {
	l.note("find all")
	return nil, true, nil
}

func (l *link) Find(context.Context, crm.Activity) ([]crm.Ref, error) {
	l.note("find")
	return nil, nil
}

func (l *link) Update(context.Context, crm.Ref, crm.Activity) error {
	l.note("update")
	return nil
}

func (l *link) Delete(context.Context, crm.Ref) error {
	l.note("delete")
	return nil
}

func (l *link) Upserts(string, string) bool { return l.Status().UserID == "u2" }

// Whether writes can be repeated is told of the user who makes them, and not of another of the same org.
func TestUpsertsIsToldOfTheUser(t *testing.T) {
	o := &crm.Orgs{}
	add(t, o, linkTo("A", "u1"), linkTo("A", "u2"))
	for user, want := range map[string]bool{"u1": false, "u2": true, "u3": false} {
		if got := o.Upserts("A", user, crm.Task); got != want {
			t.Errorf("%s: %v", user, got)
		}
	}
}

func add(t *testing.T, o *crm.Orgs, links ...*link) {
	t.Helper()
	for _, l := range links {
		if err := o.Add(l); err != nil {
			t.Fatal(err)
		}
	}
}

func class(err error) crm.Class {
	if e, ok := errors.AsType[*crm.Error](err); ok {
		return e.Class
	}
	return ""
}

func TestEachCallGoesToItsOwnLink(t *testing.T) {
	a1, a2, b1 := linkTo("A", "u1"), linkTo("A", "u2"), linkTo("B", "u1")
	for _, tt := range []struct {
		name string
		do   func(o *crm.Orgs) error
		to   *link // nil: refused, the request waits
		what string
	}{
		{"lookup in the first org", func(o *crm.Orgs) error { return second(o.Lookup(t.Context(), "", crm.Number{})) }, a1, "lookup"},
		{"several lookups in another", func(o *crm.Orgs) error { return second(o.LookupAll(t.Context(), "B", nil)) }, b1, "lookup all"},
		{"lookup in another", func(o *crm.Orgs) error { return second(o.Lookup(t.Context(), "B", crm.Number{})) }, b1, "lookup"},
		{"lookup in one that is not linked", func(o *crm.Orgs) error { return second(o.Lookup(t.Context(), "C", crm.Number{})) }, nil, ""},
		{"search", func(o *crm.Orgs) error { return second(o.Search(t.Context(), "B", "x")) }, b1, "search"},
		{"details of the record's org", func(o *crm.Orgs) error { return second(o.Details(t.Context(), crm.Ref{Org: "B"})) }, b1, "details"},
		{"save as the second user", func(o *crm.Orgs) error {
			return second(o.SaveFields(t.Context(), "u2", crm.Ref{Org: "A"}, crm.Card{}, nil))
		}, a2, "save"},
		{"save as any user", func(o *crm.Orgs) error {
			return second(o.SaveFields(t.Context(), "", crm.Ref{Org: "B"}, crm.Card{}, nil))
		}, b1, "save"},
		{"save as a user who is not linked", func(o *crm.Orgs) error {
			return second(o.SaveFields(t.Context(), "u3", crm.Ref{Org: "A"}, crm.Card{}, nil))
		}, nil, ""},
		{"log without org and user", func(o *crm.Orgs) error { return second(o.Log(t.Context(), crm.Activity{}, false)) }, a1, "log"},
		{"log as the second user", func(o *crm.Orgs) error { return second(o.Log(t.Context(), crm.Activity{Org: "A", User: "u2"}, false)) }, a2, "log"},
		{"log as any user of an org", func(o *crm.Orgs) error { return second(o.Log(t.Context(), crm.Activity{Org: "A"}, false)) }, a1, "log"},
		{"log as a user of another org", func(o *crm.Orgs) error { return second(o.Log(t.Context(), crm.Activity{Org: "B", User: "u2"}, false)) }, nil, ""},
		{"find", func(o *crm.Orgs) error { return second(o.Find(t.Context(), crm.Activity{Org: "B", User: "u1"})) }, b1, "find"},
		{"find of another", func(o *crm.Orgs) error { return second(o.Find(t.Context(), crm.Activity{Org: "C"})) }, nil, ""},
		{"update by the activity", func(o *crm.Orgs) error {
			return o.Update(t.Context(), crm.Ref{Org: "A"}, crm.Activity{Org: "A", User: "u2"})
		}, a2, "update"},
		{"update by the task", func(o *crm.Orgs) error { return o.Update(t.Context(), crm.Ref{Org: "A", User: "u2"}, crm.Activity{}) }, a2, "update"},
		{"delete by the user who wrote it", func(o *crm.Orgs) error { return o.Delete(t.Context(), crm.Ref{Org: "A", User: "u2"}) }, a2, "delete"},
		{"delete while that user is not linked", func(o *crm.Orgs) error { return o.Delete(t.Context(), crm.Ref{Org: "A", User: "u3"}) }, a1, "delete"},
		{"delete in an org that is not linked", func(o *crm.Orgs) error { return o.Delete(t.Context(), crm.Ref{Org: "C"}) }, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := &crm.Orgs{}
			add(t, o, a1, a2, b1)
			for _, l := range []*link{a1, a2, b1} {
				l.asked = nil
			}
			err := tt.do(o)
			if tt.to == nil {
				if class(err) != crm.ClassNotLinked {
					t.Errorf("%v, want not linked", err)
				}
			} else if err != nil {
				t.Error(err)
			}
			for _, l := range []*link{a1, a2, b1} {
				var want []string
				if l == tt.to {
					want = []string{tt.what}
				}
				if got := l.told(); !slices.Equal(got, want) {
					t.Errorf("%s of %s was asked %v, want %v", l.status.UserID, l.status.OrgID, got, want)
				}
			}
		})
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheFirstLinkedOrgIsTheDefault(t *testing.T) {
	a, b := linkTo("A", "u1"), linkTo("B", "u1")
	o := &crm.Orgs{}
	if _, err := o.Lookup(t.Context(), "", crm.Number{}); class(err) != crm.ClassNotLinked {
		t.Errorf("without a link: %v", err)
	}
	add(t, o, linkTo("", ""), a, b)
	first := func() string {
		r, err := o.Lookup(t.Context(), "", crm.Number{})
		if err != nil {
			t.Fatal(err)
		}
		return r.Org
	}
	if got := first(); got != "A" {
		t.Errorf("first %q", got)
	}
	o.Order("B", "A")
	if got := first(); got != "B" {
		t.Errorf("in the order of the settings: %q", got)
	}
	b.set(crm.Inactive)
	if got := first(); got != "A" || o.Linked("B", "") || !o.Linked("A", "u1") || !o.Linked("", "") {
		t.Errorf("past one that is inactive: %q", got)
	}
	a.set(crm.Inactive)
	if got := first(); got != "B" { // its own status says what is wrong with it
		t.Errorf("all inactive: %q", got)
	}
}

func TestLinksComeAndGo(t *testing.T) {
	a, b := linkTo("A", "u1"), linkTo("B", "u1")
	o := &crm.Orgs{}
	add(t, o, a, b)
	if err := o.Add(linkTo("A", "u1")); !errors.Is(err, crm.ErrLinkedTwice) {
		t.Errorf("the same user again: %v", err)
	}
	if err := o.Add(a); !errors.Is(err, crm.ErrLinkedTwice) {
		t.Errorf("the same client again: %v", err)
	}
	if err := o.Add(linkTo("A", "u2")); err != nil {
		t.Errorf("another user of the org: %v", err)
	}
	again := linkTo("A", "u1")
	if err := o.Replace(a, again); err != nil {
		t.Errorf("in place of itself: %v", err)
	}
	if err := o.Replace(b, linkTo("A", "u1")); !errors.Is(err, crm.ErrLinkedTwice) {
		t.Errorf("in place of another: %v", err)
	}
	o.Remove(b)
	if _, err := o.Log(t.Context(), crm.Activity{Org: "B", User: "u1"}, false); class(err) != crm.ClassNotLinked {
		t.Errorf("a call of a removed link: %v", err)
	}
	var users []string
	for _, s := range o.Status() {
		users = append(users, s.OrgID+s.UserID)
	}
	if !slices.Equal(users, []string{"Au1", "Au2"}) {
		t.Errorf("%v", users)
	}
}

func TestTheWatcherSeesEveryLink(t *testing.T) {
	a, b := linkTo("A", "u1"), linkTo("B", "u1")
	o := &crm.Orgs{}
	var seen []string
	o.OnStatus(func(all []crm.LinkStatus) {
		text := ""
		for _, s := range all {
			text += fmt.Sprint(s.OrgID, " ", s.State, ";")
		}
		seen = append(seen, text)
	})
	add(t, o, a, b)
	b.set(crm.Inactive)
	o.Order("B")
	o.Remove(b)
	b.set(crm.Linked) // no longer watched
	want := []string{
		"A Linked;", "A Linked;B Linked;", "A Linked;B Inactive;", "B Inactive;A Linked;", "A Linked;",
	}
	if !slices.Equal(seen, want) {
		t.Errorf("%q, want %q", seen, want)
	}
}

// An unreachable org delays neither calls of other orgs nor a change of the links.
func TestASlowOrgDelaysNobody(t *testing.T) {
	slow, quick := linkTo("A", "u1"), linkTo("B", "u1")
	slow.hang = make(chan struct{})
	o := &crm.Orgs{}
	add(t, o, slow, quick)
	var waiting sync.WaitGroup
	for range 4 {
		waiting.Go(func() { _, _ = o.Lookup(context.Background(), "A", crm.Number{}) })
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = o.Lookup(context.Background(), "B", crm.Number{})
		_, _ = o.Log(context.Background(), crm.Activity{Org: "B"}, false)
		o.Status()
		o.Order("B", "A")
		_ = o.Add(linkTo("C", "u1"))
		o.Remove(quick)
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("another org waits for the slow one")
	}
	close(slow.hang)
	waiting.Wait()
}

func TestLinksChangeWhileCallsAreMade(t *testing.T) {
	o := &crm.Orgs{}
	add(t, o, linkTo("A", "u1"))
	o.OnStatus(func([]crm.LinkStatus) {})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 200 {
				l := linkTo(fmt.Sprint("X", i), "u1")
				_ = o.Add(l)
				l.set(crm.Inactive)
				_, _ = o.Lookup(context.Background(), fmt.Sprint("X", i), crm.Number{})
				o.Order("A", fmt.Sprint("X", i))
				o.Remove(l)
			}
		})
		wg.Go(func() {
			for range 200 {
				if _, err := o.Log(context.Background(), crm.Activity{Org: "A", User: "u1"}, false); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := len(o.Status()); n != 1 {
		t.Errorf("%d links left", n)
	}
}
