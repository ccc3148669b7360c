package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// newConference brings calls together in the conference room: those that are named, or the two that are up.
func newConference(o *options) *cobra.Command {
	cmd := newCommand("conference", "cmd.verb.conference", "cmd.operand.calls")
	cmd.Args = cobra.ArbitraryArgs
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "conference", map[string]string{"calls": strings.Join(args, " ")}, o.printed(showDialed))
	}
	return cmd
}

func (c control) conference(r request) error {
	room, err := c.desk().Conference(strings.Fields(r.args["calls"])...)
	if err != nil {
		return err
	}
	return r.reply(dialed(c.desk().View(), room))
}

// conferencePart is what a call has to do with a conference.
type conferencePart struct {
	Room  string   `json:"room,omitempty"` // id of the call to the room; it may be this one
	In    bool     `json:"in"`             // the other side is in the room
	Waits bool     `json:"waits"`          // it is to go there
	Focus bool     `json:"focus"`          // the other side says that it is a conference itself
	Offer []string `json:"offer,omitempty"`
}
