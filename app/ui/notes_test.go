package ui

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"pgregory.net/rapid"
)

// aField is a field of notes of a size, with a text in it.
func aField(t testing.TB, s string) *notes {
	theApp()
	wear(theApp(), Appearance{Mode: Light})
	n := newNotes(3, "hint")
	test.WidgetRenderer(n)
	n.Resize(fyne.NewSize(360, 190))
	n.SetText(s)
	return n
}

func (n *notes) keys(names ...fyne.KeyName) {
	for _, name := range names {
		n.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

func (n *notes) writes(s string) {
	for _, r := range s {
		n.TypedRune(r)
	}
}

func ctrlKey(k fyne.KeyName, also fyne.KeyModifier) *desktop.CustomShortcut {
	return &desktop.CustomShortcut{KeyName: k, Modifier: fyne.KeyModifierControl | also}
}

func TestNotesAreEdited(t *testing.T) {
	clip := theApp().Clipboard()
	for name, tt := range map[string]struct {
		before string
		act    func(*notes)
		want   string
	}{
		"typed at the end":       {"", func(n *notes) { n.writes("Zoë 日本") }, "Zoë 日本"},
		"a line":                 {"ab", func(n *notes) { n.keys(fyne.KeyLeft, fyne.KeyReturn) }, "a\nb"},
		"Backspace takes a rune": {"aë", func(n *notes) { n.keys(fyne.KeyBackspace) }, "a"},
		"Backspace at the start": {"a", func(n *notes) { n.keys(fyne.KeyHome, fyne.KeyBackspace) }, "a"},
		"Delete":                 {"aëb", func(n *notes) { n.keys(fyne.KeyHome, fyne.KeyRight, fyne.KeyDelete) }, "ab"},
		"Delete at the end":      {"a", func(n *notes) { n.keys(fyne.KeyDelete) }, "a"},
		"Home and End":           {"one\ntwo", func(n *notes) { n.keys(fyne.KeyHome); n.writes("<"); n.keys(fyne.KeyEnd); n.writes(">") }, "one\n<two>"},
		"up and down":            {"one\n\nthree", func(n *notes) { n.keys(fyne.KeyUp, fyne.KeyUp); n.writes("!") }, "one!\n\nthree"},
		"a word back":            {"one two", func(n *notes) { n.TypedShortcut(ctrlKey(fyne.KeyLeft, 0)); n.writes("x") }, "one xtwo"},
		"a word is deleted":      {"one two", func(n *notes) { n.TypedShortcut(ctrlKey(fyne.KeyBackspace, 0)) }, "one "},
		"a selected word":        {"one two", func(n *notes) { n.TypedShortcut(ctrlKey(fyne.KeyLeft, fyne.KeyModifierShift)); n.writes("x") }, "one x"},
		"Shift selects": {"abc", func(n *notes) {
			n.KeyDown(&fyne.KeyEvent{Name: desktop.KeyShiftLeft})
			n.keys(fyne.KeyLeft, fyne.KeyLeft)
			n.writes("X")
		}, "aX"},
		"all": {"abc", func(n *notes) { n.TypedShortcut(&fyne.ShortcutSelectAll{}); n.writes("X") }, "X"},
		"cut and pasted": {"abc", func(n *notes) {
			n.TypedShortcut(&fyne.ShortcutSelectAll{})
			n.TypedShortcut(&fyne.ShortcutCut{Clipboard: clip})
			n.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
			n.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
		}, "abcabc"},
		"undone": {"", func(n *notes) { n.writes("one"); n.keys(fyne.KeyReturn); n.writes("two"); n.undo(); n.undo() }, "one"},
		"undone and done again": {"", func(n *notes) {
			n.writes("one")
			n.TypedShortcut(&fyne.ShortcutUndo{})
			n.TypedShortcut(&fyne.ShortcutRedo{})
		}, "one"},
		"a double click": {"one two", func(n *notes) { n.clickAt(12, 2); n.writes("X") }, "X two"},
		"three clicks":   {"one two\nthree", func(n *notes) { n.clickAt(12, 3); n.writes("X") }, "X\nthree"},
		"dragged over everything": {"one two", func(n *notes) {
			n.clickAt(8, 1)
			n.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(300, 12)}})
			n.writes("X")
		}, "X"},
		"control characters": {"", func(n *notes) { n.insert("a\r\nb\x1b[31m\x00c\rd\u202e") }, "a\nb [31m c\nd"},
	} {
		t.Run(name, func(t *testing.T) {
			n := aField(t, tt.before)
			told := n.Text
			n.OnChanged = func(s string) { told = s }
			tt.act(n)
			if n.Text != tt.want || told != tt.want {
				t.Errorf("the text is %q, told %q, want %q", n.Text, told, tt.want)
			}
		})
	}
}

