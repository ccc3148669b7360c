package directory_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"linecard/app/directory"
)

// The memory is bounded: old answers are evicted, and beyond the bound, answers that were only found are evicted before
// those that were picked.
func TestEviction(t *testing.T) {
	c := &clock{now: start}
	d, _ := fresh(t, directory.Options{Now: c.Now, MaxNumbers: 100, Keep: 24 * time.Hour})
	picked := number("+14155550000")
	check(t, d.Remember(t.Context(), acme, picked, match("p", "Picked"), true))
	for i := range 240 {
		c.pass(time.Second)
		check(t, d.Remember(t.Context(), acme, number(phoneOf(i+1)), match("1", "Dana"), false))
	}
	if n, _, _ := d.Count(t.Context(), acme); n > 100+128 {
		t.Errorf("%d answers are remembered", n)
	}
	if _, ok := d.Recall(acme, picked); !ok {
		t.Error("the agent's choice was evicted")
	}
	c.pass(48 * time.Hour)
	if _, ok := d.Recall(acme, number(phoneOf(240))); ok {
		t.Error("an answer of two days ago is recalled")
	}
	for i := range 128 {
		check(t, d.Remember(t.Context(), globex, number(phoneOf(i)), match("1", "Dana"), false))
	}
	if n, _, _ := d.Count(t.Context(), acme); n != 1 {
		t.Errorf("%d answers of two days ago are remembered, want the agent's choice alone", n)
	}
}

// A desk that is started every day, and has few calls, has no more answers than one that runs for months.
func TestEvictionOverManyStarts(t *testing.T) {
	c := &clock{now: start}
	o := directory.Options{Now: c.Now, MaxNumbers: 100}
	path := filepath.Join(t.TempDir(), directory.FileName)
	for day := range 10 {
		d := open(t, path, o)
		for i := range 127 {
			c.pass(time.Second)
			check(t, d.Remember(t.Context(), acme, number(phoneOf(day*127+i)), match("1", "Dana"), false))
		}
		if n, _, _ := d.Count(t.Context(), acme); n > 100+127 {
			t.Errorf("day %d: %d answers are remembered", day, n)
		}
		check(t, d.Close())
	}
}

// The age of a choice counts from the last time it was made or confirmed by an answer; it is kept longer than what was
// found.
func TestAChoiceIsKeptLonger(t *testing.T) {
	const day = 24 * time.Hour
	c := &clock{now: start}
	d, _ := fresh(t, directory.Options{Now: c.Now, MaxNumbers: 200})
	n := number("+14155550132")
	evict := func() {
		t.Helper()
		for i := range 128 {
			check(t, d.Remember(t.Context(), globex, number(phoneOf(i)), match("1", "Max"), false))
		}
	}
	known := func(when string, want bool) {
		t.Helper()
		evict()
		if k, ok := d.Recall(acme, n); ok != want || ok && k.Choice != "2" {
			t.Fatalf("%s: known %v, choice %q", when, ok, k.Choice)
		}
	}
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"), match("2", "Ada"))))
	c.pass(364 * day)
	check(t, d.Remember(t.Context(), acme, n, match("2", "Ada"), true))
	c.pass(2 * day)
	known("two days after the pick, a year after the answer", true)
	c.pass(4 * 365 * day)
	known("four years after the pick", true)
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, c.Now(), match("1", "Dana"), match("2", "Ada"))))
	c.pass(4 * 365 * day)
	known("four years after it was confirmed", true)
	c.pass(2 * 365 * day)
	known("six years after", false)
}

// Answers may arrive in another order. The newer one is kept.
func TestAnOlderAnswerIsIgnored(t *testing.T) {
	c := &clock{now: start}
	d, _ := fresh(t, directory.Options{Now: c.Now})
	n := number("+14155550132")
	is := func(want string) {
		t.Helper()
		if k, _ := d.Recall(acme, n); !slices.Equal(names(k), []string{want}) {
			t.Fatalf("known: %v, want %s", names(k), want)
		}
	}
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start, match("1", "Dana"))))
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start.Add(-time.Minute), match("2", "Old"))))
	is("Dana")
	c.pass(-time.Hour) // the clock was wrong and is corrected
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, c.Now(), match("3", "Max"))))
	is("Max")
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, start.Add(time.Hour), match("4", "Eve")))) // the org's clock is wrong
	c.pass(time.Minute)
	check(t, d.RememberAnswer(t.Context(), acme, answer(n, c.Now(), match("5", "Kim"))))
	is("Kim")
}
