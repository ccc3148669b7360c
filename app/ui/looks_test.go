package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/crm"
)

// look is one state of the window: the View that shows it, and what the agent did on top.
type look struct {
	name string
	view func() app.View
	act  func(*bench)
}

// part is what of the window a look is about; its golden markup is that part's.
func (l look) part(b *bench) fyne.CanvasObject {
	switch l.name {
	case "looking-up", "remembered", "colleague", "many-matches", "no-match", "withheld", "not-linked", "lookup-failed", "talking-card", "talking-card-refused", "record", "hostile-record", "not-confirmed":
		return b.record.root
	case "missed-tab", "not-logged-tab", "needs-record-tab", "dial-pad", "dial-from", "history", "team-tab", "copied":
		return b.left.root
	case "second-call", "second-call-many", "two-others":
		return b.left.root
	case "error", "ask-dial", "quit", "quit-unsaved", "notice", "demo", "demo-broken", "settings-ringing", "forwarding-pbx":
		return vbox(0, b.demo.root, b.strips)
	case "several", "three-others":
		return b.root
	case "status", "status-trouble", "status-messages", "status-queue", "status-queues":
		return b.status.root
	}
	if strings.HasPrefix(l.name, "settings-") {
		return b.Window.settings.root
	}
	return b.centre.root
}

