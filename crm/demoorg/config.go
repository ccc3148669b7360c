package demoorg

import (
	"log/slog"
	"time"
)

// The addresses Linecard registers for the browser's way back, and the key of the demo's External Client App.
const (
	DefaultClientID = "3MVG9DemoOrgLinecard.ExternalClientApp.ConsumerKey"
	defaultName     = "Acme Field Services (Demo)"
)

// DefaultRedirects are the callback addresses of the External Client App, compared letter by letter.
var DefaultRedirects = []string{
	"http://localhost:47117/oauth/callback",
	"http://localhost:47118/oauth/callback",
	"http://localhost:47119/oauth/callback",
}

// Config says what kind of org it is. The zero value is a usable one.
type Config struct {
	Seed  uint64           // of everything made up: the same seed and clock give the same org
	Clock func() time.Time // nil: time.Now. Its zone is the users' time zone
	Name  string           // of the organization
	// Instance is the two letters or digits in every id that tell where the org lives; orgs whose differ share no id. "": dm.
	Instance string
	Log      *slog.Logger // requests, without names, numbers and tokens; nil: nothing is logged

	// The External Client App.
	AutoApprove bool     // authorize answers at once, as a browser with a session and an earlier consent would
	ClientID    string   // consumer key; "": DefaultClientID
	Redirects   []string // nil: DefaultRedirects. Only http://localhost and https ones can match
	Rotate      bool     // refresh token rotation: each works once

	// Times. Zero takes what stands in brackets.
	LatencyPerCall time.Duration // added to every REST call [0]
	SessionTimeout time.Duration // an access token's life after its last use [2 h]
	RefreshIdle    time.Duration // a refresh token dies unused after this [never]
	IndexLag       time.Duration // a change is found by SOSL after this [0]

	DailyLimit int // API requests in 24 hours [15000, a Developer Edition's]
	MaxVersion int // newest REST version [68, Winter '27]

	// The shape of the data.
	Empty          bool   // no records but users and settings
	Language       string // of the status values: "en" (default), "de", "es" or "ja"
	PersonAccounts bool
	CustomPhone    bool    // Contact.WhatsApp__c, a phone field
	CallKey        CallKey // whether Task has CallKeyField. Rules.HiddenFields takes it away and gives it back while the org runs
	Rules          Rules   // what the admin has set up
}

// CallKeyField is the text field that an admin adds to Activity, so that a call is found and written by its id.
const CallKeyField = "Linecard_Call_Id__c"

// CallKey says what kind of field CallKeyField is.
type CallKey string

// The kinds.
const (
	NoCallKey     CallKey = ""         // the org has no such field
	UniqueCallKey CallKey = "unique"   // External ID and Unique: a second record with the value is refused
	SharedCallKey CallKey = "external" // External ID only: several records may have the value, and an upsert of it answers 300
)

func (c Config) withDefaults() Config {
	if c.Clock == nil {
		c.Clock = time.Now
	}
	if c.Name == "" {
		c.Name = defaultName
	}
	if c.Instance == "" {
		c.Instance = "dm"
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.ClientID == "" {
		c.ClientID = DefaultClientID
	}
	if c.Redirects == nil {
		c.Redirects = DefaultRedirects
	}
	if c.SessionTimeout == 0 {
		c.SessionTimeout = 2 * time.Hour
	}
	if c.DailyLimit == 0 {
		c.DailyLimit = 15000
	}
	if c.MaxVersion == 0 {
		c.MaxVersion = 68
	}
	return c
}

// AppState is what stands between a user and the External Client App.
type AppState string

// The states of the app, each with the error a user meets at authorize.
const (
	AppReady        AppState = ""            // lets users in
	AppBlocked      AppState = "blocked"     // OAUTH_APP_BLOCKED: by the admin, or the user lacks the permission set
	AppNotInstalled AppState = "uninstalled" // OAUTH_APPROVAL_ERROR_GENERIC: the rule of September 2025
	AppTooNew       AppState = "new"         // invalid_client_id: made a moment ago, not yet known everywhere
)

// Rules is what an admin can set up to a client's surprise. They can be changed while the org runs: [Org.SetRules].
type Rules struct {
	App AppState `json:"app,omitempty"`

	// Field-level security and object permissions, by API name: "Case", "Task.CallType".
	HiddenObjects  []string `json:"hiddenObjects,omitempty"`
	HiddenFields   []string `json:"hiddenFields,omitempty"`
	ReadOnlyFields []string `json:"readOnlyFields,omitempty"`
	NoCreate       []string `json:"noCreate,omitempty"` // objects that may not be created
	NoEdit         []string `json:"noEdit,omitempty"`   // objects that may not be changed
	NoDelete       []string `json:"noDelete,omitempty"`

	APIDisabled bool `json:"apiDisabled,omitempty"` // the user lacks "API Enabled"

	RequiredFields []string     `json:"requiredFields,omitempty"` // made required: "Task.Region__c"
	Validations    []Validation `json:"validations,omitempty"`
	DuplicateRule  bool         `json:"duplicateRule,omitempty"` // Contact and Lead: same phone or e-mail
}

// Validation is a validation rule: saving fails when Field, as text, holds Forbidden, or is empty when Forbidden is "".
type Validation struct {
	Object    string `json:"object"`
	Field     string `json:"field"`
	Forbidden string `json:"forbidden,omitempty"`
	Message   string `json:"message"`
}
