package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"linecard/app"
	"linecard/crm"
	"linecard/fault"
)

// TestEveryButton presses each button in the state in which it is there, and looks what the desk was told.
func TestEveryButton(t *testing.T) {
	held := func() app.CallView { c := talking(); c.Phase, c.HeldSince = app.Held, noon; return c }
	muted := func() app.CallView { c := talking(); c.Muted = true; return c }
	parked := func() app.CallView { c := wrapUp(); c.Wrap.Log = app.LogParked; return c }
	tests := []struct {
		name  string
		calls []app.CallView
		press []string
		want  []string
	}{
		{"answer", []app.CallView{dana()}, []string{"Answer"}, []string{"answer c1"}},
		{"decline", []app.CallView{dana()}, []string{"Decline"}, []string{"decline c1"}},
		{"silence", []app.CallView{dana()}, []string{"Silence"}, []string{"silence c1"}},
		{"cancel", []app.CallView{dialing()}, []string{"Hang up"}, []string{"hangup c1"}},
		{"hang up", []app.CallView{talking()}, []string{"Hang up"}, []string{"hangup c1"}},
		{"mute", []app.CallView{talking()}, []string{"Mute"}, []string{"mute c1 true"}},
		{"unmute", []app.CallView{muted()}, []string{"Unmute"}, []string{"mute c1 false"}},
		{"hold", []app.CallView{talking()}, []string{"Hold"}, []string{"hold c1"}},
		{"resume", []app.CallView{held()}, []string{"Resume"}, []string{"resume c1"}},
		{"keys", []app.CallView{talking()}, []string{"Keypad", "4", "7", "#"}, []string{"dtmf c1 4", "dtmf c1 7", "dtmf c1 #"}},
		{"transfer to somebody known", []app.CallView{talking()}, []string{"Transfer", "Priya Raman", "Transfer now"}, []string{"transfer c1 +15035550144"}},
		{"consult before a transfer", []app.CallView{talking()}, []string{"Transfer", "Priya Raman", "Consult first"}, []string{"consult c1 +15035550144"}},
		{"complete a transfer", consulted(), []string{"Complete transfer"}, []string{"complete c2"}},
		{"complete it while it rings", ringsForConsult(), []string{"Complete transfer"}, []string{"complete c2"}},
		{"end a consultation", consulted(), []string{"End consultation"}, []string{"cancel c2"}},
		{"connect two calls", connectableCalls(), []string{"Transfer", "Connect the two"}, []string{"connect c1 c2"}},
		{"connect them from the one on hold", func() []app.CallView { both := connectableCalls(); return both[1:] }(), []string{"Transfer", "Connect the two"}, []string{"connect c1 c2"}},
		{"join all three", joinableCalls(), []string{"Join all three"}, []string{"conference c1 c2"}},
		{"join all three without a consultation", []app.CallView{func() app.CallView {
			c := talking()
			c.Conference.Offer = []string{"c1", "c2"}
			return c
		}(), priya()}, []string{"Transfer", "Join all three"}, []string{"conference c1 c2"}},
		{"add another to the conference", []app.CallView{func() app.CallView {
			c := held()
			c.Conference.Offer = []string{"c1"}
			return c
		}()}, []string{"Transfer", "Add to the conference"}, []string{"conference c1"}},
		{"leave the conference", inConference()[:1], []string{"Hang up"}, []string{"hangup c1"}},
		{"go where the other side says", []app.CallView{sentAway()}, []string{"Go there"}, []string{"follow c1"}},
		{"stay all the same", []app.CallView{sentAway()}, []string{"Stay on this call"}, []string{"refuse c1"}},
		{"call where a call is sent on", redirected(false), []string{"Call there"}, []string{"follow c1"}},
		{"end a call that is sent on", redirected(false), []string{"End the call"}, []string{"refuse c1"}},
		{"call where a consultation is sent on", redirected(true), []string{"Call there"}, []string{"follow c2"}},
		{"think again about a transfer", []app.CallView{talking()}, []string{"Transfer", "Back"}, nil},
		{"hold and answer", []app.CallView{talking(), priya()}, []string{"Hold and answer"}, []string{"answer c2"}},
		{"decline the second", []app.CallView{talking(), priya()}, []string{"Decline"}, []string{"hangup c2"}},
		{"swap", []app.CallView{talking(), func() app.CallView { c := priya(); c.Phase, c.HeldSince = app.Held, noon; return c }()}, []string{"Swap"}, []string{"resume c2"}},
		{"save", []app.CallView{wrapUp()}, []string{"Save to Salesforce"}, []string{"save c1"}},
		{"don't log", []app.CallView{wrapUp()}, []string{"Don't log"}, []string{"don't log c1"}},
		{"try a parked log again", []app.CallView{parked()}, []string{"Try again"}, []string{"retry c1"}},
		{"call again", []app.CallView{failed("busy")}, []string{"Dismiss"}, []string{"dismiss c1"}},
		{"pick", []app.CallView{unknown(app.LookupMany)}, []string{"Daniel Whitfield"}, []string{"pick c3 00Q000000000001AAA"}},
		{"pick another", []app.CallView{dana()}, []string{"Acme Corp"}, []string{"pick c1 001000000000001AAA"}},
		{"look up again", []app.CallView{unknown(app.LookupFailed)}, []string{"Look up again"}, []string{"lookup c3"}},
		{"call a number of the record", []app.CallView{talking()}, []string{"(415) 555-0100"}, []string{"dial (415) 555-0100"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(with(idle(), tt.calls...))
			b.passes(later)
			b.desk.said()
			for _, word := range tt.press {
				b.passes(doubleClick)
				b.press(word)
			}
			if got := b.desk.said(); !slices.Equal(got, tt.want) {
				t.Errorf("pressing %q told the desk %q, want %q", tt.press, got, tt.want)
			}
		})
	}
}

