package salesforce

import (
	"testing"
	"time"

	"linecard/crm/demoorg"
)

// A link is renewed once a week without need, and not before; the status says until when it lives without use.
func TestALinkIsKeptAlive(t *testing.T) {
	now := time.Now()
	r := linkedRig(t, demoorg.Config{}, func(c *Config) { c.Now = func() time.Time { return now } })
	linked := r.Status()
	if want := linked.TokenAt.Add(30 * 24 * time.Hour); !linked.AtRisk.Equal(want) {
		t.Errorf("at risk on %v, want %v", linked.AtRisk, want)
	}
	now = now.Add(6 * 24 * time.Hour)
	if err := r.KeepAlive(t.Context()); err != nil || !r.Status().TokenAt.Equal(linked.TokenAt) {
		t.Errorf("after six days renewed at %v, %v", r.Status().TokenAt, err)
	}
	now = now.Add(2 * 24 * time.Hour)
	if err := r.KeepAlive(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s := r.Status(); !s.TokenAt.Equal(now) || !s.AtRisk.Equal(now.Add(30*24*time.Hour)) || !s.LinkedAt.Equal(linked.LinkedAt) {
		t.Errorf("after eight days: %+v", s)
	}
	r.org.RevokeGrants()
	now = now.Add(8 * 24 * time.Hour)
	if err := r.KeepAlive(t.Context()); err == nil {
		t.Error("a link that was revoked is kept alive")
	}
	if err := r.KeepAlive(t.Context()); err != nil { // it is told already
		t.Error(err)
	}
}
