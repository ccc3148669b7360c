package ui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"pgregory.net/rapid"

	"linecard/app"
)

// spot is where the agent is typing, in the agent's own mind; the zero spot is nowhere.
type spot struct{ kind, of string }

// spot is where the keyboard is.
func (b *bench) spot() spot {
	f := b.cfg.Window.Canvas().Focused()
	s := b.centre.call
	switch {
	case f == nil && s != nil && s.keyed && b.centre.now == scene(s) && !b.inSettings():
		return spot{"keypad", b.shown().ID}
	case f == nil || !takesText(f):
		return spot{}
	case f == fyne.Focusable(b.left.dial.field):
		return spot{"number", ""}
	case f == fyne.Focusable(b.reason):
		return spot{"reason", b.asked}
	case s != nil && f == fyne.Focusable(s.form.notes):
		return spot{"notes", s.call.ID}
	case s != nil && f == fyne.Focusable(s.target.target):
		return spot{"target", s.call.ID}
	}
	if s != nil {
		for _, r := range s.form.asked.rows {
			if r.text != nil && f == fyne.Focusable(r.text) {
				return spot{"answers", s.call.ID}
			}
		}
	}
	for _, r := range b.record.card.rows {
		if r.text != nil && f == fyne.Focusable(r.text) {
			return spot{"card", b.record.card.call.ID}
		}
	}
	return spot{"settings", ""}
}

// strikes presses one key: a letter, a digit, "⏎" or "↓".
func (b *bench) strikes(key string) {
	f := b.cfg.Window.Canvas().Focused()
	name, named := map[string]fyne.KeyName{"⏎": fyne.KeyReturn, "↓": fyne.KeyDown}[key]
	switch {
	case named && f != nil:
		f.TypedKey(&fyne.KeyEvent{Name: name})
	case named:
		b.typedKey(&fyne.KeyEvent{Name: name})
	case f != nil:
		f.TypedRune([]rune(key)[0])
	default:
		b.typedRune([]rune(key)[0])
	}
	b.settle()
}

// may says whether a key that is typed in a place may have told the desk this.
func (p spot) may(told string) bool {
	for _, asks := range []string{"history ", "seen"} {
		if strings.HasPrefix(told, asks) {
			return true
		}
	}
	switch p.kind {
	case "notes", "answers":
		return strings.HasPrefix(told, p.kind+" "+p.of+" ")
	case "card":
		return strings.HasPrefix(told, "card "+p.of+" ") || told == "save card "+p.of
	case "keypad": // a letter is a note about the same call
		return strings.HasPrefix(told, "dtmf "+p.of+" ") || strings.HasPrefix(told, "notes "+p.of+" ")
	case "number":
		return strings.HasPrefix(told, "dial ")
	case "reason":
		return strings.HasPrefix(told, "dial anyway "+p.of+":")
	case "target":
		return strings.HasPrefix(told, "transfer "+p.of+" ")
	}
	return p.kind == "settings"
}

// TestWhatIsTypedGoesWhereTheAgentTypes plays calls in any order under typing fingers, in every place where one can type. Every key goes to
// the place where the agent put the keyboard by hand, or is swallowed. It never becomes a note about another call, a choice among
// matches, a key of a call, a number, a reason, or a call to somebody.
func TestWhatIsTypedGoesWhereTheAgentTypes(t *testing.T) {
	b := newBench(t, nil)
	rapid.Check(t, func(rt *rapid.T) { newFingers(b, rt).play() })
}

type fingers struct {
	*bench
	rt    *rapid.T
	calls []app.CallView
	fresh int
	front string
	mind  spot      // where the agent is typing
	last  time.Time // the agent did something, with a key or by hand
}

func newFingers(b *bench, rt *rapid.T) *fingers {
	b.closeSettings()
	b.cfg.Window.Canvas().Unfocus()
	if b.asking.open {
		b.answerLink(false)
	}
	b.draw(idle())
	b.left.dial.field.SetText("")
	b.middle, b.struck, b.now, b.desk.forbids = middleCall{}, time.Time{}, noon, ""
	b.settle()
	b.desk.said()
	return &fingers{bench: b, rt: rt}
}

