package app

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"linecard/app/journal"
	"linecard/crm"
	"linecard/fault"
	"linecard/sip"
	"linecard/sip/transport"
)

// call is one call from ring to the end of its wrap-up. Its times are all on the clock as it was when the call began: a
// clock that is set during the call changes neither how long it lasted nor what is logged of it.
type call struct {
	id          string
	account     string // id of the phone account it is on
	link               // whose it is
	direction   crm.Direction
	phase       Phase
	party       sip.Party
	number      crm.Number
	then        string // outbound: keys for after the answer, with their pauses; none of another party than the one dialed
	spelling    string // outbound: how the number is sent, where the agent tries another spelling; "" for that of the plan, or one that is kept by now
	unkept      bool   // outbound: and that is for this call alone
	dialed      string // outbound: the number as it was dialed, whoever the call is with by now
	as          string // outbound: what the callee sees, where the agent chose that for the call, or the record says so; "" for the account's choice
	asOfRecord  bool   // outbound: the callee's record named it, and not the agent
	secure      bool   // outbound: it was dialed by a sips: address, which asks for TLS on the whole way
	called      string
	refused     bool // told busy at once: it never rings, and is drawn in the history only
	farRings    bool
	earlyMedia  bool
	muted       bool
	localHold   bool
	remoteHold  bool
	transfer    transfer
	handing     bool          // the phone system has been asked to transfer the call, and has not said yet how that ended
	joins       string        // id of the call whose party this one's is sent to, or was last; "" for none
	referred    referred      // the other side transfers us, or sends on what was dialed
	sentOn      bool          // outbound: it has gone on to another number than the one dialed
	consults    string        // outbound: id of the call that the agent consults somebody about
	meets                     // in a conference room
	echo        bool          // outbound: with an echo test, of which nothing is kept
	picks       string        // dialed: extension of the colleague whose ringing call it picks up; "" for none
	unmet       bool          // and it is not known yet whose call that is
	early       *partyChanged // who that is, told before the answer; nil for nobody
	started     time.Time
	answered    time.Time
	ended       time.Time
	heldSince   time.Time
	codec       string
	itself      bool // the phone answered it for the agent
	encryption  string
	quality     sip.Quality // lately; once it is over, of the whole call
	end         sip.CallEnded
	declined    bool // the agent said so here
	lookup      LookupView
	asked       bool          // the org has answered who the number is
	picked      crm.Ref       // the record that the agent chose during this call
	heard       []orgAnswer   // what orgs have said of the number, where several were asked; replaced and never changed
	silent      []string      // ids of those orgs that have not answered, and will be asked again
	rests       int           // how often that was planned or done
	restAt      time.Time     // when they are asked again; zero while they are being asked
	leftOff     bool          // the org is not asked by itself: lookups are off, or its requests are nearly used up
	popped      bool          // the record was opened in the browser
	raised      bool          // the window came forward with the card
	making      string        // the object of the record that was begun to be made of it, "" for none
	makingFor   crm.Number    // whom that is for
	made        crm.Ref       // the record that a rule had made of it
	hooked      [3]bool       // which hooks were called, by the place in hookMoments
	earlier     []formerParty // whom the call was with before, in that order
	form        form
	card        cardForm
	formerCards []cardForm // of the records that the call was given to another from
	override    string     // why the agent called somebody who must not be called
	typed       time.Time  // the agent last changed the form
	word        crm.Word   // the agent's own, about whether it is logged
	verdict     crm.Log    // what the rules said when the journal was last told
	owner       string     // who will own the log, as the rules said then
	create      string     // the object of the record to make of it, as the rules said then
	unsure      bool       // the call was judged at its end before the org had said who it was: it is judged again when it is sent
	log         logStanding
	title       title
	laid        laidOut
	told        toldOnce
}

// link is one user of one org; the zero link is none.
type link struct{ org, user string }

// form is what the agent typed.
type form struct {
	subject     string // "" means the default one
	notes       string
	disposition string
	what        crm.Ref
	answers     map[string]string // to the questions of the layout; replaced and never changed
	until       time.Time
	dirty       bool // typed since it was last handed to the writer
}

// same reports whether nothing else is typed.
func (f form) same(g form) bool {
	return f.subject == g.subject && f.notes == g.notes && f.disposition == g.disposition && f.what == g.what && maps.Equal(f.answers, g.answers)
}

// logStanding is where the activity of a call is.
type logStanding struct {
	state   LogState
	task    crm.Ref
	reason  fault.Fault
	nextTry time.Time
}