func (n *notes) clickAt(x float32, times int) {
	for range times {
		n.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 12)}, Button: desktop.MouseButtonPrimary})
		n.MouseUp(nil)
	}
}

// TestNotesAgreeWithAString: whatever is done, the text is what the same would make of a string, the caret is in it and in
// sight, and the rows are the text, none wider than the field.
func TestNotesAgreeWithAString(t *testing.T) {
	n := aField(t, "")
	rapid.Check(t, func(rt *rapid.T) {
		n.SetText(rapid.SampledFrom([]string{"", "one two", strings.Repeat("wide ", 60), strings.Repeat("ü", 300), "a\n\nb\n"}).Draw(rt, "text"))
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			before, from, to := n.Text, min(n.caret, n.anchor), max(n.caret, n.anchor)
			switch rapid.IntRange(0, 3).Draw(rt, "kind") {
			case 0:
				s := rapid.SampledFrom([]string{"a", " ", "ë", "\n", "日本", "two words"}).Draw(rt, "typed")
				n.insert(s)
				if want := before[:from] + s + before[to:]; n.Text != want {
					rt.Fatalf("%q with %q at %d-%d is %q", before, s, from, to, n.Text)
				}
			case 1:
				n.shift = rapid.Bool().Draw(rt, "shift")
				n.keys(rapid.SampledFrom([]fyne.KeyName{fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageUp, fyne.KeyPageDown}).Draw(rt, "move"))
			case 2:
				n.keys(rapid.SampledFrom([]fyne.KeyName{fyne.KeyBackspace, fyne.KeyDelete}).Draw(rt, "delete"))
				if len(n.Text) > len(before) {
					rt.Fatal("deleting made it longer")
				}
			case 3:
				n.move(n.at(fyne.NewPos(rapid.Float32Range(-10, 400).Draw(rt, "x"), rapid.Float32Range(-20, 220).Draw(rt, "y"))), rapid.Bool().Draw(rt, "drag"))
			}
			if !utf8.ValidString(n.Text) || !utf8.ValidString(n.Text[:n.caret]) || !utf8.ValidString(n.Text[:n.anchor]) {
				rt.Fatalf("a rune was cut in %q at %d or %d", n.Text, n.caret, n.anchor)
			}
			if row := n.rowOf(n.caret); row < n.top || row >= n.top+n.inSight() {
				rt.Fatalf("the caret is in row %d, in sight are %d of %d", row, n.inSight(), n.top)
			}
			for i := range n.rows {
				a, z := n.span(i)
				if w := n.leftIn(i, a+len(strings.TrimRight(n.Text[a:z], " "))); w > n.width+8 {
					rt.Fatalf("row %q is %v wide, the field %v", n.Text[a:z], w, n.width)
				}
			}
		}
	})
}

// TestLongNotesAreKept: what is longer than a Task takes stays, and is told; beyond what the field takes, it is told too.
func TestLongNotesAreKept(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	form := b.centre.call.form
	clip := b.cfg.App.Clipboard()
	clip.SetContent(strings.Repeat("ü", 40_000))
	form.notes.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	b.settle()
	if n := utf8.RuneCountInString(b.noted()["c1"]); n != 40_000 {
		t.Errorf("%d of 40,000 characters are kept", n)
	}
	if !b.shows("A Task takes 32,000 characters. The last 8,000 stay here only.") {
		t.Errorf("the window says %q", words(b.centre.root))
	}
	form.notes.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	b.settle()
	if !b.shows("The notes take 100,000 bytes. What doesn't fit was left out.") {
		t.Errorf("the window says %q", words(b.strips))
	}
	form.notes.undo()
	if utf8.RuneCountInString(form.notes.Text) != 40_000 {
		t.Error("Undo does not take the paste back")
	}
}

