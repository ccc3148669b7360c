// Package settings keeps what the agent and the administrator chose (settings.toml) and their secrets (the keyring of
// the desktop).
//
// # The store
//
// A [Store] holds the settings in force. [Store.Get] returns an immutable snapshot and never waits, [Store.Change] writes
// the file and then publishes, [Store.Follow] tells whoever applies settings, so that each one applies without a restart.
//
// The settings are made of three layers, each of which holds only what differs from those below it: the defaults
// ([Default], the only set of them in the program), the administrator's profile, and the agent's own file. The profile may lock
// keys; a locked key cannot be changed, and a value of the agent's own file for it waits there until the lock is lifted.
//
// # settings.toml
//
// A text file in the data directory, meant to be read and edited by people too. It holds no password and no token, so
// an administrator may hand it out as it is. It is replaced atomically (written beside, synced, renamed), mode 0600, so
// a crash leaves the old file or the new one. It carries a version number, see migrate.go.
//
// Reading forgives: a missing file or key means the default; a value that is out of range or of the wrong type means the
// default and a notice in [Store.Notices], and costs nothing but that value, also in a list of tables; a key this version does not know
// gets a notice too, and is kept when the file is written again, so that an older Linecard does not eat what a newer one wrote. A
// file that is not TOML at all is moved aside, never overwritten; one over 1 MB is left alone and nothing is written. Comments and the
// order of lines are not kept.
//
// # Secrets
//
// The SIP password and the refresh token live in the desktop's keyring, see [Secrets]. Where there is none they live in
// memory and the agent is told. They are never written to a file.
package settings

import (
	"cmp"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"linecard/crm"
	"linecard/crm/layout"
	"linecard/sip/transport"
)

// FileName is the settings file inside the data directory.
const FileName = "settings.toml"

// Settings is everything that is chosen, never a secret. The zero value is not useful: begin with [Default].
type Settings struct {
	Language      string        `toml:"language"` // BCP 47 tag of the language of the window, notifications and command line: "de"; "" is the system's
	Accounts      []Account     `toml:"accounts"` // the first is dialled from unless another is named
	Orgs          []Org         `toml:"orgs"`     // calls belong to the first one that has a link, unless a rule, the called number or the account chooses another
	Numbers       Numbers       `toml:"numbers"`
	Spellings     []string      `toml:"spellings" most:"50"` // how accounts of the profile dial, as was learned here: see [Settings.LearnSpelling]
	Asking        Asking        `toml:"asking"`
	Devices       Devices       `toml:"devices"`
	Records       Records       `toml:"records"`
	Logging       Logging       `toml:"logging"`
	Rules         []crm.Rule    `toml:"rules"`                 // the admin's table, the first row first
	Owners        []Owner       `toml:"owners"`                // which user of an org an extension is
	Colleagues    []Colleague   `toml:"colleagues" most:"300"` // whose phones are watched, in the order in which they are shown
	Queues        []Queue       `toml:"queues" most:"50"`      // that the agent logs in to, in the order in which they are shown
	Layouts       layout.List   `toml:"layouts"`               // what is written of calls; see [linecard/crm/layout]
	Objects       []crm.Object  `toml:"objects"`               // where callers are found and what the card shows, the first object first
	Journal       Journal       `toml:"journal"`
	Appearance    Appearance    `toml:"appearance"`
	Notifications Notifications `toml:"notifications"`
	Salesforce    Salesforce    `toml:"salesforce"`
	Directory     Directory     `toml:"directory"`
	Errors        Errors        `toml:"errors"`
}