// The panel of a consultation is there in either of the two calls, and gone when there is only one.
func TestConsultationStaysInSight(t *testing.T) {
	b := newBench(t, nil)
	both := consulted()
	b.draw(with(idle(), both...))
	both[0].Phase, both[0].HeldSince, both[1].Phase = app.Held, noon, app.Talking
	both[0].Consult.Phase, both[1].Consult.Phase = app.Talking, app.Held
	b.draw(with(idle(), both[1], both[0]))
	if s := b.centre.call; !s.target.two.root.Visible() || !s.target.root.Visible() {
		t.Error("the panel is not there after a swap")
	}
	alone := both[1]
	alone.Consult = app.ConsultView{}
	b.draw(with(idle(), alone))
	if b.centre.call.target.root.Visible() {
		t.Error("the panel is there without a consultation")
	}
}

func TestCallAgainDismissesAndDials(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), failed("busy")))
	b.passes(later)
	b.desk.said()
	b.press("Call again")
	got := b.desk.said()
	slices.Sort(got)
	if want := []string{"dial +14155550132", "dismiss c1"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
}

// TestAnswerFails: why a call could not be taken is said, until it is dismissed. The phone is asked once: a hold asked for before the
// answer would fail where the first call has just ended, and the second would ring on.
func TestAnswerFails(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking(), priya()))
	b.passes(later)
	b.desk.said()
	b.desk.refuses("answer", errors.New("no microphone can be used now"))
	b.press("Hold and answer")
	if got := b.desk.said(); !slices.Equal(got, []string{"answer c2"}) {
		t.Errorf("told %q", got)
	}
	if !b.shows("No microphone can be used now.") {
		t.Errorf("the reason is not shown; the window says %q", words(b.root))
	}
	b.press("Dismiss")
	if b.trouble.root.Visible() {
		t.Error("the strip stays after Dismiss")
	}
}

// TestOnlyTheOrgIsOpened: an address comes from the org's answers, and must not lead anywhere else.
func TestOnlyTheOrgIsOpened(t *testing.T) {
	tests := []struct {
		address, instance string
		want              bool
	}{
		{instance + "/lightning/r/Contact/003/view", instance, true},
		{"https://acme-dev-ed.lightning.force.com/lightning/r/Contact/003/view", instance, true},
		{"http://localhost:4711/lightning/r/Contact/003/view", "http://localhost:4711", true},
		{"http://127.0.0.1:4711/x", "http://127.0.0.1:4711", true},
		{"http://acme-dev-ed.my.salesforce.com/x", instance, false},
		{"https://evil.example/x", instance, false},
		{"https://acme-dev-ed.my.salesforce.com.evil.example/x", instance, false},
		{"https://user@acme-dev-ed.my.salesforce.com/x", instance, false},
		{"https://other.lightning.force.com/x", instance, false},
		{"file:///etc/passwd", instance, false},
		{"javascript:alert(1)", instance, false},
		{"", instance, false},
		{"https://acme-dev-ed.my.salesforce.com/x", "", false},
	}
	for _, tt := range tests {
		if got := openable(tt.address, tt.instance); got != tt.want {
			t.Errorf("openable(%q, %q) = %v", tt.address, tt.instance, got)
		}
	}
}

