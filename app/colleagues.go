package app

import (
	"slices"
	"strings"

	"linecard/fault"
	"linecard/sip"
)

// Colleague is somebody in the company whose phone is watched.
type Colleague struct {
	Name      string
	Extension string
	Account   string // id of the account by whose server
	Org       string // id of the org that one is a user of; "" for one of the settings alone
	Listed    bool   // in the settings
	Namesakes bool   // several users of the org have the name, so that it tells of none which one is meant
}

// Activity is what a colleague's phone does.
type Activity string

// The activities. A phone that is busy may ring too.
const (
	ActivityUnknown     Activity = "unknown"
	ActivityFree        Activity = "free"
	ActivityRinging     Activity = "ringing"
	ActivityBusy        Activity = "busy"
	ActivityBusyRinging Activity = "busy-ringing"
)

// Rings reports whether somebody calls the colleague, so that the call can be picked up.
func (a Activity) Rings() bool { return a == ActivityRinging || a == ActivityBusyRinging }

// ColleagueView is a colleague, as faces show one.
type ColleagueView struct {
	Name      string   `json:"name"`
	Extension string   `json:"extension"`
	Account   string   `json:"account,omitempty"`
	Org       string   `json:"org,omitempty"`    // id of the org whose user it is; "" for one of the settings alone
	OnLine    string   `json:"onLine,omitempty"` // what the agent calls that account; "" while there is only one
	OnOrg     string   `json:"onOrg,omitempty"`  // what people call that org; "" while there is only one
	Listed    bool     `json:"listed"`           // in the settings, so that it can be removed there
	State     Activity `json:"state"`

	// TellsRinging says that the phone server would say so if the phone rang.
	TellsRinging bool `json:"tellsRinging"`

	namesakes bool   // see [Colleague.Namesakes]
	known     string // the name as [SameName] has it
}

// What a pick-up may say no with.
var (
	ErrNobodyRings = fault.Err(nil, "desk.nobody-rings-there")
	ErrNoColleague = fault.Err(nil, "desk.no-colleague")
)

type colleaguesSet struct {
	stamp
	all []Colleague
}

// SetColleagues says whose phones are watched, in the order in which they are shown. What was known of those that stay is kept.
func (d *Desk) SetColleagues(all []Colleague) {
	d.post(colleaguesSet{d.stamp(), slices.Clone(all)})
}

func (e colleaguesSet) next(s state) (state, []effect) {
	before := make(map[lamp]ColleagueView, len(s.colleagues))
	for _, c := range s.colleagues {
		before[lamp{c.Account, c.Extension}] = c
	}
	views := make([]ColleagueView, len(e.all))
	for i, c := range e.all {
		views[i] = ColleagueView{Name: c.Name, Extension: c.Extension, Account: c.Account, Org: c.Org, Listed: c.Listed, State: ActivityUnknown, namesakes: c.Namesakes, known: SameName(c.Name)}
		if was, there := before[lamp{c.Account, c.Extension}]; there {
			views[i].State, views[i].TellsRinging = was.State, was.TellsRinging
		} else if told, known := s.lamps[lamp{c.Account, c.Extension}]; known { // a queue's hint
			views[i].shows(told)
		}
	}
	s.colleagues = views
	return s.lampsWatched(), nil
}

// MayRing reports whether a call that rings at the colleague's phone may be there to be picked up: it is told, or looks like any other call, since the
// phone server tells none as ringing.
func (c ColleagueView) MayRing() bool {
	return c.State.Rings() || c.State == ActivityBusy && !c.TellsRinging
}

// shows has the view show a state.
func (c *ColleagueView) shows(s sip.ColleagueState) {
	c.State, c.TellsRinging = activityOf(s), s.TellsRinging
}

// colleague is the place of somebody in the list, or -1; account "" is any.
func (s state) colleague(account, extension string) int {
	return slices.IndexFunc(s.colleagues, func(c ColleagueView) bool {
		return c.Extension == extension && (account == "" || c.Account == account)
	})
}

