package ui

import (
	"errors"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/fault"
)

// A complaint goes with the View in which the thing is well again, and stays until then, however long that is.
func TestComplaintsGoWhenTheThingIsWell(t *testing.T) {
	unreachable := fault.Err(nil, "salesforce.unreachable")
	account := settings.Account{Server: "pbx.example.com", User: "2041"}
	for name, tc := range map[string]struct {
		err     error
		ill     func(*app.View)
		also    func(*app.View) // still ill, otherwise
		unasked bool            // the View is ill before the complaint
	}{
		"the phone registers": {
			fault.Err(nil, "sip.not-registered", "server", account.Server),
			func(v *app.View) { v.Phone.State = app.Registering },
			func(v *app.View) { v.Phone.State, v.Phone.Why = app.Unreachable, fault.New("sip.registration.silent") }, false,
		},
		"the server answers": {
			fault.Err(nil, "sip.registration.silent.later", "server", account.Server, "wait", time.Second),
			func(v *app.View) {
				v.Phone.State, v.Phone.Why = app.Unreachable, fault.New("sip.registration.silent", "server", account.Server)
			},
			func(v *app.View) { v.Phone.State, v.Phone.Why = app.Registering, fault.Fault{} }, true,
		},
		"Salesforce is reached": {
			unreachable,
			func(v *app.View) { v.Org.TroubleCode = "salesforce.unreachable" },
			func(v *app.View) { v.Org.TroubleCode = "salesforce.timed-out" }, false,
		},
		"the link is renewed": {
			fault.Err(nil, "salesforce.link-ended"),
			func(v *app.View) { v.Org.State, v.Org.ReasonCode = crm.Inactive, "salesforce.link-ended" },
			func(v *app.View) { v.Org.State, v.Org.ReasonCode = crm.Linking, "" }, true,
		},
		"a headset is connected": {
			fault.Err(nil, "sip.audio.no-device"),
			func(v *app.View) { v.Audio.Null, v.Audio.Why = true, fault.New("sip.audio.no-device") },
			func(v *app.View) { v.Audio.Why = fault.New("sip.audio.no-microphone") }, false,
		},
		"the disk has room": {
			fault.Err(nil, "journal.full"),
			func(v *app.View) { v.Told = fault.New("journal.full") },
			func(v *app.View) { v.Told, v.Notice = fault.New("journal.full"), "The disk is full." }, false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, nil)
			look := func(change func(*app.View)) {
				v := idle()
				v.Phone.Server, v.Phone.Account, v.Phones = account.Server, account.ID(), nil
				change(&v)
				v.Orgs = []app.OrgView{v.Org}
				b.draw(v)
			}
			well := func(*app.View) {}
			b.cfg.complaintStays = time.Millisecond
			look(well)
			if tc.unasked {
				look(tc.ill)
				b.complain(aboutCommand, tc.err)
			} else {
				b.cfg.complaintStays = time.Hour // until the View has it
				b.complain(aboutCommand, tc.err)
				look(well) // a View that does not know yet
				look(tc.ill)
			}
			look(tc.also)
			select {
			case f := <-b.pump.queue:
				f()
			case <-time.After(20 * time.Millisecond):
			}
			if !b.trouble.root.Visible() {
				t.Fatal("the complaint is gone while the thing is unwell")
			}
			look(well)
			if b.trouble.root.Visible() {
				t.Error("the complaint stays")
			}
		})
	}
}

// What is wrong with one org or account is not over because another is well, nor does another's trouble keep a complaint.
func TestComplaintsAreAboutOne(t *testing.T) {
	b := newBench(t, nil)
	v := severalAtRest()
	v.Orgs[1].ReasonCode = "salesforce.link-ended"
	b.draw(v)
	b.complain(aboutCommand, fault.Err(nil, "salesforce.unreachable"))
	trouble := severalAtRest()
	trouble.Orgs[1].ReasonCode = "salesforce.link-ended"
	trouble.Orgs[0].TroubleCode = "salesforce.unreachable"
	b.draw(trouble)
	if !b.trouble.root.Visible() {
		t.Fatal("the complaint is gone too soon")
	}
	b.draw(v)
	if b.trouble.root.Visible() {
		t.Error("the complaint about one org stays for the trouble of another")
	}
	b.complain(aboutCommand, errors.New("a thing no View tells of"))
	b.draw(v)
	if !b.trouble.root.Visible() {
		t.Error("what no View tells of is gone with the next one")
	}
}