// Account is a SIP account; its password is a secret, see [SIPKey]. A further setting of an account is a field here, with its bounds and the
// message by which `account set --help` says what it is; it reaches the phone by program's phoneAccount.
type Account struct {
	Label            string   `toml:"label" help:"settings.help-label"`
	Server           string   `toml:"server" help:"settings.help-server"`
	User             string   `toml:"user" help:"settings.help-user"`
	AuthUser         string   `toml:"auth_user" help:"settings.help-auth-user"`
	DisplayName      string   `toml:"display_name" help:"settings.help-display-name"`
	CallerID         string   `toml:"caller_id" help:"settings.help-caller-id"`
	CallerIDs        []string `toml:"caller_ids" most:"50" help:"settings.help-caller-ids"`
	RecordCallerID   string   `toml:"record_caller_id" help:"settings.help-record-caller-id"`
	CallerIDIn       string   `toml:"caller_id_in" of:"ppi from pai" help:"settings.help-caller-id-in"`
	Headers          []string `toml:"headers" most:"30" help:"settings.help-headers"`
	PickupCode       string   `toml:"pickup_code" help:"settings.help-pickup-code"`
	Conference       string   `toml:"conference" help:"settings.help-conference"`
	Voicemail        string   `toml:"voicemail" help:"settings.help-voicemail"`
	EchoTest         string   `toml:"echo_test" help:"settings.help-echo-test"`
	HoldMusic        string   `toml:"hold_music" help:"settings.help-hold-music"`
	Transport        string   `toml:"transport" of:"{transports}" help:"settings.help-transport"`
	TLSCA            string   `toml:"tls_ca" help:"settings.help-tls-ca"`
	TLSCert          string   `toml:"tls_cert" help:"settings.help-tls-cert"`
	TLSKey           string   `toml:"tls_key" help:"settings.help-tls-key"`
	Encryption       string   `toml:"encryption" of:"{encryptions}" help:"settings.help-encryption"`
	EncryptionBy     string   `toml:"encryption_by" of:"{ways}" help:"settings.help-encryption-by"`
	STUN             string   `toml:"stun" help:"settings.help-stun"`
	ICE              string   `toml:"ice" of:"answer offer never" help:"settings.help-ice"`
	Proxy            string   `toml:"proxy" help:"settings.help-proxy"`
	LocalPort        int      `toml:"local_port" range:"0 65535" help:"settings.help-local-port"`
	Lines            int      `toml:"lines" range:"1 20" help:"settings.help-lines"`
	Expires          int      `toml:"expires" range:"10 7200" help:"settings.help-expires"`
	RegisterInterval int      `toml:"register_interval" range:"5 3600 or 0" help:"settings.help-register-interval"`
	SessionTimer     int      `toml:"session_timer" range:"90 86400 or 0" help:"settings.help-session-timer"`
	ReliableRinging  bool     `toml:"reliable_ringing" help:"settings.help-reliable-ringing"`
	Org              string   `toml:"org" help:"settings.help-org"`
	AcceptDirect     bool     `toml:"accept_direct" help:"settings.help-accept-direct"`
	Transfers        string   `toml:"transfers" of:"ask server never" help:"settings.help-transfers"`
	Redirects        string   `toml:"redirects" of:"server ask never" help:"settings.help-redirects"`
	DTMF             string   `toml:"dtmf" of:"auto rfc4733 info inband" help:"settings.help-dtmf"`
	ForwardAlways    string   `toml:"forward_always" help:"settings.help-forward-always"`
	ForwardBusy      string   `toml:"forward_busy" help:"settings.help-forward-busy"`
	ForwardNoAnswer  string   `toml:"forward_no_answer" help:"settings.help-forward-no-answer"`
	ForwardAfter     int      `toml:"forward_after" range:"3 170 or 0" help:"settings.help-forward-after"`
	ForwardBy        string   `toml:"forward_by" of:"linecard pbx" help:"settings.help-forward-by"`
	AutoAnswer       bool     `toml:"auto_answer" help:"settings.help-auto-answer"`
	Trusted          []string `toml:"trusted" most:"50" help:"settings.help-trusted"`

	ForwardCodes ForwardCodes `toml:"forward_codes"` // by which the phone system forwards calls, with ForwardBy "pbx"
	Numbers      Numbers      `toml:"numbers"`       // how this account's server writes numbers; what is empty is as in [Settings].Numbers

	Beyond map[string]any `toml:"-"` // what the file has beyond these, kept when it is written
}

// ID names the account: user@server as configured, "" for the zero Account.
func (a Account) ID() string {
	if a.User == "" && a.Server == "" {
		return ""
	}
	return a.User + "@" + a.Server
}

