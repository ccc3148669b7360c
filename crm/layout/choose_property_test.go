package layout

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"linecard/crm"
)

// Find and Choose make no list of an org's layouts, and find what is in it.
func TestWhatIsFoundIsInTheList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all List
		for range rapid.IntRange(0, 6).Draw(t, "layouts") {
			all = append(all, Layout{
				Name:    rapid.SampledFrom([]string{"Task", "task", "Case", "Support", "support", "Sales"}).Draw(t, "name"),
				Org:     rapid.SampledFrom([]string{"", "", "A", "B"}).Draw(t, "org"),
				Object:  rapid.SampledFrom(Objects).Draw(t, "object"),
				Default: rapid.Bool().Draw(t, "default"),
			})
		}
		org := rapid.SampledFrom([]string{"", "A", "B", "C"}).Draw(t, "asked org")
		name := rapid.SampledFrom([]string{"", "Task", "CASE", "support", "Nobody"}).Draw(t, "asked name")
		object := rapid.SampledFrom([]string{"", crm.Task, crm.Case}).Draw(t, "asked object")
		of := all.Of(org)
		if name != "" {
			got, ok := all.Find(org, name)
			i := index(of, name)
			if ok != (i >= 0) || ok && !reflect.DeepEqual(got, of[i]) {
				t.Fatalf("found %+v %v in %+v", got, ok, of)
			}
		}
		got := all.Choose(org, name, object)
		if object != "" && got.Object != object {
			t.Fatalf("a layout for %s: %+v", object, got)
		}
		in := false
		for _, l := range append(of, BuiltIn()...) {
			in = in || reflect.DeepEqual(l, got)
		}
		if !in {
			t.Fatalf("chose %+v of %+v", got, of)
		}
	})
}
