// Package clean makes text from outside fit for every place that shows or keeps it: the window, a terminal, a log, JSON,
// a Task. Names, reasons and labels that a caller or an org chose come in by two doors, sip.Party and crm.Record, and are
// cleaned there, once. Nothing is escaped: whoever writes markup escapes for it.
//
// What is cleaned has no control characters, no characters that turn the direction of text round or that nobody can see,
// no invalid UTF-8, no towers of accents, and is not longer than it may be. The two joiners stay where they shape letters
// or emoji, as names need them.
package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxLine is how many characters a name may have, and whatever else is one line.
const MaxLine = 120

// Line cleans a text that is one line, such as a name. Runs of spaces, tabs and line ends become one space.
func Line(s string) string { return Short(s, MaxLine) }

// Short is Line with a limit of its own. A longer text ends in an ellipsis, and no letter is cut in two.
func Short(s string, limit int) string {
	if plain(s, limit) {
		return s
	}
	return cut(filter(s, limit), limit)
}

// Text cleans a text that may have several lines, such as notes, of at most limit characters: each line as in [Line], however
// long it is. Line ends become "\n"; those at the beginning and at the end go.
func Text(s string, limit int) string {
	lines := strings.Split(lineEnds.Replace(s), "\n")
	for i, line := range lines {
		lines[i] = Short(line, limit)
	}
	s = strings.Trim(strings.Join(lines, "\n"), "\n")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return strings.TrimRight(cut([]rune(s), limit), "\n")
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n")

// plain reports whether s is clean already, as most texts are.
func plain(s string, limit int) bool {
	for i := range len(s) {
		space := s[i] == ' '
		if s[i] < ' ' || s[i] > '~' || space && (i == 0 || i == len(s)-1 || s[i+1] == ' ') {
			return false
		}
	}
	return len(s) <= limit
}

// maxMarks is how many combining marks one letter keeps; no living script needs more.
const maxMarks = 4

// filter drops what may not stay, and joins spaces. It stops soon after limit, for the rest is cut off.
func filter(s string, limit int) []rune {
	out := make([]rune, 0, min(len(s), limit+2*maxMarks))
	marks, space := 0, false
	joiner := rune(0) // one that stays if what follows needs it
	for _, r := range s {
		if len(out) > limit+2*maxMarks {
			break
		}
		last := rune(0)
		if len(out) > 0 && !space {
			last = out[len(out)-1]
		}
		switch {
		case unicode.IsSpace(r) || r == '\u2028' || r == '\u2029' || unicode.IsControl(r):
			space, joiner = len(out) > 0, 0
			continue
		case r == zwj || r == zwnj:
			if joiner == 0 && last != 0 {
				joiner = r
			}
			continue
		case invisible(r):
			continue
		case unicode.Is(unicode.Variation_Selector, r):
			if varies(last, r) {
				out = append(out, r)
			}
			continue
		case unicode.In(r, unicode.Mn, unicode.Me):
			if marks++; marks > maxMarks || last == 0 { // a mark needs a letter to stand on
				continue
			}
		default:
			marks = 0
		}
		if joiner != 0 && joins(joiner, last, r) {
			out = append(out, joiner)
		}
		joiner = 0
		if space {
			out = append(out, ' ')
			space = false
		}
		out = append(out, r)
	}
	return out
}

const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// invisible reports whether a character shows nothing, or is not known to show anything.
func invisible(r rune) bool {
	switch r {
	case utf8.RuneError, '\ufffc', // what stands for something that is not there
		'\u034f', '\u115f', '\u1160', '\u17b4', '\u17b5', '\u3164', '\uffa0', // joiner of marks, fillers, silent vowels
		'\u2800', '\U0001d159': // Braille without dots, a note without head
		return true
	}
	// Cf has the characters that turn text round (U+061C, 200E, 200F, 202A-202E, 2066-2069), the soft hyphen, zero width
	// spaces and the tags.
	return unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs) || !unicode.IsGraphic(r)
}

// joins reports whether a joiner between two characters does what it is for. Between letters that neither join nor
// stack it is only a way to write the same name differently.
func joins(joiner, before, after rune) bool {
	if joined(before) && joined(after) {
		return true
	}
	return joiner == zwj && pictured(before) && pictured(after)
}

// joined reports whether r is of a script whose letters change their shape with their neighbours.
func joined(r rune) bool { return unicode.In(r, joining...) }

var joining = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu,
	unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Balinese,
	unicode.Javanese, unicode.Sundanese, unicode.Tai_Tham, unicode.Cham, unicode.Limbu, unicode.Meetei_Mayek, unicode.Chakma, unicode.Grantha,
}

// pictured reports whether r may be part of an emoji made of several: a picture, its skin or its variation.
func pictured(r rune) bool {
	return unicode.Is(unicode.So, r) || r >= 0x1f3fb && r <= 0x1f3ff || r == emojiStyle
}

const (
	textStyle  = '\ufe0e'
	emojiStyle = '\ufe0f'
)

// varies reports whether a variation selector may follow a character: after others it shows nothing, and may carry a
// hidden message.
func varies(before, selector rune) bool {
	switch {
	case before == 0 || unicode.Is(unicode.Variation_Selector, before):
		return false
	case selector == textStyle || selector == emojiStyle:
		return unicode.In(before, unicode.So, unicode.Sm, unicode.Po, unicode.Nd) || before >= 0x1f3fb && before <= 0x1f3ff
	case selector >= 0xe0100:
		return unicode.Is(unicode.Han, before)
	}
	return unicode.In(before, unicode.Han, unicode.Mongolian, unicode.Myanmar, unicode.Phags_Pa)
}
