package main

import (
	"cmp"
	"runtime"
	"slices"
	"time"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
)

// The JSON of the command line, as docs/command-line.md promises it. It has types of its own, so that app.View can change
// without breaking programs that read the JSON.

type phoneAnswer struct {
	Account    string `json:"account,omitempty"` // id of the account
	Label      string `json:"label,omitempty"`
	Org        string `json:"org,omitempty"` // id of the org that the settings name for its calls
	Configured bool   `json:"configured"`

	State       sip.RegistrationState `json:"state"`
	Extension   string                `json:"extension,omitempty"`
	Server      string                `json:"server,omitempty"`
	Reason      string                `json:"reason,omitempty"` // a sentence
	ReasonCode  fault.Code            `json:"reasonCode,omitempty"`
	Code        int                   `json:"code,omitempty"` // last SIP status
	RetryAt     time.Time             `json:"retryAt,omitzero"`
	Expires     time.Time             `json:"expires,omitzero"`
	Encrypted   bool                  `json:"encrypted,omitempty"`  // registered by TLS
	Certificate sip.Certificate       `json:"certificate,omitzero"` // of the server, when it is
	Uninvited   []app.Uninvited       `json:"uninvited,omitempty"`  // addresses whose calls were not answered, the latest first
}

type audioAnswer struct {
	Microphone string `json:"microphone,omitempty"`
	Speaker    string `json:"speaker,omitempty"`
	Ringer     string `json:"ringer,omitempty"`
	Null       bool   `json:"null"`
	Problem    string `json:"problem,omitempty"`
}

type outboxCount struct {
	Waiting    int        `json:"waiting"`
	Elsewhere  int        `json:"elsewhere,omitempty"` // these belong to an org or user that is not linked
	Checking   int        `json:"checking,omitempty"`  // these may be in the org already; Linecard is looking
	Parked     int        `json:"parked"`
	Held       int        `json:"held,omitempty"` // these wait for the agent: too many missed calls in an hour
	Reason     string     `json:"reason,omitempty"`
	ReasonCode fault.Code `json:"reasonCode,omitempty"`
	NextTry    time.Time  `json:"nextTry,omitzero"`
}

func answerCount(v app.OutboxView) outboxCount {
	return outboxCount{v.Waiting, v.Elsewhere, v.Checking, v.Parked, v.Held, v.Reason, v.Why.Code, v.NextTry}
}

type statusAnswer struct {
	Version    string        `json:"version"`
	PID        int           `json:"pid"`
	Demo       bool          `json:"demo"`
	Phone      phoneAnswer   `json:"phone"` // the first account
	Accounts   []phoneAnswer `json:"accounts"`
	Salesforce app.OrgView   `json:"salesforce"` // the first of the orgs
	Orgs       []app.OrgView `json:"orgs"`
	Requests   requestCount  `json:"requests"`
	Audio      audioAnswer   `json:"audio"`
	Calls      int           `json:"calls"`
	Missed     int           `json:"missed"`
	Outbox     outboxCount   `json:"outbox"`
	DND        bool          `json:"dnd"`
	Notice     string        `json:"notice,omitempty"`
	Unsaved    string        `json:"unsaved,omitempty"`
	Goroutines int           `json:"goroutines"`
}

func answerStatus(set *settings.Settings, v app.View, uninvited strangers, orgs []crm.LinkStatus, pid int) statusAnswer {
	a := statusAnswer{
		Version: version, PID: pid, Demo: v.Demo, Salesforce: v.Org, Accounts: answerAccounts(set, v, uninvited),
		Audio: audioAnswer{v.Audio.Microphone, v.Audio.Speaker, v.Audio.Ringer, v.Audio.Null, v.Audio.Problem}, Calls: len(v.Calls), Missed: v.Missed, Outbox: answerCount(v.Outbox), DND: v.DND,
		Notice: v.Notice, Unsaved: v.Unsaved, Goroutines: runtime.NumGoroutine(),
	}
	for _, o := range orgs {
		a.Orgs = append(a.Orgs, app.OrgViewOf(o))
	}
	if len(a.Orgs) > 0 {
		a.Salesforce = a.Orgs[0]
	}
	if len(a.Accounts) > 0 {
		a.Phone = a.Accounts[0]
	}
	return a
}

