package ui

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/crm"
)

// salesforceSheet links the org, and says how the link stands.
type salesforceSheet struct {
	w        *Window
	page     *fyne.Container
	standing *standing
	facts    *fyne.Container
	shown    crm.LinkStatus
	check    *button
	unlink   *button
	again    *button
	stop     *button
	copyURL  *button
	buttons  *fyne.Container
	setUp    fyne.CanvasObject
	host     *choiceField
	clientID *field
	link     *button
	callback *fyne.Container
	address  string             // the page to allow the link on, while one is waited for
	end      context.CancelFunc // of the link under way
	attempt  int
}

func newSalesforceSheet(w *Window) *salesforceSheet {
	s := &salesforceSheet{w: w, standing: newStanding(), facts: vbox(10), callback: vbox(2)}
	s.check = newButton("Check link", "refresh", widget.MediumImportance, func() {
		w.do(func() error { return w.cfg.Settings.RefreshLink(context.Background()) })
	})
	s.unlink = newButton("Unlink", "link_off", widget.MediumImportance, func() {
		w.do(func() error { return w.cfg.Settings.Unlink(context.Background()) })
	})
	s.stop = newButton("Cancel", "close", widget.MediumImportance, s.cancel)
	s.copyURL = newButton("Copy address", "", widget.MediumImportance, func() { w.cfg.App.Clipboard().SetContent(s.address) })
	s.host = newChoiceField([]string{"login.salesforce.com", "test.salesforce.com"})
	s.host.SetPlaceHolder("acme.my.salesforce.com")
	s.host.OnChanged = func(string) { s.ready() }
	s.clientID = newField(1, "From the org's External Client App")
	s.clientID.OnChanged = func(string) { s.ready() }
	s.link = newButton("Link org", "cloud", widget.HighImportance, s.begin)
	s.setUp = group("Link an org",
		entryRow("Login host (production, sandbox or your My Domain)", s.host),
		entryRow("Consumer key", oneLine(s.clientID)),
		newParagraph("In Setup, the org needs an External Client App with OAuth, PKCE, the scopes api, refresh_token and openid, and these callback URLs:", caption, 3),
		s.callback, hbox(0, s.link))
	s.again = newButton("Link again", "cloud", widget.HighImportance, s.begin)
	s.buttons = hbox(8, s.again, s.check, s.unlink, s.stop, s.copyURL)
	s.page = vbox(20, newText("Salesforce", title),
		group("Now", s.standing.root, s.facts, s.buttons), s.setUp)
	s.ready()
	return s
}

func (s *salesforceSheet) object() fyne.CanvasObject { return s.page }

func (s *salesforceSheet) fill(f Form) {
	org := f.Org("")
	s.host.SetText(org.LoginHost)
	s.clientID.SetText(org.ClientID)
	f.lock("orgs", s.host, s.clientID)
	s.callback.Objects = nil
	for _, url := range f.Callbacks {
		copyIt := newButton("Copy", "", widget.LowImportance, func() { s.w.cfg.App.Clipboard().SetContent(url) })
		s.callback.Add(container.NewBorder(nil, nil, nil, copyIt, newText(url, body.elided())))
	}
	s.callback.Refresh()
}

func (s *salesforceSheet) ready() {
	if s.link != nil {
		whole := strings.TrimSpace(s.host.Text) != "" && strings.TrimSpace(s.clientID.Text) != ""
		s.link.enable(whole)
		s.again.enable(whole)
	}
}

// begin opens the browser on the org's page and waits for the user to allow it there.
func (s *salesforceSheet) begin() {
	s.cancel()
	ctx, end := context.WithCancel(context.Background())
	s.end = end
	s.attempt++
	attempt := s.attempt
	host, clientID := strings.TrimSpace(s.host.Text), strings.TrimSpace(s.clientID.Text)
	s.w.do(func() error {
		defer end()
		err := s.w.cfg.Settings.Link(ctx, host, clientID, func(url string) error {
			s.w.dispatch(func() { s.address = url; s.show(s.w.view) })
			return s.w.cfg.OpenURL(url)
		})
		s.w.dispatch(func() {
			if attempt != s.attempt {
				return // another link has been begun since
			}
			s.address, s.end = "", nil
			s.show(s.w.view)
			s.w.relayout()
		})
		if errors.Is(err, context.Canceled) {
			return nil // the agent's own wish
		}
		return err
	})
}

func (s *salesforceSheet) cancel() {
	if s.end != nil {
		s.end()
		s.end = nil
	}
}

func (s *salesforceSheet) show(v app.View) {
	o := v.Org
	linking := o.State == crm.Linking || s.address != ""
	has := o.State == crm.Linked || o.State == crm.Inactive
	show(s.check, has && !linking)
	show(s.unlink, has && !linking)
	show(s.again, o.State == crm.Inactive && !linking)
	show(s.stop, linking && s.end != nil) // a link begun on the command line is cancelled there
	show(s.copyURL, s.address != "")
	show(s.buttons, s.check.Visible() || s.stop.Visible() || s.copyURL.Visible())
	show(s.setUp, o.State != crm.Linked && !linking)
	switch {
	case linking:
		s.standing.set("cloud_sync", colorHeld, "Waiting for you in the browser",
			"Log in to the org there and press Allow. If no page opened, copy its address into a browser on this computer.")
	case o.State == crm.Linked:
		if o.Trouble != "" {
			s.standing.set("cloud_off", colorHeld, "Linked to "+orgName(o)+", which can't be asked now",
				sentence(o.Trouble)+" Calls are kept here and logged when it answers.")
			break
		}
		why := "Callers are looked up, and calls are logged."
		if o.Unsaved {
			why += " The link can't be saved on this computer: link again after the next start."
		}
		s.standing.set("cloud_done", colorTalking, "Linked to "+orgName(o), why)
	case o.State == crm.Inactive:
		s.standing.set("cloud_off", colorMissed, "The link is broken", sentence(o.Reason))
	default:
		s.standing.set("link_off", colorMuted, "No org is linked", "Linecard then rings and talks, but knows nobody and logs nothing.")
	}
	s.showFacts(o, has)
}

func (s *salesforceSheet) showFacts(o crm.LinkStatus, has bool) {
	show(s.facts, has)
	if !has || fmt.Sprint(o) == fmt.Sprint(s.shown) {
		return
	}
	s.shown = o
	used := ""
	if o.APILimit > 0 {
		used = fmt.Sprintf("%d of %d", o.APIUsed, o.APILimit)
	}
	s.facts.Objects = []fyne.CanvasObject{rule(), factGrid([][2]string{
		{"User", joined(o.DisplayName, o.Username)},
		{"Org id", o.OrgID},
		{"Address", strings.TrimPrefix(o.InstanceURL, "https://")},
		{"API version", o.APIVersion},
		{"Linked", moment(o.LinkedAt, s.w.cfg.Now())},
		{"API requests in 24 hours", used},
		{"Scopes", strings.Join(o.Scopes, ", ")},
	})}
	s.facts.Refresh()
	s.w.relayout()
}
