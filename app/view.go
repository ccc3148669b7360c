package app

import (
	"time"

	"linecard/app/catalogue"
	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
)

// View is everything a face of the desk draws: a value, complete, never changed after it was handed out. The window and
// the command line show the same View, so a call answered from a notification leaves no dead button behind.
type View struct {
	Phone      PhoneView    // the only account's, or the one in the worst standing
	Phones     []PhoneView  // one for each account, in the order of settings
	Org        OrgView      // the only or first one
	Orgs       []OrgView    // all links, in the order of settings
	Calls      []CallView   // live calls and those in wrap-up; the focused one first
	Opened     *CallView    // the past call whose card is open, see [Desk.Open]; nil for none. It must not be changed
	History    []HistoryRow // newest first, a page of it
	Missed     int          // missed calls the agent has not looked at
	Unlogged   int          // history rows whose activity is not in the org yet (queued or parked)
	Outbox     OutboxView
	Today      Today
	Owed       []OwedRow // whom an answer is owed, the latest caller first; the first 20
	OwedCount  int       // how many there are
	Audio      AudioView
	Colleagues []ColleagueView // in the order of the settings
	Queues     []QueueView     // likewise
	DND        bool
	Demo       bool
	Told       fault.Fault // the gravest that the agent should read now (no keyring, disk full…); the zero Fault when all is well
	Notice     string      // Told as a plain sentence
	Unsaved    string      // one sentence about calls kept in memory only, which quitting now would lose; "" when there are none
}

// PhoneView is an account's registration, and what to say of it.
type PhoneView struct {
	Configured bool   // an account has been set
	Account    string // its id
	Label      string // what the agent calls it; may be empty
	State      RegistrationState
	Extension  string
	Server     string
	Why        fault.Fault // why it is not registered
	Reason     string      // Why as one plain sentence with the remedy; set by render
	Code       int         // last SIP status, 0 when there was no answer
	RetryAt    time.Time   // when it is tried again; zero when it is not
	Expires    time.Time   // when the binding ends

	Encrypted   bool        // registered by TLS
	Certificate Certificate // of the server, when it is

	CallerID  string   // what others are shown; "" leaves it to the server
	CallerIDs []string // what the agent may have them shown, see [ReadCallerID]
	Forward   Forward  // where its calls go that are not taken here
	ByPBX     bool     // the phone system does that, told by codes
	Messages  Messages // voice messages that wait
	Voicemail string   // number that they are fetched from; "" where nobody has told. Set by render
	EchoTest  string   // number of the echo test; "" for none. Set by render

	STUN         STUN          // how its STUN server sees this machine
	ForwardsTold []ForwardTold // what the phone system was told of that, and was not; set by render

	Uninvited []Uninvited // addresses that tried to call and were not answered, the latest first; ShownUninvited at most
}

// OrgView is how a link stands, with its reasons in words.
type OrgView struct {
	crm.LinkStatus
	Reason      string     `json:"reason,omitempty"` // why it is Inactive or Waiting: one plain sentence with the remedy
	ReasonCode  fault.Code `json:"reasonCode,omitempty"`
	Trouble     string     `json:"trouble,omitempty"` // linked, but the last request failed: why, in one plain sentence
	TroubleCode fault.Code `json:"troubleCode,omitempty"`

	// Limits is what its user may not see, or has nearly used up, each as a sentence.
	Limits     []string     `json:"limits,omitempty"`
	LimitCodes []fault.Code `json:"limitCodes,omitempty"`
}

// OrgViewOf puts the reasons of a status into words.
func OrgViewOf(l crm.LinkStatus) OrgView {
	v := OrgView{LinkStatus: l, Reason: catalogue.Say(l.Reason), ReasonCode: l.Reason.Code, Trouble: catalogue.Say(l.Trouble), TroubleCode: l.Trouble.Code}
	for _, f := range l.Limits {
		v.Limits, v.LimitCodes = append(v.Limits, catalogue.Say(f)), append(v.LimitCodes, f.Code)
	}
	return v
}

// Phase is what the centre pane shows of a call.
type Phase string

// The phases.
const (
	Dialing  Phase = "dialing"
	Ringing  Phase = "ringing" // inbound: it rings here
	Talking  Phase = "talking"
	Held     Phase = "held" // by us, whoever else
	RemHeld  Phase = "remotely held"
	WrapUp   Phase = "wrap-up" // ended, the agent still writes
	Finished Phase = "ended"   // ended without anything to write: failed, busy, declined…
	Past     Phase = "past"    // off the desk; its card is open
)

