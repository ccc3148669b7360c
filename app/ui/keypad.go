package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
)

// keys are a telephone's, with the letters that stand on them.
var keys = []struct{ digit, letters string }{
	{"1", ""},
	{"2", "ABC"},
	{"3", "DEF"},
	{"4", "GHI"},
	{"5", "JKL"},
	{"6", "MNO"},
	{"7", "PQRS"},
	{"8", "TUV"},
	{"9", "WXYZ"},
	{"*", ""},
	{"0", "+"},
	{"#", ""},
}

// newKeypad is the twelve keys; pressed gets the key. A long zero is a plus on a telephone: here it is the right button.
func newKeypad(pressed func(key string)) *fyne.Container {
	grid := container.New(keyGrid{})
	for _, k := range keys {
		digit := style{size: sizeTitle, color: theme.ColorNameForeground}.centred()
		face := vbox(-2, newText(k.digit, digit))
		if k.letters != "" {
			face.Add(newText(k.letters, eyebrow.centred()))
		}
		key := newClickable(container.New(midHeight{}, face), 8, func() { pressed(k.digit) })
		if k.letters == "+" {
			key.secondary = func(fyne.Position) { pressed("+") }
		}
		grid.Add(key.background(colorSunken))
	}
	return grid
}

// keyGrid is three columns of keys, not wider than fingers and eyes like them.
type keyGrid struct{}

const keyGap, keyHeight, keyWidth = 6, 44, 92

func (keyGrid) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(3*60+2*keyGap, 4*keyHeight+3*keyGap)
}

func (keyGrid) Layout(o []fyne.CanvasObject, size fyne.Size) {
	w := min((size.Width-2*keyGap)/3, keyWidth)
	left := (size.Width - 3*w - 2*keyGap) / 2
	for i, key := range o {
		key.Move(fyne.NewPos(left+float32(i%3)*(w+keyGap), float32(i/3)*(keyHeight+keyGap)))
		key.Resize(fyne.NewSize(w, keyHeight))
	}
}

// midHeight keeps its content's height, in the middle, over the whole width.
type midHeight struct{}

func (midHeight) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
func (midHeight) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h := o[0].MinSize().Height
	o[0].Move(fyne.NewPos(0, (size.Height-h)/2))
	o[0].Resize(fyne.NewSize(size.Width, h))
}

// callKeypad sends tones into a call and shows which.
type callKeypad struct {
	root *fyne.Container
	sent *text
	send func(key string)
}

func newCallKeypad(send func(key string)) *callKeypad {
	k := &callKeypad{sent: newText("", title.centred()), send: send}
	k.root = vbox(10, k.sent, newKeypad(k.press), newText(phrase("ui.keypad-hint"), caption.centred()))
	k.clear()
	return k
}

func (k *callKeypad) clear() { k.sent.set(" ") }

func (k *callKeypad) press(key string) {
	if key == "+" { // no tone of its own
		key = "0"
	}
	k.show(key)
	k.send(key)
}

// show writes a key that was sent, keeping the last ones in sight.
func (k *callKeypad) show(key string) {
	sent := []rune(k.sent.value + key)
	if len(sent) > 17 {
		sent = sent[len(sent)-16:]
	}
	k.sent.set(string(sent))
}
