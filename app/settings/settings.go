// Package settings keeps what the agent and the administrator chose (settings.toml) and their secrets (the keyring of
// the desktop).
//
// # settings.toml
//
// A text file in the data directory, meant to be read and edited by people too. It holds no password and no token, so
// an administrator may hand it out as it is. It is replaced atomically (written beside, synced, renamed), mode 0600, so
// a crash leaves the old file or the new one.
//
// Reading forgives: a missing file or key means the default; a value out of range means the default and a sentence in
// [Settings.Notices]; a key this version does not know gets a sentence too, and is kept when the file is written again,
// so that an older Linecard does not eat what a newer one wrote. A file that is not TOML at all is moved aside, never
// overwritten. Comments and the order of lines are not kept by [Save].
//
// # Secrets
//
// The SIP password and the refresh token live in the desktop's keyring, see [Secrets]. Where there is none they live in
// memory and the agent is told. They are never written to a file.
package settings

import (
	"os"
	"path/filepath"
	"runtime"
)

// FileName is the settings file inside the data directory.
const FileName = "settings.toml"

// Settings is everything that is chosen, never a secret. The zero value is not useful: begin with [Default].
type Settings struct {
	Account       Account       `toml:"account"`
	Numbers       Numbers       `toml:"numbers"`
	Devices       Devices       `toml:"devices"`
	Salesforce    Salesforce    `toml:"salesforce"`
	Logging       Logging       `toml:"logging"`
	Appearance    Appearance    `toml:"appearance"`
	Notifications Notifications `toml:"notifications"`

	notices []string
	unknown map[string]any // what the file has beyond this struct, kept by Save
}

// Account is the SIP account; its password is a secret, see [SIPKey].
type Account struct {
	Server      string `toml:"server"`       // registrar: host or host:port
	User        string `toml:"user"`         // extension
	AuthUser    string `toml:"auth_user"`    // digest username when it differs from User
	DisplayName string `toml:"display_name"` // sent with outbound calls
	Transport   string `toml:"transport"`    // "udp", "tcp", "tls"
	Proxy       string `toml:"proxy"`        // outbound proxy: host or host:port
	LocalPort   int    `toml:"local_port"`   // port signalling is received on; 0 means any free one
	Lines       int    `toml:"lines"`        // calls at once, 1 to 20
	Expires     int    `toml:"expires"`      // asked-for life of the registration, 10 to 7200 seconds
}

// Configured reports whether there is enough of an account to register with.
func (a Account) Configured() bool { return a.Server != "" && a.User != "" }

// Numbers tells how to read and dial numbers.
type Numbers struct {
	Country       string `toml:"country"`        // ISO 3166 code that national numbers are of: "GB"
	OutsidePrefix string `toml:"outside_prefix"` // dialled before every outside number: "", "0", "9"
}

// Devices are sound devices by the name the system gives them; "" is the system's default.
type Devices struct {
	Microphone string `toml:"microphone"`
	Speaker    string `toml:"speaker"`
	Ringer     string `toml:"ringer"`
	RingStyle  string `toml:"ring_style"`  // country whose ring tone plays: "us", "uk", "eu", "jp"; "none" is silent
	RingVolume int    `toml:"ring_volume"` // percent, 0 to 100
}

// Salesforce is the link to the org; its refresh token is a secret, see [OrgKey].
type Salesforce struct {
	LoginHost string `toml:"login_host"` // https://login.salesforce.com, https://test.salesforce.com or My Domain
	ClientID  string `toml:"client_id"`  // consumer key of the External Client App; "" when none was entered yet
	OrgID     string `toml:"org_id"`     // org linked last; "" when none
	Pop       string `toml:"pop"`        // when to open the record in the browser: "never", "ring", "answer"
}

// Logging is what becomes a Task.
type Logging struct {
	Mode     string   `toml:"mode"`     // "always", "ask", "never"
	WrapUp   int      `toml:"wrap_up"`  // seconds to write notes after a call, 0 to 600
	Outcomes []string `toml:"outcomes"` // what the agent may choose as Outcome, at most 50
	Inbound  bool     `toml:"inbound"`  // answered calls
	Outbound bool     `toml:"outbound"` // answered calls
	Missed   bool     `toml:"missed"`
	Failed   bool     `toml:"failed"`   // outbound calls nobody answered
	Internal bool     `toml:"internal"` // calls with colleagues
}

// Appearance is how the window looks.
type Appearance struct {
	Theme    string  `toml:"theme"`     // "system", "light", "dark"
	TextSize float64 `toml:"text_size"` // 0.8 to 2; 1 is as designed
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
		Account:    Account{Transport: "udp", Lines: 2, Expires: 300},
		Numbers:    Numbers{Country: "US"},
		Devices:    Devices{RingStyle: "us", RingVolume: 80},
		Salesforce: Salesforce{LoginHost: "https://login.salesforce.com", Pop: "never"},
		Logging: Logging{
			Mode: "always", WrapUp: 30, Inbound: true, Outbound: true, Missed: true, Failed: true,
			Outcomes: []string{"Resolved", "Call back", "Left voicemail", "Not interested", "Wrong number"},
		},
		Appearance:    Appearance{Theme: "system", TextSize: 1},
		Notifications: Notifications{Incoming: true, Missed: true, LogFailed: true},
	}
}

// Notices are sentences about values that Load did not take as they were.
func (s Settings) Notices() []string { return s.notices }

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
	// The XDG specification: a path that is not absolute is to be ignored.
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "linecard")
	}
	return filepath.Join(home, ".local", "share", "linecard")
}
