package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
)

// dialQuestion is whether to call a number: one that came from outside, or one that must not be called.
type dialQuestion struct {
	number  string
	account string // it is called from, "" for the one that is chosen
	as      string // what the callee sees, where the agent chose that; "" elsewhere
	why     error  // why it must not be called; nil where a link asks
	on      handOn // what is transferred there; the zero value where the number is dialed
	back    func() // takes the number back, which is not dialed; nil where it came from elsewhere than the number field
}

// mostQuestions is how many of links wait. A page can open any number of links.
const mostQuestions = 5

// AskDial asks whether to call a number that came from outside, such as a tel: link on a web page: any page can open one,
// so it is never dialled unasked, and it stands in the question alone: in the number field it would be dialed with whatever the
// agent is typing there. It is safe from any goroutine.
func (w *Window) AskDial(number string) {
	w.dispatch(func() { w.askNext(dialQuestion{number: number}) })
}

// askNext asks a question, behind the one that is being asked: that may be about to be answered. One about a number that the agent has
// dialed comes before those of links.
func (w *Window) askNext(q dialQuestion) {
	now := dialQuestion{w.asked, w.askedFrom, w.askedAs, w.askedWhy, w.askedOn, w.askedBack}
	same := func(o dialQuestion) bool {
		return o.number == q.number && o.account == q.account && o.on == q.on && (o.why == nil) == (q.why == nil)
	}
	switch {
	case w.asked == "":
		w.askNow(q)
	case same(now):
		w.askedAs, w.askedBack = q.as, q.back // the agent has dialed it again, perhaps to show another number
	case slices.ContainsFunc(w.questions, same):
		o := &w.questions[slices.IndexFunc(w.questions, same)]
		o.as, o.back = q.as, q.back
	case q.why == nil:
		if links := len(w.questions) - w.firstLink(); links < mostQuestions {
			w.questions = append(w.questions, q)
		}
	case w.askedWhy == nil:
		w.questions = slices.Insert(w.questions, 0, now)
		w.askedAgain = w.cfg.Now()
		w.askNow(q)
	default:
		w.questions = slices.Insert(w.questions, w.firstLink(), q)
	}
}

// firstLink is where the questions of links begin among those that wait.
func (w *Window) firstLink() int {
	i := slices.IndexFunc(w.questions, func(q dialQuestion) bool { return q.why == nil })
	if i < 0 {
		return len(w.questions)
	}
	return i
}

func (w *Window) askNow(q dialQuestion) {
	w.asked, w.askedFrom, w.askedAs, w.askedWhy, w.askedOn, w.askedBack = q.number, q.account, q.as, q.why, q.on, q.back
	w.askLink()
	w.relayout()
	if q.why != nil && w.asking.root.Visible() && !w.inOverlay() && !w.busy() {
		w.focus(w.reason)
	}
}

func (w *Window) askLink() {
	if w.cfg.Window.Canvas().Focused() == fyne.Focusable(w.reason) { // of the question that this one takes the place of
		w.tear()
	}
	w.askedAt = w.cfg.Now()
	if w.askedWhy != nil {
		w.dialAsked.label(w.askedOn.anyway())
		w.dialAsked.look("call", widget.DangerImportance)
		w.asking.say(catalogue.Error(w.askedWhy))
		w.reasonBox.Show()
		reason := ""
		if w.unsaid.number == w.asked {
			reason = w.unsaid.reason
		}
		w.reason.SetText(reason)
		w.dialAsked.enable(reason != "")
		return
	}
	w.reasonBox.Hide()
	w.dialAsked.enable(true)
	w.dialAsked.label(phrase("ui.call"))
	w.dialAsked.look("call", widget.SuccessImportance)
	if name := w.knownAs(w.asked); name != "" {
		w.asking.say(phrase("ui.call-name-number", "name", name, "number", w.cfg.Format(w.asked)))
		return
	}
	w.asking.say(phrase("ui.call-number", "number", w.cfg.Format(w.asked)))
}

// knownAs is the name that the history has for a number, "" for none.
func (w *Window) knownAs(number string) string {
	spelt := app.Spelling(number)
	for _, r := range w.view.History {
		if r.Name != "" && r.Dial != "" && (app.Spelling(r.Dial) == spelt || app.Spelling(r.Number) == spelt) {
			return r.Name
		}
	}
	return ""
}

// answerLink takes the answer to the question that is asked, and asks the next.
func (w *Window) answerLink(yes bool) {
	if w.asked == "" || yes && w.startled(w.askedAgain) { // the question before this one was meant
		return
	}
	number, account, as, forbidden, why, on, back := w.asked, w.askedFrom, w.askedAs, w.askedWhy != nil, w.reason.Text, w.askedOn, w.askedBack
	w.asked, w.askedFrom, w.askedAs, w.askedWhy, w.askedOn, w.askedBack = "", "", "", nil, handOn{}, nil
	w.asking.say("")
	if w.refusing() { // the click before this one
		w.say(aboutCommand, "")
	}
	if forbidden { // the field is about to go out of sight
		w.reason.SetText("")
		w.leaveReason()
	}
	w.relayout()
	switch {
	case yes && on != handOn{}:
		w.handOnAnyway(on, number, why)
	case yes && forbidden:
		w.dialAnyway(account, number, as, why, back)
	case back != nil:
		back()
	case yes:
		w.dial(account, number)
	}
	if len(w.questions) > 0 {
		next := w.questions[0]
		w.questions, w.askedAgain = w.questions[1:], w.cfg.Now()
		w.askNow(next)
	}
}
