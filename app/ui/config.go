package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/crm/salesforce/setup"
	"linecard/fault"
)

// Desk is what the window asks of the desk. Methods may take their time: they are called off the UI goroutine. Errors have
// faults, which the window puts into words. *app.Desk is one.
type Desk interface {
	Dial(account, number string) (id string, err error)
	Pickup(account, extension string) (id string, err error)                 // takes what rings at a colleague's phone
	Copied(account, text string) string                                      // the number in a text that was copied; "" for none
	CallEcho(account string) (id string, err error)                          // of an account; "" is the first one that has an echo test
	AskQueue(ctx context.Context, ask app.QueueAsk) ([]app.QueueView, error) // returns once the phone system has answered the code
	CallVoicemail(account string) (id string, err error)                     // of an account; "" is the one for which messages wait
	WillDial(account, text string) (app.WillDial, error)                     // what a text would call; it waits for nothing
	DialAs(account, number, as, reason string) (id string, err error)        // shows the callee one of the account's numbers; with a reason also somebody marked Do Not Call
	DialAnyway(account, number, reason string) (id string, err error)        // also somebody marked Do Not Call
	Spellings(id string) []crm.DialSpelling                                  // other ways to dial the number of a call that the phone server does not know; it waits for nothing
	TrySpelling(id, sent, reason string) (call string, err error)            // calls again, in one of them; with a reason also where that is somebody who must not be called
	KeepSpelling(id string) error                                            // has all numbers dialed as that of the call
	Answer(id string) error
	Decline(id string) error
	Hangup(id string) error
	Hold(id string) error
	Resume(id string) error
	SetMute(id string, on bool) error
	SendDTMF(id, digits string) error
	Transfer(id, target string) error
	TransferAnyway(id, target, reason string) error
	Consult(id, target string) (consultation string, err error)
	ConsultAnyway(id, target, reason string) (consultation string, err error)
	Swap(id string) error
	Complete(id string) error
	Connect(id, other string) error
	CancelConsult(id string) error
	Conference(ids ...string) (room string, err error) // brings calls together with the agent
	Follow(id string) error
	FollowAnyway(id, target, reason string) error
	Refuse(id string) error
	Silence(id string) error

	Pick(id string, record crm.Ref) error
	LookupAgain(id string) error
	EditWrap(id string, e app.WrapEdit) error
	SaveWrap(id string) error
	EditCardOf(id string, record crm.Ref, values map[string]string) error // what was typed on the card of a record, by field
	UndoCard(id string) error
	SaveCard(id string) error // writes it into the record
	DontLog(id string) error
	Dismiss(id string) error

	SetDND(on bool)
	DismissNotice(f fault.Fault)
	MarkMissedSeen()
	OwedDone(what string) error // the agent has done with the missed calls of a call's number up to that call
	History(f app.HistoryFilter) ([]app.HistoryRow, error)
	RetryLog(id string) error
	SendAll() (n int, err error) // all that waits or was refused, now
	DiscardLog(id string) error
	// WhoElse returns who a past call may have been with: by its number or, with text, who fits that.
	WhoElse(ctx context.Context, id, text string) ([]crm.Record, error)
	Nearby(ctx context.Context, org, text string) []crm.Record // people by name, on this computer; org "" is the first, or all
	// FindPeople returns people by name, of the org; while it does not answer, those on this computer.
	FindPeople(ctx context.Context, org, text string) ([]crm.Record, error)
	PointAt(ctx context.Context, id string, record crm.Ref, text string) error // at one of those; the zero Ref is nobody
	SendHeld() (int, error)                                                    // logs all that waits because an hour had too many calls in which nobody talked
	DropHeld() (int, error)
	LogAs(id string) error // with the link there is, not the one it waits for
}

// Settings is what the settings page asks of the program. Methods may take their time, and errors have faults.
// How the phone and the link stand comes with the View, not from here.
type Settings interface {
	Now() Form // what is set, at once: without what Load waits for
	// Load is Now with the passwords that are saved and the sound devices there are. It waits for a keyring and a sound server.
	Load() (Form, error)
	Change(func(*settings.Settings)) error // saves, and applies at once
	// SaveAccount saves an account in the place of was, or of one without an id as one more, and registers it again. What a has as was has it stays as
	// it is by then. A nil password keeps the one that is saved.
	SaveAccount(was, a settings.Account, password *string) error
	RemoveAccount(id string) error
	TellForwards() error                       // tells phone systems again what they have refused, and waits for their answers
	TrustCaller(account, address string) error // has the account take calls from there too
	Reconnect(account string) error            // registers now instead of at the next try; "" is every account

	// Link links an org; open is called once with the page on which the user allows it. It returns when the org is linked,
	// the user refused, or ctx ended, with the id of the org that the user logged in to.
	Link(ctx context.Context, to LinkTarget, open func(url string) error) (org, user string, err error)
	Unlink(ctx context.Context, org, user string) error
	Waiting(org string) (calls int, err error) // that are not logged in it yet
	RemoveOrg(ctx context.Context, org settings.Org) error
	ImportLegacy(path string) error        // takes note of an org that an older integration logs in to, by its file of settings
	RefreshLink(ctx context.Context) error // asks the orgs whether the links still hold

	// ExportSetup writes what an admin deploys to an org into a folder below dir.
	ExportSetup(dir string) (folder string, files int, err error)

	TestTone() error // plays a tone on the speaker in use
}

