// Package instance makes sure that one Linecard runs on a data directory, and lets other processes talk to it.
//
// # One instance
//
// The running one holds an exclusive lock on DIR/linecard.lock, which the kernel drops when the process ends, however
// it ends. The file itself stays: removing it would let two processes hold locks on two files of the same name.
//
// # The control socket
//
// It answers on a unix socket, DIR/linecard.sock. A socket path may not be longer than about 100 bytes; where DIR is
// too long for that the socket is in $XDG_RUNTIME_DIR (or a folder of the user's own in the temporary directory) and
// DIR/linecard.addr tells where. On a disk that is read-only or full both the lock and the socket are there, under a name made from
// DIR, and whoever looks for them looks there too. The folder is mode 0700, the socket 0600, and on Linux and macOS the kernel is asked
// who is at the other end: another user is turned away. On Windows it is a named pipe, whose name is made from DIR, with
// a security descriptor that lets nobody in but the user.
//
// # The protocol
//
// One request a connection, JSON lines:
//
//	→ {"verb":"dial","args":{"number":"600"}}
//	← {"reply":{"id":"5d0c…"}}              none, one or many: `events` goes on until either side ends it
//	← {"ok":true}                           or {"error":"That call is over.","fault":{"code":"sip.no-call"},"misuse":true}
//
// An error is a sentence and, where it has one, its code and values: [Call] hands these on, for the reader's own language.
//
// A client that hangs up, or closes its sending side, cancels its request. A client that does not read is dropped once
// [maxBacklog] bytes wait for it: the desk never waits for a client. Requests that go on until the client leaves are
// counted apart ([Lasting]), so that clients who only listen leave room for those who ask.
//
// # Links
//
// [ParseLink] reads the tel:, sip: and callto: links of other programs. They come from any web page, so a link only
// pre-fills the number and asks; it never dials.
package instance

import (
	"encoding/json"
	"errors"
	"time"

	"linecard/fault"
)

const lockName = "linecard.lock"

// What callers branch on, with errors.Is.
var (
	// ErrRunning: another Linecard serves that data directory.
	ErrRunning error = fault.Err(nil, "instance.running")
	// ErrNotRunning: there is nobody to answer.
	ErrNotRunning error = fault.Err(nil, "instance.not-running")
	// ErrSlow: the client did not read what it had asked for, and was dropped.
	ErrSlow = errors.New("client does not read")
)

// Limits of the protocol.
const (
	maxRequest  = 64 << 10        // bytes of a request line
	maxBacklog  = 4 << 20         // bytes that may wait for a client to read them
	maxClients  = 64              // at once; more wait to be accepted
	maxLasting  = 64              // requests that go on, beside those; more are refused
	maxReply    = 16 << 20        // bytes of a line Call accepts
	requestTime = 5 * time.Second // from connecting to the whole request
	patientFor  = 16              // clients that have all of that time; with more of them, each must begin to ask within hastyTime
	hastyTime   = 500 * time.Millisecond
	stalledTime = 30 * time.Second // a client that takes nothing for so long is dropped
	changeTime  = 10 * time.Second // from taking the lock to answering, or from StopAccepting to giving it free
)

// Request is what a client asks.
type Request struct {
	Verb string            `json:"verb"`
	Args map[string]string `json:"args,omitempty"`
}

// line is one line of an answer.
type line struct {
	Reply  json.RawMessage `json:"reply,omitempty"`
	OK     bool            `json:"ok,omitempty"`
	Error  string          `json:"error,omitempty"`
	Fault  *fault.Fault    `json:"fault,omitempty"`
	Misuse bool            `json:"misuse,omitempty"`
}

// misuse marks an error as the caller's: a missing argument, an unknown verb.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// Misuse marks err as a fault of the request rather than of the phone: the command line exits with status 2. The mark
// survives the way through the socket. Misuse(nil) is nil.
func Misuse(err error) error {
	if err == nil {
		return nil
	}
	return misuse{err}
}

// IsMisuse reports whether err was marked by [Misuse], in this process or the one that answered.
func IsMisuse(err error) bool {
	var m misuse
	return errors.As(err, &m)
}
