package ui

import (
	"time"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// The views below are what the desk would say in every state the window knows.

const instance = "https://acme-dev-ed.my.salesforce.com"

func at(hour, minute int) time.Time { return time.Date(2026, 11, 21, hour, minute, 0, 0, time.UTC) }

func page(object, id string) string { return instance + "/lightning/r/" + object + "/" + id + "/view" }

func ref(object, id, name string) crm.Ref {
	return crm.Ref{Object: object, ID: id, Name: name, URL: page(object, id)}
}

func history() []app.HistoryRow {
	day := func(back, hour, minute int) time.Time { return at(hour, minute).AddDate(0, 0, -back) }
	dana := ref(crm.Contact, "003000000000001AAA", "Dana Whitfield")
	return []app.HistoryRow{
		{ID: "h1", Direction: crm.Inbound, Outcome: crm.Answered, Name: "Dana Whitfield", Company: "Acme Corp", Number: "(415) 555-0132", Dial: "+14155550132", Started: day(0, 10, 42), Duration: 252 * time.Second, Who: dana, Log: app.LogDone, Task: ref(crm.Task, "00T000000000001AAA", "Call"), Seen: true},
		{ID: "h2", Direction: crm.Outbound, Outcome: crm.Answered, Name: "Miguel Ángel Ortiz", Number: "+34 910 55 50 177", Dial: "+34910555017", Started: day(0, 10, 17), Duration: 723 * time.Second, Who: ref(crm.Contact, "003000000000102AAA", "Miguel Ángel Ortiz"), Log: app.LogDone, Seen: true},
		{ID: "h3", Direction: crm.Inbound, Outcome: crm.Missed, Number: "+44 20 7946 0958", Dial: "+442079460958", Started: day(0, 9, 58)},
		{ID: "h4", Direction: crm.Inbound, Outcome: crm.Answered, Name: "Priya Raman", Company: "Northwind Traders", Number: "(503) 555-0144", Dial: "+15035550144", Started: day(0, 9, 31), Duration: 47 * time.Second, Who: ref(crm.Contact, "003000000000104AAA", "Priya Raman"), Log: app.LogQueued, Error: "Salesforce didn't answer", Seen: true},
		{ID: "h5", Direction: crm.Outbound, Outcome: crm.Answered, Name: "Lena Fischer", Company: "Globex GmbH", Number: "+49 30 555 0171", Dial: "+49305550171", Started: day(0, 9, 5), Duration: 140 * time.Second, Who: ref(crm.Contact, "003000000000105AAA", "Lena Fischer"), Log: app.LogDone, Seen: true},
		{ID: "h6", Direction: crm.Inbound, Outcome: crm.Answered, Name: "Sam Okafor", Company: "Initech", Number: "(212) 555-0163", Dial: "+12125550163", Started: day(1, 16, 40), Duration: 531 * time.Second, Who: ref(crm.Contact, "003000000000106AAA", "Sam Okafor"), Log: app.LogParked, Error: "Salesforce refused the Task: the field Region is required. Ask your admin to make it optional for calls", Seen: true},
		{ID: "h7", Direction: crm.Outbound, Outcome: crm.Answered, Name: "Support queue", Number: "2001", Dial: "2001", Started: day(1, 15, 2), Duration: 15 * time.Second, Seen: true},
		{ID: "h8", Direction: crm.Inbound, Outcome: crm.Missed, Started: day(1, 11, 11)},
		{ID: "h9", Direction: crm.Inbound, Outcome: crm.Answered, Name: "Jonas Weber", Company: "Umbrella AG", Number: "+49 89 555 0128", Dial: "+49895550128", Started: day(3, 14, 20), Duration: 62 * time.Second, Who: ref(crm.Contact, "003000000000109AAA", "Jonas Weber"), Log: app.LogDone, Seen: true},
		{ID: "h10", Direction: crm.Outbound, Outcome: crm.NoAnswer, Name: "Globex switchboard", Number: "(503) 555-0199", Dial: "+15035550199", Started: day(3, 9, 50), Seen: true},
		{ID: "h11", Direction: crm.Inbound, Outcome: crm.Answered, Name: "Ana Sousa", Company: "Stark Industries", Number: "+351 21 555 0110", Dial: "+351215550110", Started: day(4, 17, 8), Duration: 344 * time.Second, Who: ref(crm.Contact, "003000000000111AAA", "Ana Sousa"), Log: app.LogDone, Seen: true},
		{ID: "h12", Direction: crm.Inbound, Outcome: crm.Declined, Name: "Oskar Lindqvist", Company: "Fabrikam AB", Number: "+46 8 555 0190", Dial: "+4685550190", Started: day(9, 8, 31), Who: ref(crm.Contact, "003000000000112AAA", "Oskar Lindqvist"), Log: app.LogDone, Seen: true},
		{ID: "h13", Direction: crm.Outbound, Outcome: crm.Busy, Name: "Théa Moreau", Company: "Contoso France", Number: "+33 1 99 00 55 01", Dial: "+33199005501", Started: day(12, 13, 55), Who: ref(crm.Contact, "003000000000113AAA", "Théa Moreau"), Log: app.LogDone, Seen: true},
	}
}

func savedForm() Form {
	set := settings.Default()
	account := settings.DefaultAccount()
	account.Server, account.User, account.DisplayName = "pbx.example.com", "2041", "Jordan Moreno"
	set.Accounts = []settings.Account{account}
	set.Devices.Microphone, set.Devices.Speaker = "Jabra Evolve2", "Jabra Evolve2"
	set.Orgs = []settings.Org{{
		LoginHost: "login.salesforce.com",
		ClientID:  "3MVG9lKcPoNINVBIPJjdw1J9LLM82HnFVVX19KY1uA5mu0QqEWhqKpoW3svG3XHrXDiCQjK1mdgAvhCscA9GE",
	}}
	set.Appearance.Theme = "light"
	return Form{
		Settings: set, Passwords: map[string]bool{account.ID(): true},
		Microphones: []string{"Jabra Evolve2", "Built-in microphone"}, Speakers: []string{"Jabra Evolve2", "Built-in speakers"},
		Callbacks: []string{"http://localhost:47117/oauth/callback", "http://localhost:47118/oauth/callback", "http://localhost:47119/oauth/callback"},
	}
}

// idle is a working phone between calls.
func colleagues() []app.ColleagueView {
	return []app.ColleagueView{
		{Name: "Ana Sousa", Extension: "2042", State: app.ActivityBusy, TellsRinging: true},
		{Name: "Ben Okafor", Extension: "2043", State: app.ActivityRinging, TellsRinging: true},
		{Name: "Chidi Anagonye", Extension: "2044", State: app.ActivityFree, TellsRinging: true},
		{Name: "Dora with a name that is longer than the row", Extension: "2045", State: app.ActivityBusyRinging, TellsRinging: true},
		{Extension: "2046", State: app.ActivityUnknown},
	}
}

func idle() app.View {
	v := app.View{
		History: history(), Missed: 2, Unlogged: 2,
		Org: app.OrgView{LinkStatus: crm.LinkStatus{
			State: crm.Linked, OrgName: "Acme Production", OrgID: "00D000000000001AAA", Username: "jordan@acme.example",
			DisplayName: "Jordan Moreno", InstanceURL: instance, APIVersion: "v62.0", LinkedAt: at(8, 2), APIUsed: 412, APILimit: 15000,
			Scopes: []string{"api", "refresh_token"},
		}},
		Outbox: app.OutboxView{Waiting: 1}, Today: app.Today{Calls: 12, Missed: 1, NotLogged: 2},
		Audio: app.AudioView{Microphone: "Jabra Evolve2", Speaker: "Jabra Evolve2", Ringer: "Built-in speakers"},
	}
	v.Phone.Configured = true
	v.Phone.State, v.Phone.Extension, v.Phone.Server = "registered", "2041", "pbx.example.com"
	return v
}

// owed is whom an answer is owed, more than there is room for.
func owed() []app.OwedRow {
	row := func(id, name, company, number, dial string, times int, last time.Time) app.OwedRow {
		return app.OwedRow{Kind: app.OwedMissed, ID: id, Account: "2041@pbx", Name: name, Company: company, Number: number, Dial: dial, Times: times, Last: last}
	}
	return []app.OwedRow{
		row("o1", "Maple Ridge Dental", "", "(415) 555-0140", "+14155550140", 1, noon.Add(-5*time.Minute)),
		row("o2", "", "", "+44 20 7946 0958", "+442079460958", 3, noon.Add(-2*time.Hour)),
		row("o3", "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh Alexandrina", "", "(415) 555-0150", "+14155550150", 12, noon.Add(-20*time.Hour)),
		row("o4", "Priya Raman", "Northwind", "(415) 555-0170", "+14155550170", 1, noon.AddDate(0, 0, -9)),
		row("o5", "Hugh Wells", "", "(415) 555-0180", "+14155550180", 1, noon.AddDate(0, 0, -10)),
	}
}

func danaRecord() *crm.Match {
	acme := ref(crm.Account, "001000000000001AAA", "Acme Corp")
	return &crm.Match{
		Record: crm.Record{
			Ref: ref(crm.Contact, "003000000000001AAA", "Dana Whitfield"), Title: "VP Operations", Company: "Acme Corp",
			Account: acme, Email: "dana.whitfield@acme.example", Owner: "J. Moreno",
			Phones: []crm.PhoneField{{Field: "Phone", Label: "Phone", Value: "(415) 555-0100"}, {Field: "MobilePhone", Label: "Mobile", Value: "415.555.0132"}},
			Details: &crm.Details{
				Opportunities: []crm.Related{{Ref: ref(crm.Opportunity, "006000000000001AAA", "Acme renewal 2027"), Detail: "$36,000"}, {Ref: ref(crm.Opportunity, "006000000000002AAA", "Acme seats Q1"), Detail: "$12,000"}},
				Cases:         []crm.Related{{Ref: ref(crm.Case, "500000000000001AAA", "00412: invoice address"), Detail: "New"}},
				Activities: []crm.Related{
					{Ref: ref(crm.Task, "00T000000000001AAA", "Call: renewal pricing"), When: at(10, 42)},
					{Ref: ref(crm.Task, "00T000000000002AAA", "Quote Q-1182 sent"), When: at(10, 42).AddDate(0, 0, -9)},
					{Ref: ref(crm.Task, "00T000000000003AAA", "Follow up on the pilot"), When: at(10, 42).AddDate(0, 0, -18)},
				},
			},
		},
		Why: crm.Why{PhoneField: crm.PhoneField{Field: "MobilePhone", Label: "Mobile", Value: "415.555.0132"}, Closeness: crm.Exact},
	}
}

func acmeRecord() crm.Match {
	return crm.Match{
		Record: crm.Record{Ref: ref(crm.Account, "001000000000001AAA", "Acme Corp"), Owner: "J. Moreno"},
		Why:    crm.Why{PhoneField: crm.PhoneField{Label: "Phone"}, Closeness: crm.National},
	}
}

// dana is an inbound call of hers, ringing for seven seconds.
func dana() app.CallView {
	r := danaRecord()
	return app.CallView{
		ID: "c1", Direction: crm.Inbound, Phase: app.Ringing, Name: "Dana Whitfield", Line2: "VP Operations · Acme Corp",
		Number: "(415) 555-0132", E164: "+14155550132", Called: "Sales line", Started: noon.Add(-7 * time.Second),
		Lookup: app.LookupView{State: app.LookupOne, Record: r, Matches: []crm.Match{*r, acmeRecord()}},
		Wrap: app.WrapView{
			Subject: "Inbound call from Dana Whitfield", Outcomes: []string{"Connected", "Left voicemail", "Wrong number"},
			Choices: []crm.Ref{r.Details.Opportunities[0].Ref, r.Details.Cases[0].Ref, r.Record.Account},
		},
	}
}

func talking() app.CallView {
	c := dana()
	c.Phase, c.Answered, c.Codec = app.Talking, noon.Add(-252*time.Second), "PCMU"
	return c
}

// consulted is a colleague whom the agent talks to about a customer on hold.
func consulted() []app.CallView {
	first := talking()
	first.Phase, first.HeldSince = app.Held, noon.Add(-20*time.Second)
	first.Consult = app.ConsultView{With: "c2", Name: "Priya Raman", Phase: app.Talking, First: true}
	second := priya()
	second.Direction, second.Phase, second.Answered = crm.Outbound, app.Talking, noon.Add(-12*time.Second)
	second.Consult = app.ConsultView{With: first.ID, Name: first.Name, Phase: app.Held}
	return []app.CallView{second, first}
}

// connectableCalls are the same where neither is a consultation: the agent took the one while the other was on hold.
func connectableCalls() []app.CallView {
	both := consulted()
	for i := range both {
		both[i].Consult, both[i].Connect = app.ConsultView{}, both[i].Consult
	}
	return both
}

// joinableCalls are the same where the account has a conference room.
func joinableCalls() []app.CallView {
	both := consulted()
	for i := range both {
		both[i].Conference.Offer = []string{"c1", "c2"}
	}
	return both
}

// inConference is a customer in the room with the agent, and the call to it.
func inConference() []app.CallView {
	in := talking()
	in.Conference = app.ConferenceView{Room: "c8", In: true}
	in.Transfer = "In a conference: hang up, and the others stay."
	room := app.CallView{
		ID: "c8", Direction: crm.Outbound, Phase: app.Talking, Name: "Conference", Number: "3041", Extension: true, Started: noon.Add(-20 * time.Second),
		Answered: noon.Add(-18 * time.Second), Conference: app.ConferenceView{Room: "c8"}, Transfer: in.Transfer,
	}
	return []app.CallView{in, room}
}

// ringsForConsult is the same, before the colleague answers.
func ringsForConsult() []app.CallView {
	both := consulted()
	both[0].Phase, both[0].FarRings, both[0].Answered = app.Dialing, true, time.Time{}
	both[1].Consult.Phase, both[1].Consult.Rings = app.Dialing, true
	return both
}

// sentAway is a call whose other side wants the agent to go elsewhere.
func sentAway() app.CallView {
	c := talking()
	c.Referred = app.ReferredView{Target: "2060@elsewhere.example.com", By: c.Name, Asks: true}
	c.Transfer = c.Name + " wants to transfer you to 2060@elsewhere.example.com."
	return c
}

// redirected is a call that was dialed and that whoever was called sends on; a consultation, where two is set.
func redirected(two bool) []app.CallView {
	all := []app.CallView{dialing()}
	if two {
		all = ringsForConsult()
	}
	c := &all[0]
	c.FarRings = false
	c.Referred = app.ReferredView{Target: "+13125550167", By: c.Name, Asks: true, Redirect: true}
	c.Transfer = c.Name + " sends your call on to +13125550167."
	return all
}

func wrapUp() app.CallView {
	c := talking()
	c.Phase, c.Ended, c.EndReason = app.WrapUp, noon.Add(-7*time.Second), "hung up there"
	c.Answered = c.Ended.Add(-252 * time.Second)
	c.Wrap.Notes = "Asked for renewal pricing on 40 seats. Wants the quote by Friday. Follow up with procurement."
	c.Wrap.Disposition, c.Wrap.Until, c.Wrap.Log = "Connected", noon.Add(23*time.Second), app.LogQueued
	return c
}

func dialing() app.CallView {
	c := dana()
	c.Direction, c.Phase, c.Called, c.FarRings = crm.Outbound, app.Dialing, "", true
	return c
}

func priya() app.CallView {
	return app.CallView{
		ID: "c2", Direction: crm.Inbound, Phase: app.Ringing, Name: "Priya Raman", Line2: "Northwind Traders",
		Number: "(503) 555-0144", E164: "+15035550144", Started: noon.Add(-4 * time.Second),
	}
}

// otherHeld waits on hold for longer than anybody should, otherWrapUp is being written about, unknownTalk is with a stranger.
func otherHeld() app.CallView {
	c := priya()
	c.ID, c.Name, c.Line2, c.Phase, c.Answered, c.HeldSince = "c6", "Hugh Wells", "Fabrikam AB", app.Held, noon.Add(-5*time.Minute), noon.Add(-130*time.Second)
	c.Started = noon.Add(-6 * time.Minute)
	return c
}

func otherWrapUp() app.CallView {
	c := wrapUp()
	c.ID, c.Name, c.Line2, c.Started = "c7", "Eleanor Juniper", "Juniper Holdings", noon.Add(-9*time.Minute)
	return c
}

func unknownTalk() app.CallView {
	c := unknown(app.LookupNoMatch)
	c.Phase, c.Answered = app.Talking, noon.Add(-42*time.Second)
	c.Wrap = app.WrapView{Subject: "Inbound call from +44 20 7946 0958", Outcomes: []string{"Connected", "Left voicemail"}}
	return c
}

// unknown is a caller the org does not know, with the lookup in the given state.
func unknown(s app.LookupState) app.CallView {
	c := app.CallView{
		ID: "c3", Direction: crm.Inbound, Phase: app.Ringing, Name: "+44 20 7946 0958", Number: "+44 20 7946 0958",
		E164: "+442079460958", Called: "Sales line", Started: noon.Add(-3 * time.Second), Lookup: app.LookupView{State: s},
	}
	switch s {
	case app.LookupWithheld:
		c.Name, c.Number, c.E164, c.Withheld = "Number withheld", "Number withheld", "", true
	case app.LookupFailed:
		c.Lookup.Error = "Salesforce didn't answer."
	case app.LookupMany:
		dana, acme := *danaRecord(), acmeRecord()
		lead := crm.Match{
			Record: crm.Record{Ref: ref(crm.Lead, "00Q000000000001AAA", "Daniel Whitfield"), Company: "Acme Ventures"},
			Why:    crm.Why{PhoneField: crm.PhoneField{Label: "Phone"}, Closeness: crm.Suffix},
		}
		c.Lookup.Matches = []crm.Match{dana, lead, acme}
	}
	return c
}

func failed(reason string) app.CallView {
	c := dialing()
	c.Phase, c.Ended = app.Finished, noon
	switch reason {
	case "busy":
		c.EndReason = "busy"
	case "not found":
		c.EndReason = "not found"
	case "failed":
		c.EndReason, c.EndText = "failed", "The phone system answered that it can't take calls now. Try again in a minute"
	case "elsewhere":
		c = dana()
		c.Phase, c.EndReason = app.Finished, "answered elsewhere"
	}
	return c
}

// hostile is a caller who tries to write into the window.
func hostile() app.CallView {
	c := talking()
	c.Name = "<b>Bank of **Security**</b> [click](https://evil.example) {{.Password}} and a name that goes on for ever and ever and ever"
	c.Line2 = "Chief Executive Officer of the Very Long Company Name Holding International Incorporated"
	c.Lookup.Record.Name, c.Lookup.Record.Company = c.Name, c.Line2
	c.Lookup.Record.Record.Account.Name = c.Line2
	c.Wrap.Subject = "Inbound call from " + c.Name
	return c
}

func with(v app.View, calls ...app.CallView) app.View {
	v.Calls = calls
	return v
}