// Encrypted reports whether the account's server is reached by TLS.
func (a Account) Encrypted() bool { return transport.Encrypted(a.Server, a.Transport) }

// Configured reports whether there is enough of an account to register with.
func (a Account) Configured() bool { return a.Server != "" && a.User != "" }

// Org is a Salesforce org; the refresh token of its link is a secret, which crm/salesforce names.
type Org struct {
	LoginHost string `toml:"login_host"` // https://login.salesforce.com, https://test.salesforce.com or My Domain
	ClientID  string `toml:"client_id"`  // consumer key of the External Client App; "" when none was entered yet
	OrgID     string `toml:"org_id"`     // the org that was linked; "" when none is
	Label     string `toml:"label"`      // what people here call it; "" is the name that the org has itself
	Color     string `toml:"color" of:"none blue green amber red purple gray"`

	Description string `toml:"description"` // what it is for, as people here say it; "" says nothing

	Called []string `toml:"called" most:"200"` // numbers and queues whose calls belong to the org: patterns, as in rules
	Legacy bool     `toml:"legacy"`            // an older integration logged in to it by user name and password; it should be linked instead

	Beyond map[string]any `toml:"-"` // what the file has beyond these, kept when it is written
}

// Numbers tells how to read and dial numbers.
type Numbers struct {
	Country       string   `toml:"country"`         // ISO 3166 code that national numbers are of: "GB"
	OutsidePrefix string   `toml:"outside_prefix"`  // dialled before every outside number: "", "0", "9"
	Own           []string `toml:"own" most:"1000"` // the company's own numbers, in any spelling: never a customer's
	Extension     string   `toml:"extension"`       // regular expression that the digits of a colleague's number match as a whole; "" means 2 to 6 digits

	DialAs   string   `toml:"dial_as"`           // how numbers are written that are dialled: "typed", "e164", "exit", "national"; an account's "" is the general one
	ExitCode string   `toml:"exit_code"`         // dialled before a country code: "00"; "" is the country's own
	AreaCode string   `toml:"area_code"`         // of the place where the phones are, without a trunk prefix; "" when local numbers are dialled with it
	Rewrite  []string `toml:"rewrite" most:"50"` // what is dialled for certain numbers, see [crm.ReadRewrite]; an account's before the general ones
	Strip    string   `toml:"strip"`             // what the phone server puts before the numbers of callers: taken off
	Add      string   `toml:"add"`               // what is missing before the numbers of callers: put on
}

// Asking is what the agent is asked about before a number is called, beside Do Not Call. The zero value asks nothing.
type Asking struct {
	CallingHours string `toml:"calling_hours"`               // "8:00-20:00" by the callee's clock; "" is the whole day
	CallingDays  string `toml:"calling_days"`                // "mon-fri" or "mon tue sat"; "" is every day
	CalledWithin int    `toml:"called_within" range:"0 120"` // minutes after a call to a number in which somebody talked
	Sandbox      bool   `toml:"sandbox"`                     // a public number, while the org of the call is a sandbox
}

// Devices are sound devices by the name the system gives them; "" is the system's default.
type Devices struct {
	Microphone string `toml:"microphone"`
	Speaker    string `toml:"speaker"`
	Ringer     string `toml:"ringer"`
	RingStyle  string `toml:"ring_style" of:"us uk eu jp none"` // country whose ring tone plays; "none" is silent
	RingVolume int    `toml:"ring_volume" range:"0 100"`        // percent
}

// Records is what becomes of a caller's record.
type Records struct {
	Find          bool   `toml:"find"`                                       // callers are looked for; without it only when the agent asks
	KeepNames     bool   `toml:"keep_names"`                                 // what is found is kept for the next call and the history
	Pop           string `toml:"pop" of:"never ring answer hangup"`          // when an inbound call's opens
	PopIn         string `toml:"pop_in" of:"browser app both"`               // where
	PopOutbound   string `toml:"pop_outbound" of:"never ring answer hangup"` // when an outbound call's opens
	PopOutboundIn string `toml:"pop_outbound_in" of:"browser app both"`
	Orgs          string `toml:"orgs" of:"own all"`      // who is asked who a caller is: the call's own org, or all of them
	Several       string `toml:"several" of:"ask order"` // when several have the caller's number: ask the agent, or take the first by order
}

