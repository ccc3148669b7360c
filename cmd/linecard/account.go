package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"linecard/app/catalogue"
	"linecard/app/profile"
	"linecard/app/program"
	"linecard/app/settings"
	"linecard/fault"
)

// accountFrom reads the account of `account set`: the one with that id, with what was given changed, or a new one. A nil
// password leaves the saved one as it is.
func accountFrom(s *settings.Settings, args map[string]string) (a settings.Account, password *string, err error) {
	a, ok := s.Account(settings.Account{Server: args["server"], User: args["user"]}.ID())
	if !ok {
		a = settings.DefaultAccount()
		a.Server, a.User = args["server"], args["user"]
	}
	if given, hasPassword := args["password"]; hasPassword {
		password = &given
	}
	for _, f := range settings.AccountFields() {
		if text, given := args[flagName(f)]; given {
			if err := a.Set(f.Key, text); err != nil {
				return a, nil, misused(err)
			}
		}
	}
	for _, name := range []string{"server", "proxy"} {
		if _, port, err := net.SplitHostPort(args[name]); err == nil {
			if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
				return a, nil, misuse("cmd.port-impossible", "flag", "--"+name, "port", port)
			}
		}
	}
	switch {
	case strings.ContainsFunc(args["password"], unicode.IsControl):
		return a, nil, misuse("cmd.password-control-characters")
	case password == nil && !ok:
		return a, nil, misuse("cmd.password-needed")
	}
	return a, password, nil
}

// flagName is the name of the flag for a setting of an account.
func flagName(f settings.AccountField) string { return strings.ReplaceAll(f.Key, "_", "-") }

// offline opens the settings while no app runs. What could not be read is printed on standard error.
func (o *options) offline() *settings.Store {
	s := settings.Open(o.dir())
	if _, err := profile.Open(o.dir(), installedProfiles(), s); err != nil {
		fmt.Fprintln(o.errs, "linecard:", catalogue.Error(err))
	}
	for _, n := range s.Notices() {
		fmt.Fprintln(o.errs, "linecard:", catalogue.Say(n))
	}
	return s
}

// trustCallerOffline has an account take calls from an address, while no app runs.
func trustCallerOffline(o *options, account, address string) error {
	s := o.offline()
	a, err := s.Get().TrustCaller(account, address)
	if err != nil {
		return misused(err)
	}
	return s.Change(func(s *settings.Settings) { s.SetAccount(a) })
}

// setAccountOffline writes the account while no app runs.
func setAccountOffline(ctx context.Context, o *options, args map[string]string) error {
	s := o.offline()
	a, password, err := accountFrom(s.Get(), args)
	if err != nil {
		return err
	}
	if err := program.CheckAccount(a); err != nil {
		return err
	}
	if password == nil {
		return misused(s.Change(func(s *settings.Settings) { s.SetAccount(a) }))
	}
	secrets, _ := settings.OpenSecrets(ctx, os.Getenv("LINECARD_SECRETS"), settings.Service)
	if _, lost := secrets.(*settings.Memory); lost {
		return fault.Err(nil, "cmd.no-keyring")
	}
	return keepAccount(ctx, s, secrets, a, *password)
}

// keepAccount keeps an account and its password, or neither. The file goes first: what is locked there, or has no room, leaves the password in use.
func keepAccount(ctx context.Context, s *settings.Store, secrets settings.Secrets, a settings.Account, password string) error {
	before := slices.Clone(s.Get().Accounts)
	if err := s.Change(func(s *settings.Settings) { s.SetAccount(a) }); err != nil {
		return misused(err)
	}
	err := secrets.Set(ctx, settings.SIPKey(a.User, a.Server), password)
	if err == nil {
		return nil
	}
	undone := s.Change(func(s *settings.Settings) { s.Accounts = before })
	return errors.Join(fault.Err(err, "cmd.password-not-saved"), undone)
}

// removeAccountOffline forgets the account while no app runs.
func removeAccountOffline(ctx context.Context, o *options, name string) error {
	s := o.offline()
	a, err := s.Get().FindAccount(name)
	if err != nil {
		return misused(err)
	}
	if err := s.Change(func(s *settings.Settings) { s.RemoveAccount(a.ID()) }); err != nil {
		return err
	}
	secrets, _ := settings.OpenSecrets(ctx, os.Getenv("LINECARD_SECRETS"), settings.Service)
	if err := secrets.Delete(ctx, settings.SIPKey(a.User, a.Server)); err != nil {
		return fault.Err(err, "cmd.password-stays")
	}
	return nil
}
