package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
	"linecard/test/wait"
)

// TestClickShowsThenDials: one click shows the number that would be dialled, a second one dials it.
func TestClickShowsThenDials(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.left.clickedRow(0)
	b.settle()
	if got := b.left.dial.field.Text; got != "+14155550132" {
		t.Errorf("the field has %q", got)
	}
	if got := b.desk.said(); got != nil {
		t.Errorf("one click told %q", got)
	}
	b.now = b.now.Add(200 * time.Millisecond)
	b.left.clickedRow(0)
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, "dial +14155550132") {
		t.Errorf("two clicks told %q", got)
	}
}

func TestSlowClicksDontDial(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.left.clickedRow(0)
	b.now = b.now.Add(time.Second)
	b.left.clickedRow(0)
	b.settle()
	if got := b.desk.said(); got != nil {
		t.Errorf("told %q", got)
	}
}

// TestListByKeyboard: Down from the field goes to the list, the arrows show numbers, Enter dials.
func TestListByKeyboard(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.focus(b.left.dial.field)
	b.left.dial.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	if b.cfg.Window.Canvas().Focused() != fyne.Focusable(b.left.list) {
		t.Fatalf("the focus is on %T", b.cfg.Window.Canvas().Focused())
	}
	b.left.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	b.left.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, "dial +34910555017") {
		t.Errorf("told %q", got)
	}
}

func TestWithheldCallsAreNotDialled(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.left.clickedRow(7)
	b.left.clickedRow(7)
	b.settle()
	if got := b.desk.said(); got != nil {
		t.Errorf("told %q", got)
	}
}

// TestSearch: what is typed searches; Enter on a name shows the first number found, and Enter again dials it.
func TestSearch(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.left.dial.field.SetText("priya")
	b.settle()
	if len(b.left.rows) != 1 || b.left.rows[0].Name != "Priya Raman" {
		t.Fatalf("found %+v", b.left.rows)
	}
	b.desk.said()
	b.left.dial.submit()
	b.settle()
	if got := b.left.dial.field.Text; got != "+15035550144" {
		t.Errorf("the field has %q", got)
	}
	if got := b.desk.said(); got != nil {
		t.Errorf("Enter on a name told %q", got)
	}
	b.left.dial.submit()
	b.settle()
	if got := b.desk.said(); !slices.Contains(got, "dial +15035550144") {
		t.Errorf("told %q", got)
	}
	if len(b.left.rows) != len(history()) {
		t.Errorf("the list still has %d rows", len(b.left.rows))
	}
}

// TestFastEnter: Enter on a name that has only just been typed waits for what that name finds. What the list shows at that
// moment is somebody else's number.
func TestFastEnter(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.focus(b.left.dial.field)
	for _, r := range "lena" {
		b.left.dial.field.TypedRune(r)
	}
	for range 2 {
		b.left.dial.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	}
	if got := b.left.dial.field.Text; got != "lena" {
		t.Fatalf("before the answer the field has %q", got)
	}
	b.settle()
	if got := b.left.dial.field.Text; got != "+49305550171" {
		t.Errorf("the field has %q", got)
	}
	b.left.dial.field.SetText("")
	b.settle()
	for _, r := range "qqqq" {
		b.left.dial.field.TypedRune(r)
	}
	b.left.dial.field.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.settle()
	if got := b.left.dial.field.Text; got != "qqqq" || !b.shows("No call has that name. Type a number to dial.") {
		t.Errorf("for a name nobody has the field has %q, and the window says %q", got, words(b.strips))
	}
	for _, told := range b.desk.said() {
		if strings.HasPrefix(told, "dial") {
			t.Errorf("told %q", told)
		}
	}
}

// TestEnterThenOtherLetters: who types on after Enter takes it back.
func TestEnterThenOtherLetters(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.left.dial.field.SetText("lena")
	b.left.dial.submit()
	b.left.dial.field.SetText("dana")
	b.settle()
	if got := b.left.dial.field.Text; got != "dana" {
		t.Errorf("the field has %q", got)
	}
}

// TestOvertakenAnswer: the answer to an older search does not replace a newer one's, however late it comes.
func TestOvertakenAnswer(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.left.dial.field.SetText("priya")
	b.left.dial.field.SetText("dana")
	b.typing.Wait()
	b.running.Wait()
	var answers []func()
	for len(b.pump.queue) > 0 {
		answers = append(answers, wait.For(t, b.pump.queue))
	}
	slices.Reverse(answers)
	for _, f := range answers {
		f()
	}
	if len(b.left.rows) != 1 || b.left.rows[0].Name != "Dana Whitfield" {
		t.Errorf("the list shows %+v", b.left.rows)
	}
}

