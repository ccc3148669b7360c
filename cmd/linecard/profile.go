package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"linecard/app/catalogue"
	"linecard/app/profile"
	"linecard/fault"
	"linecard/wholefile"
)

// profileActions are what the running app is asked of the profile.
var profileActions = map[string]func(c control, r request) error{
	"profile": func(c control, r request) error { return r.reply(answerProfile(c.program.Profile())) },
	"profile-export": func(c control, r request) error {
		var locked []string
		if r.args["lock"] != "" {
			locked = strings.Split(r.args["lock"], ",")
		}
		doc, err := c.program.ExportProfile(r.args["name"], r.args["by"], locked)
		if err != nil {
			return misused(err)
		}
		return r.reply(string(doc))
	},
	"profile-import": func(c control, r request) error { return misused(c.program.ImportProfile([]byte(r.args["profile"]))) },
	"profile-remove": func(c control, _ request) error { return c.program.RemoveProfile() },
}

// profileAnswer is the JSON of the profile in force.
type profileAnswer struct {
	Name   string    `json:"name,omitempty"`
	By     string    `json:"by,omitempty"`
	Made   time.Time `json:"made,omitzero"`
	Locked []string  `json:"locked"`
}

func answerProfile(p *profile.Profile) *profileAnswer {
	if p == nil {
		return nil
	}
	return &profileAnswer{p.Name, p.By, p.Made, append([]string{}, p.Locked...)}
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
	var name, by, lock string
	export := newCommand("export", "cmd.verb.profile-export", "cmd.operand.file")
	export.Args = oneArg
	export.Flags().StringVar(&name, "name", "", "cmd.flag.profile-name")
	export.Flags().StringVar(&by, "by", "", "cmd.flag.profile-by")
	export.Flags().StringVar(&lock, "lock", "", "cmd.flag.profile-lock")
	export.RunE = func(cmd *cobra.Command, args []string) error {
		req := map[string]string{"name": name, "by": by, "lock": strings.ReplaceAll(lock, " ", "")}
		return o.ask(cmd, "profile-export", req, o.textFile(args[0]))
	}
	imports := newCommand("import", "cmd.verb.profile-import", "cmd.operand.file")
	imports.Args = oneArg
	imports.RunE = func(cmd *cobra.Command, args []string) error {
		doc, err := readProfile(args[0])
		if err != nil {
			return err
		}
		return o.ask(cmd, "profile-import", map[string]string{"profile": string(doc)}, o.raw)
	}
	remove := newCommand("remove", "cmd.verb.profile-remove")
	remove.Args = noArgs
	remove.RunE = func(cmd *cobra.Command, _ []string) error {
		return o.ask(cmd, "profile-remove", map[string]string{}, o.raw)
	}
	show.AddCommand(export, imports, remove)
	return show
}

// readProfile reads a file that is to be a profile; what is too large for one is not read whole.
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

var showProfile = shows(func(w io.Writer, p *profileAnswer) {
	t := newTable(w)
	defer t.end()
	if p == nil {
		t.row(catalogue.Text("cmd.profile.none"))
		return
	}
	t.row(catalogue.Text("cmd.profile.by"), facts(p.By, p.Name))
	if !p.Made.IsZero() {
		t.row(catalogue.Text("cmd.profile.made"), catalogue.Text("cmd.day-and-clock", "at", p.Made.Local()))
	}
	t.row(catalogue.Text("cmd.profile.locked"), strings.Join(p.Locked, ", "))
})