// Logging is what becomes a Task.
type Logging struct {
	Mode          string   `toml:"mode" of:"always ask never"`
	WrapUp        int      `toml:"wrap_up" range:"0 600"` // seconds to write notes after a call
	Outcomes      []string `toml:"outcomes" most:"50"`    // what the agent may choose as Outcome
	Inbound       bool     `toml:"inbound"`               // answered calls
	Outbound      bool     `toml:"outbound"`              // answered calls
	Missed        bool     `toml:"missed"`
	Unanswered    bool     `toml:"unanswered"`                       // outbound calls nobody took
	Colleagues    bool     `toml:"colleagues"`                       // calls with extensions too
	MissedPerHour int      `toml:"missed_per_hour" range:"0 100000"` // of missed and declined calls, for an org's user; further ones are held. 0 means no bound
	Settle        int      `toml:"settle_seconds" range:"0 3600"`    // how long an org may take over a write whose answer was lost
	Owner         string   `toml:"owner" of:"linked extension"`      // who owns the log where no rule says: the linked user, or the one who is the extension
	NoOwner       string   `toml:"no_owner" of:"wait linked"`        // what becomes of a log whose owner is not there: it waits, or the linked user owns it
}

// Journal bounds the history on this computer. What is not in the org yet is never removed.
type Journal struct {
	KeepDays  int `toml:"keep_days" range:"0 36500"`      // 0 keeps all
	KeepCalls int `toml:"keep_calls" range:"0 100000000"` // 0 means no bound
}

// Appearance is how the window looks.
type Appearance struct {
	Theme    string  `toml:"theme" of:"system light dark"`
	TextSize float64 `toml:"text_size" range:"0.8 2"` // 1 is as designed
}

// Notifications is what the desktop is told.
type Notifications struct {
	Incoming    bool `toml:"incoming"`
	Missed      bool `toml:"missed"`
	LogFailed   bool `toml:"log_failed"`   // an activity was parked
	RaiseWindow bool `toml:"raise_window"` // bring the window to the front when a call rings; takes the keyboard away
}

// Default returns the settings of a new installation.
func Default() Settings {
	return Settings{
		Numbers: Numbers{Country: "US", DialAs: string(crm.DialTyped)},
		Devices: Devices{RingStyle: "us", RingVolume: 80},
		Records: Records{Find: true, KeepNames: true, Pop: "never", PopIn: "browser", PopOutbound: "never", PopOutboundIn: "browser", Several: "ask", Orgs: "own"},
		Logging: Logging{
			Mode: "always", WrapUp: 30, Inbound: true, Outbound: true, Missed: true, Unanswered: true, MissedPerHour: 120, Settle: 120,
			Owner: "linked", NoOwner: "wait",
			Outcomes: []string{"Resolved", "Call back", "Left voicemail", "Not interested", "Wrong number"},
		},
		Journal:       Journal{KeepDays: 730},
		Appearance:    Appearance{Theme: "system", TextSize: 1},
		Notifications: Notifications{Incoming: true, Missed: true, LogFailed: true},
		Directory:     Directory{Contacts: true, Accounts: true, Leads: true, Minutes: 60},
		Errors:        Errors{PauseMinutes: 60, Mail: ErrorMail{Security: SecurityStartTLS}},
	}
}

// DefaultAccount is an account of which only the defaults are known.
func DefaultAccount() Account {
	return Account{Transport: transport.All()[0], Encryption: "offered", EncryptionBy: EncryptionWays()[0], CallerIDIn: "ppi", Lines: 2, Expires: 300, SessionTimer: 1800}
}

// NoColor is the Color of an org that has none.
const NoColor = "none"

// DefaultOrg is an org of which only the defaults are known.
func DefaultOrg() Org { return Org{LoginHost: "https://login.salesforce.com", Color: NoColor} }