// TestOlderCalls: the end of a full page brings the next one, and news at the top does not take it away again.
func TestOlderCalls(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	many := func(n int, from time.Time) []app.HistoryRow {
		rows := make([]app.HistoryRow, n)
		for i := range rows {
			rows[i] = app.HistoryRow{ID: from.String() + fmt.Sprint(i), Name: "Somebody", Started: from.Add(-time.Duration(i) * time.Minute)}
		}
		return rows
	}
	v.History = many(pageSize, noon)
	b.desk.history = many(30, noon.AddDate(0, 0, -1))
	b.draw(v)
	if len(b.left.rows) != pageSize {
		t.Fatalf("%d rows", len(b.left.rows))
	}
	b.left.list.ScrollToBottom()
	b.settle()
	if got := b.desk.said(); len(got) != 1 || len(b.left.rows) != pageSize+30 {
		t.Fatalf("at the end of the list the desk was told %q, and there are %d rows", got, len(b.left.rows))
	}
	v.History = append(many(1, noon.Add(time.Minute)), v.History[:pageSize-1]...)
	b.draw(v)
	if n := len(b.left.rows); n != pageSize+31 {
		t.Errorf("after a new call there are %d rows", n)
	}
}

func TestMissedAreSeen(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.desk.said()
	b.press("Missed")
	if got := b.desk.said(); !slices.Contains(got, "seen") || !slices.Contains(got, `history "" missed=true notlogged=false`) {
		t.Errorf("told %q", got)
	}
	if len(b.left.rows) != 2 {
		t.Errorf("%d rows", len(b.left.rows))
	}
}

func TestLogNote(t *testing.T) {
	for word, want := range map[string]string{"Log it now": "retry h6", "Don't log": "discard h6"} {
		b := newBench(t, nil)
		b.draw(idle())
		b.left.clickedRow(5)
		b.settle()
		if !b.shows("Refused: Sam Okafor") {
			t.Fatalf("the window says %q", words(b.root))
		}
		b.passes(doubleClick)
		b.press(word)
		if got := b.desk.said(); !slices.Equal(got, []string{want}) {
			t.Errorf("%s told %q", word, got)
		}
	}
}

// TestNotLoggedSaysWhy: each call says what keeps it, and the first can be sent or dropped without a click on it.
func TestNotLoggedSaysWhy(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.press("Not logged")
	if !b.shows("Waiting: Priya Raman") || !b.shows("Salesforce didn't answer.") {
		t.Errorf("the window says %q", words(b.left.root))
	}
	if got := rowWhy(b.left.rows[1]); got != "Salesforce refused the Task: the field Region is required. Ask your admin to make it optional for calls" {
		t.Errorf("the row says %q", got)
	}
	b.desk.said()
	b.passes(later)
	b.press("Log it now")
	if got := b.desk.said(); !slices.Equal(got, []string{"retry h4"}) {
		t.Errorf("told %q", got)
	}
	if b.left.selected != "" || b.left.dial.field.Text != "" {
		t.Error("a call was chosen to dial")
	}
}

func TestNotLookedUp(t *testing.T) {
	row := app.HistoryRow{Direction: "inbound", Number: "+44 20 7946 0958", Dial: "+442079460958"}
	if got := rowDetail(row, true); got != "No record" {
		t.Errorf("asked: %q", got)
	}
	row.Unidentified = true
	if got := rowDetail(row, true); got != "Not looked up" {
		t.Errorf("not asked: %q", got)
	}
}

// TestTransferChoices: colleagues come first, and neither the customer on the line nor a stranger who rang in vain comes.
func TestTransferChoices(t *testing.T) {
	b := newBench(t, nil)
	v := with(idle(), talking())
	other := v.History[0]
	other.ID, other.Number, other.Dial = "h0", "(415) 555-0100", "+14155550100" // another number of hers
	v.History = append([]app.HistoryRow{other}, v.History...)
	b.draw(v)
	b.press("Transfer")
	var names []string
	for _, r := range b.centre.call.target.candidates() {
		names = append(names, rowName(r))
	}
	if names[0] != "Support queue" || slices.Contains(names, "Dana Whitfield") || slices.Contains(names, "+44 20 7946 0958") {
		t.Errorf("suggested are %q", names)
	}
}

