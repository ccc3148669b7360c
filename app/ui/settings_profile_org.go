package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/crm"
)

// KeptProfile is what is known of the profile that is kept in an org.
type KeptProfile struct {
	Linked  bool          // an org is linked
	Looked  time.Time     // when the orgs were looked at last
	Trouble string        // why the last look failed, or why what it found is not used
	Taken   *ProfileMaker // the version that was taken last
	Removed bool          // by hand since
	Offered *ProfileMaker // a version of which it is not known whether an administrator made it
	Mine    bool          // this desk publishes it
	Others  int           // further files of its name

	Addresses []string // hosts of the addresses that rules tell of calls, which a profile of this desk would show
}

// ProfileRequest is what is asked for in a profile of this desk. The window has said before which addresses it shows.
type ProfileRequest struct {
	Name, By      string
	Locked        []string
	UserField     string // of User, with the extension; "" is Extension
	CallerIDField string // of User, with the number that others see; "" is none
}

// ProfileMaker is who has put a version of a profile into an org.
type ProfileMaker struct {
	Org, Who, User string // User is the user name of who did
	Number         string
	At             time.Time
	Linked         bool // the org still is
}

// PublishedProfile is a version that this desk has put into an org.
type PublishedProfile struct {
	Org, Number   string
	Known         bool // the org told whether the user is an administrator
	Administrator bool
}

// orgProfile is the part of the page about the profile that is kept in an org.
type orgProfile struct {
	w         *Window
	root      fyne.CanvasObject
	standing  *standing
	looked    *paragraph
	use, look *button
	changed   func() // what applies may be something else now
}

func newOrgProfile(w *Window, changed func()) *orgProfile {
	o := &orgProfile{w: w, standing: newStanding(), looked: newParagraph("", caption, 3), changed: changed}
	o.use = newButton(phrase("ui.profile-use"), "", widget.MediumImportance, func() { o.ask(w.cfg.Admin.AcceptProfile) })
	o.look = newButton(phrase("ui.profile-look"), "refresh", widget.MediumImportance, func() { o.ask(w.cfg.Admin.LookForProfile) })
	o.root = group(phrase("ui.profile-in-org"), o.standing.root, hbox(8, o.use, o.look), o.looked)
	return o
}

// ask does something that takes as long as the org, and shows what has come of it.
func (o *orgProfile) ask(do func() error) {
	o.use.enable(false)
	o.look.enable(false)
	o.w.ask(func() func() {
		err := do()
		return func() {
			o.w.complain(aboutSettings, err)
			o.changed()
		}
	})
}

func (o *orgProfile) draw(k KeptProfile) {
	now := o.w.cfg.Now()
	made := func(m *ProfileMaker) string {
		return joined(m.Who, phrase("ui.profile-version", "number", m.Number), moment(m.At, now))
	}
	show(o.use, k.Offered != nil)
	o.use.enable(true)
	o.look.enable(k.Linked)
	switch {
	case k.Trouble != "":
		o.standing.set("warning_amber", colorHeld, phrase("ui.profile-trouble"), sentence(k.Trouble))
	case k.Offered != nil:
		o.standing.set("warning_amber", colorHeld, phrase("ui.profile-offered", "who", k.Offered.Who, "org", k.Offered.Org),
			phrase("ui.profile-offered-detail", "user", k.Offered.User))
	case k.Mine:
		o.standing.set("cloud_done", colorTalking, phrase("ui.profile-mine"), phrase("ui.profile-mine-detail"))
	case k.Taken != nil && k.Removed:
		o.standing.set("cloud_off", colorMuted, phrase("ui.profile-removed", "org", k.Taken.Org), phrase("ui.profile-removed-detail", "made", made(k.Taken)))
	case k.Taken != nil && !k.Taken.Linked:
		o.standing.set("link_off", colorHeld, phrase("ui.profile-unlinked", "org", k.Taken.Org), phrase("ui.profile-unlinked-detail", "made", made(k.Taken)))
	case k.Taken != nil:
		o.standing.set("cloud_done", colorTalking, phrase("ui.profile-taken", "org", k.Taken.Org), made(k.Taken))
	case !k.Linked:
		o.standing.set("cloud_off", colorMuted, phrase("ui.profile-no-org"), phrase("ui.profile-no-org-detail"))
	default:
		o.standing.set("cloud", colorMuted, phrase("ui.profile-not-kept"), phrase("ui.profile-not-kept-detail"))
	}
	said := phrase("ui.profile-not-looked")
	if !k.Looked.IsZero() {
		said = phrase("ui.profile-looked", "at", moment(k.Looked, now))
	}
	if k.Others > 0 {
		said = catalogue.Sentences(said, phrase("ui.profile-others", "count", k.Others))
	}
	o.looked.say(said)
}

// publish keeps the settings of this desk in the org, and says what that means. It takes as long as the org.
func (s *profileSheet) publish(org orgOffer, r ProfileRequest) (said string, err error) {
	p, err := s.w.cfg.Admin.PublishProfile(org.id, r)
	if err != nil {
		return "", err
	}
	name := p.Org
	if org.id != "" { // as it is called in the list, where two may have one name
		name = org.name
	}
	said = phrase("ui.profile-published", "org", name, "number", p.Number)
	switch {
	case !p.Known:
		said = catalogue.Sentences(said, phrase("ui.profile-publisher-unknown"))
	case !p.Administrator:
		said = catalogue.Sentences(said, phrase("ui.profile-publisher-no-admin"))
	}
	return said, nil
}

// orgOffer is an org that may keep the profile. id is "" where it is the only one.
type orgOffer struct{ id, name string }

// offerOrgs lists the orgs that are linked. Where there is one, nobody is asked.
func (s *profileSheet) offerOrgs(v app.View) {
	chosen := s.whichOrg().id
	var names []string
	s.orgs, names = linkedOrgs(v)
	show(s.whose, len(s.orgs) > 1)
	if len(s.orgs) < 2 {
		s.orgs = nil
		return
	}
	choose(s.which, names, names[max(0, slices.Index(s.orgs, chosen))])
}

// whichOrg is the org that is chosen to keep the profile.
func (s *profileSheet) whichOrg() orgOffer {
	if i := s.which.SelectedIndex(); i >= 0 && i < len(s.orgs) {
		return orgOffer{s.orgs[i], s.which.Selected}
	}
	for _, o := range s.w.view.Orgs {
		if o.State == crm.Linked {
			return orgOffer{name: orgTitle(o)}
		}
	}
	return orgOffer{name: orgTitle(s.w.view.Org)}
}

// asked is what was typed about a profile that will be made.
func (s *profileSheet) asked() ProfileRequest {
	locked := strings.FieldsFunc(s.locked.Text, func(r rune) bool { return r == ',' || r == ' ' })
	return ProfileRequest{
		Name: strings.TrimSpace(s.name.Text), By: strings.TrimSpace(s.by.Text), Locked: locked,
		UserField: strings.TrimSpace(s.user.Text), CallerIDField: strings.TrimSpace(s.callerID.Text),
	}
}