// title is the default subject, and what it was made of.
type title struct {
	outcome      crm.Outcome
	name, number string
	subject      string
}

// live reports whether the call can still be talked on or answered.
func (c *call) live() bool { return c.phase != WrapUp && c.phase != Finished && c.phase != Past }

// after is the moment t on the clock as it was when the call began.
func (c *call) after(t time.Time) time.Time { return c.started.Add(max(0, t.Sub(c.started))) }

// talked is how long the parties had talked at a moment on the clock of the call, zero when nobody answered.
func (c *call) talked(at time.Time) time.Duration {
	if c.answered.IsZero() {
		return 0
	}
	return max(0, at.Sub(c.answered))
}

// life is the sign of life of a call at a moment.
func (c *call) life(now time.Time) journal.Life {
	at := c.after(now)
	return journal.Life{ID: c.id, At: at, Talked: c.talked(at)}
}

// outcome tells how an ended call went, in the words of the log; of a live one, how it would be if it ended now.
func (c *call) outcome() crm.Outcome {
	switch {
	case c.ended.IsZero():
		return crm.OutcomeSoFar(c.direction, !c.answered.IsZero())
	case !c.answered.IsZero():
		return crm.Answered
	case c.end.Reason == sip.EndAnsweredElsewhere:
		return crm.AnsweredElsewhere
	case c.end.Reason == sip.EndForwarded:
		return crm.Forwarded
	case c.direction == crm.Inbound && (c.declined || c.end.Reason == sip.EndDeclined):
		return crm.Declined
	case c.direction == crm.Inbound:
		return crm.Missed
	}
	switch c.end.Reason {
	case sip.EndBusy:
		return crm.Busy
	case sip.EndNoAnswer:
		return crm.NoAnswer
	case sip.EndDeclined:
		return crm.Declined
	case sip.EndCancelled, sip.EndLocal:
		return crm.Cancelled
	}
	return crm.Failed
}

// facts are what the rules look at.
func (c *call) facts() crm.Facts {
	c = c.logged()
	f := crm.Facts{
		Direction: c.direction, Outcome: c.outcome(), Live: c.ended.IsZero(), Account: c.account, Called: c.called, Caller: c.dial(),
		Written: c.writtenNumber(), Unasked: c.unknown(), LeftOff: c.leftOff, Extension: c.number.Extension, Started: c.started, Word: c.word,
	}
	if m, ok := c.who(); ok && !c.madeOf(m) { // a record that rules had made of the call does not take it from them
		f.Object = m.Object
	}
	a := c.activity()
	f.Call = &a
	return f
}

// judged is the call with what the rules say of it now.
func (c call) judged(r Rules) call {
	v := r.Judge(c.facts())
	c.verdict, c.owner, c.create = v.Log, v.Owner, v.Create
	c.unsure = !c.ended.IsZero() && c.logged().unasked() && r.Table.Len() > 0
	return c
}

// unknown reports whether it is open with which record the call is: the org was not asked, or it has several. Rules about records do not fit
// until that is known.
func (c *call) unknown() bool {
	return (!c.asked || len(c.lookup.Matches) > 1) && !c.number.Withheld && !c.number.Extension && c.lookup.Record == nil
}

// unasked reports whether the org has not said yet who the other party is, and will be asked.
func (c *call) unasked() bool {
	return !c.asked && !c.leftOff && !c.number.Withheld && !c.number.Extension && c.lookup.Record == nil
}

// who returns the record the call is logged on: the one match, or the one picked.
func (c *call) who() (crm.Match, bool) {
	if c.lookup.Record == nil {
		return crm.Match{}, false
	}
	return *c.lookup.Record, true
}

// name is the best name known for the other party: the record's, else the signalled one, else none.
func (c *call) name() string {
	if c.lookup.Record != nil {
		return c.lookup.Record.Name
	}
	return c.party.Name
}

// dial is the number to call back: E.164 where known, else as it came; "" when it is withheld.
func (c *call) dial() string {
	if c.number.E164 == "" && !c.number.Withheld {
		return c.number.Raw
	}
	return c.number.E164
}

