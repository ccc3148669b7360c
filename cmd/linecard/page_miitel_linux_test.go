package main

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"

	"linecard/crm/demoorg"
)

// MiiTel, "Salesforce basic settings": link, what the user must be allowed, who is found, contacts not fetched, errors with their
// remedies, e-mail, Unlink; and the next page of it, the logs of calls.
func TestTheBasicSettingsOfMiiTel(t *testing.T) {
	w := newPageWalk(t, "E")
	if w == nil {
		return
	}
	w.point("E11") // a call before there is a link
	early := w.talk(w.demo.dana())
	w.sees("Kept here until an org is linked")
	w.picture("E11-before-the-link")
	w.press("Done")
	w.point("E5")
	w.press("No org linked")
	w.link()
	w.press("Yes")
	w.point("E11")
	w.logged(early)
	if n := len(w.demo.org.TasksFor(early)); n != 1 {
		t.Errorf("%d Tasks of the call before the link", n)
	}

	w.point("E3", "E4")
	w.press("Check-up")
	w.press("Check again")
	w.sees("What works", "API access", "version v68.0", "Edition", "Developer Edition")
	w.sees("Find callers among Contacts", "Find callers among Accounts", "Find callers among Leads", "Log calls as Tasks", "all call fields can be written")
	w.picture("E4-allowed")
	w.demo.org.SetRules(func(r *demoorg.Rules) { r.HiddenObjects = []string{"Lead"} })
	w.press("Check again")
	w.sees("Give the user Read on Lead")
	w.picture("E4-not-allowed")
	w.demo.org.SetRules(func(r *demoorg.Rules) { r.HiddenObjects = nil })
	w.press("Check again")
	w.misses("Give the user Read on Lead")

	w.who()
	w.empty()
	w.notFetched()
	w.errors()

	w.point("E9")
	w.press("Salesforce")
	w.press("Unlink")
	w.sees("calls are no longer logged")
	w.press("Unlink")
	w.sees("No org is linked")
	w.picture("E9-unlinked")
}

// who finds callers: the name stands in the history, and of several the first in order is taken.
func (w *walk) who() {
	w.Helper()
	w.point("E1")
	w.press("Back to calls")
	id := w.talk(w.demo.dana())
	w.save(id)
	w.sees("Dana Whitfield")
	w.picture("E1-history")
	w.press("Acme Field Services (Demo)")
	w.point("E8")
	w.sees("Requests to Salesforce", "Last call")
	w.picture("E8-requests")

	w.point("E2")
	several := w.demo.shared()
	asked := w.demo.org.Count("GET", "/search")
	w.press("Back to calls")
	id = w.talk(w.demo.from(several))
	w.sees("Pick who it is")
	w.picture("E2-ask")
	w.pressSeen("Save to Salesforce")
	w.point("E8")
	if n := w.demo.org.Count("GET", "/search") - asked; n != 1 {
		w.Errorf("%d searches for one caller", n)
	}
	w.point("E2")
	w.logged(id)
	w.press("Acme Field Services (Demo)")
	w.press("Show the first: contact, account, lead")
	w.press("Back to calls")
	id = w.talk(w.demo.from(several))
	w.save(id)
	if tasks := w.demo.org.TasksFor(id); len(tasks) != 1 || tasks[0].WhoID == "" && tasks[0].WhatID == "" {
		w.Errorf("in order: %+v", tasks)
	}
}

// empty links an org without any record: nothing fails.
func (w *walk) empty() {
	w.Helper()
	w.point("E6")
	org, url := w.anotherOrg(demoorg.Config{Name: "Acme Empty", Instance: "em", Empty: true})
	w.press("Acme Field Services (Demo)")
	w.press("Link another org")
	w.linkTo(url)
	w.press("Yes")
	w.sees("Linked to Acme Empty")
	w.press("Check-up")
	w.press("Check again")
	w.sees("Acme Empty")
	w.misses("To fix")
	w.picture("E6-empty")
	w.press("Salesforce")
	w.press("Acme Empty")
	w.press("Remove org")
	w.sees("Its link is revoked")
	w.press("Remove org")
	w.misses("Acme Empty")
	w.until("the link is revoked", func() bool { return org.Approvals() == 0 })
}

