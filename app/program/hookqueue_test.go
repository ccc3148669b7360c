package program

import (
	"testing"

	"linecard/app"
	"linecard/fault"
)

// A dead address has a queue and senders of its own, and what is said of it is taken back by its own success alone.
func TestADeadAddressHoldsUpNoOther(t *testing.T) {
	var q hooks
	begun := map[string]int{}
	put := func(url string) bool {
		return q.put(app.HookCall{URL: url}, func() { begun[url]++ })
	}
	for range mostHooks + 1 {
		put("dead")
	}
	if begun["dead"] != hookSender || !put("dead") {
		t.Errorf("%d senders, and there is room", begun["dead"])
	}
	if put("well") || begun["well"] != 1 {
		t.Error("the other address is held up")
	}
	if h, ok := q.take("well"); !ok || h.URL != "well" {
		t.Errorf("%+v", h)
	}
	if _, ok := q.take("well"); ok || q.queues["well"] != nil {
		t.Error("its sender goes on for nothing")
	}
	named := func(url string) bool { return url != "removed" }
	why := fault.New("trouble.hook-unreachable", "rule", "a")
	if f, changes := q.stands("dead", why, named); !changes || f.IsZero() {
		t.Error("not told")
	}
	if _, changes := q.stands("well", fault.Fault{}, named); changes {
		t.Error("another address took the notice back")
	}
	q.stands("other", fault.New("trouble.hook-unreachable", "rule", "b"), named)
	if f, changes := q.stands("other", fault.Fault{}, named); !changes || f.IsZero() {
		t.Error("the first one is forgotten")
	}
	if f, changes := q.stands("dead", fault.Fault{}, named); !changes || !f.IsZero() {
		t.Errorf("well, and told: %v", f)
	}
	q.stands("removed", why, named)
	if f, _ := q.stands("dead", why, named); f.IsZero() || len(q.failed) != 1 {
		t.Errorf("an address that no rule names: %+v", q.failed)
	}
	q.close()
	if put("late") || begun["late"] != 0 {
		t.Error("a sender begins after the end")
	}
}
