package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// statusBar says, in one line, whether everything a call needs is there. Pressing a part leads to where it is mended.
type statusBar struct {
	root     *fyne.Container
	w        *Window
	phone    *statusItem
	messages *statusItem
	org      *statusItem
	outbox   *statusItem
	device   *statusItem
	queues   *statusItem
	queued   []app.QueueView
	presence *statusItem
	marked   fyne.CanvasObject
	sandbox  *pill // in marked, there while a sandbox is linked: nothing that is done there is real
	dnd      bool
}

type statusItem struct {
	button *clickable
	icon   *glyph
	word   *text
}

func newStatusItem(pressed func()) *statusItem {
	i := &statusItem{icon: newGlyph("fiber_manual_record", colorMuted, 14), word: newText("", caption)}
	i.button = newClickable(inset(4, 4, 8, 8, hbox(6, i.icon, i.word)), 5, pressed)
	return i
}

func (i *statusItem) set(iconName string, ink fyne.ThemeColorName, words string) {
	i.icon.set(iconName, ink)
	i.word.set(words)
	i.button.Show()
}

func newStatusBar(w *Window) *statusBar {
	s := &statusBar{w: w}
	s.phone = newStatusItem(func() { w.openSettings(pagePhone) })
	s.messages = newStatusItem(func() { w.do(func() error { _, err := w.cfg.Desk.CallVoicemail(""); return err }) })
	s.org = newStatusItem(func() { w.openSettings(pageSalesforce) })
	s.outbox = newStatusItem(func() { w.list(tabNotLogged) })
	s.device = newStatusItem(func() { w.openSettings(pageAudio) })
	s.presence = newStatusItem(s.choosePresence)
	s.queues = newStatusItem(s.chooseQueue)
	s.sandbox = newPill()
	s.marked = middle(s.sandbox.root)
	s.root = vbox(0, rule(), container.NewStack(newBox(colorSurface, 0),
		inset(3, 3, 6, 6, container.New(statusRow{s}, hbox(2, s.phone.button, s.messages.button, s.org.button, s.marked, s.outbox.button), hbox(2, s.device.button, s.queues.button, s.presence.button)))))
	return s
}

func (s *statusBar) show(v app.View) {
	s.phone.set(phonesStanding(v))
	s.showMessages(v.Phones)
	s.org.set(orgsStanding(v))
	mark := ""
	if sandboxLinked(v) {
		mark = phrase("ui.sandbox-mark")
	}
	s.sandbox.set(mark, colorHeld, colorHeldTint)
	show(s.marked, mark != "")
	s.showOutbox(v.Outbox)
	switch {
	case v.Audio.Null:
		s.device.set("warning_amber", colorHeld, phrase("ui.no-sound-device"))
	case v.Audio.Problem != "":
		s.device.set("warning_amber", colorHeld, phrase("ui.sound-problem"))
	case v.Audio.Microphone != "":
		s.device.set("headset_mic", colorMuted, short(v.Audio.Microphone))
	default:
		s.device.button.Hide()
	}
	s.showQueues(v.Queues)
	s.dnd = v.DND
	switch {
	case !v.Phone.Configured:
		s.presence.button.Hide()
	case v.DND:
		s.presence.set("do_not_disturb_on", colorMissed, phrase("ui.do-not-disturb"))
	case v.Phone.State == app.Registered:
		s.presence.set("fiber_manual_record", colorTalking, phrase("ui.available"))
	default:
		s.presence.set("fiber_manual_record", colorMuted, phrase("ui.not-available"))
	}
}