// CallView is one call on the desk.
type CallView struct {
	ID         string
	Account    string // id of the phone account it is on
	OnLine     string // what the agent calls that account; "" while there is only one
	Org        string // id of the org it belongs to, and of the org's user; "" while none was linked
	User       string
	OnOrg      string // what people call that org; "" while there is only one
	Direction  crm.Direction
	Phase      Phase
	FarRings   bool // outbound: 180 has come
	EarlyMed   bool // outbound: the far end plays something
	Muted      bool
	Consult    ConsultView
	Connect    ConsultView // without a consultation: the call that this one can be connected with, or is being; see [Desk.Connect]
	Conference ConferenceView
	Referred   ReferredView
	Transfer   string // what there is to say of a transfer, a hold that was refused, or keys that did not go; "" for nothing
	Name       string // best name known: record, else signalled, else the number
	Line2      string // title and company of the record
	Number     string // for showing, with Then
	Then       string // outbound: keys for after the answer; "" for none
	Again      string // what calling the party again dials, where that is not the number: the sips: address; "" otherwise
	Spelled    string // outbound: the number as another spelling of it was sent, which rang, so that it may be kept: see [Desk.KeepSpelling]; "" otherwise
	Earlier    string // whom the call was with before, as a sentence; "" for nobody. Set by render
	E164       string
	Called     string // inbound: number the caller asked for
	Withheld   bool
	Extension  bool      // a colleague: not looked up
	Started    time.Time // ring or dial
	Answered   time.Time
	Ended      time.Time
	HeldSince  time.Time
	EndReason  EndReason
	EndText    string // plain sentence when it failed; set by render
	Itself     bool   // the phone answered it for the agent, as the phone system asked
	Codec      string
	// Encryption says how the sound is encrypted, as "SDES AES-128"; "" where it is in clear.
	Encryption string

	// Verstat says whether the network has verified the caller's number: see [crm.Signalling].
	Verstat string
	Quality QualityView
	Lookup  LookupView
	// RecordsOwner is the colleague who owns the record, to whom the call may go; nil where that is nobody known. It must not be changed.
	RecordsOwner *ColleagueView
	Card         CardView
	Wrap         WrapView
	Past         *HistoryRow // of a past call: its line of the history; nil for others. It must not be changed
}

// LookupState is what the record pane shows.
type LookupState string

// The lookup states.
const (
	LookupNone      LookupState = ""         // nothing to look up (extension)
	LookupPending   LookupState = "pending"  // asked, no answer yet
	LookupOne       LookupState = "one"      // Record is set
	LookupMany      LookupState = "many"     // Matches holds them; the agent picks
	LookupNoMatch   LookupState = "no match" // the org knows nobody by the number
	LookupWithheld  LookupState = "withheld" // no number to look up
	LookupNotLinked LookupState = "unlinked" // no org
	LookupFailed    LookupState = "failed"   // Error is set
)

// LookupView is who the call's other party is.
type LookupView struct {
	State   LookupState
	Record  *crm.Match  // the one match, or the one picked
	Matches []crm.Match // all matches, best first; where the state is LookupMany it may be one, which may be another number
	More    bool        // the org has more records with the number than Matches
	Why     fault.Fault // why the org could not be asked
	Error   string      // Why as a plain sentence; set by render
	LeftOff bool        // the org was not asked on purpose, and will not be by itself: the log does not wait for it
	Chosen  bool        // Record is the one the agent picked for this number before
	NextTry time.Time   // when the org is asked again by itself for what it did not tell; zero when it is not
	Part    fault.Fault // why what stands beside Record is missing; the zero Fault when it is not
	Missing string      // Part as a plain sentence; set by render
	Silent  fault.Fault // which orgs have not answered yet, where another has; the zero Fault for none
	Waits   string      // Silent as a plain sentence; set by render
	Known   bool        // answered from memory: being confirmed, or with Error set not to be confirmed now
}

// LogState is where the call's activity stands.
type LogState string