// callBack is what click-to-dial dials later: the number and the keys after it, or the name, as an address where it would be read as a
// number. A caller's own number may not bring keys, or be a text that a number is found in: it would call somebody else.
func (c *call) callBack() string {
	switch {
	case c.secure && c.dial() != "":
		return sip.Dialed{Number: c.dial(), Then: c.then, Secure: true}.String()
	case c.number.E164 == "" && !c.number.Withheld && sip.Named(c.number.Raw):
		return sip.Dialed{Number: c.number.Raw}.At(serverOf(c.account))
	case c.direction == crm.Outbound && c.number.Coded: // who withheld their number the first time does so again
		return c.number.Raw + c.then
	case c.direction == crm.Outbound || c.number.E164 != "":
		return c.dial() + c.then
	}
	d, err := sip.Read(c.dial())
	if err != nil || d.Found || d.Then != "" || d.Number != c.dial() && strings.ContainsFunc(c.dial(), unicode.IsLetter) {
		return ""
	}
	return c.dial()
}

// serverOf is the server in the id of a phone account, "" where there is none.
func serverOf(account string) string {
	i := strings.LastIndexByte(account, '@')
	if i < 0 {
		return ""
	}
	server, _ := transport.Secure(account[i+1:])
	return server
}

// writtenNumber is the number as people write it; "" when it is withheld.
func (c *call) writtenNumber() string { return c.number.Show() }

// titled makes the default subject again if what it is made of has changed.
func (c call) titled() call {
	about := c.logged()
	t := title{c.outcome(), about.name(), about.dial(), c.title.subject}
	if t != c.title || t.subject == "" {
		t.subject = crm.DefaultSubject(crm.Activity{Direction: c.direction, Outcome: t.outcome, PartyName: t.name, Number: t.number, Shown: about.number.International})
		c.title = t
	}
	return c
}

// subject is what the log of the call is called.
func (c *call) subject() string {
	if c.form.subject != "" {
		return c.form.subject
	}
	return c.ownSubject()
}

// ownSubject is the subject without one that the agent typed.
func (c *call) ownSubject() string { return cmp.Or(c.laid.subject, c.title.subject) }

// activity is the call as it will be logged, with all that is known now. Its subject is empty where the agent wrote none.
func (c *call) activity() crm.Activity {
	c = c.logged()
	a := crm.Activity{
		CallID: c.id, Direction: c.direction, Outcome: c.outcome(), Number: c.dial(), Shown: c.number.International, PartyName: c.name(),
		Called: c.called, Started: c.started, AnsweredAt: c.answered, Ended: c.ended, Talked: c.talked(c.ended),
		Subject: c.form.subject, Notes: c.form.notes, Disposition: c.form.disposition,
		Account: c.account, Org: c.org, User: c.user, Owner: c.owner, Earlier: c.formerParties().Logged(), Override: c.override,
		Layout: c.laid.name, Object: c.laid.object, Answers: c.form.answers, Story: c.story(),
		Unidentified: c.unasked() || c.unsure && c.word == crm.NoWord,
	}
	if c.making == "" || c.isWith(c.makingFor) { // who it is with now gets none of a record that was made for another
		a.Make = c.create
	}
	if m, ok := c.who(); ok {
		a.Who, a.What = crm.Target(m.Record)
	}
	if !c.form.what.IsZero() && a.Who.Object != crm.Lead {
		a.What = c.form.what
	}
	return a
}

// choices lists what a call may be related to beside its Contact; what the agent chose while the call was with somebody else
// among it.
func (c *call) choices() []crm.Ref {
	refs := c.related()
	if w := c.form.what; (len(c.earlier) > 0 || w.Is(c.made)) && !w.IsZero() && !slices.ContainsFunc(refs, w.Is) {
		refs = append([]crm.Ref{w}, refs...)
	}
	return refs
}

// related lists what stands beside the record.
func (c *call) related() []crm.Ref {
	c = c.logged()
	m := c.lookup.Record
	if m == nil || m.Object != crm.Contact && m.Object != crm.Account { // a Lead is related to nothing, and the others are what a call is related to
		return nil
	}
	var refs []crm.Ref
	if d := m.Details; d != nil {
		for _, r := range d.Opportunities {
			refs = append(refs, r.Ref)
		}
		for _, r := range d.Cases {
			refs = append(refs, r.Ref)
		}
	}
	for _, o := range c.lookup.Matches { // what has the number too in the same org and is no other person, such as the contact's own case
		if o.Org == m.Org && o.ID != m.ID && o.Object != crm.Contact && o.Object != crm.Lead && !slices.ContainsFunc(refs, o.Is) {
			refs = append(refs, o.Ref)
		}
	}
	if a := m.Record.Account; !a.IsZero() && !slices.ContainsFunc(refs, a.Is) {
		refs = append(refs, a)
	}
	return refs
}
