package ui

import (
	"image/color"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"linecard/resources"
)

// Mode chooses between the palettes.
type Mode string

// The modes.
const (
	FollowSystem Mode = "system" // as the desktop says, also when it changes its mind
	Light        Mode = "light"
	Dark         Mode = "dark"
)

// TextSize is how large the window writes.
type TextSize string

// The text sizes.
const (
	TextNormal TextSize = "normal"
	TextLarge  TextSize = "large"
)

// Appearance is how the window looks. Its zero value follows the system in the normal text size.
type Appearance struct {
	Mode     Mode
	TextSize TextSize
}

// Sizes of our own, beside Fyne's.
const (
	sizeName  fyne.ThemeSizeName = "callName" // who calls
	sizeTitle fyne.ThemeSizeName = "title"    // "Ready for calls", pages of the settings
	sizeClock fyne.ThemeSizeName = "clock"
	sizeMicro fyne.ThemeSizeName = "micro" // pills and eyebrows
)

var textSizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNameText:           13,
	theme.SizeNameCaptionText:    11.5,
	theme.SizeNameSubHeadingText: 15,
	theme.SizeNameHeadingText:    20,
	sizeName:                     22,
	sizeTitle:                    18,
	sizeClock:                    28,
	sizeMicro:                    10.5,
}

var otherSizes = map[fyne.ThemeSizeName]float32{
	theme.SizeNamePadding:         4,
	theme.SizeNameInnerPadding:    8,
	theme.SizeNameInlineIcon:      18,
	theme.SizeNameInputRadius:     6,
	theme.SizeNameSelectionRadius: 6,
	theme.SizeNameScrollBar:       8,
	theme.SizeNameScrollBarSmall:  3,
}

// lineTheme is both palettes at once: Fyne passes the variant, and a fixed Mode ignores it.
type lineTheme struct {
	fyne.Theme
	look  Appearance
	icons sync.Map // iconKey to fyne.Resource
}

func newTheme(look Appearance) fyne.Theme { return &lineTheme{Theme: theme.DefaultTheme(), look: look} }

// wear puts the look on, unless it is on already: every change of theme empties Fyne's caches of fonts and icons.
func wear(a fyne.App, look Appearance) {
	if t, ok := a.Settings().Theme().(*lineTheme); ok && t.look == look {
		return
	}
	a.Settings().SetTheme(newTheme(look))
}

// Icon gives every theme and variant icons of its own. Fyne's are the same objects for all, and its icon widget takes the
// same object for the same picture: the arrow of a drop-down list would keep the colour of the palette it was drawn in.
func (t *lineTheme) Icon(name fyne.ThemeIconName) fyne.Resource {
	key := iconKey{name, fyne.CurrentApp().Settings().ThemeVariant()}
	if own, ok := t.icons.Load(key); ok {
		return own.(fyne.Resource)
	}
	own, _ := t.icons.LoadOrStore(key, theme.NewThemedResource(t.Theme.Icon(name)))
	return own.(fyne.Resource)
}

type iconKey struct {
	name    fyne.ThemeIconName
	variant fyne.ThemeVariant
}

func (t *lineTheme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	p := lightPalette
	if t.look.Mode == Dark || t.look.Mode != Light && v == theme.VariantDark {
		p = darkPalette
	}
	if c, ok := p[name]; ok {
		if name == theme.ColorNameForeground {
			return menuInk{c}
		}
		return c
	}
	return t.Theme.Color(name, v)
}

// menuInk is an opaque colour that survives Fyne's menus. Fyne 2.7.1 means to write a shortcut in 95 % of the foreground's
// alpha, but keeps the low byte of the 16-bit product (widget/menu_item.go, shortcutColor): 0xffff becomes 0x32, and nobody
// can read the shortcut. 0xffc8 is as opaque wherever the high byte counts, and becomes 0xfe.
type menuInk struct{ color.NRGBA }

func (c menuInk) RGBA() (r, g, b, a uint32) {
	return uint32(c.R) * 0x101, uint32(c.G) * 0x101, uint32(c.B) * 0x101, 0xffc8
}

func (t *lineTheme) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Monospace, s.Symbol, s.Italic:
		return t.Theme.Font(s)
	case s.Bold:
		return resources.SemiBold
	}
	return resources.Regular
}

func (t *lineTheme) Size(name fyne.ThemeSizeName) float32 {
	if px, ok := textSizes[name]; ok {
		if t.look.TextSize == TextLarge {
			return px * 1.2
		}
		return px
	}
	if px, ok := otherSizes[name]; ok {
		return px
	}
	return t.Theme.Size(name)
}

// pillTheme rounds the buttons under it. It asks the current theme each time, so that a change of theme reaches it.
type pillTheme struct{}

func (pillTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	return currentTheme().Color(n, v)
}
func (pillTheme) Font(s fyne.TextStyle) fyne.Resource     { return currentTheme().Font(s) }
func (pillTheme) Icon(n fyne.ThemeIconName) fyne.Resource { return currentTheme().Icon(n) }
func (pillTheme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameInputRadius:
		return 100
	case theme.SizeNameInnerPadding:
		return 10
	}
	return currentTheme().Size(n)
}

// oneLineTheme takes the scroll bar out of a single-line field: it would cover what is written there.
type oneLineTheme struct{ pillTheme }

func (t oneLineTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if n == theme.ColorNameShadow || n == theme.ColorNameScrollBar {
		return color.Transparent
	}
	return currentTheme().Color(n, v)
}

func (t oneLineTheme) Size(n fyne.ThemeSizeName) float32 { return currentTheme().Size(n) }

func oneLine(field fyne.CanvasObject) fyne.CanvasObject { return newDressed(field, oneLineTheme{}) }

func currentTheme() fyne.Theme { return fyne.CurrentApp().Settings().Theme() }

func themeColor(n fyne.ThemeColorName) color.Color {
	s := fyne.CurrentApp().Settings()
	return s.Theme().Color(n, s.ThemeVariant())
}

func themeSize(n fyne.ThemeSizeName) float32 { return currentTheme().Size(n) }
