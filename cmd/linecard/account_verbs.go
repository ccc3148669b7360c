package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/settings"
	"linecard/fault"
)

func newAccount(o *options) *cobra.Command {
	account := newCommand("account", "cmd.verb.account")
	account.Aliases = []string{"accounts"}
	list := newAccountList(o)
	account.RunE = func(cmd *cobra.Command, args []string) error {
		if cmd.CalledAs() == "accounts" {
			return list.RunE(cmd, args)
		}
		return misuse("cmd.account-without-verb")
	}
	account.AddCommand(newAccountSet(o), list, newAccountRemove(o), newAccountTrust(o))
	return account
}

func newAccountSet(o *options) *cobra.Command {
	var fromStdin, none bool
	fields := map[string]*string{}
	set := newCommand("set", "cmd.verb.account-set")
	set.Args = noArgs
	set.RunE = func(cmd *cobra.Command, _ []string) error {
		args := map[string]string{}
		for name, value := range fields {
			if cmd.Flags().Changed(name) {
				args[name] = wholePath(name, *value)
			}
		}
		switch {
		case args["server"] == "" || args["user"] == "":
			return misuse("cmd.account-incomplete")
		case fromStdin && none:
			return misuse("cmd.password-or-none")
		case none:
			args["password"] = ""
		case fromStdin:
			password, err := readPassword(o.in)
			if err != nil {
				return err
			}
			if password == "" {
				return misuse("cmd.password-empty")
			}
			args["password"] = password
		}
		err := o.ask(cmd, "account-set", args, o.raw)
		if errors.Is(err, instance.ErrNotRunning) {
			return o.done(setAccountOffline(cmd.Context(), o, args))
		}
		return err
	}
	for _, f := range settings.AccountFields() {
		fields[flagName(f)] = set.Flags().String(flagName(f), "", strings.ReplaceAll(catalogue.Say(f.Help), "'", "`"))
	}
	set.Flags().BoolVar(&fromStdin, "password-stdin", false, "cmd.flag.password-stdin")
	set.Flags().BoolVar(&none, "no-password", false, "cmd.flag.no-password")
	return set
}

// wholePath is the value of a flag that names a file, as the app finds it, which runs in another folder.
func wholePath(flag, value string) string {
	if !strings.HasPrefix(flag, "tls-") || value == "" {
		return value
	}
	whole, err := filepath.Abs(value)
	if err != nil {
		return value // it is told what is wrong with it
	}
	return whole
}

func newAccountList(o *options) *cobra.Command {
	list := newCommand("list", "cmd.verb.account-list")
	list.Args = noArgs
	list.RunE = func(cmd *cobra.Command, _ []string) error {
		show := func(w io.Writer, answer json.RawMessage) error { return o.print(w, answer, showAccounts) }
		err := o.ask(cmd, "account-list", map[string]string{}, show)
		if errors.Is(err, instance.ErrNotRunning) {
			return o.answer(answerAccounts(o.offline().Get(), app.View{}, nil), showAccounts)
		}
		return err
	}
	return list
}

func newAccountRemove(o *options) *cobra.Command {
	remove := newCommand("remove", "cmd.verb.account-remove", "cmd.operand.account")
	remove.Args = oneArg
	remove.RunE = func(cmd *cobra.Command, args []string) error {
		err := o.ask(cmd, "account-remove", map[string]string{"account": args[0]}, o.raw)
		if errors.Is(err, instance.ErrNotRunning) {
			return o.done(removeAccountOffline(cmd.Context(), o, args[0]))
		}
		return err
	}
	return remove
}

func newAccountTrust(o *options) *cobra.Command {
	trust := newCommand("trust", "cmd.verb.account-trust", "cmd.operand.address")
	trust.Args = oneArg
	account := trust.Flags().String("account", "", "cmd.flag.account-to-trust")
	trust.RunE = func(cmd *cobra.Command, args []string) error {
		err := o.ask(cmd, "account-trust", map[string]string{"account": *account, "address": args[0]}, o.raw)
		if errors.Is(err, instance.ErrNotRunning) {
			return o.done(trustCallerOffline(o, *account, args[0]))
		}
		return err
	}
	return trust
}

// answer prints v, which was found without the app, in the way the answer of the app would be printed.
func (o *options) answer(v any, show func(io.Writer, json.RawMessage) error) error {
	answer, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return o.print(o.out, answer, show)
}

// readPassword reads one line, and of that no more than any password has.
func readPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fault.Err(err, "cmd.password-unreadable")
	}
	return strings.TrimRight(line, "\r\n"), nil
}
