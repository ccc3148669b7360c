package demoorg

import (
	"log/slog"
	"time"

	"linecard/crm/demoorg/sosl"
)

// Linecard's callback addresses, and the consumer key of the demo's External Client App.
const (
	DefaultClientID = "3MVG9DemoOrgLinecard.ExternalClientApp.ConsumerKey"
	defaultName     = "Acme Field Services (Demo)"
)

// DefaultRedirects are the callback addresses of the External Client App, compared character for character.
var DefaultRedirects = []string{
	"http://localhost:47117/oauth/callback",
	"http://localhost:47118/oauth/callback",
	"http://localhost:47119/oauth/callback",
}

// Config describes the org. The zero value is usable.
type Config struct {
	Seed  uint64           // seed of the generated data: the same seed and clock give the same org
	Clock func() time.Time // nil: time.Now. Its zone is the users' time zone
	Name  string           // name of the organization; "": a fictional one
	// Instance is the two letters or digits in every id that tell in which instance the org is; orgs with different
	// ones share no id. "": dm.
	Instance  string
	Edition   string       // Organization.OrganizationType; "": Developer Edition
	Sandbox   bool         // Organization.IsSandbox
	TrialEnds time.Time    // Organization.TrialExpirationDate; zero: the org is no trial
	Log       *slog.Logger // requests, without names, numbers and tokens; nil: nothing is logged

	// The External Client App.
	AutoApprove bool     // authorize answers without a page, as with a browser session and an earlier consent
	ClientID    string   // consumer key; "": DefaultClientID
	Redirects   []string // nil: DefaultRedirects. Only http://localhost and https addresses can match
	Rotate      bool     // refresh token rotation: each refresh token works once

	// Times. The defaults for zero are in brackets.
	LatencyPerCall time.Duration // added to every REST call [0]
	SessionTimeout time.Duration // how long an access token is valid after its last use [2 h]
	RefreshIdle    time.Duration // how long an unused refresh token is valid [never ends]
	IndexLag       time.Duration // how long until SOSL finds a change [0]
	BulkTime       time.Duration // how long a Bulk query is worked on [0]
	BulkPart       int           // how many rows of a Bulk query come at most with one request [50,000]

	DailyLimit int // API requests in 24 hours [15000, a Developer Edition's]
	MaxVersion int // newest REST version [68, Winter '27]

	// The data.
	Empty          bool   // no records except users and settings
	Language       string // of the status values: "en" (default), "de", "es" or "ja"
	UserLanguage   string // LanguageLocaleKey of the users: "" for en_US, "de", "es", "fr", "ja"
	Volume         int    // how many contacts there are beside those of the demo; they take no memory, see VolumeName and VolumePhone
	PersonAccounts bool
	MoreUsers      int             // active users beside the usual ones, with the extensions from 3000 on
	CustomPhone    bool            // Contact.WhatsApp__c, a phone field; with PersonAccounts also Contact.Shown__c, a text, which is Account.Shown__pc
	CustomObjects  bool            // Machine__c, which takes activities, and Locker__c, which does not
	PhoneIndex     sosl.PhoneIndex // how a phone field is found; "": by its groups of digits
	CallKey        CallKey         // whether Task and Case have CallKeyField. Rules.HiddenFields hides and shows it while the org runs
	Rules          Rules           // the admin's settings
}

// CallKeyField is the text field that an admin adds to Activity and to Case, so that a call is found and written by its id.
const CallKeyField = "Linecard_Call_Id__c"

// CallKey says what kind of field CallKeyField is.
type CallKey string

// The values of CallKey.
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
	if c.Edition == "" {
		c.Edition = "Developer Edition"
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
	if c.BulkPart == 0 {
		c.BulkPart = 50_000
	}
	if c.DailyLimit == 0 {
		c.DailyLimit = 15000
	}
	if c.MaxVersion == 0 {
		c.MaxVersion = 68
	}
	return c
}

// AppState is a reason that keeps users from the External Client App.
type AppState string

// The states of the app, each with the error that a user gets at authorize.
const (
	AppReady        AppState = ""            // users may log in
	AppBlocked      AppState = "blocked"     // OAUTH_APP_BLOCKED: blocked by the admin, or the user lacks the permission set
	AppNotInstalled AppState = "uninstalled" // OAUTH_APPROVAL_ERROR_GENERIC: the rule of September 2025
	AppTooNew       AppState = "new"         // invalid_client_id: just created and not yet known everywhere
)

// Rules are what an admin can set. They can be changed while the org runs: [Org.SetRules].
type Rules struct {
	App AppState `json:"app,omitempty"`

	// Field-level security and object permissions, by API name: "Case", "Task.CallType".
	HiddenObjects  []string `json:"hiddenObjects,omitempty"`
	HiddenFields   []string `json:"hiddenFields,omitempty"`
	ReadOnlyFields []string `json:"readOnlyFields,omitempty"`
	OwnOnly        []string `json:"ownOnly,omitempty"`  // objects of which a user sees the own records only
	NoCreate       []string `json:"noCreate,omitempty"` // objects that may not be created
	NoEdit         []string `json:"noEdit,omitempty"`   // objects that may not be changed
	NoDelete       []string `json:"noDelete,omitempty"`

	// What stops every request, or every new record.
	APIDisabled     bool `json:"apiDisabled,omitempty"`     // the user lacks "API Enabled"
	PasswordExpired bool `json:"passwordExpired,omitempty"` // 403 INVALID_OPERATION_WITH_EXPIRED_PASSWORD
	SessionRefused  bool `json:"sessionRefused,omitempty"`  // 401, whatever the token: "not valid for use with the REST API"
	StorageFull     bool `json:"storageFull,omitempty"`     // STORAGE_LIMIT_EXCEEDED for each new record
	ReadOnly        bool `json:"readOnly,omitempty"`        // INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE for each write
	NoBulk          bool `json:"noBulk,omitempty"`          // the edition has no Bulk API

	RequiredFields []string       `json:"requiredFields,omitempty"` // made required: "Task.Region__c"
	Lengths        map[string]int `json:"lengths,omitempty"`        // of fields that were made shorter, in characters or digits: "Task.Region__c"
	NoRecordTypes  []string       `json:"noRecordTypes,omitempty"`  // taken from the user's profile, by API name: "Case.Complaint"
	Validations    []Validation   `json:"validations,omitempty"`
	DuplicateRule  bool           `json:"duplicateRule,omitempty"` // Contact and Lead: refuses the same phone or e-mail
}

// Validation is a validation rule: a save fails when Field, as text, contains Forbidden, or when it is empty and
// Forbidden is "".
type Validation struct {
	Object    string `json:"object"`
	Field     string `json:"field"`
	Forbidden string `json:"forbidden,omitempty"`
	Message   string `json:"message"`
}
