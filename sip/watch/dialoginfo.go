package watch

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"linecard/clean"
)

// DialogInfoType is the media type of dialog-info.
const DialogInfoType = "application/dialog-info+xml"

// Bounds of what is read: a phone has a handful of calls, a queue some dozens.
const (
	mostDialogInfo = 64 << 10
	mostDialogs    = 64
	longestID      = 256
	longestName    = 120
)

// ErrNoDialogInfo says that a body is no dialog-info.
var ErrNoDialogInfo = errors.New("watch: no dialog-info")

// State is what a phone does.
type State struct {
	Known   bool
	Busy    bool // it is in a call, or calls somebody
	Ringing bool // somebody calls it; it may be busy too

	// TellsRinging says that a call which rings would be told as that, so that one that is not told is not there.
	TellsRinging bool
}

// Dialogs is what is known of the calls of one phone: the notifications of one subscription, one after the other. The zero value knows
// nothing.
type Dialogs struct {
	known   bool
	version uint64
	all     map[string]dialogInfo // by id
}

// dialogInfo is one dialog (RFC 4235 §4.1).
type dialogInfo struct {
	callID, localTag, remoteTag string // as the watched phone has them
	inbound                     bool   // it is called
	named                       bool   // the direction was told
	state                       string
	remote                      string // the target of the other end, else its identity: an address
	caller, name                string // the identity of the other end, an address, and its name, cleaned
}

// Ringing is a call that rings at the watched phone, as it can be picked up: its dialog as that phone has it (RFC 4235 §4.1.2), and the
// address that reaches whoever calls. What was not told is "".
type Ringing struct {
	CallID, LocalTag, RemoteTag string
	Remote                      string
	Caller, Name                string // who calls: an address, and a name, cleaned
}

// Whole reports whether enough is told of the dialog to name it.
func (r Ringing) Whole() bool { return r.CallID != "" && r.LocalTag != "" && r.RemoteTag != "" }

// Take takes a notification. missed reports that one before it has been lost, so that the whole is to be asked for. In which order they
// were sent is the dialog's to say, so that a phone system that begins to count anew, or never counts, is believed with all that it tells as
// a whole (RFC 4235 §4.1 has them counted).
func (d *Dialogs) Take(body []byte) (missed bool, err error) {
	if len(body) > mostDialogInfo {
		return false, ErrNoDialogInfo
	}
	read, err := readDialogInfo(body)
	switch {
	case err != nil:
		return false, err
	case !read.full && !d.known: // changes of what we do not have
		return true, nil
	case !read.full && read.version <= d.version:
		return false, nil
	}
	missed = !read.full && read.version > d.version+1
	if read.full {
		d.all = make(map[string]dialogInfo)
	}
	d.known, d.version = true, read.version
	for _, in := range read.dialogs {
		if in.dialogInfo.state == "terminated" {
			delete(d.all, in.id)
		} else if _, there := d.all[in.id]; there || len(d.all) < mostDialogs {
			d.all[in.id] = in.dialogInfo
		}
	}
	return missed, nil
}

// State is what the phone does now.
func (d *Dialogs) State() State {
	s := State{Known: d.known, TellsRinging: d.known}
	for _, in := range d.all {
		if in.rings() {
			s.Ringing = true
		} else {
			s.Busy = true
		}
	}
	return s
}

// rings reports whether a dialog is a call that nobody has answered yet at the watched phone.
func (in dialogInfo) rings() bool {
	switch in.state {
	case "trying", "proceeding":
		return in.inbound
	case "early":
		return in.inbound || !in.named
	}
	return false
}

// Ringing is the call that rings. Of several it is none: which one the agent means, and which one a code picks up, is not known.
func (d *Dialogs) Ringing() (r Ringing, ok bool) {
	for _, in := range d.all {
		if !in.rings() {
			continue
		}
		if ok {
			return Ringing{}, false
		}
		r, ok = Ringing{in.callID, in.localTag, in.remoteTag, in.remote, in.caller, in.name}, true
	}
	return r, ok
}

// document is a notification as it was read.
type document struct {
	version uint64
	full    bool
	dialogs []struct {
		id string
		dialogInfo
	}
}

// xmlDocument is what is read of the elements; names are taken in any namespace.
type xmlDocument struct {
	XMLName xml.Name
	Version string `xml:"version,attr"`
	State   string `xml:"state,attr"`
	Dialogs []struct {
		ID        string `xml:"id,attr"`
		CallID    string `xml:"call-id,attr"`
		LocalTag  string `xml:"local-tag,attr"`
		RemoteTag string `xml:"remote-tag,attr"`
		Direction string `xml:"direction,attr"`
		State     string `xml:"state"`
		Remote    struct {
			Identity struct {
				URI  string `xml:",chardata"`
				Name string `xml:"display,attr"`
			} `xml:"identity"`
			Target struct {
				URI string `xml:"uri,attr"`
			} `xml:"target"`
		} `xml:"remote"`
	} `xml:"dialog"`
}

func readDialogInfo(body []byte) (d document, err error) {
	var read xmlDocument
	if err := newDecoder(body).Decode(&read); err != nil || read.XMLName.Local != "dialog-info" {
		return document{}, ErrNoDialogInfo
	}
	switch strings.ToLower(strings.TrimSpace(read.State)) {
	case "full":
		d.full = true
	case "partial":
	default:
		return document{}, ErrNoDialogInfo
	}
	if d.version, err = strconv.ParseUint(strings.TrimSpace(read.Version), 10, 32); err != nil {
		return document{}, ErrNoDialogInfo
	}
	for _, in := range read.Dialogs {
		if len(in.ID) > longestID || len(d.dialogs) >= mostDialogs {
			continue
		}
		direction := strings.ToLower(strings.TrimSpace(in.Direction))
		one := struct {
			id string
			dialogInfo
		}{in.ID, dialogInfo{
			callID: short(in.CallID), localTag: short(in.LocalTag), remoteTag: short(in.RemoteTag),
			inbound: direction == "recipient", named: direction != "",
			state: strings.ToLower(clean.Short(in.State, 20)), remote: short(in.Remote.Target.URI),
			caller: short(in.Remote.Identity.URI), name: clean.Short(in.Remote.Identity.Name, longestName),
		}}
		if one.remote == "" {
			one.remote = one.caller
		}
		d.dialogs = append(d.dialogs, one)
	}
	return d, nil
}

// newDecoder reads XML in whatever set of characters it is written.
func newDecoder(body []byte) *xml.Decoder {
	decoder := xml.NewDecoder(bytes.NewReader(body))
	decoder.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return plain{in}, nil }
	return decoder
}

// plain reads what is written in another set of characters than UTF-8. All that is read is ASCII, but for
// names and notes; their other letters are lost.
type plain struct{ in io.Reader }

func (p plain) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	for i, c := range b[:n] {
		if c >= 0x80 {
			b[i] = '?'
		}
	}
	return n, err
}

// short is an identifier as it can be used, "" where it cannot be.
func short(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > longestID || strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return ""
	}
	return text
}