// strangers are the addresses whose calls to an account were not answered, the latest first.
type strangers func(account string) []app.Uninvited

// answerAccounts lists the accounts of the settings, each with the state of its registration.
func answerAccounts(set *settings.Settings, v app.View, uninvited strangers) []phoneAnswer {
	out := []phoneAnswer{}
	for _, a := range set.Accounts {
		p := phoneAnswer{Account: a.ID(), Label: a.Label, Org: a.Org, Configured: true}
		if i := slices.IndexFunc(v.Phones, func(s app.PhoneView) bool { return s.Account == a.ID() }); i >= 0 { // none yet where it was just added
			s := v.Phones[i]
			p.State, p.Reason, p.ReasonCode, p.Code, p.RetryAt, p.Expires = s.State, s.Reason, s.Why.Code, s.Code, s.RetryAt, s.Expires
			p.Encrypted, p.Certificate = s.Encrypted, s.Certificate
			p.Uninvited = uninvited(a.ID())
		}
		p.Extension, p.Server = a.User, a.Server
		out = append(out, p)
	}
	return out
}

type lookupPart struct {
	State      app.LookupState `json:"state"`
	Record     *crm.Match      `json:"record,omitempty"`
	Matches    []crm.Match     `json:"matches,omitempty"`
	More       bool            `json:"more,omitempty"`
	Error      string          `json:"error,omitempty"`
	ReasonCode fault.Code      `json:"reasonCode,omitempty"`
	Chosen     bool            `json:"chosen,omitempty"`
	Known      bool            `json:"known,omitempty"`
	Missing    string          `json:"missing,omitempty"` // why what stands beside the record is missing
	NextTry    time.Time       `json:"nextTry,omitzero"`  // when the org is asked again by itself
	Silent     string          `json:"silent,omitempty"`  // which orgs have not answered, where another has
	SilentCode fault.Code      `json:"silentCode,omitempty"`
}

type logPart struct {
	State      app.LogState `json:"state"`
	Task       crm.Ref      `json:"task,omitzero"`
	Error      string       `json:"error,omitempty"`
	ReasonCode fault.Code   `json:"reasonCode,omitempty"`
	NextTry    time.Time    `json:"nextTry,omitzero"`
}

type formPart struct {
	Subject string `json:"subject"`
	Notes   string `json:"notes,omitempty"`
	Outcome string `json:"outcome,omitempty"`
}

type callAnswer struct {
	ID         string             `json:"id"`
	Account    string             `json:"account,omitempty"` // id of the phone account
	OnLine     string             `json:"onLine,omitempty"`  // what the account is called, where there are several
	Org        string             `json:"org,omitempty"`     // id of the org it belongs to
	User       string             `json:"user,omitempty"`    // id of that org's user
	OnOrg      string             `json:"onOrg,omitempty"`   // what the org is called, where there are several
	Direction  crm.Direction      `json:"direction"`
	Phase      app.Phase          `json:"phase"`
	Name       string             `json:"name,omitempty"`
	Company    string             `json:"company,omitempty"`
	Number     string             `json:"number,omitempty"`
	Then       string             `json:"then,omitempty"` // keys for after the answer
	E164       string             `json:"e164,omitempty"`
	Called     string             `json:"called,omitempty"`
	Earlier    string             `json:"earlier,omitempty"` // whom the call was with before, as a sentence
	Withheld   bool               `json:"withheld,omitempty"`
	Muted      bool               `json:"muted"`
	Started    time.Time          `json:"started"`
	Answered   time.Time          `json:"answered,omitzero"`
	Ended      time.Time          `json:"ended,omitzero"`
	HeldSince  time.Time          `json:"heldSince,omitzero"`
	Itself     bool               `json:"answeredItself,omitempty"` // for the agent, as the phone system asked
	Spelled    string             `json:"spelled,omitempty"`        // how the number was sent that rang in another spelling, which may be kept
	Codec      string             `json:"codec,omitempty"`
	Encrypted  string             `json:"encryption,omitempty"` // how the sound is encrypted
	Verstat    string             `json:"verstat,omitempty"`    // whether the network has verified the number
	Quality    *qualityPart       `json:"quality,omitempty"`    // absent while it is not known
	Transfer   string             `json:"transfer,omitempty"`
	Consult    *consultPart       `json:"consult,omitempty"`
	Connect    *consultPart       `json:"connect,omitempty"`
	Conference *conferencePart    `json:"conference,omitempty"`
	Referred   *referredPart      `json:"referred,omitempty"`
	Owner      *app.ColleagueView `json:"recordsOwner,omitempty"` // the colleague who owns the record
	EndReason  sip.EndReason      `json:"endReason,omitempty"`
	EndText    string             `json:"endText,omitempty"`
	Lookup     lookupPart         `json:"lookup"`
	Log        logPart            `json:"log"`
	Form       formPart           `json:"form"`
}

