package main

import (
	"io"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
)

// voicemailAnswer is an account and the voice messages that wait for it.
type voicemailAnswer struct {
	Account   string `json:"account"` // its id
	Extension string `json:"extension"`
	app.Messages
	Voicemail string `json:"voicemail,omitempty"` // what is dialed to hear them, by the settings or else by the server
}

func (c control) voicemail(r request) error {
	all := []voicemailAnswer{}
	for _, p := range c.desk().View().Phones {
		if name := r.args["account"]; name == "" || name == p.Account {
			all = append(all, voicemailAnswer{p.Account, p.Extension, p.Messages, p.Voicemail})
		}
	}
	return r.reply(all)
}

func (c control) callVoicemail(r request) error {
	id, err := c.desk().CallVoicemail(r.args["account"])
	if err != nil {
		return orAnyway(err)
	}
	return r.reply(dialed(c.desk().View(), id))
}

func (c control) callEcho(r request) error {
	id, err := c.desk().CallEcho(r.args["account"])
	if err != nil {
		return err
	}
	return r.reply(dialed(c.desk().View(), id))
}

var showVoicemail = shows(func(w io.Writer, all []voicemailAnswer) {
	t := newTable(w)
	defer t.end()
	for _, a := range all {
		said := catalogue.Text("cmd.voicemail.none")
		switch {
		case a.New > 0:
			said = catalogue.Text("cmd.voicemail.new", "count", a.New)
		case a.Waiting:
			said = catalogue.Text("cmd.voicemail.some")
		}
		old := ""
		if a.Old > 0 {
			old = catalogue.Text("cmd.voicemail.old", "count", a.Old)
		}
		t.row(a.Extension, facts(said, old), a.Voicemail)
	}
})

// newVoicemail shows the voice messages that wait, and calls for them.
func newVoicemail(o *options) *cobra.Command {
	list := newVerb(o, verb{name: "voicemail", short: "cmd.verb.voicemail", show: showVoicemail, flags: []flag{ofAccount}})
	var account string
	call := newCommand("call", "cmd.verb.voicemail-call")
	call.Args = noArgs
	call.Flags().StringVar(&account, "account", "", "cmd.flag.from-account")
	call.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "voicemail-call", map[string]string{"account": account}, o.printed(showDialed))
	}
	list.AddCommand(call)
	return list
}
