package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Colours are named for what they say, not for their hue. Colour is spent on the state of a call and on the one thing to
// do next; everything else is grey. A state is never colour alone: a word or an icon says it too.
const (
	colorSurface fyne.ThemeColorName = "surface"   // side panes, sheets
	colorSunken  fyne.ThemeColorName = "sunken"    // circles and keys on a page
	colorMuted   fyne.ThemeColorName = "textMuted" // second lines, captions

	colorRinging fyne.ThemeColorName = "callRinging"
	colorTalking fyne.ThemeColorName = "callTalking"
	colorHeld    fyne.ThemeColorName = "callHeld" // also: what waits
	colorMissed  fyne.ThemeColorName = "callMissed"
	colorPurple  fyne.ThemeColorName = "orgPurple" // only marks an org

	// The tints lie under text of the same name.
	colorRingTint   fyne.ThemeColorName = "callRingTint"
	colorTalkTint   fyne.ThemeColorName = "callTalkTint"
	colorHeldTint   fyne.ThemeColorName = "callHeldTint"
	colorMissedTint fyne.ThemeColorName = "callMissedTint"

	colorNone fyne.ThemeColorName = "none" // nothing is painted
)

type palette map[fyne.ThemeColorName]color.NRGBA

func hex(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

// lightPalette and darkPalette are held to WCAG 2.1 contrast by TestContrast: 4.5 for text, 3 for marks.
var lightPalette = palette{
	theme.ColorNameBackground:          hex(0xf4f5f7),
	theme.ColorNameForeground:          hex(0x1a1f26),
	theme.ColorNamePlaceHolder:         hex(0x616b78),
	theme.ColorNameDisabled:            hex(0x8a94a0),
	theme.ColorNamePrimary:             hex(0x0b63ce),
	theme.ColorNameForegroundOnPrimary: hex(0xffffff),
	theme.ColorNameForegroundOnSuccess: hex(0xffffff),
	theme.ColorNameForegroundOnError:   hex(0xffffff),
	theme.ColorNameForegroundOnWarning: hex(0xffffff),
	theme.ColorNameHyperlink:           hex(0x0b57b5),
	theme.ColorNameButton:              hex(0xe4e8ec),
	theme.ColorNameDisabledButton:      hex(0xeceef1),
	theme.ColorNameInputBackground:     hex(0xffffff),
	theme.ColorNameInputBorder:         hex(0xc3cad2),
	theme.ColorNameSeparator:           hex(0xdfe3e8),
	theme.ColorNameHeaderBackground:    hex(0xffffff),
	theme.ColorNameSuccess:             hex(0x17754a),
	theme.ColorNameError:               hex(0xc02b2b),
	theme.ColorNameWarning:             hex(0x8a5700),
	theme.ColorNameSelection:           hex(0xdbe9fb),
	theme.ColorNameHover:               {A: 0x0c},
	theme.ColorNamePressed:             {A: 0x18},
	theme.ColorNameFocus:               {R: 0x0b, G: 0x63, B: 0xce, A: 0x38},
	theme.ColorNameScrollBar:           {A: 0x40},
	theme.ColorNameScrollBarBackground: {},
	theme.ColorNameShadow:              {A: 0x30},
	theme.ColorNameOverlayBackground:   hex(0xffffff),
	theme.ColorNameMenuBackground:      hex(0xffffff),

	colorSurface:    hex(0xffffff),
	colorSunken:     hex(0xe9ecf0),
	colorMuted:      hex(0x5b6572),
	colorRinging:    hex(0x0b5cc0),
	colorTalking:    hex(0x17754a),
	colorHeld:       hex(0x8a5700),
	colorMissed:     hex(0xb92828),
	colorPurple:     hex(0x6b3fc4),
	colorRingTint:   hex(0xdbe9fb),
	colorTalkTint:   hex(0xdff3e8),
	colorHeldTint:   hex(0xfdf0d9),
	colorMissedTint: hex(0xfce6e6),
	colorNone:       {},
}

var darkPalette = palette{
	theme.ColorNameBackground:          hex(0x14171b),
	theme.ColorNameForeground:          hex(0xe8ebef),
	theme.ColorNamePlaceHolder:         hex(0x939dab),
	theme.ColorNameDisabled:            hex(0x707a87),
	theme.ColorNamePrimary:             hex(0x5aa2ff),
	theme.ColorNameForegroundOnPrimary: hex(0x0b1420),
	theme.ColorNameForegroundOnSuccess: hex(0x06170e),
	theme.ColorNameForegroundOnError:   hex(0x1d0606),
	theme.ColorNameForegroundOnWarning: hex(0x1c1203),
	theme.ColorNameHyperlink:           hex(0x7ab4ff),
	theme.ColorNameButton:              hex(0x2b323b),
	theme.ColorNameDisabledButton:      hex(0x22272e),
	theme.ColorNameInputBackground:     hex(0x242a32),
	theme.ColorNameInputBorder:         hex(0x3d4652),
	theme.ColorNameSeparator:           hex(0x2a3038),
	theme.ColorNameHeaderBackground:    hex(0x1c2026),
	theme.ColorNameSuccess:             hex(0x4cc38a),
	theme.ColorNameError:               hex(0xff7b72),
	theme.ColorNameWarning:             hex(0xe0a33a),
	theme.ColorNameSelection:           hex(0x20344e),
	theme.ColorNameHover:               {R: 0xff, G: 0xff, B: 0xff, A: 0x0e},
	theme.ColorNamePressed:             {R: 0xff, G: 0xff, B: 0xff, A: 0x1c},
	theme.ColorNameFocus:               {R: 0x5a, G: 0xa2, B: 0xff, A: 0x48},
	theme.ColorNameScrollBar:           {R: 0xff, G: 0xff, B: 0xff, A: 0x48},
	theme.ColorNameScrollBarBackground: {},
	theme.ColorNameShadow:              {A: 0x80},
	theme.ColorNameOverlayBackground:   hex(0x1c2026),
	theme.ColorNameMenuBackground:      hex(0x22272e),

	colorSurface:    hex(0x1c2026),
	colorSunken:     hex(0x272d35),
	colorMuted:      hex(0x9aa4b1),
	colorRinging:    hex(0x6db0ff),
	colorTalking:    hex(0x4cc38a),
	colorHeld:       hex(0xe0a33a),
	colorMissed:     hex(0xff8a82),
	colorPurple:     hex(0xb49cff),
	colorRingTint:   hex(0x1b304a),
	colorTalkTint:   hex(0x16301f),
	colorHeldTint:   hex(0x33270f),
	colorMissedTint: hex(0x3b1c1c),
	colorNone:       {},
}

// avatarColors carry white initials in both palettes.
var avatarColors = []color.NRGBA{
	hex(0x4664b0), hex(0x7a5bb0), hex(0xa34a7c), hex(0xb04a44), hex(0x96600f), hex(0x3d7a46), hex(0x17757d), hex(0x5b6b7d),
}
