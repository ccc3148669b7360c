package program

import (
	"sync"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/fault"
)

// welcome tells what was found in the settings on starting: the first to the agent, for one can be shown, and all of it to
// the log.
func (p *Program) welcome() {
	if err := p.set.Err(); err != nil {
		p.log.Error("settings", "err", err)
	}
	if !p.unused.IsZero() {
		p.desk.NoticeAbout(app.AboutProfile, p.unused)
	}
	for i, n := range p.set.Notices() {
		p.log.Warn("settings", "notice", catalogue.Say(n))
		if i == 0 {
			p.desk.NoticeAbout(app.AboutStart, n)
		}
	}
}

// kept is what the agent was told last of the journal and of the memory of callers. Both change their notice by themselves,
// as the disk can be written or not.
type kept struct {
	mu   sync.Mutex
	told [2]keptNotice
}

// keptNotice is a notice where it is shown.
type keptNotice struct {
	topic app.Topic
	code  fault.Code
}

// tell passes their notices on where they have changed, and withdraws those that are over. One that the agent has dismissed
// is not told again. It writes what the disk refused before.
func (k *kept) tell(p *Program) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p.memory.Retry(p.ctx)
	about := app.AboutHistory
	if p.journal.InMemory() {
		about = app.AboutJournal // where the desk says that a call could not be saved
	}
	for i, now := range []struct {
		topic  app.Topic
		notice fault.Fault
	}{{about, p.journal.NoticeFault()}, {app.AboutCallers, p.memory.Notice()}} {
		is, was := keptNotice{now.topic, now.notice.Code}, k.told[i]
		if is == was {
			continue
		}
		k.told[i] = is
		if was.code != "" && was.topic != is.topic {
			p.desk.NoticeAbout(was.topic, fault.Fault{})
		}
		if was.code != is.code {
			p.desk.NoticeAbout(is.topic, now.notice)
		}
	}
}
