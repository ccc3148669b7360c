package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/settings"
)

func systemChoice() string { return phrase("ui.system-choice") }

// audioSheet chooses the sound devices. A choice counts at once, also for the call that is going on.
type audioSheet struct {
	w          *Window
	page       *fyne.Container
	standing   *standing
	microphone *choice
	speaker    *choice
	ringer     *choice
	ring       *plainSettings
	echo       *button // calls the echo test
	echoDetail *paragraph
	filling    bool
}

func newAudioSheet(w *Window) *audioSheet {
	s := &audioSheet{w: w, standing: newStanding()}
	list := func() *choice { return newChoice([]string{systemChoice()}, func(string) { s.save() }) }
	s.microphone, s.speaker, s.ringer = list(), list(), list()
	tone := newButton(phrase("ui.play-a-test-tone"), "volume_up", widget.MediumImportance, func() { w.do(w.cfg.Settings.TestTone) })
	s.echo, s.echoDetail = newButton(phrase("ui.echo-call"), "mic", widget.MediumImportance, s.callEcho), newParagraph("", caption, 3)
	s.ring = newPlainSettings(w,
		&plainRow{key: "devices.ring_style", label: "ui.ring-style", words: []explained{
			{value: "us", name: "ui.ring-us", means: "ui.ring-means"},
			{value: "uk", name: "ui.ring-uk", means: "ui.ring-means"},
			{value: "eu", name: "ui.ring-eu", means: "ui.ring-means"},
			{value: "jp", name: "ui.ring-jp", means: "ui.ring-means"},
			{value: "none", name: "ui.ring-none", means: "ui.ring-none-means", loud: true},
		}},
		&plainRow{key: "devices.ring_volume", label: "ui.ring-volume"},
	)
	s.page = vbox(20, newText(phrase("ui.page-audio"), title),
		group(phrase("ui.now"), s.standing.root),
		group(phrase("ui.devices"), entryRow(phrase("ui.microphone"), bordered(s.microphone)), entryRow(phrase("ui.speaker"), bordered(s.speaker)),
			entryRow(phrase("ui.calls-ring-on"), bordered(s.ringer)), hbox(6, tone, s.echo), s.echoDetail),
		group(phrase("ui.ring-group"), append(s.ring.objects(), hbox(0, s.ring.save))...))
	return s
}

// callEcho calls the echo test. The call is in the window behind the settings.
func (s *audioSheet) callEcho() {
	s.w.closeSettings()
	s.w.ask(func() func() {
		id, err := s.w.cfg.Desk.CallEcho("")
		return func() {
			if s.w.complain(aboutCommand, err); err == nil {
				s.w.expect(id)
				s.w.apply(s.w.view)
			}
		}
	})
}

func (s *audioSheet) object() fyne.CanvasObject { return s.page }

func (s *audioSheet) typed() *typedText  { return s.ring.typed() }
func (s *audioSheet) retype(t typedText) { s.ring.typed().takeOver(t) }

func (s *audioSheet) fill(f Form) {
	s.ring.fill(f)
	s.filling = true
	defer func() { s.filling = false }()
	devices := func(to *choice, names []string, chosen string) {
		options := append([]string{systemChoice()}, names...)
		if chosen == "" {
			chosen = systemChoice()
		}
		if !slices.Contains(options, chosen) { // unplugged: it is used again when it comes back
			options = append(options, chosen)
		}
		to.SetOptions(options)
		to.SetSelected(chosen)
	}
	devices(s.microphone, f.Microphones, f.Devices.Microphone)
	devices(s.speaker, f.Speakers, f.Devices.Speaker)
	devices(s.ringer, f.Speakers, f.Devices.Ringer)
	f.lock("devices.microphone", s.microphone)
	f.lock("devices.speaker", s.speaker)
	f.lock("devices.ringer", s.ringer)
}

func (s *audioSheet) save() {
	if s.filling {
		return
	}
	device := func(from *choice) string {
		if from.Selected == systemChoice() {
			return ""
		}
		return from.Selected
	}
	microphone, speaker, ringer := device(s.microphone), device(s.speaker), device(s.ringer)
	s.w.do(func() error {
		return s.w.cfg.Settings.Change(func(set *settings.Settings) {
			set.Devices.Microphone, set.Devices.Speaker, set.Devices.Ringer = microphone, speaker, ringer
		})
	})
}

func (s *audioSheet) show(v app.View) {
	some := slices.ContainsFunc(v.Phones, func(p app.PhoneView) bool { return p.EchoTest != "" })
	s.echo.enable(some && !busy(v))
	if some {
		s.echoDetail.say(phrase("ui.echo-call-detail"))
	} else {
		s.echoDetail.say(phrase("ui.echo-none-detail"))
	}
	a := v.Audio
	switch {
	case a.Problem != "":
		s.standing.set("warning_amber", colorHeld, phrase("ui.sound-problem-title"), sentence(a.Problem))
	case a.Null:
		s.standing.set("volume_off", colorHeld, phrase("ui.no-sound-device"), phrase("ui.no-sound-device-detail"))
	default:
		s.standing.set("headset_mic", colorTalking, a.Microphone, phrase("ui.heard-and-rings-on", "speaker", a.Speaker, "ringer", a.Ringer))
	}
}
