package alert_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"linecard/app/alert"
	"linecard/app/errorlog"
	"linecard/app/settings"
	"linecard/fault"
	"linecard/test/wait"
)

// letter is a mail that the server took.
type letter struct {
	from, user string
	to         []string
	text       string
	encrypted  bool
}

// mailServer is an SMTP server with the one user admin, password geheim.
type mailServer struct {
	letters chan letter
	login   bool           // it takes mail only after a login
	refuse  bool           // it takes no mail
	left    map[string]int // recipients it refuses, with the code
	rude    bool           // it ends the connection in place of a reset after a mail
}

func (s *mailServer) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, encrypted := c.TLSConnectionState()
	return &mailSession{s: s, l: letter{encrypted: encrypted}, c: c}, nil
}

type mailSession struct {
	s *mailServer
	c *smtp.Conn
	l letter
}

func (m *mailSession) AuthMechanisms() []string { return []string{sasl.Plain} }

func (m *mailSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "admin" || password != "geheim" {
			return &smtp.SMTPError{Code: 535, Message: "no"}
		}
		m.l.user = user
		return nil
	}), nil
}

func (m *mailSession) Mail(from string, _ *smtp.MailOptions) error {
	if m.s.login && m.l.user == "" {
		return &smtp.SMTPError{Code: 530, Message: "log in first"}
	}
	if m.s.refuse {
		return &smtp.SMTPError{Code: 550, Message: "not from you"}
	}
	_, m.l.encrypted = m.c.TLSConnectionState()
	m.l.from = from
	return nil
}

func (m *mailSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if code := m.s.left[to]; code != 0 {
		return &smtp.SMTPError{Code: code, Message: "no such user"}
	}
	m.l.to = append(m.l.to, to)
	return nil
}

func (m *mailSession) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	m.l.text = string(b)
	m.s.letters <- m.l
	return err
}

// Reset ends the session of a mail.
func (m *mailSession) Reset() {
	if m.s.rude && m.l.text != "" {
		_ = m.c.Conn().Close()
	}
	m.l.to, m.l.text = nil, ""
}

func (m *mailSession) Logout() error { return nil }

// certificate makes a certificate for 127.0.0.1, and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, k.Public(), k)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: k}, pool
}

// serve starts a mail server: with STARTTLS, with TLS from the first byte, or with neither.
func serve(t *testing.T, s *mailServer, security string, c tls.Certificate) (address string) {
	t.Helper()
	s.letters = make(chan letter, 10)
	server := smtp.NewServer(s)
	server.AllowInsecureAuth = security == settings.SecurityNone
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	switch security {
	case settings.SecurityStartTLS:
		server.TLSConfig = &tls.Config{Certificates: []tls.Certificate{c}}
	case settings.SecurityTLS:
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{c}})
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return l.Addr().String()
}

func mailTo(address, security, password string, pool *x509.CertPool) alert.Mail {
	set := settings.ErrorMail{To: []string{"it@example.com", "boss@example.com"}, From: "desk@example.com", Server: address, Security: security}
	if password != "" {
		set.User = "admin"
	}
	return alert.Mail{
		Settings: func() settings.ErrorMail { return set }, Roots: pool,
		Password: func(context.Context, settings.ErrorMail) (string, error) { return password, nil },
		Place:    alert.Place{Desk: "desk-7", OrgName: func(string) string { return "Acme" }},
	}
}

var broken = alert.Notice{Broken: true, Topic: errorlog.Link, Org: "00D1", Fault: fault.New("salesforce.user-inactive"), Since: time.Now()}

// A mail arrives over STARTTLS and over TLS, with a login and without, at all addresses; it says what, why and what to do.
func TestMailArrives(t *testing.T) {
	c, pool := certificate(t)
	for _, security := range []string{settings.SecurityStartTLS, settings.SecurityTLS, settings.SecurityNone} {
		for _, password := range []string{"", "geheim"} {
			s := &mailServer{login: password != ""}
			m := mailTo(serve(t, s, security, c), security, password, pool)
			if err := m.Send(t.Context(), broken); err != nil {
				t.Errorf("%s, password %q: %v", security, password, err)
				continue
			}
			for _, to := range []string{"it@example.com", "boss@example.com"} {
				l := wait.For(t, s.letters)
				if l.encrypted != (security != settings.SecurityNone) || l.from != "desk@example.com" || !slices.Equal(l.to, []string{to}) || l.user != map[bool]string{true: "admin"}[password != ""] {
					t.Errorf("%s, password %q: %+v", security, password, l)
				}
				text := strings.ReplaceAll(strings.ReplaceAll(l.text, "=\r\n", ""), "=E2=80=AF", " ")
				for _, part := range []string{"Subject: Linecard on desk-7: the link to Acme does not work", "Auto-Submitted: auto-generated", "Link again", "To: <" + to + ">"} {
					if !strings.Contains(text, part) {
						t.Errorf("%s: the mail has no %q:\n%s", security, part, text)
					}
				}
			}
		}
	}
}