func (f *fingers) play() {
	steps := []string{
		"ring", "answer", "end", "hold", "gone", "fail", "front", "ask", "save", "hang up", "take", "many",
		"type", "type", "type", "type", "type", "notes", "question", "card", "number", "settings", "escape", "look", "keypad", "transfer", "dial", "forbidden",
	}
	for range rapid.IntRange(5, 50).Draw(f.rt, "steps") {
		f.waits(time.Duration(rapid.SampledFrom([]int{10, 400, 900, 1100, 4000}).Draw(f.rt, "milliseconds")) * time.Millisecond)
		step := rapid.SampledFrom(steps).Draw(f.rt, "step")
		f.rests()
		switch {
		case step == "type":
			f.last = f.now
			f.types(rapid.SampledFrom([]string{"a", "a", "2", "2", "5", "⏎", "↓", "*"}).Draw(f.rt, "key"))
		case f.byHand(step):
			f.shows()
			f.mind, f.last = f.spot(), f.now
			if step == "save" || step == "hang up" { // what the agent types next is about something else
				f.mind = spot{}
			}
		default:
			f.happens(step)
		}
		f.shows()
		if f.fresh == 9 {
			break
		}
	}
}

// rests has the agent, who has typed nothing for long, type about what is there now.
func (f *fingers) rests() {
	rest := f.now.Sub(f.last)
	if rest >= tornRests || rest >= keyingRests && f.mind.kind == "keypad" {
		f.mind = f.spot()
	}
}

// types presses a key, and looks at what it did.
func (f *fingers) types(key string) {
	f.desk.said()
	number, reason, before := f.left.dial.field.Text, f.reason.Text, f.spot()
	f.strikes(key)
	told := f.desk.said()
	if f.mind == (spot{}) { // what is typed with the keyboard nowhere begins something
		f.mind = f.spot()
		f.remember(told)
		return
	}
	for _, t := range told {
		if !f.mind.may(t) {
			f.rt.Fatalf("%q, typed in %+v, told %q", key, f.mind, t)
		}
	}
	if f.left.dial.field.Text != number && f.mind.kind != "number" {
		f.rt.Fatalf("%q, typed in %+v, made the number %q", key, f.mind, f.left.dial.field.Text)
	}
	if f.reason.Text != reason && f.mind.kind != "reason" {
		f.rt.Fatalf("%q, typed in %+v, made the reason %q", key, f.mind, f.reason.Text)
	}
	f.remember(told)
	if at := f.spot(); at != (spot{}) { // Enter and Down lead on; a letter leads from the keypad to the notes
		f.mind = at
	} else if f.cfg.Window.Canvas().Focused() != nil || before == f.mind { // Enter has sent it off
		f.mind = spot{}
	}
}

// remember puts what was typed into the calls, as the desk does.
func (f *fingers) remember(told []string) {
	for _, t := range told {
		var id, text string
		if n, _ := fmt.Sscanf(t, "notes %s %q", &id, &text); n == 2 {
			if i := f.find(id); i >= 0 {
				f.calls[i].Wrap.Notes = text
			}
		}
	}
}

func (f *fingers) find(id string) int {
	return slices.IndexFunc(f.calls, func(c app.CallView) bool { return c.ID == id })
}

