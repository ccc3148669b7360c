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

// watchedPhone is one phone that a line watches (dialog-info, RFC 4235).
type watchedPhone struct {
	l         *line
	extension string
	sub       *dialog.Subscription // nil while the line has no sockets
	dialogs   watch.Dialogs
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
	c.sub, c.dialogs = nil, watch.Dialogs{}
	c.tell()
}

func (c *watchedPhone) subscribe(ua *dialog.UA) {
	var sub *dialog.Subscription
	sub = ua.Subscribe(dialog.Watch{Event: "dialog", Accept: watch.DialogInfoType, User: c.extension, Notify: func(n dialog.Notification) {
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
		c.dialogs = watch.Dialogs{}
	}
	if n.Up && len(n.Body) > 0 {
		missed, err := c.dialogs.Take(n.Body)
		if err != nil {
			c.l.p.log.Info("a dialog-info that is none", "account", c.l.account.ID(), "error", err)
		}
		if missed {
			c.sub.Refresh()
		}
	}
	c.tell()
}

func (c *watchedPhone) tell() {
	now := c.dialogs.State()
	if now == c.told {
		return
	}
	c.told = now
	c.l.p.tell(ColleagueChanged{Account: c.l.account.ID(), Extension: c.extension, State: now})
}