// LinkTarget says which org to link.
type LinkTarget struct {
	Org      string // id of the org to link again; "" is the only or first one
	Add      bool   // link one more instead
	Legacy   string // login host of the older integration that it takes the place of, "" for none
	Host     string // where to log in
	ClientID string // consumer key

	Silent func([]crm.ShownError) // called when the browser has been silent for half a minute; on any goroutine
}

// Form is everything the settings page shows: the settings in force, and what there is to choose from.
type Form struct {
	settings.Settings
	Locked      func(key string) bool // reports what the administrator fixed; nil means nothing
	Locks       []string              // keys, tables and lists that the administrator fixed
	LockedBy    string                // who that is
	Passwords   map[string]bool       // whether one is saved, by account id
	Microphones []string
	Speakers    []string
	Callbacks   []string     // callback URLs to be pasted into the External Client App's settings
	Setup       []setup.Step // how the External Client App is made
}

// disableable is a field or a list.
type disableable interface {
	Enable()
	Disable()
}

func (f Form) isLocked(key string) bool { return f.Locked != nil && f.Locked(key) }

// lock disables what the administrator fixed.
func (f Form) lock(key string, fields ...disableable) {
	for _, field := range fields {
		if f.isLocked(key) {
			field.Disable()
		} else {
			field.Enable()
		}
	}
}

// Scene is one thing the demo can do at the press of a button. Run is called off the UI goroutine. A scene that breaks
// something mends it when it is run again: as long as On says that it is broken, the button says Mend in place of Label.
type Scene struct {
	Label string
	Run   func()
	Mend  string
	On    func() bool // nil for a scene that breaks nothing; must not block
}

// Config is what a window needs. App, Window and Desk are required.
type Config struct {
	App      fyne.App
	Window   fyne.Window
	Desk     Desk
	Settings Settings // nil hides the settings
	Admin    Admin    // nil hides errors and requests
	Layouts  Layouts  // nil hides what is written of calls
	Objects  Objects  // nil hides where callers are found and what the card shows

	Appearance Appearance
	Version    string
	Data       string // data directory, for the page About; "" hides it
	DemoScenes []Scene
	TryDemo    func() error // "Try it now" on the first start; nil hides it

	Sizes   Sizes       // the window's, as Resized was told of them last; the zero value is none
	Resized func(Sizes) // told of each new size; must not block. Nil forgets them

	OpenURL  func(address string) error // shows a page in the browser; nil means App.OpenURL
	Dispatch func(func())               // runs on the UI goroutine; nil means fyne.Do
	Now      func() time.Time           // nil means time.Now
	Title    func() string              // what the window is called between calls; nil means the program's name
	Format   func(number string) string // writes a number for the agent's eyes; nil leaves it as it is
	Quit     func()                     // nil means Quit

	ChooseFile   func(then func(path string))              // asks for a file; nil means Fyne's own dialog
	ChooseFolder func(title string, then func(dir string)) // asks for a folder, saying what for; nil means Fyne's own dialog

	complaintStays time.Duration // shorter in tests
}

// Quit ends the app's loop, which closes its windows. App.Quit would close them first: Fyne 2.7.1 then crashes when the mouse
// moves onto a text field before the loop has ended.
func Quit(a fyne.App) { a.Driver().Quit() }

func (c Config) withDefaults() Config {
	if c.Dispatch == nil {
		c.Dispatch = fyne.Do
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Title == nil {
		c.Title = func() string { return productName }
	}
	if c.Format == nil {
		c.Format = func(number string) string { return number }
	}
	if c.Quit == nil {
		c.Quit = func() { Quit(c.App) }
	}
	if c.complaintStays == 0 {
		c.complaintStays = complaintStays
	}
	if c.ChooseFile == nil {
		c.ChooseFile = func(then func(string)) { chooseFile(c.Window, then) }
	}
	if c.ChooseFolder == nil {
		c.ChooseFolder = func(title string, then func(string)) { chooseFolder(c.Window, title, then) }
	}
	if c.OpenURL == nil {
		c.OpenURL = openWith(c.App)
	}
	return c
}
