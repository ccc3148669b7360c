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

// What phone systems say of a phone: the activities of RFC 4480 that are about it, and the notes. Asterisk's hints say "Ready", "Ringing", "On the phone"
// and "On hold", in older versions with the basic status closed, and without an activity where a module is not loaded; FreeSWITCH says "Available",
// "Idle", "Ring", "Talk" and "Hold", the last three with the number of the other end behind it. OpenSIPS says "On the phone", too, of a call that rings.
var (
	inUseActivities = []string{"on-the-phone", "busy"}
	inUseNotes      = []string{"on the phone", "on hold"}
	idleActivities  = []string{"away"}
	idleNotes       = []string{"ready", "available", "idle"}
)

// Presence is what is known of one phone by presence: the notifications of one subscription, one after the other. The zero value knows nothing.
type Presence struct {
	now          State
	tellsCalls   bool // a call was told
	tellsRinging bool // it was told in the words of a phone system that tells the call that rings as well
}

// presence is what is taken from a document.
type presence struct {
	open       bool // at least one of the user's phones can be called
	activities []string
	notes      []string
}

// Take takes a presence document (RFC 3863, with the activities of RFC 4480), each of which is the whole state; an empty one says that nobody has told
// the server anything. A phone that cannot be called and is not in use, as one that is not registered, is not known, and neither is one that can be
// called where nothing shows that the server tells calls: it may know the registration alone. Whether the user is in a meeting is not about the phone.
func (p *Presence) Take(body []byte) error {
	if len(body) == 0 {
		p.now = State{}
		return nil
	}
	if len(body) > mostPresence {
		return ErrNoPresence
	}
	read, err := readPresence(newDecoder(body))
	if err != nil {
		return ErrNoPresence
	}
	p.take(read)
	return nil
}

// State is what the phone does now.
func (p *Presence) State() State { return p.now }

func (p *Presence) take(read presence) {
	busy, idle := read.does(inUseActivities), read.does(idleActivities)
	ringing, talking := false, false
	for _, note := range read.notes {
		first, _, _ := strings.Cut(note, " ")
		switch {
		case note == "ringing", busy && first == "ring": // a note may be the user's own words: less is believed of it alone
			ringing = true
		case busy && (first == "talk" || first == "hold"):
			talking, p.tellsRinging = true, true
		case slices.Contains(inUseNotes, note):
			talking = true
		case slices.Contains(idleNotes, note):
			idle = true
			p.tellsRinging = p.tellsRinging || note == "ready" // phones themselves say the others, too
		}
	}
	p.tellsRinging = p.tellsRinging || ringing
	p.tellsCalls = p.tellsCalls || ringing || talking || slices.Contains(read.activities, "on-the-phone")
	switch {
	case ringing:
		p.now = State{Known: true, Ringing: true, Busy: talking}
	case busy || talking:
		p.now = State{Known: true, Busy: true}
	default:
		p.now = State{Known: read.open && (idle || p.tellsCalls)}
	}
	p.now.TellsRinging = p.now.Known && p.tellsRinging
}

// does reports whether one of the activities is among those.
func (p presence) does(some []string) bool {
	return slices.ContainsFunc(p.activities, func(a string) bool { return slices.Contains(some, a) })
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
