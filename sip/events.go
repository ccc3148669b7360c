package sip

import (
	"time"

	"linecard/fault"
)

// Event is something the phone tells its desk. Events of one phone come in order, from one goroutine,
// whatever accounts they are about.
type Event interface{ event() }

// RegistrationState is where the account stands with its registrar.
type RegistrationState string

// The registration states.
const (
	Unregistered RegistrationState = "unregistered" // no account, or signed off
	Registering  RegistrationState = "registering"
	Registered   RegistrationState = "registered"
	Unreachable  RegistrationState = "unreachable" // trying again at RetryAt
	Refused      RegistrationState = "refused"     // wrong password or user: a person must act
)

// RegistrationChanged tells the account's new standing.
type RegistrationChanged struct {
	Account     string            `json:"account,omitempty"` // id of the account; "" when there is none
	State       RegistrationState `json:"state"`
	Extension   string            `json:"extension,omitempty"`
	Server      string            `json:"server,omitempty"`
	Reason      fault.Fault       `json:"reason,omitzero"` // why it is not registered
	Code        int               `json:"code,omitempty"`  // last SIP status, 0 when there was no answer
	RetryAt     time.Time         `json:"retryAt,omitzero"`
	Expires     time.Time         `json:"expires,omitzero"`
	Encrypted   bool              `json:"encrypted,omitempty"` // registered by TLS, with a server that has proved itself by
	Certificate Certificate       `json:"certificate,omitzero"`
	Own         []string          `json:"own,omitempty"`     // the numbers that the registrar says are the account's
	Removed     bool              `json:"removed,omitempty"` // the phone has this account no longer: nothing more comes of it
}

// Party is the other end of a call as signalling names it, cleaned: see partyOf.
type Party struct {
	Name     string `json:"name,omitempty"`     // display name
	User     string `json:"user"`               // user part: a number or an extension, %-decoded, no parameters
	Host     string `json:"host,omitempty"`     // domain
	Withheld bool   `json:"withheld,omitempty"` // Privacy: id, anonymous, …
	Source   string `json:"source,omitempty"`   // the header it is from: "P-Asserted-Identity", "Remote-Party-ID", "From"
}

// CallIncoming tells that a call rings; 180 has been sent. With Refused it was told busy instead.
type CallIncoming struct {
	ID       string    `json:"id"`                // UUID, ours
	Account  string    `json:"account,omitempty"` // id of the account the call is on
	At       time.Time `json:"at"`
	Party    Party     `json:"party"`
	Called   string    `json:"called,omitempty"`   // user part the caller asked for (To)
	Diverted string    `json:"diverted,omitempty"` // who sent it on: Diversion or History-Info
	SIPID    string    `json:"sipId"`              // Call-ID, cleaned, of 255 characters at most
	// Headers are the header fields of the INVITE that begin with X-, cleaned, by their names as they came: those of [Account].Headers, and
	// twenty others at most.
	Headers map[string]string `json:"headers,omitempty"`
	Signalling
	Refused bool `json:"refused,omitempty"` // told busy at once: do not disturb, or no line free. It does not ring; CallEnded follows
	// Forwarded: it is Refused, since it was sent on to another number before it rang.
	Forwarded bool `json:"forwarded,omitempty"`
}

// CallTakenBack tells that a call that the desk has kept by [Config].BeforeRefusing was none: the phone system has offered the
// same call again as it can be taken. Nothing else is told of it.
type CallTakenBack struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call was on
	At      time.Time `json:"at"`
}

// CallDialing tells that an outbound call was sent.
type CallDialing struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call is on
	At      time.Time `json:"at"`
	Party   Party     `json:"party"`
	Then    string    `json:"then,omitempty"`   // keys for after the answer, with their pauses: see [Dialed]
	Secure  bool      `json:"secure,omitempty"` // a sips: address was dialed
	Note    string    `json:"note,omitempty"`   // of [Phone.Dial]: why the call is made
	// Consults is the id of the call that the agent consults this party about: see [Phone.Consult].
	Consults string `json:"consults,omitempty"`
	// Gathers are the ids of the calls whose far ends are to meet the agent in the conference room that this call goes to: see [Phone.Conference].
	Gathers []string `json:"gathers,omitempty"`
	// Picks is the extension of the colleague at whose phone the call rings that this one picks up: see [Phone.Pickup]. Once CallAnswered
	// has told that this is done, CallIdentity tells who called.
	Picks string `json:"picks,omitempty"`
	// Spelled is what is sent for the number in the place of what the dial plan says: see [Phone.DialSpelled].
	Spelled string `json:"spelled,omitempty"`
	// As is what the callee sees, where [Phone.DialAs] was told, or [Phone.DialFor]: then AsOfRecord is set.
	As         string `json:"as,omitempty"`
	AsOfRecord bool   `json:"asOfRecord,omitempty"`
	SIPID      string `json:"sipId"`
}

