package watch

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"

	"linecard/clean"
)

// PresenceType is the media type of a presence document (PIDF, RFC 3863).
const PresenceType = "application/pidf+xml"

// Bounds of what is read: phone systems send a dozen elements, and some dozens where they join what several phones of one user say.
const (
	mostPresence   = 64 << 10
	mostElements   = 1000
	deepestElement = 16
	longestValue   = 200 // of a text that is compared, with the spaces around it
)

// ErrNoPresence says that a body is no presence document.
var ErrNoPresence = errors.New("watch: no presence document")

// What phone systems say of a phone that is in use: the activities of RFC 4480 that are about calls, and the notes. Asterisk's hints say "Ringing",
// "On the phone" and "On hold", in older versions with the basic status closed, and without an activity where a module is not loaded; FreeSWITCH says
// "Ring", "Talk" and "Hold" with the number of the other end behind it.
var (
	inUseActivities = []string{"on-the-phone", "busy"}
	inUseNotes      = []string{"on the phone", "on hold"}
)

// presence is what is taken from a document.
type presence struct {
	open       bool // at least one of the user's phones can be called
	activities []string
	notes      []string
}

// ReadPresence reads what a presence document (RFC 3863, with the activities of RFC 4480) says of a phone. Each document is the whole state. A phone
// that cannot be called and is not in use, as one that is not registered, is not known. Whether the user is away or in a meeting is not about the phone.
func ReadPresence(body []byte) (State, error) {
	if len(body) > mostPresence {
		return State{}, ErrNoPresence
	}
	p, err := readPresence(newDecoder(body))
	if err != nil {
		return State{}, ErrNoPresence
	}
	return p.state(), nil
}

func (p presence) state() State {
	busy := slices.ContainsFunc(p.activities, func(a string) bool { return slices.Contains(inUseActivities, a) })
	ringing, talking := false, false
	for _, note := range p.notes {
		first, _, _ := strings.Cut(note, " ")
		switch {
		case note == "ringing", busy && first == "ring": // a note may be the user's own words: less is believed of it alone
			ringing = true
		case slices.Contains(inUseNotes, note), busy && (first == "talk" || first == "hold"):
			talking = true
		}
	}
	switch {
	case ringing:
		return State{Known: true, Ringing: true, Busy: talking}
	case busy || talking:
		return State{Known: true, Busy: true}
	}
	return State{Known: p.open}
}

// readPresence takes the document apart. Names are taken in any namespace, and activities at any place: older drafts, which phone systems still
// write, have them elsewhere.
func readPresence(decoder *xml.Decoder) (p presence, err error) {
	var path []string
	var text []byte // of the element that was begun last
	elements := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return presence{}, err
		}
		switch t := token.(type) {
		case xml.StartElement:
			root := elements == 0
			elements++
			if root != (len(path) == 0) || root && t.Name.Local != "presence" || elements > mostElements || len(path) >= deepestElement {
				return presence{}, ErrNoPresence
			}
			path, text = append(path, t.Name.Local), nil
		case xml.CharData:
			text = append(text, t[:min(len(t), longestValue-len(text))]...)
		case xml.EndElement:
			p.take(path, strings.ToLower(clean.Short(string(text), longestValue)))
			path, text = path[:len(path)-1], nil
		case xml.Directive: // a document type, which no phone system needs to declare
			return presence{}, ErrNoPresence
		}
	}
	if elements == 0 || len(path) > 0 {
		return presence{}, ErrNoPresence
	}
	return p, nil
}

// take takes an element, whose ancestors are before it in the path.
func (p *presence) take(path []string, text string) {
	name, parent := path[len(path)-1], ""
	if len(path) > 1 {
		parent = path[len(path)-2]
	}
	switch {
	case parent == "activities" && name == "activity": // as before RFC 4480
		p.activities = append(p.activities, text)
	case parent == "activities" && name != "note":
		p.activities = append(p.activities, strings.ToLower(name))
	case name == "note":
		p.notes = append(p.notes, text)
	case parent == "status" && name == "basic" && text == "open":
		p.open = true
	}
}
