package app

import (
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
)

// An org that asks to be left alone for longer than the journal keeps a due time is left alone that long, within a day, whatever other
// links have to tell. Its own user's link that works again, or somebody who asks, ends that.
func TestALongRetryAfterIsObeyed(t *testing.T) {
	for name, tt := range map[string]struct{ asked, want time.Duration }{
		"an hour": {time.Hour, time.Hour},
		"a month": {30 * 24 * time.Hour, longestRest},
	} {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t)
			s := &sender{w: l.desk.writer, org: "00DX", nudge: make(chan struct{}, 1)}
			refused := &crm.Error{Class: crm.ClassTransient, Retry: tt.asked}
			e := journal.Entry{ID: "c1", Org: "00DX", User: "005X", Attempts: 1}
			s.failed(l.ctx(), e, refused, refused)
			if got := s.step(); got != tt.want {
				t.Errorf("left alone for %v, want %v", got, tt.want)
			}
			w := l.desk.writer
			w.mu.Lock()
			w.senders["00DX"] = s
			w.mu.Unlock()
			l.link(link{"00DB", "005B"})
			l.relink()
			l.quiet()
			if got := s.step(); got != tt.want {
				t.Errorf("left alone for %v after news of others, want %v", got, tt.want)
			}
			for name, asks := range map[string]func(){
				"its own link works": func() { w.follow([]crm.LinkStatus{{State: crm.Linked, OrgID: "00DX", UserID: "005X"}}) },
				"somebody asks":      w.hurry,
			} {
				asks()
				if got := s.step(); got != idle {
					t.Errorf("%s, and it is left alone for %v", name, got)
				}
				s.failed(l.ctx(), e, refused, refused)
			}
			l.clock.advance(tt.want)
			if got := s.step(); got != idle {
				t.Errorf("still left alone afterwards: %v", got)
			}
		})
	}
}
