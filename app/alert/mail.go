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

	"linecard/app/settings"
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
	msg, err := m.message(set, n)
	if err != nil {
		return failure(err, "trouble.mail-address")
	}
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
			return failure(nil, "trouble.mail-password-in-clear", "server", host)
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
	sent := make(chan error, 1)
	go func() { sent <- deliver(ctx, c, msg) }()
	select {
	case err := <-sent:
		return mailFailed(err, host)
	case <-ctx.Done(): // the library looks at ctx only while it connects; its own time limit ends the rest
		return failure(ctx.Err(), "trouble.mail-unreachable", "server", host)
	}
}

// deliver hands a mail to the server. What goes wrong after the server has taken it does not matter: it would be sent twice.
func deliver(ctx context.Context, c *mail.Client, msg *mail.Msg) error {
	conn, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = c.CloseWithSMTPClient(conn) }()
	return c.SendWithSMTPClient(conn, msg)
}

func (m Mail) message(set settings.ErrorMail, n Notice) (*mail.Msg, error) {
	msg := mail.NewMsg()
	if err := errors.Join(msg.From(set.Sender()), msg.To(set.To...)); err != nil {
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
