package ui

import (
	"bytes"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// contrast is WCAG 2.1's ratio of relative luminances, 1 to 21.
func contrast(a, b color.NRGBA) float64 {
	light := func(c color.NRGBA) float64 {
		channel := func(v uint8) float64 {
			s := float64(v) / 255
			if s <= 0.04045 {
				return s / 12.92
			}
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return 0.2126*channel(c.R) + 0.7152*channel(c.G) + 0.0722*channel(c.B)
	}
	la, lb := light(a)+0.05, light(b)+0.05
	return max(la, lb) / min(la, lb)
}

// TestContrast holds both palettes to WCAG 2.1 AA: 4.5 for what is read, 3 for marks that a word stands beside.
func TestContrast(t *testing.T) {
	grounds := []fyne.ThemeColorName{theme.ColorNameBackground, colorSurface, theme.ColorNameSelection}
	type pair struct {
		ink, ground fyne.ThemeColorName
		least       float64
	}
	pairs := []pair{
		{theme.ColorNameForeground, theme.ColorNameButton, 4.5},
		{theme.ColorNameForeground, colorSunken, 4.5},
		{colorMuted, colorSunken, 4.5},
		{theme.ColorNamePlaceHolder, theme.ColorNameInputBackground, 4.5},
		{theme.ColorNameForegroundOnPrimary, theme.ColorNamePrimary, 4.5},
		{theme.ColorNameForegroundOnSuccess, theme.ColorNameSuccess, 4.5},
		{theme.ColorNameForegroundOnError, theme.ColorNameError, 4.5},
		{theme.ColorNameHyperlink, colorSurface, 4.5},
		{theme.ColorNameHyperlink, colorRingTint, 4.5},
		{theme.ColorNamePrimary, colorSurface, 3},
		{theme.ColorNamePrimary, theme.ColorNameSelection, 3},
		{colorRinging, colorRingTint, 4.5},
		{colorTalking, colorTalkTint, 4.5},
		{colorHeld, colorHeldTint, 4.5},
		{colorMissed, colorMissedTint, 4.5},
	}
	for _, ground := range grounds {
		for _, ink := range []fyne.ThemeColorName{theme.ColorNameForeground, colorMuted, colorMissed} {
			pairs = append(pairs, pair{ink, ground, 4.5})
		}
		for _, ink := range []fyne.ThemeColorName{colorRinging, colorTalking, colorHeld} {
			pairs = append(pairs, pair{ink, ground, 3})
		}
	}
	for _, tint := range []fyne.ThemeColorName{colorRingTint, colorTalkTint, colorHeldTint, colorMissedTint} {
		pairs = append(pairs, pair{theme.ColorNameForeground, tint, 4.5})
	}
	for name, p := range map[string]palette{"light": lightPalette, "dark": darkPalette} {
		for _, pair := range pairs {
			if got := contrast(p[pair.ink], p[pair.ground]); got < pair.least {
				t.Errorf("%s: %s on %s has %.2f, want %.1f", name, pair.ink, pair.ground, got, pair.least)
			}
		}
	}
	for i, c := range avatarColors {
		if got := contrast(c, hex(0xffffff)); got < 4.5 {
			t.Errorf("white initials on avatar colour %d have %.2f", i, got)
		}
	}
}

// TestPalettesAreWhole: a colour that one palette lacks would be Fyne's own, in that mode only.
func TestPalettesAreWhole(t *testing.T) {
	for name := range lightPalette {
		if _, ok := darkPalette[name]; !ok {
			t.Errorf("the dark palette has no %s", name)
		}
	}
	for name := range darkPalette {
		if _, ok := lightPalette[name]; !ok {
			t.Errorf("the light palette has no %s", name)
		}
	}
}

func TestMode(t *testing.T) {
	for _, tt := range []struct {
		mode    Mode
		variant fyne.ThemeVariant
		want    palette
	}{
		{FollowSystem, theme.VariantLight, lightPalette},
		{FollowSystem, theme.VariantDark, darkPalette},
		{"", theme.VariantDark, darkPalette},
		{Light, theme.VariantDark, lightPalette},
		{Dark, theme.VariantLight, darkPalette},
	} {
		got := newTheme(Appearance{Mode: tt.mode}).Color(theme.ColorNameBackground, tt.variant)
		if got != color.Color(tt.want[theme.ColorNameBackground]) {
			t.Errorf("%q on a system in variant %d is drawn on %v", tt.mode, tt.variant, got)
		}
	}
}

// TestShortcutsAreReadable: the keys beside the words of the menu are as dark as the words.
func TestShortcutsAreReadable(t *testing.T) {
	b := newBench(t, nil)
	found := 0
	for _, o := range test.LaidOutObjects(widget.NewMenu(fyne.NewMenu("", b.menu.answer))) {
		if line, ok := o.(*canvas.Text); ok && strings.HasPrefix(line.Text, "Ctrl") {
			found++
			ink := color.NRGBAModel.Convert(line.Color).(color.NRGBA)
			ground := lightPalette[theme.ColorNameMenuBackground]
			mix := func(over, under uint8) uint8 {
				return uint8((int(over)*int(ink.A) + int(under)*(255-int(ink.A))) / 255)
			}
			if got := contrast(color.NRGBA{R: mix(ink.R, ground.R), G: mix(ink.G, ground.G), B: mix(ink.B, ground.B), A: 0xff}, ground); got < 4.5 {
				t.Errorf("%s has %.2f", line.Text, got)
			}
		}
	}
	if found == 0 {
		t.Error("no shortcut in the menu")
	}
}

// TestArrowsFollowTheTheme: Fyne's icon widget redraws only what is another object, so each palette needs its own.
func TestArrowsFollowTheTheme(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	arrow := func() []byte {
		for _, o := range test.WidgetRenderer(b.centre.call.form.outcome).Objects() {
			if i, ok := o.(*widget.Icon); ok {
				picture := test.WidgetRenderer(i).Objects()[0].(*canvas.Image)
				return bytes.Clone(picture.Image.(*image.NRGBA).Pix)
			}
		}
		t.Fatal("the list has no arrow")
		return nil
	}
	light := arrow()
	b.openSettings(pageAppearance)
	b.settle()
	b.SetAppearance(Appearance{Mode: Dark})
	b.closeSettings()
	if bytes.Equal(light, arrow()) {
		t.Error("in the dark the arrow is as it was in the light")
	}
	b.SetAppearance(Appearance{Mode: Light})
	if !bytes.Equal(light, arrow()) {
		t.Error("back in the light the arrow is another")
	}
}

// TestThemeChangeReachesTexts: what is on screen follows a change of palette at once, and comes back.
func TestThemeChangeReachesTexts(t *testing.T) {
	b := newBench(t, nil)
	b.draw(with(idle(), talking()))
	before := b.cfg.Window.Canvas().Capture()
	b.SetAppearance(Appearance{Mode: Dark, TextSize: TextLarge})
	ground := test.WidgetRenderer(b.centre.root.Objects[0].(*box)).Objects()[0].(*canvas.Rectangle).FillColor
	if want := darkPalette[theme.ColorNameBackground]; ground != color.Color(want) {
		t.Errorf("after the change to dark the page is %v, want %v", ground, want)
	}
	b.SetAppearance(Appearance{Mode: Light})
	b.relayout()
	after := b.cfg.Window.Canvas().Capture()
	if !bytes.Equal(before.(*image.NRGBA).Pix, after.(*image.NRGBA).Pix) {
		t.Error("the way to dark and back left traces")
	}
}
