package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"linecard/app/instance"
	"linecard/app/settings"
)

// accountFrom reads the account of `account set`.
func accountFrom(args map[string]string) (settings.Account, error) {
	a := settings.Default().Account
	a.Server, a.User, a.AuthUser = args["server"], args["user"], args["auth-user"]
	a.DisplayName, a.Proxy = args["display-name"], args["proxy"]
	if t := args["transport"]; t != "" {
		if t != "udp" && t != "tcp" {
			return a, instance.Misuse(fmt.Errorf("--transport takes udp or tcp, not %q", t))
		}
		a.Transport = t
	}
	for name, to := range map[string]*int{"lines": &a.Lines, "expires": &a.Expires, "local-port": &a.LocalPort} {
		if s := args[name]; s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 1 {
				return a, instance.Misuse(fmt.Errorf("--%s takes a number from 1", name))
			}
			*to = n
		}
	}
	return a, nil
}

// setAccount applies an account to the running phone.
func (e *engine) setAccount(args map[string]string) error {
	a, err := accountFrom(args)
	if err != nil {
		return err
	}
	return e.saveAccount(a, args["password"])
}

// saveAccount keeps the account and registers it at once. An empty password keeps the one that is there.
func (e *engine) saveAccount(a settings.Account, password string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	key := settings.SIPKey(a.User, a.Server)
	if password == "" {
		kept, err := e.secrets.Get(ctx, key)
		if err != nil && !errors.Is(err, settings.ErrNotFound) {
			return err
		}
		password = kept
	} else if err := e.secrets.Set(ctx, key, password); err != nil {
		return fmt.Errorf("the password could not be saved in the keyring: %w", err)
	}
	if err := e.change(func(s *settings.Settings) { s.Account = a }); err != nil {
		return err
	}
	e.desk.AccountSet(true)
	return e.phone.SetAccount(sipAccount(a, password))
}

// setAccountOffline writes the account while no app runs.
func setAccountOffline(ctx context.Context, o *options, args map[string]string) error {
	a, err := accountFrom(args)
	if err != nil {
		return err
	}
	secrets, _ := settings.OpenSecrets(ctx, os.Getenv("LINECARD_SECRETS"), settings.Service)
	if _, lost := secrets.(*settings.Memory); lost {
		return errors.New("there is no keyring to keep the password in: start Linecard first, then set the account")
	}
	if err := secrets.Set(ctx, settings.SIPKey(a.User, a.Server), args["password"]); err != nil {
		return fmt.Errorf("the password could not be saved in the keyring: %w", err)
	}
	s, err := settings.Load(o.dir())
	if err != nil {
		return err
	}
	s.Account = a
	return settings.Save(o.dir(), s)
}
