package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"

	"linecard/app"
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
	for _, f := range []struct {
		name      string
		to        *int
		low, high int
	}{{"lines", &a.Lines, 1, 20}, {"expires", &a.Expires, 10, 7200}, {"local-port", &a.LocalPort, 1, 65535}} {
		if s := args[f.name]; s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < f.low || n > f.high {
				return a, instance.Misuse(fmt.Errorf("--%s takes a number from %d to %d", f.name, f.low, f.high))
			}
			*f.to = n
		}
	}
	for _, name := range []string{"server", "proxy"} {
		if _, port, err := net.SplitHostPort(args[name]); err == nil {
			if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
				return a, instance.Misuse(fmt.Errorf("--%s has an impossible port: %q", name, port))
			}
		}
	}
	if strings.ContainsFunc(args["password"], unicode.IsControl) {
		return a, instance.Misuse(errors.New("the password has control characters"))
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
	e.account.Lock()
	defer e.account.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	key := settings.SIPKey(a.User, a.Server)
	if password == "" {
		kept, err := e.secrets.Get(ctx, key)
		if err != nil && !errors.Is(err, settings.ErrNotFound) {
			return err
		}
		password = kept
	}
	// The phone looks at it first: a good account is not to be replaced on disk by one that can't work.
	if err := e.phone.SetAccount(sipAccount(a, password)); err != nil {
		return err
	}
	e.desk.AccountSet(true)
	e.desk.NoticeAbout(app.AboutAccount, "")
	if err := e.secrets.Set(ctx, key, password); err != nil {
		return fmt.Errorf("the password could not be saved in the keyring: %w", err)
	}
	return e.change(func(s *settings.Settings) { s.Account = a })
}

// setAccountOffline writes the account while no app runs.
func setAccountOffline(ctx context.Context, o *options, args map[string]string) error {
	a, err := accountFrom(args)
	if err != nil {
		return err
	}
	if err := sipAccount(a, args["password"]).Check(); err != nil {
		return err
	}
	secrets, _ := settings.OpenSecrets(ctx, os.Getenv("LINECARD_SECRETS"), settings.Service)
	if _, lost := secrets.(*settings.Memory); lost {
		return errors.New("there is no keyring to keep the password in: start Linecard first, then set the account")
	}
	if err := secrets.Set(ctx, settings.SIPKey(a.User, a.Server), args["password"]); err != nil {
		return fmt.Errorf("the password could not be saved in the keyring: %w", err)
	}
	return writeAccount(o.dir(), a, o.errs)
}

// writeAccount puts the account into the settings file. A torn one is moved aside, which errs is told: the account is set all
// the same.
func writeAccount(dir string, a settings.Account, errs io.Writer) error {
	s, err := settings.Load(dir)
	var aside *settings.MovedAsideError
	if err != nil && !errors.As(err, &aside) {
		return err
	}
	s.Account = a
	if err := settings.Save(dir, s); err != nil {
		return err
	}
	if aside != nil {
		fmt.Fprintln(errs, "linecard:", aside)
	}
	return nil
}