func phoneStanding(p app.PhoneView) (iconName string, ink fyne.ThemeColorName, words string) {
	switch {
	case !p.Configured:
		return "settings_phone", colorHeld, phrase("ui.no-phone-account")
	case p.State == app.Registered && p.Reason != "": // calls may not ring
		return "error_outline", colorHeld, phrase("ui.bar-registered", "extension", p.Extension)
	case p.State == app.Registered && p.Encrypted:
		return "lock", colorTalking, phrase("ui.bar-registered-encrypted", "extension", p.Extension)
	case p.State == app.Registered:
		return "check_circle", colorTalking, phrase("ui.bar-registered", "extension", p.Extension)
	case p.State == app.Registering:
		return "schedule", colorHeld, phrase("ui.bar-connecting", "extension", p.Extension)
	case p.State == app.Unreachable:
		return "error_outline", colorMissed, phrase("ui.cannot-reach", "server", p.Server)
	case p.State == app.Refused:
		return "error_outline", colorMissed, phrase("ui.bar-refused", "extension", p.Extension)
	case p.State == app.Unregistered && p.Reason != "": // it would, but can't
		return "settings_phone", colorHeld, phrase("ui.bar-not-signed-on", "extension", p.Extension)
	case p.State == app.Unregistered:
		return "settings_phone", colorMuted, phrase("ui.bar-signed-off", "extension", p.Extension)
	}
	return "settings_phone", colorHeld, phrase("ui.phone-not-signed-on")
}

func orgStanding(o app.OrgView) (iconName string, ink fyne.ThemeColorName, words string) {
	switch o.State {
	case crm.Linked:
		if o.Trouble != "" {
			return "cloud_off", colorHeld, barSentence(o.Trouble)
		}
		return "cloud_done", colorTalking, orgName(o)
	case crm.Linking:
		return "cloud_sync", colorHeld, phrase("ui.linking-org")
	case crm.Waiting:
		return "cloud_sync", colorHeld, phrase("ui.org-waits")
	case crm.Inactive:
		return "cloud_off", colorMissed, phrase("ui.org-link-broken")
	case crm.Legacy:
		return "cloud_off", colorHeld, phrase("ui.org-legacy")
	}
	return "cloud_off", colorMuted, phrase("ui.no-org-linked")
}

// barSentence is the first sentence of several, whole as long as the bar has room for it.
func barSentence(s string) string {
	const most = 52
	if first, _, more := strings.Cut(s, ". "); more {
		s = first
	}
	s = strings.TrimSuffix(s, ".")
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func orgName(o app.OrgView) string {
	o.OrgID = "" // an id says nothing to people who see one org
	if o.Called() == "" {
		o.OrgName = productSalesforce
	}
	return short(app.OrgTitle(o.LinkStatus))
}

// showMessages tells of the voice messages that wait for all accounts; a press calls the voicemail of the first that has some. With no number
// for that the desk says what to do.
func (s *statusBar) showMessages(phones []app.PhoneView) {
	waiting, count := false, 0
	for _, p := range phones {
		waiting, count = waiting || p.Messages.Waiting, count+p.Messages.New
	}
	switch {
	case count > 0:
		s.messages.set("voicemail", colorHeld, phrase("ui.bar-messages", "count", count))
	case waiting: // the server does not count
		s.messages.set("voicemail", colorHeld, phrase("ui.bar-messages-wait"))
	default:
		s.messages.button.Hide()
	}
}

func (s *statusBar) showOutbox(o app.OutboxView) {
	switch {
	case o.Parked > 0 && o.Waiting > 0:
		s.outbox.set("error_outline", colorMissed, phrase("ui.bar-not-logged-and-waiting", "count", o.Parked, "waiting", o.Waiting))
	case o.Parked > 0:
		s.outbox.set("error_outline", colorMissed, phrase("ui.bar-not-logged", "count", o.Parked))
	case o.Waiting > 0:
		s.outbox.set("schedule", colorHeld, phrase("ui.bar-waiting", "count", o.Waiting))
	default:
		s.outbox.button.Hide()
	}
}

func (s *statusBar) choosePresence() {
	free := fyne.NewMenuItem(phrase("ui.available"), func() { s.w.setDND(false) })
	busy := fyne.NewMenuItem(phrase("ui.do-not-disturb"), func() { s.w.setDND(true) })
	free.Checked, busy.Checked = !s.dnd, s.dnd
	menu := fyne.NewMenu("", free, busy)
	size := widget.NewMenu(menu).MinSize()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.presence.button)
	popUp(s.w.cfg.Window.Canvas(), menu, at.SubtractXY(max(0, size.Width-s.presence.button.Size().Width), size.Height+4))
}

// short keeps a device's or org's name from filling the bar.
func short(s string) string {
	if r := []rune(s); len(r) > 34 {
		return string(r[:33]) + "…"
	}
	return s
}