// The log states.
const (
	LogNone    LogState = ""        // nothing to log yet, or this kind of call is not logged
	LogQueued  LogState = "queued"  // on disk, waiting
	LogSending LogState = "sending" // on its way
	LogDone    LogState = "logged"  // in the org; Task is set
	LogParked  LogState = "parked"  // the org refused it; Error is set
	LogSkipped LogState = "skipped" // the agent said don't log
	LogHeld    LogState = "held"    // the hour had too many calls in which nobody talked: the agent sends or drops them

	// LogChecking: an earlier attempt may have arrived, so the org is asked for it until it is sure that it did not.
	// NextTry is the next look.
	LogChecking LogState = "checking"
	// LogElsewhere: it belongs to an org or user that is not linked, and waits for that link. The agent may log it with the
	// link there is: see [Desk.LogAs].
	LogElsewhere LogState = "waits for its org"
)

// WrapView is the form under a call, and where its log stands.
type WrapView struct {
	Subject     string
	Notes       string
	Disposition string
	What        crm.Ref   // chosen Opportunity, Case or Account
	Choices     []crm.Ref // what What may be
	Outcomes    []string  // what Disposition may be
	Layout      string    // name of the layout that the call is written by
	Object      string    // what it is written as: crm.Task or crm.Case
	Asked       []AskedView
	Until       time.Time // end of wrap-up time; zero when it has none
	Log         LogState
	Task        crm.Ref
	Why         fault.Fault // why it waits or was refused
	Error       string      // Why as a plain sentence
	NextTry     time.Time
}

// HistoryRow is one line of the call history.
type HistoryRow struct {
	ID           string
	Account      string // id of the phone account it was on
	OnLine       string // what the agent calls that account; "" while there is only one
	Org          string // id of the org it belongs to, and of the org's user; "" while none was linked
	User         string
	OnOrg        string // what people call that org; "" while there is only one
	Direction    crm.Direction
	Outcome      crm.Outcome
	Name         string // "" when nobody was found
	Company      string
	Number       string // for showing, with Then
	Then         string // keys that were pressed after the answer; "" for none
	Dial         string // what click-to-dial dials, with those keys; "" when withheld
	Started      time.Time
	Duration     time.Duration
	Who          crm.Ref
	Unidentified bool       // the org could not be asked who it was
	Earlier      string     // whom the call was with before, by name; "" for nobody
	Transfer     string     // who transferred it, or whom it went to; "" where nobody did
	WhyCode      fault.Code // why nobody could talk
	Why          string     // the same as a plain sentence
	Log          LogState
	Task         crm.Ref
	ReasonCode   fault.Code // why it waits or was refused
	Error        string     // the same as a plain sentence
	Seen         bool       // a missed call the agent has looked at
	NeedsRecord  bool       // it is logged, or will be, with no record, and the agent has not said that it was nobody
	Settled      bool       // a missed call for which there was talk with the caller since, or that the agent has done with
}

// Plain is the number, or the name in an address, that Dial leads to, without its scheme and without keys.
func (r HistoryRow) Plain() string { return journal.Plain(r.Dial, r.Direction) }

// OutboxView counts what is not in the org yet.
type OutboxView struct {
	Waiting   int // all that are on their way, those below among them
	Elsewhere int // belong to an org or user that is not linked
	Checking  int // may have arrived, which is being looked up
	Parked    int
	Held      int         // wait for [Desk.SendHeld]: the hour had too many calls in which nobody talked
	Why       fault.Fault // why the first one waits
	Reason    string      // Why as a plain sentence; set by render
	NextTry   time.Time   // of the first one
}

// Today counts the agent's day.
type Today struct{ Calls, Missed, NotLogged int }

// AudioView is the sound devices in use.
type AudioView struct {
	Microphone string
	Speaker    string
	Ringer     string
	Null       bool        // no sound device: calls work, silently
	Why        fault.Fault // what is wrong with the sound
	Problem    string      // Why as a plain sentence; set by render
}

// WrapEdit is what the agent typed into the form under a call; nil leaves a part as it is.
type WrapEdit struct {
	Subject     *string
	Notes       *string
	Disposition *string
	What        *crm.Ref
	Answers     map[string]string // to questions of the layout, by their names; those that are not here stay
}

// HistoryFilter asks for a page of the history.
type HistoryFilter struct {
	Text      string // part of a name, company or number
	Missed    bool
	NotLogged bool
	Before    time.Time // rows older than this; zero means from the newest
	BeforeID  string    // of those of just that time, the ones that are listed behind the call with this id, too
	Limit     int       // 0 means 200
	Account   string    // id of a phone account; "" means all

	From      time.Time     // calls that began at that time or later; zero means however long ago
	Direction crm.Direction // "" means both
	Outcome   crm.Outcome   // "" means all

	NeedsRecord bool // only calls that are logged, or will be, with no record
}
