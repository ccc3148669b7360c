package main

import (
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app/profile"
	"linecard/fault"
	"linecard/wholefile"
)

// profileActions are what the running app is asked of the profile.
var profileActions = map[string]func(c control, r request) error{
	"profile": func(c control, r request) error { return r.reply(answerProfile(c.program)) },
	"profile-export": func(c control, r request) error {
		doc, err := c.program.ExportProfile(profileRequest(r))
		if err != nil {
			return misused(err)
		}
		return r.reply(string(doc))
	},
	"profile-import": func(c control, r request) error { return misused(c.program.ImportProfile([]byte(r.args["profile"]))) },
	"profile-test": func(c control, r request) error {
		t, err := c.program.TryProfile([]byte(r.args["profile"]))
		if err != nil {
			return misused(err)
		}
		return r.reply(t)
	},
	"profile-remove": func(c control, _ request) error { return c.program.RemoveProfile() },
	"profile-publish": inOrg(func(c control, r request, org string) error {
		v, err := c.program.PublishProfile(r.ctx, org, profileRequest(r))
		if err != nil {
			return misused(err)
		}
		return r.reply(publishedAnswer{*answerVersion(&v.Version), v.KnownAdministrator})
	}),
	"profile-look": func(c control, r request) error {
		if err := c.program.LookForProfile(r.ctx); err != nil {
			return err
		}
		return r.reply(answerProfile(c.program))
	},
	"profile-accept": func(c control, r request) error {
		if err := c.program.AcceptProfile(r.ctx); err != nil {
			return err
		}
		return r.reply(answerProfile(c.program))
	},
}

// profileRequest is what is asked for in a profile.
func profileRequest(r request) profile.Request {
	return profile.Request{
		Name: r.args["name"], By: r.args["by"], Locked: locksOf(r), UserField: r.args["user-field"], CallerIDField: r.args["caller-id-field"],
		Addresses: r.args["addresses"] == "true",
	}
}

// locksOf are the keys of --lock.
func locksOf(r request) []string {
	if r.args["lock"] == "" {
		return nil
	}
	return strings.Split(r.args["lock"], ",")
}

// profileFile is what a profile is called outside the data directory.
const profileFile = "linecard-profile.toml"

// installedProfiles are where a profile is put that is installed with the program.
func installedProfiles() []string {
	const name = profileFile
	var all []string
	if exe, err := os.Executable(); err == nil {
		all = append(all, filepath.Join(filepath.Dir(exe), name))
	}
	if runtime.GOOS == "windows" {
		return append(all, filepath.Join(os.Getenv("PROGRAMDATA"), "Linecard", name))
	}
	return append(all, filepath.Join("/etc/linecard", name))
}

// newProfile shows the profile of the administrator, makes one, and puts one in force.
func newProfile(o *options) *cobra.Command {
	show := newCommand("profile", "cmd.verb.profile")
	show.Args = noArgs
	show.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "profile", map[string]string{}, o.printed(showProfile))
	}
	var name, by, lock, org, userField, callerIDField string
	var addresses bool
	made := func(cmd *cobra.Command) {
		cmd.Flags().StringVar(&name, "name", "", "cmd.flag.profile-name")
		cmd.Flags().StringVar(&by, "by", "", "cmd.flag.profile-by")
		cmd.Flags().StringVar(&lock, "lock", "", "cmd.flag.profile-lock")
		cmd.Flags().StringVar(&userField, "user-field", "", "cmd.flag.profile-user-field")
		cmd.Flags().StringVar(&callerIDField, "caller-id-field", "", "cmd.flag.profile-caller-id-field")
		cmd.Flags().BoolVar(&addresses, "with-addresses", false, "cmd.flag.profile-with-addresses")
	}
	req := func() map[string]string {
		return map[string]string{
			"name": name, "by": by, "lock": strings.ReplaceAll(lock, " ", ""), "org": org, "user-field": userField, "caller-id-field": callerIDField,
			"addresses": strconv.FormatBool(addresses),
		}
	}
	export := newCommand("export", "cmd.verb.profile-export", "cmd.operand.file")
	export.Args = oneArg
	made(export)
	export.RunE = func(cmd *cobra.Command, args []string) error {
		return o.ask(cmd, "profile-export", req(), o.textFile(args[0]))
	}
	publish := newCommand("publish", "cmd.verb.profile-publish")
	publish.Args = noArgs
	made(publish)
	publish.Flags().StringVar(&org, "org", "", "cmd.flag.profile-org")
	publish.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "profile-publish", req(), o.printed(showPublished))
	}
	look := newCommand("look", "cmd.verb.profile-look")
	look.Args = noArgs
	look.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "profile-look", map[string]string{}, o.printed(showProfile))
	}
	accept := newCommand("accept", "cmd.verb.profile-accept")
	accept.Args = noArgs
	accept.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "profile-accept", map[string]string{}, o.printed(showProfile))
	}
	read := func(name, short string, show func(io.Writer, json.RawMessage) error) *cobra.Command {
		read := newCommand(name, short, "cmd.operand.file")
		read.Args = oneArg
		read.RunE = func(cmd *cobra.Command, args []string) error {
			doc, err := readProfile(args[0])
			if err != nil {
				return err
			}
			return o.ask(cmd, "profile-"+name, map[string]string{"profile": string(doc)}, show)
		}
		return read
	}
	imports, test := read("import", "cmd.verb.profile-import", o.raw), read("test", "cmd.verb.profile-test", o.printed(showProfileTrial))
	remove := newCommand("remove", "cmd.verb.profile-remove")
	remove.Args = noArgs
	remove.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "profile-remove", map[string]string{}, o.raw)
	}
	show.AddCommand(export, imports, test, remove, publish, look, accept)
	return show
}

// readProfile reads a file that will be a profile; what is too large for one is not read whole.
func readProfile(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fault.Err(err, "profile.file-unreadable", "file", file)
	}
	defer f.Close()
	doc, err := io.ReadAll(io.LimitReader(f, 1<<20+1))
	if err != nil {
		return nil, fault.Err(err, "profile.file-unreadable", "file", file)
	}
	return doc, nil
}

// writeProfile writes a profile for others to read.
func writeProfile(file string, doc []byte) error {
	if err := wholefile.Write(file, doc, fs.FileMode(0o644)); err != nil {
		return fault.Err(err, "cmd.export-unwritable", "file", file)
	}
	return nil
}
