// Package wholefile replaces a file as a whole: whoever reads it, also after a crash, finds the old text or the new one.
package wholefile
