package watch_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"linecard/sip/watch"
	"linecard/test/interop"
)

// pidf is a presence document with what is between its ends.
func pidf(inside ...string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:2042@pbx">` + strings.Join(inside, "\n") + `</presence>`
}

// tuple says whether a phone can be called, and doing what its user does.
func tuple(basic string) string {
	return `<tuple id="t1"><status><basic>` + basic + `</basic></status></tuple>`
}

func doing(activity string) string {
	return `<dm:person id="p1"><rpid:activities><rpid:` + activity + `/></rpid:activities></dm:person>`
}

// asterisk is what a hint of Asterisk says; before version 16 the status is closed for all that is not free. Its supplement for eyeBeam adds the activity.
func asterisk(note, basic, activity string, supplement bool) string {
	extra := ""
	if supplement {
		extra = " <dm:person />\n"
		if activity != "" {
			extra = " <dm:person>\n  <rpid:activities>\n   <rpid:" + activity + " />\n  </rpid:activities>\n </dm:person>\n"
		}
	}
	return fmt.Sprintf("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<presence entity=\"sip:2042@127.0.0.1\" xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\">\n"+
		" <note>%s</note>\n <tuple id=\"2042\">\n  <status>\n   <basic>%s</basic>\n  </status>\n  <contact priority=\"1\">sip:2041@127.0.0.1</contact>\n </tuple>\n%s</presence>\n", note, basic, extra)
}

// chanSIP is what the older driver of Asterisk says, in the elements of a draft.
func chanSIP(note, basic, activity string) string {
	if activity != "" {
		activity = "<ep:activities><ep:" + activity + "/></ep:activities>"
	}
	return `<?xml version="1.0" encoding="ISO-8859-1"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf"
xmlns:pp="urn:ietf:params:xml:ns:pidf:person"
xmlns:es="urn:ietf:params:xml:ns:pidf:rpid:status:rpid-status"
xmlns:ep="urn:ietf:params:xml:ns:pidf:rpid:rpid-person"
entity="sip:2042@pbx">
<pp:person><status>
` + activity + `
</status></pp:person>
<note>` + note + `</note>
<tuple id="2042">
<contact priority="1">sip:2042@pbx</contact>
<status><basic>` + basic + `</basic></status>
</tuple>
</presence>
`
}

// freeSWITCH is what mod_sofia says, which has the number of the other end in its note.
func freeSWITCH(note, basic, activity string) string {
	if activity != "" {
		activity = "  <rpid:activities>\r\n   <rpid:" + activity + "/>\n  </rpid:activities>\n"
	}
	return "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?> \n<presence xmlns='urn:ietf:params:xml:ns:pidf' \nxmlns:dm='urn:ietf:params:xml:ns:pidf:data-model' \n" +
		"xmlns:rpid='urn:ietf:params:xml:ns:pidf:rpid' \nxmlns:c='urn:ietf:params:xml:ns:pidf:cipid' entity='sip:2042@pbx'>\n <tuple id='t6a5ed77e'>\n  <status>\r\n   <basic>" + basic +
		"</basic>\n  </status>\n </tuple>\n <dm:person id='p06360c4a'>\n" + activity + "  <dm:note>" + note + "</dm:note>\n </dm:person>\n</presence>"
}

// openSIPS is what the presence modules of OpenSIPS and Kamailio make of a call.
func openSIPS(note string) string {
	return `<?xml version="1.0"?>
<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" xmlns:c="urn:ietf:params:xml:ns:pidf:cipid" entity="sip:2042@pbx"><tuple id="tuple_mixingid"><status><basic>open</basic></status></tuple><note>` +
		note + `</note><dm:person id="pers_mixingid"><rpid:activities><rpid:on-the-phone/></rpid:activities><dm:note>` + note + `</dm:note></dm:person></presence>
`
}

