package ui

import (
	"hash/fnv"
	"image/color"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// avatar is a circle with a party's initials, in a colour that stays with the name; or, for somebody without a name, an
// icon in grey.
type avatar struct {
	widget.BaseWidget
	size float32
	name string
	icon string // shown when the name has no letters
}

func newAvatar(size float32) *avatar {
	a := &avatar{size: size, icon: "person"}
	a.ExtendBaseWidget(a)
	return a
}

func (a *avatar) set(name, iconName string) {
	if a.name != name || a.icon != iconName {
		a.name, a.icon = name, iconName
		a.Refresh()
	}
}

func (a *avatar) resize(size float32) {
	if a.size != size {
		a.size = size
		a.Refresh()
	}
}

// initials are the first letters of the first and last word that begin with one; "" when there are none.
func initials(name string) string {
	var letters []rune
	for word := range strings.FieldsSeq(name) {
		if r := []rune(word)[0]; unicode.IsLetter(r) {
			letters = append(letters, unicode.ToUpper(r))
		}
	}
	switch len(letters) {
	case 0:
		return ""
	case 1:
		return string(letters)
	}
	return string([]rune{letters[0], letters[len(letters)-1]})
}

func avatarColor(name string) color.NRGBA {
	h := fnv.New32a()
	h.Write([]byte(name))
	return avatarColors[h.Sum32()%uint32(len(avatarColors))]
}

func (a *avatar) CreateRenderer() fyne.WidgetRenderer {
	r := &avatarRenderer{
		avatar: a, disc: canvas.NewRectangle(nil), letters: canvas.NewText("", color.White),
		image: &canvas.Image{FillMode: canvas.ImageFillContain},
	}
	r.letters.TextStyle.Bold = true
	r.letters.Alignment = fyne.TextAlignCenter
	r.dress()
	return r
}

type avatarRenderer struct {
	avatar  *avatar
	disc    *canvas.Rectangle
	letters *canvas.Text
	image   *canvas.Image
}

func (r *avatarRenderer) dress() {
	a := r.avatar
	r.letters.Text = initials(a.name)
	r.letters.TextSize = a.size * 0.37
	r.disc.CornerRadius = a.size / 2
	if r.letters.Text == "" {
		r.disc.FillColor = themeColor(colorSunken)
		r.image.Resource = tinted(a.icon, colorMuted)
		r.image.Show()
		return
	}
	r.disc.FillColor = avatarColor(a.name)
	r.image.Hide()
}

func (r *avatarRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(r.avatar.size) }

func (r *avatarRenderer) Layout(size fyne.Size) {
	side := fyne.NewSquareSize(r.avatar.size)
	at := fyne.NewPos((size.Width-side.Width)/2, (size.Height-side.Height)/2)
	for _, o := range []fyne.CanvasObject{r.disc, r.letters} {
		o.Resize(side)
		o.Move(at)
	}
	inner := side.Width * 0.5
	r.image.Resize(fyne.NewSquareSize(inner))
	r.image.Move(at.AddXY((side.Width-inner)/2, (side.Width-inner)/2))
}

func (r *avatarRenderer) Refresh() {
	r.dress()
	r.Layout(r.avatar.Size())
	r.disc.Refresh()
	r.letters.Refresh()
	r.image.Refresh()
}

func (r *avatarRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.disc, r.letters, r.image}
}
func (r *avatarRenderer) Destroy() {}