func TestOpenRecord(t *testing.T) {
	b := newBench(t, nil)
	c := talking()
	b.draw(with(idle(), c))
	b.press("Open in Salesforce")
	if want := []string{page(crm.Contact, "003000000000001AAA")}; !slices.Equal(b.opened, want) {
		t.Errorf("opened %q, want %q", b.opened, want)
	}
	elsewhere := *c.Lookup.Record
	elsewhere.URL = "https://evil.example/"
	c.Lookup.Record = &elsewhere
	b.draw(with(idle(), c))
	b.press("Open in Salesforce")
	if len(b.opened) != 1 || !b.shows("That page isn't in your org, so it wasn't opened.") {
		t.Errorf("opened %q; the window says %q", b.opened, words(b.root))
	}
}

func TestNewContact(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), unknown(app.LookupNoMatch)))
	b.press("Create contact")
	want := instance + "/lightning/o/Contact/new?defaultFieldValues=Phone%3D%252B442079460958"
	if !slices.Equal(b.opened, []string{want}) {
		t.Errorf("opened %q, want %q", b.opened, want)
	}
}

// TestLinkAsks: any web page can open a tel: link, so one is shown and asked about, from whichever goroutine it comes.
func TestLinkAsks(t *testing.T) {
	for _, answer := range []string{"Call", "Cancel"} {
		t.Run(answer, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(idle())
			done := make(chan struct{})
			go func() { defer close(done); b.AskDial("+1 415 555 0132") }()
			<-done
			b.settle()
			b.desk.said()
			if !b.shows("Call Dana Whitfield, +1 415 555 0132?") {
				t.Fatalf("nothing is asked; the window says %q", words(b.root))
			}
			b.press(answer)
			dialed := slices.Contains(b.desk.said(), "dial +1 415 555 0132")
			if dialed != (answer == "Call") {
				t.Errorf("dialed: %v", dialed)
			}
			if b.asking.root.Visible() || b.left.dial.field.Text != "" {
				t.Errorf("the question stays: %q", b.left.dial.field.Text)
			}
		})
	}
}

// Whoever is marked Do Not Call is called only when the agent says so.
func TestDoNotCallAsks(t *testing.T) {
	for _, answer := range []string{"Call anyway", "Cancel"} {
		t.Run(answer, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(idle())
			b.desk.forbids = "Peter Novak"
			b.dial("", "+1 312 555 0167")
			b.settle()
			if !b.shows("Peter Novak is marked Do Not Call in Salesforce.") {
				t.Fatalf("nothing is asked; the window says %q", words(b.root))
			}
			if !b.dialAsked.Disabled() {
				t.Error("it can be called without a reason")
			}
			b.reason.SetText("asked us to")
			b.press(answer)
			b.settle()
			dialed := slices.Contains(b.desk.said(), "dial anyway +1 312 555 0167: asked us to")
			if dialed != (answer == "Call anyway") || b.asking.root.Visible() {
				t.Errorf("dialed: %v", dialed)
			}
			b.AskDial("2041") // the next question is one of a link again
			b.settle()
			if !b.shows("Call 2041?") || b.dialAsked.Text != "Call" {
				t.Errorf("asks %q", b.asking.words.value)
			}
		})
	}
}

// So it is where a call would be transferred to them, or they would be consulted about it.
func TestDoNotCallAsksBeforeATransfer(t *testing.T) {
	for _, of := range []struct{ way, answer, did string }{
		{"Transfer now", "Transfer anyway", "transfer anyway c1 +15035550144: asked us to"},
		{"Transfer now", "Cancel", ""},
		{"Consult first", "Call anyway", "consult anyway c1 +15035550144: asked us to"},
		{"Consult first", "Cancel", ""},
		{"Go there", "Call anyway", "follow anyway c1 2060@elsewhere.example.com: asked us to"},
		{"Go there", "Cancel", ""},
	} {
		t.Run(of.way+", "+of.answer, func(t *testing.T) {
			b := newBench(t, nil)
			b.desk.forbids = "Priya Raman"
			if of.way == "Go there" {
				b.draw(with(idle(), sentAway()))
				b.passes(later)
				b.press(of.way)
			} else {
				b.draw(with(idle(), talking()))
				for _, button := range []string{"Transfer", "Priya Raman", of.way} {
					b.passes(doubleClick)
					b.press(button)
				}
			}
			b.settle()
			if !b.shows("Priya Raman is marked Do Not Call in Salesforce.") || !b.dialAsked.Disabled() {
				t.Fatalf("the window says %q", words(b.root))
			}
			b.reason.SetText("asked us to")
			b.desk.said()
			b.press(of.answer)
			b.settle()
			said := b.desk.said()
			if b.asking.root.Visible() || of.did != "" && !slices.Contains(said, of.did) || of.did == "" && len(said) > 0 {
				t.Errorf("the desk was told %q", said)
			}
		})
	}
}

