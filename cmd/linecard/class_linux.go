package main

import "github.com/go-gl/glfw/v3.3/glfw"

// nameWindows names the windows that are made from now on for docks and task bars, which find the entry of the menu and its
// icon by that name (ICCCM 4.1.2.5, StartupWMClass of a .desktop file). Fyne sets none, and GLFW then takes the title, which
// changes with the call. The library must have been started: a start takes back what was set before.
func nameWindows() {
	glfw.WindowHintString(glfw.X11ClassName, "Linecard")
	glfw.WindowHintString(glfw.X11InstanceName, "linecard")
}