// CallKeys tells that keys that were dialed with the number have been sent, or that keys were not, whoever pressed them, and why:
// the other side takes none by RTP, and not by SIP INFO.
type CallKeys struct {
	ID      string      `json:"id"`
	Account string      `json:"account,omitempty"` // id of the account the call is on
	At      time.Time   `json:"at"`
	Keys    string      `json:"keys"` // those that went, or those that did not
	Failed  fault.Fault `json:"failed,omitzero"`
}

// CallProgress tells that the far end rings (180) or plays something (early media).
type CallProgress struct {
	ID         string    `json:"id"`
	Account    string    `json:"account,omitempty"` // id of the account the call is on
	At         time.Time `json:"at"`
	EarlyMedia bool      `json:"earlyMedia,omitempty"`
}

// CallAnswered tells that both are talking. For an inbound call, sent when our 200 goes out.
type CallAnswered struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call is on
	At      time.Time `json:"at"`
	Codec   string    `json:"codec"`
	Itself  bool      `json:"itself,omitempty"` // the phone answered for the agent, as the phone system asked
}

// CallIdentity tells who the call is with from now on: the phone system has joined it with another, handed it on, or tells
// who took it (RFC 3325, RFC 4916). It may come while the call rings, and while it is held. At most one a second is told.
type CallIdentity struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call is on
	At      time.Time `json:"at"`
	Party   Party     `json:"party"`
	Answer  bool      `json:"answer,omitempty"` // it came with an answer, and not by a message of the other side's own

	// Transferred: whom the call was with has transferred it to the new party, by REFER or by a call with Replaces, or has sent it on before it was
	// answered (3xx).
	Transferred bool `json:"transferred,omitempty"`
}

// CallHold tells who holds the call now; both false means talking. It comes after a command, when the other side holds,
// and when a dialed call that nobody answered gives back the one it put on hold.
type CallHold struct {
	ID      string      `json:"id"`
	Account string      `json:"account,omitempty"` // id of the account the call is on
	At      time.Time   `json:"at"`
	Local   bool        `json:"local"`
	Remote  bool        `json:"remote"`
	Failed  fault.Fault `json:"failed,omitzero"` // why Resume did not work

	// Resuming: the agent has asked for the call to be talked on, and the other side has not answered for a second.
	Resuming bool `json:"resuming,omitempty"`
}

// CallMuted tells that the microphone is off (or on again) for the call.
type CallMuted struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call is on
	At      time.Time `json:"at"`
	Muted   bool      `json:"muted"`
}

// CallEncryption tells how the sound of a call is encrypted from now on, both ways: "SDES AES-128", "DTLS AES-128"; "" when it no longer is. Of a
// call that is in clear nothing is told, and nothing while a handshake gives a call that was encrypted other keys. Where it is agreed with the answer it comes before CallAnswered; where there is a handshake, after that.
type CallEncryption struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call is on
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Lost    bool      `json:"lost,omitempty"` // the other side has taken the encryption away while the call goes on
}

// CallQuality tells how a call sounds from now on, a few seconds at a time and only where that has changed. Before the first one it is not
// known, nor after one without a level, nor while the call is held and just after.
type CallQuality struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call is on
	At      time.Time `json:"at"`
	Quality
}

// CallDTMF tells that the other side pressed a key.
type CallDTMF struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call is on
	At      time.Time `json:"at"`
	Digit   string    `json:"digit"`
}