// notFetched has no caller looked for. A number that is clicked in Salesforce is registered all the same, on the record that is looked up by hand.
func (w *walk) notFetched() {
	w.Helper()
	w.point("E7")
	w.press("Salesforce")
	w.press("Find callers in Salesforce")
	w.until("nobody is looked for", func() bool { return !w.run.program.Settings().Get().Records.Find })
	w.picture("E7-not-fetched")
	w.press("Back to calls")
	asked := w.demo.org.Count("GET", "/search")
	id := w.talk(w.demo.dana())
	w.save(id)
	if n := w.demo.org.Count("GET", "/search") - asked; n != 0 {
		w.Errorf("%d searches for a caller who was not to be looked for", n)
	}
	if tasks := w.demo.org.TasksFor(id); len(tasks) != 1 || tasks[0].WhoID != "" {
		w.Errorf("the org has %+v", tasks)
	}
	w.verb("tel:" + w.demo.dana().Number) // as the browser hands it on; any page could, so the agent is asked
	w.pressSeen("Call")
	w.press("Look up again")
	w.sees("Dana Whitfield", "Matched on")
	w.picture("E7-clicked")
	id = w.talks()
	w.pressSeen("Hang up")
	w.save(id)
	if tasks := w.demo.org.TasksFor(id); len(tasks) != 1 || tasks[0].CallType != "Outbound" || tasks[0].WhoID == "" {
		w.Errorf("the org has %+v", tasks)
	}
}

// errors breaks the link: chosen people are told by mail, and the list of errors says what to do.
func (w *walk) errors() {
	w.Helper()
	post := w.startPost()
	w.point("E10")
	w.press("Acme Field Services (Demo)")
	w.press("Errors")
	w.sees("Nothing went wrong.")
	w.write("To", "it@acme.example")
	w.write("Mail server", post.addr)
	w.choose("Encryption", "none")
	w.pressBelow("Tell by e-mail", "Save")
	w.pressBelow("Tell by e-mail", "Send a test")
	w.sees("The test was sent.")
	w.picture("E10-mail")
	<-post.letters
	w.demo.org.RevokeGrants()
	w.demo.org.ExpireSessions()
	w.press("Salesforce")
	w.press("Check link")
	w.sees("The link is broken")
	if letter := <-post.letters; !strings.Contains(letter, "it@acme.example") {
		w.Errorf("the mail is %s", letter)
	}
	w.point("E5")
	w.press("Errors")
	w.sees("Acme Field Services (Demo)", "Check link tells whether it works again")
	w.picture("E5-errors")
	w.press("Salesforce")
	w.press("Link again")
	w.press("Yes")
}

// post is a mail server that takes everything.
type post struct {
	addr    string
	letters chan string // to whom, and the text
}

func (w *walk) startPost() *post {
	w.Helper()
	l, err := (&net.ListenConfig{}).Listen(w.Context(), "tcp", "127.0.0.1:0")
	w.must(err)
	p := &post{l.Addr().String(), make(chan string, 10)}
	server := smtp.NewServer(p)
	server.Domain, server.AllowInsecureAuth = "localhost", true
	go func() { _ = server.Serve(l) }()
	w.Cleanup(func() { _ = server.Close() })
	return p
}

func (p *post) NewSession(*smtp.Conn) (smtp.Session, error) { return &delivery{p: p}, nil }

type delivery struct {
	p  *post
	to string
}

func (d *delivery) Mail(string, *smtp.MailOptions) error { return nil }

func (d *delivery) Rcpt(to string, _ *smtp.RcptOptions) error {
	d.to += to + "\n"
	return nil
}

func (d *delivery) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	d.p.letters <- d.to + string(text)
	return err
}

func (d *delivery) Reset()        { d.to = "" }
func (d *delivery) Logout() error { return nil }
