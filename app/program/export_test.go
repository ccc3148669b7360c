package program

import (
	"context"
	"time"

	"linecard/app"
	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip/media"
)

// A file of music that cannot be read is looked for again soon.
func init() { tryMusicAgain = 20 * time.Millisecond }

// UseDevices has the sound devices of changed settings used.
var UseDevices = useDevices

// SameNumber reports whether a number that a phone system tells is the public one that calls are sent on to.
var SameNumber = same

// NewNumbers makes a program that reads numbers by settings, and nothing else.
func NewNumbers(s *settings.Settings) *Program {
	p := &Program{}
	p.replan(s)
	return p
}

// SettingsChange puts changed settings in force for numbers.
func (p *Program) SettingsChange(s *settings.Settings) { p.replan(s) }

// RegistrarTells takes the numbers that a registrar says are an account's.
func (p *Program) RegistrarTells(account string, numbers []string) { p.owns(account, numbers) }

// ReadMusic reads a file of music on hold.
var ReadMusic = readMusic

// LookAtMusic looks at a file of music on hold again and again, and counts how often it is read.
func LookAtMusic(path string, times *int) func(context.Context) fault.Fault {
	var last musicLook
	return func(ctx context.Context) fault.Fault {
		_, wrong := last.look(path, func() (*media.Music, fault.Fault) {
			*times++
			return readMusic(ctx, path)
		})
		return wrong
	}
}

// AwaitProfileLooks waits until whoever looks for profiles in the orgs has seen all that it was woken for, looks included.
func (p *Program) AwaitProfileLooks() {
	for range 3 { // the third fits in when the second was taken, which is after all that the first led to
		p.orgProfiles.wake <- struct{}{}
	}
}

// AwaitAgents does the same for whoever makes the agent's account.
func (p *Program) AwaitAgents() {
	for range 3 {
		p.agents.wake <- struct{}{}
	}
}

// NewLink has the orgs looked at as after a new link.
func (p *Program) NewLink() { p.orgProfiles.newLink() }

// Troubles keep what goes wrong, with one way of telling it and no program around them.
type Troubles struct{ t *troubles }

// NewTroubles makes them; Close ends them.
func NewTroubles(s alert.Sender) Troubles {
	return Troubles{&troubles{log: errorlog.Open("", nil, nil), watches: []*alert.Watch{alert.New("", s, alert.Options{})}, failing: map[crmUser]bool{}}}
}

// Close ends them.
func (t Troubles) Close() { t.t.close() }

// Linked takes how the links stand.
func (t Troubles) Linked(all ...crm.LinkStatus) { t.t.linked(all) }

// Failed takes that an org did not take a call of a user, and Took that it did.
func (t Troubles) Failed(org, user string, err error) {
	t.t.failed(app.LoggingFailure, org, user, "", err)
}

// Took takes that an org took a call of a user.
func (t Troubles) Took(org, user string) { t.t.took(org, user) }

// Entries are the errors that are kept.
func (t Troubles) Entries() []errorlog.Entry { return t.t.log.Entries() }