// CallTransfer tells how a transfer we asked for goes.
type CallTransfer struct {
	ID      string      `json:"id"`
	Account string      `json:"account,omitempty"` // id of the account the call is on
	At      time.Time   `json:"at"`
	Target  string      `json:"target"`          // "" where With is a call whose number is withheld
	With    string      `json:"with,omitempty"`  // id of the call, a consultation or another, whose party it goes to; "" for a blind transfer
	Room    string      `json:"room,omitempty"`  // id of the call to the conference room that it goes to; "" for any other transfer
	Ringing bool        `json:"ringing"`         // the target rings
	Done    bool        `json:"done"`            // accepted by the target
	Failed  fault.Fault `json:"failed,omitzero"` // why it was not; the call goes on
}

// CallFocus tells that the other side says that it is a conference (RFC 4579: isfocus), or that it no longer is.
type CallFocus struct {
	ID      string    `json:"id"`
	Account string    `json:"account,omitempty"` // id of the account the call is on
	At      time.Time `json:"at"`
	On      bool      `json:"on"`
}

// CallReferred tells how it goes that the other side transfers us: it has asked the phone to call somebody in its place. With Redirect it tells how it goes
// that a dialed call is sent on to another number, before it is answered; where that fails, and no other number is left, CallEnded tells why. When either is
// done, CallIdentity tells who the call is with.
type CallReferred struct {
	ID       string      `json:"id"`
	Account  string      `json:"account,omitempty"` // id of the account the call is on
	At       time.Time   `json:"at"`
	Target   string      `json:"target"`
	By       Party       `json:"by"` // who asked, or was dialed
	Redirect bool        `json:"redirect,omitempty"`
	Asks     bool        `json:"asks,omitempty"`  // the agent has to say whether: [Phone.Follow], [Phone.Refuse]
	Ringing  bool        `json:"ringing"`         // the target rings
	Done     bool        `json:"done"`            // the call is with the target
	Failed   fault.Fault `json:"failed,omitzero"` // why it was not; the call goes on
}

// EndReason is why a call ended.
type EndReason string

// The end reasons.
const (
	EndLocal             EndReason = "hung up here"
	EndRemote            EndReason = "hung up there"
	EndDeclined          EndReason = "declined"  // by us (inbound) or by them (603 and the like)
	EndCancelled         EndReason = "cancelled" // the caller gave up or the phone signed off (inbound: missed), or we did (outbound)
	EndAnsweredElsewhere EndReason = "answered elsewhere"
	EndBusy              EndReason = "busy"
	EndNoAnswer          EndReason = "no answer"
	EndNotFound          EndReason = "not found"
	EndFailed            EndReason = "failed"
	EndTransferred       EndReason = "transferred"
	EndForwarded         EndReason = "forwarded" // the caller was sent on to another number, as the account has it; CallEnded.Text says which
)

// CallEnded is the last event of a call.
type CallEnded struct {
	ID      string      `json:"id"`
	Account string      `json:"account,omitempty"` // id of the account the call is on
	At      time.Time   `json:"at"`
	Reason  EndReason   `json:"reason"`
	Code    int         `json:"code,omitempty"` // SIP status, 0 when none ended it
	Text    fault.Fault `json:"text,omitzero"`  // what went wrong, when it failed
	Stats   Stats       `json:"stats,omitzero"`
}

// Stats is what RTP and RTCP counted over a call.
type Stats struct {
	PacketsSent     uint64        `json:"packetsSent"`
	PacketsReceived uint64        `json:"packetsReceived"`
	PacketsLost     uint64        `json:"packetsLost"`
	Jitter          time.Duration `json:"jitter"`
	RoundTrip       time.Duration `json:"roundTrip,omitempty"` // 0 when RTCP never told
	Quality         Quality       `json:"quality,omitzero"`    // of the whole call; zero when it was too short
}

func (RegistrationChanged) event() {}
func (CallIncoming) event()        {}
func (CallTakenBack) event()       {}
func (CallDialing) event()         {}
func (CallProgress) event()        {}
func (CallAnswered) event()        {}
func (CallIdentity) event()        {}
func (CallHold) event()            {}
func (CallMuted) event()           {}
func (CallEncryption) event()      {}
func (CallQuality) event()         {}
func (CallDTMF) event()            {}
func (CallKeys) event()            {}
func (CallTransfer) event()        {}
func (CallFocus) event()           {}
func (CallReferred) event()        {}
func (CallEnded) event()           {}
