package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
)

// TestTyping: every word goes to the desk, in order, and the desk's echoes of older words change nothing.
func TestTyping(t *testing.T) {
	b := newBench(t, nil)
	c := talking()
	b.draw(with(idle(), c))
	b.desk.said()
	notes := b.centre.call.form.notes
	b.focus(notes)
	for _, r := range "abc" {
		notes.TypedRune(r)
	}
	b.settle()
	want := []string{`notes c1 "a"`, `notes c1 "ab"`, `notes c1 "abc"`}
	if got := b.desk.said(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	for _, echo := range []string{"a", "ab", "", "abc"} {
		c.Wrap.Notes = echo
		b.draw(with(idle(), c))
		if notes.Text != "abc" {
			t.Fatalf("the echo %q made the note %q", echo, notes.Text)
		}
	}
	if got := b.desk.said(); got != nil {
		t.Errorf("echoes told %q", got)
	}
}

// TestDeskWrites: as long as the agent leaves a field alone, it says what the desk says.
func TestDeskWrites(t *testing.T) {
	b := newBench(t, nil)
	c := talking()
	c.Wrap.Subject = "Inbound call from +1 415 555 0132"
	b.draw(with(idle(), c))
	c.Wrap.Subject = "Inbound call from Dana Whitfield"
	b.draw(with(idle(), c))
	subject := b.centre.call.form.subject
	if subject.Text != c.Wrap.Subject {
		t.Errorf("the subject is %q", subject.Text)
	}
	subject.SetText("Renewal")
	b.settle()
	c.Wrap.Subject = "Inbound call from somebody else"
	b.draw(with(idle(), c))
	if subject.Text != "Renewal" {
		t.Errorf("what the agent wrote became %q", subject.Text)
	}
}

// TestNextCallHasItsOwnForm: nothing of one call's form stays in the next one's.
func TestNextCallHasItsOwnForm(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	b.centre.call.form.notes.SetText("about the first")
	b.settle()
	next := talking()
	next.ID, next.Wrap.Subject = "c9", "Another"
	b.draw(with(idle(), next))
	if f := b.centre.call.form; f.notes.Text != "" || f.subject.Text != "Another" {
		t.Errorf("notes %q, subject %q", f.notes.Text, f.subject.Text)
	}
}

// TestWritingGoesOn: the agent who types as the other side hangs up stays in the field.
func TestWritingGoesOn(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	notes := b.centre.call.form.notes
	b.focus(notes)
	notes.TypedRune('x')
	b.settle()
	c := wrapUp()
	c.Wrap.Notes = ""
	b.draw(with(idle(), c))
	if b.cfg.Window.Canvas().Focused() != fyne.Focusable(notes) || notes.Text != "x" {
		t.Errorf("after hang-up the focus is on %T and the note is %q", b.cfg.Window.Canvas().Focused(), notes.Text)
	}
	b.draw(idle())
	if f := b.cfg.Window.Canvas().Focused(); f != nil {
		t.Errorf("a form that is gone still has the focus: %T", f)
	}
}

func TestTabLeavesTheNotes(t *testing.T) {
	if newNotes(3, "").AcceptsTab() {
		t.Error("Tab stays in the notes")
	}
}

// TestChoices: an outcome and a related record are one click each, and what the desk chose is shown without being sent back.
func TestChoices(t *testing.T) {
	b := newBench(t, nil)
	c := wrapUp()
	c.Wrap.What = c.Wrap.Choices[1]
	b.draw(with(idle(), c))
	b.desk.said()
	f := b.centre.call.form
	if f.outcome.Selected != "Connected" || f.related.Selected != "Case: 00412: invoice address" {
		t.Errorf("outcome %q, related to %q", f.outcome.Selected, f.related.Selected)
	}
	f.outcome.SetSelected("Left voicemail")
	f.related.SetSelected("Opportunity: Acme renewal 2027")
	f.related.SetSelected(nothingElse())
	b.settle()
	want := []string{`outcome c1 "Left voicemail"`, `related c1 "006000000000001AAA"`, `related c1 ""`}
	if got := b.desk.said(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// What the agent chooses is seen at once, and stays through Views that were drawn before the desk took it; what the desk says after that
// is shown.
func TestAChoiceIsSeenWhileTheDeskIsSlow(t *testing.T) {
	b := newBench(t, nil)
	c := wrapUp()
	b.draw(with(idle(), c))
	f := b.centre.call.form
	f.outcome.SetSelected("Left voicemail")
	f.related.SetSelected("Opportunity: Acme renewal 2027")
	late := c // an older View: the timer has ticked
	late.Wrap.Notes += "."
	b.draw(with(idle(), late))
	if f.outcome.Selected != "Left voicemail" || f.related.Selected != "Opportunity: Acme renewal 2027" {
		t.Errorf("an older View shows %q, %q", f.outcome.Selected, f.related.Selected)
	}
	f.related.SetSelected(nothingElse())
	b.draw(with(idle(), late))
	if f.related.Selected != nothingElse() {
		t.Errorf("an older View shows %q", f.related.Selected)
	}
	late.Wrap.Disposition = "Left voicemail"
	b.draw(with(idle(), late))
	late.Wrap.What = c.Wrap.Choices[0]
	b.draw(with(idle(), late))
	if f.outcome.Selected != "Left voicemail" || f.related.Selected != nothingElse() {
		t.Errorf("the desk's echo of the first choice shows %q, %q", f.outcome.Selected, f.related.Selected)
	}
	late.Wrap.What = crm.Ref{}
	b.draw(with(idle(), late))
	late.Wrap.Disposition, late.Wrap.What = "Connected", c.Wrap.Choices[1] // by the command line
	b.draw(with(idle(), late))
	if f.outcome.Selected != "Connected" || f.related.Selected != "Case: 00412: invoice address" {
		t.Errorf("what the desk says then is shown as %q, %q", f.outcome.Selected, f.related.Selected)
	}
	want := []string{`outcome c1 "Left voicemail"`, `related c1 "006000000000001AAA"`, `related c1 ""`}
	b.settle()
	if got := b.desk.said(); !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// A letter that is typed and deleted again at once stays deleted, whatever Views come.
func TestADeletedLetterDoesNotComeBack(t *testing.T) {
	b := newBench(t, nil)
	c := talking()
	c.Wrap.Notes = "a"
	b.draw(with(idle(), c))
	notes := b.centre.call.form.notes
	b.focus(notes)
	notes.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	notes.TypedRune('x')
	notes.TypedKey(&fyne.KeyEvent{Name: fyne.KeyBackspace})
	for _, said := range []string{"a", "ax", "a"} { // an older View, and the desk's answers
		c.Wrap.Notes = said
		b.draw(with(idle(), c))
		if notes.Text != "a" {
			t.Errorf("a View with %q shows %q", said, notes.Text)
		}
	}
}

// A choice that the desk refuses is taken back, and the agent is told why.
func TestARefusedChoiceIsTakenBack(t *testing.T) {
	for name, choose := range map[string]func(f *wrapForm) *choice{
		"outcome": func(f *wrapForm) *choice { f.outcome.SetSelected("Left voicemail"); return f.outcome },
		"related": func(f *wrapForm) *choice { f.related.SetSelected("Case: 00412: invoice address"); return f.related },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), wrapUp()))
			f := b.centre.call.form
			was := map[string]string{"outcome": f.outcome.Selected, "related": f.related.Selected}[name]
			b.desk.refuses(name, fault.Err(nil, "desk.no-call"))
			list := choose(f)
			if list.Selected == was {
				t.Fatalf("the choice is not seen: %q", was)
			}
			b.settle()
			if list.Selected != was {
				t.Errorf("shows %q, want %q", list.Selected, was)
			}
			if !b.complaining.Load() {
				t.Error("the agent is not told")
			}
			if n := len(b.desk.said()); n != 1 {
				t.Errorf("told %d times", n)
			}
		})
	}
}

func TestLogSentences(t *testing.T) {
	linked, unlinked := idle(), app.View{}
	c := wrapUp()
	for state, want := range map[app.LogState]string{
		app.LogQueued: "Saved as a completed Task on the contact", app.LogSending: "Saving…", app.LogDone: "Logged in Salesforce. What you change here is saved there too.", app.LogSkipped: "Not logged",
	} {
		c.Wrap.Log = state
		if got := logSentence(linked, c); got != want {
			t.Errorf("%s: %q, want %q", state, got, want)
		}
	}
	c.Wrap.Log, c.Wrap.Error = app.LogQueued, "Salesforce didn't answer"
	if got := logSentence(linked, c); got != "Salesforce didn't answer." {
		t.Errorf("waiting: %q", got)
	}
	if got := logSentence(unlinked, c); got != "Kept here until an org is linked" {
		t.Errorf("unlinked: %q", got)
	}
	c.Wrap.Error, c.Lookup.Record = "", &crm.Match{Record: crm.Record{Ref: crm.Ref{Object: crm.Lead, ID: "1"}}}
	if got := logSentence(linked, c); got != "Saved as a completed Task on the lead" {
		t.Errorf("lead: %q", got)
	}
}
