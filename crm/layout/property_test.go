package layout_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"pgregory.net/rapid"

	"linecard/clean"
	"linecard/crm"
	"linecard/crm/layout"
)

// before is how the description of a Task was made before there were layouts.
func before(a crm.Activity, details []string) string {
	add := func(key, value string) {
		if value != "" {
			details = append(details, key+": "+clean.Line(value))
		}
	}
	add("Number", a.Number)
	add("Called", a.Called)
	add("Earlier", a.Earlier)
	if a.Override != "" {
		add("Do Not Call", "called anyway: "+a.Override)
	}
	if a.Cut {
		add("End", "not known, Linecard ended during the call")
	}
	if a.Disposition != "" {
		add("Outcome", layout.OutcomeLabel(a.Outcome))
	}
	text, notes := strings.Join(details, "\n"), clean.Text(a.Notes, 2*32000)
	if notes == "" || text == "" {
		return layout.Truncate(notes+text, 32000)
	}
	text = "\n\n" + text
	return layout.Truncate(notes, 32000-layout.Units(text)) + text
}

// cut is a text without the blanks before the mark of what was cut off: to leave those out is no loss.
func cut(text string) string { return blanks.ReplaceAllString(text, "[…]") }

var blanks = regexp.MustCompile(`\s+\[…\]`)

// The layout that is built in writes a Task as it was written before there were layouts.
func TestTheBuiltInLayoutChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"", "one", "two {braces}", "ü 😀", "{{", "a\nb"})
		a := crm.Activity{
			Direction: crm.Inbound, Outcome: rapid.SampledFrom([]crm.Outcome{crm.Answered, crm.Missed}).Draw(t, "outcome"),
			Number: word.Draw(t, "number"), Called: word.Draw(t, "called"), Earlier: word.Draw(t, "earlier"), Disposition: word.Draw(t, "disposition"), Override: word.Draw(t, "override"),
			Notes: strings.Repeat(rapid.StringN(0, 30, -1).Draw(t, "notes"), rapid.SampledFrom([]int{1, 1, 1200, 3000}).Draw(t, "times")),
			Cut:   rapid.Bool().Draw(t, "cut"), PartyName: word.Draw(t, "name"), Subject: rapid.SampledFrom([]string{"", "typed"}).Draw(t, "subject"),
		}
		var rest []string
		if rapid.Bool().Draw(t, "rest") {
			rest = []string{"Direction: Inbound", "Call Id: 1"}
		}
		r := layout.Task().Render(layout.Target{Object: caseObject(), Rest: rest}, layout.Call{Activity: a})
		if want := cut(before(a, slices.Clone(rest))); cut(r.Description) != want {
			t.Fatalf("the description of %d ends in %.200q, not of %d in %.200q", len(r.Description), r.Description[max(0, len(r.Description)-200):], len(want), want[max(0, len(want)-200):])
		}
		if want := layout.Truncate(clean.Short(a.SubjectLine(), 32000), 255); r.Subject != want {
			t.Fatalf("the subject is %q, not %q", r.Subject, want)
		}
	})
}

// Whatever a layout and a call are: no field is longer than the org takes, and the line by which the record is found again
// is there, once.
func TestEverythingFits(t *testing.T) {
	names := append(layout.Call{}.Known(), "Reason", "nonsense", "X-Campaign")
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Custom(func(t *rapid.T) layout.Value {
			v := layout.Value("")
			for range rapid.IntRange(0, 4).Draw(t, "pieces") {
				if rapid.Bool().Draw(t, "variable") {
					v += layout.Value("{" + rapid.SampledFrom(names).Draw(t, "name") + "}")
				} else {
					v += layout.Value(strings.Repeat(rapid.StringN(0, 12, -1).Draw(t, "text"), rapid.SampledFrom([]int{1, 50}).Draw(t, "times")))
				}
			}
			return v
		})
		l := layout.Layout{Name: "x", Object: crm.Case, LeadName: rapid.SampledFrom([]string{"", "Text__c", "Nope"}).Draw(t, "lead"), Variables: []layout.Variable{{Name: "Reason", Ask: true, Default: value.Draw(t, "default")}}}
		l.Subject = rapid.SliceOfN(value, 0, 4).Draw(t, "subject")
		for _, v := range rapid.SliceOfN(value, 0, 5).Draw(t, "lines") {
			l.Description = append(l.Description, layout.Line{Key: rapid.SampledFrom([]string{"", "Key"}).Draw(t, "key"), Value: v})
		}
		fields := caseObject().Fields
		for _, v := range rapid.SliceOfN(value, 0, 5).Draw(t, "fields") {
			l.Fields = append(l.Fields, layout.Field{Field: fields[rapid.IntRange(0, len(fields)-1).Draw(t, "field")].Name, Value: v})
		}
		c := call()
		c.Notes = strings.Repeat(rapid.StringN(0, 20, -1).Draw(t, "notes"), rapid.SampledFrom([]int{1, 4000}).Draw(t, "repeat"))
		c.Who.Object = rapid.SampledFrom([]string{"", crm.Lead}).Draw(t, "who")
		c.Who.Name = "Lee"
		r, _ := l.Judge(layout.Target{Object: caseObject(), Rest: []string{"Call Id: 42"}, Marker: "Call Id: 42"}, c)
		if n := java(r.Subject); n > 255 || r.Subject == "" {
			t.Fatalf("the subject has %d characters", n)
		}
		if n := java(strings.ReplaceAll(r.Description, "\n", "\r\n")); n > 32000 {
			t.Fatalf("the description has %d characters", n)
		}
		if !strings.Contains(r.Description, "Call Id: 42") {
			t.Fatal("the call is not found again")
		}
		for name, v := range r.Fields {
			f, _ := caseObject().Field(name)
			if s, ok := v.(string); ok && f.Length > 0 && java(strings.ReplaceAll(s, "\n", "\r\n")) > f.Length {
				t.Fatalf("%s is %d long", name, java(s))
			}
			if !f.Createable || !f.Takes() {
				t.Fatalf("%s is written", name)
			}
		}
	})
}

// java is the length of a text as Salesforce counts it.
func java(s string) int { return len(utf16.Encode([]rune(s))) }

// A value is taken apart and put together without loss, whatever it is.
func FuzzValue(f *testing.F) {
	for _, s := range []string{"", "{", "{{", "{}", "{number}", "a {number} b", "{ number }", "{a{b}", "{{{number}}", "}", "{a\nb}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l := layout.Case()
		l.Subject = []layout.Value{layout.Value(s)}
		r := l.Render(layout.Target{Object: caseObject()}, call())
		if java(r.Subject) > 255 {
			t.Fatalf("%q is %d long", r.Subject, java(r.Subject))
		}
		if got := layout.Text(s); len(got.Names()) != 0 {
			t.Fatalf("the text %q has variables %v", s, got.Names())
		}
	})
}

// A layout that was kept is one of bounded size, whatever came.
func TestTidy(t *testing.T) {
	l := layout.Layout{Name: " a\u202eb\n", Object: crm.Case, Subject: make([]layout.Value, 200), Variables: []layout.Variable{{Name: "x", Choices: []string{"a", " ", "b"}}}, Description: []layout.Line{{Key: "Key:", Value: layout.Value(strings.Repeat("x", 9000))}}}
	got := l.Tidy()
	if len(got.Subject) != layout.MaxParts || got.Name != "ab" && got.Name != "a b" || len(got.Variables[0].Choices) != 2 || got.Description[0].Key != "Key" || utf8.RuneCountInString(string(got.Description[0].Value)) > layout.MaxValue {
		t.Errorf("%+v", got)
	}
}
