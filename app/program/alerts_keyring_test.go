package program_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"linecard/app"
	"linecard/app/errorlog"
	"linecard/app/settings"
	"linecard/crm"
	"linecard/test/wait"
)

// mailServer takes mails of whoever logs in, and passes them on.
func mailServer(t *testing.T) (addr string, mails chan string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	mails = make(chan string, 10)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go takeMail(c, mails)
		}
	}()
	return l.Addr().String(), mails
}

func takeMail(c net.Conn, mails chan string) {
	defer func() { _ = c.Close() }()
	_, _ = fmt.Fprint(c, "220 here\r\n")
	var text strings.Builder
	inside := false
	for lines := bufio.NewScanner(c); lines.Scan(); {
		line, answer := lines.Text(), "250 ok"
		switch verb, _, _ := strings.Cut(strings.ToUpper(line), " "); {
		case inside && line != ".":
			text.WriteString(line + "\n")
			continue
		case inside:
			inside = false
			mails <- text.String()
		case verb == "EHLO":
			answer = "250-here\r\n250 AUTH PLAIN LOGIN"
		case verb == "AUTH":
			answer = "235 come in"
		case verb == "DATA":
			inside, answer = true, "354 go on"
		case verb == "QUIT":
			answer = "221 bye"
		}
		if _, err := fmt.Fprint(c, answer+"\r\n"); err != nil {
			return
		}
	}
}

// A notice that was held, since there was no keyring with the password of the mail server, is sent when the keyring turns up.
func TestAHeldNoticeIsSentWhenTheKeyringTurnsUp(t *testing.T) {
	r := newRig(t)
	r.alertAfter = time.Millisecond
	r.secrets.tells = make(chan func(), 1)
	r.begin()
	changed := wait.For(t, r.secrets.tells)
	addr, mails := mailServer(t)
	if err := r.p.Settings().Change(func(s *settings.Settings) {
		s.Errors.Mail = settings.ErrorMail{To: []string{"admin@acme.example"}, Server: addr, User: "desk", Security: settings.SecurityNone}
	}); err != nil {
		t.Fatal(err)
	}
	r.org.RevokeGrants()
	if err := r.p.RefreshLink(t.Context()); err == nil {
		t.Fatal("the link was revoked, and holds")
	}
	r.see("broken", func(v app.View) bool { return v.Org.State == crm.Inactive })
	if row := r.row(errorlog.Notice); row.Code != "trouble.mail-password-missing" || len(mails) > 0 {
		t.Fatalf("without a password: %+v, %d mails", row, len(mails))
	}
	if err := r.secrets.Memory.Set(t.Context(), settings.MailKey(r.p.Settings().Get().Errors.Mail), "geheim"); err != nil {
		t.Fatal(err)
	}
	changed()
	if mail := wait.For(t, mails); !strings.Contains(mail, "admin@acme.example") {
		t.Errorf("the mail is %s", mail)
	}
	r.kept("alerts-mail.json", `"told":true`)
	if len(mails) > 0 {
		t.Error("the notice was sent twice")
	}
}
