package program

import (
	"path/filepath"

	"linecard/app"
	"linecard/app/meter"
)

func (p *Program) openMeter() error {
	p.meter = meter.Open(filepath.Join(p.cfg.Dir, meter.FileName), meter.Options{
		Cap: func() int { return p.set.Get().Salesforce.DailyCap }, Log: p.log.With("part", "meter"),
		Copies: func() bool { return p.set.Get().Directory.Copy },
	})
	return nil
}

// followRequests tells the agent what is left off, also what has been since an earlier run.
func (p *Program) followRequests() {
	waits := false // for the cap
	p.meter.OnChange(func(now meter.State) {
		p.desk.NoticeAbout(app.AboutRequests, now.Why)
		if waits && !now.AtCap {
			p.desk.CapLifted()
		}
		waits = now.AtCap
	})
}

// Requests tells what was asked of Salesforce, and what is left off now.
func (p *Program) Requests() meter.Report { return p.meter.Report() }