// What presence says of a phone, in the words of each phone system.
func TestPresence(t *testing.T) {
	interop.Proves(t, "S3.19")
	unknown := watch.State{}
	freeOnly, inUse := watch.State{Known: true}, watch.State{Known: true, Busy: true} // and a call that rings would not be told as that
	for name, c := range map[string]struct {
		body string
		want watch.State
	}{
		"Asterisk, free":                                {asterisk("Ready", "open", "", true), free},
		"Asterisk 22, ringing":                          {asterisk("Ringing", "open", "on-the-phone", true), rings},
		"Asterisk 22, in a call":                        {asterisk("On the phone", "open", "on-the-phone", true), inUse},
		"Asterisk 22, holding":                          {asterisk("On hold", "open", "on-the-phone", true), inUse},
		"Asterisk 22 without the supplement, ringing":   {asterisk("Ringing", "open", "", false), rings},
		"Asterisk 22 without the supplement, in a call": {asterisk("On the phone", "open", "", false), inUse},
		"Asterisk 13, ringing":                          {asterisk("Ringing", "closed", "busy", true), rings},
		"Asterisk 13, in a call":                        {asterisk("On the phone", "closed", "busy", true), inUse},
		"Asterisk 13, holding":                          {asterisk("On hold", "closed", "busy", true), inUse},
		"Asterisk, not registered":                      {asterisk("Unavailable", "closed", "away", true), unknown},
		"Asterisk without the supplement, free":         {asterisk("Ready", "open", "", false), free},
		"… ringing":                                     {asterisk("Ringing", "closed", "", false), rings},
		"… in a call":                                   {asterisk("On the phone", "closed", "", false), inUse},
		"… not registered":                              {asterisk("Unavailable", "closed", "", false), unknown},
		"chan_sip, free":                                {chanSIP("Ready", "open", ""), free},
		"chan_sip, ringing":                             {chanSIP("Ringing", "open", "busy"), rings},
		"chan_sip, in a call":                           {chanSIP("On the phone", "open", "busy"), inUse},
		"chan_sip, not registered":                      {chanSIP("Unavailable", "closed", "away"), unknown},
		"FreeSWITCH, free":                              {freeSWITCH("Available", "open", ""), freeOnly},
		"FreeSWITCH, ringing":                           {freeSWITCH("Ring +14155550132", "open", "on-the-phone"), rings},
		"FreeSWITCH, ringing, the number kept":          {freeSWITCH("Ring", "open", "on-the-phone"), rings},
		"FreeSWITCH, calling":                           {freeSWITCH("Call +14155550132", "open", "on-the-phone"), inUse},
		"FreeSWITCH, in a call":                         {freeSWITCH("Talk +14155550132", "open", "on-the-phone"), busy},
		"FreeSWITCH, in a call, the number kept":        {freeSWITCH("On The Phone", "open", "on-the-phone"), inUse},
		"FreeSWITCH, holding":                           {freeSWITCH("Hold +14155550132", "open", "on-the-phone"), busy},
		"FreeSWITCH, do not disturb":                    {freeSWITCH("Busy", "open", "busy"), inUse},
		"FreeSWITCH, away":                              {freeSWITCH("Idle", "open", "away"), freeOnly},
		"FreeSWITCH, not registered":                    {freeSWITCH("Unregistered", "closed", ""), unknown},
		"OpenSIPS, a call begins":                       {openSIPS("Calling"), inUse},
		"OpenSIPS, in a call":                           {openSIPS("On the phone"), inUse},
		"OpenSIPS, no call":                             {pidf(tuple("open")), unknown},
		"Kamailio, registered":                          {pidf(tuple("open")), unknown},
		"Kamailio, not registered":                      {pidf(tuple("closed")), unknown},
		"Kamailio, a phone says that it is busy":        {pidf(tuple("open"), doing("busy"), "<note>Busy</note>"), inUse},
		"Kamailio, a phone says that it is in use":      {pidf(tuple("open"), doing("on-the-phone")), inUse},
		"Kamailio, two phones":                          {pidf(tuple("closed"), strings.Replace(tuple("open"), "t1", "t2", 1)), unknown},
		"Kamailio, two phones, one rings": {pidf(tuple("open"), strings.Replace(tuple("open"), "t1", "t2", 1), doing("on-the-phone"),
			`<dm:person id="p2"><rpid:activities><rpid:on-the-phone/></rpid:activities><dm:note>Ringing</dm:note></dm:person>`, "<note>On the phone</note>"), busyAndRings},
		"an activity of the tuple":                {pidf(`<tuple id="t"><status><basic>open</basic></status><rpid:activities><rpid:on-the-phone/></rpid:activities></tuple>`), inUse},
		"an activity in words":                    {pidf(`<tuple id="t"><status><basic> Open </basic><es:activities xmlns:es="x"><es:activity>on-the-phone</es:activity></es:activities></status></tuple>`), inUse},
		"in a meeting is not about the phone":     {pidf(tuple("open"), doing("meeting")), unknown},
		"away, and nothing of a phone":            {pidf(doing("away")), unknown},
		"nobody has said anything":                {pidf(), unknown},
		"the user's own words ring nothing":       {pidf(tuple("open"), "<note>Ring me on my mobile, talk to you</note>"), unknown},
		"the user's own words, while in a call":   {pidf(tuple("open"), doing("on-the-phone"), "<note>Back at four</note>"), inUse},
		"a note of an activity is no activity":    {pidf(tuple("open"), `<dm:person id="p"><rpid:activities><rpid:note>busy</rpid:note></rpid:activities></dm:person>`), unknown},
		"a status that there is not":              {pidf(tuple("ajar")), unknown},
		"activities outside of them mean nothing": {pidf(tuple("open"), `<rpid:busy/>`), unknown},
		"comments and spaces":                     {pidf("<!-- x -->", strings.ReplaceAll(tuple("open"), ">open<", ">\n\t  open\n<"), "<?x y?>"), unknown},
	} {
		got, err := readPresence(c.body)
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

// readPresence is what documents say, one after the other.
func readPresence(bodies ...string) (watch.State, error) {
	var p watch.Presence
	var err error
	for _, body := range bodies {
		err = p.Take([]byte(body))
	}
	return p.State(), err
}

// A phone that can be called is free only where the server tells calls: where it says so in a phone system's words, or has told one of this phone. And
// a call that rings is looked for only where the server tells those as ringing.
func TestWhatAServerTellsByPresence(t *testing.T) {
	registered := pidf(tuple("open"))
	freeOnly, inUse := watch.State{Known: true}, watch.State{Known: true, Busy: true}
	for name, c := range map[string]struct {
		bodies []string
		want   watch.State
	}{
		"only the registration":                   {[]string{registered, pidf(tuple("closed")), registered}, watch.State{}},
		"nobody has said anything by now":         {[]string{registered, ""}, watch.State{}},
		"do not disturb is no call":               {[]string{pidf(tuple("open"), doing("busy")), registered}, watch.State{}},
		"OpenSIPS, after a call":                  {[]string{registered, openSIPS("On the phone"), registered}, freeOnly},
		"… the phone unregistered meanwhile":      {[]string{openSIPS("On the phone"), "", registered}, freeOnly},
		"… and then another call, or one rings":   {[]string{openSIPS("Calling"), registered, openSIPS("On the phone")}, inUse},
		"… in a meeting":                          {[]string{openSIPS("Calling"), pidf(tuple("open"), doing("meeting"))}, freeOnly},
		"Asterisk, in a call after none":          {[]string{asterisk("Ready", "open", "", true), asterisk("On the phone", "open", "on-the-phone", true)}, busy},
		"Asterisk, in a call that rang":           {[]string{asterisk("Ringing", "open", "on-the-phone", true), asterisk("On the phone", "open", "on-the-phone", true)}, busy},
		"FreeSWITCH, in a call that rang":         {[]string{freeSWITCH("Ring", "open", "on-the-phone"), freeSWITCH("On The Phone", "open", "on-the-phone")}, busy},
		"FreeSWITCH, after a call that rang":      {[]string{freeSWITCH("Ring 1", "open", "on-the-phone"), freeSWITCH("Available", "open", "")}, free},
		"what cannot be read changes nothing":     {[]string{asterisk("Ringing", "open", "on-the-phone", true), asterisk("&x;", "open", "", true)}, rings},
		"Asterisk, not registered, and then free": {[]string{asterisk("Unavailable", "closed", "", true), asterisk("Ready", "open", "", true)}, free},
	} {
		if got, _ := readPresence(c.bodies...); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// What is no presence document, or more of one than anybody sends, is refused.
func TestNoPresence(t *testing.T) {
	for name, body := range map[string]string{
		"spaces alone":     " \n",
		"another document": string(info(1, "full")),
		"no XML":           "Messages-Waiting: yes",
		"cut off":          strings.TrimSuffix(pidf(tuple("open")), "</presence>"),
		"two of them":      pidf(tuple("open")) + pidf(tuple("open")),
		"something behind": pidf(tuple("open")) + "<x/>",
		"ends that cross":  "<presence><tuple></presence></tuple>",
		"an entity":        pidf("<note>&e;</note>"),
		"a document type":  `<!DOCTYPE presence [<!ENTITY e "x">]>` + strings.TrimPrefix(pidf(tuple("open")), `<?xml version="1.0" encoding="UTF-8"?>`),
		"too deep":         pidf(strings.Repeat("<a>", 20) + strings.Repeat("</a>", 20)),
		"too many":         pidf(strings.Repeat("<a/>", 5000)),
		"too long":         pidf("<note>"+strings.Repeat("x", 70000)+"</note>", tuple("open")),
	} {
		if got, err := readPresence(body); !errors.Is(err, watch.ErrNoPresence) || got != (watch.State{}) {
			t.Errorf("%s is taken: %+v, %v", name, got, err)
		}
	}
	if got, err := readPresence(pidf(tuple("open"), "<note>"+strings.Repeat("on the phone ", 2000)+"</note>", "<note>Ready</note>")); err != nil || got != free {
		t.Errorf("a long note: %+v, %v", got, err)
	}
}

// Whatever a server sends, what is not known of a phone is nothing, and the same document says the same each time.
func FuzzPIDF(f *testing.F) {
	for _, s := range []string{
		asterisk("Ringing", "closed", "busy", true), chanSIP("Ready", "open", ""), freeSWITCH("Talk 1", "open", "on-the-phone"), openSIPS("Calling"),
		pidf(), `<presence><activities><activity>busy`, `<!DOCTYPE presence><presence/>`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := readPresence(string(body))
		if !got.Known && got != (watch.State{}) || err != nil && got != (watch.State{}) {
			t.Errorf("%+v, %v", got, err)
		}
		if again, err2 := readPresence(string(body)); again != got || (err == nil) != (err2 == nil) {
			t.Errorf("%+v, and then %+v", got, again)
		}
		if after, _ := readPresence(string(body), asterisk("Ready", "open", "", true)); after != free {
			t.Errorf("a document that says more is not believed after it: %+v", after)
		}
	})
}