func looks() []look {
	call, change := onlyCall, changed
	return append(settingsLooks(), []look{
		{"idle", idle, nil},
		{"owed", change(idle, func(v *app.View) {
			v.Owed, v.OwedCount = owed(), 6
		}), nil},
		{"setup", func() app.View { return app.View{} }, nil},
		{"offline", change(idle, func(v *app.View) {
			v.Phone.State, v.Phone.Reason = "unreachable", "The phone system doesn't answer. Check the network, then the server's name in Phone settings"
			v.Phone.RetryAt = noon.Add(12 * time.Second)
			v.Audio = app.AudioView{Null: true}
		}), nil},
		{"refused", change(idle, func(v *app.View) {
			v.Phone.State, v.Phone.Reason = "refused", "The password is wrong. Type it again in Phone settings"
		}), nil},
		{"not-signed-on", change(idle, func(v *app.View) { v.Phone = app.PhoneView{Configured: true} }), nil},
		{"dnd", change(idle, func(v *app.View) { v.DND = true }), nil},
		{"copied", change(idle, func(*app.View) {}), func(b *bench) { b.left.copied.say("", "+442079460958") }},
		{"incoming", call(dana()), nil},
		{"dialing", call(dialing()), nil},
		{"talking", call(talking()), nil},
		{"talking-card", call(carded(talking())), nil},
		{"talking-card-refused", call(refusedCard(talking())), nil},
		{"talking-encrypted", call(encrypted(talking())), nil},
		{"ringing-verified", call(verstat(dana(), crm.Verified)), nil},
		{"ringing-unverified", call(verstat(dana(), crm.Unverified)), nil},
		{"talking-encrypted-how", call(encrypted(talking())), func(b *bench) { b.centre.call.hero.lock.MouseIn(nil) }},
		{"talking-poor-sound", call(poorSound(talking())), nil},
		{"muted", call(func() app.CallView { c := talking(); c.Muted = true; return c }()), nil},
		{"held", call(func() app.CallView {
			c := talking()
			c.Phase, c.HeldSince = app.Held, noon.Add(-32*time.Second)
			return c
		}()), nil},
		{"remotely-held", call(func() app.CallView { c := talking(); c.Phase = app.RemHeld; return c }()), nil},
		{"keypad", call(talking()), func(b *bench) {
			b.centre.call.toggleKeypad()
			for _, key := range "1042#" {
				b.typedRune(key)
			}
		}},
		{"transfer", call(talking()), func(b *bench) { b.centre.call.toggleTransfer() }},
		{"connect-offered", func() app.View { return with(idle(), connectableCalls()...) }, func(b *bench) { b.centre.call.toggleTransfer() }},
		{"consulting", func() app.View { return with(idle(), consulted()...) }, nil},
		{"consult-rings", func() app.View { return with(idle(), ringsForConsult()...) }, nil},
		{"conference-offered", func() app.View { return with(idle(), joinableCalls()...) }, nil},
		{"conference", func() app.View { return with(idle(), inConference()...) }, nil},
		{"conference-room", func() app.View { both := inConference(); return with(idle(), both[1], both[0]) }, nil},
		{"referred", call(sentAway()), nil},
		{"redirected", func() app.View { return with(idle(), redirected(false)...) }, nil},
		{"redirected-consult", func() app.View { return with(idle(), redirected(true)...) }, nil},
		{"second-call", func() app.View { return with(idle(), talking(), priya()) }, nil},
		{"second-call-many", func() app.View {
			v := with(idle(), talking(), unknown(app.LookupMany))
			v.Calls[1].Name = "WHITFIELD D"
			return v
		}, nil},
		{"two-others", func() app.View { return with(idle(), talking(), priya(), otherWrapUp()) }, nil},
		{"three-others", func() app.View {
			v := with(idle(), unknownTalk(), priya(), otherHeld(), otherWrapUp())
			v.Notice = noKeyring
			return v
		}, func(b *bench) { b.say(aboutCommand, "The other side doesn't take transfers. The call goes on.") }},
		{"looked-at", func() app.View { return with(idle(), talking(), priya(), otherWrapUp()) }, func(b *bench) { b.press("Priya Raman") }},
		{"unknown-talking", call(unknownTalk()), nil},
		{"long-notes", call(talking()), func(b *bench) {
			notes := b.centre.call.form.notes
			b.focus(notes)
			for _, r := range strings.Repeat("Wants the quote by Friday, and somebody to call procurement about it. ", 9) {
				notes.TypedRune(r)
			}
		}},
		{"wrap-up", call(wrapUp()), nil},
		{"wrap-up-broken-link", change(call(func() app.CallView {
			c := wrapUp()
			c.Wrap.Error = ""
			return c
		}()), func(v *app.View) {
			v.Org.State, v.Org.Reason = crm.Inactive, "An admin revoked Linecard's access. Link again"
		}), nil},
		{"wrap-up-parked", call(func() app.CallView {
			c := wrapUp()
			c.Wrap.Log, c.Wrap.Error = app.LogParked, "Salesforce refused the Task: the field Region is required. Ask your admin to make it optional for calls"
			return c
		}()), nil},
		{"wrap-up-logged", call(func() app.CallView {
			c := wrapUp()
			c.Wrap.Log, c.Wrap.Task = app.LogDone, ref(crm.Task, "00T000000000009AAA", "Call")
			return c
		}()), nil},
		{"busy", call(failed("busy")), nil},
		{"not-found", call(failed("not found")), nil},
		{"not-found-spelled", call(failed("not found")), func(b *bench) {
			b.desk.spellings = []crm.DialSpelling{{Sent: "+14155550132"}, {Sent: "914155550132"}}
			b.draw(call(failed("not found"))())
		}},
		{"dialing-spelled", call(func() app.CallView {
			c := dialing()
			c.FarRings, c.Spelled = true, "914155550132"
			return c
		}()), nil},
		{"failed", call(failed("failed")), nil},
		{"elsewhere", call(failed("elsewhere")), nil},
		{"looking-up", call(unknown(app.LookupPending)), func(b *bench) { b.record.showSkeleton("c3") }},
		{"many-matches", call(unknown(app.LookupMany)), nil},
		{"no-match", call(unknown(app.LookupNoMatch)), nil},
		{"withheld", call(unknown(app.LookupWithheld)), nil},
		{"not-linked", change(call(unknown(app.LookupNotLinked)), func(v *app.View) { v.Org = app.OrgView{LinkStatus: crm.LinkStatus{}} }), nil},
		{"lookup-failed", call(unknown(app.LookupFailed)), nil},
		{"missed-tab", idle, func(b *bench) { b.left.openTab(tabMissed) }},
		{"not-logged-tab", idle, func(b *bench) {
			b.left.openTab(tabNotLogged)
			b.settle()
			b.left.clickedRow(1)
		}},
		{"needs-record-tab", idle, func(b *bench) {
			for i := range b.desk.history {
				b.desk.history[i].NeedsRecord = b.desk.history[i].Who.IsZero()
			}
			b.left.openTab(tabNeedsRecord)
			b.settle()
		}},
		{"dial-from", func() app.View {
			v := several(talking())
			v.Calls = nil
			v.Phones[0].State = app.Refused
			return v
		}, func(b *bench) { b.left.clickedRow(1) }},
		{"dial-pad", idle, func(b *bench) { b.left.dial.toggle() }},
		{"error", call(talking()), func(b *bench) { b.say(aboutCommand, "The other side doesn't take transfers. The call goes on.") }},
		{"ask-dial", idle, func(b *bench) { b.AskDial("+1 415 555 0132") }},
		{"quit", call(talking()), func(b *bench) { b.RequestQuit() }},
		{"quit-unsaved", change(idle, func(v *app.View) { v.Unsaved = fullDisk }), func(b *bench) { b.RequestQuit() }},
		{"several", func() app.View { return several(talking()) }, nil},
		{"elsewhere-log", call(waitsForItsOrg()), nil},
		{"notice", change(call(dana()), func(v *app.View) { v.Notice = noKeyring }), nil},
		{"demo", change(call(dana()), func(v *app.View) { v.Demo = true }), nil},
		{"demo-broken", change(call(dana()), func(v *app.View) { v.Demo = true }), func(b *bench) { b.press("Salesforce down") }},
		{"hostile", call(hostile()), nil},
		{"record", call(dana()), nil},
		{"half-record", call(withoutDetails()), nil},
		{"remembered", call(func() app.CallView { c := dana(); c.Lookup.Known = true; return c }()), nil},
		{"not-confirmed", call(func() app.CallView {
			c := dana()
			c.Lookup.Known, c.Lookup.Error = true, "Salesforce didn't answer. The call will be logged when it does."
			return c
		}()), nil},
		{"colleague", call(func() app.CallView {
			c := priya()
			c.Extension, c.Name, c.Line2, c.Number, c.E164 = true, "2044", "", "2044", ""
			return c
		}()), nil},
		{"hostile-record", call(hostile()), nil},
		{"history", idle, nil},
		{"status", idle, nil},
		{"status-messages", change(idle, func(v *app.View) { v.Phones = []app.PhoneView{{Messages: app.Messages{Waiting: true, New: 3}}} }), nil},
		{"status-queue", change(idle, func(v *app.View) { v.Queues = someQueues()[:1] }), nil},
		{"status-queues", change(idle, func(v *app.View) { v.Queues = someQueues() }), nil},
		{"team-tab", change(idle, func(v *app.View) { v.Colleagues, v.Missed, v.Unlogged = colleagues(), 1234, 1234 }), func(b *bench) { b.left.openTab(tabColleagues) }},
		{"transfer-team", change(call(talking()), func(v *app.View) {
			v.Colleagues = colleagues()
			v.Calls[0].RecordsOwner = &v.Colleagues[2]
		}), func(b *bench) { b.centre.call.toggleTransfer() }},
		{"status-trouble", change(idle, func(v *app.View) { v.Org.Trouble = "Salesforce is not answering. Calls are kept here." }), nil},
		{"wrap-up-asked", func() app.View {
			c := wrapUp()
			c.Wrap.Asked = []app.AskedView{{Name: "Reason", Required: true, Choices: []string{"Order", "Repair"}}, {Name: "Order number", Answer: "77"}}
			return with(idle(), c)
		}, nil},
	}...)
}

const noKeyring = "This computer has no keyring, so the password is kept in memory only. It is asked for again after a restart."

// onlyCall is a View with one call.
func onlyCall(c app.CallView) func() app.View { return func() app.View { return with(idle(), c) } }

// changed is a View of which something is otherwise.
func changed(v func() app.View, f func(*app.View)) func() app.View {
	return func() app.View { view := v(); f(&view); return view }
}

// verstat is a call of which the network says whether it has verified the number.
func verstat(c app.CallView, says string) app.CallView {
	c.Verstat = says
	return c
}
