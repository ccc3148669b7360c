package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"linecard/app"
	"linecard/app/settings"
	"linecard/crm"
)

// settingsLooks are the looks of the settings.
func settingsLooks() []look {
	call, change := onlyCall, changed
	return []look{
		{"settings-calls", func() app.View { return with(idle(), talking(), priya(), otherWrapUp()) }, func(b *bench) { b.openSettings(pagePhone) }},
		{"settings-linking", change(idle, func(v *app.View) { v.Org = app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Linking}} }), func(b *bench) { b.openSettings(pageSalesforce) }},
		{"settings-broken-link", change(idle, func(v *app.View) {
			v.Org.State, v.Org.Reason = crm.Inactive, "An admin revoked Linecard's access. Link again"
		}), func(b *bench) { b.openSettings(pageSalesforce) }},
		{"settings-trouble", change(idle, func(v *app.View) { v.Org.Trouble = "Salesforce is not answering." }), func(b *bench) { b.openSettings(pageSalesforce) }},
		{"settings-saved", idle, func(b *bench) {
			b.openSettings(pagePhone)
			b.settle()
			b.Window.settings.sheets[pagePhone].(*phoneSheet).submit()
		}},
		{"settings-typed", idle, func(b *bench) {
			b.openSettings(pagePhone)
			b.settle()
			b.Window.settings.sheets[pagePhone].(*phoneSheet).server.SetText("sip.elsewhere.example")
			b.escapeKey()
		}},
		{"settings-objects", idle, func(b *bench) {
			b.settings.form.Settings.Objects = machineTable()
			b.openSettings(pageObjects)
		}},
		{"settings-objects-tried", idle, func(b *bench) {
			b.settings.form.Settings.Objects = machineTable()
			b.openSettings(pageObjects)
			b.settle()
			s := b.Window.settings.sheets[pageObjects].(*objectsSheet)
			s.trial.number.SetText("(415) 555-0152")
			s.trial.run()
			b.settle()
			b.Window.settings.scroll.ScrollToBottom()
		}},
		{"settings-layouts", idle, func(b *bench) { b.openSettings(pageLayouts) }},
		{"settings-layouts-fields", idle, func(b *bench) {
			b.openSettings(pageLayouts)
			b.settle()
			b.Window.settings.scroll.ScrollToOffset(fyne.NewPos(0, 760))
			b.Window.settings.sheets[pageLayouts].(*layoutsSheet).fields.rows[1].data.(*fieldRow).value.SetText("Nine")
		}},
		{"dial-as", showing, nil},
		{"forwarding", change(idle, func(v *app.View) {
			v.Phone.Forward = app.Forward{Busy: "+14155550188", NoAnswer: "2060", After: 20 * time.Second}
		}), nil},
		{"forwarding-pbx", change(idle, func(v *app.View) {
			v.Phone.ByPBX = true
			v.Phone.ForwardsTold = []app.ForwardTold{
				{When: "busy", Number: "2060", Told: "2060"}, {When: "noanswer", Told: "2061", ToldSeconds: 20, Reason: "The phone server did not answer the code *62. Ask your phone admin whether it is right."},
			}
		}), nil},
		{"settings-phone-calls", idle, func(b *bench) {
			b.openSettings(pagePhone)
			b.Window.settings.scroll.Offset = fyne.NewPos(0, 760)
			b.Window.settings.scroll.Refresh()
		}},
		{"settings-phone", idle, func(b *bench) { b.openSettings(pagePhone) }},
		{"settings-salesforce", idle, func(b *bench) { b.openSettings(pageSalesforce) }},
		{"settings-limits", change(idle, func(v *app.View) {
			v.Org.Limits = []string{
				"Salesforce does not show you Contact.MobilePhone, Lead, so callers are not found by it. Your admin can change that: Setup > Permission Sets > Object Settings.",
				"You are linked with Linecard five times, which is the most that Salesforce keeps: one more link, on any computer, ends the oldest. Unlink where you no longer work, or revoke old ones in Salesforce: your picture > Settings > Advanced User Details > OAuth Connected Apps.",
			}
			v.Notice = v.Org.Limits[0]
		}), func(b *bench) { b.openSettings(pageSalesforce) }},
		{"settings-link", change(idle, func(v *app.View) { v.Org = app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}} }), func(b *bench) { b.openSettings(pageSalesforce) }},
		{"settings-phone-uninvited", uninvited, func(b *bench) { b.openSettings(pagePhone) }},
		{"settings-phone-several", severalAtRest, func(b *bench) { b.severalSaved(pagePhone) }},
		{"settings-phone-add", severalAtRest, func(b *bench) {
			b.severalSaved(pagePhone)
			b.press("Add account")
		}},
		{"settings-phone-remove", severalAtRest, func(b *bench) {
			b.severalSaved(pagePhone)
			b.press("Sales")
			b.press("Remove account")
		}},
		{"settings-salesforce-several", severalAtRest, func(b *bench) { b.severalSaved(pageSalesforce) }},
		{"settings-salesforce-calls", severalAtRest, func(b *bench) {
			b.severalSaved(pageSalesforce)
			calls := b.Window.settings.sheets[pageSalesforce].(*salesforceSheet).calls
			calls.called.SetText("+44 20 7946*, support, +0")
			calls.search.SetSelected("All orgs at once")
			b.settle()
			b.Window.settings.scroll.ScrollToBottom()
		}},
		{"settings-salesforce-add", severalAtRest, func(b *bench) {
			b.severalSaved(pageSalesforce)
			b.press("Link another org")
		}},
		{"settings-salesforce-remove", severalAtRest, func(b *bench) {
			b.settings.waiting = 3
			b.severalSaved(pageSalesforce)
			b.press("Globex Sandbox")
			b.press("Remove org")
		}},
		{"settings-salesforce-setup", change(idle, func(v *app.View) { v.Org = app.OrgView{LinkStatus: crm.LinkStatus{State: crm.Unlinked}} }), func(b *bench) { b.openSetup() }},
		{"settings-directory", idle, func(b *bench) { b.copying() }},
		{"settings-rules", idle, func(b *bench) { b.rules() }},
		{"settings-rules-switch-on", idle, func(b *bench) {
			b.rules()
			b.press("Switch on")
		}},
		{"settings-rule", idle, func(b *bench) {
			b.rules()
			b.press("2. Nights and weekends")
			b.press("Try on past calls")
		}},
		{"settings-rule-actions", idle, func(b *bench) {
			b.rules()
			b.press("1. Support queue")
			e := b.Window.settings.sheets[pageRules].(*rulesSheet).editor
			e.fields["variables"].SetText("X-Queue: support*, talk seconds: >= 10")
			e.choices["create"].SetSelected("Make a lead")
			e.choices["create_at"].SetSelected("When it is answered")
			e.fields["hook"].SetText("https://hooks.example.com/calls")
			b.settle()
			b.Window.settings.scroll.ScrollToBottom()
		}},
		{"settings-owners", idle, func(b *bench) { b.owners() }},
		{"settings-owners-several", severalAtRest, func(b *bench) { b.owners() }},
		{"settings-doctor", idle, func(b *bench) { b.checkUp() }},
		{"settings-sip-log", idle, func(b *bench) {
			b.checkUp()
			b.Window.cfg.Admin.(*fakeAdmin).traced = someTraced()
			b.press("Show")
			b.press(rowOf(someTraced()[0]))
			b.Window.settings.scroll.ScrollToBottom()
		}},
		{"settings-profile", idle, func(b *bench) {
			taken := &ProfileMaker{Org: "Acme Field Services", Who: "Avery Stone", Number: "3", At: noon.Add(-26 * time.Hour), Linked: true}
			b.Window.cfg.Admin = &fakeAdmin{
				profile: &Profile{Name: "Support desks", By: "IT, phone 100", Locked: []string{"logging", "numbers.country"}, From: ProfileFromOrg},
				kept:    KeptProfile{Linked: true, Looked: noon.Add(-time.Hour), Taken: taken},
			}
			b.Window.settings = nil
			b.openSettings(pageProfile)
		}},
		{"settings-profile-offered", idle, func(b *bench) {
			offered := &ProfileMaker{Org: "Acme Field Services", Who: "Sam Okoro", User: "sam.okoro@acme-demo.example", Number: "1", At: noon.Add(-time.Hour), Linked: true}
			b.Window.cfg.Admin = &fakeAdmin{kept: KeptProfile{Linked: true, Looked: noon.Add(-time.Minute), Offered: offered, Others: 1}}
			b.Window.settings = nil
			b.openSettings(pageProfile)
			b.settle()
			b.press("Keep it in the org")
		}},
		{"settings-audio-locked", idle, func(b *bench) {
			b.settings.form.Locks, b.settings.form.LockedBy = []string{"devices.speaker"}, "IT · Support desks"
			b.settings.form.Locked = func(key string) bool { return key == "devices.speaker" }
			b.openSettings(pageAudio)
		}},
		{"settings-audio", idle, func(b *bench) { b.openSettings(pageAudio) }},
		{"settings-layouts-locked", idle, func(b *bench) {
			b.byIT("layouts")
			b.openSettings(pageLayouts)
		}},
		{"settings-rule-locked", idle, func(b *bench) {
			b.byIT("rules")
			b.rules()
			b.press("1. Support queue")
		}},
		{"settings-logging", idle, func(b *bench) { b.openSettings(pageLogging) }},
		{"settings-numbers", idle, func(b *bench) { b.openSettings(pageNumbers) }},
		{"settings-colleagues", idle, func(b *bench) {
			b.settings.form.Settings.Colleagues = []settings.Colleague{{Name: "Ana Sousa", Extension: "2042"}, {Extension: "2043"}, {Name: "Cem Aydin", Extension: "2044"}}
			b.openSettings(pageColleagues)
			b.settle()
			b.press("Cem Aydin")
		}},
		{"settings-appearance", idle, func(b *bench) { b.openSettings(pageAppearance) }},
		{"settings-about", idle, func(b *bench) { b.openSettings(pageAbout) }},
		{"settings-ringing", call(dana()), func(b *bench) { b.openSettings(pagePhone) }},
	}
}