// byHand does what the agent does, and says whether the step was of that kind.
func (f *fingers) byHand(step string) bool {
	s, c := f.centre.call, f.shown()
	form := s != nil && f.centre.now == scene(s) && !f.inSettings()
	switch step {
	case "notes":
		f.writeNotes()
	case "question":
		if form && len(s.form.asked.rows) > 0 && s.form.asked.rows[0].text.Visible() && s.body() == nil {
			f.focus(s.form.asked.rows[0].text)
		}
	case "card":
		if !f.inSettings() && f.record.now.card {
			f.focus(f.record.card.rows[0].text)
		}
	case "number":
		f.focusNumber()
	case "settings":
		f.openSettings(pagePhone)
		f.settle()
		if at := placesIn(f.Window.settings.root); len(at) > 0 {
			f.focus(at[rapid.IntRange(0, len(at)-1).Draw(f.rt, "field")])
		}
	case "escape":
		if at := f.cfg.Window.Canvas().Focused(); at != nil {
			at.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		} else {
			f.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
		}
	case "look", "take":
		if len(f.calls) > 0 {
			i := rapid.IntRange(0, len(f.calls)-1).Draw(f.rt, "which")
			if step == "look" {
				f.focusCall(f.calls[i].ID)
			} else if f.calls[i].Phase == app.Ringing {
				f.takeOver(f.calls[i])
				f.settle()
				f.talks(i)
			}
		}
	case "keypad":
		f.inCall((*callScene).toggleKeypad)
	case "transfer":
		f.inCall((*callScene).toggleTransfer)
	case "save":
		f.saveWrap()
	case "hang up":
		if i := f.find(c.ID); connected(c) && i >= 0 {
			f.hangup(c.ID)
			f.calls[i] = over(c)
		}
	case "dial", "forbidden": // the agent types on meanwhile, or not
		f.desk.forbids = map[string]string{"forbidden": "Dana Whitfield"}[step]
		f.dial("", "+14155550144")
		if rapid.Bool().Draw(f.rt, "types on") {
			f.writeNotes()
		}
		f.mind = f.spot()
		f.settle()
		if i := f.find("new"); step == "dial" && i < 0 {
			f.calls = append(f.calls, phased(caller("new"), app.Dialing))
		}
		f.shows()
		if f.mind != (spot{}) {
			return false // what came of it was not by hand
		}
	default:
		return false
	}
	f.settle()
	return true
}

func (f *fingers) talks(i int) {
	for j := range f.calls {
		if f.calls[j].Phase == app.Talking {
			f.calls[j].Phase = app.Held
		}
	}
	f.calls[i].Phase = app.Talking
}

// happens does what happens by itself.
func (f *fingers) happens(step string) {
	if step == "ring" {
		f.fresh++
		c := caller(fmt.Sprint("p", f.fresh))
		switch f.fresh % 3 {
		case 0:
			c.Lookup = unknown(app.LookupMany).Lookup
		case 1:
			c = carded(c)
			c.Lookup = talking().Lookup
			c.Wrap.Asked = []app.AskedView{{Name: "Order number"}}
		}
		f.calls = append(f.calls, phased(c, app.Ringing))
	}
	if len(f.calls) == 0 {
		return
	}
	i := rapid.IntRange(0, len(f.calls)-1).Draw(f.rt, "which")
	c := &f.calls[i]
	switch {
	case step == "answer" && live(*c):
		f.talks(i)
	case step == "hold" && c.Phase == app.Talking:
		c.Phase = app.Held
	case step == "end" && connected(*c):
		*c = over(*c)
	case step == "fail" && c.Phase == app.Dialing:
		c.Phase = app.Finished
	case step == "gone" && !connected(*c):
		f.calls = slices.Delete(f.calls, i, i+1)
	case step == "front":
		f.front = c.ID
	case step == "many":
		c.Lookup = unknown(app.LookupMany).Lookup
		c.Card = app.CardView{}
	case step == "ask":
		c.Wrap.Asked = map[bool][]app.AskedView{true: {{Name: "Order number"}, {Name: "Reason"}}, false: {{Name: "Order number", Required: true}}}[len(c.Wrap.Asked) == 1]
	}
}

// shows draws the calls as they are now.
func (f *fingers) shows() {
	ordered := slices.Clone(f.calls)
	slices.SortStableFunc(ordered, func(x, y app.CallView) int {
		if (x.ID == f.front) != (y.ID == f.front) {
			return map[bool]int{true: -1, false: 1}[x.ID == f.front]
		}
		return 0
	})
	f.draw(with(idle(), ordered...))
}
