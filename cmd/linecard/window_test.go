package main

import (
	"strings"
	"testing"

	"linecard/app/catalogue"
)

// A display that goes between the look at it and the window ends the start with the sentence, and never with a panic.
func TestADisplayThatGoesAtTheStart(t *testing.T) {
	f, err := opened(func() *windowFace { panic("NotInitialized: The GLFW library is not initialized") })
	if f != nil || err == nil || catalogue.Error(err) != catalogue.Error(errNoDisplay) || !strings.Contains(err.Error(), "GLFW") {
		t.Errorf("%v, %v", f, err)
	}
}
