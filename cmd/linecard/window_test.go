package main

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"linecard/app/catalogue"
)

// Nothing is left for the end of Fyne's loop to wait for: see dropStopHook. A Fyne that names its hook differently fails here too.
func TestNothingIsRunAtTheEndOfTheLoop(t *testing.T) {
	t.Cleanup(func() { test.NewApp() }) // the other tests' current app is none that needs a display
	l := newFyneApp(appID + ".Test").Lifecycle()
	if _, ok := l.(stopHook); !ok {
		t.Error("Fyne has its hook under another name")
	}
	if stopped := l.(interface{ OnStopped() func() }).OnStopped(); stopped != nil {
		t.Error("a hook is run when the loop has ended")
	}
}

// A display that goes between the look at it and the window ends the start with the sentence, and never with a panic.
func TestADisplayThatGoesAtTheStart(t *testing.T) {
	f, err := opened(func() *windowFace { panic("NotInitialized: The GLFW library is not initialized") })
	if f != nil || err == nil || catalogue.Error(err) != catalogue.Error(errNoDisplay) || !strings.Contains(err.Error(), "GLFW") {
		t.Errorf("%v, %v", f, err)
	}
}
