package sip

import (
	"maps"
	"slices"

	"linecard/sip/dialog"
	"linecard/sip/watch"
)

// Colleague is a phone whose state is watched.
type Colleague struct {
	Account   string // id of the account by whose server it is watched
	Extension string
}

// MostColleagues is how many colleagues are watched at most, of all accounts.
const MostColleagues = 300

// ColleagueState is what a colleague's phone does. The zero value is not known.
type ColleagueState = watch.State

// ColleagueChanged tells what a colleague's phone does now, once for each change.
type ColleagueChanged struct {
	Account   string `json:"account,omitempty"` // id of the account
	Extension string `json:"extension"`
	State     ColleagueState
}

func (ColleagueChanged) event() {}

// SetColleagues says whose phones are watched, in the place of those before: [MostColleagues] at most, the first ones. Nothing is sent for those
// that were watched already. Of those that are watched no longer it is told that nothing is known of them.
func (p *Phone) SetColleagues(all []Colleague) error {
	return p.do(func() error {
		p.colleagues = slices.Clone(all[:min(len(all), MostColleagues)])
		for _, l := range p.lines {
			l.watchColleagues()
		}
		return nil
	})
}

// How a server tells what a phone does: by the phone's calls (RFC 4235), which tell of the call that rings, too, and else by presence (RFC 3856).
var (
	byDialogs  = dialog.Package{Event: "dialog", Accept: watch.DialogInfoType}
	byPresence = dialog.Package{Event: "presence", Accept: watch.PresenceType}
)

// watchedPhone is one phone that a line watches.
type watchedPhone struct {
	l         *line
	extension string
	sub       *dialog.Subscription // nil while the line has no sockets
	dialogs   watch.Dialogs        // where the server tells of the calls
	presence  watch.Presence       // where it tells of presence
	told      watch.State
}

// watchColleagues subscribes to those who are new, and ends what is for others.
func (l *line) watchColleagues() {
	want := map[string]bool{}
	for _, c := range l.p.colleagues {
		if c.Account == l.account.ID() {
			want[c.Extension] = true
		}
	}
	maps.DeleteFunc(l.colleagues, func(extension string, c *watchedPhone) bool {
		if want[extension] {
			return false
		}
		if c.sub != nil {
			c.sub.Stop()
		}
		c.forget()
		return true
	})
	for _, w := range l.p.colleagues {
		if w.Account != l.account.ID() {
			continue
		}
		c := l.colleagues[w.Extension]
		if c == nil {
			c = &watchedPhone{l: l, extension: w.Extension}
			if l.colleagues == nil {
				l.colleagues = map[string]*watchedPhone{}
			}
			l.colleagues[w.Extension] = c
		}
		if c.sub == nil && l.ua != nil {
			c.subscribe(l.ua)
		}
	}
}

// unwatchColleagues is the end of the line's sockets: of nobody is anything known.
func (l *line) unwatchColleagues() {
	for _, c := range l.colleagues {
		c.forget()
	}
}

// forget is the end of the watch: from now on nobody tells what the phone does.
func (c *watchedPhone) forget() {
	c.sub = nil
	c.unknown()
	c.tell()
}

// unknown forgets what the server has said.
func (c *watchedPhone) unknown() { c.dialogs, c.presence = watch.Dialogs{}, watch.Presence{} }

func (c *watchedPhone) subscribe(ua *dialog.UA) {
	var sub *dialog.Subscription
	sub = ua.Subscribe(dialog.Watch{Package: byDialogs, Second: byPresence, User: c.extension, Notify: func(n dialog.Notification) {
		if c.sub == sub && sub != nil {
			c.notified(n)
		}
	}})
	if c.sub = sub; sub == nil {
		c.l.p.log.Warn("a colleague is not watched: there are too many subscriptions", "account", c.l.account.ID())
	}
}

func (c *watchedPhone) notified(n dialog.Notification) {
	if !n.Up || n.First {
		c.unknown()
	}
	if n.Up {
		c.take(n)
	}
	c.tell()
}

// take takes what the server says. One that tells of presence says nothing where nobody has told it anything, or not any more.
func (c *watchedPhone) take(n dialog.Notification) {
	var err error
	missed := false
	switch {
	case n.Event == byPresence.Event:
		err = c.presence.Take(n.Body)
	case len(n.Body) > 0:
		missed, err = c.dialogs.Take(n.Body)
	}
	if err != nil {
		c.l.p.log.Info("a colleague's state cannot be read", "account", c.l.account.ID(), "event", n.Event, "error", err)
	}
	if missed {
		c.sub.Refresh()
	}
}

// state is what the phone does, as far as the server tells it in one of the two ways.
func (c *watchedPhone) state() watch.State {
	if s := c.presence.State(); s.Known {
		return s
	}
	return c.dialogs.State()
}

func (c *watchedPhone) tell() {
	now := c.state()
	if now == c.told {
		return
	}
	c.told = now
	c.l.p.tell(ColleagueChanged{Account: c.l.account.ID(), Extension: c.extension, State: now})
}
