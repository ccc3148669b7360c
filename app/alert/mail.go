package alert

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/textproto"
	"strings"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"linecard/app/settings"
	"linecard/fault"
)

// Mail tells by e-mail.
type Mail struct {
	Settings func() settings.ErrorMail
	Password func(context.Context, settings.ErrorMail) (string, error) // "" when there is none
	Place    Place
	Roots    *x509.CertPool // nil means the system's
}

// On implements [Sender].
func (m Mail) On() bool { return m.Settings().On() }

// Send implements [Sender]. The connection is encrypted before anything is said of the notice or the login, unless the settings say that it is
// not to be.
func (m Mail) Send(ctx context.Context, n Notice) error {
	set := m.Settings()
	host, port := set.Address()
	options := []mail.Option{
		mail.WithPort(port), mail.WithTimeout(sendTime), mail.WithoutNoop(),
		mail.WithTLSConfig(&tls.Config{ServerName: host, RootCAs: m.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch set.Security {
	case settings.SecurityTLS:
		options = append(options, mail.WithSSL())
	case settings.SecurityNone:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if set.User != "" {
		password, err := m.Password(ctx, set)
		if err != nil {
			return failure(err, "trouble.mail-no-password", "server", host)
		}
		if set.Security == settings.SecurityNone && !loopback(host) {
			return failure(nil, passwordInClear, "server", host)
		}
		if password == "" { // it is in no profile, and a login without it would be refused each time
			return failure(nil, noPassword, "server", host, "user", set.User)
		}
		auth := mail.SMTPAuthAutoDiscover
		if set.Security == settings.SecurityNone {
			auth = mail.SMTPAuthPlainNoEnc
		}
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(set.User), mail.WithPassword(password))
	}
	c, err := mail.NewClient(host, options...)
	if err != nil {
		return mailFailed(err, host)
	}
	return m.deliver(ctx, c, set, n, host)
}

// deliver hands a server a mail for each recipient: a server that refuses one of several takes none of their mail. What some of them get is told,
// and the error is that of the others; see [Told].
func (m Mail) deliver(ctx context.Context, c *mail.Client, set settings.ErrorMail, n Notice, host string) error {
	sent := make(chan error, len(set.To))
	go func() {
		p := post{c: c}
		defer p.hangUp()
		for _, to := range set.To {
			sent <- p.mail(ctx, func() (*mail.Msg, error) { return m.message(set, to, n) })
		}
	}()
	var refused []string
	var why error
	for i, to := range set.To {
		var err error
		select {
		case err = <-sent:
		case <-ctx.Done(): // the library looks at ctx only while it connects; its own time limit ends the rest
			refused, why = append(refused, set.To[i:]...), failure(ctx.Err(), "trouble.mail-unreachable", "server", host)
			return partly(refused, len(set.To), why, host)
		}
		if err != nil {
			refused, why = append(refused, to), mailFailed(err, host)
		}
	}
	return partly(refused, len(set.To), why, host)
}

// partly is the error of a notice that did not reach all.
func partly(refused []string, all int, why error, host string) error {
	if len(refused) == 0 || len(refused) == all {
		return why
	}
	return failure(why, someRefused, "server", host, "address", refused, "why", fault.Of(why))
}

// The codes of the errors of a notice that cannot be sent before somebody changes the settings or types the password.
const (
	noPassword      fault.Code = "trouble.mail-password-missing"
	passwordInClear fault.Code = "trouble.mail-password-in-clear"
)

// NotSetUp reports whether an error of a [Sender] will be the same each time, until its settings or its password change.
func NotSetUp(err error) bool { f := fault.Of(err); return f.Is(noPassword) || f.Is(passwordInClear) }

// someRefused is the code of the error of a notice that has reached some of those who are to be told.
const someRefused fault.Code = "trouble.mail-some-refused"

// Told reports whether an error of a [Sender] means that somebody was told. The notice is not sent again then.
func Told(err error) bool { return err == nil || fault.Of(err).Is(someRefused) }

// post is a connection to a mail server, made when it is needed.
type post struct {
	c    *mail.Client
	conn *smtp.Client
}

// mail sends one mail. What goes wrong after the server has taken it does not matter: it would be sent twice.
func (p *post) mail(ctx context.Context, message func() (*mail.Msg, error)) error {
	msg, err := message()
	if err != nil {
		return failure(err, "trouble.mail-address")
	}
	if p.conn == nil {
		if p.conn, err = p.c.DialToSMTPClientWithContext(ctx); err != nil {
			p.conn = nil
			return err
		}
	}
	if err = p.c.SendWithSMTPClient(p.conn, msg); err == nil {
		return nil
	}
	if msg.IsDelivered() {
		err = nil
	}
	p.hangUp() // the server may have ended the connection, or be in the middle of the mail
	return err
}

func (p *post) hangUp() {
	if p.conn != nil {
		_ = p.c.CloseWithSMTPClient(p.conn)
		p.conn = nil
	}
}

func (m Mail) message(set settings.ErrorMail, to string, n Notice) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(set.Sender()), msg.To(to)); err != nil {
		return nil, err
	}
	msg.Subject(m.Place.subject(n))
	msg.SetBodyString(mail.TypeTextPlain, m.Place.body(n)+"\n")
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: nobody's holiday notice answers it
	return msg, nil
}

// mailFailed says why a mail was not sent.
func mailFailed(err error, host string) error {
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var refused *mail.SendError
	var answer *textproto.Error
	var timeout net.Error
	switch {
	case err == nil:
		return nil
	case fault.Of(err).Is("trouble.mail-address"):
		return err
	case errors.As(err, &certificate), errors.As(err, &unknown):
		return failure(err, "trouble.mail-certificate", "server", host)
	case strings.Contains(err.Error(), "does not support STARTTLS"): // the library has no value for it
		return failure(err, "trouble.mail-no-tls", "server", host)
	case errors.As(err, &answer) && login(answer.Code):
		return failure(err, "trouble.mail-login", "server", host)
	case errors.As(err, &refused) && login(refused.ErrorCode()):
		return failure(err, "trouble.mail-login", "server", host)
	case refused != nil:
		return failure(err, "trouble.mail-refused", "server", host, "message", refused.Error())
	case errors.As(err, &timeout), errors.Is(err, context.Canceled): // the library may notice the end first
		return failure(err, "trouble.mail-unreachable", "server", host)
	}
	return failure(err, "trouble.mail-refused", "server", host, "message", err.Error())
}

// login reports whether an answer is about the login (RFC 4954 §6).
func login(code int) bool { return code >= 530 && code <= 538 }

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

var _ Sender = Mail{}