// qualityPart is how a call sounds.
type qualityPart struct {
	MOS     float64          `json:"mos"`
	Level   app.QualityLevel `json:"level"`
	Cause   sip.QualityCause `json:"cause,omitempty"`
	Sent    bool             `json:"sent,omitempty"` // it is about what the other side hears
	Percent float64          `json:"percent,omitempty"`
	Delay   int64            `json:"delay"`           // milliseconds from mouth to ear
	Words   string           `json:"words,omitempty"` // what is wrong
}

func (q *qualityPart) words() string {
	if q == nil {
		return ""
	}
	return q.Words
}

// consultPart is the other one of a call and the consultation about it, or of two calls that can be connected.
type consultPart struct {
	With    string    `json:"with"` // its id
	Name    string    `json:"name"`
	Phase   app.Phase `json:"phase"`
	First   bool      `json:"first"` // this call is the one to be transferred
	Joining bool      `json:"joining"`
}

// otherPart is the other one of two calls; nil for none.
func otherPart(c app.ConsultView) *consultPart {
	if c.With == "" {
		return nil
	}
	return &consultPart{c.With, c.Name, c.Phase, c.First, c.Joining}
}

// referredPart is the wish of the other side to transfer the agent, or to have a call that was dialed go on to another number.
type referredPart struct {
	Target string `json:"target"`
	By     string `json:"by"`
	Asks   bool   `json:"asks"`

	Redirect bool `json:"redirect,omitempty"`
}

// answerCalls lists the calls on the desk; where account is not empty, the calls of that account.
func answerCalls(v app.View, account string) []callAnswer {
	out := make([]callAnswer, 0, len(v.Calls))
	for _, c := range v.Calls {
		if account != "" && c.Account != account {
			continue
		}
		out = append(out, answerCall(c))
	}
	return out
}

