package app

import (
	"testing"
	"time"

	"linecard/app/journal"
	"linecard/crm"
)

// An org that asks to be left alone for longer than the journal keeps a due time is left alone that long, within a day.
func TestALongRetryAfterIsObeyed(t *testing.T) {
	for name, tt := range map[string]struct{ asked, want time.Duration }{
		"an hour": {time.Hour, time.Hour},
		"a month": {30 * 24 * time.Hour, longestRest},
	} {
		t.Run(name, func(t *testing.T) {
			l := lateLife(t)
			s := &sender{w: l.desk.writer, org: "00DX", nudge: make(chan struct{}, 1)}
			refused := &crm.Error{Class: crm.ClassTransient, Retry: tt.asked}
			s.failed(l.ctx(), journal.Entry{ID: "c1", Org: "00DX", Attempts: 1}, refused, refused)
			if got := s.step(); got != tt.want {
				t.Errorf("left alone for %v, want %v", got, tt.want)
			}
			l.clock.advance(tt.want)
			if got := s.step(); got != idle {
				t.Errorf("still left alone afterwards: %v", got)
			}
		})
	}
}
