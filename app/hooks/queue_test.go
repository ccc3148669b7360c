package hooks_test

import (
	"testing"

	"linecard/app"
	"linecard/app/hooks"
	"linecard/fault"
)

// A dead address has a queue and senders of its own, and what is said of it is taken back by its own success alone.
func TestADeadAddressHoldsUpNoOther(t *testing.T) {
	var q hooks.Queue
	begun := map[string]int{}
	put := func(url string) bool {
		return q.Put(app.HookCall{URL: url}, func() { begun[url]++ })
	}
	for range hooks.MostWaiting + 1 {
		put("dead")
	}
	if begun["dead"] != hooks.SendersOfOne || !put("dead") {
		t.Errorf("%d senders, and there is room", begun["dead"])
	}
	if put("well") || begun["well"] != 1 {
		t.Error("the other address is held up")
	}
	if h, ok := q.Take("well"); !ok || h.URL != "well" {
		t.Errorf("%+v", h)
	}
	if _, ok := q.Take("well"); ok {
		t.Error("told of the same call twice")
	}
	if put("well") || begun["well"] != 2 {
		t.Error("its sender has ended, and none began for the next call")
	}
	named := func(url string) bool { return url != "removed" }
	why := fault.New("trouble.hook-unreachable", "rule", "a")
	if f, changes := q.Stands("dead", why, named); !changes || f.IsZero() {
		t.Error("not told")
	}
	if _, changes := q.Stands("well", fault.Fault{}, named); changes {
		t.Error("another address took the notice back")
	}
	q.Stands("other", fault.New("trouble.hook-unreachable", "rule", "b"), named)
	if f, changes := q.Stands("other", fault.Fault{}, named); !changes || f.IsZero() {
		t.Error("the first one is forgotten")
	}
	if f, changes := q.Stands("dead", fault.Fault{}, named); !changes || !f.IsZero() {
		t.Errorf("well, and told: %v", f)
	}
	q.Stands("removed", why, named)
	if f, _ := q.Stands("dead", why, named); f.IsZero() {
		t.Error("not told again")
	}
	if f, changes := q.Stands("dead", fault.Fault{}, named); !changes || !f.IsZero() {
		t.Errorf("an address that no rule names any more is told of: %v", f)
	}
	q.Close()
	if put("late") || begun["late"] != 0 {
		t.Error("a sender begins after the end")
	}
}
