package mirror_test

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"linecard/app/directory"
	"linecard/app/mirror"
	"linecard/crm"
	"linecard/crm/demoorg"
	"linecard/fault"
)

// Once the copy is made, callers are known and names are found with Salesforce down; also after a restart.
func TestTheCopyServesWhileSalesforceIsDown(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 700})
	r.start()
	s := r.await("up to date", upToDate)
	if !s.Whole || s.Records < 740 || s.Bytes == 0 || s.Checked.IsZero() {
		t.Errorf("%+v", s)
	}
	r.org.SetDown(true)
	for restart := range 2 {
		if got := r.knows("+14155550132"); got != "Dana Whitfield" {
			t.Errorf("restart %d: +14155550132 is %q", restart, got)
		}
		if got := r.knows(demoorg.VolumePhone(600)); got != demoorg.VolumeName(600) {
			t.Errorf("restart %d: the 600th is %q", restart, got)
		}
		if got := r.finds("whit"); !slices.Equal(got, []string{"Dana Whitfield"}) {
			t.Errorf("restart %d: whit finds %v", restart, got)
		}
		if got := r.finds("jurgen weiss"); !slices.Equal(got, []string{"Jürgen Weiß"}) {
			t.Errorf("restart %d: jurgen weiss finds %v", restart, got)
		}
		if restart == 0 {
			r.close()
			r.open()
			r.start()
			r.await("up to date", upToDate)
		}
	}
}

// Changes, deletions, merges and new people arrive with the next update, at the price of a few requests.
func TestTheCopyFollowsTheOrg(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 300})
	r.start()
	before := r.await("up to date", upToDate)
	r.later(time.Hour)
	dana, luis, priya := r.person("Dana Whitfield"), r.person("Luis Ferreira"), r.person("Priya Raman")
	check(t, r.org.Change(dana.ID, map[string]any{"LastName": "Ferris", "Phone": "(415) 555-0198"}))
	check(t, r.org.Delete(priya.ID))
	check(t, r.org.Merge(dana.ID, luis.ID))
	_, err := r.org.ConvertLead(r.person("Tom Okafor").ID)
	check(t, err)
	r.org.ChangeVolume(5, 40, "Changed")
	r.later(time.Minute)
	asked := func() int { // the jobs of the first copying are deleted in their own time
		return r.org.Count("", "/services/data/v") - r.org.Count("DELETE", "/jobs/query")
	}
	requests := asked()
	after := r.syncNow()
	if got := asked() - requests; got > 12 { // a query and the deletions of each object, and the same for an update that was due already
		t.Errorf("%d requests", got)
	}
	for phone, want := range map[string]string{
		"+14155550132": "", "+14155550198": "Dana Ferris", "+14155550188": "", demoorg.VolumePhone(5): demoorg.VolumeName(5),
	} {
		if got := r.knows(phone); got != want {
			t.Errorf("%s is %q, not %q", phone, got, want)
		}
	}
	if got := r.finds("okafor"); !slices.Equal(got, []string{"Tom Okafor"}) { // the contact, no longer the lead
		t.Errorf("okafor finds %v", got)
	}
	if got := r.finds("raman"); len(got) > 0 {
		t.Errorf("raman finds %v", got)
	}
	if want := before.Records - 2; after.Records != want { // two are gone, a lead has become a contact
		t.Errorf("%d records, not %d", after.Records, want)
	}
}

// A change that is committed late has the time of its beginning: it is not missed.
func TestALateCommitIsNotMissed(t *testing.T) {
	r := newRig(t, demoorg.Config{})
	r.start()
	r.await("up to date", upToDate)
	dana := r.person("Dana Whitfield")
	r.later(time.Hour)
	r.syncNow()
	r.org.Advance(-5 * time.Minute) // saved before the update, seen after it
	check(t, r.org.Change(dana.ID, map[string]any{"LastName": "Ferris"}))
	r.org.Advance(5 * time.Minute)
	r.later(time.Hour)
	r.syncNow()
	if got := r.knows(dana.Number); got != "Dana Ferris" {
		t.Errorf("%q", got)
	}
}

// After longer than the org tells of deletions, all is read again, and what is gone is dropped.
func TestAfterALongTimeAllIsReadAgain(t *testing.T) {
	r := newRig(t, demoorg.Config{Volume: 100})
	r.start()
	before := r.await("up to date", upToDate)
	check(t, r.org.Delete(r.person("Dana Whitfield").ID))
	r.later(20 * 24 * time.Hour)
	jobs := r.org.Count("POST", "/jobs/query")
	after := r.syncNow()
	if r.org.Count("POST", "/jobs/query") < jobs+3 {
		t.Error("not all was read again")
	}
	if got := r.knows("+14155550132"); got != "" || after.Records != before.Records-1 {
		t.Errorf("%q, %d records of %d", got, after.Records, before.Records)
	}
}

// Nothing is asked and nothing is kept before the admin chooses it; what is not chosen any more goes.
func TestOnlyWhatIsChosenIsCopied(t *testing.T) {
	r := newRig(t, demoorg.Config{})
	r.choose(func(c *mirror.Choice) { c.On = false })
	requests := r.org.Count("", "/services/data/v")
	r.start()
	r.await("off", func(s mirror.Status) bool { return s.State == mirror.Off })
	if err := r.mirror.SyncNow(""); fault.Of(err).Code != mirror.ErrOff {
		t.Errorf("%v", err)
	}
	if r.org.Count("", "/services/data/v") != requests || r.knows("+14155550132") != "" {
		t.Error("copied without being chosen")
	}
	r.choose(func(c *mirror.Choice) { c.On, c.Objects = true, []string{crm.Lead} })
	r.await("up to date", upToDate)
	if r.knows("+14155550132") != "" || r.knows(r.person("Tom Okafor").Number) == "" {
		t.Error("the leads only were chosen")
	}
	r.choose(func(c *mirror.Choice) { c.Objects = []string{crm.Contact} })
	r.await("up to date with contacts", func(s mirror.Status) bool { return upToDate(s) && slices.Equal(s.Objects, []string{crm.Contact}) })
	if r.knows("+14155550132") == "" || len(r.finds("okafor")) > 0 {
		t.Errorf("the contacts only were chosen: %v", r.finds("okafor"))
	}
}

