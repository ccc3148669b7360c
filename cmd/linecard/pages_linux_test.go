package main

import (
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"linecard/app"
	"linecard/sip/demopbx"
)

// The set-up pages of five other products, each walked point by point to the same end here, in the window of an admin. The points are
// those of docs/coming-from.md: a walk fails where it leaves one out.

// pointRow is a row of the tables there: the point, what it is in the other product, what is done here.
var pointRow = regexp.MustCompile(`(?m)^\| ([A-E])(\d+) \| .+ \| .+ \|$`)

// pointsOf are the points of a page.
func pointsOf(t *testing.T, page string) (points []string) {
	t.Helper()
	doc, err := os.ReadFile("../../docs/coming-from.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range pointRow.FindAllStringSubmatch(string(doc), -1) {
		if row[1] == page {
			points = append(points, row[1]+row[2])
		}
	}
	return points
}

// The five pages have this many points, as they were read in the products' own manuals.
func TestEveryPointOfTheFivePagesHasARow(t *testing.T) {
	for page, points := range map[string]int{"A": 11, "B": 7, "C": 10, "D": 6, "E": 11} {
		var want []string
		for i := range points {
			want = append(want, page+strconv.Itoa(i+1))
		}
		if got := pointsOf(t, page); !slices.Equal(got, want) {
			t.Errorf("docs/coming-from.md has %q, want %q", got, want)
		}
	}
}

// newPageWalk opens the window for the walk of one page. When it ends, every point must have been walked.
func newPageWalk(t *testing.T, page string) *walk {
	t.Helper()
	listed := pointsOf(t, page)
	w := newWalk(t)
	if w == nil {
		return nil
	}
	t.Cleanup(func() {
		if t.Failed() {
			return
		}
		slices.Sort(listed)
		slices.Sort(w.walked)
		if got := slices.Compact(w.walked); !slices.Equal(got, listed) {
			t.Errorf("walked %q, and docs/coming-from.md has %q", got, listed)
		}
	})
	return w
}

// point begins a point of the page, for a failure to name it and for the list of what was walked.
func (w *walk) point(points ...string) {
	w.at = points
	w.walked = append(w.walked, points...)
}

// link links the demo's org on the Salesforce page.
func (w *walk) link() {
	w.Helper()
	w.linkTo(w.demo.orgURL)
}

// linkTo links an org on the Salesforce page.
func (w *walk) linkTo(url string) {
	w.Helper()
	w.press("My Domain")
	w.write("Where to log in", url)
	w.write("Consumer key", w.demo.org.ClientID())
	w.press("Link org")
	w.sees("Linked to", "Is that who you meant?")
}

// talk answers a call in the window and hangs up; the log waits to be saved.
func (w *walk) talk(c demopbx.Caller) (id string) {
	w.Helper()
	w.must(w.demo.pbx.WaitRegistered(w.Context(), demoExtension))
	w.demo.ring(c)
	w.pressSeen("Answer")
	id = w.talks()
	w.pressSeen("Hang up")
	return id
}

// talks waits until a call is on.
func (w *walk) talks() (id string) {
	w.Helper()
	w.until("the call is on", func() bool {
		v := w.run.program.Desk().View()
		if len(v.Calls) == 0 || v.Calls[0].Phase != app.Talking {
			return false
		}
		id = v.Calls[0].ID
		return true
	})
	return id
}

// save saves the log of a call, and waits until the org has it.
func (w *walk) save(id string) {
	w.Helper()
	w.pressSeen("Save to Salesforce")
	w.logged(id)
}

// logged waits until the org has the log of a call.
func (w *walk) logged(id string) {
	w.Helper()
	w.until("the call is logged", func() bool {
		for _, r := range w.run.program.Desk().View().History {
			if r.ID == id {
				return r.Log == app.LogDone
			}
		}
		return false
	})
}
