package program_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/app/program"
	"linecard/crm"
	"linecard/fault"
)

// tray is a way of telling that keeps what was told.
type tray struct {
	mu   sync.Mutex
	told []string
}

func (p *tray) On() bool { return true }

func (p *tray) Send(_ context.Context, n alert.Notice) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, map[bool]string{true: "broken ", false: "well "}[n.Broken]+string(n.Topic)+" "+n.Org)
	return nil
}

func (p *tray) want(t *testing.T, when string, told ...string) {
	t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !slices.Equal(p.told, told) {
		t.Errorf("%s: told %q, want %q", when, p.told, told)
	}
	p.told = nil
}

// The broken link of one of two users of an org is told and counted once, however often the other's link is used, and whichever is first. It
// is well when both are.
func TestTheLinkOfOneOfTwoUsersBreaks(t *testing.T) {
	for name, brokenFirst := range map[string]bool{"the first": true, "the second": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &tray{}
				tr := program.NewTroubles(p)
				defer tr.Close()
				riley := crm.LinkStatus{State: crm.Linked, OrgID: "A", UserID: "riley", APILimit: 1000}
				sam := crm.LinkStatus{State: crm.Inactive, OrgID: "A", UserID: "sam", Reason: fault.New("salesforce.user-inactive")}
				tell := func() {
					all := []crm.LinkStatus{riley, sam, {State: crm.Linked, OrgID: "B", UserID: "riley", APILimit: 1000}}
					if brokenFirst {
						all[0], all[1] = all[1], all[0]
					}
					tr.Linked(all...)
				}
				for range 100 { // each request of a link changes how it stands
					riley.APIUsed++
					tell()
					time.Sleep(7 * time.Second)
				}
				p.want(t, "one link is broken", "broken link A")
				if all := tr.Entries(); len(all) != 1 || all[0].Count != 1 || all[0].Org != "A" {
					t.Errorf("kept %+v", all)
				}
				sam.State, sam.Reason = crm.Linked, fault.Fault{}
				tell()
				time.Sleep(10 * time.Minute)
				p.want(t, "linked, and not heard of")
				sam.APILimit = 1000
				tell()
				time.Sleep(10 * time.Minute)
				p.want(t, "both are well", "well link A")
			})
		})
	}
}

// A broken link that is unlinked leaves the org as well as its other link is.
func TestTheBrokenLinkOfTwoIsUnlinked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &tray{}
		tr := program.NewTroubles(p)
		defer tr.Close()
		riley := crm.LinkStatus{State: crm.Linked, OrgID: "A", UserID: "riley", APILimit: 1000}
		tr.Linked(riley, crm.LinkStatus{State: crm.Inactive, OrgID: "A", UserID: "sam", Reason: fault.New("salesforce.user-inactive")})
		time.Sleep(10 * time.Minute)
		p.want(t, "broken", "broken link A")
		tr.Linked(riley)
		time.Sleep(10 * time.Minute)
		p.want(t, "the other is left", "well link A")
	})
}

// Logging that fails for one of two users of an org is told, though the other's calls are taken all the time.
func TestLoggingFailsForOneOfTwoUsers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &tray{}
		tr := program.NewTroubles(p)
		defer tr.Close()
		for range 20 {
			tr.Failed("A", "sam", &crm.Error{Class: crm.ClassBlocked, Fault: fault.New("salesforce.no-closed-status")})
			tr.Took("A", "riley")
			time.Sleep(20 * time.Second)
		}
		p.want(t, "one user's calls are not taken", "broken logging A")
		if all := tr.Entries(); len(all) != 1 || all[0].Area != errorlog.Logging {
			t.Errorf("kept %+v", all)
		}
		tr.Took("A", "sam")
		time.Sleep(10 * time.Minute)
		p.want(t, "both users' calls are taken", "well logging A")
	})
}