// A field or an object that is hidden or shown later changes what is copied.
func TestAnotherSchemaIsCopiedAnew(t *testing.T) {
	r := newRig(t, demoorg.Config{CustomPhone: true, Rules: demoorg.Rules{
		HiddenFields: []string{"Contact.WhatsApp__c"}, HiddenObjects: []string{crm.Lead},
	}})
	check(t, r.org.Change(r.person("Dana Whitfield").ID, map[string]any{"WhatsApp__c": "+1 415 555 0197"}))
	r.start()
	s := r.await("up to date", upToDate)
	if !slices.Equal(s.Hidden, []string{crm.Lead}) || r.knows("+14155550197") != "" {
		t.Errorf("%+v", s)
	}
	before := map[string]string{}
	for _, name := range []string{crm.Contact, crm.Lead} {
		shape, err := r.link.CopyShape(context.Background(), name)
		check(t, err)
		before[name] = shape
	}
	r.org.SetRules(func(rules *demoorg.Rules) { *rules = demoorg.Rules{} })
	r.later(13 * time.Hour)
	r.link.Doctor(context.Background()) // it has every object described again
	for name, was := range before {
		shape, err := r.link.CopyShape(context.Background(), name)
		check(t, err)
		if shape == was {
			t.Fatalf("%s is as before", name)
		}
	}
	s = r.syncNow()
	if len(s.Hidden) > 0 || r.knows("+14155550197") != "Dana Whitfield" || len(r.finds("okafor")) == 0 {
		t.Errorf("%+v", s)
	}
}

// The copy of one user is never another one's, and it goes with its link.
func TestAnotherUserHasAnotherCopy(t *testing.T) {
	r := newRig(t, demoorg.Config{})
	r.start()
	r.await("up to date", upToDate)
	other := &stub{Org: r.link, user: "005000000000002AAA"}
	r.choose(func(c *mirror.Choice) { c.On = false })
	r.mirror.Follow([]mirror.Org{other})
	if got := r.knows("+14155550132"); got != "" {
		t.Errorf("another user is shown %q", got)
	}
	for gone := false; !gone; {
		books, err := r.dir.Books(context.Background())
		check(t, err)
		if gone = len(books) == 0; !gone {
			<-r.told
		}
	}
	r.mirror.Follow([]mirror.Org{r.link})
	if got := r.knows("+14155550132"); got != "" {
		t.Errorf("the copy of a link that ended still shows %q", got)
	}
}

// Of two users of an org the copy of the one is shown whose link works, who is asked.
func TestTheUserWhoseLinkWorksIsShown(t *testing.T) {
	r := newRig(t, demoorg.Config{})
	r.start()
	r.await("up to date", upToDate)
	other := &stub{Org: r.link, user: "005000000000002AAA", state: crm.Inactive}
	r.choose(func(c *mirror.Choice) { c.On = false })
	r.mirror.Follow([]mirror.Org{other, r.link})
	if got := r.knows("+14155550132"); got == "" {
		t.Error("the copy of the user whose link works is not shown")
	}
	other = &stub{Org: r.link, user: "005000000000002AAA"}
	r.mirror.Follow([]mirror.Org{other, r.link})
	if got := r.knows("+14155550132"); got != "" {
		t.Errorf("the first user is shown %q", got)
	}
}

// stub is a link of another user.
type stub struct {
	mirror.Org
	user  string
	state crm.LinkState // "" is as the link
}

func (s *stub) Status() crm.LinkStatus {
	status := s.Org.Status()
	status.UserID, status.State = s.user, cmp.Or(s.state, status.State)
	return status
}

var _ = directory.Book{}

// regions is a directory that tells as whose numbers the people of a copy are stored.
type regions struct {
	mirror.Store
	mu   sync.Mutex
	seen map[string]int // country → people
}

func (g *regions) PutCopy(ctx context.Context, b directory.Book, p directory.Part) error {
	g.mu.Lock()
	g.seen[p.Region] += len(p.Records)
	g.mu.Unlock()
	return g.Store.PutCopy(ctx, b, p)
}

// Another country applies at once: all is read again, with the numbers that have no country code read as that country's.
func TestAnotherCountryAppliesAtOnce(t *testing.T) {
	r := newRig(t, demoorg.Config{})
	g := &regions{seen: map[string]int{}}
	r.close()
	r.store = func(s mirror.Store) mirror.Store { g.Store = s; return g }
	r.open()
	r.start()
	before := r.await("up to date", upToDate)
	r.choose(func(c *mirror.Choice) { c.Region = "GB" })
	again := r.await("read again", func(s mirror.Status) bool { return upToDate(s) && s.Checked.After(before.Checked) })
	g.mu.Lock()
	defer g.mu.Unlock()
	if again.Records != before.Records || g.seen["US"] != before.Records || g.seen["GB"] != before.Records || len(g.seen) > 3 {
		t.Errorf("%+v, before %+v: stored %v", again, before, g.seen)
	}
}
