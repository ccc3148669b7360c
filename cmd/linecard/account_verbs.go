package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"linecard/app"
	"linecard/app/catalogue"
	"linecard/app/instance"
	"linecard/app/settings"
)

func newAccount(o *options) *cobra.Command {
	account := &cobra.Command{Use: "account", Short: "The phone accounts", RunE: func(*cobra.Command, []string) error {
		return misuse{errors.New("say what to do with the account: linecard account set, list or remove")}
	}}
	account.AddCommand(newAccountSet(o), newAccountList(o), newAccountRemove(o))
	return account
}

func newAccountSet(o *options) *cobra.Command {
	var fromStdin, none bool
	fields := map[string]*string{}
	set := &cobra.Command{
		Use: "set", Short: "Add a phone account, or change the one with that server and user", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			args := map[string]string{}
			for name, value := range fields {
				if cmd.Flags().Changed(name) {
					args[name] = *value
				}
			}
			switch {
			case args["server"] == "" || args["user"] == "":
				return misuse{errors.New("an account needs --server and --user")}
			case fromStdin && none:
				return misuse{errors.New("--password-stdin and --no-password exclude each other")}
			case none:
				args["password"] = ""
			case fromStdin:
				password, err := readPassword(o.in)
				if err != nil {
					return err
				}
				if password == "" {
					return misuse{errors.New("the password is empty; for an account without one: --no-password")}
				}
				args["password"] = password
			}
			err := o.ask(cmd, "account-set", args, o.raw)
			if errors.Is(err, instance.ErrNotRunning) {
				return setAccountOffline(cmd.Context(), o, args)
			}
			return err
		},
	}
	for _, f := range settings.AccountFields() {
		fields[flagName(f)] = set.Flags().String(flagName(f), "", strings.ReplaceAll(catalogue.Say(f.Help), "'", "`"))
	}
	set.Flags().BoolVar(&fromStdin, "password-stdin", false, "read the password from standard input")
	set.Flags().BoolVar(&none, "no-password", false, "the account has no password")
	return set
}

func newAccountList(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "Show the phone accounts", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			show := func(w io.Writer, answer json.RawMessage) error { return o.print(w, answer, showAccounts) }
			err := o.ask(cmd, "account-list", map[string]string{}, show)
			if errors.Is(err, instance.ErrNotRunning) {
				return o.answer(answerAccounts(o.offline().Get(), app.View{}), showAccounts)
			}
			return err
		},
	}
}

func newAccountRemove(o *options) *cobra.Command {
	return &cobra.Command{
		Use: "remove ACCOUNT", Short: "Sign a phone account off and forget it", Args: oneArg,
		RunE: func(cmd *cobra.Command, args []string) error {
			err := o.ask(cmd, "account-remove", map[string]string{"account": args[0]}, o.raw)
			if errors.Is(err, instance.ErrNotRunning) {
				return removeAccountOffline(cmd.Context(), o, args[0])
			}
			return err
		},
	}
}

// answer prints what was found without the app, as its answer would be.
func (o *options) answer(v any, show func(io.Writer, json.RawMessage) error) error {
	answer, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return o.print(o.out, answer, show)
}

// readPassword reads one line, of a length no password reaches.
func readPassword(in io.Reader) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("the password could not be read: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}
