package ui

import (
	"fmt"
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
	org      *statusItem
	outbox   *statusItem
	device   *statusItem
	presence *statusItem
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
	s.org = newStatusItem(func() { w.openSettings(pageSalesforce) })
	s.outbox = newStatusItem(func() { w.left.openTab(tabNotLogged) })
	s.device = newStatusItem(func() { w.openSettings(pageAudio) })
	s.presence = newStatusItem(s.choosePresence)
	s.root = vbox(0, rule(), container.NewStack(newBox(colorSurface, 0),
		inset(3, 3, 6, 6, container.NewBorder(nil, nil, hbox(2, s.phone.button, s.org.button, s.outbox.button), hbox(2, s.device.button, s.presence.button)))))
	return s
}

func (s *statusBar) show(v app.View) {
	s.showPhone(v.Phone)
	s.showOrg(v.Org)
	s.showOutbox(v.Outbox)
	switch {
	case v.Audio.Null:
		s.device.set("warning_amber", colorHeld, "No sound device")
	case v.Audio.Problem != "":
		s.device.set("warning_amber", colorHeld, "Sound problem")
	case v.Audio.Microphone != "":
		s.device.set("headset_mic", colorMuted, short(v.Audio.Microphone))
	default:
		s.device.button.Hide()
	}
	s.dnd = v.DND
	switch {
	case !v.Phone.Configured:
		s.presence.button.Hide()
	case v.DND:
		s.presence.set("do_not_disturb_on", colorMissed, "Do not disturb")
	case v.Phone.State == "registered":
		s.presence.set("fiber_manual_record", colorTalking, "Available")
	default:
		s.presence.set("fiber_manual_record", colorMuted, "Not available")
	}
}

func (s *statusBar) showPhone(p app.PhoneView) {
	switch {
	case !p.Configured:
		s.phone.set("settings_phone", colorHeld, "No phone account")
	case p.State == "registered":
		s.phone.set("check_circle", colorTalking, p.Extension+" registered")
	case p.State == "registering":
		s.phone.set("schedule", colorHeld, p.Extension+" connecting")
	case p.State == "unreachable":
		s.phone.set("error_outline", colorMissed, "Can't reach "+p.Server)
	case p.State == "refused":
		s.phone.set("error_outline", colorMissed, p.Extension+" refused")
	case p.State == "unregistered" && p.Reason != "": // it would, but can't
		s.phone.set("settings_phone", colorHeld, p.Extension+" not signed on")
	case p.State == "unregistered":
		s.phone.set("settings_phone", colorMuted, p.Extension+" signed off")
	default:
		s.phone.set("settings_phone", colorHeld, "Phone not signed on")
	}
}

func (s *statusBar) showOrg(o crm.LinkStatus) {
	switch o.State {
	case crm.Linked:
		if o.Trouble != "" {
			s.org.set("cloud_off", colorHeld, short(strings.TrimSuffix(o.Trouble, ".")))
			break
		}
		s.org.set("cloud_done", colorTalking, orgName(o))
	case crm.Linking:
		s.org.set("cloud_sync", colorHeld, "Linking org")
	case crm.Inactive:
		s.org.set("cloud_off", colorMissed, "Org link broken")
	default:
		s.org.set("cloud_off", colorMuted, "No org linked")
	}
}

func orgName(o crm.LinkStatus) string {
	name := o.OrgName
	if name == "" {
		name = "Salesforce"
	}
	if o.Sandbox {
		name += " (sandbox)"
	}
	return short(name)
}

func (s *statusBar) showOutbox(o app.OutboxView) {
	switch {
	case o.Parked > 0 && o.Waiting > 0:
		s.outbox.set("error_outline", colorMissed, fmt.Sprintf("%s not logged, %d waiting", count(o.Parked, "call"), o.Waiting))
	case o.Parked > 0:
		s.outbox.set("error_outline", colorMissed, count(o.Parked, "call")+" not logged")
	case o.Waiting > 0:
		s.outbox.set("schedule", colorHeld, count(o.Waiting, "call")+" waiting to log")
	default:
		s.outbox.button.Hide()
	}
}

func (s *statusBar) choosePresence() {
	free := fyne.NewMenuItem("Available", func() { s.w.setDND(false) })
	busy := fyne.NewMenuItem("Do not disturb", func() { s.w.setDND(true) })
	free.Checked, busy.Checked = !s.dnd, s.dnd
	menu := widget.NewPopUpMenu(fyne.NewMenu("", free, busy), s.w.cfg.Window.Canvas())
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(s.presence.button)
	menu.ShowAtPosition(at.SubtractXY(max(0, menu.MinSize().Width-s.presence.button.Size().Width), menu.MinSize().Height+4))
}

// short keeps a device's or org's name from filling the bar.
func short(s string) string {
	if r := []rune(s); len(r) > 34 {
		return string(r[:33]) + "…"
	}
	return s
}
