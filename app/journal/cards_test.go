package journal

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"linecard/crm"
	"linecard/crm/crmtest"
)

func yardOf(r crm.Ref, department string) Card {
	return Card{
		Ref: r, User: "005A", Name: "Dana", Seen: crm.Card{Fields: []crm.CardField{{Name: "Department", Label: "Department", Type: "string", Value: "Plant"}}, Modified: noon},
		Values: map[string]string{"Department": department},
	}
}

// What is typed on cards is read back as it was kept, whatever becomes of the call, until it is settled; and a call that has some is not
// forgotten.
func TestCardsAreKeptUntilSettled(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openJudged(t, path, crmtest.LogAll())
	must(t, j.Ring(ctx, ringing("a")))
	other := dana
	other.ID = "003000000000009AAA"
	must(t, j.KeepCards(ctx, "a", []Card{yardOf(dana, "Yard"), yardOf(other, "Quay")}))
	final, activity := ended("a")
	must(t, j.Hangup(ctx, final, activity))
	must(t, j.Close())
	j = openJudged(t, path, crmtest.LogAll())
	want := []Card{yardOf(dana, "Yard"), yardOf(other, "Quay")}
	for i := range want {
		want[i].Call = "a"
	}
	got, err := j.Cards(ctx)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("kept %+v, %v, want %+v", got, err, want)
	}
	must(t, j.Discard(ctx, "a"))
	if n, err := j.Prune(ctx, time.Now().Add(time.Hour), 0); n != 0 || err != nil {
		t.Errorf("%d forgotten, %v", n, err)
	}
	must(t, j.CardSettled(ctx, "a", dana.ID, map[string]string{"Department": "Shed"})) // an older word: "Yard" was typed since
	must(t, j.CardSettled(ctx, "a", other.ID, map[string]string{"Department": "Quay"}))
	if got, err = j.Cards(ctx); err != nil || fmt.Sprint(got) != fmt.Sprint(want[:1]) {
		t.Errorf("left %+v, %v", got, err)
	}
	must(t, j.CardSettled(ctx, "a", dana.ID, map[string]string{"Department": "Yard"}))
	if got, err = j.Cards(ctx); err != nil || got != nil {
		t.Errorf("left %+v, %v", got, err)
	}
	if n, err := j.Prune(ctx, time.Now().Add(time.Hour), 0); n != 1 || err != nil {
		t.Errorf("%d forgotten, %v", n, err)
	}
}

// Cards come along out of a damaged journal, and damaged ones are none.
func TestCardsOfADamagedJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), FileName)
	j := openJudged(t, path, crmtest.LogAll())
	for _, id := range []string{"a", "b"} {
		must(t, j.Ring(ctx, ringing(id)))
		must(t, j.KeepCards(ctx, id, []Card{yardOf(dana, "Yard")}))
	}
	_, err := j.w.Exec("UPDATE calls SET cards = '[{not json' WHERE id = 'b'; DROP TABLE outbox")
	must(t, err)
	must(t, j.Close())
	j = openJudged(t, path, crmtest.LogAll())
	got, err := j.Cards(ctx)
	if err != nil || len(got) != 1 || got[0].Call != "a" || got[0].Values["Department"] != "Yard" {
		t.Errorf("kept %+v, %v", got, err)
	}
}

// A call that was taken back is forgotten with all that was kept of it; one that has an end stays.
func TestACallIsTakenBack(t *testing.T) {
	j := openJudged(t, filepath.Join(t.TempDir(), FileName), crmtest.LogAll())
	final, activity := ended("over")
	must(t, j.Hangup(ctx, final, activity))
	must(t, j.Ring(ctx, ringing("none")))
	must(t, j.EditActivity(ctx, "none", crm.Activity{Started: noon}))
	for _, id := range []string{"none", "over", "unheard of"} {
		must(t, j.TakeBack(ctx, id))
	}
	rows, err := j.History(ctx, Filter{})
	if err != nil || len(rows) != 1 || rows[0].ID != "over" || rows[0].State != Ready {
		t.Errorf("the history: %+v, %v", rows, err)
	}
}
