// Package ui is Linecard's window: it draws an [app.View] and turns what the agent does into commands to the desk.
//
// # Rules of the window
//
//   - The window knows nothing but the last View. A call answered from a notification or the command line looks just like
//     one answered here, and no button outlives the call it was for.
//   - [Window.SetView] may be called from any goroutine and as often as one likes: only the newest View is drawn, on the UI
//     goroutine, and a part that says the same as before is not touched. Time passes for the window only while something
//     counts: a call, wrap-up, the next try to register.
//   - Commands never run on the UI goroutine. What they come to arrives as the next View; what goes wrong is one plain
//     sentence in a strip at the top. Nothing ever lies in front of a ringing call.
//   - What other people wrote (names, subjects, reasons) is plain text, cut to its place with an ellipsis.
//   - State is never colour alone, no icon stands without a word where there is room for one, and everything that can be
//     clicked can be reached with Tab and pressed with Enter. Every command of a call is in the main menu, because menu
//     shortcuts are the only ones that work while the agent types.
//
// # The parts
//
// [New] builds three panes under the strips and above the status bar: the number field with the calls of the past (dialbar,
// leftPane), the call (centre with its scenes) and the record (recordPane). The settings are a page in the same window
// (settingsPage). theme.go and palette.go say how everything looks; text, box, glyph and clickable are what it is made of.
//
// This package never imports fyne.io/fyne/v2/app, so that its tests run without a display.
package ui