// A text that is pasted shows the number in it before it is dialled.
func TestPastedText(t *testing.T) {
	b := newBench(t, nil)
	b.draw(idle())
	for typed, want := range map[string]string{
		"Dana Whitfield, Acme Corp T +1 415 555 0132 ext 12":    "+14155550132,12",
		"T +1 415 555 0132 M +1 415 555 0188 F +1 415 555 0199": "+14155550132",
	} {
		b.left.dial.fill(typed)
		b.left.dial.submit()
		b.settle()
		if got := b.left.dial.field.Text; got != want || slices.ContainsFunc(b.desk.said(), func(s string) bool { return strings.HasPrefix(s, "dial") }) {
			t.Errorf("%q: the field shows %q, want %q", typed, got, want)
		}
		b.left.dial.submit()
		b.settle()
		if said := b.desk.said(); !slices.Contains(said, "dial "+want) {
			t.Errorf("%q: %q", typed, said)
		}
	}
}

func TestQuitAsksDuringACall(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), wrapUp()))
	b.RequestQuit()
	if b.quit != 1 {
		t.Error("wrap-up keeps the window open")
	}
	b.draw(with(idle(), talking()))
	b.RequestQuit()
	if b.quit != 1 {
		t.Error("quit without asking during a call")
	}
	b.press("Stay")
	if b.quitting.root.Visible() {
		t.Error("the question stays after Stay")
	}
	b.RequestQuit()
	b.draw(idle())
	if b.quitting.root.Visible() {
		t.Error("the question outlives the call")
	}
	b.draw(with(idle(), talking()))
	b.RequestQuit()
	b.press("Hang up and quit")
	if b.quit != 2 {
		t.Error("not quit after Hang up and quit")
	}
}

// fullDisk is what the journal says of calls that it could not write.
const fullDisk = "2 calls could not be saved because the disk is full or can't be written. Free some space first, or they are lost."

func TestQuitAsksWhenCallsWouldBeLost(t *testing.T) {
	const onCall = "You are on a call. Quitting hangs up."
	for _, tt := range []struct {
		name           string
		view           app.View
		question, quit string // "" for no question
	}{
		{"all saved", idle(), "", ""},
		{"unsaved", app.View{Unsaved: fullDisk}, fullDisk, "Quit anyway"},
		{"unsaved, in wrap-up", with(app.View{Unsaved: fullDisk}, wrapUp()), fullDisk, "Quit anyway"},
		{"on a call", with(idle(), talking()), onCall, "Hang up and quit"},
		{"unsaved, on a call", with(app.View{Unsaved: fullDisk}, talking()), onCall + " " + fullDisk, "Hang up and quit"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t, nil)
			b.draw(tt.view)
			b.RequestQuit()
			if tt.question == "" {
				if b.quit != 1 || b.quitting.root.Visible() {
					t.Errorf("quit %d times, asked %q", b.quit, b.quitting.words.value)
				}
				return
			}
			if b.quit != 0 || b.quitting.words.value != tt.question {
				t.Fatalf("quit %d times, asked %q", b.quit, b.quitting.words.value)
			}
			b.press("Stay")
			if b.quit != 0 || b.quitting.root.Visible() {
				t.Error("the question stays after Stay")
			}
			b.RequestQuit()
			b.press(tt.quit)
			if b.quit != 1 {
				t.Errorf("not quit after %s", tt.quit)
			}
		})
	}
}

// TestTheQuestionToQuitGoesWithTheTime: a call ends, the disk has space again.
func TestTheQuestionToQuitGoesWithTheTime(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Unsaved = fullDisk
	b.draw(with(v, talking()))
	b.RequestQuit()
	b.draw(v)
	if got := b.quitting.words.value; got != fullDisk || !b.shows("Quit anyway") {
		t.Errorf("with the call over it asks %q", got)
	}
	b.draw(idle())
	if b.quitting.root.Visible() || b.quit != 0 {
		t.Error("it still asks with every call saved")
	}
}

func TestANoticeIsReadAndGoes(t *testing.T) {
	b := newBench(t, nil)
	v := idle()
	v.Told, v.Notice = fault.New("settings.no-keyring"), noKeyring
	b.draw(v)
	b.desk.said()
	b.press("Dismiss")
	b.settle()
	if said := b.desk.said(); len(said) != 1 || said[0] != "dismiss notice settings.no-keyring" {
		t.Errorf("the desk was told %q", said)
	}
}