// answerCall is a call of the desk, or of the past.
func answerCall(c app.CallView) callAnswer {
	a := callAnswer{
		ID: c.ID, Account: c.Account, OnLine: c.OnLine, Org: c.Org, User: c.User, OnOrg: c.OnOrg, Direction: c.Direction, Phase: c.Phase, Name: c.Name, Number: c.Number, Then: c.Then, E164: c.E164, Called: c.Called, Earlier: c.Earlier,
		Withheld: c.Withheld, Muted: c.Muted, Started: c.Started, Answered: c.Answered, Ended: c.Ended, HeldSince: c.HeldSince,
		Itself: c.Itself, Spelled: c.Spelled, Codec: c.Codec, Encrypted: c.Encryption, Verstat: c.Verstat, Transfer: c.Transfer, EndReason: c.EndReason, EndText: c.EndText,
		Lookup: lookupPart{
			c.Lookup.State, c.Lookup.Record, c.Lookup.Matches, c.Lookup.More, c.Lookup.Error, c.Lookup.Why.Code, c.Lookup.Chosen, c.Lookup.Known,
			c.Lookup.Missing, c.Lookup.NextTry, c.Lookup.Waits, c.Lookup.Silent.Code,
		},
		Log:  logPart{c.Wrap.Log, c.Wrap.Task, c.Wrap.Error, c.Wrap.Why.Code, c.Wrap.NextTry},
		Form: formPart{c.Wrap.Subject, c.Wrap.Notes, c.Wrap.Disposition},
	}
	if q := c.Quality; q.Level != "" {
		a.Quality = &qualityPart{q.MOS, q.Level, q.Cause, q.Sent, q.Percent, q.Delay.Milliseconds(), q.Words}
	}
	a.Consult, a.Connect = otherPart(c.Consult), otherPart(c.Connect)
	if m := c.Conference; m.Room != "" || m.Focus || m.Offer != nil {
		a.Conference = &conferencePart{m.Room, m.In, m.Waits, m.Focus, m.Offer}
	}
	if c.Referred.Target != "" {
		a.Referred = &referredPart{c.Referred.Target, c.Referred.By, c.Referred.Asks, c.Referred.Redirect}
	}
	a.Owner = c.RecordsOwner
	if c.Lookup.Record != nil {
		a.Company = c.Lookup.Record.Company
	}
	return a
}

type matchAnswer struct {
	crm.Match
	OnOrg string `json:"onOrg,omitempty"` // what its org is called, where there are several
}

// lookupAnswer is who has a number.
type lookupAnswer struct {
	crm.Result
	Matches    []matchAnswer `json:"matches"`
	Silent     string        `json:"silent,omitempty"` // which orgs have not answered, where others have
	SilentCode fault.Code    `json:"silentCode,omitempty"`
}

func answerLookup(f app.Found, orgs []crm.LinkStatus) lookupAnswer {
	a := lookupAnswer{Result: f.Result, Matches: []matchAnswer{}, Silent: catalogue.Say(f.Silent), SilentCode: f.Silent.Code}
	for _, m := range f.Matches {
		a.Matches = append(a.Matches, matchAnswer{m, onOrg(m.Org, orgs)})
	}
	return a
}

type recordAnswer struct {
	crm.Record
	OnOrg string `json:"onOrg,omitempty"` // what its org is called, where there are several
}

func answerRecords(records []crm.Record, orgs []crm.LinkStatus) []recordAnswer {
	all := []recordAnswer{}
	for _, r := range records {
		all = append(all, recordAnswer{r, onOrg(r.Org, orgs)})
	}
	return all
}

// onOrg is what an org is called, where there are several.
func onOrg(id string, orgs []crm.LinkStatus) string {
	if len(orgs) < 2 {
		return ""
	}
	for _, o := range orgs {
		if id != "" && o.OrgID == id {
			return cmp.Or(o.Called(), id)
		}
	}
	return id
}

type dialAnswer struct {
	Call   string `json:"call,omitempty"`
	Number string `json:"number,omitempty"` // as people read it, with the keys
	Then   string `json:"then,omitempty"`   // keys for after the answer

	WillDial *app.WillDial `json:"willDial,omitempty"` // what would be called; then there is no call
}

type linkAnswer struct {
	AuthorizeURL string        `json:"authorizeUrl,omitempty"`
	ByHand       bool          `json:"byHand,omitempty"` // no browser has opened: a person opens the address, on this computer
	Silent       []shownAnswer `json:"silent,omitempty"` // nothing has come back from the browser for a while: what it may show
	*app.OrgView
}

// sentAnswer tells how many calls wait no longer for their time.
type sentAnswer struct {
	Sending int `json:"sending"`
}

type shownAnswer struct {
	Shown  string `json:"shown"`
	Remedy string `json:"remedy"`
}

func shownAnswers(all []crm.ShownError) []shownAnswer {
	list := make([]shownAnswer, len(all))
	for i, e := range all {
		list[i] = shownAnswer{catalogue.Say(e.Shown), catalogue.Say(e.Remedy)}
	}
	return list
}