// Account returns the account with that id; false when there is none.
func (s *Settings) Account(id string) (Account, bool) {
	i := slices.IndexFunc(s.Accounts, func(a Account) bool { return a.ID() == id })
	if i < 0 {
		return Account{}, false
	}
	return s.Accounts[i], true
}

// SetAccount puts an account in the place of the one with its id, or behind the others.
func (s *Settings) SetAccount(a Account) {
	i := slices.IndexFunc(s.Accounts, func(b Account) bool { return a.ID() == b.ID() })
	if i < 0 {
		s.Accounts = append(s.Accounts, a)
		return
	}
	s.Accounts[i] = a
}

// OrgSearches are the values of Records.Orgs.
var OrgSearches = []string{"own", "all"}

// MostCalled is how many patterns of called numbers an org may have.
const MostCalled = 200

// OrgNamed is the org with an id, or else the only one that people here call by a name, or else the only one whose own name it is; the zero
// Org where there is none. own are the names that orgs have themselves, by id; nil where they are not known.
func (s *Settings) OrgNamed(name string, own map[string]string) Org {
	if name == "" {
		return Org{}
	}
	if i := slices.IndexFunc(s.Orgs, func(o Org) bool { return o.OrgID == name }); i >= 0 {
		return s.Orgs[i]
	}
	for _, called := range []func(Org) string{func(o Org) string { return o.Label }, func(o Org) string { return own[o.OrgID] }} {
		var found []Org
		for _, o := range s.Orgs {
			if o.OrgID != "" && strings.EqualFold(called(o), name) && !slices.ContainsFunc(found, func(f Org) bool { return f.OrgID == o.OrgID }) {
				found = append(found, o)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0]
		default: // nobody can tell which is meant
			return Org{}
		}
	}
	return Org{}
}

// OrgIDs are the ids of the orgs, in order; one that has none yet is left out.
func (s *Settings) OrgIDs() (ids []string) {
	for _, o := range s.Orgs {
		if o.OrgID != "" {
			ids = append(ids, o.OrgID)
		}
	}
	return ids
}

// Org returns the org with that id, or with "" the first one; the defaults when there is none.
func (s *Settings) Org(id string) Org {
	for _, o := range s.Orgs {
		if id == "" || o.OrgID == id {
			return o
		}
	}
	return DefaultOrg()
}

// NoDigits is what an account has in place of digits that are general and not its own.
const NoDigits = "-"

// NumbersOf is how an account's server writes numbers; with an id that is not there, how numbers are written in general.
func (s *Settings) NumbersOf(id string) Numbers {
	n := s.Numbers
	a, _ := s.Account(id)
	own := a.Numbers
	n.Country, n.Extension, n.DialAs = cmp.Or(own.Country, n.Country), cmp.Or(own.Extension, n.Extension), cmp.Or(own.DialAs, n.DialAs)
	for _, d := range []struct {
		to  *string
		own string
	}{{&n.OutsidePrefix, own.OutsidePrefix}, {&n.ExitCode, own.ExitCode}, {&n.AreaCode, own.AreaCode}, {&n.Strip, own.Strip}, {&n.Add, own.Add}} {
		switch d.own {
		case "":
		case NoDigits:
			*d.to = ""
		default:
			*d.to = d.own
		}
	}
	n.DialAs = s.learned(id, own.DialAs, n.DialAs)
	n.Own = append(slices.Clone(n.Own), own.Own...)
	n.Rewrite = append(slices.Clone(own.Rewrite), n.Rewrite...)
	return n
}

// DefaultDir is the data directory when none is named: $XDG_DATA_HOME/linecard or ~/.local/share/linecard, and what
// macOS and Windows have instead. It is not created.
func DefaultDir() string {
	home, _ := os.UserHomeDir() // without a home everything is below the working directory
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Linecard")
	case "windows":
		if dir := os.Getenv("LOCALAPPDATA"); dir != "" {
			return filepath.Join(dir, "Linecard")
		}
		return filepath.Join(home, "AppData", "Local", "Linecard")
	}
	// The XDG specification: a path that is not absolute must be ignored.
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "linecard")
	}
	return filepath.Join(home, ".local", "share", "linecard")
}
