package resources

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// ink is how much of the 24 by 24 square each icon covers, in percent, as drawn by librsvg. When Fyne's SVG reader
// draws an arc wrong, it closes a shape or loses a part of it, which changes the percentage by far more than the
// tolerance.
var ink = map[string]float64{
	"add":                 9.0,
	"arrow_back":          11.6,
	"assignment":          47.1,
	"backspace":           57.5,
	"business":            38.9,
	"call":                18.4,
	"call_end":            16.6,
	"call_made":           12.1,
	"call_missed":         12.2,
	"call_received":       12.1,
	"check_circle":        48.3,
	"chevron_right":       5.2,
	"close":               11.6,
	"cloud":               50.2,
	"cloud_done":          46.0,
	"cloud_off":           25.1,
	"cloud_sync":          26.6,
	"content_paste":       29.1,
	"dialpad":             21.6,
	"do_not_disturb_on":   51.0,
	"done":                7.9,
	"drag_handle":         11.1,
	"email":               49.4,
	"error_outline":       22.4,
	"fiber_manual_record": 34.9,
	"headset_mic":         29.6,
	"history":             20.3,
	"info":                51.7,
	"link_off":            18.8,
	"mic":                 17.8,
	"mic_off":             19.6,
	"open_in_new":         25.4,
	"palette":             45.4,
	"pause":               19.4,
	"person":              22.8,
	"person_add":          27.6,
	"lock":                41.6,
	"person_off":          25.5,
	"person_search":       23.9,
	"phone_forwarded":     24.5,
	"play_arrow":          13.4,
	"refresh":             16.9,
	"schedule":            22.5,
	"search":              14.8,
	"settings":            34.6,
	"settings_phone":      19.4,
	"support":             38.1,
	"voicemail":           22.1,
	"volume_off":          25.1,
	"volume_up":           23.5,
	"warning_amber":       21.7,
	"work":                55.3,
}

// When LINECARD_PICTURES names a folder, the icons are also written there as one sheet for inspection.
func TestEveryIconIsDrawn(t *testing.T) {
	test.NewTempApp(t)
	names, err := fs.Glob(icons, "icons/*.svg")
	if err != nil || len(names) == 0 {
		t.Fatalf("no icons: %v", err)
	}
	const size, columns = 96, 8
	sheet := image.NewNRGBA(image.Rect(0, 0, columns*size, (len(names)+columns-1)/columns*size))
	draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
	for i, path := range names {
		name := strings.TrimSuffix(strings.TrimPrefix(path, "icons/"), ".svg")
		picture := render(t, Icon(name), size)
		want, known := ink[name]
		if got := coverage(picture); !known || math.Abs(got-want) > 0.5 {
			t.Errorf("%s covers %.1f %% of its square, librsvg says %.1f %% (0 is: not in the table)", name, got, want)
		}
		at := image.Pt(i%columns*size, i/columns*size)
		draw.Draw(sheet, image.Rectangle{at, at.Add(image.Pt(size, size))}, picture, image.Point{}, draw.Over)
	}
	if dir := os.Getenv("LINECARD_PICTURES"); dir != "" {
		f, err := os.Create(filepath.Join(dir, "icons.png"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := png.Encode(f, sheet); err != nil {
			t.Fatal(err)
		}
	}
}

func render(t *testing.T, icon fyne.Resource, size int) image.Image {
	t.Helper()
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	img := canvas.NewImageFromResource(icon)
	img.FillMode = canvas.ImageFillContain
	c.SetContent(img)
	c.Resize(fyne.NewSquareSize(float32(size)))
	return software.RenderCanvas(c, theme.DefaultTheme())
}

func coverage(m image.Image) float64 {
	var sum float64
	b := m.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			sum += float64(color.NRGBAModel.Convert(m.At(x, y)).(color.NRGBA).A) / 255
		}
	}
	return 100 * sum / float64(b.Dx()*b.Dy())
}

func TestAppIcon(t *testing.T) {
	cfg, format, err := image.DecodeConfig(bytes.NewReader(AppIcon.Content()))
	if err != nil || format != "png" || cfg.Width != 512 || cfg.Height != 512 {
		t.Fatalf("Icon.png is %s %dx%d, %v; the desktop wants a PNG of 512x512", format, cfg.Width, cfg.Height, err)
	}
}