// What goes wrong has a sentence of its own, and nothing is sent in clear that is to be encrypted.
func TestMailThatFails(t *testing.T) {
	c, pool := certificate(t)
	plainOnly := serve(t, &mailServer{}, settings.SecurityNone, c)
	starttls := serve(t, &mailServer{login: true}, settings.SecurityStartTLS, c)
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	for _, tt := range []struct {
		name string
		m    alert.Mail
		want fault.Code
	}{
		{"no STARTTLS", mailTo(plainOnly, settings.SecurityStartTLS, "geheim", pool), "trouble.mail-no-tls"},
		{"an unknown certificate", mailTo(starttls, settings.SecurityStartTLS, "geheim", x509.NewCertPool()), "trouble.mail-certificate"},
		{"a wrong password", mailTo(starttls, settings.SecurityStartTLS, "falsch", pool), "trouble.mail-login"},
		{"no login", mailTo(starttls, settings.SecurityStartTLS, "", pool), "trouble.mail-login"},
		{"refused", mailTo(serve(t, &mailServer{refuse: true}, settings.SecurityNone, c), settings.SecurityNone, "", pool), "trouble.mail-refused"},
		{"nobody listens", mailTo(nobody.Addr().String(), settings.SecurityStartTLS, "", pool), "trouble.mail-unreachable"},
		{"a password in clear", mailTo("mail.example.com:25", settings.SecurityNone, "geheim", pool), "trouble.mail-password-in-clear"},
	} {
		err := tt.m.Send(t.Context(), broken)
		if !fault.Of(err).Is(tt.want) {
			t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
		}
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: the password is in the error", tt.name)
		}
	}
	m := mailTo(starttls, settings.SecurityStartTLS, "x", pool)
	m.Password = func(context.Context, settings.ErrorMail) (string, error) { return "", nil }
	if err := m.Send(t.Context(), broken); !fault.Of(err).Is("trouble.mail-password-missing") || !alert.NotSetUp(err) {
		t.Errorf("a user without a password: %v", err)
	}
	m.Password = func(context.Context, settings.ErrorMail) (string, error) { return "", errors.New("locked") }
	if err := m.Send(t.Context(), broken); !fault.Of(err).Is("trouble.mail-no-password") {
		t.Errorf("a locked keyring: %v", err)
	}
}

// A recipient whom the server refuses, for good or for now, keeps the mail from nobody else, and is named in the error. Only a mail that reaches
// nobody is sent again.
func TestOneDeadRecipientSilencesNobody(t *testing.T) {
	c, pool := certificate(t)
	for _, tt := range []struct {
		name  string
		left  map[string]int
		rude  bool
		got   []string
		told  bool
		named []string
	}{
		{"the last is gone", map[string]int{"boss@example.com": 550}, false, []string{"it@example.com"}, true, []string{"boss@example.com"}},
		{"the first is gone", map[string]int{"it@example.com": 550}, false, []string{"boss@example.com"}, true, []string{"it@example.com"}},
		{"for now", map[string]int{"it@example.com": 451}, false, []string{"boss@example.com"}, true, []string{"it@example.com"}},
		{"all are gone", map[string]int{"it@example.com": 550, "boss@example.com": 553}, false, nil, false, nil},
		{"no reset after a mail", nil, true, []string{"it@example.com", "boss@example.com"}, true, nil},
		{"neither", map[string]int{"boss@example.com": 550}, true, []string{"it@example.com"}, true, []string{"boss@example.com"}},
	} {
		s := &mailServer{left: tt.left, rude: tt.rude}
		err := mailTo(serve(t, s, settings.SecurityStartTLS, c), settings.SecurityStartTLS, "geheim", pool).Send(t.Context(), broken)
		var got []string
		for len(s.letters) > 0 {
			got = append(got, wait.For(t, s.letters).to...)
		}
		named, _ := fault.Of(err).Values["address"].([]string)
		if !slices.Equal(got, tt.got) || alert.Told(err) != tt.told || !slices.Equal(named, tt.named) || (err == nil) != (tt.told && tt.named == nil) {
			t.Errorf("%s: %v got it, told %v: %v", tt.name, got, alert.Told(err), err)
		}
	}
}

// A server that takes the connection and says nothing is left when the program ends.
func TestAMutedMailServerIsLeft(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if c, err := l.Accept(); err == nil {
			cancel()
			_, _ = io.Copy(io.Discard, c)
		}
	}()
	if err := mailTo(l.Addr().String(), settings.SecurityTLS, "", nil).Send(ctx, broken); !fault.Of(err).Is("trouble.mail-unreachable") {
		t.Errorf("%v", err)
	}
}