// keysAtTheEnd types into notes of 32,000 characters, with everything that follows in the window.
func keysAtTheEnd(b *bench, n int) {
	notes := b.centre.call.form.notes
	for range n {
		notes.TypedRune('x')
		b.settle()
		c := talking()
		c.Wrap.Notes = notes.Text
		b.apply(with(idle(), c))
	}
}

// manyWords is a text of 9,000 words, each another one, in about 100,000 bytes.
func manyWords() string {
	var s strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&s, "client%d ", 1000+i)
	}
	return s.String()
}

// A text with more words than are remembered at most is not measured as a whole for every key.
func TestManyWordsAreMeasuredOnce(t *testing.T) {
	n := aField(t, manyWords())
	const mark = "not a word of it"
	n.TypedRune('x')
	n.widths[mark] = 1
	n.TypedRune('y')
	if _, kept := n.widths[mark]; !kept {
		t.Error("the widths of the words are forgotten with each key")
	}
	for i := range 30_000 { // words of texts that are gone
		n.widths[fmt.Sprint(i)] = 1
	}
	n.TypedRune('z')
	if _, kept := n.widths[mark]; kept || len(n.widths) > 10_000 {
		t.Errorf("%d widths are remembered", len(n.widths))
	}
}

// BenchmarkKeyInLongNotes is a key in notes of 32,000 characters, and in the longest of other words: it has to take less than 16 ms.
func BenchmarkKeyInLongNotes(b *testing.B) {
	for name, text := range map[string]string{
		"words": strings.Repeat("Wants a quote by Friday. ", 1280), "one word": strings.Repeat("x", 32_000), "lines": strings.Repeat("A line of it\n", 2462),
		"9,000 words": manyWords(),
	} {
		b.Run(name, func(b *testing.B) {
			bench := newBench(b, nil)
			bench.draw(with(idle(), talking()))
			bench.centre.call.form.notes.SetText(text)
			bench.settle()
			for b.Loop() {
				keysAtTheEnd(bench, 1)
			}
		})
	}
}

// TestAKeyInLongNotesIsQuick: a key at 32,000 characters costs a small part of what it did at 2,000. On a machine that does
// much else, or with the race detector, the best of many keys says what a key costs.
func TestAKeyInLongNotesIsQuick(t *testing.T) {
	n := aField(t, strings.Repeat("Wants a quote by Friday. ", 1280))
	best := time.Hour
	for range 30 {
		begun := time.Now()
		n.TypedRune('x')
		best = min(best, time.Since(begun))
	}
	if best > 100*time.Millisecond {
		t.Errorf("a key takes %v", best)
	}
}

// What is pasted into the subject fits it, and the caret stands behind it; a password is as it was chosen.
func TestTheSubjectTakesWhatItShows(t *testing.T) {
	clip := theApp().Clipboard()
	f := newField("hint")
	test.WidgetRenderer(f)
	f.SetText("about ")
	f.CursorColumn = len("about ")
	clip.SetContent("\x1b[31mthe\u202e\r\norder\x00")
	f.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	f.TypedRune('\u202e')
	f.TypedRune('!')
	if want := "about [31mthe order!"; f.Text != want || f.CursorColumn != len(want) {
		t.Errorf("the subject is %q with the caret at %d, want %q", f.Text, f.CursorColumn, want)
	}
	f.SetText("")
	f.Password = true
	clip.SetContent("ge\u200bheim")
	f.TypedShortcut(&fyne.ShortcutPaste{Clipboard: clip})
	if f.Text != "ge\u200bheim" {
		t.Errorf("the password is %q", f.Text)
	}
}