// ringing is the place of the first one of these whose phone rings, or else may ring, or -1.
func (s state) ringing(account, extension string) int {
	is := func(rings func(ColleagueView) bool) int {
		return slices.IndexFunc(s.colleagues, func(c ColleagueView) bool {
			return c.Extension == extension && (account == "" || c.Account == account) && rings(c)
		})
	}
	if i := is(func(c ColleagueView) bool { return c.State.Rings() }); i >= 0 {
		return i
	}
	return is(ColleagueView.MayRing)
}

func colleagueChanged(s state, e sip.ColleagueChanged, at stamp) (state, []effect) {
	s, out := s.lampChanged(e, at)
	i := s.colleague(e.Account, e.Extension)
	if i < 0 {
		return s, out
	}
	was := s.colleagues[i].State
	s.colleagues = slices.Clone(s.colleagues)
	s.colleagues[i].shows(e.State)
	c := s.colleagues[i]
	if c.State == was {
		return s, out
	}
	return s, append(out, say{Event{Event: "colleague", At: at.at(), Account: c.Account, Number: c.Extension, Name: c.Name, State: string(c.State)}})
}

func activityOf(s sip.ColleagueState) Activity {
	switch {
	case !s.Known:
		return ActivityUnknown
	case s.Busy && s.Ringing:
		return ActivityBusyRinging
	case s.Busy:
		return ActivityBusy
	case s.Ringing:
		return ActivityRinging
	}
	return ActivityFree
}

// colleagueViews are the colleagues, with their lines and their orgs by name.
func (s *state) colleagueViews() []ColleagueView {
	if len(s.accounts) < 2 && len(s.links) < 2 {
		return s.colleagues // never changed in place
	}
	views := slices.Clone(s.colleagues)
	for i := range views {
		views[i].OnLine, views[i].OnOrg = s.label(views[i].Account), s.orgName(views[i].Org)
	}
	return views
}

// Pickup takes the call that rings at a colleague's phone: by the code of the account, or where that has none by the call itself, as the phone
// server tells it. account "" is that of the colleague with the extension whose phone rings, or of the first one with it. It returns the new call's id. A colleague whose phone is known not to ring
// is an error, [ErrNobodyRings]; of one that nothing is known of, or whose ringing would not be told, the phone server says whether it rings.
func (d *Desk) Pickup(account, extension string) (string, error) {
	extension = strings.TrimSpace(extension)
	s := d.now.Load()
	i := s.colleague(account, extension)
	if rings := s.ringing(account, extension); rings >= 0 {
		i = rings
	}
	if i >= 0 {
		account = s.colleagues[i].Account
		if c := s.colleagues[i]; c.State != ActivityUnknown && c.TellsRinging && !c.State.Rings() {
			return "", ErrNobodyRings
		}
	}
	account = d.dialsFrom(account)
	code := s.account(account).PickupCode
	switch {
	case i < 0 && (extension == "" || strings.Trim(extension, "0123456789*#") != ""):
		return "", ErrNoColleague
	case code == "" && i < 0:
		return "", ErrNoColleague
	}
	if code != "" {
		code = WithExtension(code, extension)
	}
	id, err := d.cfg.Phone.Pickup(account, extension, code)
	if err == nil {
		d.awaitArrival(id)
	}
	return id, err
}

// WithExtension puts an extension into a code, in the place of EXT, or behind it.
func WithExtension(code, extension string) string {
	if !strings.Contains(code, "EXT") {
		return code + extension
	}
	return strings.ReplaceAll(code, "EXT", extension)
}

// FreeFirst are the colleagues whom a call may go to, those who are free before those who are not known, and the busy last; the order of the
// list otherwise.
func FreeFirst(all []ColleagueView) []ColleagueView {
	order := []Activity{ActivityFree, ActivityUnknown, ActivityRinging, ActivityBusy, ActivityBusyRinging}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b ColleagueView) int {
		return slices.Index(order, a.State) - slices.Index(order, b.State)
	})
	return sorted
}
