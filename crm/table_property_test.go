package crm_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"linecard/crm"
)

func someRule(t *rapid.T) crm.Rule {
	some := func(name string, of ...string) []string {
		return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, 2, rapid.ID[string]).Draw(t, name)
	}
	one := func(name string, of ...string) string { return rapid.SampledFrom(append(of, "")).Draw(t, name) }
	r := crm.Rule{
		Name: "row", On: rapid.Bool().Draw(t, "on"), Direction: one("direction", "inbound", "outbound"), Accounts: some("accounts", "1", "2@pbx"),
		Called: some("called", "support", "sup*", "+4420*"), Caller: some("caller", "+44*", "+4420*", "+4420???????", "withheld", "extension", "10??", "/4/", "020*"),
		Objects: some("objects", "any", "none", "Contact", "Lead"), Statuses: some("statuses", "answered", "missed", "failed"),
		Days: some("days", "mon", "sat"), From: one("from", "22:00", "8:00"), To: one("to", "6:00", "12:00"),
		Log: one("log", "yes", "no", "ask"), Pop: one("pop", "ring", "never"), Layout: one("layout", "L", "M"), Owner: one("owner", "linked", "extension"),
		Stop: rapid.Bool().Draw(t, "stop"),
	}
	if r.Log+r.Pop+r.Layout+r.Owner == "" {
		r.Log = "no"
	}
	return r
}

func someFacts(t *rapid.T) crm.Facts {
	f := crm.Facts{
		Direction: rapid.SampledFrom([]crm.Direction{crm.Inbound, crm.Outbound}).Draw(t, "direction"),
		Outcome:   rapid.SampledFrom(crm.Outcomes()).Draw(t, "outcome"), Live: rapid.Bool().Draw(t, "live"),
		Account: rapid.SampledFrom([]string{"1@pbx", "2@pbx", ""}).Draw(t, "account"), Called: rapid.SampledFrom([]string{"support", "+442079460000", ""}).Draw(t, "called"),
		Object: rapid.SampledFrom([]string{"", "Contact", "Lead"}).Draw(t, "object"), Unasked: rapid.Bool().Draw(t, "unasked"),
		Started: at("Mon", "00:00").Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(t, "minute")) * time.Minute),
		Word:    rapid.SampledFrom([]crm.Word{crm.NoWord, crm.NoWord, crm.LogIt, crm.DontLog}).Draw(t, "word"),
	}
	switch rapid.IntRange(0, 2).Draw(t, "who") {
	case 0:
		f.Caller, f.Written = "+442079460018", "020 7946 0018"
	case 1:
		f.Caller, f.Written, f.Extension = "1002", "1002", true
	}
	return f
}

func someSwitches(t *rapid.T) crm.Rules {
	flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
	return crm.Rules{
		Ask: flag("ask"), Never: flag("never"), Inbound: flag("inbound"), Outbound: flag("outbound"),
		Missed: flag("missed"), Unanswered: flag("unanswered"), Colleagues: flag("colleagues"), Pop: rapid.SampledFrom([]crm.Pop{crm.PopNever, crm.PopRing}).Draw(t, "pop"),
	}
}

// A table whose rows are all off, or that has none, changes nothing. The agent's word outweighs every row.
func TestRowsThatAreOff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, f := someSwitches(t), someFacts(t)
		rows := rapid.SliceOfN(rapid.Custom(someRule), 0, 6).Draw(t, "rows")
		on, _ := crm.NewTable(rows)
		off := slices.Clone(rows)
		for i := range off {
			off[i].On = false
		}
		none, _ := crm.NewTable(off)
		plain := rules.Judge(f)
		rules.Table = none
		if got := rules.Judge(f); got != plain {
			t.Fatalf("rows that are off: %+v, without %+v", got, plain)
		}
		rules.Table = on
		if got := rules.Judge(f).Log; f.Word == crm.LogIt && got != crm.LogYes || f.Word == crm.DontLog && got != crm.LogNo {
			t.Fatalf("the agent said %q: %q", f.Word, got)
		}
	})
}

// A row decides the same whether the rows below it are there or not, and rows that change nothing, as Conflicts says, can be taken out: every
// verdict stays.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := someSwitches(t)
		rows := rapid.SliceOfN(rapid.Custom(someRule), 1, 6).Draw(t, "rows")
		for i := range rows {
			rows[i].On = true
		}
		calls := rapid.SliceOfN(rapid.Custom(someFacts), 1, 20).Draw(t, "calls")
		whole := rules
		whole.Table, _ = crm.NewTable(rows)
		cut := rapid.IntRange(0, len(rows)).Draw(t, "cut")
		top := rules
		top.Table, _ = crm.NewTable(rows[:cut])
		without := map[int]crm.Rules{} // each of the rows that are said to decide nothing
		for _, c := range crm.Conflicts(rows) {
			if c.Never {
				less := rules
				less.Table, _ = crm.NewTable(slices.Delete(slices.Clone(rows), c.Row-1, c.Row))
				without[c.Row] = less
			}
		}
		for _, f := range calls {
			v, by := whole.Explain(f)
			w, above := top.Explain(f)
			for _, q := range []struct {
				row, before int
				same        bool
			}{
				{by.Log, above.Log, v.Log == w.Log},
				{by.Pop, above.Pop, v.Pop == w.Pop},
				{by.Layout, above.Layout, v.Layout == w.Layout},
				{by.Owner, above.Owner, v.Owner == w.Owner},
			} {
				if q.before > 0 && (q.row != q.before || !q.same) {
					t.Fatalf("rows below changed what row %d decides: %+v by %+v, %+v by %+v", q.before, v, by, w, above)
				}
			}
			for row, less := range without {
				if is := less.Judge(f); is != v {
					t.Fatalf("row %d is said to decide nothing, and without it %+v is %+v: %+v, %+v", row, v, is, f, rows)
				}
			}
		}
	})
}

// The switches can be written as rows.
func TestSwitchesAsRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, f := someSwitches(t), someFacts(t)
		yes := "yes"
		switch {
		case r.Never:
			yes = "no"
		case r.Ask:
			yes = "ask"
		}
		is := func(on bool) string {
			if on {
				return yes
			}
			return "no"
		}
		rows := []crm.Rule{
			{Name: "1", On: true, Statuses: []string{"failed", "answered elsewhere"}, Log: "no"},
			{Name: "2", On: true, Direction: "inbound", Statuses: []string{"answered"}, Log: is(r.Inbound)},
			{Name: "3", On: true, Direction: "outbound", Statuses: []string{"answered"}, Log: is(r.Outbound)},
			{Name: "4", On: true, Direction: "inbound", Log: is(r.Missed)},
			{Name: "5", On: true, Log: is(r.Unanswered)},
		}
		byRows := crm.Rules{Colleagues: r.Colleagues, Pop: r.Pop}
		byRows.Table, _ = crm.NewTable(rows)
		if got, want := byRows.Judge(f), r.Judge(f); got != want {
			t.Fatalf("rows say %+v, switches %+v", got, want)
		}
	})
}