// A call that was dialed as sips: is one to the same colleague.
func TestTransferChoicesBySips(t *testing.T) {
	b := newBench(t, nil)
	v := with(idle(), talking())
	row := func(id, dial string) app.HistoryRow {
		return app.HistoryRow{ID: id, Direction: crm.Outbound, Outcome: crm.Answered, Name: "Kim " + id, Number: "2041", Dial: dial}
	}
	v.History = append([]app.HistoryRow{row("1", "sips:2041;postd=,9"), row("2", "2041"), row("3", "sips:2041"), row("4", "sips:kim@example.com")}, v.History...)
	v.History[3].Number = "kim"
	b.draw(v)
	b.press("Transfer")
	var names []string
	for _, r := range b.centre.call.target.candidates() {
		names = append(names, rowName(r))
	}
	if n := slices.Index(names, "Kim 1"); n != 0 || slices.Contains(names, "Kim 2") || slices.Contains(names, "Kim 3") || names[1] == "Kim 4" || !slices.Contains(names, "Kim 4") {
		t.Errorf("suggested are %q", names)
	}
	colleague := app.HistoryRow{Direction: crm.Outbound, Number: "2041", Dial: "sips:2041"}
	if got := rowDetail(colleague, true); got != "Outbound" {
		t.Errorf("a colleague's row says %q", got)
	}
}

// Whoever is in the copy of the org's people is found by name where a call is transferred to, without a request.
func TestTransferFindsPeople(t *testing.T) {
	b := newBench(t, nil)
	one := func(id, name, phone string) crm.Record {
		return crm.Record{Ref: crm.Ref{Object: crm.Contact, ID: id, Name: name}, Company: "Nordwind", Phones: []crm.PhoneField{{Field: "Phone", Value: phone}}}
	}
	v := with(idle(), talking())
	b.desk.nearby = map[string][]crm.Record{"kat": {one("77", "Katrin Sommer", "+49 40 5550133"), {Ref: crm.Ref{ID: "78", Name: "Kate without a number"}}, one(v.Calls[0].Lookup.Record.ID, "Kat on the line", "1")}}
	b.draw(v)
	b.press("Transfer")
	b.centre.call.target.target.SetText("kat")
	b.settle()
	if !b.shows("Katrin Sommer") || b.shows("Kate without a number") || b.shows("Kat on the line") {
		t.Errorf("found: %q", words(b.root))
	}
	b.press("Katrin Sommer")
	b.settle()
	if got := b.centre.call.target.target.Text; got != "+49 40 5550133" || len(b.desk.sought) != 0 {
		t.Errorf("the field has %q; asked of the org: %q", got, b.desk.sought)
	}
}

func TestOutboxLeadsToTheList(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	b.press("1 call waiting to log")
	if b.left.tab != tabNotLogged || len(b.left.rows) != 2 {
		t.Errorf("tab %d with %d rows", b.left.tab, len(b.left.rows))
	}
}

func TestDialable(t *testing.T) {
	for s, want := range map[string]bool{
		"+1 (415) 555-0132": true, "2041": true, "*600": true, "#31#0123": true, "sip:dana@acme.example": true,
		"dana@acme.example": true, "tel:+1415": true, "": false, "dana": false, "555-CALL": false, "sip:": false,
		"dana @acme": false, "+": false, "a@": false,
	} {
		if dialable(s) != want {
			t.Errorf("dialable(%q) = %v", s, !want)
		}
	}
}

// A page, and the whole list, is gone through with one key.
func TestTheListIsGoneThroughByPages(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.History = nil
	for i := range 100 {
		n := fmt.Sprint(4000 + i)
		v.History = append(v.History, app.HistoryRow{ID: n, Name: "Caller " + n, Number: n, Dial: n, Direction: crm.Inbound, Outcome: crm.Answered, Started: noon.Add(-time.Duration(i) * time.Minute)})
	}
	b.draw(v)
	b.focus(b.left.list)
	page := b.left.list.page()
	if page < 5 {
		t.Fatalf("a page has %d rows", page)
	}
	for _, step := range []struct {
		key  fyne.KeyName
		want int
	}{
		{fyne.KeyEnd, 99}, {fyne.KeyDown, 99}, {fyne.KeyPageUp, 99 - page}, {fyne.KeyUp, 98 - page}, {fyne.KeyHome, 0}, {fyne.KeyUp, 0}, {fyne.KeyPageDown, page}, {fyne.KeyDown, page + 1},
	} {
		b.left.list.TypedKey(&fyne.KeyEvent{Name: step.key})
		if got, want := b.left.dial.field.Text, fmt.Sprint(4000+step.want); got != want {
			t.Errorf("%s: the field has %q, want %q", step.key, got, want)
		}
	}
}
