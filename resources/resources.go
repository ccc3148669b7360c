// Package resources holds the files that the window is drawn with: icons, the Inter typeface and the application's
// icon.
//
// Everything is in the binary (go:embed) and is returned unparsed: nothing is parsed before the first frame needs it.
// The voices of the demo's callers are in resources/voices, so that the phone does not include the window's files.
// Licences are next to the files they cover: Inter is under the SIL Open Font License, the icons under Apache-2.0.
package resources

import (
	"embed"
	"fmt"

	"fyne.io/fyne/v2"
)

//go:embed icons/*.svg
var icons embed.FS

//go:embed fonts/Inter-Regular.otf
var interRegular []byte

//go:embed fonts/Inter-SemiBold.otf
var interSemiBold []byte

//go:embed Icon.png
var appIcon []byte

// Inter is the window's typeface. The resources share the embedded bytes.
var (
	Regular  fyne.Resource = fyne.NewStaticResource("Inter-Regular.otf", interRegular)
	SemiBold fyne.Resource = fyne.NewStaticResource("Inter-SemiBold.otf", interSemiBold)
)

// AppIcon is Linecard's icon, 512 by 512 pixels. It is a PNG because the tray of most desktops does not accept SVG.
var AppIcon fyne.Resource = fyne.NewStaticResource("Icon.png", appIcon)

// Icon returns the icon with a Material name, such as "call_end", as a black SVG of 24 by 24: colour it with
// theme.NewColoredResource. Icon panics for an unknown name, which is an error in the program.
func Icon(name string) fyne.Resource {
	svg, err := icons.ReadFile("icons/" + name + ".svg")
	if err != nil {
		panic(fmt.Sprintf("resources: no icon %q", name))
	}
	return fyne.NewStaticResource(name+".svg", svg)
}
